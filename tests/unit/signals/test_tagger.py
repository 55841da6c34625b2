from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from mailsignals.signals.tagger import ModelTagger
from mailsignals.types import Address, Message, Origin
from support.fake_encoder import ListeningEncoder
from support.tiny_model import tiny_trained

EXCUSE = "Accounting forgot the transfer again, sorry."


def message(own_text: str, origin: Origin = Origin.HUMAN) -> Message:
    return Message(
        message_id=f"{len(own_text)}@shop.example",
        content_hash="0",
        sent_at=datetime(2026, 3, 1, tzinfo=UTC),
        sender=Address("ann@shop.example"),
        recipients=(),
        subject="",
        own_text=own_text,
        origin=origin,
    )


def test_evidence_slices_the_own_words() -> None:
    mail = message(f"  Hello.\n{EXCUSE}\n\nBye")
    (tagging,) = ModelTagger(tiny_trained().model).tag([mail], {})
    assert [mail.own_text[span.start : span.end] for span in tagging.evidence] == [EXCUSE]
    assert tagging.labels == ("payment_excuse",)
    assert tagging.message_id == mail.message_id


@pytest.mark.parametrize("origin", [origin for origin in Origin if origin is not Origin.HUMAN])
def test_mail_that_no_person_wrote_has_no_evidence(origin: Origin) -> None:
    (tagging,) = ModelTagger(tiny_trained().model).tag([message(EXCUSE, origin)], {})
    assert tagging.evidence == ()
    assert set(tagging.scores.values()) == {0.0}


def test_mail_without_words_gets_a_tagging_too_and_order_is_kept() -> None:
    mails = [message(EXCUSE), message(""), message("What time suits you?")]
    taggings = ModelTagger(tiny_trained().model).tag(mails, {})
    assert [tagging.message_id for tagging in taggings] == [mail.message_id for mail in mails]
    assert [bool(tagging.evidence) for tagging in taggings] == [True, False, False]


def test_what_a_mail_answers_is_read_beside_its_first_sentence() -> None:
    encoder, model = ListeningEncoder(), tiny_trained().model
    heads = replace(model.heads, first_threshold=-np.inf)
    tagger = ModelTagger(replace(model, encoder=encoder, heads=heads))
    mail = message("Hi.\nNo.\nBye now, all of you there.\nJo")
    tagger.tag([mail], {mail.message_id: "I advise against it."})
    assert [sentence.before for sentence in encoder.read] == [
        "> I advise against it.",
        "Hi. > I advise against it.",
        "No.",
        "Bye now, all of you there.",
    ]


def test_a_sentence_that_shows_nothing_is_not_encoded() -> None:
    encoder, model = ListeningEncoder(), tiny_trained().model
    excuse, bye = model.heads.spelling([EXCUSE, "Bye"]) @ model.heads.first_coef
    heads = replace(model.heads, first_threshold=(excuse + bye) / 2)
    tagger = ModelTagger(replace(model, encoder=encoder, heads=heads))
    (tagging,) = tagger.tag_texts([f"Hi Jo,\n{EXCUSE}\nBye"])
    assert [sentence.text for sentence in encoder.read] == [EXCUSE]
    assert tagging.labels == ("payment_excuse",)


def test_scores_have_six_digits() -> None:
    (tagging,) = ModelTagger(tiny_trained().model).tag([message(EXCUSE)], {})
    assert all(score == round(score, 6) for score in tagging.scores.values())


def test_the_tagger_says_who_it_is() -> None:
    tagger = ModelTagger(tiny_trained().model)
    assert tagger.name == "tiny 2026.03.01"
    assert tagger.fingerprint == tiny_trained().model.fingerprint
