"""The labelled corpus keeps its own rules."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

from corpus_report import near_duplicates, read_corpus, shared_runs

from mailsignals.learning.corpus import SPLITS, read_labels
from mailsignals.signals.catalogue import tags
from mailsignals.text.language import language_of
from mailsignals.types import LANGUAGES, CueKind, LabelledMail

ROOT = Path(__file__).parents[2]
PROTECTIVE = {"appreciation", "constructive_criticism"}


@cache
def corpus() -> tuple[LabelledMail, ...]:
    return tuple(read_corpus())


def test_every_file_holds_one_language() -> None:
    for lang in LANGUAGES:
        assert {mail.lang for mail in read_labels([ROOT / f"data/corpus/{lang}.jsonl"])} == {lang}


def test_the_sample_s_gold_labels_follow_the_format() -> None:
    assert len(read_labels([ROOT / "data/sample/labels.jsonl"])) == 109


def test_the_corpus_is_as_broad_as_its_card_promises() -> None:
    messages = Counter(mail.lang for mail in corpus())
    assert messages.total() >= 3000
    assert [lang for lang in LANGUAGES if messages[lang] < 500] == []
    assert len({mail.trade for mail in corpus()}) >= 60


def test_every_language_shows_every_tag_at_least_ten_times() -> None:
    seen = Counter((mail.lang, label) for mail in corpus() for label in mail.labels)
    assert [(lang, tag) for lang in LANGUAGES for tag in tags() if seen[lang, tag] < 10] == []


def test_no_writer_and_no_minimal_pair_crosses_a_split() -> None:
    splits = defaultdict(set)
    for mail in corpus():
        splits["writer", mail.writer].add(mail.split)
        if mail.pair:
            splits["pair", mail.lang, mail.pair].add(mail.split)
    assert [key for key, own in splits.items() if len(own) > 1] == []
    assert {mail.split for mail in corpus()} == {*SPLITS}


def test_a_minimal_pair_is_two_messages_of_one_writer_that_differ_in_a_label() -> None:
    pairs = defaultdict(list)
    for mail in corpus():
        if mail.pair:
            pairs[mail.lang, mail.pair].append(mail)
    assert [key for key, own in pairs.items() if len(own) != 2 or len({mail.writer for mail in own}) > 1] == []
    assert [key for key, (one, other) in pairs.items() if one.labels == other.labels] == []


def test_no_two_messages_share_a_run_of_eight_words() -> None:
    assert shared_runs(corpus()) == []


def test_no_message_is_a_near_duplicate_of_another() -> None:
    for lang in LANGUAGES:
        assert near_duplicates([mail for mail in corpus() if mail.lang == lang]) == []


def test_messages_are_in_the_language_of_their_file() -> None:
    """Lingua confuses close languages on single messages and takes Taglish for English, so nearly all is asked for."""
    for lang in LANGUAGES:
        long = [mail for mail in corpus() if mail.lang == lang and len(mail.text) > 120]
        found = Counter(language_of(mail.text) for mail in long)
        accepted = found[lang] + (found["en"] if lang == "tl" else 0)
        assert accepted > 0.98 * len(long), found


def test_no_message_shares_a_run_of_words_with_the_sample_mailbox() -> None:
    gold = read_labels([ROOT / "data/sample/labels.jsonl"])
    held = {mail.id for mail in gold}
    assert [pair for pair in shared_runs([*gold, *corpus()]) if held & {*pair}] == []


def test_kinds_without_risk_carry_no_risk_tag() -> None:
    calm = [mail for mail in corpus() if mail.kind in {"benign", "hard_negative", "protective"}]
    assert [mail.id for mail in calm if mail.labels - PROTECTIVE] == []
    assert [mail.id for mail in corpus() if mail.kind == "risk" and not mail.labels - PROTECTIVE] == []


def test_cues_of_clients_are_whole_sentences_and_none_is_due_before_it_was_promised() -> None:
    rows = [json.loads(line) for line in (ROOT / "data/client_cues.jsonl").read_text("utf-8").splitlines()]
    kinds = {kind.value for kind in CueKind}
    assert len({row["id"] for row in rows}) == len(rows) >= 250
    assert {row["lang"] for row in rows} == set(LANGUAGES)
    for row in rows:
        for span in row["spans"]:
            words = row["text"][span["start"] : span["end"]]
            assert words == words.strip() != ""
            assert span["label"] in kinds
            assert (span.get("due") or row["date"]) >= row["date"]
    assert sum(not row["spans"] for row in rows) >= len(rows) / 4
