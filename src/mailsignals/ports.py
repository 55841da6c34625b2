"""What the workflows need of the outside world. Adapters fulfil these; fakes in tests do too."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from mailsignals.types import (
    Alert,
    Cue,
    Folder,
    Hush,
    Invoice,
    Mark,
    Message,
    OutboxState,
    OutgoingMail,
    RawMessage,
    Tagging,
)


class Clock(Protocol):
    """The one place that knows the time."""

    def now(self) -> datetime:
        """The present moment, aware UTC."""
        ...


IsKnown = Callable[[RawMessage], bool]
"""Whether a message, of which only the headers are there, is stored already."""


class Mailbox(Protocol):
    """A place with folders of mail, only ever read."""

    @property
    def name(self) -> str:
        """Stable identity of this mailbox (``user@host``, or a path): the key of its marks."""
        ...

    def folders(self) -> Sequence[Folder]:
        """All folders that can be opened, in the server's order."""
        ...

    def examine(self, folder: str) -> Mark:
        """Open a folder read-only: its UIDVALIDITY and the highest UID it has given (UIDNEXT - 1, 0 for none).

        Raises:
            FolderMissing: The mailbox has no such folder.
        """
        ...

    def fetch(
        self, folder: str, *, after: int, since: datetime | None = None, is_known: IsKnown | None = None
    ) -> Iterator[Sequence[RawMessage]]:
        """Batches of messages with UID above ``after``, ascending, each message once.

        A message that cannot be had (vanished meanwhile, or refused by the server) comes with empty ``raw``.

        Args:
            after: The mark's UID; 0 for all.
            since: Leave out messages received before this moment (first scan of a long mailbox).
            is_known: Asked with a message of nothing but headers; where it says yes the words need not come, and the
                message is marked ``is_known``. May be asked from another thread.
        """
        ...

    def close(self) -> None:
        """End the session. Calling it twice is harmless."""
        ...


class Store(Protocol):
    """What is remembered between two nights."""

    def mark(self, mailbox: str, folder: str) -> Mark | None:
        """How far the folder has been read, or None for never."""
        ...

    def save_batch(self, mailbox: str, folder: str, messages: Sequence[Message], mark: Mark) -> int:
        """Store the messages and move the mark in one transaction.

        Returns:
            Number of messages that were new. A message with known Message-ID and content hash is not stored again.

        Raises:
            StoreUnwritable: Disk full or not writable; nothing of the batch is stored, the mark stays.
        """
        ...

    def has_message(self, message_id: str) -> bool:
        """Whether a message with this Message-ID is stored."""
        ...

    def messages(self, *, until: datetime | None = None) -> Sequence[Message]:
        """Stored messages by ``sent_at`` then ``message_id``; only those sent up to ``until`` where given."""
        ...

    def message(self, message_id: str) -> Message | None:
        """One stored message, or None."""
        ...

    def untagged(self, model: str, *, limit: int) -> Sequence[Message]:
        """Up to ``limit`` stored messages without a tagging by this model, oldest first."""
        ...

    def save_taggings(self, taggings: Iterable[Tagging]) -> None:
        """Store taggings; one that is there for the same message is replaced."""
        ...

    def taggings(self, model: str) -> Mapping[str, Tagging]:
        """All taggings by this model: Message-ID -> tagging."""
        ...

    def vectors(self, encoder: str, keys: Collection[bytes]) -> Mapping[bytes, bytes]:
        """Vectors that this encoder made, of those of the keys that are known."""
        ...

    def save_vectors(self, encoder: str, vectors: Mapping[bytes, bytes]) -> None:
        """Keep vectors under their keys; those of any other encoder are dropped."""
        ...

    def evidence(self, model: str) -> Mapping[str, Tagging]:
        """The taggings by this model that have evidence, without their scores: what a judgement needs."""
        ...

    def unread(self, reader: str, *, limit: int) -> Sequence[Message]:
        """Up to ``limit`` stored messages without cues by this reader, oldest first."""
        ...

    def save_readings(self, reader: str, cues: Mapping[str, Sequence[Cue]]) -> None:
        """Store the cues of messages, also where there are none; what is there stays."""
        ...

    def readings(self, reader: str) -> Mapping[str, tuple[Cue, ...]]:
        """All cues by this reader: Message-ID -> cues."""
        ...

    def save_invoices(self, invoices: Iterable[Invoice], *, void: Iterable[tuple[str, str]] = ()) -> int:
        """Store invoices; one that is there under the same client and number is replaced.

        Args:
            void: Client and number of invoices to remove first; unknown ones are passed over.

        Returns:
            How many were removed.
        """
        ...

    def invoices(self) -> Sequence[Invoice]:
        """The whole ledger by issue date."""
        ...

    def save_hush(self, hush: Hush) -> None:
        """Note that a client's alert need not be told; what was said before of the same is replaced."""
        ...

    def drop_hushes(self, client: str) -> int:
        """Take back all that was said of a client; the number of notes dropped."""
        ...

    def hushes(self) -> Sequence[Hush]:
        """Everything that need not be told, by client; also what is over."""
        ...

    def alerts(self) -> Sequence[Alert]:
        """Every alert ever raised, oldest first."""
        ...

    def queue_digest(self, mail: OutgoingMail, alerts: Sequence[Alert], at: datetime) -> None:
        """Put a digest into the outbox and record its alerts as told, in one transaction."""
        ...

    def last_digest_at(self, *, until: datetime | None = None) -> datetime | None:
        """When the last digest was queued, or None for never; only those queued up to ``until`` where given."""
        ...

    def outbox(self) -> Sequence[tuple[OutgoingMail, OutboxState]]:
        """Mails that wait: neither sent nor refused for good. Oldest first."""
        ...

    def set_outbox_state(self, message_id: str, state: OutboxState, at: datetime) -> None:
        """Record where a queued mail stands. Of one that was refused the alerts are forgotten, to be told anew."""
        ...

    def counts(self) -> Mapping[str, int]:
        """Rows per kind (``messages``, ``taggings``, ``alerts``, ``outbox``), for the doctor."""
        ...

    def close(self) -> None:
        """Release the store."""
        ...


class Outbox(Protocol):
    """A way out for one mail."""

    def send(self, mail: OutgoingMail) -> Sequence[str]:
        """Deliver to all recipients.

        Returns:
            Recipients that the server refused while it accepted others.

        Raises:
            ServerUnavailable: Nothing left; try again next time.
            LoginRefused: The server refused the log-in.
            DeliveryUnsure: The line broke after the mail was handed over: it may have arrived.
        """
        ...


class Tagger(Protocol):
    """A model that reads own words and shows its sentences."""

    @property
    def fingerprint(self) -> str:
        """Identity of the model's files; taggings carry it."""
        ...

    @property
    def name(self) -> str:
        """The model's name and version for people, such as ``default 1.0``."""
        ...

    def tag(self, messages: Sequence[Message], answered: Mapping[str, str]) -> Sequence[Tagging]:
        """One tagging a message, in order.

        Args:
            answered: Message-ID -> own words of the message that it answers, where they are known.
        """
        ...


class Lock(Protocol):
    """Keeps two scans of one store apart."""

    def hold(self) -> AbstractContextManager[None]:
        """Hold the lock for a block.

        Raises:
            AlreadyRunning: Another process holds it.
        """
        ...
