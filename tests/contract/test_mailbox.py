"""What the ``Mailbox`` port promises, kept by mail on disk, by Dovecot, and by the fake."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import pytest

from mailsignals.adapters import imap, mailfolder
from mailsignals.adapters.imap import ImapMailbox
from mailsignals.adapters.mailfolder import MailFolder
from mailsignals.errors import FolderMissing
from mailsignals.ports import Mailbox
from mailsignals.types import RawMessage
from support.certificates import HOST
from support.dovecot import Account, Dovecot
from support.fakes import MemoryMailbox
from support.mails import MONDAY, raw_mail

BATCH = 2


class Place(Protocol):
    """Where mail lies, with a way to put it there and to take it away."""

    folder: str
    knows_reception: bool

    def deliver(self, raw: bytes, at: datetime) -> None: ...
    def vanish(self, position: int) -> None: ...
    def open(self) -> Mailbox: ...


class Memory:
    folder, knows_reception = "INBOX", True

    def __init__(self) -> None:
        self._mailbox = MemoryMailbox(batch=BATCH)

    def deliver(self, raw: bytes, at: datetime) -> None:
        self._mailbox.deliver(self.folder, raw, at)

    def vanish(self, position: int) -> None:
        self._mailbox.expunge(self.folder, position)

    def open(self) -> Mailbox:
        return self._mailbox


class EmlFiles:
    folder, knows_reception = "inbox", False

    def __init__(self, path: Path) -> None:
        self._path, self._count = path, 0
        (path / self.folder).mkdir()
        (path / "sent").mkdir()
        (path / "sent" / "1.eml").write_bytes(raw_mail(99))

    def _file(self, position: int) -> Path:
        return self._path / self.folder / f"{position:03}.eml"

    def deliver(self, raw: bytes, at: datetime) -> None:
        self._count += 1
        self._file(self._count).write_bytes(raw)

    def vanish(self, position: int) -> None:
        self._file(position).unlink()

    def open(self) -> Mailbox:
        return MailFolder(self._path)


class Maildir(EmlFiles):
    folder = "INBOX"

    def __init__(self, path: Path) -> None:
        self._path, self._count = path, 0
        for part in ("cur", "new", "tmp"):
            (path / part).mkdir()

    def _file(self, position: int) -> Path:
        part, flags = ("cur", ":2,S") if position % 2 else ("new", "")
        return self._path / part / f"170000000{position}.M1P1.host{flags}"


class Mbox:
    folder, knows_reception = "mail.mbox", False

    def __init__(self, path: Path) -> None:
        self._path = path / self.folder
        self._path.touch()

    def deliver(self, raw: bytes, at: datetime) -> None:
        with self._path.open("ab") as file:
            file.write(b"From iva@miramar.example Mon Mar  2 09:15:00 2026\n" + raw + b"\n")

    def vanish(self, position: int) -> None:
        """The file is cut off behind the messages before."""
        parts = self._path.read_bytes().split(b"From iva@")
        self._path.write_bytes(b"From iva@".join(parts[:position]))

    def open(self) -> Mailbox:
        return MailFolder(self._path)


class Server:
    folder, knows_reception = "INBOX", True

    def __init__(self, account: Account) -> None:
        self._account = account

    def deliver(self, raw: bytes, at: datetime) -> None:
        self._account.deliver(self.folder, [raw], at=at)

    def vanish(self, position: int) -> None:
        self._account.expunge(self.folder, position)

    def open(self) -> Mailbox:
        server, name, password = self._account.server, self._account.name, self._account.password
        return ImapMailbox(HOST, server.tls_port, name, password, ca_file=server.ca_file, timeout=20)


@pytest.fixture(params=["memory", "eml", "maildir", "mbox", pytest.param("imap", marks=pytest.mark.dovecot)])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setattr(imap, "BATCH_MESSAGES", BATCH)
    monkeypatch.setattr(mailfolder, "_BATCH", BATCH)
    if request.param == "imap":
        dovecot: Dovecot = request.getfixturevalue("dovecot")
        return Server(dovecot.account())
    places = {"memory": lambda _path: Memory(), "eml": EmlFiles, "maildir": Maildir, "mbox": Mbox}
    return places[request.param](tmp_path)


@pytest.fixture
def mailbox(place: Place) -> Iterator[Mailbox]:
    """Five mails, received a day apart."""
    for number in range(1, 6):
        place.deliver(raw_mail(number, f"Words {number}, čšž"), MONDAY + timedelta(days=number))
    with closing(place.open()) as opened:
        yield opened


def fetch_all(mailbox: Mailbox, place: Place, *, after: int = 0, since: datetime | None = None) -> list[RawMessage]:
    return [message for batch in mailbox.fetch(place.folder, after=after, since=since) for message in batch]


def test_the_folder_is_among_those_that_can_be_opened(mailbox: Mailbox, place: Place) -> None:
    names = [folder.name for folder in mailbox.folders()]
    assert place.folder in names
    assert all(mailbox.examine(name).uid >= 0 for name in names)


def test_messages_come_ascending_each_once_and_byte_for_byte(mailbox: Mailbox, place: Place) -> None:
    messages = fetch_all(mailbox, place)
    assert [message.uid for message in messages] == [1, 2, 3, 4, 5]
    assert [message.raw for message in messages] == [raw_mail(number, f"Words {number}, čšž") for number in range(1, 6)]
    assert [message.size for message in messages] == [len(message.raw) for message in messages]


def test_a_batch_is_never_empty_and_never_all_at_once(mailbox: Mailbox, place: Place) -> None:
    assert [len(batch) for batch in mailbox.fetch(place.folder, after=0)] == [2, 2, 1]


def test_the_mark_names_the_highest_uid_and_stays_as_long_as_the_folder_does(mailbox: Mailbox, place: Place) -> None:
    mark = mailbox.examine(place.folder)
    assert mark.uid == 5
    fetch_all(mailbox, place)
    assert mailbox.examine(place.folder) == mark
    with closing(place.open()) as again:
        assert again.examine(place.folder) == mark
        assert again.name == mailbox.name


@pytest.mark.parametrize(("after", "uids"), [(0, [1, 2, 3, 4, 5]), (3, [4, 5]), (5, []), (6, [])])
def test_only_messages_above_the_mark_come(mailbox: Mailbox, place: Place, after: int, uids: list[int]) -> None:
    assert [message.uid for message in fetch_all(mailbox, place, after=after)] == uids


def test_messages_from_before_a_moment_are_left_out_where_reception_is_known(mailbox: Mailbox, place: Place) -> None:
    messages = fetch_all(mailbox, place, since=MONDAY + timedelta(days=4))
    if place.knows_reception:
        assert [message.received_at for message in messages] == [MONDAY + timedelta(days=day) for day in (4, 5)]
    else:
        assert [message.received_at for message in messages] == [None] * 5


def test_a_message_that_vanishes_meanwhile_comes_without_bytes(
    mailbox: Mailbox, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "AHEAD", 0)
    batches = mailbox.fetch(place.folder, after=0)
    messages = [*next(batches), *next(batches)]
    place.vanish(5)
    messages += [message for batch in batches for message in batch]
    assert [message.uid for message in messages] == [1, 2, 3, 4, 5]
    assert [bool(message.raw) for message in messages] == [True, True, True, True, False]


def test_a_mail_that_comes_later_is_seen_by_the_next_visit(mailbox: Mailbox, place: Place) -> None:
    mark = mailbox.examine(place.folder)
    place.deliver(raw_mail(6), MONDAY)
    with closing(place.open()) as next_night:
        present = next_night.examine(place.folder)
        assert present != mark
        assert present.uid == 6
        assert [message.raw for message in fetch_all(next_night, place, after=5)] == [raw_mail(6)]


def test_a_folder_that_is_not_there_is_told_with_those_that_are(mailbox: Mailbox, place: Place) -> None:
    with pytest.raises(FolderMissing, match="Projects") as missing:
        mailbox.examine("Projects")
    assert place.folder in missing.value.why
    assert len(fetch_all(mailbox, place)) == 5


def test_two_readings_side_by_side_do_not_mix(mailbox: Mailbox, place: Place) -> None:
    first, second = mailbox.fetch(place.folder, after=0), mailbox.fetch(place.folder, after=3)
    uids = [[message.uid for message in batch] for batch in (next(first), next(second), next(first), next(first))]
    assert uids == [[1, 2], [4, 5], [3, 4], [5]]


def test_closing_twice_is_harmless(mailbox: Mailbox) -> None:
    mailbox.close()
    mailbox.close()


def test_an_empty_folder_gives_nothing(place: Place) -> None:
    with closing(place.open()) as mailbox:
        if type(place) is EmlFiles:  # without .eml files it is no folder of mail
            assert [folder.name for folder in mailbox.folders()] == ["sent"]
            return
        assert mailbox.examine(place.folder).uid == 0
        assert fetch_all(mailbox, place) == []
