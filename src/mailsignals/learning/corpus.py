"""Labelled mail: JSON Lines read strictly, every fault of every file named at once.

The format is told in ``data/README.md``: one message a line with ``id``, ``lang``, ``text``, ``labels`` and ``spans``.
A client's message carries tags of the catalogue; one of our own (``"direction": "out"``) carries cues.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from mailsignals.errors import InputMissing, LabelsInvalid
from mailsignals.signals.catalogue import tags
from mailsignals.text.jsonline import parse_line
from mailsignals.types import LabelledMail, Span

CUES = ("our_reminder", "our_question", "our_promise", "our_apology", "quote_sent", "invoice_sent")
"""What our own mail can be labelled with."""

SPLITS = ("train", "dev", "test")

_REQUIRED = {"id": str, "lang": str, "text": str, "labels": list, "spans": list}
_SURROGATE = re.compile("[\ud800-\udfff]")
_SHOWN = 50
"""Faults that are spelt out; more of them say no more."""


def read_labels(paths: Iterable[Path]) -> list[LabelledMail]:
    """All mails of the files, in order. Blank lines are skipped.

    Raises:
        InputMissing: A file is not there or cannot be opened.
        LabelsInvalid: A line breaks the format. All faults are listed with file and line, never with the mail's words.
    """
    mails: list[LabelledMail] = []
    faults: list[str] = []
    first_seen: dict[str, str] = {}
    for where, line in _lines(paths):
        row, found = _row(line)
        found = found or _faults_of_row(row)
        if not found:
            before = first_seen.setdefault(row["id"], where)
            found = [] if before is where else [f"id {row['id']!r} is already at {before}"]
            mails.append(_mail(row))
        faults += [f"{where}: {fault}" for fault in found]
    if faults:
        raise _invalid(faults)
    return mails


def _lines(paths: Iterable[Path]) -> Iterator[tuple[str, bytes]]:
    """Every line that is not blank, with its ``file:line``."""
    for path in paths:
        try:
            lines = path.read_bytes().split(b"\n")
        except OSError as fault:
            raise InputMissing(
                f"{path} cannot be read.", why=f"the system says: {fault.strerror}.", remedy="check the path."
            ) from fault
        yield from ((f"{path}:{number}", line) for number, line in enumerate(lines, 1) if line.strip())


def _row(line: bytes) -> tuple[dict[str, Any], list[str]]:
    """The line's object, or the faults that keep it from being one."""
    try:
        row = parse_line(line)
    except ValueError as fault:
        return {}, [str(fault)]
    missing = [key for key in _REQUIRED if key not in row]
    wrong = [key for key, kind in _REQUIRED.items() if key in row and not isinstance(row[key], kind)]
    halves = [key for key in ("id", "text") if key in row and key not in wrong and _SURROGATE.search(row[key])]
    return row, [
        *([f"lacks {', '.join(missing)}"] if missing else []),
        *[f"{key} must be {'a list' if _REQUIRED[key] is list else 'a string'}" for key in wrong],
        *[f"{key} holds half of a surrogate pair, which is no character" for key in halves],
    ]


def _faults_of_row(row: Mapping[str, Any]) -> list[str]:
    known = CUES if row.get("direction") == "out" else tags()
    faults = [fault for i, span in enumerate(row["spans"]) for fault in _faults_of_span(i, span, row["text"], known)]
    faults += [f"labels: {_unknown(label, known)}" for label in row["labels"] if label not in known]
    faults += [
        f"{key} must be {' or '.join(values)}, not {row[key]!r}"
        for key, values in {"direction": ("in", "out"), "split": (*SPLITS, "")}.items()
        if row.get(key) is not None and row[key] not in values
    ]
    asked = row.get("asked")
    if asked is not None and not (
        isinstance(asked, list)
        and all(tag in known for tag in asked)
        and all(label in asked for label in row["labels"])
    ):
        faults.append("asked must list the tags that were looked for, and among them every label")
    faults += [] if _is_day(row.get("date")) else [f"date must be a day such as 2026-03-13, not {row['date']!r}"]
    if not faults:
        said, shown = set(row["labels"]), {span["label"] for span in row["spans"]}
        faults += [f"labels have {label}, but no span has it" for label in sorted(said - shown)]
        faults += [f"a span has {label}, but labels lack it" for label in sorted(shown - said)]
    return faults


def _faults_of_span(i: int, span: Any, text: str, known: Sequence[str]) -> list[str]:
    if not isinstance(span, dict) or not {"start", "end", "label"} <= span.keys():
        return [f"spans[{i}] must have start, end and label"]
    start, end = span["start"], span["end"]
    faults = [] if span["label"] in known else [f"spans[{i}]: {_unknown(span['label'], known)}"]
    if not _is_day(span.get("due")):
        faults.append(f"spans[{i}]: due must be a day such as 2026-03-13, not {span['due']!r}")
    if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(text):
        return [*faults, f"spans[{i}]: {start!r} to {end!r} is no range of a text of {len(text)} code points"]
    if text[start].isspace() or text[end - 1].isspace():
        return [*faults, f"spans[{i}]: {start} to {end} begins or ends with a blank"]
    return faults


def _is_day(value: Any) -> bool:
    """Whether it is an ISO 8601 date, or nothing."""
    try:
        return value is None or date.fromisoformat(value).isoformat() == value
    except (TypeError, ValueError):
        return False


def _unknown(label: Any, known: Sequence[str]) -> str:
    nearest = difflib.get_close_matches(str(label), known, n=1, cutoff=0.5)
    return f"{label!r} is not in the catalogue" + (f"; did you mean {nearest[0]!r}?" if nearest else "")


def _mail(row: Mapping[str, Any]) -> LabelledMail:
    optional = {
        key: str(row.get(key) or "") for key in ("split", "writer", "trade", "kind", "pair", "context", "source")
    }
    spans = sorted(
        (Span(span["start"], span["end"], span["label"], _day(span.get("due"))) for span in row["spans"]),
        key=lambda span: (span.start, span.end, span.label),
    )
    return LabelledMail(
        row["id"],
        row["lang"],
        row["text"],
        tuple(spans),
        **optional,
        outgoing=row.get("direction") == "out",
        date=_day(row.get("date")),
        asked=None if row.get("asked") is None else frozenset(row["asked"]),
    )


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _invalid(faults: Sequence[str]) -> LabelsInvalid:
    count = f"{len(faults)} faults" if len(faults) > 1 else "1 fault"
    shown = [*faults[:_SHOWN], *([f"and {len(faults) - _SHOWN} more"] if len(faults) > _SHOWN else [])]
    return LabelsInvalid(
        f"The labelled mail has {count}:\n       " + "\n       ".join(shown),
        why="a label in the wrong place teaches the wrong thing, so nothing was read.",
        remedy="mend these lines; data/README.md tells the format.",
    )
