"""What the ``Lock`` port promises, kept by the lock file and by the fake."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailsignals.adapters.lock import FileLock
from mailsignals.errors import AlreadyRunning
from mailsignals.ports import Lock
from support.fakes import MemoryLock


@pytest.fixture(params=["memory", "file"])
def lock(request: pytest.FixtureRequest, tmp_path: Path) -> Lock:
    return MemoryLock() if request.param == "memory" else FileLock(tmp_path / "deep" / "store.lock")


def test_a_second_holder_is_refused(lock: Lock) -> None:
    with lock.hold(), pytest.raises(AlreadyRunning, match="running"), lock.hold():
        pytest.fail("held twice")


def test_the_lock_is_free_again_after_use_and_after_an_error(lock: Lock) -> None:
    with lock.hold():
        pass
    with pytest.raises(RuntimeError, match="inside"), lock.hold():
        raise RuntimeError("inside")
    with lock.hold():
        pass


def test_an_error_inside_is_not_taken_for_a_second_holder(lock: Lock) -> None:
    with pytest.raises(BlockingIOError), lock.hold():
        raise BlockingIOError
