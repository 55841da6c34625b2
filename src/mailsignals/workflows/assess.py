"""What the store holds becomes a judgement of every client, today or on any day before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailsignals.clients.alerts import AlertRules
from mailsignals.clients.identity import Roster
from mailsignals.clients.state import client_states
from mailsignals.ports import Store
from mailsignals.types import ClientState, Message, Tagging, WorkingTime


@dataclass(frozen=True, slots=True)
class House:
    """What does not change from night to night: who we are, when we work, when a signal is worth a word."""

    roster: Roster
    work: WorkingTime
    rules: AlertRules


@dataclass(frozen=True, slots=True)
class Record:
    """All stored messages with their taggings by one model."""

    messages: Sequence[Message]
    taggings: Mapping[str, Tagging]

    def states(self, house: House, now: datetime) -> Sequence[ClientState]:
        """Every client as it stood at ``now``, most urgent first."""
        return client_states(self.messages, self.taggings, house.roster, house.work, now)


def load_record(store: Store, model: str) -> Record:
    """Read the store once; ``model`` is the fingerprint whose taggings count."""
    return Record(store.messages(), store.taggings(model))
