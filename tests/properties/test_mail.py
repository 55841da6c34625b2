"""Whatever arrives becomes a Message: any bytes, broken copies of the sample mails, and mails made to hurt."""

from __future__ import annotations

import tracemalloc
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailsignals.text.decode import MAX_PARTS, MAX_TEXT, decode_mail, decode_words, parse_date, unflow
from mailsignals.text.html import html_to_text
from mailsignals.text.message import read_message
from mailsignals.text.passages import own_words, split_passages
from mailsignals.types import Message, RawMessage

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
MAILS = [path.read_bytes() for path in sorted(SAMPLE.glob("*/*.eml"))]
HEAD = b"From: iva@miramar.example\nDate: Mon, 02 Mar 2026 09:15:00 +0100\nMessage-ID: <1@miramar.example>\n"

ATTRIBUTION = "On Mon, 2 Mar 2026 at 10:15, Ana <ana@kestrel.example> wrote:"
LINES = st.sampled_from(
    [
        *["Fine by us.", "Thanks", "Best regards,", "Iva Horvat", "+385 1 555 0142", "", "", "  ", "-- ", "--"],
        *[
            "> Is it?",
            ">> It was.",
            ">",
            ATTRIBUTION,
            "Dana 2. 3. 2026. u 10:15 Ana je napisala:",
            "Sent from my iPhone",
        ],
        *["From: Ana <ana@kestrel.example>", "Sent: 2 March 2026 10:15", "To: Iva", "Subject: Logo", "_" * 32],
        *["-----Original Message-----", "---------- Forwarded message ---------", "a\u2028b", "\x85", "\x1c"],
        "This e-mail and its attachments are confidential and intended solely for you; delete it if in error.",
    ]
)
TEXTS = st.one_of(st.text(), st.lists(LINES, max_size=30).map("\n".join), st.lists(LINES, max_size=30).map("\r\n".join))
TAGS = ["<p>", "</p>", "<div class=gmail_quote>", "</div>", "<blockquote type=cite>", "<br>", "<style>", "<!--", "<"]


def read(raw: bytes) -> Message:
    return read_message(RawMessage(1, raw))


def check(message: Message) -> None:
    """What holds for every message."""
    assert message.message_id
    assert message.sent_at.utcoffset() is not None
    assert not any(field.count("\x00") for field in (message.subject, message.text, message.own_text))
    message.text.encode("utf-8")
    assert "".join(message.text[part.start : part.end] for part in message.passages) == message.text
    assert is_subsequence(message.own_text, message.text)


def is_subsequence(words: str, text: str) -> bool:
    """Whether the words, blanks aside, stand in the text in their order."""
    characters = iter(text)
    return all(letter in characters for letter in words if not letter.isspace())


# --- any bytes ---


@given(st.binary(max_size=2000))
def test_any_bytes_are_a_message(raw: bytes) -> None:
    check(read(raw))


@given(st.binary(max_size=400), st.sampled_from(["text/plain", "text/html", "multipart/mixed", "message/rfc822", "x"]))
def test_any_body_is_a_message(body: bytes, kind: str) -> None:
    check(read(HEAD + f"Content-Type: {kind}\n\n".encode() + body))


@given(
    st.sampled_from(
        ["From", "To", "Date", "Received", "Subject", "Message-ID", "References", "Content-Type", "Return-Path"]
    ),
    st.one_of(
        st.binary(max_size=200),
        st.lists(
            st.sampled_from(
                [
                    *[
                        b"=?utf-8?q?",
                        b"=?koi8-r?b?",
                        b"8tHE",
                        b"=?",
                        b"?=",
                        b'"',
                        b"<",
                        b">",
                        b"@",
                        b"(",
                        b")",
                        b",",
                        b";",
                    ],
                    *[
                        b"9999",
                        b"31 Dec",
                        b":",
                        b" +9999",
                        b"charset=",
                        b"\x00",
                        b"\xf8",
                        b"\n ",
                        b"a",
                        b"*0*=",
                        b"boundary=",
                    ],
                ]
            ),
            max_size=20,
        ).map(b"".join),
    ),
)
def test_any_header_is_read(name: str, value: bytes) -> None:
    check(read(name.encode() + b": " + value + b"\n\nFine by us."))


@given(st.text(st.characters(codec="ascii"), max_size=40))
def test_any_charset_is_read(charset: str) -> None:
    check(read(HEAD + f'Content-Type: text/plain; charset="{charset}"\n\n'.encode() + b"Ra\xe8un \\d 14"))


@given(st.text())
def test_helpers_take_any_text(text: str) -> None:
    decode_words(text)
    parse_date(text)
    unflow(text)


@given(st.lists(st.one_of(st.sampled_from(TAGS), st.text(max_size=8)), max_size=30).map("".join))
def test_any_html_is_text(html: str) -> None:
    assert isinstance(html_to_text(html), str)


# --- broken copies ---


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_broken_copies_of_real_looking_mails_are_messages(data: st.DataObject) -> None:
    raw = data.draw(st.sampled_from(MAILS))
    for _ in range(data.draw(st.integers(1, 4))):
        raw = mutated(raw, data)
    check(read(raw))


def mutated(raw: bytes, data: st.DataObject) -> bytes:
    """A copy with one byte flipped, a stretch cut, or a stretch doubled."""
    start = data.draw(st.integers(0, max(0, len(raw) - 1)))
    end = start + data.draw(st.integers(1, 200))
    how = data.draw(st.sampled_from(["flip", "cut", "double", "end"]))
    if how == "flip":
        return raw[:start] + bytes([data.draw(st.integers(0, 255))]) + raw[start + 1 :]
    if how == "end":
        return raw[:start]
    return raw[:start] + raw[end:] if how == "cut" else raw[:end] + raw[start:]


@pytest.mark.parametrize("cut", [0.1, 0.35, 0.6, 0.9])
def test_the_first_part_of_every_mail_is_a_message(cut: float) -> None:
    for raw in MAILS:
        check(read(raw[: int(len(raw) * cut)]))


# --- passages ---


@given(TEXTS, st.booleans())
def test_passages_join_to_the_whole_text(text: str, is_forward: bool) -> None:
    passages = split_passages(text, is_forward=is_forward)
    assert "".join(text[part.start : part.end] for part in passages) == text
    assert [part.start for part in passages] == [0, *(part.end for part in passages)][: len(passages)]
    assert all(part.start < part.end for part in passages)


@given(TEXTS)
def test_neighbouring_passages_are_of_different_kinds(text: str) -> None:
    kinds = [part.kind for part in split_passages(text)]
    assert all(one is not other for one, other in pairwise(kinds))


@given(TEXTS, st.booleans())
def test_own_words_are_a_subsequence_of_the_text(text: str, is_forward: bool) -> None:
    assert is_subsequence(own_words(text, split_passages(text, is_forward=is_forward)), text)


@given(TEXTS)
def test_no_line_of_own_words_begins_with_the_sign_of_a_quote(text: str) -> None:
    assert not any(line.startswith(">") for line in own_words(text, split_passages(text)).split("\n"))


@given(st.lists(st.text(st.characters(categories=["Ll", "Lu", "Zs"]), max_size=60), max_size=20).map("\n".join))
def test_plain_words_are_all_own(text: str) -> None:
    assert own_words(text, split_passages(text)) == text.strip()


@given(st.lists(LINES, max_size=30).map("\n".join))
def test_reading_a_mail_twice_gives_the_same(text: str) -> None:
    raw = HEAD + b"Content-Type: text/plain; charset=utf-8\n\n" + text.encode()
    assert read(raw) == read(raw)


# --- mails made to hurt ---


def nested(depth: int, boundary: str = "b{}") -> bytes:
    """Multiparts within multiparts around one line."""
    names = [boundary.format(number).encode() for number in range(depth)]
    opened = b"".join(b"Content-Type: multipart/mixed; boundary=%b\n\n--%b\n" % (name, name) for name in names)
    closed = b"".join(b"\n--%b--\n" % name for name in reversed(names))
    return HEAD + opened + b"Content-Type: text/plain\n\nFine by us.\n" + closed


HURTFUL = {
    "2,000 nested multiparts": nested(2000),
    "2,000 nested enclosed mails": HEAD + b"Content-Type: message/rfc822\n\n" * 2000 + b"Fine.",
    "100,000 headers": b"".join(b"X-%d: y\n" % number for number in range(100_000)) + HEAD + b"\nFine.",
    "100,000 recipients' headers": HEAD + b"To: ana@kestrel.example\n" * 100_000 + b"\nFine.",
    "a line of 10 MB": HEAD + b"\n" + b"a" * 10_000_000,
    "a line of 5 million words": HEAD + b"\n" + b"a " * 5_000_000,
    "10 MB of flowed lines": HEAD + b"Content-Type: text/plain; format=flowed\n\n" + b"Fine by us \n" * 900_000,
    "100,000 parts": HEAD + b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--x\n\nFine.\n" * 100_000,
    "NULs in the charset": HEAD + b'Content-Type: text/plain; charset="u\x00tf-8"\n\nFine.',
    "NULs in an encoded word": b"Subject: =?utf\x00-8?q?a?=\n" + HEAD + b"\nFine.",
    "a charset of Python's own": HEAD + b"Content-Type: text/plain; charset=unicode_escape\n\nFine \\d.",
    "an encoded word cut off": b"Subject: =?utf-8?b?a?=\n" + HEAD + b"\nFine.",
    "a sender of 1 MB": b"From: " + b"a" * 1_000_000 + b"\n\nFine.",
    "a sender of nested comments": b"From: " + b"(" * 50_000 + b"\n\nFine.",
    "a million semicolons in the type": HEAD + b"Content-Type: text/plain" + b";" * 1_000_000 + b"\n\nFine.",
    "parameters without end": HEAD + b"Content-Type: multipart/mixed" + b';a="b' * 200_000 + b"\n\nFine.",
    "50,000 lines that look like headers": HEAD + b"\n" + b"a: b\n" * 50_000,
    "80,000 paragraphs": HEAD + b"\n" + b"a\n\n" * 80_000,
    "40,000 closing formulas": HEAD + b"\n" + b"Thanks\n" * 40_000,
    "a million signs of a quote": HEAD + b"\n" + b">" * 1_000_000,
    "5,000 nested hidden blocks": HEAD
    + b"Content-Type: text/html\n\n"
    + b"<div style='display:none'>a<style>b</style>" * 5000
    + b"</div>" * 5000
    + b"<p>Fine.</p>",
    "200,000 nested blocks": HEAD + b"Content-Type: text/html\n\n" + b"<div>" * 200_000 + b"Fine.",
    "received at the end of time": HEAD + b"Received: x; Fri, 31 Dec 9999 23:00:00 +0000\n\nFine.",
}


@pytest.mark.parametrize("name", HURTFUL)
def test_a_mail_made_to_hurt_is_a_message(name: str) -> None:
    message = read(HURTFUL[name])
    check(message)
    assert len(message.text) <= MAX_TEXT


def test_what_is_nested_too_deep_is_told() -> None:
    message = read(nested(2000))
    assert message.sender.email == "iva@miramar.example"
    assert {"nested_too_deep", "no_text"} <= {defect.code for defect in message.defects}


def test_a_hundred_levels_are_read() -> None:
    assert read(nested(100)).own_text == "Fine by us."


def test_no_more_than_the_allowed_parts_are_read() -> None:
    mail = decode_mail(HURTFUL["100,000 parts"])
    assert mail.text.count("Fine.") < MAX_PARTS
    assert "too_many_parts" in {defect.code for defect in mail.defects}


def test_ten_megabytes_in_one_line_take_a_small_multiple_of_their_size() -> None:
    raw = HURTFUL["a line of 10 MB"]
    tracemalloc.start()
    try:
        read(raw)
        assert tracemalloc.get_traced_memory()[1] < 12 * len(raw)
    finally:
        tracemalloc.stop()
