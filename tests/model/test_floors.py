"""The shipped model keeps what it can do: floors below its figures, so that a worse one is noticed."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

from mailsignals.learning.corpus import read_labels
from mailsignals.learning.evaluate import Report, evaluate
from mailsignals.signals.catalogue import tags
from mailsignals.signals.tagger import ModelTagger
from mailsignals.types import LANGUAGES, LabelledMail
from mailsignals.wiring import open_tagger

ROOT = Path(__file__).parents[2]


@cache
def tagger() -> ModelTagger:
    return open_tagger("default")


@cache
def unseen() -> tuple[LabelledMail, ...]:
    """The messages of the test writers."""
    files = [ROOT / "data/corpus" / f"{lang}.jsonl" for lang in LANGUAGES]
    return tuple(mail for mail in read_labels(files) if mail.split == "test")


@cache
def report() -> Report:
    return evaluate(tagger(), unseen())


def test_it_knows_every_signal_of_the_catalogue() -> None:
    assert tagger().tags == tags()


def test_most_signals_are_found_on_unseen_writers_and_most_shown_sentences_are_right() -> None:
    assert report().macro_f1["value"] >= 0.80
    assert report().evidence_precision["value"] >= 0.85
    assert report().evidence_overlap["value"] >= 0.90
    assert report().calibration_error <= 0.03


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_language_is_left_behind(lang: str) -> None:
    assert report().per_language[lang]["macro_f1"] >= 0.74  # type: ignore[operator]


@pytest.mark.parametrize("tag", tags())
def test_no_signal_is_blind(tag: str) -> None:
    assert report().per_tag[tag]["f1"] >= 0.6  # type: ignore[operator]


def test_the_figures_that_it_carries_are_the_figures_that_it_has() -> None:
    metrics = json.loads((ROOT / "models/default/metrics.json").read_text("utf-8"))
    for name in ("macro_f1", "micro_f1", "evidence_precision"):
        assert metrics["test"][name]["value"] == pytest.approx(getattr(report(), name)["value"], abs=0.005)


def test_it_learnt_from_the_corpus_that_lies_beside_it() -> None:
    manifest = json.loads((ROOT / "models/default/manifest.json").read_text("utf-8"))
    files = [ROOT / "data/corpus" / f"{lang}.jsonl" for lang in LANGUAGES]
    assert manifest["data"]["sources"]["written for mailsignals"] == sum(
        mail.split == "train" and not mail.outgoing for mail in read_labels(files)
    )


def test_a_text_scores_the_same_alone_and_among_others() -> None:
    texts = [mail.text for mail in unseen()[:40]]
    together = tagger().tag_texts(texts)
    alone = [tagger().tag_texts([text])[0] for text in texts[:8]]
    for one, other in zip(alone, together, strict=False):
        assert one.labels == other.labels
        assert one.scores == pytest.approx(other.scores, abs=1e-4)
