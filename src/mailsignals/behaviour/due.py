"""The day that a promise names: weekdays, "tomorrow", "in ten days", "the end of the month", 14 March, 14.3."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from mailsignals.behaviour.phrases import Phrases, phrases_of

FAR = timedelta(days=270)
"""A day further away than nine months is no due date: a day that has passed, named without its year, or a fact."""

_ISO = re.compile(r"\b20\d\d-[01]\d-[0-3]\d\b")
_NUMERIC = re.compile(
    r"(?<![\d.,:/])(?!24/7)(?:[0-3]?\d[./][01]?\d(?:[./](?:20)?\d\d)?\.?)(?![\d/:])"
    r"(?! ?(?:eur|€|kr|%|kn|usd|dkk|php|h\b))",
    re.IGNORECASE,
)


def due_day(text: str, lang: str, written: date) -> date | None:
    """The first day on or after ``written`` that a sentence names; the plainest way of naming it wins.

    "Friday the 23rd of January" is the 23rd, even where another Friday comes first.

    Args:
        text: One sentence.
        lang: Its ISO 639-1 code; ``und`` tries all languages.
        written: Day of the message, in our calendar: what "Friday" is counted from.

    >>> due_day("You'll have it by Friday.", "en", date(2026, 3, 10))
    datetime.date(2026, 3, 13)
    >>> due_day("Платёж уйдёт до конца месяца.", "ru", date(2026, 3, 10))
    datetime.date(2026, 3, 31)
    """
    for read in (_literal_days, _ordinal_days, _weekdays, _relative_days):
        found = [
            (start, day)
            for phrases in phrases_of(lang)
            for start, day in read(text, phrases, written)
            if written <= day <= written + FAR
        ]
        if found:
            return min(found)[1]
    return None


_Days = Iterator[tuple[int, date]]
"""Every day that a text names, each with where its words begin."""


def _relative_days(text: str, phrases: Phrases, written: date) -> _Days:
    monday = written + timedelta(days=7 - written.weekday())
    month = _first_of_next_month(written)
    fixed = {
        "today": written,
        "tomorrow": written + timedelta(days=1),
        "after_tomorrow": written + timedelta(days=2),
        "this_week": _friday(written),
        "next_week": monday,
        "month_end": month - timedelta(days=1),
        "next_month": month,
    }
    for name, day in fixed.items():
        if match := re.search(rf"(?<!\w)(?:{phrases.patterns[name].pattern})(?!\w)", text, re.IGNORECASE):
            yield match.start(), day
    for name, unit in (("in_days", 1), ("in_weeks", 7)):
        for match in phrases.patterns[name].finditer(text):
            if count := _number(match["n"], phrases.numbers):
                yield match.start(), written + timedelta(days=count * unit)


def _weekdays(text: str, phrases: Phrases, written: date) -> _Days:
    """A weekday is the next one to come; with "next week" beside it, that of the week after."""
    for weekday, pattern in enumerate(phrases.weekdays):
        for match in pattern.finditer(text):
            ahead = (weekday - written.weekday() - 1) % 7 + 1
            around = text[max(0, match.start() - 14) : match.end() + 30]
            before = text[max(0, match.start() - 14) : match.start()]
            is_next = phrases.has("next_week", around) or re.search(
                rf"(?<!\w)(?:{phrases.patterns['next'].pattern})\W+$", before, re.IGNORECASE
            )
            if is_next and ahead < 7 - written.weekday():
                ahead += 7
            yield match.start(), written + timedelta(days=ahead)


def _literal_days(text: str, phrases: Phrases, written: date) -> _Days:
    for pattern in (_ISO, _NUMERIC, phrases.day_and_month):
        for match in pattern.finditer(text):
            if day := _literal(match[0].strip(" ."), phrases.lang, written):
                yield match.start(), day


def _ordinal_days(text: str, phrases: Phrases, written: date) -> _Days:
    for match in phrases.patterns["ordinal"].finditer(text):
        number = _number(match["d"], phrases.numbers)
        if number and (day := _next_day_of_month(number, written)):
            yield match.start(), day


@cache
def _literal(words: str, lang: str, written: date) -> date | None:
    """A written date as a day, by dateparser: day before month, the future where the year is left out."""
    import dateparser  # noqa: PLC0415  # a tenth of a second that most runs do not need

    settings: Any = {
        "DATE_ORDER": "YMD" if _ISO.fullmatch(words) else "DMY",
        "PREFER_DATES_FROM": "future",
        "RELATIVE_BASE": datetime.combine(written, datetime.min.time()),
        "REQUIRE_PARTS": ["day", "month"],
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = dateparser.parse(words.replace("/", "."), languages=[lang], settings=settings)
    return found.date() if found else None


def _number(word: str | None, numbers: Mapping[str, int]) -> int | None:
    """How many: a numeral or a word; "in weeks" without a number is one."""
    if word is None:
        return 1
    return int(word) if word.isdigit() and len(word) < 4 else numbers.get(word.lower())


def _friday(day: date) -> date:
    """The end of a day's working week, Sunday where Friday is over."""
    return day + timedelta(days=4 - day.weekday()) if day.weekday() <= 4 else day + timedelta(days=6 - day.weekday())


def _first_of_next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _next_day_of_month(number: int, written: date) -> date | None:
    """The next time that a month has that day."""
    for month in (written.replace(day=1), _first_of_next_month(written)):
        try:
            day = month.replace(day=number)
        except ValueError:
            continue
        if day >= written:
            return day
    return None
