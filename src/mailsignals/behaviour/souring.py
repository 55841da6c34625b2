"""When a client who was well disposed has turned: a sequential test (CUSUM) with a stated false-alarm rate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import log

from mailsignals.behaviour.figures import Figure
from mailsignals.behaviour.manner import cooling
from mailsignals.behaviour.people import is_difficult
from mailsignals.behaviour.talk import Talk
from mailsignals.types import Message

FALSE_ALARM_EVERY = 1500
"""Mean number of messages between two false alarms of a client whose manner does not change, at least.

Lorden (1971): a CUSUM of log likelihood ratios that stops at h has a mean time to a false alarm of at least exp(h).
"""

ALARM_LEVEL = log(FALSE_ALARM_EVERY)

_BASE = 0.08
"""Share of difficult mails of a well-disposed client, before anything is known of this one."""

_LEAST_BASE, _MOST_BASE = 0.07, 0.3
"""Bounds of that share: a model that reads errs so often even with the best of clients."""

_BASE_WEIGHT = 12
"""Messages that this prior is worth."""

_TURNED = 0.4
"""Share of difficult mails of a client that has turned."""

_FURTHER = 3
_INSULT = 4
"""How many times rarer than a difficult message one with a second signal, or with an insult, is by mere error."""

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
        before, statistic = statistic, max(0.0, statistic + weight)
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
        base = min(_MOST_BASE, max(_LEAST_BASE, learnt))
        turned = max(_TURNED, min(0.9, 2.5 * base))
        worse, better = log(turned / base), log((1 - turned) / (1 - base))
        tags = talk.tags(message)
        is_bad = is_difficult(tags)
        yield worse + _graver(tags) if is_bad else (_COOLER * colder * worse if colder else better)
        if seen < _GOOD_START * 4:
            difficult_so_far += is_bad
            seen += 1


def _graver(tags: frozenset[str]) -> float:
    """What a message adds for being worse than difficult: each further signal, and an insult, is a rarer accident."""
    further = sum(is_difficult(frozenset({tag})) for tag in tags) - 1
    return further * log(_FURTHER) + (log(_INSULT) if "aggression" in tags else 0.0)


def _difficult_before(talk: Talk, turn: Message) -> str:
    before = [message for message in talk.received if message.sent_at < turn.sent_at]
    return f"{sum(is_difficult(talk.tags(message)) for message in before)} of {len(before)}"
