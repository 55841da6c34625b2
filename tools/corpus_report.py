"""Count the labelled corpus: messages, writers and tags by language and split.

python tools/corpus_report.py data/corpus/*.jsonl
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from mailsignals.learning.corpus import read_labels
from mailsignals.signals.catalogue import tags
from mailsignals.signals.segment import sentences
from mailsignals.types import LANGUAGES, LabelledMail


def report(paths: list[Path]) -> str:
    """Two Markdown tables."""
    mails = read_labels(paths)
    languages = [lang for lang in LANGUAGES if any(mail.lang == lang for mail in mails)]
    groups = [*([mail for mail in mails if mail.lang == lang] for lang in languages), mails]
    head = [" | ".join(["", *languages, "all"]), "|".join(["---"] * (len(languages) + 2))]
    counts = [_row(name, [count(group) for group in groups]) for name, count in _COUNTS.items()]
    seen = [_row(f"`{tag}`", [sum(tag in mail.labels for mail in group) for group in groups]) for tag in tags()]
    return "\n".join(f"| {line.strip()} |" if line[0] != "-" else f"|{line}|" for line in [*head, *counts, *seen])


_COUNTS: dict[str, Callable[[list[LabelledMail]], int]] = {
    "messages": len,
    "sentences": lambda mails: sum(len(sentences(mail.text)) for mail in mails),
    "words": lambda mails: sum(len(mail.text.split()) for mail in mails),
    "writers": lambda mails: len({mail.writer for mail in mails}),
    "train": lambda mails: sum(mail.split == "train" for mail in mails),
    "dev": lambda mails: sum(mail.split == "dev" for mail in mails),
    "test": lambda mails: sum(mail.split == "test" for mail in mails),
    "without any tag": lambda mails: sum(not mail.labels for mail in mails),
}


def _row(name: str, counts: list[int]) -> str:
    return " | ".join([name, *map(str, counts)])


if __name__ == "__main__":
    print(report([Path(argument) for argument in sys.argv[1:]]))
