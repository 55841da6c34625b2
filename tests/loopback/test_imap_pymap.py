"""The IMAP mailbox against a second server, pymap: what holds on Dovecot only would show here."""

from __future__ import annotations

import imaplib
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from mailsignals.adapters.imap import ImapMailbox
from mailsignals.errors import FolderMissing, LoginRefused
from mailsignals.text.message import read_message
from mailsignals.types import Mark
from support.certificates import HOST, Certificates
from support.mails import raw_mail

PYMAP = shutil.which("pymap", path=str(Path(sys.executable).parent))
USER, PASSWORD = "demouser", "demopass"

pytestmark = pytest.mark.skipif(PYMAP is None, reason="pymap is not installed (requirements/dev.txt has it)")


@pytest.fixture(scope="module")
def port(certificates: Certificates) -> Iterator[int]:
    """A pymap with the demonstration mailbox, STARTTLS only."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        number = int(free.getsockname()[1])
    own = certificates.good
    command = f"{PYMAP} --host {HOST} --port {number} --cert {own.file} --key {own.key}".split()
    command += "--no-service admin --no-service managesieve dict --demo-data".split()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _wait_for(number, server)
            yield number
        finally:
            server.terminate()


def _wait_for(number: int, server: subprocess.Popen[bytes]) -> None:
    give_up_at = time.monotonic() + 20
    while time.monotonic() < give_up_at and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, number)) == 0:
                return
        time.sleep(0.05)
    pytest.fail("pymap did not start")


def log_in(port: int, certificates: Certificates, password: str = PASSWORD) -> closing[ImapMailbox]:
    return closing(ImapMailbox(HOST, port, USER, password, tls="starttls", ca_file=certificates.ca_file, timeout=20))


def deliver(port: int, certificates: Certificates, *mails: bytes) -> None:
    with imaplib.IMAP4(HOST, port) as session:
        session.starttls(ssl.create_default_context(cafile=str(certificates.ca_file)))
        session.login(USER, PASSWORD)
        for mail in mails:
            assert session.append("INBOX", "", "", mail)[0] == "OK"


def test_folders_and_their_special_use_are_listed(port: int, certificates: Certificates) -> None:
    with log_in(port, certificates) as mailbox:
        assert {"INBOX", "Sent"} <= {folder.name for folder in mailbox.folders()}


def test_every_message_is_read_once_and_the_mark_stands_behind_it(port: int, certificates: Certificates) -> None:
    with log_in(port, certificates) as mailbox:
        before = mailbox.examine("INBOX")
        first = [raw for batch in mailbox.fetch("INBOX", after=0) for raw in batch]
    assert len(first) == len({raw.uid for raw in first}) > 0
    deliver(port, certificates, raw_mail(1), raw_mail(2, "Where is the logo?\r\n\r\nIva"))
    with log_in(port, certificates) as mailbox:
        assert mailbox.examine("INBOX") == Mark(before.uidvalidity, before.uid + 2)
        new = [raw for batch in mailbox.fetch("INBOX", after=before.uid) for raw in batch]
        assert [*mailbox.fetch("INBOX", after=before.uid + 2)] == []
    assert [read_message(raw).subject for raw in new] == ["Mail 1", "Mail 2"]
    assert read_message(new[1]).own_text == "Where is the logo?"


def test_reading_sets_no_flag(port: int, certificates: Certificates) -> None:
    deliver(port, certificates, raw_mail(3))
    with log_in(port, certificates) as mailbox:
        read = [raw.uid for batch in mailbox.fetch("INBOX", after=0) for raw in batch]
    with imaplib.IMAP4(HOST, port) as session:
        session.starttls(ssl.create_default_context(cafile=str(certificates.ca_file)))
        session.login(USER, PASSWORD)
        session.select("INBOX", readonly=True)
        _, [line] = session.uid("FETCH", str(read[-1]), "(FLAGS)")
    assert line is not None
    assert b"\\Seen" not in bytes(line)  # type: ignore[arg-type]


def test_a_wrong_password_and_a_missing_folder_are_told_in_our_words(port: int, certificates: Certificates) -> None:
    with pytest.raises(LoginRefused):
        log_in(port, certificates, "wrong")
    with log_in(port, certificates) as mailbox, pytest.raises(FolderMissing):
        mailbox.examine("Nowhere")
