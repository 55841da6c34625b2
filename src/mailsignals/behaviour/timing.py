"""Who answers how fast, who asks again, and at which hours: ``unresponsive``, ``chasing``, ``off_hours_contact``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from mailsignals.behaviour.facts import off_hours, working_time
from mailsignals.behaviour.figures import Figure, middle_of
from mailsignals.behaviour.talk import Talk
from mailsignals.text.counts import plural
from mailsignals.types import CueKind, Message

_WORKING_DAY = 8.0
"""Hours that make a working day of waiting, whatever our own hours are."""

_PROMPT = 2.0
"""Working days within which an answer is no wait worth a word."""

_NEEDS_ANSWER = (CueKind.OUR_QUESTION, CueKind.OUR_REMINDER, CueKind.QUOTE_SENT)
_SOON = timedelta(hours=4)
_LEAST_ANSWERS = 4
_LEAST_MAILS = 5
_LEAST_FOR_CHASING = 15
_SILENCE = 3.0
"""A question still open weighs as much as a median wait of so many times fewer days: one silence may be a holiday."""


def unresponsive(talk: Talk) -> Figure | None:
    """Median working days that our mails which need an answer wait for one; those still open count with their age.

    Where they wrote elsewhere meanwhile, it may have been settled otherwise: then a long wait counts only if we had to
    ask again. Silence weighs on top: how long the oldest waits since which nothing at all has come.
    """
    waits = [(ours, days, is_open) for ours in _asking(talk) for days, is_open in _wait(talk, ours)]
    silent_since = talk.received[-1].sent_at if talk.received else None
    is_silent = {ours.message_id: silent_since is None or ours.sent_at > silent_since for ours, _, _ in waits}
    recent = [
        (ours, days, is_open)
        for ours, days, is_open in waits
        if talk.is_recent(ours.sent_at) or (is_open and is_silent[ours.message_id])
    ]
    past = [days for ours, days, is_open in waits if not is_open and not talk.is_recent(ours.sent_at)]
    value = middle_of([days for _, days, _ in recent], _LEAST_ANSWERS)
    if value is None:
        return None
    waiting = [ours for ours, _, is_open in recent if is_open]
    reminders = sum(talk.has_cue(ours, CueKind.OUR_REMINDER) for ours, _, _ in recent)
    longest = max((days for ours, days, _ in recent if is_silent[ours.message_id]), default=0.0)
    return Figure(
        value=max(value, longest / _SILENCE),
        words=_answer_words(value, len(waiting), reminders, talk),
        basis=tuple(ours.message_id for ours, days, is_open in recent if is_open or days > _PROMPT),
        usual=middle_of(past, _LEAST_ANSWERS),
    )


def chasing(talk: Talk) -> Figure | None:
    """Share of their recent mails that follow one of their own within hours, or ask before the day we promised."""
    if len(talk.recent) < _LEAST_FOR_CHASING:
        return None
    chases = _chases(talk)
    found = [message for message in talk.recent if message.message_id in chases]
    before = sum(message.message_id in chases for message in talk.past)
    return Figure(
        value=len(found) / len(talk.recent),
        words=f"{len(found)} of their {len(talk.recent)} recent mails came before we could answer the one before, "
        "or before the day we had named.",
        basis=tuple(message.message_id for message in found),
        usual=before / len(talk.past) if len(talk.past) >= _LEAST_MAILS else None,
    )


def off_hours_contact(talk: Talk) -> Figure | None:
    """Share of their recent mails outside our working hours and days."""
    if len(talk.recent) < _LEAST_MAILS:
        return None
    late = off_hours(talk.recent, talk.work)
    usual = len(off_hours(talk.past, talk.work)) / len(talk.past) if len(talk.past) >= _LEAST_MAILS else None
    before = f" ({usual:.0%} before)" if usual is not None else ""
    return Figure(
        value=len(late) / len(talk.recent),
        words=f"{len(late)} of their {len(talk.recent)} recent mails came outside our hours{before}.",
        basis=tuple(message.message_id for message in late),
        usual=usual,
    )


def unanswered(talk: Talk) -> list[Message]:
    """Their recent mails with a question that we have not answered, oldest first.

    Where we have written elsewhere since, it may have been settled otherwise: then it is open if they came back to it.
    """
    return [
        message
        for message in talk.recent
        if talk.has_cue(message, CueKind.THEIR_QUESTION)
        and talk.answer_to(message, ours=True) is None
        and (not talk.later(message, ours=True) or talk.later_in_thread(message, ours=False))
    ]


def working_hours_between(talk: Talk, start: datetime, end: datetime) -> float:
    """Our working hours between two moments."""
    return working_time(start, end, talk.work).total_seconds() / 3600


def _asking(talk: Talk) -> Sequence[Message]:
    """Our mails that need an answer; where no cue of our mail was read, all of them."""
    asking = [message for message in talk.sent if talk.has_cue(message, *_NEEDS_ANSWER)]
    return asking if asking or any(map(talk.was_read, talk.sent)) else talk.sent


def _wait(talk: Talk, ours: Message) -> Iterator[tuple[float, bool]]:
    """Working days until they answered, and whether we still wait; nothing where that cannot be told."""
    answer = talk.answer_to(ours, ours=False)
    until = answer.sent_at if answer else talk.now
    days = working_hours_between(talk, ours.sent_at, until) / _WORKING_DAY
    first = next(iter(talk.later(ours, ours=False)), None)
    wrote_elsewhere = first is not None and (answer is None or first.sent_at < until)
    if wrote_elsewhere and (answer is None or days > _PROMPT):
        again = talk.later_in_thread(ours, ours=True, until=until)
        if not any(talk.has_cue(message, *_NEEDS_ANSWER) for message in again):
            return
    yield days, answer is None


def _answer_words(value: float, waiting: int, reminders: int, talk: Talk) -> str:
    parts = [f"Our questions wait {value:.1f} working days for an answer (median)"]
    if reminders:
        parts.append(f"{plural(reminders, 'reminder')} of ours in two months")
    if waiting:
        parts.append(f"{waiting} still open{_silence(talk)}")
    return "; ".join(parts) + "."


def _silence(talk: Talk) -> str:
    """How long nothing has come; nothing where nothing ever did."""
    if not talk.received:
        return ""
    days = (talk.today - talk.day_of(talk.received[-1].sent_at)).days
    return f", last mail of theirs {plural(days, 'day') + ' ago' if days else 'today'}"


def _chases(talk: Talk) -> frozenset[str]:
    """Their mails that come too soon: within four working hours of their last without our answer, or before our day."""
    found: set[str] = set()
    promised: tuple[Message, date] | None = None
    last_theirs: Message | None = None
    for message, is_ours in talk.mails:
        if is_ours:
            last_theirs = None
            days = [cue.due for cue in talk.cues(message, CueKind.OUR_PROMISE) if cue.due]
            promised = (message, max(days)) if days else None
            continue
        too_soon = last_theirs is not None and working_time(last_theirs.sent_at, message.sent_at, talk.work) < _SOON
        asks_early = (
            promised is not None
            and talk.day_of(message.sent_at) < promised[1]
            and talk.has_cue(message, CueKind.THEIR_QUESTION)
            and talk.same_thread(promised[0], message)
        )
        if too_soon or asks_early:
            found.add(message.message_id)
        last_theirs = message
    return frozenset(found)
