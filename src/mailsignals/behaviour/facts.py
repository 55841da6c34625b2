"""What dates and directions say of one client, with our own side beside it. Pure: no clock, no settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from itertools import pairwise
from statistics import median

from mailsignals.types import Facts, Message, WorkingTime

MIN_REPLIES = 3
"""Fewer pairs say nothing of a habit."""

MIN_MESSAGES = 5
"""Fewer messages say nothing of hours."""

_MOST_MOMENTS = 1 << 18
"""Moments that are remembered: the same mails are asked for again and again."""


def facts_of(
    received: Sequence[Message], sent: Sequence[Message], work: WorkingTime, thread_of: Mapping[str, str]
) -> Facts:
    """Count and time one client's mail.

    Args:
        received: From the client, by time.
        sent: From us to the client, by time.
        thread_of: Message-ID -> its thread.
    """
    waits: dict[bool, list[timedelta]] = {True: [], False: []}
    for turns in _turns(received, sent, thread_of):
        for (_, asked_at), (is_ours, answered_at) in pairwise(turns):
            waits[is_ours].append(working_time(asked_at, answered_at, work))
    return Facts(
        received=len(received),
        sent=len(sent),
        first_at=received[0].sent_at if received else None,
        last_at=received[-1].sent_at if received else None,
        off_hours_share=_off_hours_share(received, work),
        their_reply=_median_hours(waits[False]),
        our_reply=_median_hours(waits[True]),
        unanswered=sum(1 for message in received if not sent or message.sent_at > sent[-1].sent_at),
    )


def is_off_hours(moment: datetime, work: WorkingTime) -> bool:
    """Whether a moment lies outside our working days and hours, in our own zone."""
    return not _time_clock(work)[moment][1]


def off_hours(messages: Sequence[Message], work: WorkingTime) -> list[Message]:
    """The messages that were sent off hours."""
    return [message for message in messages if is_off_hours(message.sent_at, work)]


def working_time(start: datetime, end: datetime, work: WorkingTime) -> timedelta:
    """How much of our working time lies between two moments.

    Hours are taken as they stand on the wall clock, so a day on which summer time begins is as long as any other.
    """
    clock = _time_clock(work)
    return max(timedelta(), clock[end][0] - clock[start][0])


class _TimeClock(dict[datetime, tuple[timedelta, bool]]):
    """Moment -> all of our working time up to it, from the first day of the calendar, and whether we work then."""

    def __init__(self, work: WorkingTime) -> None:
        super().__init__()
        self._work = work
        self._hours = cache(self._hours_on)

    def __missing__(self, moment: datetime) -> tuple[timedelta, bool]:
        if len(self) > _MOST_MOMENTS:
            self.clear()
        there = moment.astimezone(self._work.zone)
        local = datetime.combine(there.date(), there.time())  # half the time of replace(tzinfo=None)
        opens, closes, worked = self._hours(local.date())
        self[moment] = worked + (min(max(local, opens), closes) - opens), opens <= local < closes
        return self[moment]

    def _hours_on(self, day: date) -> tuple[datetime, datetime, timedelta]:
        """When we open and close on a day, at once on one off, and all of our working time before it."""
        opens, closes = datetime.combine(day, self._work.start), datetime.combine(day, self._work.end)
        worked = _working_days_before(day, self._work) * (closes - opens)
        return opens, closes if self._work.is_working_day(day) else opens, worked


_time_clock = lru_cache(maxsize=16)(_TimeClock)


def _working_days_before(day: date, work: WorkingTime) -> int:
    """How many days we have worked before a day, from the first one of the calendar, a Monday."""
    weeks, weekday = divmod(day.toordinal() - 1, 7)
    usual = weeks * len(work.days) + sum(known < weekday for known in work.days)
    return usual - sum(holiday < day and holiday.weekday() in work.days for holiday in work.holidays)


def _turns(
    received: Sequence[Message], sent: Sequence[Message], thread_of: Mapping[str, str]
) -> Iterable[Sequence[tuple[bool, datetime]]]:
    """The first message of every turn in each thread: (is ours, when). Several mails in a row are one turn."""
    both = [(message, False) for message in received] + [(message, True) for message in sent]
    both.sort(key=lambda pair: pair[0].sent_at)
    found: dict[str, list[tuple[bool, datetime]]] = {}
    for message, is_ours in both:
        turns = found.setdefault(thread_of[message.message_id], [])
        if not turns or turns[-1][0] != is_ours:
            turns.append((is_ours, message.sent_at))
    return found.values()


def _off_hours_share(received: Sequence[Message], work: WorkingTime) -> float | None:
    if len(received) < MIN_MESSAGES:
        return None
    return len(off_hours(received, work)) / len(received)


def _median_hours(spans: Sequence[timedelta]) -> float | None:
    if len(spans) < MIN_REPLIES:
        return None
    return median(span.total_seconds() / 3600 for span in spans)
