"""Who has written lately and is not yet a client, with the red flags of their first mails."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from mailsignals.behaviour.prospects import FIRST_MAILS, red_flags
from mailsignals.clients.identity import correspondences
from mailsignals.signals.catalogue import catalogue
from mailsignals.types import Message, Quote
from mailsignals.workflows.assess import House, Record

LATELY = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Prospect:
    """Somebody who may become a client.

    Args:
        name: Their domain or address.
        received: Their mails so far; the first ``FIRST_MAILS`` are judged.
        quotes: Red flags and risk signals of these mails, by time.
    """

    name: str
    received: int
    last_at: datetime
    quotes: tuple[Quote, ...]

    def as_json(self) -> dict[str, Any]:
        """The prospect as programs read it."""
        return {
            "prospect": self.name,
            "received": self.received,
            "last_at": self.last_at.isoformat(),
            "signals": list(dict.fromkeys(quote.label for quote in self.quotes)),
            "evidence": [
                {"message_id": q.message_id, "start": q.start, "end": q.end, "label": q.label, "words": q.words}
                for q in self.quotes
            ],
        }


def prospects(record: Record, house: House, now: datetime) -> Sequence[Prospect]:
    """Senders whom the settings do not name, who wrote of late and are no client yet; most flags first.

    Who was answered and has written more than the first mails is a client. Who was never answered stays a prospect
    however often they write, or the sixth mail would hide them from both lists.
    """
    known = [message for message in record.messages if message.sent_at <= now]
    found = [
        Prospect(
            name=talk.client,
            received=len(talk.received),
            last_at=talk.received[-1].sent_at,
            quotes=tuple(_quotes(talk.received[:FIRST_MAILS], record)),
        )
        for talk in correspondences(known, house.roster, all_senders=True)
        if not house.roster.is_named(talk.client)
        and (len(talk.received) <= FIRST_MAILS or not talk.sent)
        and talk.received[-1].sent_at > now - LATELY
    ]
    return sorted(found, key=lambda prospect: (-len(prospect.quotes), prospect.name))


def _quotes(received: Sequence[Message], record: Record) -> Iterator[Quote]:
    """Red flags by rule, then what the model found; both by time."""
    yield from red_flags(received)
    for message in received:
        tagging = record.taggings.get(message.message_id)
        for span in tagging.sure if tagging else ():
            if not catalogue()[span.label].protective:
                yield Quote(
                    message_id=message.message_id,
                    label=span.label,
                    words=message.own_text[span.start : span.end],
                    score=span.score,
                    sent_at=message.sent_at,
                    subject=message.subject,
                    sender=message.sender,
                    lang=message.lang,
                    start=span.start,
                    end=span.end,
                )
