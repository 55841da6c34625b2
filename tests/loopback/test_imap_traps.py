"""What real servers do to those who read mail: each trap on Dovecot or on a scripted server."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mailsignals.adapters import imap
from mailsignals.adapters.imap import ImapMailbox
from mailsignals.adapters.sql import SqlStore
from mailsignals.errors import TryLater
from mailsignals.text.message import read_message
from mailsignals.types import Folder, Mark, Message, RawMessage
from mailsignals.workflows.fetch import Source, fetch_new
from support.certificates import HOST, Certificates
from support.dovecot import PASSWORD, Account
from support.mails import raw_mail
from support.scripted_imap import HANG_UP, SILENCE, TAG, Script, ScriptedImap

MAILS = sorted((Path(__file__).parent.parent / "golden" / "mails").glob("*.eml"))
OK = TAG + b" OK done\r\n"
PDF = b"JVBERi0xLjQK" * 90_000


def with_attachment(number: int) -> bytes:
    head = raw_mail(number).partition(b"\r\n\r\n")[0] + b"\r\nMIME-Version: 1.0\r\n"
    return head + (
        b'Content-Type: multipart/mixed; boundary="MIX"\r\n\r\n--MIX\r\nContent-Type: text/plain\r\n\r\n'
        b"See the plan.\r\n"
        b'--MIX\r\nContent-Type: application/pdf; name="=?utf-8?q?ra=C4=8Dun.pdf?="\r\n'
        b"Content-Disposition: attachment; filename*=utf-8''ra%C4%8Dun.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + PDF
        + b"\r\n--MIX--\r\n"
    )


def open_account(account: Account, **how: Any) -> closing[ImapMailbox]:
    server = account.server
    usual = {"ca_file": server.ca_file, "timeout": 20}
    return closing(ImapMailbox(HOST, server.tls_port, account.name, account.password, **(usual | how)))


def talk_to(server: ScriptedImap, certificates: Certificates, **how: Any) -> closing[ImapMailbox]:
    usual = {"ca_file": certificates.ca_file, "timeout": 20}
    return closing(ImapMailbox(HOST, server.port, "ana", PASSWORD, **(usual | how)))


def fetch_all(mailbox: ImapMailbox, *, after: int = 0) -> list[RawMessage]:
    return [message for batch in mailbox.fetch("INBOX", after=after) for message in batch]


def fetch_scripted(certificates: Certificates, script: Script) -> tuple[list[RawMessage], list[str]]:
    """The messages of a scripted server, and the commands that it got."""
    with ScriptedImap(certificates.good, script) as server:
        with talk_to(server, certificates) as mailbox:
            messages = fetch_all(mailbox)
        return messages, server.commands


def folder(heads: Sequence[bytes], texts: bytes) -> Script:
    """A folder whose messages have these heads, as FETCH answers without UID and bracket; any text is ``texts``."""

    def answer(command: str) -> bytes | None:
        if not command.startswith("UID FETCH"):
            return None
        if "BODYSTRUCTURE" in command:
            lines = (b"* %d FETCH (UID %d %s)\r\n" % (uid, uid, head) for uid, head in enumerate(heads, 1))
            return b"".join(lines) + OK
        if "BODY.PEEK" in command:
            return texts + OK
        return b"".join(b"* %d FETCH (UID %d)\r\n" % (uid, uid) for uid in range(1, len(heads) + 1)) + OK

    return answer


def head(structure: bytes, *, size: int = 60) -> bytes:
    return b"RFC822.SIZE %d BODYSTRUCTURE %s BODY[HEADER]<0> {15}\r\nSubject: Hi\r\n\r\n" % (size, structure)


TEXT = b'("text" "plain" NIL NIL NIL "7bit" 5 1)'


# --- What is asked for, and how little of it ---


@pytest.mark.dovecot
def test_attachments_stay_on_the_server_and_are_named_all_the_same(account: Account) -> None:
    account.deliver("INBOX", [with_attachment(1)])
    with open_account(account) as mailbox:
        (raw,) = fetch_all(mailbox)
    assert len(raw.raw) < 1000
    message = read_message(raw)
    assert message.own_text == "See the plan."
    assert [part.name for part in message.attachments] == ["račun.pdf"]
    assert message.defects == ()


@pytest.mark.dovecot
@pytest.mark.parametrize("mail", MAILS, ids=lambda mail: mail.stem)
def test_a_mail_read_by_its_parts_says_what_the_whole_mail_says(account: Account, mail: Path) -> None:
    account.deliver("INBOX", [mail.read_bytes()])
    with open_account(account) as mailbox:
        (raw,) = fetch_all(mailbox)

    def facts(message: Message) -> Message:
        return replace(message, defects=(), sent_at=raw.received_at or message.sent_at)

    assert facts(read_message(raw)) == facts(read_message(RawMessage(1, mail.read_bytes(), raw.received_at)))


@pytest.mark.dovecot
def test_reading_ahead_mixes_nothing(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap, "BATCH_MESSAGES", 2)
    mails = [with_attachment(number) if number % 3 else raw_mail(number, f"Words {number}") for number in range(9)]
    account.deliver("INBOX", mails)
    with open_account(account) as mailbox:
        found = [read_message(raw) for raw in fetch_all(mailbox)]
    assert [message.message_id for message in found] == [f"{number}@miramar.example" for number in range(9)]
    assert [message.own_text for message in found if message.attachments == ()] == ["Words 0", "Words 3", "Words 6"]


def test_icloud_is_never_asked_for_rfc822_and_nobody_to_search_or_to_mark_as_seen(certificates: Certificates) -> None:
    texts = b"* 1 FETCH (UID 1 BODY[1]<0> {5}\r\nhello)\r\n"
    messages, commands = fetch_scripted(certificates, folder([head(TEXT)], texts))
    assert [message.raw for message in messages] == [b"Subject: Hi\r\n\r\nhello"]
    said = " ".join(commands)
    assert not any(word in said for word in ("RFC822.HEADER", "RFC822.TEXT", "RFC822)", "SEARCH", "SELECT", "STORE"))
    assert "BODY[" not in said


def test_an_unchanged_folder_costs_one_round_trip(certificates: Certificates) -> None:
    with ScriptedImap(certificates.good) as server, talk_to(server, certificates) as mailbox:
        mailbox.folders()
        before = len(server.commands)
        assert mailbox.examine("INBOX") == Mark(7, 3)
        assert len(server.commands) == before + 1


def test_a_command_for_any_five_hundred_messages_is_under_eight_kilobytes(certificates: Certificates) -> None:
    first, uids = 4_294_960_000, range(4_294_960_000, 4_294_962_000, 2)

    def answer(command: str) -> bytes | None:
        if command.startswith("EXAMINE"):
            return b"* 9 EXISTS\r\n* OK [UIDVALIDITY 7] v\r\n* OK [UIDNEXT 4294967295] n\r\n" + OK
        if command.startswith("UID FETCH"):
            listing = b"".join(b"* 1 FETCH (UID %d)\r\n" % uid for uid in uids) if command.endswith("(UID)") else b""
            return listing + OK
        return None

    with ScriptedImap(certificates.good, answer) as server, talk_to(server, certificates) as mailbox:
        assert len(fetch_all(mailbox, after=first - 1)) == 1000
        assert max(map(len, server.commands)) < 8000


def test_two_hundred_thousand_messages_are_listed(certificates: Certificates) -> None:
    count = 200_000
    listing = b"".join(b"* %d FETCH (UID %d)\r\n" % (uid, uid) for uid in range(1, count + 1))

    def answer(command: str) -> bytes | None:
        if command.startswith("EXAMINE"):
            return b"* %d EXISTS\r\n* OK [UIDVALIDITY 7] v\r\n* OK [UIDNEXT %d] n\r\n" % (count, count + 1) + OK
        if command.startswith("UID FETCH"):
            return (listing if command.endswith("(UID)") else b"") + OK
        return None

    with ScriptedImap(certificates.good, answer) as server, talk_to(server, certificates) as mailbox:
        assert sum(len(batch) for batch in mailbox.fetch("INBOX", after=0)) == count


# --- Answers that break the grammar ---


@pytest.mark.parametrize(
    "structure",
    [b"NIL", b'(NIL NIL NIL NIL NIL "7bit" 5)', b'(("text" "plain") "mixed")', b'("text" "plain" "open" ((', b"()"],
)
def test_a_mail_whose_structure_makes_no_sense_is_fetched_whole(certificates: Certificates, structure: bytes) -> None:
    texts = b"* 1 FETCH (UID 1 BODY[]<0> {5}\r\nwhole)\r\n"
    messages, commands = fetch_scripted(certificates, folder([head(structure)], texts))
    assert [message.raw for message in messages] == [b"whole"]
    assert any("BODY.PEEK[]<0.524288>" in command for command in commands)


@pytest.mark.parametrize("size", [1, 0, 999_999_999])
def test_a_wrong_size_costs_no_word(certificates: Certificates, size: int) -> None:
    structure = b'("text" "plain" NIL NIL NIL "7bit" -1 1)'
    texts = b"* 1 FETCH (UID 1 BODY[1]<0> {5}\r\nhello)\r\n"
    messages, _ = fetch_scripted(certificates, folder([head(structure, size=size)], texts))
    assert messages[0].raw.endswith(b"hello")
    assert read_message(messages[0]).defects == read_message(RawMessage(1, messages[0].raw)).defects


def test_doubled_blanks_bare_answers_and_quoted_bodies_are_read(certificates: Certificates) -> None:
    plain = folder([head(TEXT)], b'*  1  FETCH (UID 1 BODY[1]<0> "he\\"y" FLAGS (\\Seen))\r\n* 2 EXISTS\r\n')

    def davmail(command: str) -> bytes | None:
        if command.startswith("EXAMINE"):
            return b"*  1 EXISTS\r\n*  OK [UIDVALIDITY 7] v\r\n* OK [UIDNEXT 4] n\r\n" + TAG + b" OK\r\n"
        return plain(command)

    messages, _ = fetch_scripted(certificates, davmail)
    assert messages[0].raw == b'Subject: Hi\r\n\r\nhe"y'


def test_a_text_that_is_nil_is_a_message_that_has_vanished(certificates: Certificates) -> None:
    messages, _ = fetch_scripted(certificates, folder([head(TEXT)], b"* 1 FETCH (UID 1 BODY[1]<0> NIL)\r\n"))
    assert [(message.raw, message.refusal) for message in messages] == [(b"", "")]


def test_a_namespace_with_a_prefix_and_dots_is_taken_as_it_is(certificates: Certificates) -> None:
    listing = b'* LIST (\\HasChildren) "." "INBOX"\r\n* LIST (\\HasNoChildren \\Sent) "." "INBOX.Sent Items"\r\n'

    def courier(command: str) -> bytes | None:
        return listing + OK if command.startswith("LIST") else None

    with ScriptedImap(certificates.good, courier) as server, talk_to(server, certificates) as mailbox:
        assert mailbox.folders()[1] == Folder("INBOX.Sent Items", "\\Sent")
        mailbox.examine("INBOX.Sent Items")
        assert any('STATUS "INBOX.Sent Items"' in command for command in server.commands)


# --- Refusals and ends ---


def test_a_message_that_cannot_be_rendered_is_told_with_the_server_s_words(certificates: Certificates) -> None:
    calm = folder([head(TEXT)] * 3, b"")

    def exchange(command: str) -> bytes | None:
        if not command.startswith("UID FETCH") or "BODY.PEEK[1]" not in command:
            return calm(command)
        low, _, high = command.split()[2].partition(":")
        uids = range(int(low), int(high or low) + 1)
        if 2 in uids:
            return TAG + b" BAD Server error\r\n"
        return b"".join(b"* %d FETCH (UID %d BODY[1]<0> {5}\r\nhello)\r\n" % (uid, uid) for uid in uids) + OK

    messages, _ = fetch_scripted(certificates, exchange)
    assert [bool(message.raw) for message in messages] == [True, False, True]
    assert "Server error" in messages[1].refusal
    assert PASSWORD not in messages[1].refusal


def test_a_session_ends_at_its_deadline_though_the_server_may_still_think(certificates: Certificates) -> None:
    def answer(command: str) -> bytes | None:
        return SILENCE if command.startswith("UID FETCH") else None

    with ScriptedImap(certificates.good, answer) as server:
        mailbox = ImapMailbox(HOST, server.port, "ana", PASSWORD, ca_file=certificates.ca_file, deadline=1.5)
        with closing(mailbox), pytest.raises(TryLater, match="took too long"):
            fetch_all(mailbox)


def test_a_folder_that_is_renumbered_between_look_and_reading_is_not_read(certificates: Certificates) -> None:
    def answer(command: str) -> bytes | None:
        if command.startswith("STATUS"):
            return b"* STATUS INBOX (UIDVALIDITY 6 UIDNEXT 4)\r\n" + OK
        return None

    with ScriptedImap(certificates.good, answer) as server, talk_to(server, certificates) as mailbox:
        assert mailbox.examine("INBOX").uidvalidity == 6
        with pytest.raises(Exception, match="cannot be used now"):
            fetch_all(mailbox)


KILLED = """
import os, sys
from pathlib import Path
from mailsignals.adapters import imap
from mailsignals.adapters.sql import SqlStore
from mailsignals.workflows.fetch import Source, fetch_new
imap.BATCH_MESSAGES = 3
port, user, password, ca_file, store, batches = sys.argv[1:]
mailbox = imap.ImapMailbox("localhost", int(port), user, password, ca_file=Path(ca_file))
told = []
def progress(*_):
    told.append(1)
    if len(told) == int(batches):
        os.kill(os.getpid(), 9)
fetch_new(Source(mailbox, ("INBOX",)), SqlStore(Path(store)), progress=progress)
"""


@pytest.mark.dovecot
def test_a_job_that_is_killed_again_and_again_loses_nothing_and_stores_nothing_twice(
    account: Account, tmp_path: Path
) -> None:
    account.deliver("INBOX", [raw_mail(number) for number in range(20)])
    file, server = tmp_path / "store.sqlite3", account.server
    for batches in (1, 3):
        arguments = [server.tls_port, account.name, account.password, server.ca_file, file, batches]
        killed = subprocess.run([sys.executable, "-c", KILLED, *map(str, arguments)], capture_output=True, check=False)
        assert killed.returncode == -9, killed.stderr
    with closing(SqlStore(file)) as store, open_account(account) as mailbox:
        coverage = fetch_new(Source(mailbox, ("INBOX",)), store).coverage
        assert (coverage.stored, coverage.known) == (20 - 4 * 3, 0)
        assert store.counts()["messages"] == 20


def test_a_line_that_breaks_in_the_second_batch_leaves_the_first(
    certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "BATCH_MESSAGES", 1)
    texts = b"* 1 FETCH (UID 1 BODY[1]<0> {5}\r\nhello)\r\n"
    calm = folder([head(TEXT)] * 2, texts)

    def answer(command: str) -> bytes | None:
        return HANG_UP if command.startswith("UID FETCH 2") else calm(command)

    with ScriptedImap(certificates.good, answer) as server, talk_to(server, certificates) as mailbox:
        batches = mailbox.fetch("INBOX", after=0)
        assert [message.raw for message in next(batches)] == [b"Subject: Hi\r\n\r\nhello"]
        with pytest.raises(Exception, match="cannot be used now"):
            next(batches)


def test_a_batch_whose_heads_are_refused_ahead_is_asked_for_again_in_its_turn(
    certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "BATCH_MESSAGES", 1)
    texts = b"* 1 FETCH (UID 1 BODY[1]<0> {5}\r\nhello)\r\n* 2 FETCH (UID 2 BODY[1]<0> {5}\r\nworld)\r\n"
    calm, asked = folder([head(TEXT)] * 2, texts), []

    def answer(command: str) -> bytes | None:
        if command.startswith("UID FETCH 2 ") and "BODYSTRUCTURE" in command:
            asked.append(command)
            return TAG + b" NO busy\r\n" if len(asked) == 1 else calm(command)
        return calm(command)

    with ScriptedImap(certificates.good, answer) as server, talk_to(server, certificates) as mailbox:
        words = [message.raw[-5:] for batch in mailbox.fetch("INBOX", after=0) for message in batch]
    assert words == [b"hello", b"world"]
    assert len(asked) == 2
