"""What was asked for beyond what was agreed, and what was approved and then taken back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from mailsignals.behaviour.talk import Talk
from mailsignals.signals.segment import sentences
from mailsignals.types import Ask, Cue, CueKind, Evidence, Message, Quote, Reversal

ACCEPTED_WITHIN = timedelta(days=30)
"""A quote that is accepted later than that was another one."""

TAKEN_BACK_WITHIN = timedelta(days=90)
"""An approval that is questioned later than that was for something else."""

_EXTRA = "unpaid_extra_work"
_SUM = re.compile(
    r"(?:[€$£₱₽₸]|\b(?:eur|usd|gbp|php|dkk|kzt|rub|kr\.?)) ?\d"
    r"|\d[\d.,\u00a0 ]*(?:[€$£₱₽₸]|,-|(?:eur(?:os?|a)?|usd|gbp|php|dkk|kr|kroner|kn|kuna|евро|руб\w*|р\.|тыс|тенге|"
    r"pesos?|piso)(?!\w))",
    re.IGNORECASE,
)
_AGAINST_APPROVAL = frozenset({"vague_brief", "conflicting_instructions", "blame_shifting"})


def asks_of(talk: Talk) -> tuple[Ask, ...]:
    """Extra wishes since the last accepted quote, oldest first, each with what was offered or asked for it."""
    since = _last_agreement(talk)
    return tuple(
        _ask(talk, message, span)
        for message in talk.received
        if since is None or message.sent_at > since
        for span in _evidence(talk, message)
        if span.label == _EXTRA
    )


def _ask(talk: Talk, message: Message, span: Evidence) -> Ask:
    priced_at, priced = _price_for(talk, message)
    return Ask(
        message_id=message.message_id,
        who=message.sender.email,
        asked_at=message.sent_at,
        subject=message.subject,
        words=message.own_text[span.start : span.end],
        offered=_offer_for(talk, message),
        priced=priced,
        priced_at=priced_at,
    )


def reversals_of(talk: Talk) -> tuple[Reversal, ...]:
    """Approvals that a later message of the same thread takes back, newest first."""
    found = [
        Reversal(_quote(approved, cue, "approval"), back)
        for approved in talk.received
        for cue in talk.cues(approved, CueKind.APPROVAL)[:1]
        if (back := _taken_back(talk, approved)) is not None
    ]
    return tuple(sorted(found, key=lambda reversal: reversal.taken_back.sent_at, reverse=True))


def _last_agreement(talk: Talk) -> datetime | None:
    """When the client last said yes to a quote of ours."""
    quoted: list[Message] = []
    agreed = None
    for message, is_ours in talk.mails:
        if is_ours and talk.has_cue(message, CueKind.QUOTE_SENT):
            quoted.append(message)
        elif not is_ours and any(_accepts(talk, quote, message) for quote in quoted):
            agreed = message.sent_at
            quoted.clear()
    return agreed


def _accepts(talk: Talk, quote: Message, answer: Message) -> bool:
    in_time = answer.sent_at - quote.sent_at <= ACCEPTED_WITHIN
    says_yes = talk.has_cue(answer, CueKind.ACCEPTANCE, CueKind.APPROVAL)
    return in_time and says_yes and talk.same_thread(quote, answer)


def _offer_for(talk: Talk, asking: Message) -> str:
    """The client's own offer for it, in the same message or in the next one of the thread."""
    later = (message for message, is_ours in talk.after(asking.sent_at) if not is_ours)
    following = next((message for message in later if talk.same_thread(asking, message)), asking)
    for message in (asking, following):
        for cue in talk.cues(message, CueKind.OFFER):
            return message.own_text[cue.start : cue.end]
    return ""


def _price_for(talk: Talk, asking: Message) -> tuple[datetime | None, str]:
    """The first price that our next mail of the thread names, and when."""
    for message, is_ours in talk.after(asking.sent_at):
        if is_ours and talk.same_thread(asking, message):
            for start, end in sentences(message.own_text):
                if _SUM.search(message.own_text, start, end) and not _bills(talk, message, start, end):
                    return message.sent_at, message.own_text[start:end]
            break
    return None, ""


def _bills(talk: Talk, message: Message, start: int, end: int) -> bool:
    """Whether a sentence speaks of a bill that was sent, and not of a price for something new."""
    cues = talk.cues(message, CueKind.INVOICE_SENT, CueKind.OUR_REMINDER)
    return any(cue.start < end and start < cue.end for cue in cues)


def _taken_back(talk: Talk, approved: Message) -> Quote | None:
    for message in talk.received:
        wait = message.sent_at - approved.sent_at
        if timedelta() < wait <= TAKEN_BACK_WITHIN and talk.same_thread(approved, message):
            for cue in talk.cues(message, CueKind.TAKEN_BACK):
                return _quote(message, cue, "taken_back")
            for span in _evidence(talk, message):
                if span.label in _AGAINST_APPROVAL:
                    return _quote(message, span, span.label)
    return None


def _evidence(talk: Talk, message: Message) -> Iterator[Evidence]:
    tagging = talk.taggings.get(message.message_id)
    yield from sorted(tagging.sure, key=lambda span: (span.start, span.end)) if tagging else ()


def _quote(message: Message, span: Cue | Evidence, label: str) -> Quote:
    return Quote(
        message_id=message.message_id,
        label=label,
        words=message.own_text[span.start : span.end],
        score=span.score if isinstance(span, Evidence) else 1.0,
        sent_at=message.sent_at,
        subject=message.subject,
        sender=message.sender,
        lang=message.lang,
    )
