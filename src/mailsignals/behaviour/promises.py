"""Promises of both sides: who said what would come by when, and whether it did."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache

from mailsignals.behaviour.cues import MATTERS
from mailsignals.behaviour.phrases import phrases_of
from mailsignals.behaviour.talk import Talk
from mailsignals.types import Cue, CueKind, Invoice, Matter, Message, Promise, PromiseState

GRACE = timedelta(days=1)
"""A promise for Friday that is kept on Saturday is kept: banks and people are a day late."""

ON_ITS_WAY = timedelta(days=5)
"""How long money that they say was sent may take to show in the ledger."""

REPEATS_WITHIN = timedelta(days=120)
"""Promises that lie further apart are not the same story."""

_FULL_ANSWER = 5
"""Words from which a mail can be the feedback, the text or the access that was promised."""

EXCUSE = "payment_excuse"
"""The tag of a mail that gives a reason for not paying."""

_COMPLAINTS = frozenset({"distrust", "blame_shifting", "aggression"})
_LINK = re.compile(r"https?://|\bwww\.", re.IGNORECASE)
_TELLING_NUMBER = 4
"""Signs from which an invoice's number is told from any other number without the word "invoice" before it."""

_Story = tuple[bool, Matter, str]
"""Whose promises, on what, and for which bill (a payment) or in which thread (all else)."""

_Last = dict[_Story, tuple[datetime, date | None, int]]
"""When the last broken promise of a story was made, the last day that was given in it, and its number in a row."""


def promises_of(talk: Talk) -> tuple[Promise, ...]:
    """The promises of both sides, oldest first, each with what became of it by ``talk.now``.

    A payment is settled by the ledger's bill that it is about, paid in full, or where no bill is known, or none tells
    its day of payment, by a mail that says that it went out; anything else by a later mail of that side with an
    attachment or a link, or in the same thread, as long as it does not only promise again or apologise. A promise
    without a day stays open. So does one whose day has passed while nothing that we read can tell: it is broken only
    where the ledger, silence, a reminder, an apology or the other side's complaint says so.
    """
    last: _Last = {}
    return tuple(
        _judged(talk, message, is_ours, cue, last)
        for message, is_ours in talk.mails
        if talk.has_cue(message, CueKind.OUR_PROMISE, CueKind.THEIR_PROMISE)
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


def bill_meant(talk: Talk, message: Message) -> Invoice | None:
    """The bill that a mail on payment is about: the one whose number it names, or else the oldest that was open."""
    day = talk.day_of(message.sent_at)
    text = f"{message.subject}\n{message.own_text}"
    issued = [invoice for invoice in talk.invoices if invoice.issued <= day]
    named = (invoice for invoice in issued if _names(text, message.lang, invoice.number))
    return next(named, None) or next((invoice for invoice in issued if invoice.was_open(day)), None)


def _names(text: str, lang: str, number: str) -> bool:
    for match in _numbered(number).finditer(text):
        before = text[max(0, match.start() - 24) : match.start()]
        if len(number) >= _TELLING_NUMBER or any(phrases.has("invoice", before) for phrases in phrases_of(lang)):
            return True
    return False


@lru_cache
def _numbered(number: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w/-]){re.escape(number)}(?![\w/-]|[.,:]\d)", re.IGNORECASE)


def _promising(talk: Talk, message: Message) -> Iterator[Cue]:
    """One promise a matter and message: that with a day, or else the first."""
    chosen: dict[Matter | None, Cue] = {}
    for cue in talk.cues(message, CueKind.OUR_PROMISE, CueKind.THEIR_PROMISE):
        known = chosen.get(cue.matter)
        if known is None or (known.due is None and cue.due is not None):
            chosen[cue.matter] = cue
    yield from chosen.values()


def _judged(talk: Talk, message: Message, is_ours: bool, cue: Cue, last: _Last) -> Promise:
    matter = cue.matter or _matter_asked_for(talk, message)
    bill = bill_meant(talk, message) if matter is Matter.PAYMENT and talk.invoices else None
    state, settled_by = _state(talk, message, cue, matter, bill)
    number = bill.number if bill else ""
    story = (is_ours, matter, number if matter is Matter.PAYMENT else talk.threads[message.message_id])
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
        repeat=_repeat(last, story, message.sent_at, cue.due, state),
        invoice=number,
    )


def _matter_asked_for(talk: Talk, promised: Message) -> Matter:
    """What "you'll have it on Friday" is: what our last mail of the thread spoke of."""
    asked = talk.last_in_thread(promised, ours=True)
    if asked is None:
        return Matter.WORK
    text = f"{asked.subject}\n{asked.own_text}"
    return next((m for m in MATTERS if any(phrases.has(m, text) for phrases in phrases_of(asked.lang))), Matter.WORK)


def _state(talk: Talk, promised: Message, cue: Cue, matter: Matter, bill: Invoice | None) -> tuple[PromiseState, str]:
    """What became of a promise, and the invoice or message that kept it."""
    if cue.due is None:
        return PromiseState.OPEN, ""
    if bill and bill.paid_by and bill.paid_by <= cue.due + GRACE:
        return PromiseState.KEPT, bill.number
    tells_nothing = bill is not None and bill.is_paid and bill.paid_at is None
    kept_by = _settled_by(talk, promised, cue, cue.due, matter)
    if kept_by and (not bill or tells_nothing):
        return PromiseState.KEPT, kept_by
    if tells_nothing or talk.today <= cue.due + GRACE + (ON_ITS_WAY if kept_by else timedelta()):
        return PromiseState.OPEN, ""
    if cue.kind is CueKind.OUR_PROMISE:
        is_broken = _our_failure_shows(talk, promised, cue.due)
    else:
        is_broken = bill is not None or _their_failure_shows(talk, promised, cue, cue.due, matter)
    return (PromiseState.BROKEN if is_broken else PromiseState.OPEN), ""


def _our_failure_shows(talk: Talk, promised: Message, due: date) -> bool:
    """Whether their first mail after the day asks or complains, we apologise, or nobody has written since."""
    over = talk.end_of(due)
    until = over + REPEATS_WITHIN
    theirs = talk.later(promised, ours=False, until=until)
    first = next((mail for mail in theirs if talk.day_of(mail.sent_at) >= due), None)
    if first is None and not talk.later(promised, ours=True, until=until):
        return True
    if first is not None and (talk.has_cue(first, CueKind.THEIR_QUESTION) or talk.tags(first) & _COMPLAINTS):
        return True
    return any(
        mail.sent_at > over and talk.has_cue(mail, CueKind.OUR_APOLOGY)
        for mail in talk.later_in_thread(promised, ours=True, until=until)
    )


def _their_failure_shows(talk: Talk, promised: Message, cue: Cue, due: date, matter: Matter) -> bool:
    """Whether our reminder, another promise on the matter or their silence tells."""
    over = talk.end_of(due)
    until = over + REPEATS_WITHIN
    reminding = talk.later_with_cue(promised, CueKind.OUR_REMINDER, ours=True, until=until)
    if any(mail.sent_at >= over for mail in reminding):
        return True
    promising = talk.later_with_cue(promised, CueKind.THEIR_PROMISE, ours=False, until=until)
    if any(_puts_off(talk, mail, cue, due, is_late=mail.sent_at >= over) for mail in promising):
        return True
    if matter is Matter.PAYMENT:
        later = talk.later(promised, ours=False, until=until)
        return any(EXCUSE in talk.strengths(mail) and mail.sent_at >= over for mail in later)
    return not any(mail.sent_at < talk.end_of(due + GRACE) for mail in talk.later(promised, ours=False)[:1])


def _puts_off(talk: Talk, mail: Message, cue: Cue, due: date, *, is_late: bool) -> bool:
    """Whether a mail promises the same thing for a later day, or once more after its day."""
    again = [other for other in talk.cues(mail, CueKind.THEIR_PROMISE) if other.matter is cue.matter]
    return any(is_late or (other.due is not None and other.due > due) for other in again)


def _settled_by(talk: Talk, promised: Message, cue: Cue, due: date, matter: Matter) -> str:
    """The message of the same side that keeps the promise in time, or nothing."""
    is_ours, until = cue.kind is CueKind.OUR_PROMISE, talk.end_of(due + GRACE)
    if matter is Matter.PAYMENT:
        keeping = iter(talk.later_with_cue(promised, CueKind.PAID, ours=is_ours, until=until))
    else:
        later = talk.later(promised, ours=is_ours, until=until)
        keeping = (message for message in later if _keeps(talk, promised, message, cue, matter))
    return next((message.message_id for message in keeping), "")


def _keeps(talk: Talk, promised: Message, message: Message, cue: Cue, matter: Matter) -> bool:
    if message.attachments or _LINK.search(message.own_text):
        return True
    if any(again.matter is cue.matter for again in talk.cues(message, cue.kind)):
        return False
    if len(message.own_text.split()) < _FULL_ANSWER or not talk.same_thread(promised, message):
        return False
    return matter is Matter.FEEDBACK or not talk.has_cue(message, CueKind.OUR_APOLOGY, CueKind.THEIR_QUESTION)


def _repeat(last: _Last, story: _Story, made_at: datetime, due: date | None, state: PromiseState) -> int:
    """Which day of its story a promise gives, those not kept before it counted; ``last`` is kept up to date.

    Only a later day is another one: who says "on Friday" in three mails has given one day.
    """
    told_at, latest, repeat = last.get(story, (made_at, None, 1))
    if made_at - told_at > REPEATS_WITHIN:
        latest, repeat = None, 1
    if due and latest and due > latest:
        repeat += 1
    if due and state is PromiseState.BROKEN:
        last[story] = (made_at, max(due, latest or due), repeat)
    return repeat
