"""What the labelled corpus holds and how sound it is: counts, shares, duplicates. `make corpus-report`.

python tools/corpus_report.py             # the whole report, as Markdown
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import quantiles

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer

from mailsignals.learning.corpus import SPLITS, read_labels
from mailsignals.signals.catalogue import tags
from mailsignals.signals.segment import sentences
from mailsignals.types import LANGUAGES, LabelledMail

DATA = Path(__file__).parents[1] / "data"
RUN = 8
"""Words in a row that no two messages may share."""
ALIKE = 0.5
"""Jaccard index of character 5-grams above which two messages are near-duplicates."""
PROTECTIVE = {"appreciation", "constructive_criticism"}
RISK = frozenset(tags()) - PROTECTIVE

Mails = Sequence[LabelledMail]


def read_corpus() -> list[LabelledMail]:
    """All lines of ``data/corpus``."""
    return read_labels(DATA / "corpus" / f"{lang}.jsonl" for lang in LANGUAGES)


# Counting -------------------------------------------------------------------------------------------------------------


def counts(mails: Mails) -> str:
    """What there is, by language: the table of the data card."""
    groups = [*([mail for mail in mails if mail.lang == lang] for lang in LANGUAGES), mails]
    rows = [[name, *(count(group) for group in groups)] for name, count in _COUNTS]
    rows += [[f"`{tag}`", *(sum(tag in mail.labels for mail in group) for group in groups)] for tag in tags()]
    return table(["", *LANGUAGES, "all"], rows)


_COUNTS: list[tuple[str, Callable[[Mails], int]]] = [
    ("messages", len),
    ("sentences", lambda mails: sum(len(sentences(mail.text)) for mail in mails)),
    ("words", lambda mails: sum(len(mail.text.split()) for mail in mails)),
    ("writers", lambda mails: len({mail.writer for mail in mails})),
    ("trades", lambda mails: len({mail.trade for mail in mails})),
    *((split, lambda mails, split=split: sum(mail.split == split for mail in mails)) for split in SPLITS),
    ("with a risk tag", lambda mails: sum(bool(mail.labels & RISK) for mail in mails)),
    ("of these with one", lambda mails: sum(len(mail.labels & RISK) == 1 for mail in mails)),
    ("of these with two", lambda mails: sum(len(mail.labels & RISK) == 2 for mail in mails)),
    ("without any tag", lambda mails: sum(not mail.labels for mail in mails)),
    ("hard negatives", lambda mails: sum(mail.kind == "hard_negative" for mail in mails)),
    ("minimal pairs", lambda mails: len({mail.pair for mail in mails if mail.pair})),
    ("with the message answered", lambda mails: sum(bool(mail.context) for mail in mails)),
]


def counts_by_split(mails: Mails) -> str:
    """Messages per tag, language and split."""
    seen = Counter((label, mail.lang, mail.split) for mail in mails for label in mail.labels)
    cells = ["/".join(str(seen[tag, lang, split]) for split in SPLITS) for tag in tags() for lang in LANGUAGES]
    width = len(LANGUAGES)
    rows = [[f"`{tag}`", *cells[width * i : width * (i + 1)]] for i, tag in enumerate(tags())]
    return table(["train/dev/test", *LANGUAGES], rows)


def lengths(mails: Mails) -> str:
    """Words a message: shortest, quartiles, longest."""
    rows = []
    for lang in LANGUAGES:
        words = [len(mail.text.split()) for mail in mails if mail.lang == lang]
        rows.append([lang, min(words), *(round(cut) for cut in quantiles(words)), max(words)])
    return table(["words a message", "shortest", "a quarter", "half", "three quarters", "longest"], rows)


# Words that give a tag away -------------------------------------------------------------------------------------------


def keyword_free(mails: Mails) -> str:
    """Share of a tag's messages whose labelled words hold none of its obvious words (tools/obvious_words.toml)."""
    obvious = _obvious_words()
    rows = []
    for tag in tags():
        free = {
            lang: [not _says(obvious[tag, lang], words) for words in _labelled(mails, tag, lang)] for lang in LANGUAGES
        }
        everyone = [one for own in free.values() for one in own]
        rows.append([f"`{tag}`", *(_percent(own) for own in [*free.values(), everyone])])
    return table(["keyword-free", *LANGUAGES, "all"], rows)


def _obvious_words() -> Mapping[tuple[str, str], re.Pattern[str]]:
    lists = tomllib.loads(Path(__file__).with_name("obvious_words.toml").read_text("utf-8"))
    return {
        (tag, lang): re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, map(folded, words))) + ")")
        for tag, by_lang in lists.items()
        for lang, words in by_lang.items()
    }


def _labelled(mails: Mails, tag: str, lang: str) -> Iterator[str]:
    for mail in mails:
        if mail.lang == lang and tag in mail.labels:
            yield " … ".join(mail.text[span.start : span.end] for span in mail.spans if span.label == tag)


def _says(obvious: re.Pattern[str], words: str) -> bool:
    return bool(obvious.search(folded(words)))


def folded(text: str) -> str:
    """Lower case, without diacritics, blanks made one.

    >>> folded("Šta  ĆE")
    'sta ce'
    """
    plain = unicodedata.normalize("NFKD", text.lower().replace("đ", "d"))
    return " ".join("".join(sign for sign in plain if not unicodedata.combining(sign)).split())


def _percent(flags: Sequence[bool]) -> str:
    return f"{sum(flags) / len(flags):.0%}" if flags else "-"


# Duplicates -----------------------------------------------------------------------------------------------------------


def shared_runs(mails: Iterable[LabelledMail]) -> list[tuple[str, str]]:
    """Ids of messages that share a run of eight words, minimal pairs excepted."""
    first: dict[tuple[str, ...], LabelledMail] = {}
    shared = set()
    for mail in mails:
        words = re.findall(r"\w+", mail.text.lower())
        for start in range(len(words) - RUN + 1):
            other = first.setdefault(tuple(words[start : start + RUN]), mail)
            if other is not mail and not _paired(mail, other):
                shared.add((other.id, mail.id))
    return sorted(shared)


def near_duplicates(mails: Mails) -> list[tuple[str, str, float]]:
    """Ids and Jaccard index of messages that share most of their character 5-grams, minimal pairs excepted."""
    grams = CountVectorizer(analyzer="char", ngram_range=(5, 5), binary=True, dtype=np.int32).fit_transform(
        " ".join(mail.text.split()) for mail in mails
    )
    sizes = np.asarray(grams.sum(axis=1)).ravel()
    shared = (grams @ grams.T).tocoo()
    found = []
    for one, other, both in zip(shared.row, shared.col, shared.data, strict=True):
        index = both / (sizes[one] + sizes[other] - both)
        if one < other and index > ALIKE and not _paired(mails[one], mails[other]):
            found.append((mails[one].id, mails[other].id, round(float(index), 2)))
    return sorted(found)


def _paired(one: LabelledMail, other: LabelledMail) -> bool:
    return bool(one.pair) and one.pair == other.pair


def duplicates(mails: Mails) -> str:
    """One line a finding, or that there is none."""
    alike = [pair for lang in LANGUAGES for pair in near_duplicates([mail for mail in mails if mail.lang == lang])]
    lines = [f"- {one} and {other} share a run of {RUN} words" for one, other in shared_runs(mails)]
    lines += [f"- {one} and {other} are near-duplicates: Jaccard index {index}" for one, other, index in alike]
    return "\n".join(lines) or f"No two messages share {RUN} words in a row; none is a near-duplicate of another."


# Printing -------------------------------------------------------------------------------------------------------------


def table(head: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def main() -> None:
    """Print everything."""
    mails = read_corpus()
    for part in (
        counts(mails),
        counts_by_split(mails),
        lengths(mails),
        keyword_free(mails),
        duplicates(mails),
    ):
        print(part, end="\n\n")


if __name__ == "__main__":
    main()
