"""Evidence of many messages to one score per client and tag, with pandas.

A score is the chance that at least one piece of evidence is to be believed: ``1 - prod(1 - TRUST * p * decay)``,
where ``p`` is the classifier's probability and ``decay`` halves with the tag's half-life. One good sentence gives about
one half, a second lifts it to three quarters, and time lets it sink again. The classifier learnt from mail in which
signals are frequent, so its odds are lowered to those of ordinary mail first (prior shift; Saerens et al. 2002).

Who writes much is misread more often. So the evidence that the agency's base rate would bring by itself, for as many
messages, is taken off first: of a client with five hundred mails two odd sentences say little.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, cached_property
from math import exp, log1p, prod
from typing import Any

import numpy as np
import pandas as pd

from mailsignals.signals.catalogue import catalogue
from mailsignals.types import Invoice, Message, PersonState, Quote, SignalState, Tagging, WorkingTime

TRUST = 0.55
"""How much one certain sentence of today proves."""

RARER = 0.6
"""Odds of a signal in ordinary mail, as a share of its odds in the labelled mail that calibrated the probabilities."""

TREND_DAYS = 30
"""A client is compared with itself so long ago."""

PROTECTION = 0.4
"""Largest share of a client's urgency that praise and honest criticism take away."""

PAID_UP = 0.3
"""What an excuse for a payment is worth where the ledger knows of no bill that was due, or once that is paid."""

UNSEEN = 5
"""Messages without evidence that every client is taken to have sent besides: who has hardly written says little."""

SAID_AGAIN = timedelta(hours=12)
"""The same words within that time are the same mail sent again."""

_EXCUSE = "payment_excuse"

LONE = 0.5
"""Share of its weight that a signal has in a client's urgency while only one message shows it."""


def evidence_frame(messages: Sequence[Message], taggings: Mapping[str, Tagging], work: WorkingTime) -> pd.DataFrame:
    """One row per message and tag with sure evidence: the strongest span.

    Returns:
        Columns ``tag`` (str), ``message_id`` (str), ``sent_at`` (datetime64, UTC), ``day`` (our local date),
        ``score`` (float in [0, 1]), ``start`` and ``end`` (code points); ordered by time.
    """
    rows = [
        (span.label, message.message_id, message.sent_at, span.score, span.start, span.end)
        for message in messages
        if message.message_id in taggings
        for span in taggings[message.message_id].sure
    ]
    frame = pd.DataFrame(rows, columns=["tag", "message_id", "sent_at", "score", "start", "end"])
    frame["day"] = pd.to_datetime(frame["sent_at"], utc=True).dt.tz_convert(work.zone).dt.date
    by_strength = frame.sort_values(["score", "start", "end"], ascending=[False, True, True])
    strongest = by_strength.drop_duplicates(["tag", "message_id"])
    return strongest.sort_values(["sent_at", "message_id", "tag"], ignore_index=True)


def with_ledger(frame: pd.DataFrame, invoices: Sequence[Invoice]) -> pd.DataFrame:
    """The frame with a column ``settled``: the day from which the ledger takes the worth of an excuse for a payment.

    An excuse needs a bill. It is settled at once where none was due on its day, and from the day on which the last of
    those that were has been paid; never while one is open, before the first bill, or without a ledger.
    """
    first = min((invoice.issued for invoice in invoices), default=date.max)
    rows = zip(frame["tag"], frame["day"], strict=True)
    return frame.assign(
        settled=[_settled(day, invoices) if tag == _EXCUSE and day >= first else date.max for tag, day in rows]
    )


def _settled(day: date, invoices: Sequence[Invoice]) -> date:
    """When all bills that were open on a day, and to be paid by it or at a time unknown, were paid."""
    due = [i for i in invoices if i.was_open(day) and (i.due is None or i.due <= day)]
    return max((i.paid_at if i.is_paid and i.paid_at else date.max for i in due), default=day)


_Floats = np.ndarray[Any, np.dtype[np.float64]]
_DAY = 86400.0
_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class Trail:
    """What the mail of a client, or of one person there, shows from first to last.

    Args:
        messages: All of it, by time.
        quotes: The evidence in it: one a message and tag, by time.
        days: Our local date of each quote.
        settled: When a payment took the worth of each quote, ``date.max`` where none did.
    """

    messages: Sequence[Message]
    quotes: list[Quote]
    days: list[date]
    settled: list[date]

    def of(self, messages: Sequence[Message]) -> Trail:
        """What some of the messages show."""
        keys = {message.message_id for message in messages}
        rows = [row for row, quote in enumerate(self.quotes) if quote.message_id in keys]
        return Trail(
            messages,
            [self.quotes[row] for row in rows],
            [self.days[row] for row in rows],
            [self.settled[row] for row in rows],
        )

    @cached_property
    def written(self) -> _Floats:
        """When each message was sent, in days since 1970."""
        return _days(message.sent_at for message in self.messages)

    @cached_property
    def silent(self) -> _Floats:
        """The same of the messages that show nothing."""
        shown = {quote.message_id for quote in self.quotes}
        return _days(message.sent_at for message in self.messages if message.message_id not in shown)

    @cached_property
    def shown(self) -> _Floats:
        """The same of each quote."""
        return _days(quote.sent_at for quote in self.quotes)

    @cached_property
    def believed(self) -> _Floats:
        """The probability of each quote in ordinary mail."""
        score = np.array([quote.score for quote in self.quotes], dtype=np.float64)
        return RARER * score / (RARER * score + 1 - score)

    @cached_property
    def worthless_from(self) -> _Floats:
        """When each quote is settled, in days since 1970."""
        return np.array([day.toordinal() - _EPOCH for day in self.settled], dtype=np.float64)

    @cached_property
    def stands_alone(self) -> _Floats:
        """1 for each quote that is strong enough to stand alone, 0 for others."""
        return np.array([quote.score >= catalogue()[quote.label].alone_at for quote in self.quotes], dtype=np.float64)

    @cached_property
    def half_lives(self) -> _Floats:
        """The half-life of each quote's tag, in days."""
        return np.array([_half_lives()[quote.label] for quote in self.quotes], dtype=np.float64)


def trail_of(frame: pd.DataFrame, messages: Sequence[Message]) -> Trail:
    """The trail of a client.

    Words that are sent once more within ``SAID_AGAIN`` are one piece of evidence, not two.

    Args:
        frame: The client's rows of what ``with_ledger`` gives.
        messages: All that the client sent, by time.
    """
    by_id = {message.message_id: message for message in messages}
    columns = (frame[name].tolist() for name in ("message_id", "tag", "score", "start", "end"))
    trail = Trail(messages, [], [], [])
    said: dict[tuple[str, str], datetime] = {}
    rows = zip(*columns, strict=True)
    for (key, *span), day, settled in zip(rows, frame["day"].tolist(), frame["settled"].tolist(), strict=True):
        quote = _quote(by_id[key], *span)
        words = (quote.label, " ".join(quote.words.lower().split()))
        if words not in said or quote.sent_at - said[words] > SAID_AGAIN:
            trail.quotes.append(quote)
            trail.days.append(day)
            trail.settled.append(settled)
        said[words] = quote.sent_at
    return trail


BaseRates = Mapping[str, float]
"""Tag -> strength of evidence that a message of an ordinary client brings."""

LEAST_BASE = 0.02
MOST_BASE = 0.03
"""Bounds of a base rate: a model is never free of error, and an agency of difficult clients must not hide them."""

_LEAST_MAILS = 5
_LEAST_CLIENTS = 4


def base_rates(trails: Iterable[Trail], now: datetime) -> BaseRates:
    """What evidence the middle one of the agency's clients shows a message, for every tag.

    Returns:
        ``LEAST_BASE`` to ``MOST_BASE``; the least for an agency with too few clients to tell.
    """
    busy = [trail for trail in trails if len(_ages(trail.written, now)) >= _LEAST_MAILS]
    if len(busy) < _LEAST_CLIENTS:
        return dict.fromkeys(catalogue(), LEAST_BASE)
    strengths = [_strengths(trail, now) for trail in busy]
    volumes = [_volumes(trail.written, now) for trail in busy]
    rates = {
        tag: np.median(
            [strong.get(tag, 0.0) / max(1.0, volume[tag]) for strong, volume in zip(strengths, volumes, strict=True)]
        )
        for tag in catalogue()
    }
    return {tag: float(np.clip(rate, LEAST_BASE, MOST_BASE)) for tag, rate in rates.items()}


def signal_states(trail: Trail, now: datetime, base: BaseRates | None = None) -> tuple[SignalState, ...]:
    """Score every tag of a trail up to ``now``, strongest first.

    Args:
        base: As ``base_rates`` gives it, taken off for every message that shows nothing; without it nothing is.
    """
    decayed = _decayed(trail, now)
    if not decayed.size:
        return ()
    scores, earlier = (_scores(trail, moment, base or {}) for moment in (now, now - timedelta(days=TREND_DAYS)))
    quotes: dict[str, list[Quote]] = {tag: [] for tag in scores}
    days: dict[str, set[date]] = {tag: set() for tag in scores}
    for row in np.lexsort((-trail.shown[: decayed.size], -decayed)).tolist():
        quote = trail.quotes[row]
        quotes[quote.label].append(quote)
        days[quote.label].add(trail.days[row])
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
    people: Mapping[str, Sequence[Message]], trail: Trail, now: datetime, base: BaseRates
) -> tuple[PersonState, ...]:
    """Every person at a client with the urgency of their own messages alone, most urgent first.

    Args:
        people: Person -> their mail up to ``now``, by time.
        trail: The client's.
    """
    found = []
    for mails in people.values():
        own = trail.of(mails)
        signals = signal_states(own, now, base)
        risks = {state.tag: state.score for state in signals if not catalogue()[state.tag].protective}
        found.append(PersonState(mails[-1].sender, len(mails), urgency(signals), risks))
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


def _scores(trail: Trail, moment: datetime, base: BaseRates) -> dict[str, float]:
    """Tag -> score at a moment, from what was known then."""
    volumes = _volumes(trail.silent, moment)
    alone = _alone(trail, moment)
    return {
        tag: round(1 - exp(-max(alone.get(tag, 0.0), strength - base.get(tag, 0.0) * (volumes[tag] + UNSEEN))), 6)
        for tag, strength in _strengths(trail, moment).items()
    }


def _alone(trail: Trail, moment: datetime) -> dict[str, float]:
    """Tag -> the strength of its strongest quote that stands alone: one threat is one, however much else is written."""
    decayed = _decayed(trail, moment)
    found: dict[str, float] = {}
    for row in np.flatnonzero(trail.stands_alone[: decayed.size]).tolist():
        tag = trail.quotes[row].label
        found[tag] = max(found.get(tag, 0.0), -log1p(-TRUST * decayed[row]))
    return found


def _strengths(trail: Trail, moment: datetime) -> dict[str, float]:
    """Tag -> minus the logarithm of the chance that none of its evidence is to be believed."""
    found: dict[str, float] = {}
    for quote, value in zip(trail.quotes, (-np.log1p(-TRUST * _decayed(trail, moment))).tolist(), strict=False):
        found[quote.label] = found.get(quote.label, 0.0) + value
    return found


def _decayed(trail: Trail, moment: datetime) -> _Floats:
    """What is believed of each quote up to a moment, halved for every half-life of its tag that has passed."""
    ages = _ages(trail.shown, moment)
    decayed: _Floats = trail.believed[: ages.size] * np.exp2(-ages / trail.half_lives[: ages.size])
    is_settled = trail.worthless_from[: ages.size] <= moment.timestamp() / _DAY
    return np.where(is_settled, PAID_UP * decayed, decayed)


@cache
def _half_lives() -> Mapping[str, float]:
    return {tag: signal.half_life_days for tag, signal in catalogue().items()}


def _volumes(days: _Floats, moment: datetime) -> Mapping[str, float]:
    """Tag -> how many messages of today those of these days are worth at a moment, by the tag's half-life."""
    ages = _ages(days, moment)
    by_half_life = {life: float(np.sum(np.exp2(-ages / life))) for life in set(_half_lives().values())}
    return {tag: by_half_life[life] for tag, life in _half_lives().items()}


def _ages(days: _Floats, moment: datetime) -> _Floats:
    """How many days before a moment lie those that do."""
    ages: _Floats = moment.timestamp() / _DAY - days
    return ages[ages >= 0]


def _days(moments: Iterable[datetime]) -> _Floats:
    """Moments as days since 1970."""
    return np.array([moment.timestamp() / _DAY for moment in moments], dtype=np.float64)


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
