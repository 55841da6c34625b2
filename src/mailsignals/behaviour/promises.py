"""Promises of both sides: who said what would come by when, and whether it did."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from mailsignals.behaviour.talk import Talk
from mailsignals.types import Cue, CueKind, Matter, Message, Promise, PromiseState

GRACE = timedelta(days=1)
"""A promise for Friday that is kept on Saturday is kept: banks and people are a day late."""

REPEATS_WITHIN = timedelta(days=120)
"""Promises on one matter that lie further apart are not the same story."""

_FULL_ANSWER = 5
"""Words from which a mail can be the feedback, the text or the access that was promised."""


_Last = dict[tuple[bool, Matter], tuple[datetime, int]]
"""Whose, on what -> when the last broken promise was made, and its number in a row."""


def promises_of(talk: Talk) -> tuple[Promise, ...]:
    """The promises of both sides, oldest first, each with what became of it by ``talk.now``.

    A payment is settled by the ledger, or by a mail that says that it went out; anything else by a later mail of that
    side in the same thread or with an attachment, as long as it does not only promise again. A promise without a day
    stays open. So does one whose day has passed while nothing that we read can tell: it is broken only where the
    ledger, silence, a reminder or the other side's complaint says so.
    """
    last: _Last = {}
    return tuple(
        _judged(talk, message, is_ours, cue, last)
        for message, is_ours in talk.mails
        for cue in _promising(talk, message)
    )


def broken(promises: Sequence[Promise], *, ours: bool, matter: Matter | None = None) -> list[Promise]:
    """One side's broken promises, oldest first.

    Args:
        matter: Only those; None for all.
    """
    return [
        promise
        for promise in promises
        if promise.is_ours is ours
        and promise.state is PromiseState.BROKEN
        and (matter is None or promise.matter is matter)
    ]


def _promising(talk: Talk, message: Message) -> Iterator[Cue]:
    """One promise a matter and message: that with a day, or else the first."""
    chosen: dict[Matter | None, Cue] = {}
    for cue in talk.cues(message, CueKind.OUR_PROMISE, CueKind.THEIR_PROMISE):
        known = chosen.get(cue.matter)
        if known is None or (known.due is None and cue.due is not None):
            chosen[cue.matter] = cue
    yield from chosen.values()


def _judged(talk: Talk, message: Message, is_ours: bool, cue: Cue, last: _Last) -> Promise:
    settled_by = _settled_by(talk, message, is_ours, cue) if cue.due else ""
    state, matter = _state(talk, message, cue, settled_by), cue.matter or Matter.WORK
    return Promise(
        message_id=message.message_id,
        who=message.sender.email,
        is_ours=is_ours,
        matter=matter,
        made_at=message.sent_at,
        due=cue.due,
        state=state,
        words=message.own_text[cue.start : cue.end],
        settled_by=settled_by,
        repeat=_repeat(last, (is_ours, matter), message.sent_at, state),
    )


def _state(talk: Talk, promised: Message, cue: Cue, settled_by: str) -> PromiseState:
    if settled_by:
        return PromiseState.KEPT
    if cue.due is None or talk.today <= cue.due + GRACE:
        return PromiseState.OPEN
    shows = _our_failure_shows if cue.kind is CueKind.OUR_PROMISE else _their_failure_shows
    return PromiseState.BROKEN if shows(talk, promised, cue, cue.due) else PromiseState.OPEN


def _our_failure_shows(talk: Talk, promised: Message, _cue: Cue, due: date) -> bool:
    """Whether their first mail after the day asks or complains, or nobody has written since we promised."""
    later = list(talk.after(promised.sent_at))
    first = next((mail for mail, is_ours in later if not is_ours and talk.day_of(mail.sent_at) >= due), None)
    if first is None:
        return not any(is_ours for _, is_ours in later)
    return talk.has_cue(first, CueKind.THEIR_QUESTION) or "constructive_criticism" in talk.tags(first)


def _their_failure_shows(talk: Talk, promised: Message, cue: Cue, due: date) -> bool:
    """Whether the ledger, our reminder, another promise on the matter or their silence tells."""
    if cue.matter is Matter.PAYMENT and talk.invoices:
        return True
    until = timedelta(days=(due - talk.day_of(promised.sent_at)).days) + REPEATS_WITHIN
    for message, is_ours in talk.after(promised.sent_at, until):
        if is_ours and talk.has_cue(message, CueKind.OUR_REMINDER) and talk.day_of(message.sent_at) > due:
            return True
        if not is_ours and _puts_off(talk, message, cue):
            return True
    first = next((message for message, is_ours in talk.after(promised.sent_at) if not is_ours), None)
    wrote = first is not None and talk.day_of(first.sent_at) <= due + GRACE
    return cue.matter is not Matter.PAYMENT and not wrote


def _puts_off(talk: Talk, message: Message, cue: Cue) -> bool:
    """Whether a mail promises the same thing for a later day, or excuses itself for a payment after its day."""
    assert cue.due is not None
    again = [other for other in talk.cues(message, CueKind.THEIR_PROMISE) if other.matter is cue.matter]
    if any(other.due is not None and other.due > cue.due for other in again):
        return True
    is_excuse = cue.matter is Matter.PAYMENT and "payment_excuse" in talk.tags(message)
    return bool(again or is_excuse) and talk.day_of(message.sent_at) > cue.due


def _settled_by(talk: Talk, promised: Message, is_ours: bool, cue: Cue) -> str:
    """The invoice or message that keeps the promise in time, or nothing."""
    assert cue.due is not None
    if cue.matter is Matter.PAYMENT:
        for invoice in talk.invoices:
            if invoice.paid_at and talk.day_of(promised.sent_at) <= invoice.paid_at <= cue.due + GRACE:
                return invoice.number
    for message, ours in talk.after(promised.sent_at):
        if talk.day_of(message.sent_at) > cue.due + GRACE:
            break
        if ours is is_ours and _keeps(talk, promised, message, cue):
            return message.message_id
    return ""


def _keeps(talk: Talk, promised: Message, message: Message, cue: Cue) -> bool:
    if cue.matter is Matter.PAYMENT:
        return talk.has_cue(message, CueKind.PAID)
    if any(again.matter is cue.matter for again in talk.cues(message, cue.kind)) and not message.attachments:
        return False
    is_full = len(message.own_text.split()) >= _FULL_ANSWER
    return bool(message.attachments) or (is_full and talk.same_thread(promised, message))


def _repeat(last: _Last, key: tuple[bool, Matter], made_at: datetime, state: PromiseState) -> int:
    """A promise's number among the broken ones on the same matter before it; ``last`` is kept up to date."""
    before = last.get(key)
    repeat = before[1] + 1 if before and made_at - before[0] <= REPEATS_WITHIN else 1
    if state is PromiseState.BROKEN:
        last[key] = (made_at, repeat)
    return repeat
