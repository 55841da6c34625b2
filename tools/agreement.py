"""How far two hands that labelled the same messages agree: F1 and Cohen's kappa, by language and by tag.

    python tools/agreement.py

The second hands (data/second_labels.jsonl) saw texts, the message answered, and the guide; nothing of the first hand's
labels. They marked whole sentences, so spans are compared by overlap: of the spans of tags that both gave, how many of
the first hand's meet one of the second's. Where the two were settled afterwards, ``settled_from`` keeps what the first
had marked, so that the agreement stays the one measured.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import corpus_report
from sklearn.metrics import cohen_kappa_score

from mailsignals.learning.corpus import CUES
from mailsignals.signals.catalogue import tags
from mailsignals.types import LANGUAGES, LabelledMail, Span

ROOT = Path(__file__).resolve().parents[1]
SECOND = ROOT / "data/second_labels.jsonl"

Pair = tuple[LabelledMail, Sequence[Span]]
"""A message as the first hand labelled it, and the second hand's spans."""


def pairs(mails: Sequence[LabelledMail]) -> list[Pair]:
    """The messages that both hands labelled."""
    second = {line["id"]: line for line in map(json.loads, SECOND.read_bytes().split(b"\n")[:-1])}
    return [(_as_first(mail, second[mail.id]), _spans(second[mail.id]["spans"])) for mail in mails if mail.id in second]


def _as_first(mail: LabelledMail, line: dict[str, Any]) -> LabelledMail:
    """The mail with what its first hand had marked before the two were settled."""
    return replace(mail, spans=_spans(line["settled_from"])) if "settled_from" in line else mail


def _spans(marked: Sequence[dict[str, Any]]) -> tuple[Span, ...]:
    return tuple(Span(span["start"], span["end"], span["label"]) for span in marked)


def table(both: Sequence[Pair]) -> str:
    """Markdown: a row for each language, one for all, one for each tag, and one for each cue of our own mail."""
    rows = ["| | messages | F1 | kappa | spans that meet |", "| --- | --- | --- | --- | --- |"]
    theirs, ours = ([pair for pair in both if pair[0].outgoing is side] for side in (False, True))
    groups = [(lang, [pair for pair in theirs if pair[0].lang == lang]) for lang in LANGUAGES]
    rows += [_row(name, group, tags()) for name, group in (*groups, ("all", theirs))]
    rows += [_row(f"`{tag}`", theirs, (tag,)) for tag in tags()]
    rows += [_row(f"`{cue}`", ours, (cue,)) for cue in CUES]
    return "\n".join(rows)


def _row(name: str, both: Sequence[Pair], some: Sequence[str]) -> str:
    first = [tag in mail.labels for mail, _ in both for tag in some]
    second = [any(span.label == tag for span in spans) for _, spans in both for tag in some]
    hits = sum(one and other for one, other in zip(first, second, strict=True))
    f1 = 2 * hits / (sum(first) + sum(second))
    met = [
        any(other.label == span.label and other.start < span.end and span.start < other.end for other in spans)
        for mail, spans in both
        for span in mail.spans
        if span.label in some and any(other.label == span.label for other in spans)
    ]
    count = len(both) if len(some) > 1 else sum(first)
    return f"| {name} | {count} | {f1:.3f} | {cohen_kappa_score(first, second):.3f} | {sum(met) / len(met):.3f} |"


if __name__ == "__main__":
    print(table(pairs(corpus_report.read_corpus())))
