"""What is known of each signal, read from ``catalogue.toml``: meaning, weight, patience, advice, examples."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence that counts for a tag, or one that looks like it and does not."""

    lang: str
    text: str
    counts: bool


@dataclass(frozen=True, slots=True)
class Signal:
    """One tag of the catalogue.

    Args:
        tag: Stable name, as in labelled files.
        family: ``tone``, ``money``, ``scope``, ``control`` or ``conduct``.
        title: For headings, such as ``Payment excuse``.
        does: What the client does, to follow their name: ``explains away a payment that is due``.
        protective: Lowers a client's urgency instead of raising it.
        weight: Share that the tag's score has in the client's urgency, in [0, 1].
        half_life_days: Days after which a piece of evidence counts half.
        alert_at: Score from which an alert is due, in [0, 1].
        alone_at: Probability from which one single message is enough for an alert; above 1 for never.
        advice: What practitioners do, two or three sentences for us.
        reply: Language -> polite draft of an answer, without greeting; ``[quote]`` stands for their own sentence.
        familiar: The same for people one is on familiar terms with, in languages that tell it from the polite form.
        source: Where the definition or advice comes from.
    """

    tag: str
    family: str
    title: str
    does: str
    meaning: str
    meaning_not: str
    protective: bool
    weight: float
    half_life_days: float
    alert_at: float
    alone_at: float
    advice: str
    reply: Mapping[str, str]
    familiar: Mapping[str, str]
    source: str
    examples: tuple[Example, ...]


@cache
def catalogue() -> Mapping[str, Signal]:
    """All signals by tag, in the order of the file.

    >>> catalogue()["payment_excuse"].family
    'money'
    """
    text = resources.files(__package__).joinpath("catalogue.toml").read_text("utf-8")
    return {tag: _signal(tag, entry) for tag, entry in tomllib.loads(text).items()}


@cache
def tags() -> tuple[str, ...]:
    """The tags in the order of the catalogue.

    >>> len(tags())
    19
    """
    return tuple(catalogue())


@cache
def families() -> tuple[str, ...]:
    """The families in the order of the catalogue.

    >>> families()
    ('tone', 'money', 'scope', 'control', 'conduct')
    """
    return tuple(dict.fromkeys(signal.family for signal in catalogue().values()))


def _signal(tag: str, entry: Mapping[str, Any]) -> Signal:
    return Signal(
        tag=tag,
        family=entry["family"],
        title=entry["title"],
        does=entry["does"],
        meaning=entry["is"],
        meaning_not=entry["is_not"],
        protective=entry.get("protective", False),
        weight=entry["weight"],
        half_life_days=entry["half_life_days"],
        alert_at=entry["alert_at"],
        alone_at=entry.get("alone_at", 1.1),
        advice=entry["advice"],
        reply=entry["reply"],
        familiar=entry["familiar"],
        source=entry["source"],
        examples=tuple(Example(**example) for example in entry["examples"]),
    )
