"""All that is known of every client on one day."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from operator import attrgetter

from mailsignals.behaviour.facts import facts_of
from mailsignals.behaviour.manner import manner_of
from mailsignals.behaviour.measures import Measures, measure_all
from mailsignals.behaviour.phrases import phrases_of
from mailsignals.behaviour.scope import asks_of, reversals_of
from mailsignals.behaviour.talk import Findings, Readings, Talk, talk_of
from mailsignals.clients.aggregate import (
    BaseRates,
    Trail,
    base_rates,
    evidence_frame,
    person_states,
    signal_states,
    trail_of,
    urgency,
    with_ledger,
)
from mailsignals.clients.alerts import AlertRules
from mailsignals.clients.identity import Roster, correspondences
from mailsignals.clients.stage import BOUNDARIES_FIRST, HOLD, STRONG, Case, Reminder, is_wavering, verdict
from mailsignals.signals.segment import is_greeting
from mailsignals.types import (
    UNKNOWN_LANGUAGE,
    Address,
    BehaviourState,
    ClientState,
    Correspondence,
    CueKind,
    Invoice,
    Matter,
    Message,
    Promise,
    SignalState,
    Tagging,
    WorkingTime,
)

_LONG_BEFORE = (BOUNDARIES_FIRST, BOUNDARIES_FIRST + HOLD / 2, BOUNDARIES_FIRST + HOLD)
"""How long before now a client is judged as well, for what came before the stage of any night that holds today's."""

_DAY = timedelta(days=1)

_KEPT = 60
"""Moments of which base rates are kept: more than the days of a look back."""

_LATELY = 10
"""Mails of ours that tell in which language we write to a client."""


@dataclass(frozen=True)
class Judge:
    """Judges every client at any moment by what was known then.

    Args:
        messages: All stored messages, in any order.
        taggings: Message-ID -> tagging; messages without one have no evidence.
        readings: Message-ID -> cues; without them promises, scope and open questions stay empty.
        invoices: The ledger, of all clients.
        rounds: Rounds of changes that are agreed with clients; None where that is not known.
    """

    messages: Sequence[Message]
    taggings: Mapping[str, Tagging]
    roster: Roster
    work: WorkingTime
    rules: AlertRules = field(default_factory=AlertRules)
    readings: Readings = field(default_factory=dict)
    invoices: Sequence[Invoice] = ()
    rounds: int | None = None

    def states(self, now: datetime) -> Sequence[ClientState]:
        """Every client as it stood at ``now``, most urgent first. Later mail and payments are left out."""
        known = self._known(now)
        base = self._base(now)
        talks = [talk_of(talk, self._findings, self.invoices, self.work, now) for talk in known]
        measures = measure_all(talks, self.rounds)
        states = [self._state(talk, measures, base) for talk in talks]
        return sorted(states, key=lambda state: (-state.score, state.client.lower()))

    def courses(self, moments: Sequence[datetime], *, only: str = "") -> Mapping[str, Sequence[tuple[datetime, float]]]:
        """Every client's urgency at these moments, by mail alone; moments before its first mail are left out.

        Args:
            only: A client, where no other is wanted.
        """
        found: dict[str, list[tuple[datetime, float]]] = {}
        for moment in moments:
            for talk in self._known(moment, all_senders=True):
                if only in {"", talk.client}:
                    signals = self._signals(talk.client, moment)
                    found.setdefault(talk.client, []).append((moment, urgency(signals)))
        return found

    @cached_property
    def _trails(self) -> Mapping[str, Trail]:
        """Client -> all that its mail shows, weighed by its bills; one frame for all, since small ones cost as much."""
        clients = {message.message_id: talk.client for talk in self._all for message in talk.received}
        frame = evidence_frame([message for talk in self._all for message in talk.received], self.taggings, self.work)
        frames = dict(iter(frame.groupby(frame["message_id"].map(clients.get))))
        trails = {}
        for talk in self._all:
            invoices = [invoice for invoice in self.invoices if invoice.client == talk.client]
            weighed = with_ledger(frames.get(talk.client, frame[:0]), invoices)
            trails[talk.client] = trail_of(weighed, talk.received)
        return trails

    @cached_property
    def _all(self) -> Sequence[Correspondence]:
        return correspondences(self.messages, self.roster, all_senders=True)

    @cached_property
    def _findings(self) -> Findings:
        return Findings(self.taggings, self.readings)

    @cached_property
    def _bases(self) -> OrderedDict[datetime, BaseRates]:
        """Base rates of the last moments that were asked for: nights in a row look back at the same days."""
        return OrderedDict()

    def _base(self, moment: datetime) -> BaseRates:
        if moment not in self._bases:
            known = [self._trails[full.client] for full in self._all if self._is_known(full, moment)]
            self._bases[moment] = base_rates(known, moment)
            if len(self._bases) > _KEPT:
                self._bases.popitem(last=False)
        return self._bases[moment]

    def _known(self, moment: datetime, *, all_senders: bool = False) -> Sequence[Correspondence]:
        """The clients of a moment with their mail up to it."""
        return [full.until(moment) for full in self._all if self._is_known(full, moment, all_senders=all_senders)]

    def _is_known(self, full: Correspondence, moment: datetime, *, all_senders: bool = False) -> bool:
        """Whether there was mail of theirs by a moment, and of ours, or they are named."""
        has_written, was_answered = (bool(mails) and mails[0].sent_at <= moment for mails in (full.received, full.sent))
        return has_written and (all_senders or was_answered or self.roster.is_named(full.client))

    def _signals(self, client: str, moment: datetime) -> tuple[SignalState, ...]:
        return signal_states(self._trails[client], moment, self._base(moment))

    def _earlier(self, talk: Talk, promises: Sequence[Promise], reminders: Sequence[Reminder]) -> Iterator[Case]:
        """The client at the moments of the look back, by its words, its bills and what it had not kept.

        Behaviour is left out: it is measured over two months and does not turn within one.
        """
        if not self._trails[talk.client].quotes and not talk.invoices:
            return
        for span in (*self._turning_days(talk, promises), *_LONG_BEFORE):
            past = talk.until(talk.now - span)
            if past.received:
                yield Case(
                    signals=self._signals(talk.client, past.now),
                    behaviour=(),
                    promises=[promise for promise in promises if promise.due and promise.due < past.today],
                    asks=(),
                    invoices=past.invoices,
                    now=past.now,
                    today=past.today,
                    reminders=reminders,
                )

    def _turning_days(self, talk: Talk, promises: Sequence[Promise]) -> Sequence[timedelta]:
        """How many whole days ago, within the time that a stage is held, it was at its worst: newest first.

        Scores only fall until the next evidence comes, a promise weighs from the day after it was due, and a bill until
        it is paid: the first night of that time, those right after evidence or a broken promise and those right before
        a payment are enough.
        """
        after = [(talk.now - quote.sent_at) // _DAY for quote in self._trails[talk.client].quotes]
        before = [(talk.today - invoice.paid_at).days + 1 for invoice in talk.invoices if invoice.paid_at]
        broken = [(talk.today - promise.due).days - 1 for promise in promises if promise.due]
        told = {days for days in (*after, *before, *broken) if 0 < days < HOLD.days}
        return [days * _DAY for days in sorted({*told, HOLD.days})]

    def _state(self, talk: Talk, measures: Measures, base: BaseRates) -> ClientState:
        promises, reminders = measures.promises[talk.client], list(_reminders(talk))
        case = Case(
            signals=self._signals(talk.client, talk.now),
            behaviour=measures.states(talk.client),
            promises=promises,
            asks=asks_of(talk),
            invoices=talk.invoices,
            now=talk.now,
            today=talk.today,
            reminders=reminders,
        )
        earlier = [*_as_held(talk, case, measures), *self._earlier(talk, promises, reminders)]
        return ClientState(
            client=talk.client,
            score=urgency(case.signals),
            signals=tuple(case.signals),
            facts=facts_of(talk.received, talk.sent, self.work, talk.threads),
            people=_people(talk),
            lang=_usual_language(talk.received),
            verdict=verdict(case, earlier, self.rules),
            behaviour=tuple(case.behaviour),
            promises=promises,
            asks=tuple(case.asks),
            reversals=reversals_of(talk),
            invoices=talk.invoices,
            persons=person_states(talk.people, self._trails[talk.client], talk.now, base),
            manner=_manner(talk),
            our_lang=_usual_language(talk.sent[-_LATELY:]) if talk.sent else "",
            greetings=_greetings(talk.sent),
        )


def client_states(
    messages: Sequence[Message],
    taggings: Mapping[str, Tagging],
    roster: Roster,
    work: WorkingTime,
    now: datetime,
) -> Sequence[ClientState]:
    """Judge every client by mail and tags alone, most urgent first; see ``Judge`` for all that can be known."""
    return Judge(messages, taggings, roster, work).states(now)


def _reminders(talk: Talk) -> Iterator[Reminder]:
    """Our reminders that speak of a payment, of a client with bills, each with the day of its answer."""
    for mail in talk.with_cue(CueKind.OUR_REMINDER, ours=True) if talk.invoices else ():
        text = f"{mail.subject}\n{mail.own_text}"
        if any(phrases.has(Matter.PAYMENT, text) for phrases in phrases_of(mail.lang)):
            told = [talk.later_with_cue(mail, kind, ours=False) for kind in (CueKind.PAID, CueKind.THEIR_PROMISE)]
            answers = [first for mails in (talk.later_in_thread(mail, ours=False), *told) for first in mails[:1]]
            days = [talk.day_of(answer.sent_at) for answer in answers]
            yield Reminder(talk.day_of(mail.sent_at), min(days, default=None))


def _as_held(talk: Talk, case: Case, measures: Measures) -> Iterator[Case]:
    """The client of now with the behaviour that wavers as it was when it last was strong, if that still holds."""
    behaviour = [_last_strong(state, talk, measures) if is_wavering(state) else state for state in case.behaviour]
    if behaviour != list(case.behaviour):
        yield replace(case, behaviour=behaviour)


def _last_strong(state: BehaviourState, talk: Talk, measures: Measures) -> BehaviourState:
    nights = (talk.now - days * _DAY for days in range(1, HOLD.days + 1))
    before = (measures.state_before(state.signal, talk, night, STRONG) for night in nights)
    return next(filter(None, before), state)


def _people(talk: Talk) -> tuple[Address, ...]:
    """Who writes for the client, most messages first; the longest form of each name."""
    ranked = sorted(talk.people.values(), key=len, reverse=True)
    return tuple(max((message.sender for message in mails), key=lambda sender: len(sender.name)) for mails in ranked)


def _manner(talk: Talk) -> str:
    """How we last addressed them, or else they us."""
    said = (manner_of(message.own_text) for side in (talk.sent, talk.received) for message in reversed(side))
    return next(filter(None, said), "")


def _greetings(sent: Sequence[Message]) -> Mapping[str, str]:
    """Person -> the first line of our last mail to them alone that greets them by name."""
    found: dict[str, str] = {}
    for message in sent:
        if len(message.recipients) != 1:
            continue
        (to,) = message.recipients
        line = message.own_text.strip().partition("\n")[0].strip()
        names = [part for part in to.name.lower().split() if len(part) > 2]
        is_named = any(name[:4] in line.lower() for name in names)
        if is_named and (is_greeting(line) or _is_name_only(line, names)):
            found[to.person] = line
    return found


def _is_name_only(line: str, names: Sequence[str]) -> bool:
    """Whether a line is no more than the person's name, whatever its case ending: ``Геннадий Петрович,``."""
    words = line.rstrip("!., ")
    is_name = words.istitle() and "," not in words and len(words.split()) <= 2
    return is_name and any(words.lower().startswith(name[:4]) for name in names)


def _usual_language(received: Sequence[Message]) -> str:
    counts = Counter(map(attrgetter("lang"), received))
    del counts[UNKNOWN_LANGUAGE]
    return counts.most_common(1)[0][0] if counts else UNKNOWN_LANGUAGE
