"""Awkward mails beside what must be read of them, and the sample mailbox beside its gold own words.

The mails are invented. After a wanted change run ``UPDATE_GOLDEN=1 pytest tests/golden/test_mails.py``, then read the
difference in git: the ``.json`` beside each mail is what a careful person reads in it.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from mailsignals.text.message import read_message
from mailsignals.types import Message, RawMessage

FOLDER = Path(__file__).parent / "mails"
MAILS = sorted(FOLDER.glob("*.eml"))
SAMPLE = Path(__file__).parents[2] / "data" / "sample"
GOLD = [json.loads(line) for line in (SAMPLE / "labels.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize("mail", MAILS, ids=lambda mail: mail.stem)
def test_a_mail_is_read_as_it_was_approved(mail: Path) -> None:
    shown = facts(read(mail))
    approved = mail.with_suffix(".json")
    if os.environ.get("UPDATE_GOLDEN"):
        approved.write_text(json.dumps(shown, ensure_ascii=False, indent=2) + "\n", "utf-8")
    assert shown == json.loads(approved.read_text("utf-8"))


def test_every_approved_reading_has_its_mail() -> None:
    assert [path.stem for path in MAILS] == sorted(path.stem for path in FOLDER.glob("*.json"))


@pytest.fixture(scope="module")
def sample() -> dict[str, Message]:
    """Every mail of the sample's inbox by Message-ID."""
    return {message.message_id: message for message in map(read, sorted((SAMPLE / "INBOX").glob("*.eml")))}


def test_the_gold_own_words_are_of_109_mails() -> None:
    assert len({line["id"] for line in GOLD}) == 109


def test_own_words_of_every_sample_mail_are_the_gold_words(sample: dict[str, Message]) -> None:
    differing = {
        line["id"]: (words(sample[line["id"]].own_text), words(line["text"]))
        for line in GOLD
        if words(sample[line["id"]].own_text) != words(line["text"])
    }
    assert differing == {}


def test_the_language_of_every_sample_mail_is_the_gold_language(sample: dict[str, Message]) -> None:
    assert {line["id"]: sample[line["id"]].lang for line in GOLD} == {line["id"]: line["lang"] for line in GOLD}


def test_mails_with_gold_words_are_written_by_people(sample: dict[str, Message]) -> None:
    assert {sample[line["id"]].origin for line in GOLD} == {"human"}


def test_the_other_mails_of_the_sample_are_what_its_readme_says(sample: dict[str, Message]) -> None:
    others = sorted(str(mail.origin) for key, mail in sample.items() if key not in {line["id"] for line in GOLD})
    assert others == ["auto_reply", "bounce", "bulk", "bulk", "calendar", "human", "human"]


def read(mail: Path) -> Message:
    return read_message(RawMessage(1, mail.read_bytes()))


def words(text: str) -> str:
    """The text with every stretch of white space as one blank."""
    return " ".join(text.split())


def facts(message: Message) -> dict[str, Any]:
    """What must be read of a mail, as JSON says it."""
    return {
        "message_id": message.message_id,
        "sender": asdict(message.sender),
        "recipients": [asdict(address) for address in message.recipients],
        "subject": message.subject,
        "date": message.sent_at.isoformat(),
        "in_reply_to": message.in_reply_to,
        "origin": str(message.origin),
        "lang": message.lang,
        "own_text": message.own_text.split("\n"),
        "attachments": [asdict(attachment) for attachment in message.attachments],
        "defects": [asdict(defect) for defect in message.defects],
    }
