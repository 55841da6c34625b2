from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from mailsignals.adapters.sql import REVISION, SqlStore, metadata
from mailsignals.errors import StoreUnwritable
from mailsignals.types import Evidence, Mark, OutboxState, OutgoingMail, Tagging
from support.mails import MONDAY, message

TABLES = {
    "messages",
    "marks",
    "vectors",
    "taggings",
    "evidence",
    "outbox",
    "alerts",
    "readings",
    "invoices",
    "hushes",
    "alembic_version",
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "mail.sqlite3"


@pytest.fixture
def store(path: Path) -> Iterator[SqlStore]:
    with closing(SqlStore(path)) as opened:
        yield opened


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


def change(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)


# --- The file ---


@pytest.mark.parametrize("existing", [None, b""])
def test_tables_are_made_in_a_new_or_empty_file(path: Path, existing: bytes | None) -> None:
    if existing is not None:
        path.parent.mkdir()
        path.write_bytes(existing)
    SqlStore(path).close()
    assert {name for (name,) in rows(path, "SELECT name FROM sqlite_master WHERE type = 'table'")} == TABLES


def test_the_migrations_make_exactly_the_tables_that_the_code_uses(store: SqlStore, path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_the_file_and_what_sqlite_puts_beside_it_are_for_the_owner_only(store: SqlStore, path: Path) -> None:
    old = os.umask(0)
    try:
        store.save_batch("box", "INBOX", [message(1)], Mark(1, 1))
    finally:
        os.umask(old)
    modes = {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
    assert modes
    assert set(modes.values()) == {0o600}


def test_two_that_open_one_store_see_each_other_s_work(store: SqlStore, path: Path) -> None:
    with closing(SqlStore(path)) as other:
        store.save_batch("box", "INBOX", [message(1)], Mark(1, 1))
        assert other.messages() == [message(1)]
        other.save_batch("box", "INBOX", [message(2)], Mark(1, 2))
    assert store.mark("box", "INBOX") == Mark(1, 2)


OPEN = (
    "import sys; from pathlib import Path; from mailsignals.adapters.sql import SqlStore; SqlStore(Path(sys.argv[1]))"
)


def test_two_processes_that_open_a_new_store_at_once_do_not_meet_half_way(path: Path) -> None:
    openers = [
        subprocess.Popen([sys.executable, "-c", OPEN, str(path)], stderr=subprocess.PIPE, text=True) for _ in range(3)
    ]
    assert [opener.communicate()[1] for opener in openers] == [""] * 3
    assert rows(path, "SELECT count(*) FROM alembic_version") == [(1,)]


def test_a_migration_that_fails_leaves_nothing_half_made(path: Path) -> None:
    path.parent.mkdir()
    change(path, "CREATE TABLE outbox (foreign_table TEXT)")
    with pytest.raises(StoreUnwritable, match="cannot be used"):
        SqlStore(path)
    assert rows(path, "SELECT name FROM sqlite_master WHERE type = 'table'") == [("outbox",)]


# --- What the database keeps ---


def test_foreign_keys_are_on_and_take_evidence_along(store: SqlStore, path: Path) -> None:
    store.save_batch("box", "INBOX", [message(1)], Mark(1, 1))
    told = Tagging(message(1).message_id, "m", {"distrust": 0.5}, (Evidence("distrust", 0, 4, 0.5),))
    store.save_taggings([told])
    store.save_taggings([Tagging(told.message_id, "m", told.scores)])
    assert rows(path, "SELECT count(*) FROM evidence") == [(0,)]
    with pytest.raises(StoreUnwritable):
        store.save_taggings([Tagging("nobody@nowhere.example", "m", {})])


def test_only_own_words_are_kept_of_a_mail(store: SqlStore, path: Path) -> None:
    store.save_batch("box", "INBOX", [message(1, "Own words.", text="Own words.\n> of somebody else")], Mark(1, 1))
    assert b"somebody else" not in path.read_bytes() + path.with_name(f"{path.name}-wal").read_bytes()


def test_a_digest_that_was_sent_leaves_its_row_and_not_its_words(store: SqlStore, path: Path) -> None:
    store.queue_digest(OutgoingMail("d@k.example", "a@k.example", ("a@k.example",), b"words"), [], MONDAY)
    store.set_outbox_state("d@k.example", OutboxState.SENT, MONDAY)
    assert rows(path, "SELECT state, raw FROM outbox") == [("sent", b"")]


def test_the_newest_message_tells_the_time(store: SqlStore) -> None:
    assert store.newest_message_at() is None
    store.save_batch("box", "INBOX", [message(2), message(1)], Mark(1, 2))
    assert store.newest_message_at() == message(2).sent_at


def test_a_copy_holds_all_and_goes_its_own_way(store: SqlStore, tmp_path: Path) -> None:
    store.save_batch("box", "INBOX", [message(1)], Mark(1, 1))
    store.copy_to(tmp_path / "copy.sqlite3")
    with closing(SqlStore(tmp_path / "copy.sqlite3")) as copy:
        copy.save_batch("box", "INBOX", [message(2)], Mark(1, 2))
        assert copy.messages() == [message(1), message(2)]
    assert store.messages() == [message(1)]
    assert store.mark("box", "INBOX") == Mark(1, 1)


# --- Trouble ---


def test_a_full_disk_stores_nothing_and_moves_nothing(store: SqlStore) -> None:
    store.save_batch("box", "INBOX", [message(1)], Mark(1, 1))

    @sa.event.listens_for(sa.Engine, "begin")
    def _no_room(connection: sa.Connection) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")  # SQLite takes it as: no page more than there are

    try:
        with pytest.raises(StoreUnwritable, match="cannot be used") as full:
            store.save_batch("box", "INBOX", [message(2), message(3, "word " * 100_000)], Mark(1, 3))
    finally:
        sa.event.remove(sa.Engine, "begin", _no_room)
    assert "full" in full.value.why
    assert "make room" in full.value.remedy
    assert store.messages() == [message(1)]
    assert store.mark("box", "INBOX") == Mark(1, 1)


@pytest.mark.parametrize(
    ("content", "reason", "remedy"),
    [
        (b"Dear diary, this is no database at all. " * 30, "not a database", "reads the mailbox anew"),
        (b"SQLite format 3\x00" + b"\xff" * 4000, "", "mail.sqlite3"),
    ],
)
def test_a_file_that_is_no_database_is_told_and_left_alone(
    path: Path, content: bytes, reason: str, remedy: str
) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(StoreUnwritable, match=r"mail\.sqlite3 cannot be used") as refused:
        SqlStore(path)
    assert reason in refused.value.why
    assert remedy in refused.value.remedy
    assert path.read_bytes() == content


def test_a_store_of_a_newer_version_asks_for_an_update(store: SqlStore, path: Path) -> None:
    change(path, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreUnwritable) as refused:
        SqlStore(path)
    assert "update mailsignals" in refused.value.remedy


def test_a_folder_in_the_place_of_the_file_is_told(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(StoreUnwritable) as refused:
        SqlStore(path)
    assert "store.path" in refused.value.remedy


def test_a_place_that_cannot_hold_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnwritable):
        SqlStore(tmp_path / "file" / "mail.sqlite3")


@pytest.mark.skipif(os.getuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StoreUnwritable, match="cannot be used"):
        SqlStore(tmp_path / "mail.sqlite3")


def test_the_store_knows_its_newest_revision() -> None:
    config = Config()
    config.set_main_option("script_location", "mailsignals.adapters:migrations")
    assert ScriptDirectory.from_config(config).get_current_head() == REVISION
