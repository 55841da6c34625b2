"""Evidence of many messages to one score per client and tag, with pandas.

A score is the chance that at least one piece of evidence is to be believed: ``1 - prod(1 - TRUST * p * decay)``,
where ``p`` is the classifier's probability and ``decay`` halves with the tag's half-life. One good sentence gives about
one half, a second lifts it to three quarters, and time lets it sink again. The classifier learnt from mail in which
signals are frequent, so its odds are lowered to those of ordinary mail first (prior shift; Saerens et al. 2002).

Who writes much is misread more often. So the evidence that the agency's base rate would bring by itself, for as many
messages, is taken off first: of a client with five hundred mails two odd sentences say little.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from math import exp, prod
from typing import Any

import numpy as np
import pandas as pd

from mailsignals.signals.catalogue import catalogue
from mailsignals.types import Correspondence, Invoice, Message, PersonState, Quote, SignalState, Tagging, WorkingTime

TRUST = 0.55
"""How much one certain sentence of today proves."""

RARER = 0.6
"""Odds of a signal in ordinary mail, as a share of its odds in the labelled mail that calibrated the probabilities."""

TREND_DAYS = 30
"""A client is compared with itself so long ago."""

PROTECTION = 0.4
"""Largest share of a client's urgency that praise and honest criticism take away."""

PAID_UP = 0.3
"""What an excuse for a payment is worth while the ledger knows of no bill that is due."""

_EXCUSE = "payment_excuse"

LONE = 0.5
"""Share of its weight that a signal has in a client's urgency while only one message shows it."""


def evidence_frame(messages: Sequence[Message], taggings: Mapping[str, Tagging], work: WorkingTime) -> pd.DataFrame:
    """One row per message and tag with sure evidence: the strongest span.

    Returns:
        Columns ``tag`` (str), ``message_id`` (str), ``sent_at`` (datetime64, UTC), ``day`` (our local date),
        ``score`` (float in [0, 1]), ``start`` and ``end`` (code points), ``sent`` (days since 1970, UTC) and
        ``half_life`` (days); ordered by time.
    """
    rows = [
        (span.label, message.message_id, message.sent_at, span.score, span.start, span.end)
        for message in messages
        if message.message_id in taggings
        for span in taggings[message.message_id].sure
    ]
    frame = pd.DataFrame(rows, columns=["tag", "message_id", "sent_at", "score", "start", "end"])
    frame["day"] = pd.to_datetime(frame["sent_at"], utc=True).dt.tz_convert(work.zone).dt.date
    frame["sent"] = [at.timestamp() / _DAY for _, _, at, *_ in rows]
    frame["half_life"] = frame["tag"].map(_half_lives()).astype(float)
    by_strength = frame.sort_values(["score", "start", "end"], ascending=[False, True, True])
    strongest = by_strength.drop_duplicates(["tag", "message_id"])
    return strongest.sort_values(["sent_at", "message_id", "tag"], ignore_index=True)


def with_ledger(frame: pd.DataFrame, invoices: Sequence[Invoice]) -> pd.DataFrame:
    """The frame with what is said of payments weighed by the ledger: an excuse needs a bill that is due.

    Without a ledger nothing changes. Evidence from before the first bill, or while one was due and open, keeps its
    worth; while all was paid it keeps ``PAID_UP`` of it.

    Args:
        invoices: The client's own.
    """
    if not invoices or frame.empty:
        return frame
    first = min(invoice.issued for invoice in invoices)
    is_settled = [
        tag == _EXCUSE and day >= first and not any(_is_due(invoice, day) for invoice in invoices)
        for tag, day in zip(frame["tag"], frame["day"], strict=True)
    ]
    return frame.assign(score=frame["score"].where(~np.array(is_settled), frame["score"] * PAID_UP))


def _is_due(invoice: Invoice, day: date) -> bool:
    """Whether an invoice was open on a day on or after which it was to be paid, or of unknown terms."""
    was_paid = invoice.is_paid and (invoice.paid_at is None or invoice.paid_at <= day)
    return invoice.issued <= day and not was_paid and (invoice.due is None or invoice.due <= day)


BaseRates = Mapping[str, float]
"""Tag -> strength of evidence that a message of an ordinary client brings."""

_DAY = 86400.0
_QUOTED = ("tag", "message_id", "score", "start", "end", "day")

LEAST_BASE = 0.01
MOST_BASE = 0.03
"""Bounds of a base rate: a model is never free of error, and an agency of difficult clients must not hide them."""

_LEAST_MAILS = 5
_LEAST_CLIENTS = 4


def base_rates(
    talks: Sequence[Correspondence], frames: Mapping[str, pd.DataFrame], now: datetime
) -> Mapping[str, float]:
    """What evidence the middle one of the agency's clients shows a message, for every tag.

    Args:
        frames: Client -> its evidence frame.

    Returns:
        ``LEAST_BASE`` to ``MOST_BASE``; the least for an agency with too few clients to tell.
    """
    busy = [talk for talk in talks if len(talk.received) >= _LEAST_MAILS]
    if len(busy) < _LEAST_CLIENTS:
        return dict.fromkeys(catalogue(), LEAST_BASE)
    ages = {talk.client: _ages([message.sent_at for message in talk.received], now) for talk in busy}
    strengths = {talk.client: _strengths(frames[talk.client], now) for talk in busy}
    volumes = {client: _volumes(age) for client, age in ages.items()}
    rates = {
        tag: np.median([strengths[c].get(tag, 0.0) / max(1.0, volumes[c][tag]) for c in ages]) for tag in catalogue()
    }
    return {tag: float(np.clip(rate, LEAST_BASE, MOST_BASE)) for tag, rate in rates.items()}


def signal_states(
    frame: pd.DataFrame, messages: Mapping[str, Message], now: datetime, base: BaseRates | None = None
) -> tuple[SignalState, ...]:
    """Score every tag of one client's evidence frame, strongest first.

    Args:
        frame: As ``evidence_frame`` gives it; rows after ``now`` are left out.
        messages: Message-ID -> message, all of the client's, for the quotes and for how much was written: the base
            rate is taken off for every message that shows nothing.
        base: As ``base_rates`` gives it; without it nothing is taken off.
    """
    known = _until(frame, now)
    if known.empty:
        return ()
    before = now - timedelta(days=TREND_DAYS)
    shown = set(known["message_id"])
    written = [message.sent_at for key, message in messages.items() if key not in shown]
    scores, earlier = (_scores(known, written, moment, base or {}) for moment in (now, before))
    quotes: dict[str, list[Quote]] = {tag: [] for tag in scores}
    days: dict[str, set[date]] = {tag: set() for tag in scores}
    order = _strongest_first(known, now)
    columns = (known[name].to_numpy()[order].tolist() for name in _QUOTED)
    for tag, key, score, start, end, day in zip(*columns, strict=True):
        quotes[tag].append(_quote(messages[key], tag, score, start, end))
        days[tag].add(day)
    states = [
        SignalState(
            tag=tag,
            score=score,
            messages=len(quotes[tag]),
            days=len(days[tag]),
            trend=round(score - earlier.get(tag, 0.0), 6),
            quotes=tuple(quotes[tag]),
        )
        for tag, score in scores.items()
    ]
    return tuple(sorted(states, key=lambda state: (-state.score, state.tag)))


def person_states(
    talk: Correspondence, frame: pd.DataFrame, messages: Mapping[str, Message], now: datetime, base: BaseRates
) -> tuple[PersonState, ...]:
    """Every person at a client with the urgency of their own messages alone, most urgent first."""
    protective = {tag for tag, signal in catalogue().items() if signal.protective}
    known = _until(frame, now)
    sender = np.array([messages[key].sender.person for key in known["message_id"]], dtype=object)
    people = {message.sender.person: message.sender for message in talk.received}
    found = []
    for name, person in people.items():
        own = {key: message for key, message in messages.items() if message.sender.person == name}
        rows = known[sender == name]
        tags = Counter(tag for tag in rows["tag"] if tag not in protective)
        score = urgency(signal_states(rows, own, now, base))
        found.append(PersonState(person, len(own), score, tuple(tag for tag, _ in tags.most_common())))
    return tuple(sorted(found, key=lambda state: (-state.score, -state.received, state.person.email)))


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


def _scores(frame: pd.DataFrame, written: Sequence[datetime], moment: datetime, base: BaseRates) -> dict[str, float]:
    """Tag -> score at a moment, from what was known then."""
    volumes = _volumes(_ages(written, moment))
    return {
        tag: round(1 - exp(-max(0.0, strength - base.get(tag, 0.0) * volumes[tag])), 6)
        for tag, strength in _strengths(frame, moment).items()
    }


def _strengths(frame: pd.DataFrame, moment: datetime) -> dict[str, float]:
    """Tag -> minus the logarithm of the chance that none of its evidence is to be believed."""
    known = _until(frame, moment)
    found: dict[str, float] = {}
    for tag, value in zip(known["tag"], -np.log1p(-TRUST * _decayed(known, moment)), strict=True):
        found[tag] = found.get(tag, 0.0) + float(value)
    return found


def _until(frame: pd.DataFrame, moment: datetime) -> pd.DataFrame:
    """The rows up to a moment; a frame is ordered by time."""
    return frame.iloc[: np.searchsorted(frame["sent"].to_numpy(), moment.timestamp() / _DAY, side="right")]


def _decayed(frame: pd.DataFrame, moment: datetime) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Probability of each row in ordinary mail, halved for every half-life of its tag that has passed."""
    probability = frame["score"].to_numpy()
    believed = RARER * probability / (RARER * probability + 1 - probability)
    age = np.maximum(0.0, moment.timestamp() / _DAY - frame["sent"].to_numpy())
    decayed: np.ndarray[Any, np.dtype[np.float64]] = believed * 0.5 ** (age / frame["half_life"].to_numpy())
    return decayed


def _strongest_first(frame: pd.DataFrame, now: datetime) -> np.ndarray[Any, np.dtype[np.intp]]:
    """Row positions by decayed probability, then by time, both falling."""
    return np.lexsort((-frame["sent"].to_numpy(), -_decayed(frame, now)))


@cache
def _half_lives() -> Mapping[str, float]:
    return {tag: signal.half_life_days for tag, signal in catalogue().items()}


def _ages(written: Sequence[datetime], moment: datetime) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Ages in days of what was written up to a moment."""
    ages = np.array([(moment - at).total_seconds() / 86400 for at in written], dtype=np.float64)
    return ages[ages >= 0]


def _volumes(ages: np.ndarray[Any, np.dtype[np.float64]]) -> Mapping[str, float]:
    """Tag -> how many messages of today so many old ones are worth, by the tag's half-life."""
    by_half_life = {life: float(np.sum(0.5 ** (ages / life))) for life in set(_half_lives().values())}
    return {tag: by_half_life[life] for tag, life in _half_lives().items()}


def _quote(message: Message, tag: str, score: float, start: int, end: int) -> Quote:
    """A piece of evidence with what a reader needs to find it again."""
    return Quote(
        message_id=message.message_id,
        label=tag,
        words=message.own_text[start:end],
        score=score,
        sent_at=message.sent_at,
        subject=message.subject,
        sender=message.sender,
        lang=message.lang,
        start=start,
        end=end,
    )
