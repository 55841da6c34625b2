"""New mail of a mailbox into the store: read, stored, and only then is the mark moved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailsignals.errors import FolderMissing, MailsignalsError
from mailsignals.ports import Mailbox, Store
from mailsignals.text.message import read_message
from mailsignals.types import Coverage, Mark, RawMessage

Progress = Callable[[str, int, int | None], None]
"""Told what is being done, how much of it is done, and of how much (None where that is not known)."""


def silent(_what: str, _done: int, _total: int | None) -> None:
    """A progress that nobody watches."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What one visit to a mailbox brought.

    Args:
        faults: What kept single folders from being read; the others were read all the same.
    """

    coverage: Coverage
    faults: tuple[MailsignalsError, ...] = ()


@dataclass(slots=True)
class _Tally:
    """Counts while folders are read."""

    found: int = 0
    stored: int = 0
    unread: int = 0
    defects: int = 0


def fetch_new(
    mailbox: Mailbox,
    store: Store,
    folders: Sequence[str],
    *,
    since: datetime | None = None,
    progress: Progress = silent,
) -> Fetched:
    """Store every message above the marks of these folders.

    Nothing depends on flags, so mail that another program has read is not missed. A folder that the server renumbered
    (another UIDVALIDITY, RFC 3501 2.3.1.1) is read from its beginning; what the store knows is not stored again.

    Args:
        since: Leave out messages received before this moment where a folder has no mark yet.

    Raises:
        ServerUnavailable: The session broke. What was stored before stays, and the next visit goes on from there.
        StoreUnwritable: The batch could not be stored; its mark was not moved.
    """
    tally, notes, faults = _Tally(), list[str](), list[MailsignalsError]()
    for folder in folders:
        try:
            notes += _fetch_folder(mailbox, store, folder, since, tally, progress)
        except FolderMissing as fault:
            faults.append(fault)
            notes.append(f"The folder {folder} is no longer there and was not read.")
    coverage = Coverage(
        folders=tuple(folders),
        found=tally.found,
        stored=tally.stored,
        known=tally.found - tally.stored - tally.unread,
        unread=tally.unread,
        defects=tally.defects,
        notes=tuple(notes),
    )
    return Fetched(coverage, tuple(faults))


def _fetch_folder(
    mailbox: Mailbox, store: Store, folder: str, since: datetime | None, tally: _Tally, progress: Progress
) -> list[str]:
    """Read one folder batch by batch; what is worth a note."""
    mark, present = store.mark(mailbox.name, folder), mailbox.examine(folder)
    is_renumbered = mark is not None and mark.uidvalidity != present.uidvalidity
    after = mark.uid if mark and not is_renumbered else 0
    if after >= present.uid and mark == present:
        return []
    for batch in mailbox.fetch(folder, after=after, since=since if after == 0 else None):
        _store_batch(mailbox, store, folder, batch, present.uidvalidity, tally)
        progress(folder, tally.found, None)
        after = batch[-1].uid
    store.save_batch(mailbox.name, folder, [], Mark(present.uidvalidity, max(after, present.uid)))
    return [f"The server renumbered {folder}; it was read anew, and nothing is stored twice."] if is_renumbered else []


def _store_batch(
    mailbox: Mailbox, store: Store, folder: str, batch: Sequence[RawMessage], uidvalidity: int, tally: _Tally
) -> None:
    messages = [read_message(raw) for raw in batch if raw.raw]
    tally.stored += store.save_batch(mailbox.name, folder, messages, Mark(uidvalidity, batch[-1].uid))
    tally.found += len(batch)
    tally.unread += len(batch) - len(messages)
    tally.defects += sum(bool(message.defects) for message in messages)
