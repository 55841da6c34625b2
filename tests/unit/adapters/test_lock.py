from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mailsignals.adapters.lock import FileLock
from mailsignals.errors import AlreadyRunning, StoreUnwritable

HOLD = """
import sys, time
from pathlib import Path
from mailsignals.adapters.lock import FileLock
with FileLock(Path(sys.argv[1])).hold():
    print("held", flush=True)
    time.sleep(60)
"""


@contextmanager
def another_scan(path: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.kill()


def test_a_second_process_is_refused_until_the_first_is_gone(tmp_path: Path) -> None:
    lock = FileLock(tmp_path / "store.lock")
    with another_scan(tmp_path / "store.lock"), pytest.raises(AlreadyRunning, match="Another scan"), lock.hold():
        pytest.fail("held twice")
    with lock.hold():
        pass


def test_the_kernel_drops_the_lock_of_a_process_that_is_killed(tmp_path: Path) -> None:
    with another_scan(tmp_path / "store.lock") as process:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        with FileLock(tmp_path / "store.lock").hold():
            pass


def test_the_lock_file_is_for_its_owner_only_and_may_stay(tmp_path: Path) -> None:
    for _ in range(2):
        with FileLock(tmp_path / "store.lock").hold():
            assert (tmp_path / "store.lock").stat().st_mode & 0o777 == 0o600


def test_a_place_where_no_lock_can_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnwritable, match="cannot be made") as refused, FileLock(tmp_path / "file" / "x").hold():
        pass
    assert "store.path" in refused.value.remedy
