"""What promises, reminders and dates look like in the languages that are known, read from ``phrases.toml``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from mailsignals.types import LANGUAGES, read_as

_Pattern = re.Pattern[str]

_DAY_AND_MONTH = (
    r"(?<!\d)(?:ika-?)?[0-3]?\d(?:st|nd|rd|th|\.|-го)?(?: of| ng)? ?(?:{months})\b(?:,? 20\d\d)?"
    r"|\b(?:{months}) [0-3]?\d(?:st|nd|rd|th)?\b(?:,? 20\d\d)?"
)


@dataclass(frozen=True, slots=True)
class Phrases:
    """One language's patterns, compiled; any case.

    Args:
        patterns: Name in ``phrases.toml`` -> pattern.
        weekdays: Monday first.
        numbers: Word -> how many.
    """

    lang: str
    patterns: Mapping[str, _Pattern]
    weekdays: tuple[_Pattern, ...]
    day_and_month: _Pattern
    numbers: Mapping[str, int]

    def has(self, name: str, text: str) -> bool:
        """Whether a pattern is found in a text."""
        return self.patterns[name].search(text) is not None


def phrases_of(lang: str) -> tuple[Phrases, ...]:
    """The languages to try on a text: its own and English, which is mixed into all; all of them for an unknown one."""
    lang = read_as(lang)
    if lang == "en":
        return (_phrases("en"),)
    if lang in LANGUAGES:
        return (_phrases(lang), _phrases("en"))
    return tuple(_phrases(known) for known in LANGUAGES)


@cache
def _phrases(lang: str) -> Phrases:
    table = _tables()[lang]
    return Phrases(
        lang=lang,
        patterns={name: _compiled(value) for name, value in table.items() if isinstance(value, str)},
        weekdays=tuple(_compiled(rf"\b(?:{name})\b") for name in table["weekdays"]),
        day_and_month=_compiled(_DAY_AND_MONTH.format(months="|".join(table["months"]))),
        numbers=table["numbers"],
    )


@cache
def _tables() -> Mapping[str, Any]:
    return tomllib.loads(resources.files("mailsignals.behaviour").joinpath("phrases.toml").read_text("utf-8"))


def _compiled(pattern: str) -> _Pattern:
    return re.compile(pattern, re.IGNORECASE)
