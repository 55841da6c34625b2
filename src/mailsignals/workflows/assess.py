"""What the store holds becomes a judgement of every client, today or on any day before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from mailsignals.behaviour.cues import READER
from mailsignals.behaviour.talk import Readings
from mailsignals.clients.alerts import AlertRules
from mailsignals.clients.identity import Roster
from mailsignals.clients.state import Judge
from mailsignals.ports import Store
from mailsignals.types import ClientState, Invoice, Message, Tagging, WorkingTime


@dataclass(frozen=True, slots=True)
class House:
    """What does not change from night to night: who we are, when we work, when a signal is worth a word."""

    roster: Roster
    work: WorkingTime
    rules: AlertRules


@dataclass(frozen=True, slots=True)
class Record:
    """All stored messages with the evidence of one model, their cues, and the ledger."""

    messages: Sequence[Message]
    taggings: Mapping[str, Tagging]
    readings: Readings = field(default_factory=dict)
    invoices: Sequence[Invoice] = ()

    def judge(self, house: House) -> Judge:
        """What judges the clients at any moment; worth keeping for several."""
        return Judge(self.messages, self.taggings, house.roster, house.work, house.rules, self.readings, self.invoices)

    def states(self, house: House, now: datetime) -> Sequence[ClientState]:
        """Every client as it stood at ``now``, most urgent first."""
        return self.judge(house).states(now)


def load_record(store: Store, model: str) -> Record:
    """Read the store once; ``model`` is the fingerprint whose taggings count."""
    return Record(store.messages(), store.evidence(model), store.readings(READER), store.invoices())
