"""A figure: what was measured, on what it stands, and how to say it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from importlib import resources
from statistics import median

from mailsignals.types import BehaviourState


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One behaviour signal of the catalogue.

    Args:
        does: What the client does, to follow their name.
        low: Figure at which the score is 0.
        high: Figure at which it is 1.
        minimum: What a figure needs, for the reader.
        reply: Language -> draft of a mail to the client; empty where a mail does not help.
        familiar: The same for people one is on familiar terms with.
    """

    signal: str
    title: str
    does: str
    unit: str
    low: float
    high: float
    minimum: str
    advice: str
    reply: Mapping[str, str] = field(default_factory=dict)
    familiar: Mapping[str, str] = field(default_factory=dict)


@cache
def behaviours() -> Mapping[str, Behaviour]:
    """The behaviour signals by name, in the order of the file."""
    text = resources.files("mailsignals.behaviour").joinpath("catalogue.toml").read_text("utf-8")
    return {name: Behaviour(name, **entry) for name, entry in tomllib.loads(text).items()}


@dataclass(frozen=True, slots=True)
class Figure:
    """One client's figure for one behaviour signal.

    Args:
        value: In the signal's unit.
        words: The figure in a sentence.
        basis: Message-IDs or invoice numbers behind it, oldest first.
        usual: The same figure before the recent time, or None.
        extra: Added to the score for what the figure alone does not show, in [0, 1].
        low: Where the score begins, in the place of the catalogue's; the range keeps its width.
    """

    value: float
    words: str
    basis: tuple[str, ...] = ()
    usual: float | None = None
    extra: float = 0.0
    low: float | None = None


def state_of(name: str, figure: Figure | None, others: Sequence[float]) -> BehaviourState:
    """Score a figure against the catalogue, the client's own past and the other clients.

    The catalogue's range gives the score; half of it stands on being more than is usual for this client or for the
    others, where either is known.

    Args:
        others: The same figure of the other clients.
    """
    known = behaviours()[name]
    if figure is None:
        return BehaviourState(name, None, known.unit, 0.0, f"Not enough to say: it takes {known.minimum}.")
    middle = median(others) if len(others) >= 3 else None
    beyond = [_beyond(figure.value, usual) for usual in (figure.usual, middle) if usual is not None]
    share = 0.5 + 0.5 * (sum(beyond) / len(beyond) if beyond else 0.5)
    score = _clamped(_in_range(known, figure) * share + figure.extra)
    return BehaviourState(
        name, round(figure.value, 3), known.unit, round(score, 4), figure.words, figure.usual, middle, figure.basis
    )


def most_score(name: str, figure: Figure) -> float:
    """What a figure scores where it is twice of what is usual, or more."""
    return _clamped(_in_range(behaviours()[name], figure) + figure.extra)


def _in_range(known: Behaviour, figure: Figure) -> float:
    """0 at the catalogue's low or less, 1 at its high or more."""
    low = known.low if figure.low is None else figure.low
    return _clamped((figure.value - low) / (known.high - known.low))


def _beyond(value: float, usual: float) -> float:
    """0 for the usual or less, 1 for twice as much."""
    return _clamped(value / usual - 1) if usual > 0 else float(value > 0)


def _clamped(value: float) -> float:
    return min(1.0, max(0.0, value))


def days_of(span: timedelta) -> float:
    """A duration in days."""
    return span.total_seconds() / 86400


def middle_of(values: Sequence[float], least: int) -> float | None:
    """The median of at least so many values, or None."""
    return median(values) if len(values) >= least else None
