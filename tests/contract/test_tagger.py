"""What the ``Tagger`` port promises, kept by a trained model and by the fake."""

from __future__ import annotations

import pytest

from mailsignals.ports import Tagger
from mailsignals.signals.tagger import ModelTagger
from support.fakes import RuleTagger
from support.mails import message
from support.tiny_corpus import SAYINGS
from support.tiny_model import tiny_trained

TAG = "payment_excuse"
SAYING = SAYINGS[TAG][0]
RULES = {"accounting": TAG, "wonderful": "appreciation", "every draft": "micromanagement"}


@pytest.fixture(params=["rules", "model"])
def tagger(request: pytest.FixtureRequest) -> Tagger:
    return RuleTagger(RULES) if request.param == "rules" else ModelTagger(tiny_trained().model)


def test_one_tagging_a_message_comes_in_order_under_the_model_s_fingerprint(tagger: Tagger) -> None:
    messages = [message(2, "See the files attached."), message(1, f"Hello. {SAYING} Bye."), message(3, "")]
    taggings = tagger.tag(messages, {})
    assert [tagging.message_id for tagging in taggings] == [each.message_id for each in messages]
    assert {tagging.model for tagging in taggings} == {tagger.fingerprint}
    assert [tagging.labels for tagging in taggings] == [(), (TAG,), ()]


def test_evidence_is_a_sentence_of_the_own_words(tagger: Tagger) -> None:
    words = f"Hello. {SAYING} Bye."
    (tagging,) = tagger.tag([message(1, words)], {})
    assert [words[span.start : span.end] for span in tagging.evidence] == [SAYING]
    assert all(0 < span.score <= 1 for span in tagging.evidence)


def test_every_tag_has_a_score_in_every_message(tagger: Tagger) -> None:
    scores = [set(tagging.scores) for tagging in tagger.tag([message(1, SAYING), message(2, "")], {})]
    assert scores[0] == scores[1] >= {TAG}


def test_no_message_gives_no_tagging(tagger: Tagger) -> None:
    assert list(tagger.tag([], {})) == []
    assert tagger.name
