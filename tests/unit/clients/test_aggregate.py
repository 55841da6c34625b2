from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
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
    with_ledger,
)
from mailsignals.signals.catalogue import catalogue
from mailsignals.types import Evidence, Invoice, Message, SignalState, Tagging, WorkingTime
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
    trail = trail_of(with_ledger(evidence_frame(mails, taggings, WORK), []), mails)
    return {state.tag: state for state in signal_states(trail, now)}


def excuse(score: float = 1.0, start: int = 0, end: int = 17) -> Evidence:
    return Evidence(EXCUSE, start, end, score)


def excuse_states(now: datetime, *bills: Invoice) -> SignalState:
    """What two excuses are worth beside a ledger."""
    messages, taggings = record((20, excuse()), (27, excuse()))
    mails = list(messages.values())
    trail = trail_of(with_ledger(evidence_frame(mails, taggings, WORK), bills), mails)
    return {state.tag: state for state in signal_states(trail, now)}[EXCUSE]


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
        assert signal_states(trail_of(with_ledger(frame, []), [mail]), MONDAY) == ()
    assert evidence_frame([], {}, WORK).empty


def test_words_that_are_sent_again_within_hours_are_one_piece_of_evidence() -> None:
    first = message(1, "We pay next week.", sent_at=MONDAY)
    for hours, pieces in ((1, 1), (30, 2)):
        again = message(2, "WE PAY NEXT WEEK.", sent_at=MONDAY + timedelta(hours=hours))
        taggings = {m.message_id: Tagging(m.message_id, "m", {}, (excuse(),)) for m in (first, again)}
        trail = trail_of(with_ledger(evidence_frame([first, again], taggings, WORK), []), [first, again])
        assert len(trail.quotes) == pieces


def test_a_payment_takes_the_worth_of_the_excuses_before_it() -> None:
    now = MONDAY + timedelta(days=40)
    unpaid = Invoice("1", "Miramar", date(2026, 2, 1), date(2026, 2, 15), 100, "EUR")
    paid = replace(unpaid, paid_at=date(2026, 4, 1), paid_amount=100.0)
    undated = replace(unpaid, paid_amount=100.0)
    assert excuse_states(now, paid).score < excuse_states(now, unpaid).score / 2
    assert excuse_states(MONDAY + timedelta(days=28), paid).score > 0.7
    assert excuse_states(now, undated).score == excuse_states(now, unpaid).score


def test_who_has_hardly_written_says_less_than_the_evidence_alone() -> None:
    messages, taggings = record((0, excuse()), (1, excuse()))
    mails = list(messages.values())
    trail = trail_of(with_ledger(evidence_frame(mails, taggings, WORK), []), mails)
    now = MONDAY + timedelta(days=1)
    (bare,), (shrunk,) = signal_states(trail, now), signal_states(trail, now, {EXCUSE: 0.03})
    assert shrunk.score < bare.score


def test_one_threat_is_one_however_much_else_is_written() -> None:
    threat = message(0, "I will ruin you.", sent_at=MONDAY)
    others = [message(number, sent_at=MONDAY - timedelta(hours=number)) for number in range(1, 400)]
    mails = sorted([threat, *others], key=lambda mail: mail.sent_at)
    for sure, is_enough in ((0.99, True), (0.8, False)):
        tagging = Tagging(threat.message_id, "m", {}, (Evidence("aggression", 0, 16, sure),))
        trail = trail_of(with_ledger(evidence_frame(mails, {threat.message_id: tagging}, WORK), []), mails)
        (state,) = signal_states(trail, MONDAY, dict.fromkeys(catalogue(), 0.03))
        assert (state.score >= catalogue()["aggression"].alert_at) is is_enough


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
