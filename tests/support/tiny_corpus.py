"""A corpus that can be learnt in a second: three tags told by plain words, four writers, and mail without tags."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from mailsignals.types import LabelledMail, Span

SAYINGS = {
    "payment_excuse": (
        "The transfer is late because accounting is on holiday.",
        "Accounting forgot the transfer again, sorry.",
        "Our transfer waits until accounting is back.",
    ),
    "appreciation": (
        "The new shop looks wonderful, our visitors love it.",
        "Visitors say the shop is wonderful.",
        "We love how wonderful the shop became.",
    ),
    "micromanagement": (
        "Send me every draft before you change a single button.",
        "I must approve every button before you draft more.",
        "Show every draft of every button to me first.",
    ),
}
PLAIN = (
    "The meeting is on Monday.",
    "See the files attached.",
    "What time suits you?",
    "Greetings from Ana",
    "Hi Jo,",
    "Hello.",
    "Bye",
)
WRITERS = ("w1", "w2", "w3", "w4")


def labelled(number: int, *sentences: tuple[str, str], **facts: str) -> LabelledMail:
    """A mail of sentences, each with its tag or an empty string."""
    text, spans = "", []
    for words, tag in sentences:
        start = len(text) + bool(text)
        text = f"{text} {words}".strip()
        if tag:
            spans.append(Span(start, start + len(words), tag))
    return LabelledMail(f"m{number}", "en", text, tuple(spans), **facts)


def tiny_corpus(split: str = "") -> list[LabelledMail]:
    """48 mails: each writer says each tag's sayings once, and as many plain things."""
    mails = []
    for writer in WRITERS:
        for tag, sayings in SAYINGS.items():
            for i, saying in enumerate(sayings):
                plain = PLAIN[(i + len(mails)) % len(PLAIN)]
                told = labelled(len(mails), (plain, ""), (saying, tag), writer=writer, split=split)
                mails.append(told)
        for i in range(3):
            mails.append(labelled(len(mails), (PLAIN[i], ""), (PLAIN[i + 1], ""), writer=writer, split=split))
    return mails


def write_corpus(file: Path) -> Path:
    """The corpus as a labelled file."""
    rows = [asdict(mail) | {"labels": sorted(mail.labels)} for mail in tiny_corpus()]
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
    return file
