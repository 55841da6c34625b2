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
_Table = Mapping[str, Any]

_DAY_AND_MONTH = (
    r"(?<!\d)(?:ika-?)?[0-3]?\d(?:st|nd|rd|th|\.|-го)?(?: of| ng)? ?(?:{months})\b(?:,? 20\d\d)?"
    r"|\b(?:{months}) [0-3]?\d(?:st|nd|rd|th)?\b(?:,? 20\d\d)?"
)

UNITS = ("hour", "day", "week", "month")

_SPANS = (
    (
        r"(?<!\w)(?:{within}) (?:(?:{number}) ?(?:[-–]|{range}) ?)?(?:(?P<n>{number})(?: na)? ?)?(?:{unit})(?!\w)"
        r"(?! ?(?:-|(?:{range}) )(?:{number}))"
    ),
    r"(?<!\w)(?:{number}) ?(?:[-–]|{range}) ?(?P<n>{number})(?: na)? ?(?:{unit})(?!\w)",
    r"(?<!\w)(?:(?:{number}) )?(?:{unit}) ?(?:-|(?:{range}) )(?P<n>{number})(?!\w)",
)
"""How a span of time is counted: "in 5 days" and "in 2-3 days", "2-3 days" by themselves, "a day or two"."""
_HENCE = r"(?<!\w)(?P<n>{number}) ?(?:{unit}) (?:{hence})(?!\w)"
_INVERTED = r"(?<!\w)(?:{unit}) (?:{inverted}) (?:(?:{number})-)?(?P<n>{number})(?!\w)"
_HOURS = r"(?<![\w:.,/])(?P<n>24|36|48|72) ?(?:{unit})(?!\w)"

PARTS = ("start", "middle", "close")
PERIODS = ("next_week", "next_month", "week", "month", "year")


@dataclass(frozen=True, slots=True)
class Phrases:
    """One language's patterns, compiled; any case.

    Args:
        patterns: Name in ``phrases.toml`` -> pattern.
        weekdays: Monday first.
        spans: Unit of ``UNITS`` -> how so many of them are written; the number in group ``n``, absent for one.
        part: The start, middle or close (``PARTS``) of a period (``PERIODS``) or of a month (``month_1`` to
            ``month_12``), each in a group of its name.
        numbers: Word -> how many.
        dated: The words without one of which no day is named: one cheap search before the many.
    """

    lang: str
    patterns: Mapping[str, _Pattern]
    weekdays: tuple[_Pattern, ...]
    day_and_month: _Pattern
    spans: Mapping[str, tuple[_Pattern, ...]]
    part: _Pattern
    numbers: Mapping[str, int]
    dated: _Pattern

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
        patterns=_patterns(table),
        weekdays=tuple(_compiled(rf"\b(?:{name})\b") for name in table["weekdays"]),
        day_and_month=_compiled(_DAY_AND_MONTH.format(months="|".join(table["months"]))),
        spans={unit: _spans(table, unit) for unit in UNITS},
        part=_part(table),
        numbers=table["numbers"],
        dated=_dated(table),
    )


_DAY_WORDS = (
    *("today", "tomorrow", "after_tomorrow", "this_week", "weekend", "next_week", "half_month", "this_month"),
    *("next_month", "this_year", "ordinal", "week", "month", "year", *(f"{unit}_unit" for unit in UNITS)),
)


def _dated(table: _Table) -> _Pattern:
    words = [*table["weekdays"], *table["months"], *(table[name] for name in _DAY_WORDS if name in table)]
    return _compiled(rf"\d|(?<!\w)(?:{'|'.join(words)})")


def _patterns(table: _Table) -> Mapping[str, _Pattern]:
    """Every entry that is a text; {verbs} in it stands for the entry of that name."""
    texts = {name: value for name, value in table.items() if isinstance(value, str)}
    for name, value in texts.items():
        texts[name] = re.sub(r"\{([a-z]\w+)\}", lambda match: f"(?:{texts[match[1]]})", value)
    return {name: _compiled(value) for name, value in texts.items()}


def _spans(table: _Table, unit: str) -> tuple[_Pattern, ...]:
    words = sorted(table["numbers"], key=len, reverse=True)
    number = r"\d{1,3}|" + "|".join(words)
    forms = [*_SPANS, *([_HOURS] if unit == "hour" else [])]
    forms += [_HENCE] if "hence" in table else []
    forms += [_INVERTED] if "inverted" in table else []
    given = {**table, "number": number, "unit": table[f"{unit}_unit"]}
    return tuple(_compiled(form.format(**given)) for form in forms)


def _part(table: _Table) -> _Pattern:
    parts = "|".join(f"(?P<{name}>{table[name]})" for name in PARTS)
    months = [f"(?P<month_{number}>{name})" for number, name in enumerate(table["months"], 1)]
    periods = "|".join([*(f"(?P<{name}>{table[name]})" for name in PERIODS), *months])
    return _compiled(rf"(?<!\w)(?:{parts})[ -]?(?:{periods})(?!\w)")


@cache
def _tables() -> Mapping[str, _Table]:
    return tomllib.loads(resources.files("mailsignals.behaviour").joinpath("phrases.toml").read_text("utf-8"))


def _compiled(pattern: str) -> _Pattern:
    return re.compile(pattern, re.IGNORECASE)
