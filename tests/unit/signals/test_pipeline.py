from __future__ import annotations

import pytest
import spacy
from spacy.tokens import Doc

from mailsignals.errors import ModelUnreadable
from mailsignals.signals.pipeline import build_pipeline
from support.tiny_model import tiny_trained

EXCUSE = "Accounting forgot the transfer again, sorry."
LOVE = "Visitors say the shop is wonderful."


def test_spans_carry_the_sentence_its_tag_and_its_score() -> None:
    doc = build_pipeline(tiny_trained().model)(f"Hi Jo,\n\n{EXCUSE}  What time suits you?")
    (span,) = doc.spans["signals"]
    assert (span.text, span.label_) == (EXCUSE, "payment_excuse")
    assert span._.score == doc._.signal_scores["payment_excuse"] > 0.5


def test_every_tag_of_the_model_has_a_score() -> None:
    doc = build_pipeline(tiny_trained().model)("What time suits you?")
    assert set(doc._.signal_scores) == set(tiny_trained().model.tags)


def test_two_tags_of_one_sentence_keep_their_own_scores() -> None:
    model = tiny_trained().model
    nlp = build_pipeline(model)
    both = "Accounting forgot the transfer, visitors love the wonderful shop, approve every button draft"
    doc = nlp(both)
    spans = {span.label_: span._.score for span in doc.spans["signals"]}
    assert all(score == doc._.signal_scores[label] for label, score in spans.items())


def found(doc: Doc) -> list[tuple[str, str]]:
    return [(span.text, span.label_) for span in doc.spans["signals"]]


def test_a_batch_gives_what_one_by_one_gives() -> None:
    nlp = build_pipeline(tiny_trained().model)
    texts = [f"{EXCUSE} {LOVE}", "", "  \n ", LOVE, "What time suits you?"]
    together = [found(doc) for doc in nlp.pipe(texts * 30)]
    assert together == [found(nlp(text)) for text in texts] * 30
    assert together[0] == [(EXCUSE, "payment_excuse"), (LOVE, "appreciation")]


def test_a_text_longer_than_spacys_limit_is_read() -> None:
    doc = build_pipeline(tiny_trained().model)("x" * 1_000_001)
    assert set(doc._.signal_scores) == set(tiny_trained().model.tags)


def test_a_document_comes_back_from_bytes_with_its_scores() -> None:
    nlp = build_pipeline(tiny_trained().model)
    doc = nlp(f"Hello. {EXCUSE}")
    again = Doc(nlp.vocab).from_bytes(doc.to_bytes())
    (span,), (before,) = again.spans["signals"], doc.spans["signals"]
    assert (span._.score, span._.is_sure) == (before._.score, before._.is_sure)


def test_a_span_that_is_no_signal_has_no_score() -> None:
    doc = spacy.blank("xx")("Hello there")
    assert doc[0:1]._.score is None


def test_the_factory_waits_with_its_model_until_a_text_comes() -> None:
    nlp = spacy.blank("xx")
    nlp.add_pipe("mailsignals_signals", config={"model": "./not-there"})
    assert nlp.pipe_names == ["mailsignals_signals"]


def test_adding_the_component_reads_no_model() -> None:
    nlp = spacy.blank("xx")
    nlp.add_pipe("mailsignals_sentences")
    component = nlp.add_pipe("mailsignals_signals", config={"model": "no/such/model"})
    assert not hasattr(component, "model")
    with pytest.raises(ModelUnreadable):
        nlp("Hello.")
