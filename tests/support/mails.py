"""Short ways to mails and messages for tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256

from mailsignals.types import Address, Message

MONDAY = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
ANA = Address("ana@kestrel.example", "Ana")
IVA = Address("iva@miramar.example", "Iva")


def raw_mail(number: int, body: str = "Fine by us.", *, sent_at: datetime | None = None) -> bytes:
    """RFC 5322 bytes with CRLF, as servers give them."""
    lines = (
        "From: Iva <iva@miramar.example>",
        "To: Ana <ana@kestrel.example>",
        f"Subject: Mail {number}",
        f"Date: {(sent_at or MONDAY):%a, %d %b %Y %H:%M:%S} +0000",
        f"Message-ID: <{number}@miramar.example>",
        "",
        body,
        "",
    )
    return "\r\n".join(lines).encode()


def message(number: int, own_text: str = "Fine by us.", **facts: object) -> Message:
    """A read message; the number makes its Message-ID, and its hour."""
    fields: dict[str, object] = {
        "message_id": f"{number}@miramar.example",
        "content_hash": sha256(f"{number} {own_text}".encode()).hexdigest(),
        "sent_at": MONDAY + timedelta(hours=number),
        "sender": IVA,
        "recipients": (ANA,),
        "subject": f"Mail {number}",
        "own_text": own_text,
        "lang": "en",
    }
    return Message(**(fields | facts))  # type: ignore[arg-type]
