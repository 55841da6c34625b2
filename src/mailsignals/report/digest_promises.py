"""The promises of all clients that want a look today, ours and theirs, whether or not anything else is told of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from mailsignals.report.digest_ledger import UNSEEN_FOR, is_settled, promise_entry, promise_line
from mailsignals.report.digest_signal import NAME_LENGTH, Frame
from mailsignals.report.digest_view import Entry
from mailsignals.report.words import shorten
from mailsignals.types import ClientState, Promise, PromiseState

MAX_PRESSING = 6

SOON = timedelta(days=3)
"""A promise is told so long before its day."""

LATELY = timedelta(days=7)
"""A broken promise is told so long after its day, or until a digest has told it."""

Pressing = Sequence[tuple[ClientState, Promise]]


def pressing(states: Sequence[ClientState], frame: Frame) -> Pressing:
    """Promises that fall due or whose day has passed, ours first, the nearest day first."""
    found = [
        (state, promise, promise.due)
        for state in states
        for promise in state.promises
        if promise.due and _is_pressing(promise, promise.due, frame) and not is_settled(promise, state)
    ]
    found.sort(key=lambda row: (not row[1].is_ours, abs(row[2] - frame.time.today)))
    return [(state, promise) for state, promise, _ in found]


def agenda(found: Pressing, frame: Frame) -> tuple[Entry, ...]:
    """The first of these promises on a line each, with the client's name."""
    return tuple(
        replace(
            promise_entry(promise_line(promise, frame.time.today), promise, state, frame),
            client=shorten(state.client, NAME_LENGTH),
        )
        for state, promise in found[:MAX_PRESSING]
    )


def _is_pressing(promise: Promise, due: date, frame: Frame) -> bool:
    today = frame.time.today
    if promise.state is PromiseState.OPEN:
        return -UNSEEN_FOR <= due - today <= SOON
    told_before = frame.since.astimezone(frame.time.zone).date() if frame.since else today
    return promise.state is PromiseState.BROKEN and due >= min(today - LATELY, told_before)
