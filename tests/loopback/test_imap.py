"""The IMAP mailbox against a real Dovecot, and against a scripted server for what Dovecot never answers."""

from __future__ import annotations

import socket
import threading
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mailsignals.adapters import imap
from mailsignals.adapters.imap import MAX_OCTETS, ImapMailbox
from mailsignals.adapters.imap_structure import MAX_PART_OCTETS
from mailsignals.errors import (
    CertificateRefused,
    FolderMissing,
    HostUnknown,
    LoginRefused,
    ServerUnavailable,
    TryLater,
)
from mailsignals.types import Folder, Mark, RawMessage
from support.certificates import HOST, Certificate, Certificates
from support.dovecot import CONNECTIONS, ODD_PASSWORD, ODD_USER, PASSWORD, SENT, Account, Dovecot, missing
from support.mails import MONDAY, raw_mail
from support.scripted_imap import HANG_UP, SILENCE, TAG, Script, ScriptedImap

needs_dovecot = pytest.mark.dovecot
TLS = pytest.mark.parametrize("tls", ["implicit", "starttls"])


@pytest.fixture(autouse=True)
def _no_thread_is_left_behind() -> Iterator[None]:
    """imaplib2 runs three threads a session; those of a broken one end a moment after the error."""
    before = threading.active_count()
    yield
    give_up_at = time.monotonic() + 5
    while threading.active_count() > before and time.monotonic() < give_up_at:
        time.sleep(0.01)
    assert threading.active_count() <= before, threading.enumerate()


def log_in(account: Account, **how: Any) -> closing[ImapMailbox]:
    return closing(connect(account.server, account.name, how.pop("password", account.password), **how))


def connect(server: Dovecot, user: str, password: str, *, tls: str = "implicit", **how: Any) -> ImapMailbox:
    port = server.tls_port if tls == "implicit" else server.starttls_port
    usual = {"ca_file": server.ca_file, "timeout": 20}
    return ImapMailbox(how.pop("host", HOST), port, user, password, tls=tls, **(usual | how))  # type: ignore[arg-type]


def fetch_all(mailbox: ImapMailbox, folder: str = "INBOX", *, after: int = 0, **how: Any) -> list[RawMessage]:
    return [message for batch in mailbox.fetch(folder, after=after, **how) for message in batch]


# --- Trust: nothing is said to a server that is not the one it should be ---


@pytest.fixture(scope="module", params=["wrong_name", "expired", "unknown_ca"])
def impostor(request: pytest.FixtureRequest, certificates: Certificates) -> Iterator[tuple[Dovecot, str]]:
    """A server with a bad certificate, and a word of the reason to refuse it."""
    if reason := missing():
        pytest.skip(reason)
    words = {"wrong_name": "mismatch", "expired": "expired", "unknown_ca": "local issuer"}[request.param]
    with Dovecot(getattr(certificates, request.param), certificates.ca_file) as server:
        yield server, words


@needs_dovecot
@TLS
def test_a_certificate_that_proves_nothing_is_refused_before_the_password(
    impostor: tuple[Dovecot, str], tls: str
) -> None:
    server, words = impostor
    with pytest.raises(CertificateRefused) as refused:
        connect(server, "ana", PASSWORD, tls=tls)
    assert words in refused.value.why
    assert server.attempts() == 0


@needs_dovecot
@TLS
def test_a_good_certificate_of_another_name_is_refused(account: Account, tls: str) -> None:
    attempts = account.server.attempts()
    with pytest.raises(CertificateRefused, match=r"127\.0\.0\.1"):
        log_in(account, tls=tls, host="127.0.0.1")
    assert account.server.attempts() == attempts


@needs_dovecot
def test_without_a_ca_file_the_system_decides_whom_to_trust(account: Account) -> None:
    with pytest.raises(CertificateRefused, match="cannot be trusted"):
        log_in(account, ca_file=None)


def test_a_password_is_never_sent_to_a_server_without_tls() -> None:
    with ScriptedImap(None) as server, pytest.raises(ServerUnavailable) as refused:
        talk_to(server, tls="starttls")
    assert "TLS not supported" in refused.value.why
    assert set(server.commands) <= {"CAPABILITY", "LOGOUT"}


# --- Logging in ---


@needs_dovecot
@TLS
def test_a_password_with_umlauts_quotes_and_backslash_is_let_in(dovecot: Dovecot, tls: str) -> None:
    with log_in(dovecot.account(ODD_USER, ODD_PASSWORD), tls=tls) as mailbox:
        assert mailbox.name == f"{ODD_USER}@{HOST}"
        assert mailbox.examine("INBOX").uid == 0


@needs_dovecot
def test_a_wrong_password_is_refused_with_the_answer_and_the_remedy(account: Account) -> None:
    with pytest.raises(LoginRefused, match=f"{HOST} refused the password for {account.name}") as refused:
        log_in(account, password="wrong-one")
    assert "AUTHENTICATIONFAILED" in refused.value.why
    assert "mailsignals login" in refused.value.remedy
    assert "wrong-one" not in str(refused.value)


@needs_dovecot
def test_too_many_sessions_mean_later(account: Account) -> None:
    with ExitStack() as sessions:
        for _ in range(CONNECTIONS):
            sessions.enter_context(log_in(account))
        with pytest.raises(TryLater):
            log_in(account)


@needs_dovecot
def test_closing_twice_is_harmless(account: Account) -> None:
    with log_in(account) as mailbox:
        mailbox.close()


# --- Servers that are not there ---


@TLS
def test_a_silent_server_is_given_up(tls: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(ServerUnavailable):
        ImapMailbox(HOST, silent.getsockname()[1], "ana", PASSWORD, tls=tls, timeout=0.2)  # type: ignore[arg-type]


def test_a_closed_port_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(ServerUnavailable) as refused:
        ImapMailbox(HOST, port, "ana", PASSWORD)
    assert "refused" in refused.value.why


@pytest.mark.parametrize("host", ["bad host", "imap..example", "a" * 64])
def test_a_host_that_cannot_be_is_unknown(host: str) -> None:
    with pytest.raises(HostUnknown, match=host):
        ImapMailbox(host, 993, "ana", PASSWORD)


# --- Reading, and leaving everything as it was ---


@needs_dovecot
@TLS
def test_mail_comes_byte_for_byte_with_size_and_time_of_reception(account: Account, tls: str) -> None:
    raws = [raw_mail(number, "Blåbær, ягода, jagoda") for number in range(3)]
    account.deliver("INBOX", raws, at=MONDAY)
    with log_in(account, tls=tls) as mailbox:
        assert fetch_all(mailbox) == [RawMessage(uid + 1, raw, MONDAY, len(raw)) for uid, raw in enumerate(raws)]


@needs_dovecot
def test_no_flag_ever_changes(account: Account) -> None:
    account.create("Клиенты")
    for folder in ("INBOX", SENT, "Клиенты"):
        account.deliver(folder, [raw_mail(number) for number in range(3)])
    account.set_flag("INBOX", 2, "\\Flagged")
    before = {folder: account.flags(folder) for folder in ("INBOX", SENT, "Клиенты")}
    with log_in(account) as mailbox:
        for listed in mailbox.folders():
            mailbox.examine(listed.name)
            assert len(fetch_all(mailbox, listed.name)) == 3
    assert {folder: account.flags(folder) for folder in before} == before
    assert before["Клиенты"][1] == {"\\Recent"}
    assert not any("\\Seen" in flags for folder in before.values() for flags in folder.values())


@needs_dovecot
def test_folders_have_their_names_for_people_and_sent_is_found_under_any(account: Account) -> None:
    names = ["Ræk & ål", 'He said "no"', "back\\slash", "Клиенты/Miramar", "100% (new)*"]
    for name in names:
        account.create(name)
    with log_in(account) as mailbox:
        folders = mailbox.folders()
        assert {folder.name for folder in folders} >= {"INBOX", SENT, *names}
        assert [folder for folder in folders if folder.special_use] == [Folder(SENT, "\\Sent")]
        for folder in folders:
            assert mailbox.examine(folder.name).uid == 0


@needs_dovecot
def test_an_empty_folder_gives_nothing(account: Account) -> None:
    with log_in(account) as mailbox:
        assert mailbox.examine("INBOX").uid == 0
        assert fetch_all(mailbox) == []


@needs_dovecot
def test_a_refused_folder_does_not_close_the_way_to_the_one_before(account: Account) -> None:
    account.deliver("INBOX", [raw_mail(1)])
    with log_in(account) as mailbox:
        mailbox.examine("INBOX")
        with pytest.raises(FolderMissing, match="Projects") as caught:
            mailbox.examine("Projects")
        assert SENT in caught.value.why
        assert len(fetch_all(mailbox)) == 1


@needs_dovecot
def test_a_look_into_another_folder_between_two_batches_mixes_nothing(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "BATCH_MESSAGES", 1)
    account.deliver("INBOX", [raw_mail(1), raw_mail(2)])
    account.deliver(SENT, [raw_mail(8), raw_mail(9)])
    with log_in(account) as mailbox:
        batches = mailbox.fetch("INBOX", after=0)
        inbox = [*next(batches)]
        sent = fetch_all(mailbox, SENT)
        inbox += [message for batch in batches for message in batch]
    assert [message.raw for message in inbox] == [raw_mail(1), raw_mail(2)]
    assert [message.raw for message in sent] == [raw_mail(8), raw_mail(9)]


@needs_dovecot
def test_mail_from_before_the_first_scan_is_left_out(account: Account) -> None:
    account.deliver("INBOX", [raw_mail(1)], at=MONDAY - timedelta(days=400))
    account.deliver("INBOX", [raw_mail(2)], at=MONDAY)
    with log_in(account) as mailbox:
        assert [message.uid for message in fetch_all(mailbox, since=MONDAY - timedelta(days=365))] == [2]


@needs_dovecot
def test_a_renumbered_folder_shows_another_uidvalidity(account: Account) -> None:
    account.deliver("INBOX", [raw_mail(1)])
    with log_in(account) as mailbox:
        before = mailbox.examine("INBOX")
    account.renumber("INBOX", before.uidvalidity + 1)
    with log_in(account) as mailbox:
        assert mailbox.examine("INBOX").uidvalidity == before.uidvalidity + 1


@needs_dovecot
def test_words_of_known_messages_are_left_on_the_server(account: Account) -> None:
    account.deliver("INBOX", [raw_mail(1), raw_mail(2)])
    with log_in(account) as mailbox:
        [batch] = mailbox.fetch("INBOX", after=0, is_known=lambda headers: b"Subject: Mail 1" in headers.raw)
    assert [(raw.uid, raw.is_known, bool(raw.raw)) for raw in batch] == [(1, True, False), (2, False, True)]


@needs_dovecot
def test_a_folder_that_is_renumbered_while_it_is_read_ends_the_session(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "AHEAD", 0)
    monkeypatch.setattr(imap, "BATCH_MESSAGES", 1)
    account.deliver("INBOX", [raw_mail(1), raw_mail(2)])
    with log_in(account) as mailbox:
        batches = mailbox.fetch("INBOX", after=0)
        next(batches)
        account.renumber("INBOX", 4711)
        with pytest.raises(ServerUnavailable):
            list(batches)


@needs_dovecot
def test_a_message_that_vanishes_between_overview_and_fetch_comes_without_bytes(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "AHEAD", 0)
    monkeypatch.setattr(imap, "BATCH_MESSAGES", 1)
    account.deliver("INBOX", [raw_mail(number) for number in range(3)])
    with log_in(account) as mailbox:
        batches = mailbox.fetch("INBOX", after=0)
        messages = [*next(batches)]
        account.expunge("INBOX", 2)
        messages += [message for batch in batches for message in batch]
    assert [(message.uid, bool(message.raw)) for message in messages] == [(1, True), (2, False), (3, True)]


@needs_dovecot
def test_of_a_mail_of_fifty_megabytes_only_the_first_part_is_read(account: Account) -> None:
    head = raw_mail(1, "The words come first.")
    account.deliver("INBOX", [head + b"c2VjcmV0IQ==" * 6 + b"\r\n" + b"x" * 998 * 1000 * 50])
    with log_in(account) as mailbox:
        mailbox.examine("INBOX")
        tracemalloc.start()
        try:
            (message,) = fetch_all(mailbox)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert message.raw.startswith(head)
    assert len(message.raw) == raw_mail(1).index(b"\r\n\r\n") + 4 + MAX_PART_OCTETS
    assert message.size > 49_000_000
    assert peak < 20 * MAX_OCTETS


@needs_dovecot
def test_hundreds_of_messages_come_in_batches_once_and_in_order(account: Account) -> None:
    account.deliver("INBOX", [raw_mail(number) for number in range(imap.BATCH_MESSAGES + 5)])
    with log_in(account) as mailbox:
        batches = list(mailbox.fetch("INBOX", after=2))
    assert [len(batch) for batch in batches] == [imap.BATCH_MESSAGES, 3]
    assert [message.raw for batch in batches for message in batch] == [
        raw_mail(number) for number in range(2, imap.BATCH_MESSAGES + 5)
    ]


# --- Answers that Dovecot never gives ---


def talk_to(server: ScriptedImap, certificates: Certificates | None = None, **how: Any) -> ImapMailbox:
    ca_file: Path | None = certificates.ca_file if certificates else None
    usual = {"ca_file": ca_file, "timeout": 20, "user": "ana", "password": PASSWORD}
    return ImapMailbox(HOST, server.port, **(usual | how))


@pytest.fixture
def good(certificates: Certificates) -> Certificate:
    return certificates.good


OVERVIEW = b'* %d FETCH (UID %d RFC822.SIZE 4 INTERNALDATE "02-Mar-2026 10:15:00 +0100")\r\n'


def script(bodies: bytes | Script, uids: tuple[int, ...] = (1, 2, 3)) -> Script:
    """A folder with these UIDs, whose bodies are asked for in one FETCH."""

    def answer(command: str) -> bytes | None:
        if command.startswith("UID FETCH") and "BODY.PEEK[]" in command:
            return bodies(command) if callable(bodies) else bodies
        if command.startswith("UID FETCH"):
            return b"".join(OVERVIEW % (uid, uid) for uid in uids) + TAG + b" OK done\r\n"
        return None

    return answer


def fetch_from(server: ScriptedImap, certificates: Certificates) -> list[RawMessage]:
    with closing(talk_to(server, certificates)) as mailbox:
        return fetch_all(mailbox)


def test_bodies_come_in_every_form_that_the_grammar_allows(certificates: Certificates, good: Certificate) -> None:
    bodies = (
        b"* 3 EXISTS\r\n"
        b"* 1 FETCH (BODY[]<0> {4}\r\none) UID 1)\r\n"
        b'* 2 FETCH (BODY[]<0> "UID 9 \\"two\\"" UID 2)\r\n'
        b"* 2 FETCH (FLAGS (\\Seen) UID 2)\r\n"
        b"* 3 FETCH (UID 3 BODY[]<0> NIL)\r\n" + TAG + b" OK done\r\n"
    )
    with ScriptedImap(good, script(bodies)) as server:
        messages = fetch_from(server, certificates)
    assert [message.raw for message in messages] == [b"one)", b'UID 9 "two"', b""]
    assert {message.received_at for message in messages} == {MONDAY}


def test_a_refused_batch_is_halved_down_to_the_one_bad_message(certificates: Certificates, good: Certificate) -> None:
    def bodies(command: str) -> bytes:
        low, _, high = command.split()[2].partition(":")
        uids = range(int(low), int(high or low) + 1)
        if 3 in uids:
            return TAG + b" NO [SERVERBUG] cannot\r\n"
        found = (b"* %d FETCH (UID %d BODY[]<0> {2}\r\nhi)\r\n" % (uid, uid) for uid in uids)
        return b"".join(found) + TAG + b" OK done\r\n"

    with ScriptedImap(good, script(bodies, (1, 2, 3, 4, 5))) as server:
        messages = fetch_from(server, certificates)
    assert [message.uid for message in messages] == [1, 2, 3, 4, 5]
    assert [message.raw for message in messages] == [b"hi", b"hi", b"", b"hi", b"hi"]


@pytest.mark.parametrize("code", ["[OVERQUOTA]", "[UNAVAILABLE]", "[ALERT] Too many simultaneous connections."])
def test_a_server_that_asks_for_a_pause_gets_it(certificates: Certificates, good: Certificate, code: str) -> None:
    answer = f"NO {code}\r\n".encode()
    with ScriptedImap(good, script(TAG + b" " + answer)) as server, pytest.raises(TryLater):
        fetch_from(server, certificates)
    assert sum("BODY.PEEK[]" in command for command in server.commands) == 1


def test_a_greeting_that_asks_for_a_pause_is_understood(certificates: Certificates, good: Certificate) -> None:
    greeting = b"* BYE [ALERT] Too many simultaneous connections.\r\n"
    with ScriptedImap(good, greeting=greeting) as server, pytest.raises(TryLater):
        talk_to(server, certificates)


def test_a_goodbye_that_asks_for_a_pause_is_understood(certificates: Certificates, good: Certificate) -> None:
    goodbye = b"* BYE [UNAVAILABLE] maintenance\r\n" + HANG_UP
    with ScriptedImap(good, script(goodbye)) as server, pytest.raises(TryLater):
        fetch_from(server, certificates)


ENDS = {
    "goodbye": b"* BYE shutting down\r\n",
    "goodbye and end": b"* BYE shutting down\r\n" + HANG_UP,
    "end inside a body": b"* 1 FETCH (UID 1 BODY[]<0> {900}\r\nhalf" + HANG_UP,
    "end": HANG_UP,
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_a_session_that_ends_in_the_middle_is_unavailable(
    certificates: Certificates, good: Certificate, end: bytes
) -> None:
    with ScriptedImap(good, script(end)) as server, pytest.raises(ServerUnavailable, match="cannot be used now"):
        fetch_from(server, certificates)


def test_a_server_that_falls_silent_is_given_up(certificates: Certificates, good: Certificate) -> None:
    with ScriptedImap(good, script(SILENCE)) as server:
        mailbox = talk_to(server, certificates, timeout=0.3)
        with pytest.raises(ServerUnavailable), closing(mailbox):
            fetch_all(mailbox)


@pytest.mark.parametrize(("found", "highest"), [(b"* 3 FETCH (UID 31)\r\n", 31), (b"", 0)])
def test_without_uidnext_the_last_message_is_asked_for_its_uid(
    certificates: Certificates, good: Certificate, found: bytes, highest: int
) -> None:
    def answer(command: str) -> bytes | None:
        if command.startswith("EXAMINE"):
            return b"* 3 EXISTS\r\n* OK [UIDVALIDITY 7] valid\r\n" + TAG + b" OK done\r\n"
        if command.startswith("STATUS"):
            return b"* STATUS INBOX (UIDVALIDITY 7 MESSAGES 3)\r\n" + TAG + b" OK done\r\n"
        return found + TAG + b" OK done\r\n" if command == "UID FETCH * (UID)" else None

    with ScriptedImap(good, answer) as server, closing(talk_to(server, certificates)) as mailbox:
        assert mailbox.examine("INBOX") == Mark(7, highest)


def test_folder_names_go_back_as_they_came(certificates: Certificates, good: Certificate) -> None:
    listing = '* LIST () "/" "Kunder æøå"\r\n* LIST (\\Sent) NIL {5}\r\nFürs\r\n* LIST (\\Noselect) "/" top\r\n'

    def answer(command: str) -> bytes | None:
        return listing.encode() + TAG + b" OK done\r\n" if command.startswith("LIST") else None

    with ScriptedImap(good, answer) as server, closing(talk_to(server, certificates)) as mailbox:
        assert mailbox.folders() == (Folder("Kunder æøå"), Folder("Fürs", "\\Sent"))
        for folder in mailbox.folders():
            mailbox.examine(folder.name)
    assert [command for command in server.commands if "STATUS" in command] == [
        'STATUS "Kunder æøå" (UIDVALIDITY UIDNEXT MESSAGES)',
        'STATUS "Fürs" (UIDVALIDITY UIDNEXT MESSAGES)',
    ]


@pytest.mark.parametrize("password", ["plain", ODD_PASSWORD])
def test_where_only_login_is_offered_any_password_is_quoted(
    certificates: Certificates, good: Certificate, password: str
) -> None:
    with ScriptedImap(good, capabilities="") as server:
        talk_to(server, certificates, user='o"b', password=password).close()
    quoted = password.replace("\\", "\\\\").replace('"', '\\"')
    assert f'LOGIN "o\\"b" "{quoted}"' in server.commands


def test_no_error_holds_the_password_even_when_the_server_calls_login_bad(
    certificates: Certificates, good: Certificate, capfd: pytest.CaptureFixture[str]
) -> None:
    def answer(command: str) -> bytes | None:
        return TAG + b" BAD what?\r\n" if command.startswith("LOGIN") else None

    with ScriptedImap(good, answer, capabilities="") as server, pytest.raises(LoginRefused) as refused:
        talk_to(server, certificates)
    assert PASSWORD not in str(refused.getrepr(chain=True))
    assert PASSWORD not in "".join(capfd.readouterr())


def test_nothing_is_printed_when_a_session_breaks(
    certificates: Certificates, good: Certificate, capfd: pytest.CaptureFixture[str]
) -> None:
    with ScriptedImap(good, script(HANG_UP)) as server, pytest.raises(ServerUnavailable):
        fetch_from(server, certificates)
    assert capfd.readouterr() == ("", "")
