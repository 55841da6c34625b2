"""All ten behaviour signals of all clients at one moment: pure functions of mail, cues, tags and invoices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from mailsignals.behaviour.figures import Figure, behaviours, most_score, state_of
from mailsignals.behaviour.mirror import our_side
from mailsignals.behaviour.money import payment_drift
from mailsignals.behaviour.people import hostile_contact
from mailsignals.behaviour.promises import promises_of
from mailsignals.behaviour.rounds import Agency, approver_sprawl, attention_share, revision_churn, words_to
from mailsignals.behaviour.souring import souring
from mailsignals.behaviour.talk import RECENT, Talk
from mailsignals.behaviour.timing import chasing, off_hours_contact, unresponsive
from mailsignals.types import BehaviourState, Promise, PromiseState

Figures = Mapping[str, Figure | None]

_WEEK = timedelta(weeks=1)


@dataclass(frozen=True)
class Measures:
    """The figures of all clients at one moment, from which each one's states come.

    Args:
        talks: One a client.
        promises: Client -> its promises, as ``promises_of`` gives them.
        figures: Client -> its figure for every signal.
    """

    talks: Sequence[Talk]
    agency: Agency
    promises: Mapping[str, tuple[Promise, ...]]
    figures: Mapping[str, Figures]

    def states(self, client: str) -> tuple[BehaviourState, ...]:
        """Every behaviour signal of a client, in the order of the catalogue."""
        return tuple(self._beside_others(name, client, self.figures[client][name]) for name in behaviours())

    def state_before(self, name: str, talk: Talk, moment: datetime, least: float) -> BehaviourState | None:
        """One signal at an earlier moment; None where its score was below ``least``.

        It stands beside the other clients as they were up to a week before: they hardly move within days.

        Args:
            talk: The client's, as it is now.
        """
        figure = self._figure_before(name, talk, moment)
        if figure is None or most_score(name, figure) < least:
            return None
        known = self._values_before(name, talk.now + (moment - talk.now) // _WEEK * _WEEK)
        others = [value for client, value in known.items() if client != talk.client]
        state = state_of(name, figure, others)
        return state if state.score >= least else None

    def _values_before(self, name: str, moment: datetime) -> Mapping[str, float]:
        """The clients' figures for a signal at an earlier moment, of those that had one."""
        if (name, moment) not in self._known_before:
            figures = {talk.client: self._figure_before(name, talk, moment) for talk in self.talks}
            self._known_before[name, moment] = {client: own.value for client, own in figures.items() if own}
        return self._known_before[name, moment]

    @cached_property
    def _known_before(self) -> dict[tuple[str, datetime], Mapping[str, float]]:
        return {}

    def _figure_before(self, name: str, talk: Talk, moment: datetime) -> Figure | None:
        past = talk.until(moment)
        promises = [
            promise if promise.due and promise.due < past.today else replace(promise, state=PromiseState.OPEN)
            for promise in self.promises[talk.client]
            if promise.made_at <= moment
        ]
        agency = _with_part_of(self.agency, talk, past) if name == "attention_share" else self.agency
        return figure_of(name, past, promises, agency)

    def _beside_others(self, name: str, client: str, own: Figure | None) -> BehaviourState:
        others = list(self._values[name])
        if figure := self.figures[client][name]:
            others.remove(figure.value)
        return state_of(name, own, others)

    @cached_property
    def _values(self) -> Mapping[str, Sequence[float]]:
        """Every signal's figures of all clients, ascending."""
        return {
            name: sorted(figure.value for figures in self.figures.values() if (figure := figures[name]))
            for name in behaviours()
        }


def measure_all(talks: Sequence[Talk], rounds: int | None) -> Measures:
    """Measure every client.

    Args:
        talks: One a client, all at the same moment.
        rounds: Rounds of changes that are agreed; None where that is not known.
    """
    agency = agency_of(talks, rounds)
    promises: dict[str, tuple[Promise, ...]] = {}
    figures: dict[str, Figures] = {}
    for talk in talks:
        own = promises[talk.client] = promises_of(talk)
        figures[talk.client] = {name: figure_of(name, talk, own, agency) for name in behaviours()}
    return Measures(talks, agency, promises, figures)


def agency_of(talks: Sequence[Talk], rounds: int | None) -> Agency:
    """What all clients share."""
    recent = [talk.count(talk.now - RECENT) for talk in talks]
    year = timedelta(days=365)
    billed = [i for talk in talks for i in talk.invoices if i.issued > talk.today - year]
    is_one_currency = len({invoice.currency for invoice in billed}) == 1
    return Agency(
        mails=sum(recent),
        mails_before=sum(talk.count(talk.now - 2 * RECENT, talk.now - RECENT) for talk in talks),
        words=sum(map(words_to, talks)),
        clients=sum(count > 0 for count in recent),
        revenue=sum(invoice.amount for invoice in billed) if is_one_currency else 0.0,
        rounds=rounds,
    )


def _with_part_of(agency: Agency, now: Talk, past: Talk) -> Agency:
    """The agency with one client's part in it as it was at an earlier moment."""
    here, there = agency_of([now], None), agency_of([past], None)
    return replace(
        agency,
        mails=agency.mails - here.mails + there.mails,
        mails_before=agency.mails_before - here.mails_before + there.mails_before,
        words=agency.words - here.words + there.words,
    )


def figure_of(  # noqa: C901, PLR0911  # one case a signal
    name: str, talk: Talk, promises: Sequence[Promise], agency: Agency
) -> Figure | None:
    """One client's figure for a behaviour signal; None where there is not enough to say.

    Raises:
        KeyError: No behaviour signal has this name.
    """
    match name:
        case "unresponsive":
            return unresponsive(talk)
        case "chasing":
            return chasing(talk)
        case "off_hours_contact":
            return off_hours_contact(talk)
        case "payment_drift":
            return payment_drift(talk, promises)
        case "revision_churn":
            return revision_churn(talk, agency.rounds)
        case "approver_sprawl":
            return approver_sprawl(talk)
        case "attention_share":
            return attention_share(talk, agency)
        case "hostile_contact":
            return hostile_contact(talk)
        case "souring":
            return souring(talk)
        case "our_side":
            return our_side(talk, promises)
    raise KeyError(name)
