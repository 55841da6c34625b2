"""The whole way from a mail's bytes to a ``Message``."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from mailsignals.text.address import addresses
from mailsignals.text.decode import DecodedMail, decode_mail, parse_date, stated_offset
from mailsignals.text.language import language_of
from mailsignals.text.origin import nobody, origin_of
from mailsignals.text.passages import own_words, split_passages
from mailsignals.types import Address, Defect, Message, Passage, PassageKind, RawMessage

_FORWARD_SUBJECT = re.compile(r"^\s*(?:fwd?|vs|vb|pr|proslijeđeno|fw|пересл|wg|tr)\s*:", re.IGNORECASE)
_VIA = re.compile(r"\bvia\b|\bputem\b|\bчерез\b", re.IGNORECASE)
_MSG_ID = re.compile(r"<([^<>\s]{1,900})>")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FUTURE = timedelta(days=2)
"""A Date so far ahead of the reception is a wrong clock, not another time zone."""

_END = 2100
_OFF = timedelta(days=1)
"""A Date so far from the trace of the first server is a wrong clock, or a mail that lay in an outbox."""


def read_message(raw: RawMessage, is_ours: Callable[[Address], bool] = nobody) -> Message:
    """Read a mail. Total: any bytes give a ``Message``, and what is odd becomes its ``defects``.

    Args:
        is_ours: Tells our own addresses: what comes through a list of ours, such as hello@, was written to us.

    Source: RFC 5322 (headers), RFC 2045-2047 and 2231 (MIME), RFC 3676 (flowed text).

    >>> read_message(RawMessage(1, b"From: iva@miramar.example\\n\\nFine by us.")).own_text
    'Fine by us.'
    """
    mail = decode_mail(raw.raw)
    sender = _sender(mail)
    recipients = addresses([*mail.all("to"), *mail.all("cc")])
    origin = origin_of(mail, sender, recipients, is_ours)
    subject = mail.header("subject")[:500]
    passages = split_passages(
        mail.text, is_forward=bool(_FORWARD_SUBJECT.match(subject)), names=(sender.name, sender.email)
    )
    own = _own_words(mail, passages)
    sent_at = _sent_at(mail, raw.received_at)
    content_hash = _content_hash(sender, parse_date(mail.header("date")), subject, own)
    _note_size(mail, raw)
    return Message(
        message_id=_message_id(mail, content_hash),
        content_hash=content_hash,
        sent_at=sent_at,
        sender=sender,
        recipients=recipients,
        subject=subject,
        own_text=own,
        lang=language_of(own[:2000]),
        origin=origin,
        in_reply_to=next(iter(_MSG_ID.findall(mail.header("in-reply-to"))), None),
        references=tuple(_MSG_ID.findall(" ".join(mail.all("references"))))[-50:],
        attachments=tuple(mail.attachments),
        defects=tuple(dict.fromkeys(mail.defects)),
        utc_offset=stated_offset(mail.header("date")),
        text=mail.text,
        passages=passages,
    )


def identity_of(message: Message) -> tuple[str, str, datetime]:
    """What is the same in every copy of a message: its Message-ID, who wrote it, and when."""
    return message.message_id, message.sender.email, message.sent_at


def is_copy(message: Message, other: Message) -> bool:
    """Whether two mails with one Message-ID are one mail: the same, or one with a list's or a gateway's footer."""
    if message.content_hash == other.content_hash:
        return True
    if identity_of(message)[1:] != identity_of(other)[1:]:
        return False
    short, long = sorted((" ".join(mail.own_text.split()) for mail in (message, other)), key=len)
    return bool(short) and short in long


def _sender(mail: DecodedMail) -> Address:
    """Who wrote it. A list that puts itself into From ("Iva via Office", for DMARC) names the writer elsewhere."""
    found = addresses([*mail.all("from"), *mail.all("sender")])
    if not found:
        mail.defects.append(Defect("sender_missing"))
        return Address("")
    sender = found[0]
    if _VIA.search(sender.name):
        behind = addresses([*mail.all("x-original-from"), *mail.all("x-original-sender"), *mail.all("reply-to")])
        writer = next((address for address in behind if address.email != sender.email), None)
        if writer:
            return writer if writer.name else Address(writer.email, _VIA.split(sender.name)[0].strip(" '\""))
    return sender


def _own_words(mail: DecodedMail, passages: tuple[Passage, ...]) -> str:
    """The own words; all of the text where a quote rule would leave nothing of a mail that forwards nothing."""
    own = own_words(mail.text, passages)
    if own:
        return own
    if not mail.text.strip():
        mail.defects.append(Defect("no_text", mail.content_type))
        return ""
    is_forward = any(passage.kind is PassageKind.FORWARDED for passage in passages)
    if is_forward or all(line.startswith(">") for line in mail.text.split("\n") if line.strip()):
        return ""
    mail.defects.append(Defect("own_words_unclear"))
    return mail.text.strip()


def _sent_at(mail: DecodedMail, received_at: datetime | None) -> datetime:
    """The Date header; the time of reception where that is missing, unreadable, or far from it.

    A wrong clock is told by the first server that got the mail: later ones may have kept it for days (RFC 5321
    4.5.4.1), and a mailbox that was moved has the day of the move as time of reception.
    """
    stated, traces = parse_date(mail.header("date")), _traces(mail)
    received = received_at or (traces[0] if traces else None)
    if stated is None:
        mail.defects.append(Defect("date_missing" if not mail.header("date") else "date_unreadable"))
        return received or _EPOCH
    if received and stated - received > _FUTURE:
        mail.defects.append(Defect("date_in_future"))
        return received
    first = traces[-1] if traces else None
    if first and first.year < _END and first <= (received or first) + _FUTURE and abs(first - stated) > _OFF:
        mail.defects.append(Defect("date_in_past" if stated < first else "date_in_future"))
        return first
    return stated


def _traces(mail: DecodedMail) -> list[datetime]:
    """When each server got the mail, the last one first (RFC 5321 4.4 puts it on top, behind the last semicolon)."""
    found = (parse_date(trace.rpartition(";")[2]) for trace in mail.all("received"))
    return [moment for moment in found if moment]


def _message_id(mail: DecodedMail, content_hash: str) -> str:
    value = mail.header("message-id")
    found = _MSG_ID.search(value)
    if found:
        return found[1]
    mail.defects.append(Defect("message_id_missing" if not value else "message_id_odd"))
    bare = "".join(value.split()).strip("<>")
    return bare[:900] or f"{content_hash}@missing"


def _content_hash(sender: Address, stated_at: datetime | None, subject: str, own: str) -> str:
    """Of what the mail itself says: the time of reception differs from copy to copy."""
    parts = (sender.email, stated_at.isoformat() if stated_at else "", subject, own)
    return sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()


def _note_size(mail: DecodedMail, raw: RawMessage) -> None:
    if raw.size > len(raw.raw):
        mail.defects.append(Defect("truncated", f"{raw.size} octets, the first {len(raw.raw)} read"))
