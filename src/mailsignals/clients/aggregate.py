"""Evidence of many messages to one score per client and tag, with pandas.

A score is the chance that at least one piece of evidence is to be believed: ``1 - prod(1 - TRUST * p * decay)``,
where ``p`` is the classifier's probability and ``decay`` halves with the tag's half-life. One good sentence gives about
one half, a second lifts it to three quarters, and time lets it sink again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from math import prod

import numpy as np
import pandas as pd

from mailsignals.signals.catalogue import catalogue
from mailsignals.types import Message, Quote, SignalState, Tagging, WorkingTime

TRUST = 0.55
"""How much one certain sentence of today proves."""

TREND_DAYS = 30
"""A client is compared with itself so long ago."""

PROTECTION = 0.4
"""Largest share of a client's urgency that praise and honest criticism take away."""

LONE = 0.5
"""Share of its weight that a signal has in a client's urgency while only one message shows it."""


def evidence_frame(messages: Sequence[Message], taggings: Mapping[str, Tagging], work: WorkingTime) -> pd.DataFrame:
    """One row per message and tag with evidence: the strongest span.

    Returns:
        Columns ``tag`` (str), ``message_id`` (str), ``sent_at`` (datetime64, UTC), ``day`` (our local date),
        ``score`` (float in [0, 1]), ``start`` and ``end`` (code points); ordered by time.
    """
    rows = [
        (span.label, message.message_id, message.sent_at, span.score, span.start, span.end)
        for message in messages
        if message.message_id in taggings
        for span in taggings[message.message_id].evidence
    ]
    frame = pd.DataFrame(rows, columns=["tag", "message_id", "sent_at", "score", "start", "end"])
    frame["day"] = pd.to_datetime(frame["sent_at"], utc=True).dt.tz_convert(work.zone).dt.date
    by_strength = frame.sort_values(["score", "start", "end"], ascending=[False, True, True])
    strongest = by_strength.drop_duplicates(["tag", "message_id"])
    return strongest.sort_values(["sent_at", "message_id", "tag"], ignore_index=True)


def signal_states(frame: pd.DataFrame, messages: Mapping[str, Message], now: datetime) -> tuple[SignalState, ...]:
    """Score every tag of one client's evidence frame, strongest first.

    Args:
        frame: As ``evidence_frame`` gives it; rows after ``now`` are left out.
        messages: Message-ID -> message, for the quotes.
    """
    if frame.empty:
        return ()
    known = frame[frame["sent_at"] <= now]
    states = [_signal_state(str(tag), rows, messages, now) for tag, rows in known.groupby("tag")]
    return tuple(sorted(states, key=lambda state: (-state.score, state.tag)))


def urgency(signals: Sequence[SignalState]) -> float:
    """How much a client asks for attention, in [0, 1]: risk signals by their weight, lowered by protective ones.

    A client who did nothing twice is not made urgent by one odd sentence here and another there.
    """
    known = catalogue()
    risk = 1 - prod(
        1 - known[state.tag].weight * state.score * (1 if state.messages > 1 else LONE)
        for state in signals
        if not known[state.tag].protective
    )
    calm = max((state.score for state in signals if known[state.tag].protective), default=0.0)
    return round(risk * (1 - PROTECTION * calm), 6)


def _signal_state(tag: str, rows: pd.DataFrame, messages: Mapping[str, Message], now: datetime) -> SignalState:
    decayed = _decayed(tag, rows, now)
    score = _believe(decayed)
    before = now - timedelta(days=TREND_DAYS)
    earlier = _believe(_decayed(tag, rows[rows["sent_at"] <= before], before))
    strongest_first = rows.assign(decayed=decayed).sort_values(["decayed", "sent_at"], ascending=False)
    return SignalState(
        tag=tag,
        score=score,
        messages=int(rows["message_id"].nunique()),
        days=int(rows["day"].nunique()),
        trend=round(score - earlier, 6),
        quotes=_quotes(strongest_first, messages),
    )


def _decayed(tag: str, rows: pd.DataFrame, now: datetime) -> pd.Series[float]:
    """Probability of each row, halved for every half-life that has passed."""
    age_days = (pd.Timestamp(now) - rows["sent_at"]).dt.total_seconds() / 86400
    decay: pd.Series[float] = 0.5 ** (age_days.clip(lower=0) / catalogue()[tag].half_life_days)
    return rows["score"] * decay


def _believe(decayed: pd.Series[float]) -> float:
    return round(float(1 - np.prod(1 - TRUST * decayed)), 6)


def _quotes(rows: pd.DataFrame, messages: Mapping[str, Message]) -> tuple[Quote, ...]:
    """The rows as quotes, in their order."""
    columns = (rows[name].tolist() for name in ("message_id", "tag", "start", "end", "score"))
    return tuple(
        Quote(
            message_id=message_id,
            label=tag,
            words=messages[message_id].own_text[start:end],
            score=score,
            sent_at=messages[message_id].sent_at,
            subject=messages[message_id].subject,
            sender=messages[message_id].sender,
            lang=messages[message_id].lang,
        )
        for message_id, tag, start, end, score in zip(*columns, strict=True)
    )
