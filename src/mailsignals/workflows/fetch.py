"""New mail of a mailbox into the store: read, stored, and only then is the mark moved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailsignals.errors import FolderMissing, MailsignalsError, TryLater
from mailsignals.ports import IsKnown, Mailbox, Store
from mailsignals.text.message import identity_of, read_message
from mailsignals.text.origin import nobody
from mailsignals.types import Address, Coverage, Mark, RawMessage

Progress = Callable[[str, int, int | None], None]
"""Told what is being done, how much of it is done, and of how much (None where that is not known)."""


def silent(_what: str, _done: int, _total: int | None) -> None:
    """A progress that nobody watches."""


@dataclass(frozen=True, slots=True)
class Source:
    """What is to be read.

    Args:
        since: Leave out messages received before this moment in a folder that was never read before.
        sent: Those of the folders that hold what we wrote.
        is_ours: Tells our own addresses.
    """

    mailbox: Mailbox
    folders: Sequence[str]
    since: datetime | None = None
    sent: frozenset[str] = frozenset()
    is_ours: Callable[[Address], bool] = nobody


@dataclass(frozen=True, slots=True)
class Fetched:
    """What one visit to a mailbox brought.

    Args:
        faults: What kept single folders from being read; the others were read all the same, unless the server asked
            for a pause.
        writers: Who wrote the new mail of the sent folders: us, under whichever address.
    """

    coverage: Coverage
    faults: tuple[MailsignalsError, ...] = ()
    writers: frozenset[str] = frozenset()


def fetch_new(source: Source, store: Store, *, progress: Progress = silent) -> Fetched:
    """Store every message above the marks of the source's folders.

    Nothing depends on flags, so mail that another program has read is not missed. A folder that the server renumbered
    (another UIDVALIDITY or none, RFC 3501 2.3.1.1, or a UIDNEXT below our mark) is gone through from its beginning, by
    headers: what the store knows by Message-ID, sender and date is neither fetched nor stored again.

    Raises:
        ServerUnavailable: The session broke. What was stored before stays, and the next visit goes on from there.
        StoreUnwritable: The batch could not be stored; its mark was not moved.
    """
    visit = _Visit(source, store, progress)
    faults: list[MailsignalsError] = []
    for folder in source.folders:
        try:
            visit.read(folder)
        except FolderMissing as fault:
            faults.append(fault)
            visit.notes.append(f"The folder {folder} is not there and was not read.")
        except TryLater as fault:  # asking again would prolong the ban; what has come is judged all the same
            faults.append(fault)
            visit.notes.append(f"{fault.what} Reading stopped in {folder}; the next scan goes on there.")
            break
    return Fetched(visit.coverage(), tuple(faults), frozenset(visit.writers))


class _Visit:
    """Counts while folders are read."""

    def __init__(self, source: Source, store: Store, progress: Progress) -> None:
        self._source, self._store, self._progress = source, store, progress
        self._mailbox = source.mailbox
        self._found = self._stored = self._unread = self._defects = 0
        self.notes: list[str] = []
        self.writers: set[str] = set()

    def read(self, folder: str) -> None:
        """Store what is new in a folder, batch by batch, each together with the mark behind it."""
        mark, present = self._store.mark(self._mailbox.name, folder), self._mailbox.examine(folder)
        if mark == present and present.uidvalidity:
            return
        if mark and (reason := _why_anew(mark, present)):
            self.notes.append(f"{folder} has new numbers ({reason}): nothing of it is stored twice.")
            batches = self._mailbox.fetch(folder, after=0, is_known=self._is_known())
            uid = 0
        elif mark:
            batches = self._mailbox.fetch(folder, after=mark.uid)
            uid = mark.uid
        else:
            batches = self._mailbox.fetch(folder, after=0, since=self._source.since)
            uid = 0
        for batch in batches:
            uid = batch[-1].uid
            self._save(folder, batch, Mark(present.uidvalidity, uid))
        self._store.save_batch(self._mailbox.name, folder, [], Mark(present.uidvalidity, max(uid, present.uid)))

    def coverage(self) -> Coverage:
        """The receipt."""
        return Coverage(
            folders=tuple(self._source.folders),
            found=self._found,
            stored=self._stored,
            known=self._found - self._stored - self._unread,
            unread=self._unread,
            defects=self._defects,
            notes=tuple(self.notes),
        )

    def _is_known(self) -> IsKnown:
        """By what every copy of a message says of itself: Message-ID, sender, date."""
        stored = {identity_of(message) for message in self._store.messages()}
        return lambda headers: identity_of(read_message(headers)) in stored

    def _save(self, folder: str, batch: Sequence[RawMessage], mark: Mark) -> None:
        messages = [read_message(raw, self._source.is_ours) for raw in batch if raw.raw]
        new = self._store.save_batch(self._mailbox.name, folder, messages, mark)
        self._stored += new
        if folder in self._source.sent:
            self.writers |= {message.sender.email for message in messages if message.sender.email}
        self._found += len(batch)
        self._unread += sum(not raw.raw and not raw.is_known for raw in batch)
        self._defects += sum(bool(message.defects) for message in messages)
        self.notes += [
            f"{folder}: the server refused message {raw.uid} ({raw.refusal}); it was skipped, for good."
            for raw in batch
            if raw.refusal
        ]
        self._progress(folder, self._found, None)


def _why_anew(mark: Mark, present: Mark) -> str:
    """Why the mark's UIDs say nothing of the folder as it is now; empty where they do."""
    if mark.uidvalidity != present.uidvalidity:
        return "UIDVALIDITY"
    if not present.uidvalidity:
        return "no UIDVALIDITY"
    return "UIDNEXT went back" if present.uid < mark.uid else ""  # GMX, after a folder was restored
