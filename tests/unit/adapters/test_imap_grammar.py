from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailsignals.adapters.imap_grammar import (
    FetchItem,
    decode_folder,
    encode_folder,
    parse_fetch,
    parse_list,
    quoted,
    uid_set,
)
from mailsignals.types import Folder

QUARTER_PAST = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "folder", "raw"),
    [
        (rb'(\HasNoChildren) "/" INBOX', Folder("INBOX"), b"INBOX"),
        (rb'(\HasNoChildren \Sent) "/" "Sent Items"', Folder("Sent Items", "\\Sent"), b"Sent Items"),
        (rb'(\sent) "." INBOX.Sent', Folder("INBOX.Sent", "\\Sent"), b"INBOX.Sent"),
        (rb'() NIL "he said \"no\" \\ twice"', Folder('he said "no" \\ twice'), rb'he said "no" \ twice'),
        (rb'() "\\" A\B', Folder("A\\B"), b"A\\B"),
        (b'()  "/"  "&BB8EPgRHBEIEMA-/Sub"', Folder("Почта/Sub"), b"&BB8EPgRHBEIEMA-/Sub"),
        ('() "/" "Kunder æøå"'.encode(), Folder("Kunder æøå"), "Kunder æøå".encode()),
        ((rb'(\Sent) "/" {5}', "Fürs".encode()), Folder("Fürs", "\\Sent"), "Fürs".encode()),
        (rb'(\SentNot) "/" A', Folder("A"), b"A"),
    ],
)
def test_a_line_of_list_gives_name_and_use_and_keeps_the_raw_name(line: object, folder: Folder, raw: bytes) -> None:
    assert list(parse_list([line])) == [(folder, raw)]


@pytest.mark.parametrize(
    "line",
    [
        rb'(\Noselect) "/" top',
        rb'(\NonExistent \HasChildren) "/" "gone"',
        (rb'(\NoSelect) "/" {1}', b"x"),
        b"junk",
        None,
    ],
)
def test_what_cannot_be_opened_or_understood_is_no_folder(line: object) -> None:
    assert list(parse_list([line])) == []


def fetched(**facts: object) -> FetchItem:
    return FetchItem(7, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("data", "item"),
    [
        (
            [b'1 (UID 7 RFC822.SIZE 42 INTERNALDATE "02-Mar-2026 10:15:00 +0100")'],
            fetched(size=42, received_at=QUARTER_PAST),
        ),
        (
            [b'1 (INTERNALDATE " 2-Mar-2026 09:15:00 +0000" rfc822.size 0 uid 7 FLAGS (\\Seen))'],
            fetched(size=0, received_at=QUARTER_PAST),
        ),
        ([(b"1 (UID 7 BODY[]<0> {5}", b"words"), b")"], fetched(body=b"words")),
        ([(b"1 (BODY[] {5}", b"UID 9"), b" UID 7 RFC822.SIZE 5)"], fetched(body=b"UID 9", size=5)),
        ([(b"1 (UID 7 BODY[]<0> {0}", b""), b")"], fetched(body=b"")),
        ([b'1 (UID 7 BODY[]<0> "")'], fetched(body=b"")),
        ([b'1 (BODY[]<0> "UID 9 RFC822.SIZE 1 \\"so\\"" UID 7)'], fetched(body=b'UID 9 RFC822.SIZE 1 "so"')),
        ([b"1 (UID 7 BODY[]<0> NIL)"], fetched()),
        ([b'1 (UID 7 INTERNALDATE "31-Dec-9999 23:59:59 -1200")'], fetched()),
        ([b'1 (UID 7 INTERNALDATE "yesterday")'], fetched()),
        (
            [b"1 (UID 7 FLAGS (\\Seen))", (b"1 (UID 7 BODY[] {1}", b"x"), b")", b"1 (UID 7 RFC822.SIZE 1)"],
            fetched(body=b"x", size=1),
        ),
    ],
)
def test_an_answer_to_fetch_is_read_in_any_order_and_form(data: list[object], item: FetchItem) -> None:
    assert parse_fetch(data) == [item]


def test_several_answers_are_told_apart_and_come_by_uid() -> None:
    data = [
        (b"9 (UID 12 BODY[]<0> {2}", b"hi"),
        b")",
        (b"3 (BODY[]<0> {4}", b"1 ()"),
        b" UID 5)",
        b"4 EXISTS",
        b"4 (FLAGS ())",
        None,
        (b"1 (UID 4 BODY[]<0> {2}", b"yo"),
    ]
    assert [(item.uid, item.body) for item in parse_fetch(data)] == [(4, b"yo"), (5, b"1 ()"), (12, b"hi")]


@given(st.lists(st.one_of(st.binary(max_size=60), st.tuples(st.binary(max_size=60), st.binary(max_size=9)), st.none())))
def test_no_answer_can_stop_the_readers(data: list[object]) -> None:
    assert [item.uid for item in parse_fetch(data)] == sorted({item.uid for item in parse_fetch(data)})
    assert all(isinstance(raw, bytes) for _, raw in parse_list(data))


@given(st.sets(st.integers(1, 60), min_size=1))
def test_a_uid_set_names_exactly_its_uids(uids: set[int]) -> None:
    named: set[int] = set()
    for part in uid_set(sorted(uids)).split(","):
        low, _, high = part.partition(":")
        named |= set(range(int(low), int(high or low) + 1))
    assert named == uids


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_folder_name_survives_modified_utf7(name: str) -> None:
    raw = encode_folder(name)
    assert raw.isascii()
    assert decode_folder(raw) == name


@pytest.mark.parametrize(("name", "raw"), [("Почта", b"&BB8EPgRHBEIEMA-"), ("台北", b"&U,BTFw-"), ("😀", b"&2D3eAA-")])
def test_folder_names_are_encoded_as_in_rfc_3501(name: str, raw: bytes) -> None:
    assert encode_folder(name) == raw


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (b"AT&T", "AT&T"),
        (b"&%%-", "&%%-"),
        (b"&2D0-", "&2D0-"),
        ("Kunder æøå".encode(), "Kunder æøå"),
        (b"caf\xe9", "caf�"),
    ],
)
def test_names_that_are_no_modified_utf7_are_shown_as_they_are(raw: bytes, name: str) -> None:
    assert decode_folder(raw) == name


@given(st.binary())
def test_a_quoted_string_can_be_read_back(raw: bytes) -> None:
    inner = quoted(raw)[1:-1]
    assert inner.replace(b'\\"', b"").replace(b"\\\\", b"").count(b'"') == 0
    [(_, back)] = parse_list([b'() "/" ' + quoted(raw.replace(b"\n", b""))])
    assert back == raw.replace(b"\n", b"")
