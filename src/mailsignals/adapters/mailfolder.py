"""Mail on disk as a mailbox: an mbox file, a Maildir, or folders of ``.eml`` files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from zlib import crc32

from mailsignals.errors import DataUnreadable, FolderMissing, InputMissing
from mailsignals.ports import IsKnown
from mailsignals.types import Folder, Mark, RawMessage

_BATCH = 200
_EML = "*.[eE][mM][lL]"
_SENT = re.compile(r"\bsent\b", re.IGNORECASE)
_STUFFED = re.compile(rb"^>(>*From )", re.MULTILINE)
"""mbox writers put ``>`` before a line of the mail that begins with ``From ``; left there it would read as a quote."""

_SEPARATOR = re.compile(rb"(?<=\n)\r?\n\Z")
"""The empty line behind a mail belongs to the mbox."""

_Sources = Sequence[tuple[str, Callable[[], bytes]]]
"""Key and reader of every message."""


class MailFolder:
    """The ``Mailbox`` port on a path; read only.

    UIDs are positions. UIDVALIDITY is a checksum of names and sizes, so that a folder that changed is read anew.

    Raises:
        InputMissing: There is nothing at the path.
        DataUnreadable: It is neither mbox, Maildir nor a folder with ``.eml`` files.
    """

    def __init__(self, path: Path) -> None:
        if not path.exists():
            raise InputMissing(
                f"There is nothing at {path}.",
                why="neither a file nor a folder has that name.",
                remedy="check the path; mbox files, Maildir folders and folders of .eml files can be read.",
            )
        self._path = path
        self._folders = _find_folders(path)

    @property
    def name(self) -> str:
        """See ``ports.Mailbox``."""
        return str(self._path.resolve())

    def folders(self) -> Sequence[Folder]:
        """See ``ports.Mailbox``. A folder called Sent is taken for one."""
        return [Folder(name, "\\Sent" if _SENT.search(name) else "") for name in self._folders]

    def examine(self, folder: str) -> Mark:
        """See ``ports.Mailbox``."""
        sources = self._sources(folder)
        listing = "\n".join(key for key, _ in sources)
        return Mark(crc32(listing.encode("utf-8", "surrogateescape")), len(sources))

    def fetch(
        self, folder: str, *, after: int, since: datetime | None = None, is_known: IsKnown | None = None
    ) -> Iterator[Sequence[RawMessage]]:
        """See ``ports.Mailbox``. A folder on disk knows no time of reception, so ``since`` leaves nothing out.

        Reading a file costs little, so the known ones come whole, too.
        """
        sources = self._sources(folder)
        for start in range(after, len(sources), _BATCH):
            batch = sources[start : start + _BATCH]
            yield [_raw(start + offset + 1, read) for offset, (_, read) in enumerate(batch)]

    def close(self) -> None:
        """See ``ports.Mailbox``."""

    def _sources(self, folder: str) -> _Sources:
        """The messages of a folder, in a stable order."""
        if folder not in self._folders:
            raise FolderMissing(
                f"There is no folder {folder} in {self._path}.",
                why=f"there are: {', '.join(self._folders)}.",
                remedy="name one of these.",
            )
        return self._folders[folder]()


def _find_folders(path: Path) -> dict[str, Callable[[], _Sources]]:
    """Folder name -> its messages."""
    if path.is_file():
        if path.suffix.lower() == ".eml":
            return {path.stem: lambda: [_eml_source(path)]}
        _check_mbox(path)
        return {path.name: lambda: _mbox_sources(path)}
    maildirs = sorted(cur.parent for cur in path.rglob("cur") if (cur.parent / "new").is_dir())
    if maildirs:
        return {
            _maildir_name(part, path): lambda part=part: _maildir_sources(part)  # type: ignore[misc]
            for part in maildirs
        }
    parents = sorted({file.parent for file in path.rglob(_EML)})
    if not parents:
        raise DataUnreadable(
            f"There is no mail in {path}.",
            why="it is neither an mbox file nor a Maildir (cur, new, tmp), and holds no .eml files.",
            remedy="name the mbox file itself, or the folder that directly holds the mails.",
        )
    return {
        (parent.relative_to(path).as_posix() if parent != path else path.name): lambda parent=parent: [  # type: ignore[misc]
            _eml_source(file) for file in sorted(parent.glob(_EML))
        ]
        for parent in parents
    }


def _maildir_name(part: Path, root: Path) -> str:
    """``INBOX`` for the root; else its way from there, without the dots that Maildir++ puts before names."""
    return "/".join(step.lstrip(".") for step in part.relative_to(root).parts) or "INBOX"


def _eml_source(file: Path) -> tuple[str, Callable[[], bytes]]:
    try:
        size = file.stat().st_size
    except OSError:  # a link that leads nowhere, or gone since it was listed
        size = 0
    return f"{file.name}:{size}", file.read_bytes


def _check_mbox(path: Path) -> None:
    try:
        with path.open("rb") as file:
            start = file.read(5)
    except OSError as error:
        raise DataUnreadable(
            f"{path} cannot be read.",
            why=f"the system says: {error.strerror}.",
            remedy="check who may read it, then run the command again.",
        ) from error
    if start not in (b"", b"From "):
        raise DataUnreadable(
            f"{path} is no mbox file.",
            why="its first line does not begin with 'From '.",
            remedy="for single mails use files that end in .eml.",
        )


def _mbox_sources(path: Path) -> _Sources:
    """Messages between lines that begin with ``From `` behind an empty line (RFC 4155).

    The library's mbox class also parts mails at such a line without an empty one, and keeps the file open.
    """
    size = path.stat().st_size
    starts = [*_mbox_starts(path), size]
    return [
        (f"{start}:{size}", lambda start=start, end=end: _mbox_mail(path, start, end))  # type: ignore[misc]
        for start, end in pairwise(starts)
    ]


def _mbox_starts(path: Path) -> Iterator[int]:
    position, is_behind_empty = 0, True
    with path.open("rb") as file:
        for line in file:
            if is_behind_empty and line.startswith(b"From "):
                yield position
            is_behind_empty = not line.strip(b"\r\n")
            position += len(line)


def _mbox_mail(path: Path, start: int, end: int) -> bytes:
    with path.open("rb") as file:
        file.seek(start)
        _, _, mail = file.read(end - start).partition(b"\n")
    return _STUFFED.sub(rb"\1", _SEPARATOR.sub(b"", mail))


def _maildir_sources(path: Path) -> _Sources:
    """Messages of ``cur`` and ``new``, read as files: the library's Maildir class would move them.

    What begins with a dot is no message (maildir(5)).
    """
    files = [file for part in ("cur", "new") for file in (path / part).glob("[!.]*") if file.is_file()]
    return [(file.name.partition(":")[0], file.read_bytes) for file in sorted(files, key=lambda file: file.name)]


def _raw(uid: int, read: Callable[[], bytes]) -> RawMessage:
    """A message; a file that cannot be read comes without bytes, as a vanished one does."""
    try:
        raw = read()
    except OSError:
        raw = b""
    return RawMessage(uid, raw, size=len(raw))
