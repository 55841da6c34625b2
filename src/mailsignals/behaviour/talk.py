"""One client's correspondence as all measures read it: both directions, cues, tags, invoices, up to one moment."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cached_property, lru_cache
from operator import attrgetter

from mailsignals.text.threads import threads
from mailsignals.types import Correspondence, Cue, CueKind, Invoice, Message, Tagging, WorkingTime

RECENT = timedelta(days=60)
"""What is called recent; what lies before is a client's own past."""

Readings = Mapping[str, tuple[Cue, ...]]
"""Message-ID -> cues, as ``cues`` finds them."""


@dataclass(frozen=True)
class Findings:
    """What was found in every message: tags with their evidence, and cues; kept ready, since it is asked many times."""

    taggings: Mapping[str, Tagging]
    readings: Readings

    @cached_property
    def strengths(self) -> Mapping[str, Mapping[str, float]]:
        """Message-ID -> tag -> probability of its strongest sure evidence; only of messages that show something."""
        return {
            key: {span.label: span.score for span in sorted(sure, key=attrgetter("score"))}
            for key, tagging in self.taggings.items()
            if tagging.evidence and (sure := tagging.sure)
        }

    @cached_property
    def cues(self) -> Readings:
        """The readings that found something."""
        return {key: cues for key, cues in self.readings.items() if cues}

    @cached_property
    def kinds(self) -> Mapping[str, frozenset[CueKind]]:
        """Message-ID -> the kinds of its cues."""
        return {key: frozenset([cue.kind for cue in cues]) for key, cues in self.cues.items()}


@dataclass(frozen=True)
class Talk:
    """All that is known of one client at one moment.

    Args:
        received: From the client, by time, none after ``now``.
        sent: From us to the client, likewise.
        invoices: As they stood at ``now``: nothing issued or paid later.
        whole: The same client's at a later moment, of which this is the beginning; what was looked up there is cut.
    """

    client: str
    received: tuple[Message, ...]
    sent: tuple[Message, ...]
    findings: Findings
    invoices: tuple[Invoice, ...]
    work: WorkingTime
    now: datetime
    whole: Talk | None = None

    def until(self, moment: datetime) -> Talk:
        """What was known of the client at an earlier moment."""
        then = Correspondence(self.client, self.received, self.sent)
        return replace(talk_of(then, self.findings, self.invoices, self.work, moment), whole=self)

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
        return tuple(_up_to(self.received, self.now - RECENT))

    @property
    def sent_lately(self) -> Sequence[Message]:
        """What we sent within ``RECENT`` before now."""
        return _between(self.sent, self.now - RECENT)

    def count(self, moment: datetime, until: datetime | None = None) -> int:
        """How many mails there are, both directions, after a moment and up to another one."""
        return sum(len(_between(side, moment, until)) for side in (self.received, self.sent))

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
        return moment.astimezone(self.work.zone).date()

    def end_of(self, day: date) -> datetime:
        """When a day of our calendar is over."""
        return _end_of(day, self.work.zone)

    def after(self, moment: datetime, until: datetime | None = None) -> Sequence[tuple[Message, bool]]:
        """The mails after a moment, and up to another one, by time, each with whether it is ours."""
        end = None if until is None else bisect_right(self._moments, until)
        return self.mails[bisect_right(self._moments, moment) : end]

    def later(self, message: Message, *, ours: bool, until: datetime | None = None) -> Sequence[Message]:
        """What one side wrote after a mail, by time.

        Args:
            ours: Whether that side is ours.
        """
        return _between(self.sent if ours else self.received, message.sent_at, until)

    def answer_to(self, asked: Message, *, ours: bool) -> Message | None:
        """The next mail of the other side in the same thread, or one of theirs that begins a thread; None for none.

        What goes on in another thread answers nothing; a new mail may, since not everybody presses "reply".

        Args:
            ours: Whether the answer is to be ours.
        """
        here = self.later_in_thread(asked, ours=ours)
        new = _between(self._first_mails[ours], asked.sent_at)
        return min((*here[:1], *new[:1]), key=_BY_TIME, default=None)

    def later_in_thread(self, message: Message, *, ours: bool, until: datetime | None = None) -> Sequence[Message]:
        """The same in the mail's thread."""
        return _between(self._in_thread(message, ours=ours), message.sent_at, until)

    def last_in_thread(self, message: Message, *, ours: bool) -> Message | None:
        """What one side wrote last before a mail in its thread; None for nothing."""
        mails = self._in_thread(message, ours=ours)
        before = mails[: bisect_left(mails, message.sent_at, key=_SENT_AT)]
        return before[-1] if before else None

    def later_with_cue(
        self, message: Message, kind: CueKind, *, ours: bool, until: datetime | None = None
    ) -> Sequence[Message]:
        """What one side wrote after a mail with a cue of this kind, by time."""
        return _between(self.with_cue(kind, ours=ours), message.sent_at, until)

    def with_cue(self, kind: CueKind, *, ours: bool) -> Sequence[Message]:
        """One side's mails with a cue of this kind, by time."""
        if self.whole:
            return _up_to(self.whole.with_cue(kind, ours=ours), self.now)
        return self._by_cue.get((kind, ours), ())

    def _in_thread(self, message: Message, *, ours: bool) -> Sequence[Message]:
        return self._by_thread.get((self.threads[message.message_id], ours), ())

    @cached_property
    def _by_thread(self) -> Mapping[tuple[str, bool], Sequence[Message]]:
        """A thread's name and whether it is our side -> its mails, by time."""
        found: defaultdict[tuple[str, bool], list[Message]] = defaultdict(list)
        for message, is_ours in self.mails:
            found[self.threads[message.message_id], is_ours].append(message)
        return found

    @cached_property
    def _by_cue(self) -> Mapping[tuple[CueKind, bool], Sequence[Message]]:
        """A kind of cue and whether it is our side -> its mails with one, by time."""
        found: defaultdict[tuple[CueKind, bool], list[Message]] = defaultdict(list)
        kinds = self.findings.kinds
        for side, is_ours in ((self.received, False), (self.sent, True)):
            for message in side:
                for kind in kinds.get(message.message_id, ()):
                    found[kind, is_ours].append(message)
        return found

    @cached_property
    def _first_mails(self) -> Mapping[bool, Sequence[Message]]:
        """Whether it is our side -> its mails that begin a thread, by time."""
        begun: set[str] = set()
        found: dict[bool, list[Message]] = {False: [], True: []}
        for message, is_ours in self.mails:
            thread = self.threads[message.message_id]
            if thread not in begun:
                begun.add(thread)
                found[is_ours].append(message)
        return found

    @cached_property
    def _moments(self) -> list[datetime]:
        return [message.sent_at for message, _ in self.mails]

    def cues(self, message: Message, *kinds: CueKind) -> tuple[Cue, ...]:
        """A message's cues of these kinds."""
        found = self.findings.cues.get(message.message_id)
        return tuple([cue for cue in found if cue.kind in kinds]) if found else ()

    def has_cue(self, message: Message, *kinds: CueKind) -> bool:
        """Whether a message has a cue of one of these kinds."""
        found = self.findings.kinds.get(message.message_id)
        return found is not None and not found.isdisjoint(kinds)

    def was_read(self, message: Message) -> bool:
        """Whether a message was read for cues."""
        return message.message_id in self.findings.readings

    @cached_property
    def showing(self) -> Sequence[Message]:
        """What came from the client and has sure evidence, by time."""
        if self.whole:
            return _up_to(self.whole.showing, self.now)
        return tuple([message for message in self.received if message.message_id in self.findings.strengths])

    def tags(self, message: Message) -> frozenset[str]:
        """The tags that a message has sure evidence for."""
        return frozenset(self.strengths(message))

    def strengths(self, message: Message) -> Mapping[str, float]:
        """The same tags, each with the probability of its strongest sure evidence."""
        return self.findings.strengths.get(message.message_id, {})

    def is_recent(self, moment: datetime) -> bool:
        """Whether a moment lies within ``RECENT`` before now."""
        return self.now - RECENT < moment <= self.now

    def same_thread(self, one: Message, other: Message) -> bool:
        """Whether two messages belong to one thread."""
        return self.threads[one.message_id] == self.threads[other.message_id]


_SENT_AT = attrgetter("sent_at")
_BY_TIME = attrgetter("sent_at", "message_id")


def _up_to(mails: Sequence[Message], moment: datetime) -> Sequence[Message]:
    """Those of some mails, by time, that were sent up to a moment."""
    return mails[: bisect_right(mails, moment, key=_SENT_AT)]


def _between(mails: Sequence[Message], moment: datetime, until: datetime | None = None) -> Sequence[Message]:
    """Those of some mails, by time, that were sent after a moment and up to another one."""
    end = None if until is None else bisect_right(mails, until, key=_SENT_AT)
    return mails[bisect_right(mails, moment, key=_SENT_AT) : end]


@lru_cache(maxsize=1 << 12)
def _end_of(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)


def talk_of(
    correspondence: Correspondence, findings: Findings, invoices: Sequence[Invoice], work: WorkingTime, now: datetime
) -> Talk:
    """What was known of a client at ``now``: later mail, invoices and payments are left out."""
    today = now.astimezone(work.zone).date()
    known = correspondence.until(now)
    return Talk(
        client=known.client,
        received=known.received,
        sent=known.sent,
        findings=findings,
        invoices=tuple(_known_invoices(invoices, correspondence.client, today)),
        work=work,
        now=now,
    )


def _known_invoices(invoices: Sequence[Invoice], client: str, today: date) -> Iterator[Invoice]:
    """A client's invoices by issue date as they stood on a day."""
    known = [invoice for invoice in invoices if invoice.client == client and invoice.issued <= today]
    for invoice in sorted(known, key=lambda invoice: (invoice.issued, invoice.number)):
        yield invoice.as_of(today)
