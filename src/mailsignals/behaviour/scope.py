"""What was asked for beyond what was agreed, and what was approved and then taken back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from mailsignals.behaviour.phrases import phrases_of
from mailsignals.behaviour.talk import Talk
from mailsignals.signals.segment import sentences
from mailsignals.types import Ask, Cue, CueKind, Evidence, Message, Quote, Reversal

ACCEPTED_WITHIN = timedelta(days=30)
"""A quote that is accepted later than that was another one."""

PRICED_WITHIN = timedelta(days=14)
"""A price that we name later than that after a wish is for something else."""

TAKEN_BACK_WITHIN = timedelta(days=90)
"""An approval that is questioned later than that was for something else."""

_EXTRA = "unpaid_extra_work"
_AGAINST_APPROVAL = "conflicting_instructions"
_SUM = re.compile(
    r"(?:[€$£₱₽₸]|\b(?:eur|usd|gbp|php|dkk|kzt|rub|kr\.?)) ?\d"
    r"|\d[\d.,\u00a0 ]*(?:[€$£₱₽₸]|,-|(?:eur(?:os?|a)?|usd|gbp|php|dkk|kr|kroner|kn|kuna|евро|руб\w*|р\.|тыс|тенге|"
    r"pesos?|piso)(?!\w))",
    re.IGNORECASE,
)
_STEM = 5
"""Letters by which a word is told in all its forms: "banner" and "banners", "визитка" and "визитки"."""

_WORD = re.compile(rf"[^\W\d_]{{{_STEM},}}")


def asks_of(talk: Talk) -> tuple[Ask, ...]:
    """Extra wishes since the last quote that was accepted in their thread, oldest first.

    Each comes with what was offered or asked for it. What follows the yes in the same mail is asked since.
    """
    agreed = _last_agreements(talk)
    return tuple(
        _ask(talk, message, span)
        for message in talk.showing
        for span in _evidence(talk, message, _EXTRA)
        if span.is_sure
        and (message.sent_at, span.start) > agreed.get(talk.threads[message.message_id], (message.sent_at, -1))
    )


def _ask(talk: Talk, message: Message, span: Evidence) -> Ask:
    priced_at, priced = _price_for(talk, message, span)
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
    """Approvals that a later message of the same thread takes back, newest first; each word back, the last approval."""
    found: dict[str, Reversal] = {}
    for approved in talk.with_cue(CueKind.APPROVAL, ours=False):
        for cue in talk.cues(approved, CueKind.APPROVAL)[:1]:
            if (back := _taken_back(talk, approved)) is not None:
                found[back.message_id] = Reversal(_quote(approved, cue, "approval"), back)
    return tuple(sorted(found.values(), key=lambda reversal: reversal.taken_back.sent_at, reverse=True))


def _last_agreements(talk: Talk) -> Mapping[str, tuple[datetime, int]]:
    """Thread -> when the client last said yes to a quote of ours in it, and where in that mail.

    "Looks good" is a yes to a quote in the first answer to it only; later it is said of the work.
    """
    if not talk.with_cue(CueKind.QUOTE_SENT, ours=True):
        return {}
    quoted: dict[str, Message] = {}
    answered: set[str] = set()
    agreed: dict[str, tuple[datetime, int]] = {}
    for message, is_ours in talk.mails:
        thread = talk.threads[message.message_id]
        if is_ours and talk.has_cue(message, CueKind.QUOTE_SENT):
            quoted[thread] = message
            answered.discard(thread)
        elif not is_ours and thread in quoted:
            kinds = (CueKind.ACCEPTANCE,) if thread in answered else (CueKind.ACCEPTANCE, CueKind.APPROVAL)
            answered.add(thread)
            yes = talk.cues(message, *kinds)
            if yes and message.sent_at - quoted[thread].sent_at <= ACCEPTED_WITHIN:
                agreed[thread] = message.sent_at, yes[0].start
                del quoted[thread]
    return agreed


def _offer_for(talk: Talk, asking: Message) -> str:
    """The client's own offer for it, in the same message or in the next one of the thread.

    A sentence that asks for the work unpaid offers nothing, whatever it says of bills: "no need to put that on one".
    """
    for message in (asking, *talk.later_in_thread(asking, ours=False)[:1]):
        unpaid = [own for own in _evidence(talk, message, _EXTRA) if own.is_sure]
        for cue in talk.cues(message, CueKind.OFFER):
            if not any(cue.start < own.end and own.start < cue.end for own in unpaid):
                return message.own_text[cue.start : cue.end]
    return ""


def _price_for(talk: Talk, asking: Message, span: Evidence) -> tuple[datetime | None, str]:
    """Every price in the first mail of ours that names one within ``PRICED_WITHIN``, and when.

    That mail is one of the thread. Without one, a price in another thread counts if it names what this wish was the
    first to name: "tarpaulin", not the "website" of every mail.
    """
    until = asking.sent_at + PRICED_WITHIN
    for message in talk.later_in_thread(asking, ours=True, until=until):
        if priced := _prices(talk, message):
            return message.sent_at, "\n".join(priced)
    named = _things(asking, span)
    for message in talk.later(asking, ours=True, until=until):
        priced = [
            words
            for words in _prices(talk, message)
            if any(_is_new(talk, asking, stem) for stem in named & _stems(words))
        ]
        if priced:
            return message.sent_at, "\n".join(priced)
    return None, ""


def _prices(talk: Talk, message: Message) -> list[str]:
    """The sentences of a mail of ours that name a price for something new."""
    if not _SUM.search(message.own_text):
        return []
    return [
        message.own_text[start:end]
        for start, end in sentences(message.own_text)
        if _SUM.search(message.own_text, start, end) and not _bills(talk, message, start, end)
    ]


def _things(asking: Message, span: Evidence) -> frozenset[str]:
    """Stems of the things to be made that a wish names."""
    wish = asking.own_text[span.start : span.end]
    found = (match.group() for phrases in phrases_of(asking.lang) for match in phrases.patterns["work"].finditer(wish))
    return _stems(" ".join(found))


def _is_new(talk: Talk, asking: Message, stem: str) -> bool:
    """Whether no mail before a wish has the word."""
    before = (mail for mail, _ in talk.mails if mail.sent_at < asking.sent_at)
    return not any(stem in f"{mail.subject} {mail.own_text}".lower() for mail in before)


def _stems(text: str) -> frozenset[str]:
    return frozenset(word[:_STEM] for word in _WORD.findall(text.lower()))


def _bills(talk: Talk, message: Message, start: int, end: int) -> bool:
    """Whether a sentence speaks of a bill that was sent, and not of a price for something new."""
    cues = talk.cues(message, CueKind.INVOICE_SENT, CueKind.OUR_REMINDER)
    return any(cue.start < end and start < cue.end for cue in cues)


def _taken_back(talk: Talk, approved: Message) -> Quote | None:
    """The first words against an approval: taken back outright, or somebody else's order that it clashes with.

    Whoever approved may speak of conflicting orders to uphold the approval ("never mind him, do the blue one"). Such an
    order of somebody else need not be sure by itself: the approval beside it is the other half of the conflict.
    """
    for message in talk.later_in_thread(approved, ours=False, until=approved.sent_at + TAKEN_BACK_WITHIN):
        for cue in talk.cues(message, CueKind.TAKEN_BACK):
            return _quote(message, cue, "taken_back")
        if message.sender.person != approved.sender.person:
            for span in _evidence(talk, message, _AGAINST_APPROVAL):
                return _quote(message, span, span.label)
    return None


def _evidence(talk: Talk, message: Message, tag: str) -> Iterator[Evidence]:
    """A message's evidence for a tag by position, sure or not."""
    tagging = talk.findings.taggings.get(message.message_id)
    spans = sorted(tagging.evidence, key=lambda span: (span.start, span.end)) if tagging else ()
    yield from (span for span in spans if span.label == tag)


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
