"""Real mails of other projects, which are not part of this one: none may raise, and talon's replies are found."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from mailsignals.text.html import html_to_text
from mailsignals.text.message import read_message
from mailsignals.text.passages import own_words, split_passages
from mailsignals.types import Message, Origin, PassageKind, RawMessage

DATA = Path(__file__).parents[4] / "shared" / "data"
FIXTURES = DATA / "mail-fixtures"
TALON = FIXTURES / "talon" / "tests" / "fixtures"
FORGE = FIXTURES / "forge-signatures" / "dataset"
ENRON = DATA / "real-dev" / "enron-allen-p.tar.gz"

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not FIXTURES.is_dir(), reason=f"real mails are not part of the project: {FIXTURES} is missing"),
]


def read(raw: bytes) -> Message:
    message = read_message(RawMessage(1, raw))
    assert "".join(message.text[part.start : part.end] for part in message.passages) == message.text
    return message


def own(text: str) -> str:
    return own_words(text, split_passages(text))


@pytest.mark.parametrize("project", ["talon", "flanker", "mail-parser", "mikel_mail", "forge-signatures"])
def test_every_file_is_a_message(project: str) -> None:
    files = [path for path in (FIXTURES / project).rglob("*") if path.is_file()]
    assert len(files) > 20
    for path in files:
        read(path.read_bytes())


def test_every_mail_of_a_real_mailbox_has_sender_date_and_words() -> None:
    with tarfile.open(ENRON) as archive:
        messages = [read(file.read()) for entry in archive if (file := archive.extractfile(entry))]
    assert len(messages) > 2000
    assert all(message.sender.email and message.sent_at.year >= 1979 for message in messages)
    wordless = [message for message in messages if not message.own_text]
    assert all(message.text.strip() == "" or is_of_others(message) for message in wordless)
    assert len({message.message_id for message in messages}) == len(messages)


def is_of_others(message: Message) -> bool:
    return {part.kind for part in message.passages} <= {PassageKind.QUOTED, PassageKind.FORWARDED, PassageKind.OWN}


@pytest.mark.parametrize(
    "name",
    [
        "android",
        "aol",
        "apple_mail",
        "apple_mail_2",
        "comcast",
        "gmail",
        "hotmail",
        "iphone",
        "outlook",
        "sparrow",
        "thunderbird",
        "yahoo",
    ],
)
def test_the_answer_is_found_in_replies_of_many_mail_programs(name: str) -> None:
    assert read((TALON / "standard_replies" / f"{name}.eml").read_bytes()).own_text == "Hello"


@pytest.mark.parametrize(
    "name",
    [
        "gmail",
        "hotmail",
        "mail_ru",
        "ms_outlook_2003",
        "ms_outlook_2007",
        "ms_outlook_2010",
        "thunderbird",
        "windows_mail",
        "yandex_ru",
    ],
)
def test_the_answer_is_found_in_html_replies_of_many_mail_programs(name: str) -> None:
    raw = b"Content-Type: text/html; charset=utf-8\n\n" + (TALON / "html_replies" / f"{name}.html").read_bytes()
    assert read(raw).own_text.split("\n")[0] == "Hi. I am fine."
    assert "Hello" not in read(raw).own_text


def test_html_fixtures_lose_their_quotes() -> None:
    outlook = html_to_text((TALON / "OLK_SRC_BODY_SECTION.html").read_text("utf-8", "replace"))
    assert any(line.startswith(">") for line in outlook.split("\n"))
    assert own(outlook)


def test_bodies_without_a_signature_are_left_whole() -> None:
    bodies = [path.read_text("utf-8", "replace").strip() for path in sorted((FORGE / "N").iterdir())]
    whole = [not any(part.kind is PassageKind.SIGNATURE for part in split_passages(body)) for body in bodies]
    assert sum(whole) / len(whole) > 0.95


def test_reports_of_failed_delivery_are_bounces() -> None:
    folder = FIXTURES / "flanker" / "tests" / "fixtures" / "messages" / "bounce"
    origins = {path.stem: read(path.read_bytes()).origin for path in folder.glob("*.eml")}
    del origins["delayed-broken"]  # a blank first line: it has no headers to tell by
    assert len(origins) > 5
    assert set(origins.values()) == {Origin.BOUNCE}
