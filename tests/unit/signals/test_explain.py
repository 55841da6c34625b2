from __future__ import annotations

from dataclasses import replace

import pytest

from mailsignals.signals.explain import explain
from support.tiny_model import tiny_trained

TEXT = "What time suits you? Greetings, accounting forgot the transfer again, see the files."


def test_the_strongest_sentence_is_taken_apart_whole() -> None:
    found = explain(tiny_trained().model, TEXT, "payment_excuse")
    assert found is not None
    assert TEXT[found.start : found.end].startswith("Greetings")
    assert "".join(TEXT[piece.start : piece.end] for piece in found.pieces) == TEXT[found.start : found.end]


def test_the_telling_clause_carries_most() -> None:
    found = explain(tiny_trained().model, TEXT, "payment_excuse")
    assert found is not None
    most = max(found.pieces, key=lambda piece: piece.drop)
    assert "accounting forgot" in TEXT[most.start : most.end]


def test_a_sentence_of_one_clause_is_split_by_words() -> None:
    text = "Accounting forgot the transfer again today"
    found = explain(tiny_trained().model, text, "payment_excuse")
    assert found is not None
    assert [text[piece.start : piece.end] for piece in found.pieces] == [
        "Accounting forgot the ",
        "transfer again today",
    ]


def test_a_sentence_of_one_word_loses_everything_with_it() -> None:
    found = explain(tiny_trained().model, "Accounting", "payment_excuse")
    assert found is not None
    assert [piece.drop for piece in found.pieces] == [found.probability]


def test_the_terms_are_in_the_sentence() -> None:
    found = explain(tiny_trained().model, TEXT, "payment_excuse")
    assert found is not None
    assert found.terms
    assert all(term.term.strip() in TEXT.lower() for term in found.terms)


def test_meaning_and_threshold_stand_beside_the_words() -> None:
    found = explain(tiny_trained().model, TEXT, "payment_excuse")
    assert found is not None
    assert "payment" in found.meaning
    model = tiny_trained().model
    assert (found.threshold, found.sure) == (model.thresholds["payment_excuse"], model.sure["payment_excuse"])


def test_the_nearest_labelled_sentences_carry_the_tag_or_none() -> None:
    found = explain(tiny_trained().model, TEXT, "payment_excuse")
    assert found is not None
    first, *others = found.nearest
    assert "Accounting forgot the transfer again, sorry." in first.example.text
    assert first.example.labels == ("payment_excuse",)
    assert all(first.likeness >= other.likeness for other in others)


def test_a_text_without_words_has_nothing_to_explain() -> None:
    assert explain(tiny_trained().model, " \n", "payment_excuse") is None


def test_a_tag_that_the_model_does_not_know_is_refused() -> None:
    with pytest.raises(KeyError, match="vague_brief"):
        explain(tiny_trained().model, TEXT, "vague_brief")


def test_a_sentence_that_the_first_stage_passes_over_says_so() -> None:
    passed_over, read = (
        explain(tiny_trained().model, text, "payment_excuse") for text in ("Bye", "Accounting forgot again.")
    )
    assert passed_over is not None
    assert passed_over.is_ruled_out
    assert read is not None
    assert not read.is_ruled_out


def test_a_model_without_the_two_axes_of_tone_tells_none() -> None:
    found = explain(tiny_trained().model, TEXT, "payment_excuse")
    assert found is not None
    assert (found.hostility, found.substance) == (None, None)


def test_the_sentence_that_was_shown_is_explained_and_not_a_stronger_one_that_was_passed_over() -> None:
    model = tiny_trained().model
    shown, stronger = "Our transfer waits.", "Accounting forgot the transfer again, sorry."
    scores = model.heads.spelling([shown, stronger]) @ model.heads.first_coef
    heads = replace(model.heads, first_coef=-model.heads.first_coef, first_threshold=-scores.mean())
    found = explain(replace(model, heads=heads), f"{shown} {stronger}", "payment_excuse")
    assert found is not None
    assert (found.start, found.is_ruled_out) == (0, False)
