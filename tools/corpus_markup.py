"""Labelled mail as people write it: marks in the text instead of offsets, and back.

python tools/corpus_markup.py compile BATCH.txt > batch.jsonl     # marked-up text to labelled JSON Lines
python tools/corpus_markup.py show data/corpus/da.jsonl [ID ...]  # and the other way, to read or to mend

A message is a line of facts, the message that it answers (if any) behind ">", and the text. Marks may nest, and two
tags may share one; a promise of ours may say when it falls due:

    === id=en-x01 lang=en writer=en-x trade=roofing kind=risk
    > The invoice of 3 March is still open.

    Hi Tom, [[payment_excuse: our bookkeeper is away until Monday.]] See you!
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

_OPEN = re.compile(r"\[\[([a-z_, ]+)(?:@(\d{4}-\d\d-\d\d))?:\s*")
_CLOSE = "]]"
_FACTS = ("id", "lang", "split", "writer", "trade", "kind", "pair", "date", "direction")


def compile_text(content: str) -> Iterator[dict[str, Any]]:
    """The rows of a marked-up text, in the format of ``data/README.md``.

    Raises:
        ValueError: A message cannot be read; it is named by its id.
    """
    before, *blocks = re.split(r"(?m)^=== ", content)
    if before.strip():
        raise ValueError(f"text before the first message: {before.strip()[:40]!r}")
    for block in blocks:
        head, _, body = block.partition("\n")
        facts = dict(fact.split("=", 1) for fact in head.split())
        try:
            yield _row(facts, body)
        except ValueError as fault:
            raise ValueError(f"{facts.get('id', head)}: {fault}") from fault


def _row(facts: Mapping[str, str], body: str) -> dict[str, Any]:
    if unknown := facts.keys() - {*_FACTS}:
        raise ValueError(f"unknown facts {sorted(unknown)}; known are {', '.join(_FACTS)}")
    lines = body.strip("\n").split("\n")
    quoted = 0
    while quoted < len(lines) and lines[quoted].startswith(">"):
        quoted += 1
    text, spans = unmark("\n".join(lines[quoted:]).strip())
    row: dict[str, Any] = {key: facts[key] for key in _FACTS[:2]}
    row |= {"text": text, "labels": sorted({span["label"] for span in spans}), "spans": spans}
    row |= {key: facts[key].replace("_", " ") if key == "trade" else facts[key] for key in _FACTS[2:] if key in facts}
    context = "\n".join(line[1:].strip() for line in lines[:quoted]).strip()
    return row | ({"context": context} if context else {})


def unmark(marked: str) -> tuple[str, list[dict[str, Any]]]:
    """The text without its marks, and the spans that they named, trimmed of blanks.

    >>> unmark("Hi, [[distrust: prove it.]]")
    ('Hi, prove it.', [{'start': 4, 'end': 13, 'label': 'distrust'}])
    """
    text, spans, at = "", [], 0
    opened: list[tuple[list[str], str | None, int]] = []
    while at < len(marked):
        if mark := _OPEN.match(marked, at):
            opened.append((mark[1].replace(" ", "").split(","), mark[2], len(text)))
            at = mark.end()
        elif opened and marked.startswith(_CLOSE, at):
            labels, due, start = opened.pop()
            spans += [_span(text, start, label, due) for label in labels]
            at += len(_CLOSE)
        else:
            text += marked[at]
            at += 1
    if opened or "[[" in text or _CLOSE in text:
        raise ValueError("a mark is opened and not closed, or closed and not opened")
    return text, sorted(spans, key=lambda span: (span["start"], span["end"], span["label"]))


def _span(text: str, start: int, label: str, due: str | None) -> dict[str, Any]:
    inside = text[start:]
    if not inside.strip():
        raise ValueError(f"a mark of {label} holds no words")
    start += len(inside) - len(inside.lstrip())
    return {"start": start, "end": len(text.rstrip()), "label": label} | ({"due": due} if due else {})


def show(row: Mapping[str, Any]) -> str:
    """The row as marked-up text; ``compile_text`` of it gives the row again.

    Spans that cross each other, which marks cannot tell, raise ValueError.
    """
    facts = " ".join(f"{key}={str(row[key]).replace(' ', '_')}" for key in _FACTS if row.get(key))
    context = "".join(f"> {line}".rstrip() + "\n" for line in row["context"].split("\n")) if row.get("context") else ""
    return f"=== {facts}\n{context}\n{mark(row['text'], row['spans'])}\n"


def mark(text: str, spans: list[dict[str, Any]]) -> str:
    """The text with a mark around every span.

    >>> mark("Hi, prove it.", [{"start": 4, "end": 13, "label": "distrust"}])
    'Hi, [[distrust: prove it.]]'
    """
    outer_first = sorted(spans, key=lambda span: (span["start"], -span["end"]))
    ends: list[int] = []
    pieces, at = [], 0
    for start, end, name in [*((s["start"], s["end"], _name(s)) for s in outer_first), (len(text), len(text), "")]:
        while ends and ends[-1] <= start:
            pieces += [text[at : ends[-1]], _CLOSE]
            at = ends.pop()
        if ends and name and end > ends[-1]:
            raise ValueError(f"the spans at {start} and before it cross")
        pieces.append(text[at:start])
        at = start
        if name:
            pieces.append(f"[[{name}: ")
            ends.append(end)
    return "".join(pieces)


def _name(span: Mapping[str, Any]) -> str:
    return str(span["label"]) + (f"@{span['due']}" if span.get("due") else "")


def main() -> None:
    """Compile or show, to standard output."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("command", choices=["compile", "show"])
    parser.add_argument("file", type=Path)
    parser.add_argument("ids", nargs="*", help="show only these messages")
    wanted = parser.parse_args()
    content = wanted.file.read_text("utf-8")
    if wanted.command == "compile":
        try:
            sys.stdout.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in compile_text(content))
        except ValueError as fault:
            sys.exit(f"{wanted.file}: {fault}")
    else:
        rows = (json.loads(line) for line in content.splitlines())
        print("\n".join(show(row) for row in rows if not wanted.ids or row["id"] in wanted.ids))


if __name__ == "__main__":
    main()
