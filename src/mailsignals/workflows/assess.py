"""What the store holds becomes a judgement of every client, today or on any day before."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
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
    """What does not change from night to night: who we are, how we work, when a signal is worth a word."""

    roster: Roster
    work: WorkingTime
    rules: AlertRules
    rounds: int | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """All stored messages with the evidence of one model, their cues, and the ledger."""

    messages: Sequence[Message]
    taggings: Mapping[str, Tagging]
    readings: Readings = field(default_factory=dict)
    invoices: Sequence[Invoice] = ()

    def judge(self, house: House) -> Judge:
        """What judges the clients at any moment; worth keeping for several."""
        return Judge(
            self.messages,
            self.taggings,
            house.roster,
            house.work,
            house.rules,
            self.readings,
            self.invoices,
            house.rounds,
        )

    def states(self, house: House, now: datetime) -> Sequence[ClientState]:
        """Every client as it stood at ``now``, most urgent first."""
        with _no_collection():
            return self.judge(house).states(now)


def load_record(store: Store, model: str) -> Record:
    """Read the store once; ``model`` is the fingerprint whose taggings count."""
    with _no_collection():
        return Record(store.messages(), store.evidence(model), store.readings(READER), store.invoices())


@contextmanager
def _no_collection() -> Iterator[None]:
    """Without cyclic garbage collection: it looks again and again through objects that all stay."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
