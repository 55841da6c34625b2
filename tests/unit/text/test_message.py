from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mailsignals.text.message import read_message
from mailsignals.types import Address, Message, PassageKind, RawMessage

RECEIVED = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)


def read(*headers: str, body: str = "Fine by us.", received_at: datetime | None = None, size: int = 0) -> Message:
    raw = "\n".join([*headers, "Content-Type: text/plain; charset=utf-8", "", body]).encode()
    return read_message(RawMessage(1, raw, received_at, size))


def codes(message: Message) -> set[str]:
    return {defect.code for defect in message.defects}


# --- dates ---


def test_the_date_header_is_the_moment_in_utc() -> None:
    message = read("Date: Mon, 02 Mar 2026 10:15:00 +0100", received_at=RECEIVED + timedelta(hours=1))
    assert message.sent_at == RECEIVED
    assert "date_missing" not in codes(message)


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("X-None: x", "date_missing"),
        ("Date: soon", "date_unreadable"),
        ("Date: Mon, 02 Mar 2096 10:15:00 +0100", "date_in_future"),
    ],
)
def test_a_date_that_cannot_be_is_the_time_of_reception(header: str, code: str) -> None:
    message = read(header, received_at=RECEIVED)
    assert message.sent_at == RECEIVED
    assert code in codes(message)


def test_the_newest_received_header_stands_in_for_the_mailbox() -> None:
    message = read("Received: b; Mon, 02 Mar 2026 10:15:00 +0100", "Received: a; Sun, 01 Mar 2026 10:15:00 +0100")
    assert message.sent_at == RECEIVED


def test_a_clock_that_is_years_behind_is_told_by_the_servers_trace() -> None:
    message = read("Received: b; Mon, 02 Mar 2026 10:15:00 +0100", "Date: Thu, 01 Jan 2015 00:00:00 +0000")
    assert message.sent_at == RECEIVED
    assert "date_in_past" in codes(message)


@pytest.mark.parametrize("day", ["Fri, 27 Feb", "Thu, 05 Mar"])
def test_a_clock_that_is_days_off_is_told_by_the_first_server_and_not_by_the_last(day: str) -> None:
    date = f"Date: {day} 2026 10:15:00 +0100"
    late, soon = "Received: b; Wed, 04 Mar 2026 10:15:00 +0100", "Received: a; Mon, 02 Mar 2026 10:15:00 +0100"
    assert read(late, soon, date).sent_at == RECEIVED
    kept = read(late, soon, "Date: Mon, 02 Mar 2026 10:14:00 +0100")
    assert kept.sent_at == RECEIVED - timedelta(minutes=1)


def test_the_zone_of_the_writers_clock_is_kept() -> None:
    assert read("Date: Tue, 10 Mar 2026 06:30:00 +0800").utc_offset == 480
    assert read("Date: Tue, 10 Mar 2026 06:30:00 -0000").utc_offset is None
    assert read("Date: never").utc_offset is None


def test_mail_of_a_moved_mailbox_keeps_its_date() -> None:
    message = read(
        "Received: b; Thu, 01 Jan 2015 00:05:00 +0000", "Date: Thu, 01 Jan 2015 00:00:00 +0000", received_at=RECEIVED
    )
    assert message.sent_at == datetime(2015, 1, 1, tzinfo=UTC)


def test_without_any_date_a_message_is_of_the_beginning_of_time() -> None:
    assert read("X-None: x").sent_at == datetime(1970, 1, 1, tzinfo=UTC)


def test_a_clock_that_is_a_day_ahead_is_believed() -> None:
    message = read("Date: Tue, 03 Mar 2026 10:15:00 +0100", received_at=RECEIVED)
    assert message.sent_at == RECEIVED + timedelta(days=1)


def test_a_reception_at_the_end_of_time_is_no_trouble() -> None:
    message = read("Received: x; Fri, 31 Dec 9999 23:00:00 +0000", "Date: Mon, 02 Mar 2026 10:15:00 +0100")
    assert message.sent_at == RECEIVED


# --- who and what ---


def test_message_ids_lose_their_brackets() -> None:
    message = read(
        "Message-ID: <1@a.example>", "In-Reply-To: <2@b.example>", "References: <3@c.example>\n <2@b.example>"
    )
    assert (message.message_id, message.in_reply_to) == ("1@a.example", "2@b.example")
    assert message.references == ("3@c.example", "2@b.example")


def test_a_missing_message_id_is_made_of_the_content() -> None:
    message = read("Subject: x")
    assert message.message_id == f"{message.content_hash}@missing"
    assert read("Subject: x").message_id == message.message_id != read("Subject: y").message_id
    assert "message_id_missing" in codes(message)


def test_a_message_id_without_brackets_is_taken_as_it_is() -> None:
    message = read("Message-ID: 1@a.example")
    assert message.message_id == "1@a.example"
    assert "message_id_odd" in codes(message)


def test_the_sender_header_stands_in_for_from() -> None:
    assert read("Sender: iva@miramar.example").sender.email == "iva@miramar.example"
    assert "sender_missing" in codes(read("Subject: x"))


def test_recipients_are_of_to_and_cc() -> None:
    message = read("To: ana@kestrel.example, ANA@kestrel.example", "Cc: Bo <bo@kestrel.example>")
    assert [address.email for address in message.recipients] == ["ana@kestrel.example", "bo@kestrel.example"]


def test_a_long_subject_is_cut() -> None:
    assert len(read("Subject: " + "a" * 5000).subject) == 500


def test_the_same_mail_has_the_same_hash_wherever_it_lies() -> None:
    one = read("X-Folder: a", "Date: Mon, 02 Mar 2026 10:15:00 +0100")
    other = read("X-Folder: b", "Date: Mon, 02 Mar 2026 09:15:00 +0000")
    assert one.content_hash == other.content_hash


# --- own words ---


def test_own_words_are_what_the_writer_wrote() -> None:
    message = read(body="Fine.\n\nOn 2 Mar 2026, Ana wrote:\n> Is it?\n\n-- \nIva")
    assert message.own_text == "Fine."
    assert [part.kind for part in message.passages] == [PassageKind.OWN, PassageKind.QUOTED, PassageKind.SIGNATURE]


def test_a_mail_of_which_a_rule_leaves_nothing_is_kept_whole() -> None:
    body = "-- \nPlease call me today, it is urgent."
    message = read(body=body)
    assert message.own_text == body
    assert "own_words_unclear" in codes(message)


@pytest.mark.parametrize("body", ["> Is it?\n> Was it?", "---------- Forwarded message ---------\nYou are thieves."])
def test_a_mail_of_others_words_only_has_none_of_its_own(body: str) -> None:
    message = read(body=body)
    assert message.own_text == ""
    assert message.lang == "und"


@pytest.mark.parametrize("subject", ["Fwd: Logo", "FW: Logo", "VS: Logo", "Пересл: Logo"])
def test_an_outlook_block_below_a_forwarding_subject_is_forwarded(subject: str) -> None:
    body = "From: Bo <bo@a.example>\nSent: 2 March 2026\nTo: Iva\nSubject: Logo\n\nYou are thieves."
    message = read(f"Subject: {subject}", body=body)
    assert {part.kind for part in message.passages} == {PassageKind.FORWARDED}
    assert message.own_text == ""


def test_an_empty_mail_says_that_it_has_no_text() -> None:
    message = read(body=" \n\n")
    assert message.own_text == ""
    assert "no_text" in codes(message)


def test_a_mail_that_was_fetched_in_part_says_so() -> None:
    assert "truncated" in codes(read("Subject: x", size=5_000_000))
    assert "truncated" not in codes(read("Subject: x"))


def test_defects_never_hold_words_of_the_body() -> None:
    message = read("Date: soon", body="Secret words \x00 here")
    assert not any("ecret" in defect.detail for defect in message.defects)


def test_an_empty_file_is_a_message() -> None:
    assert read_message(RawMessage(1, b"")).own_text == ""


@pytest.mark.parametrize("header", ["X-Original-From: Iva <iva@miramar.example>", "Reply-To: iva@miramar.example"])
def test_a_list_that_puts_itself_into_from_is_not_the_writer(header: str) -> None:
    raw = f"From: 'Iva' via Office <office@kestrel.example>\n{header}\n\nFine by us."
    assert read_message(RawMessage(1, raw.encode())).sender == Address("iva@miramar.example", "Iva")
