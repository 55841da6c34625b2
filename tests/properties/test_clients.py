"""What must hold of scores and alerts whatever the clients write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from mailsignals.clients.aggregate import evidence_frame, signal_states, trail_of, with_ledger
from mailsignals.clients.alerts import AlertRules, due_alerts
from mailsignals.clients.identity import Roster
from mailsignals.clients.state import client_states
from mailsignals.signals.catalogue import catalogue
from mailsignals.types import (
    Address,
    Alert,
    AlertChange,
    ClientState,
    Evidence,
    Facts,
    Message,
    SignalState,
    Tagging,
    WorkingTime,
)
from support.mails import ANA, IVA, MONDAY, message

WORK = WorkingTime(ZoneInfo("Europe/Zagreb"), time(9), time(17, 30), frozenset(range(5)))
ROSTER = Roster([ANA.email], {"Miramar": ["miramar.example"], "Firm": ["firm.example"]})
NOW = MONDAY + timedelta(days=200)
WORDS = "We will pay next week. Could you add a page? You are thieves. Thank you."
TAGS = st.sampled_from(sorted(catalogue()))
SENDERS = st.sampled_from([IVA, Address("tea@miramar.example", "Tea"), Address("jo@firm.example"), ANA])
SCORES = st.floats(0, 1)


@st.composite
def evidence(draw: st.DrawFn) -> Evidence:
    start = draw(st.integers(0, len(WORDS) - 1))
    return Evidence(draw(TAGS), start, draw(st.integers(start + 1, len(WORDS))), draw(SCORES))


@st.composite
def records(draw: st.DrawFn) -> tuple[list[Message], dict[str, Tagging]]:
    """Messages with their taggings; some at the same moment, some without evidence."""
    days = draw(st.lists(st.integers(0, 200), max_size=8))
    messages = [
        message(number, WORDS, sent_at=MONDAY + timedelta(days=day), sender=draw(SENDERS), recipients=(ANA, IVA))
        for number, day in enumerate(days)
    ]
    tagged = [Tagging(mail.message_id, "m", {}, tuple(draw(st.lists(evidence(), max_size=3)))) for mail in messages]
    return messages, {tagging.message_id: tagging for tagging in tagged}


def states(messages: Sequence[Message], taggings: Mapping[str, Tagging], now: datetime = NOW) -> Sequence[ClientState]:
    return client_states(messages, taggings, ROSTER, WORK, now)


def signals(
    messages: Sequence[Message], taggings: Mapping[str, Tagging], now: datetime = NOW
) -> dict[str, SignalState]:
    trail = trail_of(with_ledger(evidence_frame(messages, taggings, WORK), []), messages)
    return {state.tag: state for state in signal_states(trail, now)}


# --- scores ---


@settings(max_examples=40)
@given(records(), st.randoms(use_true_random=False))
def test_the_order_of_messages_changes_nothing(
    record: tuple[list[Message], dict[str, Tagging]], random: object
) -> None:
    messages, taggings = record
    shuffled = list(messages)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert states(shuffled, taggings) == states(messages, taggings)


@settings(max_examples=40)
@given(records())
def test_the_order_of_a_messages_evidence_changes_nothing(record: tuple[list[Message], dict[str, Tagging]]) -> None:
    messages, taggings = record
    backwards = {key: replace(tagging, evidence=tagging.evidence[::-1]) for key, tagging in taggings.items()}
    assert states(messages, backwards) == states(messages, taggings)


@settings(max_examples=40)
@given(records())
def test_scores_stay_between_zero_and_one(record: tuple[list[Message], dict[str, Tagging]]) -> None:
    for state in states(*record):
        assert 0 <= state.score <= 1
        assert all(0 <= signal.score <= 1 and -1 <= signal.trend <= 1 for signal in state.signals)
        assert all(1 <= signal.days <= signal.messages == len(signal.quotes) for signal in state.signals)


@settings(max_examples=40)
@given(records(), evidence(), st.integers(0, 200))
def test_more_evidence_never_lowers_a_score(
    record: tuple[list[Message], dict[str, Tagging]], span: Evidence, day: int
) -> None:
    messages, taggings = record
    more = message(99, WORDS, sent_at=MONDAY + timedelta(days=day))
    before = signals(messages, taggings)
    after = signals([*messages, more], taggings | {more.message_id: Tagging(more.message_id, "m", {}, (span,))})
    assert set(before) <= set(after)
    assert all(after[tag].score >= state.score for tag, state in before.items())


@settings(max_examples=40)
@given(records(), evidence(), st.integers(0, 200))
def test_evidence_of_trouble_never_lowers_a_clients_score(
    record: tuple[list[Message], dict[str, Tagging]], span: Evidence, day: int
) -> None:
    messages, taggings = record
    span = replace(span, label="aggression")
    more = message(99, WORDS, sent_at=MONDAY + timedelta(days=day))
    before = {state.client: state.score for state in states(messages, taggings)}
    tagged = taggings | {more.message_id: Tagging(more.message_id, "m", {}, (span,))}
    after = {state.client: state.score for state in states([*messages, more], tagged)}
    assert all(after[client] >= score for client, score in before.items())


@settings(max_examples=40)
@given(records(), st.integers(0, 2000))
def test_time_alone_never_raises_a_score(record: tuple[list[Message], dict[str, Tagging]], days: int) -> None:
    now = signals(*record)
    later = signals(*record, now=NOW + timedelta(days=days))
    assert set(later) == set(now)
    assert all(later[tag].score <= state.score for tag, state in now.items())


@settings(max_examples=40)
@given(records(), st.integers(0, 200))
def test_the_past_looks_as_it_looked_then(record: tuple[list[Message], dict[str, Tagging]], day: int) -> None:
    messages, taggings = record
    then = MONDAY + timedelta(days=day)
    assert states(messages, taggings, then) == states(
        [mail for mail in messages if mail.sent_at <= then], taggings, then
    )


@settings(max_examples=40)
@given(records())
def test_quotes_are_the_clients_own_words(record: tuple[list[Message], dict[str, Tagging]]) -> None:
    messages, taggings = record
    by_id = {mail.message_id: mail for mail in messages}
    for state in states(messages, taggings):
        for quote in (quote for signal in state.signals for quote in signal.quotes):
            spans = [span for span in taggings[quote.message_id].evidence if span.label == quote.label]
            assert quote.words in [by_id[quote.message_id].own_text[span.start : span.end] for span in spans]
            assert quote.score == max(span.score for span in spans)
            assert quote.sender == by_id[quote.message_id].sender != ANA


# --- alerts ---


@st.composite
def nights(draw: st.DrawFn) -> list[tuple[datetime, list[ClientState]]]:
    """A client's signal on several nights; evidence is only ever added, scores go up and down."""
    found: list[str] = []
    course: list[tuple[datetime, list[ClientState]]] = []
    for day in sorted(draw(st.sets(st.integers(0, 120), max_size=12))):
        found += [f"{len(found) + extra}@miramar.example" for extra in range(draw(st.integers(0, 2)))]
        now = MONDAY + timedelta(days=day)
        quotes = tuple(
            replace(QUOTE, message_id=message_id, score=draw(st.floats(0.5, 1)), sent_at=now) for message_id in found
        )
        signal = SignalState("payment_excuse", draw(SCORES), len(found), 1, 0.0, quotes)
        course.append((now, [ClientState("Miramar", 0.5, (signal,) if quotes else (), Facts())]))
    return course


QUOTE = signals(
    [message(0, WORDS)], {message(0).message_id: Tagging("", "m", {}, (Evidence("payment_excuse", 0, 5, 0.9),))}
)["payment_excuse"].quotes[0]


@given(nights())
def test_the_same_evidence_is_never_told_twice_before_it_was_over(
    course: list[tuple[datetime, list[ClientState]]],
) -> None:
    told: list[Alert] = []
    told_lately: list[Alert] = []
    for now, clients in course:
        for alert in due_alerts(clients, told, AlertRules(), now):
            if alert.change is AlertChange.RECOVERED:
                told_lately = []
            else:
                assert not any(set(alert.evidence) <= set(earlier.evidence) for earlier in told_lately)
                told_lately.append(alert)
            told.append(alert)


@given(nights())
def test_a_night_that_is_run_again_tells_nothing_new(course: list[tuple[datetime, list[ClientState]]]) -> None:
    told: list[Alert] = []
    for now, clients in course:
        told += due_alerts(clients, told, AlertRules(), now)
        assert due_alerts(clients, told, AlertRules(), now) == []


@given(nights())
def test_alerts_stand_on_enough_score_and_enough_messages(course: list[tuple[datetime, list[ClientState]]]) -> None:
    for now, clients in course:
        for alert in due_alerts(clients, [], AlertRules(), now):
            assert alert.score >= catalogue()[alert.tag].alert_at
            assert len(alert.evidence) >= AlertRules().min_messages


@given(nights(), st.randoms(use_true_random=False))
def test_the_order_in_which_alerts_were_told_changes_nothing(
    course: list[tuple[datetime, list[ClientState]]], random: object
) -> None:
    told: list[Alert] = []
    for now, clients in course:
        due = due_alerts(clients, told, AlertRules(), now)
        shuffled = list(told)
        random.shuffle(shuffled)  # type: ignore[attr-defined]
        assert due_alerts(clients, shuffled, AlertRules(), now) == due
        told += due
