"""All ten behaviour signals of all clients at one moment: pure functions of mail, cues, tags and invoices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from mailsignals.behaviour.figures import Figure, behaviours, state_of
from mailsignals.behaviour.mirror import our_side
from mailsignals.behaviour.money import payment_drift
from mailsignals.behaviour.people import hostile_contact
from mailsignals.behaviour.rounds import Agency, approver_sprawl, attention_share, revision_churn, words_to
from mailsignals.behaviour.souring import souring
from mailsignals.behaviour.talk import RECENT, Talk
from mailsignals.behaviour.timing import chasing, off_hours_contact, unresponsive
from mailsignals.types import BehaviourState, Promise

Figures = Mapping[str, Figure | None]


@dataclass(frozen=True, slots=True)
class Measures:
    """The figures of all clients at one moment, from which each one's states come.

    Args:
        figures: Client -> its figures, as ``figures_of`` gives them.
    """

    agency: Agency
    figures: Mapping[str, Figures]

    def states(self, client: str) -> tuple[BehaviourState, ...]:
        """Every behaviour signal of a client, in the order of the catalogue."""
        return self._beside_others(client, self.figures[client])

    def states_before(self, talk: Talk, promises: Sequence[Promise]) -> tuple[BehaviourState, ...]:
        """The same at an earlier moment, beside the other clients of now: they hardly move within weeks.

        Args:
            talk: The client's, up to that moment.
            promises: Its promises as they stood then.
        """
        return self._beside_others(talk.client, figures_of(talk, promises, self.agency))

    def _beside_others(self, client: str, own: Figures) -> tuple[BehaviourState, ...]:
        others = [figures for other, figures in self.figures.items() if other != client]
        return tuple(
            state_of(name, own[name], [figure.value for figures in others if (figure := figures[name])])
            for name in behaviours()
        )


def measure_all(talks: Sequence[Talk], promises: Mapping[str, Sequence[Promise]], rounds: int) -> Measures:
    """Measure every client.

    Args:
        talks: One a client, all at the same moment.
        promises: Client -> its promises, as ``promises_of`` gives them.
        rounds: Rounds of changes that are agreed.
    """
    agency = agency_of(talks, rounds)
    return Measures(agency, {talk.client: figures_of(talk, promises[talk.client], agency) for talk in talks})


def agency_of(talks: Sequence[Talk], rounds: int) -> Agency:
    """What all clients share."""
    recent = [len(talk.lately) for talk in talks]
    year = timedelta(days=365)
    billed = [i for talk in talks for i in talk.invoices if i.issued > talk.today - year]
    is_one_currency = len({invoice.currency for invoice in billed}) == 1
    return Agency(
        mails=sum(recent),
        mails_before=sum(1 for talk in talks for _ in talk.after(talk.now - 2 * RECENT, talk.now - RECENT)),
        words=sum(map(words_to, talks)),
        clients=sum(count > 0 for count in recent),
        revenue=sum(invoice.amount for invoice in billed) if is_one_currency else 0.0,
        rounds=rounds,
    )


def figures_of(talk: Talk, promises: Sequence[Promise], agency: Agency) -> Figures:
    """One client's figures; None where there is not enough to say."""
    return {
        "unresponsive": unresponsive(talk),
        "chasing": chasing(talk),
        "off_hours_contact": off_hours_contact(talk),
        "payment_drift": payment_drift(talk, promises),
        "revision_churn": revision_churn(talk, agency.rounds),
        "approver_sprawl": approver_sprawl(talk),
        "attention_share": attention_share(talk, agency),
        "hostile_contact": hostile_contact(talk),
        "souring": souring(talk),
        "our_side": our_side(talk, promises),
    }
