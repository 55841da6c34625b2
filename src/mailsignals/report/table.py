"""Rows as CSV that a spreadsheet can open without harm."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

_FORMULA = re.compile(r"[\t\r]|[\s\x00-\x1f\u200b\u2060\ufeff]*[=+\-@\t\r＝＋－＠﹢﹣﹦﹫−]")
"""What makes a spreadsheet take a cell for a formula (OWASP, CSV injection).

Programs drop blanks and line breaks at the start when they import, and those of East Asian locales read the full-width
forms as the plain ones.
"""


def to_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as RFC 4180 with a heading; lists as JSON. Empty without rows.

    Every cell stands in quotes: a program whose locale separates by semicolons would otherwise begin a new cell, and
    perhaps a formula, in the middle of a sentence.

    >>> to_csv([{"client": "=SUM(A1)", "score": 0.5}])
    '"client","score"\\r\\n"\\'=SUM(A1)","0.5"\\r\\n'
    """
    headings = list(dict.fromkeys(heading for row in rows for heading in row))
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    if headings:
        writer.writerow(headings)
    for row in rows:
        writer.writerow([_cell(row.get(heading)) for heading in headings])
    return out.getvalue()


def _cell(value: Any) -> Any:
    """A cell; text that would run as a formula gets an apostrophe before it."""
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and _FORMULA.match(value):
        return f"'{value}"
    return value
