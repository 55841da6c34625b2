"""The labelled corpus keeps its own rules."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path
from typing import Any

from mailsignals.learning.corpus import read_labels
from mailsignals.signals.catalogue import tags
from mailsignals.types import LANGUAGES

ROOT = Path(__file__).parents[2]
FILES = [ROOT / "data/corpus" / f"{lang}.jsonl" for lang in LANGUAGES]


@cache
def rows() -> list[dict[str, Any]]:
    return [json.loads(line) for file in FILES for line in file.read_text("utf-8").splitlines()]


def test_every_file_follows_the_format_and_holds_one_language() -> None:
    for file in FILES:
        assert {mail.lang for mail in read_labels([file])} == {file.stem}


def test_the_sample_s_gold_labels_follow_the_format() -> None:
    assert len(read_labels([ROOT / "data/sample/labels.jsonl"])) == 109


def test_every_language_shows_every_tag_at_least_eight_times() -> None:
    seen = Counter((row["lang"], label) for row in rows() for label in row["labels"])
    assert [(lang, tag) for lang in LANGUAGES for tag in tags() if seen[lang, tag] < 8] == []


def test_no_writer_and_no_minimal_pair_crosses_a_split() -> None:
    splits = defaultdict(set)
    for row in rows():
        splits["writer", row["writer"]].add(row["split"])
        if row.get("pair"):
            splits["pair", row["lang"], row["pair"]].add(row["split"])
    assert [key for key, own in splits.items() if len(own) > 1] == []
    assert {row["split"] for row in rows()} == {"train", "dev", "test"}


def test_no_two_messages_share_a_run_of_eight_words() -> None:
    first: dict[tuple[str, ...], str] = {}
    shared = set()
    for row in rows():
        words = row["text"].lower().split()
        for start in range(len(words) - 7):
            other = first.setdefault(tuple(words[start : start + 8]), row["id"])
            if other != row["id"]:
                shared.add((other, row["id"]))
    assert shared == set()


def test_nothing_of_the_sample_mailbox_is_learnt_from() -> None:
    gold = read_labels([ROOT / "data/sample/labels.jsonl"])
    learnt = {" ".join(row["text"].split()) for row in rows()}
    assert [mail.id for mail in gold if len(mail.text) > 40 and " ".join(mail.text.split()) in learnt] == []


def test_kinds_without_risk_carry_no_risk_tag() -> None:
    protective = {"appreciation", "constructive_criticism"}
    calm = [row for row in rows() if row["kind"] in {"benign", "hard_negative", "protective"}]
    assert [row["id"] for row in calm if set(row["labels"]) - protective] == []
    assert len(calm) > len(rows()) / 4
