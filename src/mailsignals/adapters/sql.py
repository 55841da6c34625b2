"""The store: SQLite in WAL mode through SQLAlchemy Core, its tables kept up to date by Alembic."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, astuple
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import starmap
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.exc import DatabaseError

from mailsignals.errors import StoreUnwritable
from mailsignals.text.message import is_copy
from mailsignals.types import (
    Address,
    Alert,
    AlertChange,
    Attachment,
    Cue,
    CueKind,
    Defect,
    Evidence,
    Hush,
    Invoice,
    Mark,
    Matter,
    Message,
    Origin,
    OutboxState,
    OutgoingMail,
    Tagging,
)


@lru_cache(maxsize=1 << 14)
def _address(email: str, name: str) -> Address:
    """One object for the same person in thousands of messages."""
    return Address(email, name)


class Packed(sa.types.UserDefinedType[Any]):
    """A column that a plain function writes and another reads: with 100,000 rows each further call counts.

    Args:
        kind: The column's type in SQLite, as the migrations made it.
        write: From Python to SQLite.
        read: From SQLite to Python.
    """

    cache_ok = True

    def __init__(self, kind: str, write: Callable[[Any], Any], read: Callable[[Any], Any]) -> None:
        self.kind = kind
        self.write = write
        self.read = read

    def get_col_spec(self, **_options: object) -> str:
        """As SQLAlchemy asks for the type."""
        return self.kind

    def bind_processor(self, dialect: sa.Dialect) -> Callable[[Any], Any]:
        """As SQLAlchemy asks for the writer."""
        return self.write

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Callable[[Any], Any]:
        """As SQLAlchemy asks for the reader."""
        return self.read


def _write_moment(moment: datetime | None) -> str | None:
    """In UTC and without a zone, as SQLite's own functions want it."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds") if moment else None


def _read_moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text + "+00:00") if text else None


def _write_list(values: Iterable[Any]) -> str:
    """Texts, or objects of a few fields as lists of these."""
    return json.dumps([value if isinstance(value, str) else astuple(value) for value in values])


def _list_reader(make: Callable[..., Any] | None = None) -> Callable[[str], tuple[Any, ...]]:
    """Reads what ``_write_list`` wrote; most lists of a large store are empty or name the same people."""

    @lru_cache(maxsize=1 << 14)
    def read(text: str) -> tuple[Any, ...]:
        values = json.loads(text)
        return tuple(starmap(make, values) if make else values)

    return read


def _write_payments(payments: Iterable[tuple[date, float]]) -> str:
    return json.dumps([[paid_at.isoformat(), amount] for paid_at, amount in payments])


def _read_payments(text: str) -> tuple[tuple[date, float], ...]:
    return tuple((date.fromisoformat(paid_at), amount) for paid_at, amount in json.loads(text))


def _write_cues(cues: Iterable[Cue]) -> str:
    return json.dumps([[cue.kind, cue.start, cue.end, cue.due and cue.due.isoformat(), cue.matter] for cue in cues])


@lru_cache(maxsize=1 << 14)
def _read_cues(text: str) -> tuple[Cue, ...]:
    """The cues of a message; most have none."""
    return tuple(
        Cue(CueKind(kind), start, end, date.fromisoformat(due) if due else None, Matter(matter) if matter else None)
        for kind, start, end, due, matter in json.loads(text)
    )


REVISION = "0006"
"""The newest revision under ``migrations``."""

metadata = sa.MetaData()

_MOMENT = Packed("DATETIME", _write_moment, _read_moment)
"""Aware UTC in Python."""

messages = sa.Table(
    "messages",
    metadata,
    sa.Column("message_id", sa.Text, primary_key=True),
    sa.Column("content_hash", sa.Text, nullable=False),
    sa.Column("sent_at", _MOMENT, nullable=False, index=True),
    sa.Column("sender_email", sa.Text, nullable=False),
    sa.Column("sender_name", sa.Text, nullable=False),
    sa.Column("recipients", Packed("JSON", _write_list, _list_reader(_address)), nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("own_text", sa.Text, nullable=False),
    sa.Column("lang", sa.Text, nullable=False),
    sa.Column("origin", sa.Text, nullable=False),
    sa.Column("in_reply_to", sa.Text),
    sa.Column("references", Packed("JSON", _write_list, _list_reader()), nullable=False),
    sa.Column("attachments", Packed("JSON", _write_list, _list_reader(Attachment)), nullable=False),
    sa.Column("defects", Packed("JSON", _write_list, _list_reader(Defect)), nullable=False),
    sa.Column("utc_offset", sa.Integer),
)

marks = sa.Table(
    "marks",
    metadata,
    sa.Column("mailbox", sa.Text, primary_key=True),
    sa.Column("folder", sa.Text, primary_key=True),
    sa.Column("uidvalidity", sa.BigInteger, nullable=False),
    sa.Column("uid", sa.BigInteger, nullable=False),
)

taggings = sa.Table(
    "taggings",
    metadata,
    sa.Column("message_id", sa.ForeignKey("messages.message_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("model", sa.Text, primary_key=True),
    sa.Column("scores", sa.JSON, nullable=False),
)

evidence = sa.Table(
    "evidence",
    metadata,
    sa.Column("message_id", sa.Text, primary_key=True),
    sa.Column("model", sa.Text, primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("label", sa.Text, nullable=False, index=True),
    sa.Column("start", sa.Integer, nullable=False),
    sa.Column("end", sa.Integer, nullable=False),
    sa.Column("score", sa.Float, nullable=False),
    sa.Column("is_sure", sa.Boolean, nullable=False),
    sa.ForeignKeyConstraint(
        ["message_id", "model"], ["taggings.message_id", "taggings.model"], ondelete="CASCADE", name="evidence_tagging"
    ),
)

vectors = sa.Table(
    "vectors",
    metadata,
    sa.Column("encoder", sa.Text, primary_key=True),
    sa.Column("key", sa.LargeBinary, primary_key=True),
    sa.Column("vector", sa.LargeBinary, nullable=False),
)

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("message_id", sa.Text, primary_key=True),
    sa.Column("sender", sa.Text, nullable=False),
    sa.Column("recipients", sa.JSON, nullable=False),
    sa.Column("raw", sa.LargeBinary, nullable=False),
    sa.Column("queued_at", _MOMENT, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("changed_at", _MOMENT, nullable=False),
)

alerts = sa.Table(
    "alerts",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("client", sa.Text, nullable=False, index=True),
    sa.Column("tag", sa.Text, nullable=False),
    sa.Column("score", sa.Float, nullable=False),
    sa.Column("raised_at", _MOMENT, nullable=False),
    sa.Column("change", sa.Text, nullable=False),
    sa.Column("evidence", sa.JSON, nullable=False),
    sa.Column("digest", sa.ForeignKey("outbox.message_id"), nullable=False),
)

readings = sa.Table(
    "readings",
    metadata,
    sa.Column("message_id", sa.ForeignKey("messages.message_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("reader", sa.Text, primary_key=True),
    sa.Column("cues", Packed("JSON", _write_cues, _read_cues), nullable=False),
)

invoices = sa.Table(
    "invoices",
    metadata,
    sa.Column("client", sa.Text, primary_key=True),
    sa.Column("number", sa.Text, primary_key=True),
    sa.Column("issued", sa.Date, nullable=False),
    sa.Column("due", sa.Date),
    sa.Column("amount", sa.Float, nullable=False),
    sa.Column("currency", sa.Text, nullable=False),
    sa.Column("paid_at", sa.Date),
    sa.Column("paid_amount", sa.Float, nullable=False),
    sa.Column("payments", Packed("JSON", _write_payments, _read_payments), nullable=False),
)

hushes = sa.Table(
    "hushes",
    metadata,
    sa.Column("client", sa.Text, primary_key=True),
    sa.Column("tag", sa.Text, primary_key=True),
    sa.Column("said_at", _MOMENT, nullable=False),
    sa.Column("until", _MOMENT),
    sa.Column("score", sa.Float, nullable=False),
)


_MESSAGES, _VECTORS = messages, vectors
"""The tables, for methods whose argument has the same name."""


_ROWS_AT_ONCE = 5000


class SqlStore:
    """The ``Store`` port on one SQLite file.

    Args:
        path: The database file; its folder is made, the file is readable by its owner only.

    Raises:
        StoreUnwritable: The file cannot be made or opened, or is not a database.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._engine = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": 30})
        sa.event.listen(self._engine, "connect", _configure)
        try:
            with self._faults():
                _make_private(path)
                _migrate(self._engine)
        except StoreUnwritable:
            self.close()
            raise

    def close(self) -> None:
        """Release the file."""
        self._engine.dispose()

    def mark(self, mailbox: str, folder: str) -> Mark | None:
        """See ``ports.Store``."""
        query = sa.select(marks.c.uidvalidity, marks.c.uid).filter_by(mailbox=mailbox, folder=folder)
        row = self._one(query)
        return Mark(row.uidvalidity, row.uid) if row else None

    def save_batch(self, mailbox: str, folder: str, messages: Sequence[Message], mark: Mark) -> int:
        """See ``ports.Store``."""
        with self._begin() as connection:
            rows = _new_rows(connection, messages)
            if rows:
                connection.execute(sa.insert(_MESSAGES), rows)
            _promote(connection, messages)
            position = {"uidvalidity": mark.uidvalidity, "uid": mark.uid}
            connection.execute(
                upsert(marks)
                .values(mailbox=mailbox, folder=folder, **position)
                .on_conflict_do_update(index_elements=["mailbox", "folder"], set_=position)
            )
        return len(rows)

    def has_message(self, message_id: str) -> bool:
        """See ``ports.Store``."""
        return self._one(sa.select(messages.c.message_id).filter_by(message_id=message_id)) is not None

    def messages(self, *, until: datetime | None = None) -> Sequence[Message]:
        """See ``ports.Store``."""
        query = sa.select(messages).order_by(messages.c.sent_at, messages.c.message_id)
        if until is not None:
            query = query.where(messages.c.sent_at <= until)
        with self._begin() as connection:  # not all rows at once, beside all messages
            return [_message(row) for row in connection.execute(query.execution_options(yield_per=_ROWS_AT_ONCE))]

    def message(self, message_id: str) -> Message | None:
        """See ``ports.Store``."""
        row = self._one(sa.select(messages).filter_by(message_id=message_id))
        return _message(row) if row else None

    def untagged(self, model: str, *, limit: int) -> Sequence[Message]:
        """See ``ports.Store``."""
        tagged = sa.select(taggings.c.message_id).filter_by(model=model)
        query = sa.select(messages).where(messages.c.message_id.not_in(tagged)).order_by(messages.c.sent_at)
        return [_message(row) for row in self._all(query.limit(limit))]

    def save_taggings(self, taggings: Iterable[Tagging]) -> None:
        """See ``ports.Store``."""
        with self._begin() as connection:
            for tagging in taggings:
                _replace_tagging(connection, tagging)

    def taggings(self, model: str) -> Mapping[str, Tagging]:
        """See ``ports.Store``."""
        shown = self.evidence(model)
        return {
            row.message_id: Tagging(
                row.message_id, model, row.scores, shown[row.message_id].evidence if row.message_id in shown else ()
            )
            for row in self._all(sa.select(taggings).filter_by(model=model))
        }

    def vectors(self, encoder: str, keys: Collection[bytes]) -> Mapping[bytes, bytes]:
        """See ``ports.Store``."""
        query = sa.select(vectors.c.key, vectors.c.vector).filter_by(encoder=encoder)
        wanted = list(keys)
        parts = (wanted[first : first + _ROWS_AT_ONCE] for first in range(0, len(wanted), _ROWS_AT_ONCE))
        return {row.key: row.vector for part in parts for row in self._all(query.where(vectors.c.key.in_(part)))}

    def save_vectors(self, encoder: str, vectors: Mapping[bytes, bytes]) -> None:
        """See ``ports.Store``."""
        rows = [{"encoder": encoder, "key": key, "vector": vector} for key, vector in vectors.items()]
        # Two ranges of the index, where "unlike" would read every row.
        others = sa.or_(_VECTORS.c.encoder < encoder, _VECTORS.c.encoder > encoder)
        with self._begin() as connection:
            connection.execute(_VECTORS.delete().where(others))
            if rows:
                connection.execute(upsert(_VECTORS).on_conflict_do_nothing(), rows)

    def evidence(self, model: str) -> Mapping[str, Tagging]:
        """See ``ports.Store``."""
        spans: dict[str, list[Evidence]] = {}
        query = sa.select(evidence).filter_by(model=model).order_by(evidence.c.position)
        for key, _model, _position, *span in self._all(query):
            spans.setdefault(key, []).append(Evidence(*span))
        return {key: Tagging(key, model, {}, tuple(found)) for key, found in spans.items()}

    def unread(self, reader: str, *, limit: int) -> Sequence[Message]:
        """See ``ports.Store``."""
        known = sa.select(readings.c.message_id).filter_by(reader=reader)
        query = sa.select(messages).where(messages.c.message_id.not_in(known)).order_by(messages.c.sent_at)
        return [_message(row) for row in self._all(query.limit(limit))]

    def save_readings(self, reader: str, cues: Mapping[str, Sequence[Cue]]) -> None:
        """See ``ports.Store``."""
        with self._begin() as connection:
            for message_id, found in cues.items():
                row = {"message_id": message_id, "reader": reader, "cues": found}
                connection.execute(upsert(readings).values(row).on_conflict_do_nothing())

    def readings(self, reader: str) -> Mapping[str, tuple[Cue, ...]]:
        """See ``ports.Store``."""
        rows = self._all(sa.select(readings.c.message_id, readings.c.cues).filter_by(reader=reader))
        return dict(map(tuple, rows))

    def save_invoices(self, invoices: Iterable[Invoice], *, void: Iterable[tuple[str, str]] = ()) -> int:
        """See ``ports.Store``."""
        with self._begin() as connection:
            removed = sum(
                connection.execute(sa.delete(_INVOICES).filter_by(client=client, number=number)).rowcount
                for client, number in void
            )
            for invoice in invoices:
                connection.execute(_upsert(_INVOICES, asdict(invoice), ("client", "number")))
            return removed

    def invoices(self) -> Sequence[Invoice]:
        """See ``ports.Store``."""
        query = sa.select(invoices).order_by(invoices.c.issued, invoices.c.number)
        return [Invoice(**row._mapping) for row in self._all(query)]

    def save_hush(self, hush: Hush) -> None:
        """See ``ports.Store``."""
        with self._begin() as connection:
            connection.execute(_upsert(hushes, asdict(hush), ("client", "tag")))

    def drop_hushes(self, client: str) -> int:
        """See ``ports.Store``."""
        with self._begin() as connection:
            return connection.execute(sa.delete(hushes).filter_by(client=client)).rowcount

    def hushes(self) -> Sequence[Hush]:
        """See ``ports.Store``."""
        return [Hush(**row._mapping) for row in self._all(sa.select(hushes).order_by(hushes.c.client, hushes.c.tag))]

    def alerts(self) -> Sequence[Alert]:
        """See ``ports.Store``."""
        rows = self._all(sa.select(alerts).order_by(alerts.c.raised_at, alerts.c.id))
        return [
            Alert(row.client, row.tag, row.score, row.raised_at, AlertChange(row.change), tuple(row.evidence))
            for row in rows
        ]

    def queue_digest(self, mail: OutgoingMail, alerts: Sequence[Alert], at: datetime) -> None:
        """See ``ports.Store``."""
        with self._begin() as connection:
            connection.execute(
                sa.insert(outbox).values(
                    message_id=mail.message_id,
                    sender=mail.sender,
                    recipients=list(mail.recipients),
                    raw=mail.raw,
                    queued_at=at,
                    state=OutboxState.QUEUED.value,
                    changed_at=at,
                )
            )
            for alert in alerts:
                connection.execute(_alert_row(alert, mail.message_id))

    def last_digest_at(self, *, until: datetime | None = None) -> datetime | None:
        """See ``ports.Store``."""
        latest = sa.select(sa.func.max(outbox.c.queued_at, type_=_MOMENT).label("at"))
        known = latest.where(outbox.c.state != OutboxState.REFUSED.value)
        row = self._one(known if until is None else known.where(outbox.c.queued_at <= until))
        return cast("datetime | None", row.at) if row else None

    def outbox(self) -> Sequence[tuple[OutgoingMail, OutboxState]]:
        """See ``ports.Store``."""
        done = (OutboxState.SENT.value, OutboxState.REFUSED.value)
        query = sa.select(outbox).where(outbox.c.state.not_in(done)).order_by(outbox.c.queued_at)
        return [
            (OutgoingMail(row.message_id, row.sender, tuple(row.recipients), row.raw), OutboxState(row.state))
            for row in self._all(query)
        ]

    def set_outbox_state(self, message_id: str, state: OutboxState, at: datetime) -> None:
        """See ``ports.Store``. A mail that no longer waits leaves its row, not its words."""
        values: dict[str, Any] = {"state": state.value, "changed_at": at}
        if state in {OutboxState.SENT, OutboxState.REFUSED}:
            values["raw"] = b""
        with self._begin() as connection:
            if state is OutboxState.REFUSED:
                connection.execute(sa.delete(alerts).filter_by(digest=message_id))
            connection.execute(sa.update(outbox).filter_by(message_id=message_id).values(**values))

    def counts(self) -> Mapping[str, int]:
        """See ``ports.Store``."""
        tables = (messages, taggings, alerts, outbox)
        with self._begin() as connection:
            return {
                table.name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
                for table in tables
            }

    def newest_message_at(self) -> datetime | None:
        """When the newest stored message was sent, or None where there is none."""
        row = self._one(sa.select(sa.func.max(messages.c.sent_at, type_=_MOMENT).label("at")))
        return cast("datetime | None", row.at)

    def copy_to(self, path: Path) -> None:
        """Write a copy of the whole store to a new file."""
        with self._faults(), self._engine.connect() as connection:
            connection.execute(sa.text("VACUUM INTO :path"), {"path": str(path)})

    def _one(self, query: sa.Select[Any]) -> Any:
        with self._begin() as connection:
            return connection.execute(query).first()

    def _all(self, query: sa.Select[Any]) -> Sequence[Any]:
        with self._begin() as connection:
            return connection.execute(query).all()

    @contextmanager
    def _begin(self) -> Iterator[sa.Connection]:
        """A transaction: all of it or nothing."""
        with self._faults(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """Say what is wrong with the file in words a person can act on."""
        try:
            yield
        except (DatabaseError, OSError) as error:
            reason = str(getattr(error, "orig", None) or error)
            raise StoreUnwritable(
                f"The store {self.path} cannot be used.",
                why=f"it answered: {reason}. What was stored before is untouched.",
                remedy=_remedy(reason, self.path),
            ) from error


def _make_private(path: Path) -> None:
    """Make the file for its owner only: it holds other people's words."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def _configure(connection: Any, _record: object) -> None:
    for pragma in ("journal_mode = WAL", "foreign_keys = ON", "busy_timeout = 30000"):
        connection.execute(f"PRAGMA {pragma}")


def _migrate(engine: sa.Engine) -> None:
    """Bring the tables to the newest revision, all of it or nothing: two that open a new store do not meet half-way.

    Alembic is only imported where there is something to do: it would take a third of the start of a quiet night.
    """
    if _revision(engine) == REVISION:
        return
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", "mailsignals.adapters:migrations")
    with engine.begin() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # sqlite3 itself begins no transaction for tables
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise OSError(str(error)) from error


def _revision(engine: sa.Engine) -> str | None:
    """The revision of the tables that are there; None for a new store."""
    with engine.connect() as connection:
        if not connection.exec_driver_sql("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").first():
            return None
        found: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        return found


def _remedy(reason: str, path: Path) -> str:
    if "full" in reason:
        return f"make room on the disk of {path.parent}, then run `mailsignals scan` again; nothing is lost."
    if "locate revision" in reason:
        return "update mailsignals: a newer version of it made this store."
    if "not a database" in reason or "malformed" in reason:
        return f"move {path} away and run `mailsignals scan`; it reads the mailbox anew."
    return f"check that {path.parent} exists and is yours, or set store.path in mailsignals.toml."


def _new_rows(connection: sa.Connection, new: Sequence[Message]) -> list[dict[str, Any]]:
    """Rows of the messages that are not there; another mail under a used Message-ID gets its hash behind the ID."""
    keys = [key for message in new for key in _keys(message)]
    stored = connection.execute(sa.select(messages).where(messages.c.message_id.in_(keys)))
    known = {row.message_id: _message(row) for row in stored}
    rows = []
    for message in new:
        key = next((key for key in _keys(message) if is_copy(known.get(key, message), message)), None)
        if key is not None and key not in known:
            known[key] = message
            rows.append(_message_row(message, key))
    return rows


def _promote(connection: sa.Connection, new: Sequence[Message]) -> None:
    """A person's mail that first came through a list is a person's: its direct copy takes the place of the list's."""
    direct = {message.message_id: message for message in new if message.origin is Origin.HUMAN}
    query = sa.select(messages).where(messages.c.message_id.in_([*direct]), messages.c.origin == Origin.BULK.value)
    for row in connection.execute(query).all():
        if is_copy(_message(row), direct[row.message_id]):
            connection.execute(sa.delete(taggings).filter_by(message_id=row.message_id))
            connection.execute(sa.delete(readings).filter_by(message_id=row.message_id))
            values = _message_row(direct[row.message_id], row.message_id)
            connection.execute(sa.update(messages).filter_by(message_id=row.message_id).values(values))


def _keys(message: Message) -> tuple[str, str]:
    return message.message_id, f"{message.message_id}#{message.content_hash[:8]}"


def _message_row(message: Message, key: str) -> dict[str, Any]:
    return {
        "message_id": key,
        "content_hash": message.content_hash,
        "sent_at": message.sent_at,
        "sender_email": message.sender.email,
        "sender_name": message.sender.name,
        "recipients": message.recipients,
        "subject": message.subject,
        "own_text": message.own_text,
        "lang": message.lang,
        "origin": message.origin.value,
        "in_reply_to": message.in_reply_to,
        "references": message.references,
        "attachments": message.attachments,
        "defects": message.defects,
        "utc_offset": message.utc_offset,
    }


_ORIGINS = {origin.value: origin for origin in Origin}


def _message(row: Iterable[Any]) -> Message:
    """A row of all columns, in order: asking for each by name would take twice as long as all the rest."""
    key, content_hash, sent_at, email, name, recipients, subject, own_text, lang, origin, *others = row
    sender = _address(email, name)
    return Message(key, content_hash, sent_at, sender, recipients, subject, own_text, lang, _ORIGINS[origin], *others)


def _replace_tagging(connection: sa.Connection, tagging: Tagging) -> None:
    key = {"message_id": tagging.message_id, "model": tagging.model}
    connection.execute(sa.delete(taggings).filter_by(**key))
    connection.execute(sa.insert(taggings).values(**key, scores=dict(tagging.scores)))
    for position, span in enumerate(tagging.evidence):
        connection.execute(sa.insert(evidence).values(**key, position=position, **asdict(span)))


_INVOICES = invoices
"""The table, where a method's argument has its name."""


def _upsert(table: sa.Table, row: Mapping[str, Any], key: tuple[str, ...]) -> Any:
    """Insert a row, or replace the one with its key."""
    return (
        upsert(table)
        .values(**row)
        .on_conflict_do_update(
            index_elements=list(key), set_={name: value for name, value in row.items() if name not in key}
        )
    )


def _alert_row(alert: Alert, digest: str) -> sa.Insert:
    return sa.insert(alerts).values(
        client=alert.client,
        tag=alert.tag,
        score=alert.score,
        raised_at=alert.raised_at,
        change=alert.change.value,
        evidence=list(alert.evidence),
        digest=digest,
    )
