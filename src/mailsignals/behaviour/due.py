"""The day that a promise names: weekdays, "tomorrow", "in ten days", "the end of the month", 14 March, 14.3."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from mailsignals.behaviour.phrases import PARTS, Phrases, phrases_of

FAR = timedelta(days=270)
"""A day further away than nine months is no due date: a day that has passed, named without its year, or a fact."""

_MONTHS = 12
_SHORT_YEAR = 2
_SHORT_NAME = 4
"""Letters of "thurs" less one: what is shorter is a short form, and may be another word."""

_ISO = re.compile(r"\b20\d\d-[01]\d-[0-3]\d\b")
_NUMERIC = re.compile(
    r"(?<![\d.,:/-])(?<!version )(?!24/7)(?P<first>[0-3]?\d)(?:(?P<mark>[./])|\. (?=\d{1,2}\.))(?P<second>[0-3]?\d)"
    r"(?:[./] ?(?P<year>20\d\d|\d\d(?![\d.])))?\.?(?![\d/:])"
    r"(?! ?(?:eur|€|kr|%|kn|usd|dkk|php|(?:h|of|hours|sat[ia]|timer)\b))",
    re.IGNORECASE,
)


def due_day(text: str, lang: str, written: date) -> date | None:
    """The first day on or after ``written`` that a sentence names; the plainest way of naming it wins.

    "Friday the 23rd of January" is the 23rd, even where another Friday comes first. Where a part comes now and the
    rest later, the last day counts.

    Args:
        text: One sentence.
        lang: Its ISO 639-1 code; ``und`` tries all languages.
        written: Day of the message, in our calendar: what "Friday" is counted from.

    >>> due_day("You'll have it by Friday.", "en", date(2026, 3, 10))
    datetime.date(2026, 3, 13)
    >>> due_day("Платёж уйдёт до конца месяца.", "ru", date(2026, 3, 10))
    datetime.date(2026, 3, 31)
    """
    languages = phrases_of(lang)
    if not any(phrases.dated.search(text) for phrases in languages):
        return None
    for phrases in languages:
        if (rest := phrases.patterns["rest"].search(text)) and rest.start():
            days = (_first_day(words, lang, written) for words in (text[: rest.start()], text[rest.start() :]))
            return max((day for day in days if day), default=None)
    return _first_day(text, lang, written)


def _first_day(text: str, lang: str, written: date) -> date | None:
    for read in (_literal_days, _ordinal_days, _parts, _weekdays, _relative_days):
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


def _literal_days(text: str, phrases: Phrases, written: date) -> _Days:
    for match in _ISO.finditer(text):
        if day := _day_of(match[0][:4], match[0][5:7], match[0][8:], written):
            yield match.start(), day
    for match in _NUMERIC.finditer(text):
        first, second = match["first"], match["second"]
        is_month_first = match["mark"] == "/" and int(second) > _MONTHS
        month, of_month = (first, second) if is_month_first else (second, first)
        if day := _day_of(match["year"], month, of_month, written):
            yield match.start(), day
    for match in phrases.day_and_month.finditer(text):
        if day := _literal(match[0].strip(" ."), phrases.lang, written):
            yield match.start(), day


def _day_of(year: str | None, month: str, day: str, written: date) -> date | None:
    """A day in figures; without its year, the next one to come."""
    try:
        if year:
            return date(int(year) if len(year) > _SHORT_YEAR else 2000 + int(year), int(month), int(day))
        found = date(written.year, int(month), int(day))
        return found if found >= written else found.replace(year=written.year + 1)
    except ValueError:
        return None


@cache
def _literal(words: str, lang: str, written: date) -> date | None:
    """A day and the name of its month, by dateparser: the future where the year is left out."""
    import dateparser  # noqa: PLC0415  # a tenth of a second that most runs do not need

    settings: Any = {
        "DATE_ORDER": "DMY",
        "PREFER_DATES_FROM": "future",
        "RELATIVE_BASE": datetime.combine(written, datetime.min.time()),
        "REQUIRE_PARTS": ["day", "month"],
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = dateparser.parse(words, languages=[lang], settings=settings)
    return found.date() if found else None


def _ordinal_days(text: str, phrases: Phrases, written: date) -> _Days:
    for match in phrases.patterns["ordinal"].finditer(text):
        number = _number(match["d"], phrases.numbers)
        if number and (day := _next_day_of_month(number, written)):
            yield match.start(), day


def _parts(text: str, phrases: Phrases, written: date) -> _Days:
    """The start, middle or close of a week, of a month or of the year."""
    for match in phrases.part.finditer(text):
        part = next(name for name in PARTS if match[name])
        period = next(name for name, words in match.groupdict().items() if words and name not in PARTS)
        if period in {"week", "next_week"}:
            yield match.start(), _part_of_week(part, written, is_next=period == "next_week")
        elif period == "year":
            yield match.start(), date(written.year + (part == "start"), *_PART_OF_YEAR[part])
        else:
            yield match.start(), _part_of_month(part, period, written)


_PART_OF_YEAR = {"start": (1, 1), "middle": (6, 30), "close": (12, 31)}


def _part_of_week(part: str, written: date, *, is_next: bool) -> date:
    monday = written - timedelta(days=written.weekday())
    if part == "close" and not is_next:
        return _friday(written)
    day = monday + timedelta(days={"start": 0, "middle": 2, "close": 4}[part])
    return day + timedelta(days=7) if is_next or day < written else day


def _part_of_month(part: str, period: str, written: date) -> date:
    first = written.replace(day=1)
    if period == "next_month":
        first = _first_of_next_month(written)
    while period.startswith("month_") and first.month != int(period.removeprefix("month_")):
        first = _first_of_next_month(first)
    days = {"start": first, "middle": first.replace(day=15), "close": _first_of_next_month(first) - timedelta(days=1)}
    if days[part] >= written:
        return days[part]
    return _part_of_month(part, period, _first_of_next_month(first))


def _weekdays(text: str, phrases: Phrases, written: date) -> _Days:
    """A weekday is the next one to come; with "next week" beside it, that of the week after."""
    for weekday, pattern in enumerate(phrases.weekdays):
        for match in pattern.finditer(text):
            before = text[max(0, match.start() - 14) : match.start()]
            if not _is_weekday(match[0], before, phrases):
                continue
            ahead = (weekday - written.weekday() - 1) % 7 + 1
            around = text[max(0, match.start() - 14) : match.end() + 30]
            is_next = phrases.has("next_week", around) or _ends_in("next", before, phrases)
            if is_next and ahead < 7 - written.weekday():
                ahead += 7
            yield match.start(), written + timedelta(days=ahead)


def _is_weekday(name: str, before: str, phrases: Phrases) -> bool:
    """Whether a name is meant and lies ahead: "last Friday" does not, and "sat" needs a capital or a preposition."""
    if _ends_in("past", before, phrases):
        return False
    return len(name) > _SHORT_NAME or not name.islower() or _ends_in("leads", before, phrases)


def _ends_in(name: str, before: str, phrases: Phrases) -> bool:
    return re.search(rf"(?<!\w)(?:{phrases.patterns[name].pattern})\W+$", before, re.IGNORECASE) is not None


def _relative_days(text: str, phrases: Phrases, written: date) -> _Days:
    month = _first_of_next_month(written)
    fixed = {
        "today": written,
        "tomorrow": written + timedelta(days=1),
        "after_tomorrow": written + timedelta(days=2),
        "this_week": _friday(written),
        "weekend": written + timedelta(days=6 - written.weekday()),
        "next_week": written + timedelta(days=7 - written.weekday()),
        "half_month": _part_of_month("middle", "month", written),
        "this_month": month - timedelta(days=1),
        "next_month": month,
        "this_year": date(written.year, 12, 31),
    }
    for name, day in fixed.items():
        if name in phrases.patterns and (match := _words(name, phrases, text)):
            yield match.start(), day
    if "week_number" in phrases.patterns:
        for match in phrases.patterns["week_number"].finditer(text):
            if monday := _monday_of_week(int(match["n"]), written):
                yield match.start(), monday
    for unit, patterns in phrases.spans.items():
        for match in (match for pattern in patterns for match in pattern.finditer(text)):
            if count := _number(match["n"], phrases.numbers):
                yield match.start(), _later(written, count, unit)


def _monday_of_week(number: int, written: date) -> date | None:
    """The Monday of the next ISO week of that number, as Danes name weeks ("i uge 48"); this week's is its Friday."""
    try:
        days = [date.fromisocalendar(year, number, 1) for year in (written.isocalendar().year, written.year + 1)]
    except ValueError:
        return None
    if written.isocalendar().week == number:
        return _friday(written)
    return next((day for day in days if day >= written), None)


def _words(name: str, phrases: Phrases, text: str) -> re.Match[str] | None:
    return re.search(rf"(?<!\w)(?:{phrases.patterns[name].pattern})(?!\w)", text, re.IGNORECASE)


def _later(written: date, count: int, unit: str) -> date:
    if unit == "month":
        first = written.replace(day=1)
        for _ in range(count):
            first = _first_of_next_month(first)
        return min(first + timedelta(days=written.day - 1), _first_of_next_month(first) - timedelta(days=1))
    return written + timedelta(days={"hour": round(count / 24), "day": count, "week": 7 * count}[unit])


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
