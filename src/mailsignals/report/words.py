"""Numbers, dates and other people's words as they are shown to a reader."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, tzinfo

QUOTE_LENGTH = 320
"""Code points of a quote that are shown; a longer one is cut at a word."""

_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Control characters, and marks that turn the direction of what follows (Unicode TR 36)."""


def plural(number: int, noun: str) -> str:
    """A count with its noun.

    >>> plural(1, "message"), plural(2, "message")
    ('1 message', '2 messages')
    """
    return f"{number} {noun}{'' if number == 1 else 's'}"


def listed(names: Sequence[str], *, most: int = 6) -> str:
    """Names in a row; from the ``most``-th on only their number.

    >>> listed(["Ana", "Bo", "Cy"]), listed(["Ana", "Bo", "Cy"], most=2)
    ('Ana, Bo and Cy', 'Ana, Bo and 1 more')
    """
    shown = [*names[:most], *([f"{len(names) - most} more"] if len(names) > most else [])]
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)


def clean(text: str) -> str:
    """Somebody else's words in one line, without characters that could play tricks with the page or the terminal.

    >>> clean("pay \\u202e later\\n\\tmaybe")
    'pay later maybe'
    """
    return " ".join(_UNSAFE.sub(" ", text).split())


def shortened(text: str, length: int = QUOTE_LENGTH) -> str:
    """A text of at most ``length`` code points, cut between words where there is one.

    >>> shortened("one two three", 9)
    'one two …'
    """
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    return f"{cut.rpartition(' ')[0] or cut} …"


def moment(when: datetime, zone: tzinfo) -> str:
    """A moment in our own time.

    >>> from datetime import UTC
    >>> moment(datetime(2026, 2, 7, 23, 5, tzinfo=UTC), UTC)
    'Sat 7 Feb 2026, 23:05'
    """
    local = when.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M}"


def day(when: datetime, zone: tzinfo) -> str:
    """A day in our own time, such as ``7 Feb 2026``."""
    local = when.astimezone(zone)
    return f"{local.day} {local:%b %Y}"


def duration(hours: float) -> str:
    """A stretch of time in the unit that people would use.

    >>> duration(0.4), duration(5.2), duration(75)
    ('24 minutes', '5 hours', '3 days')
    """
    if hours < 1:
        return plural(round(hours * 60), "minute")
    return plural(round(hours), "hour") if hours < 48 else plural(round(hours / 24), "day")
