"""When a client who was well disposed has turned: a sequential test (CUSUM) with a stated false-alarm rate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log, prod

from mailsignals.behaviour.figures import Figure
from mailsignals.behaviour.manner import cooling
from mailsignals.behaviour.talk import Talk
from mailsignals.types import Message

STRAIN = frozenset({"aggression", "antipathy", "distrust", "advice_rejection", "blame_shifting"})
"""The signals that tell how a client stands to us. Haggling, new wishes or control have alerts of their own, and a busy
month brings them without any ill will."""

FALSE_ALARM_EVERY = 50
"""Messages of a client whose manner does not change between two false alarms, on average, at the very least.

Lorden (1971): a CUSUM of log likelihood ratios that stops at h has a mean time to a false alarm of at least exp(h). The
bound is a loose one: in 450 simulated years of good clients (``benchmarks/alert_quality.py``) it rang once.
"""

ALARM_LEVEL = log(FALSE_ALARM_EVERY)

_MOST_LEVEL = 1.5
"""Where the statistic ends, as a multiple of the alarm level: a client who has come round must be able to show it."""

_BASE = 0.015
"""Share of strained mails of a well-disposed client, before anything is known of this one."""

_MOST_BASE = 0.3
_BASE_WEIGHT = 12
"""Messages that this prior is worth."""

_TURNED = 0.3
"""Share of strained mails of a client that has turned."""

_UNDETECTED = 0.22
"""How much rarer a mail without sure evidence is where the mail is strained: what a model overlooks."""

_SHARPNESS = 1.2
_FACTOR = 8
"""The likelihood ratio of a sentence, from the odds that the model gives it: they are raised to the first, since a sure
one is surer than it claims, and multiplied by the second, since they contain how frequent signals are in labelled mail.
"""

_MOST_WEIGHT = 0.8 * ALARM_LEVEL
"""What one mail can add: a bad day is no turn."""

_SUREST = 0.995
"""No sentence counts as surer: odds have a bound."""

_LEAST_MAILS = 8
_GOOD_START = 5
_COOLER = 0.35
"""What a turn to formal words adds to a message, as a share of a strained one."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Where the test stands.

    Args:
        level: The statistic, as a multiple of the alarm level; 1 and more is an alarm.
        since: The first message after which it has not been at zero again: the likely turn.
    """

    level: float
    since: Message | None


def souring(talk: Talk) -> Figure | None:
    """How far the test for a turn for the worse has gone, as a multiple of its alarm level."""
    if len(talk.received) < _LEAST_MAILS:
        return None
    strained = [not STRAIN.isdisjoint(talk.strengths(message)) for message in talk.received]
    if sum(strained[:_GOOD_START]) > 1:
        return None
    colder = cooling(talk.received)
    turn = turn_of(talk, colder)
    if turn.since is None:
        return Figure(0.0, "No turn for the worse.")
    begin = next(place for place, message in enumerate(talk.received) if message.sent_at >= turn.since.sent_at)
    since, stiff = talk.day_of(turn.since.sent_at), sum(how > 0 for how in colder[begin:])
    return Figure(
        value=turn.level,
        words=f"Since {since.day} {since:%b %Y}, {_words(strained[:begin], strained[begin:], stiff)}.",
        basis=tuple(
            message.message_id
            for message, how, is_strained in zip(talk.received[begin:], colder[begin:], strained[begin:], strict=True)
            if how > 0 or is_strained
        ),
        usual=0.0,
    )


def _words(before: Sequence[bool], since: Sequence[bool], stiff: int) -> str:
    """How many mails were strained since the turn and before it.

    >>> _words([False] * 7, [True, True, False], 1)
    '2 of their 3 mails were strained and 1 stiffer than usual; before, 0 of 7 were strained'
    >>> _words([], [True], 1)
    'their only mail was strained and stiffer than usual'
    """
    if len(since) == 1:
        said = f"their only mail was {' and '.join(['strained'] * since[0] + ['stiffer than usual'] * stiff)}"
    else:
        said = f"{sum(since)} of their {len(since)} mails {_were(since)} strained"
        said += f" and {stiff} stiffer than usual" if stiff else ""
    return f"{said}; before, {sum(before)} of {len(before)} {_were(before)} strained" if before else said


def _were(strained: Sequence[bool]) -> str:
    return "was" if sum(strained) == 1 else "were"


def turn_of(talk: Talk, colder: Sequence[float]) -> Turn:
    """Run the test over all of a client's mails, oldest first.

    Args:
        colder: What ``cooling`` gives for them.
    """
    statistic, since = 0.0, None
    for message, weight in zip(talk.received, _weights(talk, colder), strict=True):
        before, statistic = statistic, min(_MOST_LEVEL * ALARM_LEVEL, max(0.0, statistic + weight))
        if statistic == 0.0:
            since = None
        elif before == 0.0:
            since = message
    return Turn(statistic / ALARM_LEVEL, since)


def _weights(talk: Talk, colder: Sequence[float]) -> Iterator[float]:
    """The log likelihood ratio of each message: turned against well disposed as this client has been so far."""
    base, strained_so_far, seen = _BASE, 0.0, 0
    for message, how in zip(talk.received, colder, strict=True):
        ratio = _evidence_ratio(talk.strengths(message))
        yield _weight(ratio, base, how)
        if seen < _GOOD_START * 4:
            strained_so_far += ratio * base / (ratio * base + 1 - base)
            seen += 1
            learnt = (strained_so_far + _BASE * _BASE_WEIGHT) / (seen + _BASE_WEIGHT)
            base = min(_MOST_BASE, max(_BASE, learnt))


@lru_cache(maxsize=1 << 10)
def _weight(ratio: float, base: float, colder: float) -> float:
    """The log likelihood ratio of one message; most are alike, since most show nothing."""
    turned = max(_TURNED, min(0.9, 2.5 * base))
    told = log((ratio * turned + 1 - turned) / (ratio * base + 1 - base))
    return min(_MOST_WEIGHT, max(told, _COOLER * colder * log(turned / base)) if colder else told)


def _evidence_ratio(strengths: Mapping[str, float]) -> float:
    """How many times likelier what a message shows is if it is strained than if it is not.

    >>> [round(_evidence_ratio({"distrust": chance})) for chance in (0.7, 0.97)]
    [23, 519]
    """
    if STRAIN.isdisjoint(strengths):
        return _UNDETECTED
    chances = [min(chance, _SUREST) for tag, chance in strengths.items() if tag in STRAIN]
    ratio: float = prod(1 + _FACTOR * (chance / (1 - chance)) ** _SHARPNESS for chance in chances)
    return ratio
