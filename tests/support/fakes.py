"""The ports in memory. They behave as the ports promise; ``tests/contract`` holds them to it beside the real ones."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import datetime

from mailsignals.errors import (
    AlreadyRunning,
    DeliveryRefused,
    DeliveryUnsure,
    FolderMissing,
    MailsignalsError,
    ServerUnavailable,
    StoreUnwritable,
)
from mailsignals.ports import IsKnown
from mailsignals.signals.segment import sentences
from mailsignals.text.message import is_copy
from mailsignals.types import (
    Alert,
    Cue,
    Evidence,
    Folder,
    Hush,
    Invoice,
    Mark,
    Message,
    Origin,
    OutboxState,
    OutgoingMail,
    RawMessage,
    Tagging,
)


@dataclass
class _Queued:
    mail: OutgoingMail
    at: datetime
    alerts: list[Alert]
    state: OutboxState = OutboxState.QUEUED


@dataclass
class _Memory:
    """All that a store knows; copied before a change and put back when it fails."""

    messages: dict[str, Message] = field(default_factory=dict)
    marks: dict[tuple[str, str], Mark] = field(default_factory=dict)
    taggings: dict[tuple[str, str], Tagging] = field(default_factory=dict)
    alerts: list[Alert] = field(default_factory=list)
    outbox: dict[str, _Queued] = field(default_factory=dict)
    readings: dict[tuple[str, str], tuple[Cue, ...]] = field(default_factory=dict)
    invoices: dict[tuple[str, str], Invoice] = field(default_factory=dict)
    hushes: dict[tuple[str, str], Hush] = field(default_factory=dict)
    vectors: dict[tuple[str, bytes], bytes] = field(default_factory=dict)

    def copy(self) -> _Memory:
        return _Memory(
            dict(self.messages),
            dict(self.marks),
            dict(self.taggings),
            list(self.alerts),
            {key: copy(queued) for key, queued in self.outbox.items()},
            dict(self.readings),
            dict(self.invoices),
            dict(self.hushes),
            dict(self.vectors),
        )


class MemoryStore:
    """The ``Store`` port. ``fault`` makes every change fail, as a full disk does."""

    def __init__(self) -> None:
        self._memory = _Memory()
        self.fault: MailsignalsError | None = None

    def mark(self, mailbox: str, folder: str) -> Mark | None:
        return self._memory.marks.get((mailbox, folder))

    def save_batch(self, mailbox: str, folder: str, messages: Sequence[Message], mark: Mark) -> int:
        with self._change() as memory:
            new = sum(_insert(memory, message) for message in messages)
            memory.marks[mailbox, folder] = mark
            return new

    def has_message(self, message_id: str) -> bool:
        return message_id in self._memory.messages

    def messages(self, *, until: datetime | None = None) -> Sequence[Message]:
        found = (message for message in self._memory.messages.values() if until is None or message.sent_at <= until)
        return sorted(found, key=lambda message: (message.sent_at, message.message_id))

    def message(self, message_id: str) -> Message | None:
        return self._memory.messages.get(message_id)

    def vectors(self, encoder: str, keys: Collection[bytes]) -> Mapping[bytes, bytes]:
        known = self._memory.vectors
        return {key: known[encoder, key] for key in keys if (encoder, key) in known}

    def save_vectors(self, encoder: str, vectors: Mapping[bytes, bytes]) -> None:
        with self._change() as memory:
            kept = {name: vector for name, vector in memory.vectors.items() if name[0] == encoder}
            memory.vectors = kept | {(encoder, key): vector for key, vector in vectors.items()}

    def evidence(self, model: str) -> Mapping[str, Tagging]:
        return {key: replace(found, scores={}) for key, found in self.taggings(model).items() if found.evidence}

    def unread(self, reader: str, *, limit: int) -> Sequence[Message]:
        return [m for m in self.messages() if (m.message_id, reader) not in self._memory.readings][:limit]

    def save_readings(self, reader: str, cues: Mapping[str, Sequence[Cue]]) -> None:
        with self._change() as memory:
            for message_id, found in cues.items():
                memory.readings.setdefault((message_id, reader), tuple(found))

    def readings(self, reader: str) -> Mapping[str, tuple[Cue, ...]]:
        return {key: cues for (key, by), cues in self._memory.readings.items() if by == reader}

    def save_invoices(self, invoices: Iterable[Invoice], *, void: Iterable[tuple[str, str]] = ()) -> int:
        with self._change() as memory:
            removed = [key for key in void if memory.invoices.pop(key, None)]
            memory.invoices |= {(invoice.client, invoice.number): invoice for invoice in invoices}
            return len(removed)

    def invoices(self) -> Sequence[Invoice]:
        return sorted(self._memory.invoices.values(), key=lambda invoice: (invoice.issued, invoice.number))

    def save_hush(self, hush: Hush) -> None:
        with self._change() as memory:
            memory.hushes[hush.client, hush.tag] = hush

    def drop_hushes(self, client: str) -> int:
        with self._change() as memory:
            dropped = [key for key in memory.hushes if key[0] == client]
            for key in dropped:
                del memory.hushes[key]
            return len(dropped)

    def hushes(self) -> Sequence[Hush]:
        return [self._memory.hushes[key] for key in sorted(self._memory.hushes)]

    def untagged(self, model: str, *, limit: int) -> Sequence[Message]:
        return [message for message in self.messages() if (model, message.message_id) not in self._memory.taggings][
            :limit
        ]

    def save_taggings(self, taggings: Iterable[Tagging]) -> None:
        with self._change() as memory:
            for tagging in taggings:
                if tagging.message_id not in memory.messages:
                    raise _unwritable(f"a tagging of {tagging.message_id}, which is not stored")
                memory.taggings[tagging.model, tagging.message_id] = tagging

    def taggings(self, model: str) -> Mapping[str, Tagging]:
        return {message_id: tagging for (of, message_id), tagging in self._memory.taggings.items() if of == model}

    def alerts(self) -> Sequence[Alert]:
        return sorted(self._memory.alerts, key=lambda alert: alert.raised_at)

    def queue_digest(self, mail: OutgoingMail, alerts: Sequence[Alert], at: datetime) -> None:
        with self._change() as memory:
            if mail.message_id in memory.outbox:
                raise _unwritable(f"a second mail {mail.message_id}")
            memory.outbox[mail.message_id] = _Queued(mail, at, list(alerts))
            memory.alerts.extend(alerts)

    def last_digest_at(self, *, until: datetime | None = None) -> datetime | None:
        told = (queued.at for queued in self._memory.outbox.values() if queued.state is not OutboxState.REFUSED)
        return max((at for at in told if until is None or at <= until), default=None)

    def outbox(self) -> Sequence[tuple[OutgoingMail, OutboxState]]:
        done = {OutboxState.SENT, OutboxState.REFUSED}
        waiting = (queued for queued in self._memory.outbox.values() if queued.state not in done)
        return [(queued.mail, queued.state) for queued in sorted(waiting, key=lambda queued: queued.at)]

    def set_outbox_state(self, message_id: str, state: OutboxState, at: datetime) -> None:
        with self._change() as memory:
            if message_id in memory.outbox:
                memory.outbox[message_id].state = state
                if state is OutboxState.REFUSED:
                    for alert in memory.outbox[message_id].alerts:
                        memory.alerts.remove(alert)

    def counts(self) -> Mapping[str, int]:
        memory = self._memory
        return {
            "messages": len(memory.messages),
            "taggings": len(memory.taggings),
            "alerts": len(memory.alerts),
            "outbox": len(memory.outbox),
        }

    def close(self) -> None:
        """Nothing is held; what is stored stays for whoever holds this object."""

    @contextmanager
    def _change(self) -> Iterator[_Memory]:
        """A transaction."""
        if self.fault:
            raise self.fault
        changed = self._memory.copy()
        yield changed
        self._memory = changed


def _insert(memory: _Memory, message: Message) -> bool:
    for key in (message.message_id, f"{message.message_id}#{message.content_hash[:8]}"):
        stored = memory.messages.get(key)
        if stored is None:
            memory.messages[key] = replace(message, message_id=key, text="", passages=())
            return True
        if is_copy(stored, message):
            if stored.origin is Origin.BULK and message.origin is Origin.HUMAN:
                memory.messages[key] = replace(message, message_id=key, text="", passages=())
                memory.taggings = {at: told for at, told in memory.taggings.items() if at[1] != key}
                memory.readings = {at: told for at, told in memory.readings.items() if at[0] != key}
            return False
    return False


def _unwritable(what: str) -> StoreUnwritable:
    return StoreUnwritable(f"The store cannot take {what}.", why="a key is wrong.", remedy="mend the test.")


@dataclass
class _MemoryFolder:
    uidvalidity: int = 1
    next_uid: int = 1
    special_use: str = ""
    messages: dict[int, RawMessage] = field(default_factory=dict)


def _header(raw: bytes) -> bytes:
    return raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"


class MemoryMailbox:
    """The ``Mailbox`` port, with the ways in which a real one changes while it is read.

    Args:
        batch: Messages in one batch of ``fetch``.
    """

    def __init__(self, name: str = "ana@memory", *, batch: int = 200) -> None:
        self._name, self._batch = name, batch
        self._folders: dict[str, _MemoryFolder] = {"INBOX": _MemoryFolder()}
        self._refused: set[tuple[str, int]] = set()
        self.fault: MailsignalsError | None = None
        """Raised by every visit while it is set."""

        self.breaks_off_after: int | None = None
        """So many batches come, then the line breaks; None for a line that holds."""

    # What happens to a mailbox

    def create(self, folder: str, special_use: str = "") -> None:
        self._folders[folder] = _MemoryFolder(special_use=special_use)

    def deliver(self, folder: str, raw: bytes, received_at: datetime | None = None) -> int:
        """The new message's UID."""
        here = self._folders.setdefault(folder, _MemoryFolder())
        uid = here.next_uid
        here.next_uid += 1
        here.messages[uid] = RawMessage(uid, raw, received_at, len(raw))
        return uid

    def expunge(self, folder: str, uid: int) -> None:
        del self._folders[folder].messages[uid]

    def refuse(self, folder: str, uid: int) -> None:
        """From now on the message is listed but cannot be had."""
        self._refused.add((folder, uid))

    def renumber(self, folder: str, uidvalidity: int) -> None:
        """New UIDs from 1, under another UIDVALIDITY."""
        here = self._folders[folder]
        renumbered = {uid: replace(old, uid=uid) for uid, old in enumerate(here.messages.values(), start=1)}
        self._folders[folder] = _MemoryFolder(uidvalidity, len(renumbered) + 1, here.special_use, renumbered)

    def rewind(self, folder: str) -> None:
        """New UIDs from 1 under the same UIDVALIDITY, as GMX was seen to do."""
        self.renumber(folder, self._folders[folder].uidvalidity)

    # The port

    @property
    def name(self) -> str:
        return self._name

    def folders(self) -> Sequence[Folder]:
        return [Folder(name, folder.special_use) for name, folder in self._folders.items()]

    def examine(self, folder: str) -> Mark:
        here = self._folder(folder)
        return Mark(here.uidvalidity, here.next_uid - 1)

    def fetch(
        self, folder: str, *, after: int, since: datetime | None = None, is_known: IsKnown | None = None
    ) -> Iterator[Sequence[RawMessage]]:
        listed = [
            message
            for uid, message in sorted(self._folder(folder).messages.items())
            if uid > after and not (since and message.received_at and message.received_at < since)
        ]
        for start in range(0, len(listed), self._batch):
            if start // self._batch == self.breaks_off_after:
                raise ServerUnavailable("The line broke.", why="the test wants it.", remedy="visit again.")
            here = self._folder(folder).messages
            yield [
                replace(message, raw=b"", is_known=True)
                if is_known and message.uid in here and is_known(replace(message, raw=_header(message.raw)))
                else message
                if message.uid in here and (folder, message.uid) not in self._refused
                else replace(message, raw=b"", refusal="NO" if message.uid in here else "")
                for message in listed[start : start + self._batch]
            ]

    def close(self) -> None:
        """Nothing is held."""

    def _folder(self, name: str) -> _MemoryFolder:
        if self.fault:
            raise self.fault
        if name not in self._folders:
            raise FolderMissing(
                f"There is no folder {name} in memory.",
                why=f"there are: {', '.join(self._folders)}.",
                remedy="create it.",
            )
        return self._folders[name]


class MemoryOutbox:
    """The ``Outbox`` port: a server that can be down, refuse recipients, or break off behind the mail."""

    def __init__(self) -> None:
        self.delivered: list[tuple[str, OutgoingMail]] = []
        """Recipient and mail, in order."""

        self.refused: set[str] = set()
        self.fault: MailsignalsError | None = None
        """Raised before anything is taken."""

        self.never: set[str] = set()
        """Message-IDs that are refused for good."""

        self.breaks_off = False
        """Take the mail, then break off before it is confirmed."""

    def send(self, mail: OutgoingMail) -> Sequence[str]:
        if self.fault:
            raise self.fault
        if mail.message_id in self.never:
            raise DeliveryRefused("A digest was refused.", why="it is too large.", remedy="shorten it.")
        accepted = [recipient for recipient in mail.recipients if recipient not in self.refused]
        if not accepted:
            raise ServerUnavailable(
                "The server refused the digest.", why="all recipients were refused.", remedy="check digest.to."
            )
        self.delivered.extend((recipient, mail) for recipient in accepted)
        if self.breaks_off:
            raise DeliveryUnsure(
                "The server broke off.", why="the mail may have arrived or not.", remedy="nothing: scan again."
            )
        return [recipient for recipient in mail.recipients if recipient in self.refused]


class MemoryLock:
    """The ``Lock`` port among those who share the object."""

    def __init__(self) -> None:
        self._is_held = False

    @contextmanager
    def hold(self) -> Iterator[None]:
        if self._is_held:
            raise AlreadyRunning("Another scan is running.", why="it holds the lock.", remedy="wait until it ends.")
        self._is_held = True
        try:
            yield
        finally:
            self._is_held = False


class RuleTagger:
    """The ``Tagger`` port by plain rules: a sentence that holds a needle is evidence for its tag.

    Args:
        rules: Needle (any case) -> tag.
    """

    def __init__(self, rules: Mapping[str, str], *, fingerprint: str = "rules-1", score: float = 0.95) -> None:
        self._rules, self._fingerprint, self._score = rules, fingerprint, score

    @property
    def fingerprint(self) -> str:
        return self._fingerprint

    @property
    def name(self) -> str:
        return "rules 1.0"

    def tag(self, messages: Sequence[Message], answered: Mapping[str, str]) -> Sequence[Tagging]:
        return [replace(self._tag(message.own_text), message_id=message.message_id) for message in messages]

    def tag_texts(self, texts: Sequence[str], answered: Sequence[str] = ()) -> Sequence[Tagging]:
        """As ``ModelTagger`` does: with an empty ``message_id``."""
        return [self._tag(text) for text in texts]

    def _tag(self, text: str) -> Tagging:
        evidence = tuple(
            Evidence(tag, start, end, self._score)
            for start, end in sentences(text)
            for tag in self._tags_of(text[start:end])
        )
        found = {span.label for span in evidence}
        scores = {tag: self._score if tag in found else 0.0 for tag in self._rules.values()}
        return Tagging("", self._fingerprint, scores, evidence)

    def _tags_of(self, sentence: str) -> Iterable[str]:
        """Each tag once."""
        return dict.fromkeys(tag for needle, tag in self._rules.items() if needle.lower() in sentence.lower())
