"""What a change of the model changes: labels gained and lost on the dev writers' mail, with their sentences.

python tools/diff_signals.py build/old/models models          # `make diff-signals` does it against the last commit
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mailsignals.learning.corpus import read_labels
from mailsignals.learning.evaluate import tag_mails
from mailsignals.signals.encoder import Encoder
from mailsignals.signals.modelfile import read_model
from mailsignals.signals.shipped import ENCODER
from mailsignals.signals.tagger import ModelTagger
from mailsignals.types import LANGUAGES, LabelledMail, Tagging

CORPUS = Path(__file__).parents[1] / "data/corpus"


@dataclass(frozen=True, order=True)
class Change:
    """One label of one message that only one of two models gives."""

    tag: str
    kind: str
    message: str
    sentence: str


def changes(mails: Sequence[LabelledMail], old: Sequence[Tagging], new: Sequence[Tagging]) -> Iterator[Change]:
    """Labels that differ, in no order; ``kind`` says whether the change is for the better."""
    for mail, before, after in zip(mails, old, new, strict=True):
        for tag in {*before.labels} ^ {*after.labels}:
            is_new, is_right = tag in after.labels, tag in mail.labels
            kind = ("found" if is_right else "false alarm") if is_new else ("missed" if is_right else "alarm gone")
            shown = next(one for one in (after if is_new else before).evidence if one.label == tag)
            yield Change(tag, kind, mail.id, " ".join(mail.text[shown.start : shown.end].split()))


def main() -> None:
    """Print the table and the sentences."""
    files = [CORPUS / f"{lang}.jsonl" for lang in LANGUAGES]
    mails = [mail for mail in read_labels(files) if mail.split == "dev"]
    old, new = (
        tag_mails(ModelTagger(read_model(folder / "default", Encoder.load(folder / ENCODER))), mails)
        for folder in map(Path, sys.argv[1:3])
    )
    found = sorted(changes(mails, old, new))
    kinds = ("found", "missed", "false alarm", "alarm gone")
    print(f"{len(mails)} messages of dev writers: " + ", ".join(f"{kind} {_count(found, kind)}" for kind in kinds))
    for change in found:
        print(f"{change.tag:26} {change.kind:12} {change.message:10} {change.sentence}")


def _count(found: Sequence[Change], kind: str) -> int:
    return sum(change.kind == kind for change in found)


if __name__ == "__main__":
    main()
