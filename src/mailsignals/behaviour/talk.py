"""One client's correspondence as all measures read it: both directions, cues, tags, invoices, up to one moment."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from operator import attrgetter

from mailsignals.behaviour.facts import wall_clock
from mailsignals.text.threads import threads
from mailsignals.types import Correspondence, Cue, CueKind, Invoice, Message, Tagging, WorkingTime

RECENT = timedelta(days=60)
"""What is called recent; what lies before is a client's own past."""

Readings = Mapping[str, tuple[Cue, ...]]
"""Message-ID -> cues, as ``cues`` finds them."""


@dataclass(frozen=True)
class Talk:
    """All that is known of one client at one moment.

    Args:
        received: From the client, by time, none after ``now``.
        sent: From us to the client, likewise.
        invoices: As they stood at ``now``: nothing issued or paid later.
    """

    client: str
    received: tuple[Message, ...]
    sent: tuple[Message, ...]
    taggings: Mapping[str, Tagging]
    readings: Readings
    invoices: tuple[Invoice, ...]
    work: WorkingTime
    now: datetime

    @cached_property
    def today(self) -> date:
        """The day of ``now`` in our calendar."""
        return self.day_of(self.now)

    @cached_property
    def mails(self) -> tuple[tuple[Message, bool], ...]:
        """Both directions by time, each with whether it is ours."""
        both = [(message, False) for message in self.received] + [(message, True) for message in self.sent]
        return tuple(sorted(both, key=lambda pair: (pair[0].sent_at, pair[0].message_id)))

    @cached_property
    def lately(self) -> tuple[tuple[Message, bool], ...]:
        """Both directions within ``RECENT`` before now, by time, each with whether it is ours."""
        return tuple(self.after(self.now - RECENT))

    @cached_property
    def recent(self) -> tuple[Message, ...]:
        """What came from the client within ``RECENT`` before now."""
        return self.received[len(self.past) :]

    @cached_property
    def past(self) -> tuple[Message, ...]:
        """What came from the client before that."""
        return self.received[: bisect_right(self.received, self.now - RECENT, key=attrgetter("sent_at"))]

    @cached_property
    def people(self) -> Mapping[str, Sequence[Message]]:
        """Who writes for the client, as ``Address.person``, with their mail by time; who wrote first comes first."""
        found: dict[str, list[Message]] = {}
        for message in self.received:
            found.setdefault(message.sender.person, []).append(message)
        return found

    @cached_property
    def threads(self) -> Mapping[str, str]:
        """Message-ID -> name of its thread."""
        return threads([message for message, _ in self.mails])

    def day_of(self, moment: datetime) -> date:
        """A moment's day in our calendar."""
        return wall_clock(moment, self.work.zone).date()

    def end_of(self, day: date) -> datetime:
        """When a day of our calendar is over."""
        return datetime.combine(day + timedelta(days=1), time(), self.work.zone).astimezone(UTC)

    def after(self, moment: datetime, until: datetime | None = None) -> Iterator[tuple[Message, bool]]:
        """The mails after a moment, and up to another one, by time, each with whether it is ours."""
        end = None if until is None else bisect_right(self._moments, until)
        yield from self.mails[bisect_right(self._moments, moment) : end]

    def answer_to(self, asked: Message, *, ours: bool) -> Message | None:
        """The next mail of the other side in the same thread, or one of theirs that begins a thread; None for none.

        What goes on in another thread answers nothing; a new mail may, since not everybody presses "reply".

        Args:
            ours: Whether the answer is to be ours.
        """
        for message, is_ours in self.after(asked.sent_at):
            if is_ours is ours and (self.same_thread(asked, message) or message.message_id in self._first_mails):
                return message
        return None

    def later_in_thread(self, message: Message, *, ours: bool, until: datetime | None = None) -> Iterator[Message]:
        """What one side wrote after a mail in its thread, by time.

        Args:
            ours: Whether that side is ours.
        """
        for later, is_ours in self.after(message.sent_at, until):
            if is_ours is ours and self.same_thread(message, later):
                yield later

    @cached_property
    def _first_mails(self) -> frozenset[str]:
        """The Message-IDs that begin a thread."""
        first: dict[str, str] = {}
        for message, _ in self.mails:
            first.setdefault(self.threads[message.message_id], message.message_id)
        return frozenset(first.values())

    @cached_property
    def _moments(self) -> list[datetime]:
        return [message.sent_at for message, _ in self.mails]

    @cached_property
    def _own_readings(self) -> Readings:
        """Those of this talk alone: each is asked for many times, and a small table is nearer than a large one."""
        keys = (message.message_id for message, _ in self.mails)
        return {key: self.readings[key] for key in keys if key in self.readings}

    def cues(self, message: Message, *kinds: CueKind) -> tuple[Cue, ...]:
        """A message's cues of these kinds."""
        found = self._own_readings.get(message.message_id)
        return tuple([cue for cue in found if cue.kind in kinds]) if found else ()

    def has_cue(self, message: Message, *kinds: CueKind) -> bool:
        """Whether a message has a cue of one of these kinds."""
        return bool(self.cues(message, *kinds))

    def tags(self, message: Message) -> frozenset[str]:
        """The tags that a message has sure evidence for."""
        return frozenset(self.strengths(message))

    def strengths(self, message: Message) -> Mapping[str, float]:
        """The same tags, each with the probability of its strongest sure evidence."""
        tagging = self.taggings.get(message.message_id)
        if tagging is None or not tagging.evidence:
            return {}
        return {span.label: span.score for span in sorted(tagging.sure, key=lambda span: span.score)}

    def is_recent(self, moment: datetime) -> bool:
        """Whether a moment lies within ``RECENT`` before now."""
        return self.now - RECENT < moment <= self.now

    def same_thread(self, one: Message, other: Message) -> bool:
        """Whether two messages belong to one thread."""
        return self.threads[one.message_id] == self.threads[other.message_id]


def talk_of(  # noqa: PLR0917  # six things make a talk
    correspondence: Correspondence,
    taggings: Mapping[str, Tagging],
    readings: Readings,
    invoices: Sequence[Invoice],
    work: WorkingTime,
    now: datetime,
) -> Talk:
    """What was known of a client at ``now``: later mail, invoices and payments are left out."""
    today = now.astimezone(work.zone).date()
    known = correspondence.until(now)
    return Talk(
        client=known.client,
        received=known.received,
        sent=known.sent,
        taggings=taggings,
        readings=readings,
        invoices=tuple(_known_invoices(invoices, correspondence.client, today)),
        work=work,
        now=now,
    )


def _known_invoices(invoices: Sequence[Invoice], client: str, today: date) -> Iterator[Invoice]:
    """A client's invoices by issue date as they stood on a day."""
    known = [invoice for invoice in invoices if invoice.client == client and invoice.issued <= today]
    for invoice in sorted(known, key=lambda invoice: (invoice.issued, invoice.number)):
        yield invoice.as_of(today)
