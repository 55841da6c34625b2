"""A client's talk for tests of behaviour: mails told in one line each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from mailsignals.behaviour.cues import our_cues, their_cues
from mailsignals.behaviour.talk import Findings, Talk, talk_of
from mailsignals.types import Address, Attachment, Correspondence, Evidence, Invoice, Message, Tagging, WorkingTime
from support.mails import ANA, IVA, MONDAY, message

WORK = WorkingTime(ZoneInfo("UTC"), time(9), time(17), frozenset(range(5)))
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TEA = Address("tea@miramar.example", "Tea")


def mail(
    days: float,
    text: str = "Fine.",
    *,
    ours: bool = False,
    tags: Sequence[str] = (),
    sure: float = 0.9,
    who: Address = IVA,
    subject: str = "Logo",
    lang: str = "en",
    files: Sequence[str] = (),
) -> tuple[Message, Tagging]:
    """One mail so many days after Monday 10:15 (local and UTC), with ``sure`` tags over its whole text."""
    sent_at = MONDAY + timedelta(days=days)
    sender, to = (ANA, (who,)) if ours else (who, (ANA,))
    made = message(
        round(days * 10_000) + (5 if ours else 0),
        text,
        sent_at=sent_at,
        sender=sender,
        recipients=to,
        subject=subject,
        lang=lang,
        attachments=tuple(Attachment(name, "application/pdf") for name in files),
    )
    spans = tuple(Evidence(tag, 0, len(text), sure) for tag in tags)
    return made, Tagging(made.message_id, "m", {}, spans)


def talk(
    *mails: tuple[Message, Tagging], days: float = 100, invoices: Sequence[Invoice] = (), work: WorkingTime = WORK
) -> Talk:
    """What was known of Miramar so many days after Monday."""
    both = sorted((made for made, _ in mails), key=lambda made: made.sent_at)
    readings = {
        made.message_id: (our_cues if made.sender == ANA else their_cues)(made.own_text, made.lang, made.sent_at.date())
        for made in both
    }
    correspondence = Correspondence(
        "Miramar",
        tuple(made for made in both if made.sender != ANA),
        tuple(made for made in both if made.sender == ANA),
    )
    taggings = {made.message_id: tagging for made, tagging in mails}
    return talk_of(correspondence, Findings(taggings, readings), invoices, work, MONDAY + timedelta(days=days))


def at(days: float) -> datetime:
    """A moment so many days after Monday."""
    return MONDAY + timedelta(days=days)
