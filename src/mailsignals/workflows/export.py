"""What the judgement stands on, as rows for other programs: messages, promises, scope, behaviour."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from mailsignals.clients.identity import correspondences
from mailsignals.types import ClientState, Message, Tagging
from mailsignals.workflows.assess import House, Record
from mailsignals.workflows.classify import evidence_rows

Row = dict[str, Any]


def message_rows(record: Record, house: House, clients: Sequence[str]) -> Iterator[Row]:
    """Every message of these clients in both directions, by client and time."""
    for talk in correspondences(record.messages, house.roster):
        if talk.client not in clients:
            continue
        both = [(message, "in") for message in talk.received] + [(message, "out") for message in talk.sent]
        for message, direction in sorted(both, key=lambda pair: (pair[0].sent_at, pair[0].message_id)):
            yield _message_row(message, direction, talk.client, record)


def promise_rows(states: Sequence[ClientState]) -> Iterator[Row]:
    """Every promise, by client and time."""
    for state in states:
        for promise in state.promises:
            yield {
                "client": state.client,
                "who": promise.who,
                "side": "ours" if promise.is_ours else "theirs",
                "what": promise.matter.value,
                "made_at": promise.made_at.isoformat(),
                "due": promise.due.isoformat() if promise.due else None,
                "state": promise.state.value,
                "repeat": promise.repeat,
                "invoice": promise.invoice or None,
                "sentence": promise.words,
                "message_id": promise.message_id,
                "settled_by": promise.settled_by or None,
            }


def scope_rows(states: Sequence[ClientState]) -> Iterator[Row]:
    """Every extra wish since the last accepted quote, and every approval that was taken back."""
    for state in states:
        for ask in state.asks:
            yield {
                "client": state.client,
                "kind": "extra",
                "who": ask.who,
                "at": ask.asked_at.isoformat(),
                "thread": ask.subject,
                "sentence": ask.words,
                "offered": ask.offered or None,
                "priced": ask.priced or None,
                "message_id": ask.message_id,
            }
        for reversal in state.reversals:
            yield {
                "client": state.client,
                "kind": "approval taken back",
                "who": reversal.taken_back.sender.email,
                "at": reversal.taken_back.sent_at.isoformat(),
                "thread": reversal.taken_back.subject,
                "sentence": reversal.taken_back.words,
                "approved": reversal.approved.words,
                "approved_at": reversal.approved.sent_at.isoformat(),
                "message_id": reversal.taken_back.message_id,
                "approved_message_id": reversal.approved.message_id,
            }


def behaviour_rows(states: Sequence[ClientState]) -> Iterator[Row]:
    """Every behaviour signal of every client; ``value`` is null where there is not enough to say."""
    for state in states:
        for measured in state.behaviour:
            yield {
                "client": state.client,
                "signal": measured.signal,
                "value": measured.value,
                "unit": measured.unit,
                "score": measured.score,
                "usual": measured.usual,
                "others": measured.others,
                "enough": measured.value is not None,
                "words": measured.words,
                "basis": list(measured.basis),
            }


STATE_ROWS: Mapping[str, Callable[[Sequence[ClientState]], Iterator[Row]]] = {
    "promises": promise_rows,
    "scope": scope_rows,
    "behaviour": behaviour_rows,
}
"""What can be told from the clients' states alone."""


def _message_row(message: Message, direction: str, client: str, record: Record) -> Row:
    tagging = record.taggings.get(message.message_id) or Tagging(message.message_id, "", {})
    return {
        "message_id": message.message_id,
        "client": client,
        "person": message.sender.email,
        "direction": direction,
        "date": message.sent_at.isoformat(),
        "subject": message.subject,
        "lang": message.lang,
        "text": message.own_text,
        "labels": list(tagging.labels),
        "evidence": evidence_rows(tagging),
        "cues": [
            {
                "kind": cue.kind.value,
                "start": cue.start,
                "end": cue.end,
                "due": cue.due.isoformat() if cue.due else None,
                "what": cue.matter.value if cue.matter else None,
            }
            for cue in record.readings.get(message.message_id, ())
        ],
    }
