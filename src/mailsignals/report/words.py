"""Values to words: counts, shares, hours and days in plain English, and foreign words made safe to show."""

from __future__ import annotations

import datetime as dt
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from mailsignals.text.counts import plural

LANGUAGE_NAMES = {"en": "English", "ru": "Russian", "hr": "Croatian", "da": "Danish", "tl": "Tagalog"}

COLUMNS = 78
"""RFC 5322 2.1.1 asks for lines of at most 78 characters."""

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_UNSHOWABLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # control characters: a terminal obeys them
    "\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069"  # bidi marks, overrides, isolates: CVE-2021-42574
    "\u200b\ufeff\ufff9-\ufffb"  # invisible, and good only for hiding
    "\ud800-\udfff]"  # lone surrogates cannot be encoded
)

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")

_SHELL_SAFE = re.compile(r"[\w .,:;@+'()/&-]+")


@dataclass(frozen=True, slots=True)
class LocalTime:
    """Tells days and hours as the reader's wall calendar and clock have them; the present year goes without saying.

    The names do not come from ``strftime``, whose ``%a`` and ``%b`` follow the machine's locale.
    """

    zone: tzinfo
    now: datetime

    def date(self, moment: datetime) -> str:
        """Such as ``Wednesday 25 Nov 2026``."""
        local = moment.astimezone(self.zone)
        return f"{_DAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]} {local.year}"

    def day(self, moment: datetime) -> str:
        """Such as ``25 Nov``, or ``25 Nov 2025`` in another year."""
        local = moment.astimezone(self.zone)
        year = "" if local.year == self.now.astimezone(self.zone).year else f" {local.year}"
        return f"{local.day} {_MONTHS[local.month - 1]}{year}"

    def moment(self, moment: datetime) -> str:
        """Such as ``Wed 25 Nov, 22:14``."""
        local = moment.astimezone(self.zone)
        return f"{_DAYS[local.weekday()][:3]} {self.day(moment)}, {local:%H:%M}"

    @property
    def today(self) -> dt.date:
        """The day of ``now`` on the reader's calendar."""
        return self.now.astimezone(self.zone).date()


def calendar_day(day: date, *, weekday: bool = False) -> str:
    """Such as ``25 Nov`` or ``Wed 25 Nov``.

    >>> calendar_day(date(2026, 11, 25), weekday=True)
    'Wed 25 Nov'
    """
    return f"{_DAYS[day.weekday()][:3] + ' ' if weekday else ''}{day.day} {_MONTHS[day.month - 1]}"


def clean(text: str) -> str:
    """One line of somebody else's words, without characters that steer a terminal or turn the reading direction.

    >>> clean("pay\\u202e me\\x1b[2J\\r\\nnow")
    'pay me[2J now'
    """
    return " ".join(_UNSHOWABLE.sub("", text).split())


def shorten(text: str, limit: int) -> str:
    """Clean words, cut at a word border and marked with an ellipsis where they are longer than ``limit``.

    >>> shorten("the header overlaps on mobile", 15)
    'the header …'
    """
    words = clean(text)
    if len(words) <= limit:
        return words
    start = words[: limit - 1]
    head, space, _ = start.rpartition(" ")
    return f"{head} …" if space and len(head) > limit // 2 else f"{start}…"


def sentences(text: str, most: int) -> str:
    """The first sentences of a text.

    >>> sentences("Answer by day. Keep to it! And smile.", 2)
    'Answer by day. Keep to it!'
    """
    return " ".join(_SENTENCE_END.split(clean(text))[:most])


def part(share: float, of: str) -> str:
    """A share of things, for the beginning of a sentence.

    >>> part(1.0, "their mails"), part(0.684, "their mails"), part(0.0, "their mails")
    ('All of their mails', '68 % of their mails', 'None of their mails')
    """
    percent = round(share * 100)
    return f"{ {0: 'None', 100: 'All'}.get(percent, f'{percent} %') } of {of}"


def listing(names: Sequence[str], limit: int) -> str:
    """Names with commas; beyond ``limit`` they are only counted.

    >>> listing(["Ana", "Bo", "Cy", "Di"], 2)
    'Ana, Bo and 2 more'
    """
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(names[:limit]) + more


def working_hours(count: float) -> str:
    """A stretch of working time. It is never told in days, since ours may have any length.

    >>> working_hours(0.5), working_hours(19)
    ('30 working minutes', '19 working hours')
    """
    minutes = round(count * 60)
    if minutes < 60:
        return plural(minutes, "working minute")
    return plural(round(count), "working hour")


def shell_word(name: str) -> str:
    """A name as one argument of a command that somebody will paste into a shell.

    Double quotes work in every shell, but keep ``$`` and backticks alive, so other names stand in single ones.

    >>> print(shell_word("Hotel Galeb"), shell_word("$(reboot)"))
    "Hotel Galeb" '$(reboot)'
    """
    plain = clean(name)
    if _SHELL_SAFE.fullmatch(plain):
        return f'"{plain}"'
    return "'" + plain.replace("'", "'\\''") + "'"


def wrap(text: str, indent: str = "", first: str | None = None) -> str:
    """Fill lines of at most 78 columns, every one indented; a word that is too long is broken.

    Args:
        first: Indent of the first line, where it differs.
    """
    return textwrap.fill(
        text,
        COLUMNS,
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_on_hyphens=False,
    )


def column(text: str, width: int) -> str:
    """A cell of a plain table: cut or padded to ``width``."""
    return shorten(text, width).ljust(width)
