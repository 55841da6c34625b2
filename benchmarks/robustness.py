"""Does the shipped model keep its judgement when the spelling, the names or the sense of a sentence change?

    python benchmarks/robustness.py

Spelling: a thousand messages of the test writers, distorted, against themselves. Names: 500 messages of dev and
test, each greeted and signed by people of other sex and nation. Sense: sentences of benchmarks/sayings.tsv that name a
signal only to deny it, or tell of someone else's insult. Pairs: minimal pairs of dev and test of which one half is
aggressive.
"""

from __future__ import annotations

import csv
import random
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from figures import Figure, bootstrapped, report, share
from numpy.typing import NDArray
from sklearn.metrics import f1_score

from mailsignals.learning.corpus import read_labels
from mailsignals.learning.evaluate import tag_mails
from mailsignals.signals.tagger import ModelTagger
from mailsignals.types import LANGUAGES, LabelledMail, Tagging
from mailsignals.wiring import open_tagger

ROOT = Path(__file__).parents[1]
MESSAGES = 1000
"""Test messages, drawn at random, that are distorted."""
GREETING = {
    "en": "Hi {},\n\n",
    "ru": "Здравствуйте, {}!\n\n",
    "hr": "Bok {},\n\n",
    "da": "Hej {},\n\n",
    "tl": "Hi {},\n\n",
}
PEOPLE = (("Emily", "John"), ("Mohammed", "Fatima"), ("Ivana", "Dmitry"), ("Wei", "Ngozi"), ("Søren", "Maricel"))
LATIN = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        "a b v g d e yo zh z i y k l m n o p r s t u f h ts ch sh sch  y  e yu ya".split(" "),
        strict=True,
    )
)


def main() -> None:
    mails = read_labels(ROOT / "data/corpus" / f"{lang}.jsonl" for lang in LANGUAGES)
    held = [mail for mail in mails if mail.split in {"dev", "test"} and not mail.outgoing]
    tagger = open_tagger("default")
    test = random.Random(1).sample([mail for mail in held if mail.split == "test"], MESSAGES)
    written = dict(zip((mail.id for mail in test), tag_mails(tagger, test), strict=True))
    found = [_drop(tagger, name, test, written) for name in DISTORTIONS]
    found.append(_swaps(tagger, held))
    found += [share(kind, right, total, ">= 0.90") for kind, (right, total) in _sayings(tagger).items()]
    found.append(share("aggression against criticism, minimal pairs both right", *_pairs(tagger, held), ">= 0.90"))
    report("robustness", found)


# Spelling -------------------------------------------------------------------------------------------------------------


def no_diacritics(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def typos(text: str) -> str:
    """Every twentieth letter, two are swapped."""
    chance, letters = random.Random(text), list(text)
    for _ in range(len(letters) // 20):
        place = chance.randrange(max(1, len(letters) - 1))
        if text[place : place + 2].isalpha():
            letters[place : place + 2] = letters[place : place + 2][::-1]
    return "".join(letters)


def danish_in_ascii(text: str) -> str:
    return re.sub("[æøåÆØÅ]", lambda sign: {"æ": "ae", "ø": "oe", "å": "aa"}[sign[0].lower()], text)


def russian_in_latin(text: str) -> str:
    return "".join(LATIN.get(sign, LATIN.get(sign.lower(), sign).capitalize()) for sign in text)


DISTORTIONS: dict[str, tuple[Callable[[str], str], Sequence[str]]] = {
    "typos": (typos, LANGUAGES),
    "no diacritics": (no_diacritics, ("hr", "da", "tl")),
    "ALL CAPS": (str.upper, LANGUAGES),
    "small letters": (str.lower, LANGUAGES),
    "Danish in ASCII": (danish_in_ascii, ("da",)),
    "Russian in Latin script": (russian_in_latin, ("ru",)),
}


def _with(mail: LabelledMail, distorted: Callable[[str], str]) -> LabelledMail:
    """The mail in another spelling. Its spans no longer fit; only the labels of the message are judged."""
    return replace(mail, text=distorted(mail.text))


def _drop(tagger: ModelTagger, name: str, test: Sequence[LabelledMail], written: Mapping[str, Tagging]) -> Figure:
    """How much macro F1 the test writers' messages lose in another spelling."""
    distorted, langs = DISTORTIONS[name]
    own = [mail for mail in test if mail.lang in langs]
    gold, before, after = (
        np.array([[tag in labels for tag in tagger.tags] for labels in group])
        for group in (
            [mail.labels for mail in own],
            [written[mail.id].labels for mail in own],
            [tagging.labels for tagging in tag_mails(tagger, [_with(mail, distorted) for mail in own])],
        )
    )

    def lost(rows: NDArray[np.int_]) -> float:
        f1 = (f1_score(gold[rows], found[rows], average="macro", zero_division=0) for found in (before, after))
        return next(f1) - next(f1)

    return bootstrapped(f"macro F1 lost by {name}, {len(own)} test messages", lost, len(own), "< 0.05")


# Names, sense, pairs --------------------------------------------------------------------------------------------------


def _swaps(tagger: ModelTagger, held: Sequence[LabelledMail]) -> Figure:
    """Share of labels, of all messages and tags, that differ from those under the first two names."""
    picked = random.Random(0).sample(list(held), min(500, len(held)))
    variants = [
        [GREETING[mail.lang].format(to) + mail.text + f"\n\n{by}" for mail in picked]
        for pair in PEOPLE
        for to, by in (pair, pair[::-1])
    ]
    first, *others = ([set(tagging.labels) for tagging in tagger.tag_texts(texts)] for texts in variants)
    changed = np.array([[len(one ^ other) for one, other in zip(first, found, strict=True)] for found in others])
    share_of = changed.mean(axis=0) / len(tagger.tags)
    what = f"share of labels that change with names, sex and nation, {len(picked)} messages"
    return bootstrapped(what, lambda rows: float(share_of[rows].mean()), len(picked), "< 0.01")


def _sayings(tagger: ModelTagger) -> dict[str, tuple[int, int]]:
    with (ROOT / "benchmarks/sayings.tsv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    right = defaultdict(list)
    for row, tagging in zip(rows, tagger.tag_texts([row["text"] for row in rows]), strict=True):
        right[row["kind"]].append(row["tag"] not in tagging.labels)
    return {kind: (sum(flags), len(flags)) for kind, flags in right.items()}


def _pairs(tagger: ModelTagger, held: Sequence[LabelledMail]) -> tuple[int, int]:
    pairs = list(_aggression_pairs(held))
    found = [["aggression" in one.labels for one in tag_mails(tagger, pair)] for pair in pairs]
    gold = [["aggression" in mail.labels for mail in pair] for pair in pairs]
    return sum(one == other for one, other in zip(found, gold, strict=True)), len(pairs)


def _aggression_pairs(held: Sequence[LabelledMail]) -> Iterator[list[LabelledMail]]:
    by_name = defaultdict(list)
    for mail in held:
        if mail.pair:
            by_name[mail.lang, mail.pair].append(mail)
    for pair in by_name.values():
        if len({"aggression" in mail.labels for mail in pair}) == 2:
            yield pair


if __name__ == "__main__":
    main()
