"""Rows as CSV that a spreadsheet can open without harm."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a cell for a formula (OWASP, CSV injection)."""


def to_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as RFC 4180 with a heading; lists as JSON. Empty without rows.

    >>> to_csv([{"client": "=SUM(A1)", "score": 0.5}])
    "client,score\\r\\n'=SUM(A1),0.5\\r\\n"
    """
    headings = list(dict.fromkeys(heading for row in rows for heading in row))
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    if headings:
        writer.writerow(headings)
    for row in rows:
        writer.writerow([_cell(row.get(heading)) for heading in headings])
    return out.getvalue()


def _cell(value: Any) -> Any:
    """A cell; text that would run as a formula gets an apostrophe before it."""
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
