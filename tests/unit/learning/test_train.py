from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mailsignals.errors import LabelsInvalid
from mailsignals.learning.train import rows_of, some_alone, train
from mailsignals.signals.catalogue import tags
from mailsignals.signals.segment import Sentence
from mailsignals.types import LabelledMail, Span
from support.fake_encoder import FakeEncoder
from support.tiny_corpus import SAYINGS, labelled, tiny_corpus
from support.tiny_model import NOW, SETTINGS, tiny_trained


def test_only_tags_with_examples_get_heads() -> None:
    assert set(tiny_trained().model.tags) == set(SAYINGS)
    assert set(tiny_trained().metrics["untrained"]) == set(tags()) - set(SAYINGS)


def test_unseen_writers_of_the_same_words_are_understood() -> None:
    assert tiny_trained().metrics["cross_validation"]["macro_f1"]["value"] > 0.9


def test_the_same_mails_give_the_same_model() -> None:
    again = train(tiny_corpus(), FakeEncoder(), name="tiny", now=NOW, folds=0, classifier=SETTINGS)
    assert again.model.fingerprint == tiny_trained().model.fingerprint


def test_held_out_mails_are_judged_and_not_learnt() -> None:
    held = [replace(mail, id=f"t{mail.id}", split="test", writer=f"t{mail.writer}") for mail in tiny_corpus()[:12]]
    trained = train(
        [*tiny_corpus(), *held],
        FakeEncoder(),
        name="tiny",
        now=NOW,
        folds=0,
        classifier=SETTINGS,
    )
    assert trained.model.fingerprint == tiny_trained().model.fingerprint
    assert trained.metrics["test"]["messages"] == 12
    assert "dev" not in trained.metrics


def test_mails_without_writers_can_be_learnt_from() -> None:
    mails = [replace(mail, writer="") for mail in tiny_corpus()]
    assert train(mails, FakeEncoder(), name="tiny", now=NOW, folds=0).model.manifest["data"]["writers"] == len(mails)


def test_too_little_to_learn_from_is_an_error_with_a_remedy() -> None:
    with pytest.raises(LabelsInvalid, match="None of the 3 mails"):
        train(tiny_corpus()[:3], FakeEncoder(), name="tiny", now=NOW)


def test_a_sentence_has_the_tags_whose_spans_cover_more_than_half_of_it() -> None:
    mail = LabelledMail("m", "en", "Well then, show me the hours now. Bye", (Span(11, 33, "distrust"),))
    assert rows_of([mail], ("distrust",)).labels.tolist() == [[True], [False]]


def test_a_sentence_has_the_tags_whose_spans_lie_mostly_inside_it() -> None:
    mail = LabelledMail(
        "m", "en", "It is a very long story about much else, show hours. Bye", (Span(41, 52, "distrust"),)
    )
    assert rows_of([mail], ("distrust",)).labels.tolist() == [[True], [False]]


def test_a_sentence_that_a_span_hardly_touches_has_no_tag() -> None:
    text = "One long sentence that is labelled whole. And another that the span reaches into."
    mail = LabelledMail("m", "en", text, (Span(0, 46, "distrust"),))
    assert rows_of([mail], ("distrust",)).labels.tolist() == [[True], [False]]


def test_rows_without_mails_have_the_right_shape() -> None:
    assert rows_of([], ("distrust", "appreciation")).labels.shape == (0, 2)
    assert rows_of([labelled(1)], ("distrust",)).labels.dtype == np.bool_


def test_every_third_sentence_is_learnt_without_the_one_before_as_well() -> None:
    mail = LabelledMail("m", "en", "One. Two. Three. Four. Five.", (Span(17, 22, "distrust"),))
    rows = some_alone(rows_of([mail], ("distrust",)))
    assert rows.sentences[3] == Sentence("Four.", "Three.")
    assert rows.sentences[5:] == (Sentence("Four."),)
    assert rows.labels[:, 0].tolist() == [False, False, False, True, False, True]
    assert len(rows.groups) == len(rows.known) == 6


def test_the_dev_part_calibrates_and_is_not_learnt() -> None:
    held = [replace(mail, id=f"d{mail.id}", split="dev", writer=f"d{mail.writer}") for mail in tiny_corpus()]
    trained = train([*tiny_corpus(), *held], FakeEncoder(), name="tiny", now=NOW, classifier=SETTINGS)
    assert trained.model.manifest["calibrated_on"] == f"{len(held)} mails of the dev part"
    assert trained.model.manifest["data"]["mails"] == len(tiny_corpus())
    assert "cross_validation" not in trained.metrics


def test_our_own_mail_is_passed_over() -> None:
    ours = replace(tiny_corpus()[0], id="ours", outgoing=True)
    trained = train([*tiny_corpus(), ours], FakeEncoder(), name="tiny", now=NOW, folds=0, classifier=SETTINGS)
    assert trained.model.fingerprint == tiny_trained().model.fingerprint


def test_a_head_learns_only_from_mails_that_were_asked_for_its_tag() -> None:
    text = "Accounting forgot the transfer again, sorry."
    wrong = [LabelledMail(f"u{n}", "en", text, asked=frozenset({"appreciation"})) for n in range(40)]
    trained = train([*tiny_corpus(), *wrong], FakeEncoder(), name="tiny", now=NOW, folds=0, classifier=SETTINGS)
    column = trained.model.tags.index("payment_excuse")
    assert trained.model.probabilities([Sentence(text)])[0, column] > 0.5
