"""Stored messages become messages with cues: promises, reminders, questions, quotes, in both directions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta, timezone, tzinfo

from mailsignals.behaviour.cues import READER, our_cues, their_cues
from mailsignals.ports import Store
from mailsignals.types import Address, Cue, Message, Origin
from mailsignals.workflows.fetch import Progress, silent

_BATCH = 256


def read_cues(store: Store, is_ours: Callable[[Address], bool], zone: tzinfo, *, progress: Progress = silent) -> int:
    """Read every stored message that these rules have not read yet; the number of them.

    Args:
        zone: Of our calendar: what "Friday" is counted in where a mail does not tell its writer's zone.
    """
    total = max(0, store.counts()["messages"] - len(store.readings(READER)))
    done = 0
    while batch := store.unread(READER, limit=_BATCH):
        store.save_readings(READER, {message.message_id: _cues(message, is_ours, zone) for message in batch})
        done += len(batch)
        progress("reading promises", done, total)
    return done


def _cues(message: Message, is_ours: Callable[[Address], bool], zone: tzinfo) -> tuple[Cue, ...]:
    if message.origin is not Origin.HUMAN:
        return ()
    if is_ours(message.sender):
        return our_cues(message.own_text, message.lang, message.sent_at.astimezone(zone).date())
    return their_cues(message.own_text, message.lang, _day_there(message, zone))


def _day_there(message: Message, zone: tzinfo) -> date:
    """The writer's own day; by our calendar where the mail says UTC, as programs do that know no zone."""
    there = timezone(timedelta(minutes=message.utc_offset)) if message.utc_offset else zone
    return message.sent_at.astimezone(there).date()
