"""All that is known of every client on one day."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

import pandas as pd

from mailsignals.behaviour.facts import facts_of
from mailsignals.behaviour.measures import measure_all
from mailsignals.behaviour.promises import promises_of
from mailsignals.behaviour.scope import asks_of, reversals_of
from mailsignals.behaviour.talk import Readings, Talk, talk_of
from mailsignals.clients.aggregate import (
    BaseRates,
    base_rates,
    evidence_frame,
    person_states,
    signal_states,
    urgency,
    with_ledger,
)
from mailsignals.clients.alerts import AlertRules
from mailsignals.clients.identity import Roster, correspondences
from mailsignals.clients.stage import BOUNDARIES_FIRST, HOLD, Case, verdict
from mailsignals.types import (
    UNKNOWN_LANGUAGE,
    Address,
    ClientState,
    Correspondence,
    Invoice,
    Message,
    SignalState,
    Tagging,
    WorkingTime,
)

_LOOK_BACK = (HOLD / 2, HOLD, BOUNDARIES_FIRST, BOUNDARIES_FIRST + timedelta(days=14))
"""Moments before now at which a client is judged as well: for the stage's hysteresis and for what came before it."""

_KEPT = 60
"""Moments of which the cases are kept: more than the days of a look back."""


@dataclass(frozen=True)
class Judge:
    """Judges every client at any moment by what was known then.

    Args:
        messages: All stored messages, in any order.
        taggings: Message-ID -> tagging; messages without one have no evidence.
        readings: Message-ID -> cues; without them promises, scope and open questions stay empty.
        invoices: The ledger, of all clients.
    """

    messages: Sequence[Message]
    taggings: Mapping[str, Tagging]
    roster: Roster
    work: WorkingTime
    rules: AlertRules = field(default_factory=AlertRules)
    readings: Readings = field(default_factory=dict)
    invoices: Sequence[Invoice] = ()

    def states(self, now: datetime) -> Sequence[ClientState]:
        """Every client as it stood at ``now``, most urgent first. Later mail and payments are left out."""
        cases = self._cases(now)
        earlier = [self._cases(now - span) for span in _LOOK_BACK]
        states = [self._state(client, now, cases, earlier) for client in cases.talks]
        return sorted(states, key=lambda state: (-state.score, state.client.lower()))

    def courses(self, moments: Sequence[datetime]) -> Mapping[str, Sequence[tuple[datetime, float]]]:
        """Every client's urgency at these moments, by mail alone; moments before its first mail are left out."""
        found: dict[str, list[tuple[datetime, float]]] = {}
        for moment in moments:
            known = [talk for full in self._all if (talk := _until(full, moment)).received]
            base = base_rates(known, self._frames, moment)
            for talk in known:
                by_id = {message.message_id: message for message in talk.received}
                score = urgency(signal_states(self._frames[talk.client], by_id, moment, base))
                found.setdefault(talk.client, []).append((moment, score))
        return found

    @cached_property
    def _frames(self) -> Mapping[str, pd.DataFrame]:
        return {
            talk.client: with_ledger(
                evidence_frame(talk.received, self.taggings, self.work),
                [invoice for invoice in self.invoices if invoice.client == talk.client],
            )
            for talk in self._all
        }

    @cached_property
    def _all(self) -> Sequence[Correspondence]:
        return correspondences(self.messages, self.roster, all_senders=True)

    @cached_property
    def _known_cases(self) -> OrderedDict[datetime, _Cases]:
        """Cases of the last moments that were asked for: nights that follow one another look back at the same days."""
        return OrderedDict()

    def _cases(self, moment: datetime) -> _Cases:
        """Every client's case at a moment, kept for the nights to come."""
        if moment not in self._known_cases:
            self._known_cases[moment] = self._make_cases(moment)
            if len(self._known_cases) > _KEPT:
                self._known_cases.popitem(last=False)
        return self._known_cases[moment]

    def _make_cases(self, moment: datetime) -> _Cases:
        """Every client's case at a moment."""
        known = [
            talk
            for full in self._all
            if (talk := _until(full, moment)).received and (self.roster.is_named(talk.client) or talk.sent)
        ]
        talks = {
            talk.client: talk_of(talk, self.taggings, self.readings, self.invoices, self.work, moment) for talk in known
        }
        base = base_rates(known, self._frames, moment)
        promises = {client: promises_of(talk) for client, talk in talks.items()}
        behaviour = measure_all(list(talks.values()), promises)
        cases = {
            client: Case(
                signals=self._signals(talk, moment, base),
                behaviour=behaviour[client],
                promises=promises[client],
                asks=asks_of(talk),
                invoices=talk.invoices,
                now=moment,
                today=talk.today,
            )
            for client, talk in talks.items()
        }
        return _Cases(talks, cases, base)

    def _signals(self, talk: Talk, moment: datetime, base: BaseRates) -> tuple[SignalState, ...]:
        by_id = {message.message_id: message for message in talk.received}
        return signal_states(self._frames[talk.client], by_id, moment, base)

    def _state(self, client: str, now: datetime, cases: _Cases, earlier: Sequence[_Cases]) -> ClientState:
        talk, case = cases.talks[client], cases.cases[client]
        before = [old.cases[client] for old in earlier if client in old.cases]
        by_id = {message.message_id: message for message in talk.received}
        correspondence = Correspondence(client, talk.received, talk.sent)
        return ClientState(
            client=client,
            score=urgency(case.signals),
            signals=tuple(case.signals),
            facts=facts_of(talk.received, talk.sent, self.work),
            people=_people(talk.received),
            lang=_usual_language(talk.received),
            verdict=verdict(case, before, self.rules),
            behaviour=tuple(case.behaviour),
            promises=tuple(case.promises),
            asks=tuple(case.asks),
            reversals=reversals_of(talk),
            invoices=talk.invoices,
            persons=person_states(correspondence, self._frames[client], by_id, now, cases.base),
        )


@dataclass(frozen=True)
class _Cases:
    """All clients at one moment."""

    talks: Mapping[str, Talk]
    cases: Mapping[str, Case]
    base: BaseRates


def client_states(
    messages: Sequence[Message],
    taggings: Mapping[str, Tagging],
    roster: Roster,
    work: WorkingTime,
    now: datetime,
) -> Sequence[ClientState]:
    """Judge every client by mail and tags alone, most urgent first; see ``Judge`` for all that can be known."""
    return Judge(messages, taggings, roster, work).states(now)


def _until(talk: Correspondence, moment: datetime) -> Correspondence:
    return Correspondence(
        talk.client,
        tuple(message for message in talk.received if message.sent_at <= moment),
        tuple(message for message in talk.sent if message.sent_at <= moment),
    )


def _people(received: Sequence[Message]) -> tuple[Address, ...]:
    """Who writes for the client, most messages first; the longest form of each name."""
    counts = Counter(message.sender.email for message in received)
    names: dict[str, str] = {}
    for message in received:
        names[message.sender.email] = max(names.get(message.sender.email, ""), message.sender.name, key=len)
    return tuple(Address(email, names[email]) for email, _ in counts.most_common())


def _usual_language(received: Sequence[Message]) -> str:
    counts = Counter(message.lang for message in received if message.lang != UNKNOWN_LANGUAGE)
    return counts.most_common(1)[0][0] if counts else UNKNOWN_LANGUAGE
