from __future__ import annotations

import mailbox
import os
from email import message_from_bytes
from pathlib import Path

import pytest

from mailsignals.adapters.mailfolder import MailFolder
from mailsignals.errors import DataUnreadable, FolderMissing, InputMissing
from mailsignals.types import Folder
from support.mails import raw_mail

FROM = b"From iva@miramar.example Mon Mar  2 09:15:00 2026\n"


def read(path: Path, folder: str) -> list[bytes]:
    return [message.raw for batch in MailFolder(path).fetch(folder, after=0) for message in batch]


def write_mbox(path: Path, *mails: bytes) -> Path:
    path.write_bytes(b"".join(FROM + mail + b"\n" for mail in mails))
    return path


# --- mbox ---


def test_lines_that_begin_with_from_lose_the_sign_that_the_mbox_put_before_them(tmp_path: Path) -> None:
    body = b"Hi,\n>From now on we pay less.\n>>From the quoted mail\n> From a quote\n"
    path = write_mbox(tmp_path / "a.mbox", b"Subject: 1\n\n" + body)
    assert read(path, "a.mbox") == [
        b"Subject: 1\n\nHi,\nFrom now on we pay less.\n>From the quoted mail\n> From a quote\n"
    ]


def test_a_line_in_a_paragraph_that_begins_with_from_parts_no_mail(tmp_path: Path) -> None:
    mails = [b"Subject: 1\n\nWe pay less.\nFrom Monday on.\n", b"Subject: 2\n\nBye\n"]
    assert read(write_mbox(tmp_path / "a.mbox", *mails), "a.mbox") == mails


def test_an_mbox_that_the_standard_library_wrote_is_read_like_it_reads_it(tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "a.mbox")
    for number in range(3):
        box.add(message_from_bytes(raw_mail(number, "From here\non.").replace(b"\r\n", b"\n")))
    box.close()
    assert read(tmp_path / "a.mbox", "a.mbox") == [
        raw_mail(number, "From here\non.").replace(b"\r\n", b"\n") for number in range(3)
    ]


def test_lines_may_end_in_crlf_and_the_last_mail_without_any(tmp_path: Path) -> None:
    (tmp_path / "a.mbox").write_bytes(
        FROM.replace(b"\n", b"\r\n") + raw_mail(1) + b"\r\n" + FROM + raw_mail(2) + b"no end"
    )
    assert read(tmp_path / "a.mbox", "a.mbox") == [raw_mail(1), raw_mail(2) + b"no end"]


def test_an_empty_mbox_is_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "a.mbox").touch()
    assert MailFolder(tmp_path / "a.mbox").examine("a.mbox").uid == 0
    assert read(tmp_path / "a.mbox", "a.mbox") == []


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n", b"Subject: a mail\n\nwithout From line\n", b"\n\n", b"Fro"])
def test_a_file_that_is_no_mbox_is_refused_at_once(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.mbox").write_bytes(content)
    with pytest.raises(DataUnreadable, match=r"a\.mbox is no mbox file") as refused:
        MailFolder(tmp_path / "a.mbox")
    assert ".eml" in refused.value.remedy


@pytest.mark.skipif(os.getuid() == 0, reason="root may read everything")
def test_an_mbox_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    write_mbox(tmp_path / "a.mbox", raw_mail(1)).chmod(0)
    with pytest.raises(DataUnreadable, match=r"a\.mbox cannot be read"):
        MailFolder(tmp_path / "a.mbox")


def test_reading_changes_nothing_in_the_file_or_beside_it(tmp_path: Path) -> None:
    path = write_mbox(tmp_path / "a.mbox", raw_mail(1))
    path.chmod(0o400)
    before = (path.stat().st_mtime_ns, path.read_bytes())
    read(path, "a.mbox")
    assert (path.stat().st_mtime_ns, path.read_bytes()) == before
    assert list(tmp_path.iterdir()) == [path]


# --- Maildir ---


def make_maildir(path: Path) -> None:
    for part in ("cur", "new", "tmp"):
        (path / part).mkdir(parents=True)


def test_a_maildir_gives_what_is_in_cur_and_new_and_leaves_it_there(tmp_path: Path) -> None:
    make_maildir(tmp_path)
    (tmp_path / "new" / "2.M1.host").write_bytes(raw_mail(2))
    (tmp_path / "cur" / "1.M1.host:2,RS").write_bytes(raw_mail(1))
    (tmp_path / "tmp" / "3.M1.host").write_bytes(b"half a ma")
    (tmp_path / "cur" / ".index").write_bytes(b"no mail")
    before = sorted(tmp_path.rglob("*"))
    assert read(tmp_path, "INBOX") == [raw_mail(1), raw_mail(2)]
    assert sorted(tmp_path.rglob("*")) == before


def test_a_mail_that_is_seen_and_moved_to_cur_keeps_its_place(tmp_path: Path) -> None:
    make_maildir(tmp_path)
    new = tmp_path / "new" / "1.M1.host"
    new.write_bytes(raw_mail(1))
    mark = MailFolder(tmp_path).examine("INBOX")
    new.rename(tmp_path / "cur" / "1.M1.host:2,S")
    assert MailFolder(tmp_path).examine("INBOX") == mark


def test_maildirs_side_by_side_in_a_folder_are_each_a_folder(tmp_path: Path) -> None:
    for name in ("INBOX", "Sent", "Clients/Miramar"):
        make_maildir(tmp_path / name)
    folders = {folder.name: folder.special_use for folder in MailFolder(tmp_path).folders()}
    assert folders == {"Clients/Miramar": "", "INBOX": "", "Sent": "\\Sent"}


def test_folders_of_a_maildir_are_found_with_the_sent_one(tmp_path: Path) -> None:
    make_maildir(tmp_path)
    for name in (".Sent", ".Clients.Miramar"):
        make_maildir(tmp_path / name)
    assert MailFolder(tmp_path).folders() == [
        Folder("INBOX"),
        Folder("Clients.Miramar"),
        Folder("Sent", "\\Sent"),
    ]


# --- Folders of .eml files ---


def test_a_folder_of_eml_files_and_each_below_it_is_a_folder_of_mail(tmp_path: Path) -> None:
    for name in ("a.EML", "clients/b.eml", "clients/miramar/c.eml", "clients/notes.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(raw_mail(1))
    mailbox_on_disk = MailFolder(tmp_path)
    names = [folder.name for folder in mailbox_on_disk.folders()]
    assert names == [tmp_path.name, "clients", "clients/miramar"]
    assert [mailbox_on_disk.examine(name).uid for name in names] == [1, 1, 1]


def test_one_eml_file_is_a_folder_of_one_mail(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(raw_mail(1))
    assert read(tmp_path / "a.eml", "a") == [raw_mail(1)]


@pytest.mark.parametrize(
    ("name", "use"),
    [
        ("sent", "\\Sent"),
        ("Sent Items", "\\Sent"),
        ("mail/sent-2026", "\\Sent"),
        ("Presentations", ""),
        ("essentials", ""),
    ],
)
def test_only_a_folder_called_sent_is_taken_for_one(tmp_path: Path, name: str, use: str) -> None:
    (tmp_path / name).mkdir(parents=True)
    (tmp_path / name / "a.eml").write_bytes(raw_mail(1))
    assert MailFolder(tmp_path).folders() == [Folder(name, use)]


def test_a_file_that_cannot_be_read_comes_without_bytes_and_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(raw_mail(1))
    (tmp_path / "b.eml").symlink_to(tmp_path / "nowhere")
    (tmp_path / "c.eml").mkdir()
    (tmp_path / "d.eml").write_bytes(raw_mail(4))
    assert read(tmp_path, tmp_path.name) == [raw_mail(1), b"", b"", raw_mail(4)]


def test_a_changed_file_gives_another_uidvalidity(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(raw_mail(1))
    before = MailFolder(tmp_path).examine(tmp_path.name)
    (tmp_path / "a.eml").write_bytes(raw_mail(1, "Changed."))
    after = MailFolder(tmp_path).examine(tmp_path.name)
    assert (before.uid, after.uid) == (1, 1)
    assert before.uidvalidity != after.uidvalidity


# --- No mail at all ---


def test_nothing_at_the_path_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputMissing, match="There is nothing at"):
        MailFolder(tmp_path / "nowhere")


def test_a_folder_without_mail_is_told(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    with pytest.raises(DataUnreadable, match="There is no mail in"):
        MailFolder(tmp_path)


def test_a_folder_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    (tmp_path / "a.eml").touch()
    with pytest.raises(FolderMissing, match="Projects") as missing:
        list(MailFolder(tmp_path).fetch("Projects", after=0))
    assert tmp_path.name in missing.value.why
