"""When a client who was well disposed has turned: a sequential test (CUSUM) with a stated false-alarm rate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import log, prod

from mailsignals.behaviour.figures import Figure
from mailsignals.behaviour.manner import cooling
from mailsignals.behaviour.people import is_difficult
from mailsignals.behaviour.talk import Talk
from mailsignals.types import Message

FALSE_ALARM_EVERY = 20
"""Messages of a client whose manner does not change between two false alarms, on average, at the very least.

Lorden (1971): a CUSUM of log likelihood ratios that stops at h has a mean time to a false alarm of at least exp(h). The
bound is a loose one: on the simulated histories of ``benchmarks/alert_quality.py`` it was some 2,000 messages.
"""

ALARM_LEVEL = log(FALSE_ALARM_EVERY)

_MOST_LEVEL = 2.0
"""Where the statistic ends, as a multiple of the alarm level: a client who has come round must be able to show it."""

_BASE = 0.015
"""Share of difficult mails of a well-disposed client, before anything is known of this one."""

_MOST_BASE = 0.3
_BASE_WEIGHT = 12
"""Messages that this prior is worth."""

_TURNED = 0.3
"""Share of difficult mails of a client that has turned."""

_UNDETECTED = 0.22
"""How much rarer a mail without sure evidence is where the mail is difficult: what a model overlooks."""

_SHARPNESS = 1.2
"""Exponent of the odds of a sure sentence, which tell true from false evidence better than they claim."""

_SUREST = 0.995
"""No sentence counts as surer: odds without a bound would let a single one sound the alarm."""

_LEAST_MAILS = 8
_GOOD_START = 5
_COOLER = 0.5
"""What a turn to formal words adds to a message, as a share of a difficult one."""


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
    start = [is_difficult(talk.tags(message)) for message in talk.received[:_GOOD_START]]
    if sum(start) > 1:
        return None
    turn = turn_of(talk)
    if turn.since is None:
        return Figure(0.0, "No turn for the worse.")
    after = [message for message in talk.received if message.sent_at >= turn.since.sent_at]
    difficult = [message for message in after if is_difficult(talk.tags(message))]
    return Figure(
        value=turn.level,
        words=f"Since {talk.day_of(turn.since.sent_at):%d %b %Y} {len(difficult)} of their {len(after)} mails were "
        f"difficult; before, {_difficult_before(talk, turn.since)}.",
        basis=tuple(message.message_id for message in difficult),
        usual=0.0,
    )


def turn_of(talk: Talk) -> Turn:
    """Run the test over all of a client's mails, oldest first."""
    statistic, since = 0.0, None
    for message, weight in zip(talk.received, _weights(talk), strict=True):
        before, statistic = statistic, min(_MOST_LEVEL * ALARM_LEVEL, max(0.0, statistic + weight))
        if statistic == 0.0:
            since = None
        elif before == 0.0:
            since = message
    return Turn(statistic / ALARM_LEVEL, since)


def _weights(talk: Talk) -> Iterator[float]:
    """The log likelihood ratio of each message: turned against well disposed as this client has been so far."""
    difficult_so_far, seen = 0.0, 0
    for message, colder in zip(talk.received, cooling(talk.received), strict=True):
        learnt = (difficult_so_far + _BASE * _BASE_WEIGHT) / (seen + _BASE_WEIGHT)
        base = min(_MOST_BASE, max(_BASE, learnt))
        turned = max(_TURNED, min(0.9, 2.5 * base))
        ratio = _evidence_ratio(talk.strengths(message))
        expected = ratio * base + 1 - base
        weight = log((ratio * turned + 1 - turned) / expected)
        yield max(weight, _COOLER * colder * log(turned / base)) if colder else weight
        if seen < _GOOD_START * 4:
            difficult_so_far += ratio * base / expected
            seen += 1


def _evidence_ratio(strengths: Mapping[str, float]) -> float:
    """How many times likelier what a message shows is if it is difficult than if it is not.

    >>> [round(_evidence_ratio({"distrust": chance}), 1) for chance in (0.7, 0.97)]
    [3.8, 65.8]
    """
    risks = [chance for tag, chance in strengths.items() if is_difficult(frozenset({tag}))]
    if not risks:
        return _UNDETECTED
    ratio: float = prod(1 + (chance / (1 - chance)) ** _SHARPNESS for chance in (min(one, _SUREST) for one in risks))
    return ratio


def _difficult_before(talk: Talk, turn: Message) -> str:
    before = [message for message in talk.received if message.sent_at < turn.sent_at]
    return f"{sum(is_difficult(talk.tags(message)) for message in before)} of {len(before)}"
