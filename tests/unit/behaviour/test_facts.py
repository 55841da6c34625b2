from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from mailsignals.behaviour.facts import MIN_MESSAGES, facts_of, is_off_hours, working_time
from mailsignals.text.threads import threads
from mailsignals.types import Facts, Message, WorkingTime
from support.mails import ANA, IVA, message

ZAGREB = ZoneInfo("Europe/Zagreb")
WORK = WorkingTime(ZAGREB, time(9), time(17, 30), frozenset(range(5)))
DAY = timedelta(hours=8, minutes=30)


def at(day: int, hour: int, minute: int = 0, *, month: int = 3) -> datetime:
    """A moment of 2026 on our wall clock; 2 March is a Monday."""
    return datetime(2026, month, day, hour, minute, tzinfo=ZAGREB)


def mails(*moments: datetime) -> list[Message]:
    return [message(number, sent_at=moment.astimezone(UTC), subject="Logo") for number, moment in enumerate(moments)]


def our_mails(*moments: datetime) -> list[Message]:
    return [
        message(100 + number, sent_at=moment, sender=ANA, recipients=(IVA,), subject="Logo")
        for number, moment in enumerate(moments)
    ]


def facts(received: list[datetime], sent: list[datetime]) -> Facts:
    theirs, ours = mails(*received), our_mails(*sent)
    return facts_of(theirs, ours, WORK, threads([*theirs, *ours]))


# --- working time ---


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (at(2, 10), at(2, 12), timedelta(hours=2)),
        (at(2, 6), at(2, 10), timedelta(hours=1)),
        (at(2, 17), at(2, 23), timedelta(minutes=30)),
        (at(2, 20), at(3, 7), timedelta()),
        (at(2, 17), at(3, 9, 30), timedelta(hours=1)),
        (at(6, 17), at(9, 10), timedelta(minutes=90)),
        (at(7, 10), at(8, 18), timedelta()),
        (at(2, 0), at(9, 0), 5 * DAY),
        (at(2, 12), at(2, 12), timedelta()),
        (at(2, 12), at(2, 10), timedelta()),
        (at(3, 12), at(2, 12), timedelta()),
    ],
)
def test_only_our_hours_and_days_count(start: datetime, end: datetime, expected: timedelta) -> None:
    assert working_time(start, end, WORK) == expected


@pytest.mark.parametrize(("friday", "month"), [(27, 3), (23, 10)])
def test_a_change_of_the_clocks_adds_and_takes_no_working_time(friday: int, month: int) -> None:
    start = at(friday, 16, 30, month=month)
    monday = start + timedelta(days=3) - timedelta(hours=6, minutes=30)
    assert (start.utcoffset(), monday.weekday(), monday.hour) != (monday.utcoffset(), 0, 10)
    assert working_time(start.astimezone(UTC), monday.astimezone(UTC), WORK) == timedelta(hours=2)


def test_a_working_sunday_on_which_the_clocks_change_is_as_long_as_any() -> None:
    work = WorkingTime(ZAGREB, time(0), time(8), frozenset({6}))
    assert working_time(at(29, 0), at(29, 12), work) == timedelta(hours=8)
    assert working_time(at(25, 0, month=10), at(25, 12, month=10), work) == timedelta(hours=8)


def test_moments_of_other_zones_are_taken_on_our_clock() -> None:
    assert working_time(datetime(2026, 3, 2, 7, tzinfo=UTC), datetime(2026, 3, 2, 9, tzinfo=UTC), WORK) == timedelta(
        hours=1
    )


# --- off hours ---


@pytest.mark.parametrize("moment", [at(2, 9), at(2, 17, 29), at(6, 12), at(30, 9)])
def test_working_hours_begin_with_their_first_minute(moment: datetime) -> None:
    assert not is_off_hours(moment, WORK)


@pytest.mark.parametrize("moment", [at(2, 8, 59), at(2, 17, 30), at(2, 0), at(7, 12), at(8, 12)])
def test_evenings_nights_and_weekends_are_off_hours(moment: datetime) -> None:
    assert is_off_hours(moment, WORK)


def test_summer_time_moves_our_hours_in_utc() -> None:
    assert is_off_hours(datetime(2026, 3, 27, 7, 30, tzinfo=UTC), WORK)
    assert not is_off_hours(datetime(2026, 3, 30, 7, 30, tzinfo=UTC), WORK)


def test_a_share_of_hours_needs_some_messages() -> None:
    assert facts([at(2, 22)] * (MIN_MESSAGES - 1), []).off_hours_share is None
    assert facts([at(2, 22), at(3, 10), at(4, 10), at(7, 10), at(8, 10)], []).off_hours_share == pytest.approx(0.6)


# --- counts and replies ---


def test_a_client_who_never_wrote_has_no_facts() -> None:
    assert facts([], []) == Facts()
    assert facts([], [at(2, 10)]) == Facts(sent=1)


def test_first_and_last_are_of_the_clients_own_messages() -> None:
    found = facts([at(3, 10), at(5, 10)], [at(2, 10), at(9, 10)])
    assert (found.received, found.sent) == (2, 2)
    assert (found.first_at, found.last_at) == (at(3, 10), at(5, 10))


def test_our_reply_is_the_median_of_working_hours() -> None:
    received = [at(2, 10), at(3, 10), at(6, 17)]
    sent = [at(2, 11), at(3, 14), at(9, 10)]
    assert facts(received, sent).our_reply == pytest.approx(1.5)


def test_their_reply_is_told_in_our_working_hours_too() -> None:
    sent = [at(2, 10), at(3, 10), at(6, 10)]
    received = [at(2, 12), at(3, 22), at(8, 10)]
    assert facts(received, sent).their_reply == pytest.approx(7.5)


def test_mail_in_another_thread_is_no_answer() -> None:
    ours = our_mails(*(at(day, 10) for day in (2, 3, 4, 5)))
    answers, elsewhere = mails(*(at(day, 9) for day in (3, 4, 5, 6))), mails(*(at(day, 12) for day in (2, 3, 4, 5)))
    cards = [replace(mail, message_id=f"{mail.message_id}.2", subject="Cards") for mail in elsewhere]
    theirs = sorted([*answers, *cards], key=lambda mail: mail.sent_at)
    found = facts_of(theirs, ours, WORK, threads([*theirs, *ours]))
    assert found.their_reply == pytest.approx(7.5)
    assert found.our_reply == pytest.approx(1)


def test_an_even_number_of_replies_has_the_middle_of_the_two() -> None:
    sent = [at(day, 10) for day in (2, 3, 4, 5)]
    received = [at(2, 11), at(3, 12), at(4, 14), at(5, 17)]
    assert facts(received, sent).their_reply == pytest.approx(3)


def test_two_replies_are_no_habit() -> None:
    found = facts([at(2, 11), at(3, 11)], [at(2, 10), at(3, 10)])
    assert found.their_reply is None
    assert found.our_reply is None


def test_several_mails_in_a_row_are_one_turn() -> None:
    received = [at(2, 10), at(2, 11), at(2, 12), at(3, 10), at(4, 10)]
    sent = [at(2, 13), at(2, 14), at(3, 13), at(4, 13)]
    assert facts(received, sent).our_reply == pytest.approx(3)


@pytest.mark.parametrize(
    ("received", "sent", "expected"),
    [
        ([at(2, 10)], [], 1),
        ([at(2, 10), at(3, 10)], [at(2, 12)], 1),
        ([at(2, 10), at(3, 10)], [at(3, 12)], 0),
        ([at(2, 10), at(3, 10), at(4, 10)], [at(1, 12)], 3),
        ([], [at(2, 10)], 0),
    ],
)
def test_what_came_after_our_last_mail_is_unanswered(
    received: list[datetime], sent: list[datetime], expected: int
) -> None:
    assert facts(received, sent).unanswered == expected
