"""Every example of a red flag is a test of it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, time, timedelta

import pytest

from mailsignals.behaviour.prospects import flags, has_flag, red_flags
from mailsignals.clients.alerts import AlertRules
from mailsignals.clients.identity import Roster
from mailsignals.types import LANGUAGES, Evidence, Tagging, WorkingTime
from mailsignals.workflows.assess import House, Record
from mailsignals.workflows.prospects import prospects
from support.mails import ANA, IVA, MONDAY, message

HOUSE = House(Roster([ANA.email]), WorkingTime(UTC, time(9), time(17), frozenset(range(5))), AlertRules())

EXAMPLES = [(name, example) for name, flag in flags().items() for example in flag.examples]


@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=lambda value: str(value)[:40])
def test_an_example_counts_or_does_not_as_the_catalogue_says(name: str, example: dict[str, object]) -> None:
    assert has_flag(name, str(example["text"]), str(example["lang"])) is example["counts"]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", flags())
def test_every_flag_has_three_examples_of_either_kind_in_every_language(name: str, lang: str) -> None:
    found = Counter(example["counts"] for example in flags()[name].examples if example["lang"] == lang)
    assert min(found[True], found[False]) >= 3


def test_flags_are_told_with_their_sentence_and_only_of_the_first_mails() -> None:
    words = "Hello. We don't need a contract, do we? Thanks."
    mails = [message(number, words if number in (1, 8) else "Fine.") for number in range(9)]
    (quote,) = red_flags(mails)
    assert (quote.label, quote.words) == ("will_not_sign", "We don't need a contract, do we?")
    assert words[quote.start : quote.end] == quote.words


def test_a_flag_written_with_curly_apostrophes_is_the_same_flag() -> None:
    assert has_flag("will_not_sign", "We don\u2019t need a contract.", "en")


def test_a_sentence_of_an_unknown_language_is_tried_in_all() -> None:
    assert has_flag("will_not_sign", "Vi klarer det uden kontrakt.", "")
    assert not has_flag("will_not_sign", "Vi begynder aldrig uden kontrakt.", "")


def test_who_is_never_answered_stays_a_prospect_and_is_judged_by_the_first_five_mails() -> None:
    mails = [message(number, "We don't need a contract." if number in (0, 5) else "Fine.") for number in range(7)]
    span = Evidence("aggression", 0, 5, 0.9)
    taggings = {
        m.message_id: Tagging(m.message_id, "model", {"aggression": 0.9}, (span,)) for m in (mails[1], mails[6])
    }
    (found,) = prospects(Record(mails, taggings), HOUSE, MONDAY + timedelta(days=1))
    assert (found.name, found.received) == (IVA.domain, 7)
    assert [(quote.message_id, quote.label) for quote in found.quotes] == [
        (mails[0].message_id, "will_not_sign"),
        (mails[1].message_id, "aggression"),
    ]


def test_who_was_answered_is_a_prospect_for_five_mails_and_then_a_client() -> None:
    answer = message(100, "Thank you.", sender=ANA, recipients=(IVA,))
    mails = [message(number) for number in range(6)]
    later = MONDAY + timedelta(days=9)
    assert [found.received for found in prospects(Record([*mails[:5], answer], {}), HOUSE, later)] == [5]
    assert prospects(Record([*mails, answer], {}), HOUSE, later) == []
