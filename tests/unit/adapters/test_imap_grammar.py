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
    ("answer", "item"),
    [
        (
            [b'* 1 FETCH (UID 7 RFC822.SIZE 42 INTERNALDATE "02-Mar-2026 10:15:00 +0100")'],
            fetched(size=42, received_at=QUARTER_PAST),
        ),
        (
            [b'* 1 FETCH (INTERNALDATE " 2-Mar-2026 09:15:00 +0000" rfc822.size 0 uid 7 FLAGS (\\Seen))'],
            fetched(size=0, received_at=QUARTER_PAST),
        ),
        ([b"* 1 FETCH (UID 7 BODY[]<0> {5}", b"words", b")"], fetched(bodies={"BODY[]": b"words"})),
        ([b"* 1 FETCH (BODY[1.2] {5}", b"UID 9", b" UID 7)"], fetched(bodies={"BODY[1.2]": b"UID 9"})),
        ([b"* 1 FETCH (UID 7 BODY[]<0> {0}", b"", b")"], fetched(bodies={"BODY[]": b""})),
        ([b'* 1 FETCH (UID 7 body[header]<0> "")'], fetched(bodies={"BODY[HEADER]": b""})),
        (
            [b'* 1 FETCH (BODY[]<0> "UID 9 RFC822.SIZE 1 \\"so\\"" UID 7)'],
            fetched(bodies={"BODY[]": b'UID 9 RFC822.SIZE 1 "so"'}),
        ),
        ([b"* 1 FETCH (UID 7 BODY[]<0> NIL)"], fetched(bodies={"BODY[]": None})),
        ([b'* 1 FETCH (UID 7 INTERNALDATE "31-Dec-9999 23:59:59 -1200")'], fetched()),
        ([b'* 1 FETCH (UID 7 INTERNALDATE "yesterday")'], fetched()),
        ([b"* 1 FETCH (UID 7 X-GM-MSGID 1278455344230334865)"], fetched(identity="1278455344230334865")),
        ([b"* 1 FETCH (UID 7 EMAILID (M6d99ac))"], fetched(identity="M6d99ac")),
        ([b'* 1 FETCH (X "UID 9" ))) UID 7 Y ('], fetched()),
    ],
)
def test_an_answer_to_fetch_is_read_in_any_order_and_form(answer: list[bytes], item: FetchItem) -> None:
    assert parse_fetch([answer]) == {7: item}


def test_several_answers_for_one_message_are_merged_and_a_body_that_came_stays() -> None:
    answers = [
        [b"* 1 FETCH (UID 7 FLAGS (\\Seen))"],
        [b"* 1 FETCH (UID 7 BODY[] {1}", b"x", b")"],
        [b"* 4 FETCH (FLAGS ())"],
        [b"* 1 FETCH (UID 7 RFC822.SIZE 1 BODY[] NIL)"],
    ]
    assert parse_fetch(answers) == {7: fetched(bodies={"BODY[]": b"x"}, size=1)}


@given(st.lists(st.lists(st.binary(max_size=60), min_size=1)))
def test_no_answer_to_fetch_can_stop_the_reader(answers: list[list[bytes]]) -> None:
    assert all(uid > 0 for uid in parse_fetch(answers))


@given(st.lists(st.one_of(st.binary(max_size=60), st.tuples(st.binary(max_size=60), st.binary(max_size=9)), st.none())))
def test_no_answer_to_list_can_stop_the_reader(data: list[object]) -> None:
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
