"""A lock file beside the store, so that two scans never meet."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mailsignals.errors import AlreadyRunning, StoreUnwritable


class FileLock:
    """An advisory lock that the kernel drops when its process dies, however it dies (flock(2)).

    Args:
        path: The lock file; it stays when the lock is given back, which is harmless.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @contextmanager
    def hold(self) -> Iterator[None]:
        """See ``ports.Lock``."""
        handle = self._open()
        try:
            self._take(handle)
            yield
        finally:
            os.close(handle)

    def _take(self, handle: int) -> None:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunning(
                "Another scan of this store is running.",
                why=f"it holds {self._path}; two at once would read every mail twice.",
                remedy="wait until it ends; `mailsignals scan` then reads what is new.",
            ) from error

    def _open(self) -> int:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            return os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreUnwritable(
                f"The lock file {self._path} cannot be made.",
                why=f"the system answered: {error.strerror}.",
                remedy="set store.path in mailsignals.toml to a folder that is yours.",
            ) from error
