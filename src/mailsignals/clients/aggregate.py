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
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, cached_property
from itertools import accumulate
from math import prod
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
class Volume:
    """How much mail there is at any moment, in messages of that moment: what is older counts less.

    Args:
        days: When each message was sent, in days since 1970, ascending.
    """

    days: _Floats

    def count(self, moment: datetime) -> int:
        """How many messages there are up to a moment."""
        return int(self.days.searchsorted(_day(moment), side="right"))

    def at(self, moment: datetime) -> _Floats:
        """How much the messages up to a moment are worth for each tag, by its half-life."""
        lives, of_tag = _half_lives()
        count = self.count(moment)
        if not count:
            return np.zeros(len(of_tag))
        worth = self._running[count - 1] * np.exp2((self.days[count - 1] - _day(moment)) / lives)
        return np.take(worth, of_tag)

    @cached_property
    def _running(self) -> _Floats:
        """What the messages up to each one are worth when that one is sent, a column a half-life."""
        lives, _ = _half_lives()
        left = np.exp2(-np.diff(self.days)[:, None] / lives)
        return np.array([list(accumulate(column, _one_more, initial=1.0)) for column in left.T.tolist()]).T


def _one_more(worth: float, left: float) -> float:
    """What the messages are worth with one more, of which time has left a share."""
    return worth * left + 1


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
    def written(self) -> Volume:
        """How much has been written."""
        return Volume(_days(self.messages))

    @cached_property
    def silent(self) -> Volume:
        """How much of it shows nothing."""
        shown = {quote.message_id for quote in self.quotes}
        return Volume(self.written.days[[message.message_id not in shown for message in self.messages]])

    @cached_property
    def shown(self) -> _Floats:
        """When each quote was sent, in days since 1970."""
        return _days(self.quotes)

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
    def stands_alone(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Whether each quote is strong enough to stand alone."""
        return np.array([quote.score >= catalogue()[quote.label].alone_at for quote in self.quotes], dtype=np.bool_)

    @cached_property
    def tags(self) -> np.ndarray[Any, np.dtype[np.intp]]:
        """The place of each quote's tag in the catalogue."""
        return np.array([_places()[quote.label] for quote in self.quotes], dtype=np.intp)

    @cached_property
    def half_lives(self) -> _Floats:
        """The half-life of each quote's tag, in days."""
        lives, of_tag = _half_lives()
        return np.take(lives, np.take(of_tag, self.tags))


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

LEAST_BASE = 0.03
MOST_BASE = 0.04
"""Bounds of a base rate: a model is never free of error, and an agency of difficult clients must not hide them.

Simulated with as many errors as the dev writers' mail does not rule out (the upper end of a 95 % interval), a least of
0.03 raises half of the false alarms that 0.02 does; conflict and souring are seen as soon, twenty small wishes some
days later.
"""

_LEAST_MAILS = 5
_LEAST_CLIENTS = 4


def base_rates(trails: Iterable[Trail], now: datetime) -> BaseRates:
    """What evidence the middle one of the agency's clients shows a message, for every tag.

    Returns:
        ``LEAST_BASE`` to ``MOST_BASE``; the least for an agency with too few clients to tell.
    """
    busy = [trail for trail in trails if trail.written.count(now) >= _LEAST_MAILS]
    if len(busy) < _LEAST_CLIENTS:
        return dict.fromkeys(catalogue(), LEAST_BASE)
    rates = [_strengths(trail, _decayed(trail, now)) / np.maximum(1.0, trail.written.at(now)) for trail in busy]
    middle = np.clip(np.median(rates, axis=0), LEAST_BASE, MOST_BASE)
    return dict(zip(catalogue(), middle.tolist(), strict=True))


def signal_states(trail: Trail, now: datetime, base: BaseRates | None = None) -> tuple[SignalState, ...]:
    """Score every tag of a trail up to ``now``, strongest first.

    Args:
        base: As ``base_rates`` gives it, taken off for every message that shows nothing; without it nothing is.
    """
    decayed = _decayed(trail, now)
    if not decayed.size:
        return ()
    before = now - timedelta(days=TREND_DAYS)
    scores, earlier = _scores(trail, now, decayed, base), _scores(trail, before, _decayed(trail, before), base)
    quotes: dict[str, list[Quote]] = {}
    days: dict[str, set[date]] = {}
    for row in np.lexsort((-trail.shown[: decayed.size], -decayed)).tolist():
        quote = trail.quotes[row]
        quotes.setdefault(quote.label, []).append(quote)
        days.setdefault(quote.label, set()).add(trail.days[row])
    states = [
        SignalState(
            tag=tag,
            score=scores[tag],
            messages=len(found),
            days=len(days[tag]),
            trend=round(scores[tag] - earlier[tag], 6),
            quotes=tuple(found),
        )
        for tag, found in quotes.items()
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
    found = [_person_state(mails, trail.of(mails), now, base) for mails in people.values()]
    return tuple(sorted(found, key=lambda state: (-state.score, -state.received, state.person.email)))


def _person_state(mails: Sequence[Message], trail: Trail, now: datetime, base: BaseRates) -> PersonState:
    decayed = _decayed(trail, now)
    messages = Counter(quote.label for quote in trail.quotes[: decayed.size])
    scores = _scores(trail, now, decayed, base) if messages else {}
    tags = sorted(messages, key=lambda tag: (-scores[tag], tag))
    risks = {tag: scores[tag] for tag in tags if not catalogue()[tag].protective}
    score = _urgency([(tag, scores[tag], messages[tag]) for tag in tags])
    return PersonState(mails[-1].sender, len(mails), score, risks)


def urgency(signals: Sequence[SignalState]) -> float:
    """How much a client asks for attention, in [0, 1]: risk signals by their weight, lowered by protective ones.

    A client who did nothing twice is not made urgent by one odd sentence here and another there.
    """
    return _urgency([(state.tag, state.score, state.messages) for state in signals])


def _urgency(signals: Sequence[tuple[str, float, int]]) -> float:
    """The same from tag, score and number of messages of each signal, strongest first."""
    known = catalogue()
    risk = 1 - prod(
        1 - known[tag].weight * score * (1 if messages > 1 else LONE)
        for tag, score, messages in signals
        if not known[tag].protective
    )
    calm = max((score for tag, score, _ in signals if known[tag].protective), default=0.0)
    return round(risk * (1 - PROTECTION * calm), 6)


def _scores(trail: Trail, moment: datetime, decayed: _Floats, base: BaseRates | None) -> Mapping[str, float]:
    """Tag -> score at a moment, from what is believed of each quote then."""
    rates = np.array([base.get(tag, 0.0) for tag in catalogue()]) if base else 0.0
    usual = rates * (trail.silent.at(moment) + UNSEEN)
    strengths = np.maximum(_strengths(trail, decayed) - usual, _alone(trail, decayed))
    return dict(zip(catalogue(), (1 - np.exp(-strengths)).round(6).tolist(), strict=True))


def _alone(trail: Trail, decayed: _Floats) -> _Floats:
    """The strength of each tag's strongest quote that stands alone: one threat is one, however much else is written."""
    alone = trail.stands_alone[: decayed.size]
    found = np.zeros(len(catalogue()))
    np.maximum.at(found, trail.tags[: decayed.size][alone], -np.log1p(-TRUST * decayed[alone]))
    return found


def _strengths(trail: Trail, decayed: _Floats) -> _Floats:
    """For each tag, minus the logarithm of the chance that none of its evidence is to be believed."""
    found = np.bincount(trail.tags[: decayed.size], -np.log1p(-TRUST * decayed), minlength=len(catalogue()))
    return found.astype(np.float64)


def _decayed(trail: Trail, moment: datetime) -> _Floats:
    """What is believed of each quote up to a moment, halved for every half-life of its tag that has passed."""
    day = _day(moment)
    count = int(trail.shown.searchsorted(day, side="right"))
    decayed: _Floats = trail.believed[:count] * np.exp2((trail.shown[:count] - day) / trail.half_lives[:count])
    decayed[trail.worthless_from[:count] <= day] *= PAID_UP
    return decayed


@cache
def _places() -> Mapping[str, int]:
    return {tag: place for place, tag in enumerate(catalogue())}


@cache
def _half_lives() -> tuple[_Floats, np.ndarray[Any, np.dtype[np.intp]]]:
    """The half-lives that there are, in days, and for each tag which of them it has."""
    lives, of_tag = np.unique([signal.half_life_days for signal in catalogue().values()], return_inverse=True)
    return lives.astype(np.float64), of_tag


def _day(moment: datetime) -> float:
    """A moment as days since 1970."""
    return moment.timestamp() / _DAY


def _days(sent: Sequence[Message] | Sequence[Quote]) -> _Floats:
    """When messages or quotes were sent, as days since 1970."""
    return np.array([one.sent_at.timestamp() for one in sent], dtype=np.float64) / _DAY


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
