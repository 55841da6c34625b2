from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from mailsignals.clients.aggregate import (
    LONE,
    PROTECTION,
    RARER,
    TRUST,
    evidence_frame,
    signal_states,
    trail_of,
    urgency,
)
from mailsignals.signals.catalogue import catalogue
from mailsignals.types import Evidence, Message, SignalState, Tagging, WorkingTime
from support.mails import MONDAY, message

WORK = WorkingTime(ZoneInfo("Europe/Zagreb"), time(9), time(17, 30), frozenset(range(5)))
EXCUSE = "payment_excuse"
HALF_LIFE = timedelta(days=catalogue()[EXCUSE].half_life_days)


def record(*spans: tuple[int, Evidence]) -> tuple[dict[str, Message], dict[str, Tagging]]:
    """Messages by number of days after Monday, with their evidence."""
    messages = {
        number: message(number, "We pay next week.", sent_at=MONDAY + timedelta(days=number)) for number, _ in spans
    }
    taggings = {
        mail.message_id: Tagging(mail.message_id, "m", {}, tuple(span for day, span in spans if day == number))
        for number, mail in messages.items()
    }
    return {mail.message_id: mail for mail in messages.values()}, taggings


def states(now: datetime, *spans: tuple[int, Evidence]) -> Mapping[str, SignalState]:
    messages, taggings = record(*spans)
    mails = list(messages.values())
    trail = trail_of(evidence_frame(mails, taggings, WORK), mails)
    return {state.tag: state for state in signal_states(trail, now)}


def excuse(score: float = 1.0, start: int = 0, end: int = 17) -> Evidence:
    return Evidence(EXCUSE, start, end, score)


def signal(tag: str, score: float, *, messages: int = 2) -> SignalState:
    return SignalState(tag, score, messages, 1, 0.0)


# --- the frame ---


def test_the_strongest_span_stands_for_its_message_and_tag() -> None:
    messages, taggings = record((0, excuse(0.6, 0, 5)), (0, excuse(0.9, 3, 8)), (0, Evidence("distrust", 0, 2, 0.7)))
    frame = evidence_frame(list(messages.values()), taggings, WORK)
    assert frame[["tag", "score", "start", "end"]].values.tolist() == [["distrust", 0.7, 0, 2], [EXCUSE, 0.9, 3, 8]]


def test_what_is_unsure_is_not_held_against_a_client() -> None:
    messages, taggings = record((0, Evidence("distrust", 0, 2, 0.45, is_sure=False)))
    assert evidence_frame(list(messages.values()), taggings, WORK).empty


def test_of_equal_spans_the_first_and_shortest_stands() -> None:
    messages, taggings = record((0, excuse(0.9, 3, 9)), (0, excuse(0.9, 3, 8)), (0, excuse(0.9, 4, 5)))
    frame = evidence_frame(list(messages.values()), taggings, WORK)
    assert frame[["start", "end"]].values.tolist() == [[3, 8]]


def test_days_are_ours_and_not_those_of_utc() -> None:
    late = message(1, sent_at=datetime(2026, 3, 2, 23, 30, tzinfo=UTC))
    frame = evidence_frame([late], {late.message_id: Tagging(late.message_id, "m", {}, (excuse(),))}, WORK)
    assert frame["day"].tolist() == [date(2026, 3, 3)]


def test_messages_without_tagging_or_evidence_give_an_empty_frame() -> None:
    mail = message(1)
    for taggings in ({}, {mail.message_id: Tagging(mail.message_id, "m", {})}):
        frame = evidence_frame([mail], taggings, WORK)
        assert frame.empty
        assert signal_states(trail_of(frame, [mail]), MONDAY) == ()
    assert evidence_frame([], {}, WORK).empty


# --- scores ---


def test_one_certain_sentence_of_today_is_worth_the_trust() -> None:
    assert states(MONDAY, (0, excuse()))[EXCUSE].score == pytest.approx(TRUST)


def test_a_second_message_closes_the_same_share_of_what_is_left() -> None:
    two = states(MONDAY + timedelta(days=1), (0, excuse()), (1, excuse()))[EXCUSE]
    yesterday = TRUST * 0.5 ** (timedelta(days=1) / HALF_LIFE)
    assert two.score == pytest.approx(1 - (1 - yesterday) * (1 - TRUST), abs=1e-6)


def test_an_unsure_sentence_is_worth_its_probability_in_ordinary_mail() -> None:
    assert states(MONDAY, (0, excuse(0.5)))[EXCUSE].score == pytest.approx(TRUST * RARER / (1 + RARER), abs=1e-6)


def test_two_sentences_of_one_message_are_worth_the_stronger_one() -> None:
    assert states(MONDAY, (0, excuse(0.9, 0, 2)), (0, excuse(1.0, 3, 6)))[EXCUSE].score == pytest.approx(TRUST)


def test_evidence_counts_half_after_its_half_life() -> None:
    assert states(MONDAY + HALF_LIFE, (0, excuse()))[EXCUSE].score == pytest.approx(TRUST / 2)
    assert states(MONDAY + 2 * HALF_LIFE, (0, excuse()))[EXCUSE].score == pytest.approx(TRUST / 4)


def test_messages_and_days_are_counted_once() -> None:
    state = states(MONDAY + timedelta(days=9), (0, excuse()), (0, excuse(0.3)), (4, excuse()))[EXCUSE]
    assert (state.messages, state.days, len(state.quotes)) == (2, 2, 2)


def test_what_is_still_to_come_is_not_known() -> None:
    assert states(MONDAY - timedelta(days=1), (0, excuse())) == {}
    assert states(MONDAY + timedelta(days=1), (0, excuse()), (5, excuse()))[EXCUSE].messages == 1


def test_the_trend_is_the_change_in_thirty_days() -> None:
    assert states(MONDAY, (0, excuse()))[EXCUSE].trend == pytest.approx(TRUST)
    later = states(MONDAY + timedelta(days=30), (0, excuse()))[EXCUSE]
    assert later.trend == pytest.approx(later.score - TRUST, abs=1e-6)
    assert later.trend < 0


def test_quotes_are_strongest_first_and_slice_the_own_words() -> None:
    state = states(MONDAY + timedelta(days=9), (0, excuse(0.9, 0, 2)), (5, excuse(0.95, 3, 6)))[EXCUSE]
    assert [quote.words for quote in state.quotes] == ["pay", "We"]
    assert [quote.message_id for quote in state.quotes] == ["5@miramar.example", "0@miramar.example"]


def test_signals_are_strongest_first_and_by_name_where_they_tie() -> None:
    found = states(MONDAY, (0, Evidence("distrust", 0, 2, 0.5)), (0, Evidence("antipathy", 0, 2, 0.5)), (0, excuse()))
    assert list(found) == [EXCUSE, "antipathy", "distrust"]


# --- urgency ---


def test_a_client_without_signals_is_not_urgent() -> None:
    assert urgency(()) == 0


def test_risk_counts_by_its_weight() -> None:
    weight = catalogue()[EXCUSE].weight
    assert urgency((signal(EXCUSE, 1.0),)) == pytest.approx(weight)
    assert urgency((signal(EXCUSE, 0.5),)) == pytest.approx(weight / 2)


def test_a_signal_of_one_message_counts_by_a_share_of_its_weight() -> None:
    weight = catalogue()[EXCUSE].weight
    assert urgency((signal(EXCUSE, 1.0, messages=1),)) == pytest.approx(weight * LONE)


def test_praise_alone_is_not_urgent_and_takes_a_share_away() -> None:
    assert urgency((signal("appreciation", 1.0),)) == 0
    alone = urgency((signal(EXCUSE, 0.8),))
    assert urgency((signal(EXCUSE, 0.8), signal("appreciation", 1.0))) == pytest.approx(alone * (1 - PROTECTION))


def test_a_second_kind_of_trouble_makes_a_client_more_urgent() -> None:
    assert urgency((signal(EXCUSE, 0.8), signal("distrust", 0.3))) > urgency((signal(EXCUSE, 0.8),))
