"""All that is known of every client on one day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from mailsignals.behaviour.facts import facts_of
from mailsignals.clients.aggregate import evidence_frame, signal_states, urgency
from mailsignals.clients.identity import Correspondence, Roster, correspondences
from mailsignals.types import UNKNOWN_LANGUAGE, Address, ClientState, Message, Tagging, WorkingTime


def client_states(
    messages: Sequence[Message],
    taggings: Mapping[str, Tagging],
    roster: Roster,
    work: WorkingTime,
    now: datetime,
) -> Sequence[ClientState]:
    """Judge every client by what was known at ``now``, most urgent first.

    Messages sent after ``now`` are left out, so that the past can be judged as it looked then.
    """
    known = [message for message in messages if message.sent_at <= now]
    states = [_state(talk, taggings, work, now) for talk in correspondences(known, roster)]
    return sorted(states, key=lambda state: (-state.score, state.client.lower()))


def _state(talk: Correspondence, taggings: Mapping[str, Tagging], work: WorkingTime, now: datetime) -> ClientState:
    by_id = {message.message_id: message for message in talk.received}
    signals = signal_states(evidence_frame(talk.received, taggings, work), by_id, now)
    return ClientState(
        client=talk.client,
        score=urgency(signals),
        signals=signals,
        facts=facts_of(talk.received, talk.sent, work),
        people=_people(talk.received),
        lang=_usual_language(talk.received),
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
