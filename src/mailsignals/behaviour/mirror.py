"""Our own side of it, to be read before a client is blamed: ``our_side``."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from mailsignals.behaviour.figures import Figure
from mailsignals.behaviour.promises import broken
from mailsignals.behaviour.talk import Talk
from mailsignals.behaviour.timing import unanswered, working_hours_between
from mailsignals.types import CueKind, Message, Promise

_LEAST_ANSWERS = 3
_LONG_OPEN = 16.0
"""Working hours after which a question of theirs without our answer counts against us."""


def our_side(talk: Talk, promises: Sequence[Promise]) -> Figure | None:
    """Median working hours that their questions wait for us; those left open, broken promises and tone weigh on top."""
    waits = _our_waits(talk)
    recent = [hours for message, hours in waits if talk.is_recent(message.sent_at)]
    past = [hours for message, hours in waits if not talk.is_recent(message.sent_at)]
    open_long = [m for m in unanswered(talk) if working_hours_between(talk, m.sent_at, talk.now) > _LONG_OPEN]
    failed = [promise for promise in broken(promises, ours=True) if talk.is_recent(promise.made_at)]
    harsh = [message for message in talk.sent_lately if "aggression" in talk.tags(message)]
    if len(recent) < _LEAST_ANSWERS and not (open_long or failed or harsh):
        return None
    value = median(recent) if recent else None
    return Figure(
        value=value or 0.0,
        words=_words(value, len(open_long), failed, harsh),
        basis=(*(m.message_id for m in open_long), *(p.message_id for p in failed), *(m.message_id for m in harsh)),
        usual=median(past) if len(past) >= _LEAST_ANSWERS else None,
        extra=min(0.8, 0.25 * len(open_long) + 0.2 * len(failed) + 0.4 * len(harsh)),
    )


def _our_waits(talk: Talk) -> list[tuple[Message, float]]:
    """Their first mail of each turn that wanted an answer and got one, with the working hours it waited.

    Where no cue was read, every mail of theirs counts.
    """
    was_read = any(map(talk.was_read, talk.received))
    waits: dict[str, tuple[Message, float]] = {}
    for message in talk.with_cue(CueKind.THEIR_QUESTION, ours=False) if was_read else talk.received:
        answer = talk.answer_to(message, ours=True)
        if answer is not None and answer.message_id not in waits:
            waits[answer.message_id] = message, working_hours_between(talk, message.sent_at, answer.sent_at)
    return list(waits.values())


def _words(hours: float | None, open_long: int, failed: Sequence[Promise], harsh: Sequence[Message]) -> str:
    parts = []
    if hours is not None:
        parts.append(f"Their questions wait {hours:.1f} working hours for our answer (median of two months)")
    if open_long:
        parts.append("1 question of theirs waits" if open_long == 1 else f"{open_long} questions of theirs wait")
    if failed:
        parts.append(
            f"{len(failed)} of our promises {'was' if len(failed) == 1 else 'were'} not kept as far as mail shows"
        )
    if harsh:
        parts.append(f"{len(harsh)} of our own mails {'reads' if len(harsh) == 1 else 'read'} as hostile")
    said = "; ".join(parts)
    return f"{said[:1].upper()}{said[1:]}."
