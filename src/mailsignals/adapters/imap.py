"""The mailbox on an IMAP server: what is asked of it, in which order, and how little of it.

A folder is looked at with STATUS, opened with EXAMINE and read with BODY.PEEK, so nothing on the server changes. Of
each message come the headers and the structure, then the parts that hold words; attachments stay where they are.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any, Literal

from mailsignals.adapters.imap_grammar import FetchItem, encode_folder, parse_fetch, parse_list, quoted, uid_set
from mailsignals.adapters.imap_session import ImapAbort, ImapError, Session, connect, hang_up
from mailsignals.adapters.imap_structure import MAX_PART_OCTETS, Part, assemble, read_structure, text_parts
from mailsignals.adapters.network import network_faults, unavailable, verifying_context
from mailsignals.errors import FolderMissing, LoginRefused, MailsignalsError, TryLater
from mailsignals.ports import IsKnown
from mailsignals.types import Folder, Mark, RawMessage

MAX_OCTETS = 512 * 1024
"""Octets fetched of a message whose structure cannot be understood. Text comes first in nearly all mail."""

BATCH_OCTETS = 8 * 1024 * 1024
BATCH_MESSAGES = 500
"""One FETCH asks for at most so much: servers refuse long lines (500 UIDs are under 6 kB), and memory stays small."""

AHEAD = 1
"""Batches that are fetched while the one before is read and stored. 0 fetches each when it is asked for."""

DEADLINE = 4 * 60 * 60.0
"""Seconds that a session may take in all: a server that dribbles must not keep the next night from coming."""

_ENVELOPE = f"BODY.PEEK[HEADER]<0.{MAX_PART_OCTETS}>"
_HEADS = f"(UID INTERNALDATE RFC822.SIZE BODYSTRUCTURE {_ENVELOPE})"
_WHOLE = f"BODY.PEEK[]<0.{MAX_OCTETS}>"

_LATER = re.compile(
    rb"\[(?:OVERQUOTA|LIMIT|UNAVAILABLE|THROTTLED|INUSE)\]|too many (?:simultaneous |concurrent )?"
    rb"(?:connections|sessions|logins|commands|requests)|maximum number of connections",
    re.IGNORECASE,
)
"""Answers that mean: not now (RFC 5530; Gmail and Dovecot say it in words)."""

_STATUS = re.compile(rb"\b(UIDVALIDITY|UIDNEXT|MESSAGES)[ \t]+(\d+)", re.IGNORECASE)


class ImapMailbox:
    """The ``Mailbox`` port on an IMAP4rev1 server.

    Args:
        name: Key of the marks, ``user@host``.
        tls: ``implicit`` (port 993) or ``starttls`` (port 143).
        ca_file: Certificates to trust instead of the system's.
        timeout: Seconds that connecting, the handshake or a silence within an answer may take.
        deadline: Seconds that the whole session may take.

    Raises:
        HostUnknown, CertificateRefused, ServerUnavailable, LoginRefused, TryLater: No session can be had.
    """

    def __init__(
        self,
        host: str,
        port: int,
        user: str,
        password: str,
        *,
        name: str = "",
        tls: Literal["implicit", "starttls"] = "implicit",
        ca_file: Path | None = None,
        timeout: float = 60,
        deadline: float = DEADLINE,
    ) -> None:
        self._host, self._port, self._user = host, port, user
        self._name = name or f"{user}@{host}"
        self._raw_names: dict[str, bytes] = {}
        self._seen_validity: dict[str, int] = {}
        self._open_folder, self._present = "", Mark(0, 0)
        self._busy = Lock()
        self._session: Session | None = None
        context = verifying_context(ca_file)
        with self._faults():
            self._session = connect(host, port, tls, context, limit=timeout, until=time.monotonic() + deadline)
            try:
                self._log_in(password)
            except BaseException:
                hang_up(self._session)
                raise

    @property
    def name(self) -> str:
        """See ``ports.Mailbox``."""
        return self._name

    def folders(self) -> Sequence[Folder]:
        """See ``ports.Mailbox``."""
        with self._busy, self._faults():
            return self._list_folders()

    def examine(self, folder: str) -> Mark:
        """See ``ports.Mailbox``. One round trip where the server knows its UIDNEXT."""
        with self._busy, self._faults():
            typ, data = self._there.status(quoted(self._raw_name(folder)), "(UIDVALIDITY UIDNEXT MESSAGES)")
            if typ != "OK":
                raise self._no_folder(folder, data)
            told = {name.upper(): int(value) for name, value in _STATUS.findall(_joined(data))}
            mark = Mark(told.get(b"UIDVALIDITY", 0), told.get(b"UIDNEXT", 0) - 1)
            if mark.uid < 0 or not mark.uidvalidity:
                self._open_folder = ""
                mark = self._open(folder)
            self._seen_validity[folder] = mark.uidvalidity
            return mark

    def fetch(
        self, folder: str, *, after: int, since: datetime | None = None, is_known: IsKnown | None = None
    ) -> Iterator[Sequence[RawMessage]]:
        """See ``ports.Mailbox``. The next batch is fetched while its reader is busy with the one before."""
        with self._busy, self._faults():
            self._open_folder = ""  # what was open before may have grown since
            uids = self._uids(self._open(folder), after, since)
        job = _Job([*_pieces(uids, BATCH_MESSAGES)])
        yield from _read_ahead(lambda number: self._read(folder, number, job, is_known), range(len(job.batches)))

    def close(self) -> None:
        """See ``ports.Mailbox``."""
        hang_up(self._session)

    # The plan

    def _uids(self, present: Mark, after: int, since: datetime | None) -> Sequence[int]:
        """The UIDs to read. ``n:*`` also gives the last message when none is newer.

        A list of them is asked for even where the numbers between mark and UIDNEXT are few: it costs a round trip, and
        tells a message that has vanished from a number that was never there.
        """
        if present.uid <= after:
            return []
        items = "(UID INTERNALDATE)" if since else "(UID)"
        found = self._ask(f"{after + 1}:*", items)
        return sorted(uid for uid, item in found.items() if uid > after and not _is_older(item, since))

    def _read(self, folder: str, number: int, job: _Job, is_known: IsKnown | None) -> Sequence[RawMessage]:
        """A batch: what is known of each message first, then its words and, along with them, the heads of the next."""
        with self._busy, self._faults():
            self._open(folder)
            uids, refused = job.batches[number], dict[int, str]()
            heads = job.heads.pop(number, None)
            if heads is None:
                heads = self._fetch(uids, _HEADS, refused)
            known = _known(heads, is_known) if is_known else {}
            plans = {uid: _plan(item) for uid, item in heads.items() if uid not in known}
            requests = [(group, f"(UID {' '.join(sections)})") for sections, group in _requests(plans)]
            following = job.batches[number + 1] if requests and number + 1 < len(job.batches) else ()
            found, are_ahead = self._fetch_all(requests, refused, ahead=following)
            if are_ahead:
                job.heads[number + 1] = {uid: found[uid] for uid in following if uid in found}
            bodies = {uid: found[uid].bodies for uid in uids if uid in found}
            return [
                known.get(uid) or _raw(uid, heads, plans, bodies.get(uid, {}), refused.get(uid, "")) for uid in uids
            ]

    def _fetch_all(
        self, requests: Sequence[tuple[Sequence[int], str]], refused: dict[int, str], ahead: Sequence[int]
    ) -> tuple[Mapping[int, FetchItem], bool]:
        """Several FETCHes of different messages, sent at once: one wait for all on a slow line.

        Their answers are told apart by UID. Where the server refuses one of them, they are asked one after the other.

        Args:
            ahead: Messages whose heads are asked for as well; where that fails, it is left to their own turn.

        Returns:
            What has come, and whether all heads asked for ahead are in it.
        """
        commands = [(uid_set(uids), items) for uids, items in [*requests, *([(ahead, _HEADS)] if ahead else [])]]
        session, replies = self._there, list[tuple[str, Sequence[Any]]]()
        session.take_answers()
        try:
            replies.extend(session.fetch_all(commands))
        except ImapError:
            if len(replies) < len(requests):
                raise
        answers = session.take_answers()
        with suppress(_Refused):
            for typ, data in replies[: len(requests)]:
                self._check(typ, data)
            return parse_fetch(answers), bool(ahead) and len(replies) == len(commands) and replies[-1][0] == "OK"
        found: dict[int, FetchItem] = {}
        for uids, items in requests:
            found |= self._fetch(uids, items, refused)
        return found, False

    def _fetch(self, uids: Sequence[int], items: str, refused: dict[int, str]) -> Mapping[int, FetchItem]:
        """The answers for these messages. A batch that the server refuses is halved down to the one bad message."""
        try:
            return self._ask(uid_set(uids), items)
        except _Refused as answer:
            if len(uids) == 1:
                refused[uids[0]] = answer.args[0]
                return {}
        middle = len(uids) // 2
        return {**self._fetch(uids[:middle], items, refused), **self._fetch(uids[middle:], items, refused)}

    def _ask(self, numbers: str, items: str) -> Mapping[int, FetchItem]:
        """One UID FETCH.

        Raises:
            _Refused: The server says NO, or BAD as Exchange does for a message that it cannot render.
        """
        self._there.take_answers()
        try:
            typ, data = self._there.uid("FETCH", numbers, items)
        except ImapAbort:
            raise
        except ImapError as error:
            typ, data = "BAD", [str(error).encode()]
        answers = parse_fetch(self._there.take_answers())
        self._check(typ, data)
        return answers

    def _check(self, typ: str, data: Sequence[Any]) -> None:
        """Raise _Refused or TryLater unless it is OK."""
        if typ != "OK":
            self._raise_if_later(data)
            raise _Refused(_joined(data).decode("ascii", "replace")[:120])

    # Folders

    def _open(self, folder: str) -> Mark:
        """EXAMINE a folder; between two batches somebody may have looked into another.

        Raises:
            ServerUnavailable: It was renumbered since it was looked at: its mark would lie.
        """
        if self._open_folder == folder:
            return self._present
        self._open_folder = ""  # a refused EXAMINE closes the folder before it too (RFC 3501, 6.3.1)
        typ, data = self._there.examine(quoted(self._raw_name(folder)))
        if typ != "OK":
            raise self._no_folder(folder, data)
        validity, next_uid = self._code("UIDVALIDITY"), self._code("UIDNEXT")
        if self._seen_validity.setdefault(folder, validity) != validity:
            raise unavailable(self._host, self._port, f"{folder} was renumbered while it was read")
        self._present = Mark(validity, next_uid - 1 if next_uid else self._highest_uid(data))
        self._open_folder = folder
        return self._present

    def _highest_uid(self, exists: Sequence[Any]) -> int:
        """For servers that announce no UIDNEXT: the last message's, by its number, not by a search."""
        return 0 if _joined(exists) == b"0" else max(self._ask("*", "(UID)"), default=0)

    def _list_folders(self) -> Sequence[Folder]:
        listed = dict(parse_list(self._ok(self._there.list())))
        self._raw_names = {folder.name: raw for folder, raw in listed.items()}
        return tuple(listed)

    def _raw_name(self, folder: str) -> bytes:
        if not self._raw_names:
            self._list_folders()
        return self._raw_names.get(folder, b"INBOX" if folder.upper() == "INBOX" else encode_folder(folder))

    def _code(self, name: str) -> int:
        """A response code of the last EXAMINE, 0 where the server did not send it."""
        _, data = self._there.response(name)
        value = data[-1] if data else None
        return int(value) if value and value.isdigit() else 0

    # The session

    @property
    def _there(self) -> Session:
        """The session. One whose time is up is asked no more.

        Raises:
            TryLater: Its time is up.
        """
        assert self._session is not None
        if self._session.is_overdue:
            raise self._overdue()
        return self._session

    def _log_in(self, password: str) -> None:
        """AUTHENTICATE PLAIN (any password in UTF-8, RFC 4616) where it is offered, LOGIN elsewhere."""
        session = self._there
        try:
            if "AUTH=PLAIN" in session.capabilities:
                token = f"\0{self._user}\0{password}".encode()
                session.authenticate("PLAIN", lambda _challenge: token)
            else:
                session.login(quoted(self._user.encode()), password)
        except ImapAbort:
            raise
        except ImapError as error:
            raise self._refused(str(error).encode()) from None  # the library's error quotes the line of LOGIN

    def _ok(self, answer: tuple[str, list[Any]]) -> list[Any]:
        """The data of an OK answer; None stands for no data."""
        typ, data = answer
        if typ != "OK":
            self._raise_if_later(data)
            raise unavailable(self._host, self._port, f"it answered {typ} to a reading command")
        return [part for part in data if part is not None]

    def _raise_if_later(self, data: Sequence[Any]) -> None:
        if _LATER.search(_joined(data)):
            raise TryLater(
                f"{self._host} asks for a pause.",
                why="it limits connections or traffic; going on would prolong the ban.",
                remedy="nothing: the next `mailsignals scan` goes on where this one stopped.",
            )

    def _overdue(self) -> MailsignalsError:
        return TryLater(
            f"{self._host} took too long.",
            why="the session was given up when its time was over; what had come is stored.",
            remedy="nothing: the next `mailsignals scan` goes on where this one stopped.",
        )

    def _refused(self, answer: bytes) -> MailsignalsError:
        self._raise_if_later([answer])
        code = "AUTHENTICATIONFAILED" if b"AUTHENTICATIONFAILED" in answer.upper() else "NO"
        return LoginRefused(
            f"{self._host} refused the password for {self._user}.",
            why=f"it answered {code}; many providers refuse account passwords here.",
            remedy="make an app password with your provider, then run `mailsignals login`.",
        )

    def _no_folder(self, folder: str, data: Sequence[Any]) -> MailsignalsError:
        self._raise_if_later(data)
        return FolderMissing(
            f"There is no folder {folder} on {self._host}.",
            why=f"it was renamed or removed; there are: {', '.join(list(self._raw_names)[:12])}.",
            remedy="correct inbox, sent or folders under [mailbox] in mailsignals.toml.",
        )

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """Errors of the library and the network in our words."""
        try:
            with network_faults(self._host, self._port):
                yield
        except _Refused as answer:
            raise unavailable(self._host, self._port, f"it refused a reading command ({answer.args[0]})") from answer
        except ImapError as error:
            self._raise_if_later([str(error).encode(), *(self._session.farewell() if self._session else ())])
            if self._session and self._session.is_overdue:
                raise self._overdue() from error
            reason = str(error).split("=>")[-1].strip()[:200]
            raise unavailable(self._host, self._port, f"the session broke off ({reason})") from error


@dataclass
class _Job:
    """The reading of one folder.

    Args:
        batches: UIDs, in the order in which they are read.
        heads: Number of a batch -> its messages' headers and structures, where they came along with the batch before.
    """

    batches: Sequence[Sequence[int]]
    heads: dict[int, Mapping[int, FetchItem]] = field(default_factory=dict)


class _Refused(Exception):
    """The server's NO to a FETCH, in its words."""


_Plan = Sequence[Part] | None
"""The parts to fetch, the root of the structure first; None for the whole message."""


def _plan(item: FetchItem) -> _Plan:
    root = read_structure(item.structure)
    if root is None or item.bodies.get("BODY[HEADER]") is None:
        return None
    return [root, *text_parts(root)]


def _requests(plans: Mapping[int, _Plan]) -> Iterator[tuple[Sequence[str], Sequence[int]]]:
    """Messages that want the same parts go into one FETCH, as many as fit; those without words into none."""
    groups: dict[tuple[str, ...], list[tuple[int, int]]] = {}
    for uid, plan in sorted(plans.items()):
        if plan is None:
            groups.setdefault((_WHOLE,), []).append((uid, MAX_OCTETS))
            continue
        wanted = [part for part in plan[1:] if part.size != 0]
        if wanted:
            sections = tuple(f"BODY.PEEK[{part.section}]<0.{MAX_PART_OCTETS}>" for part in wanted)
            groups.setdefault(sections, []).append((uid, sum(_octets(part) for part in wanted)))
    for sections, sized in groups.items():
        for group in _by_octets(sized):
            yield sections, group


def _octets(part: Part) -> int:
    return MAX_PART_OCTETS if part.size is None else min(part.size, MAX_PART_OCTETS)


def _by_octets(sized: Sequence[tuple[int, int]]) -> Iterator[Sequence[int]]:
    """UIDs in groups of at most ``BATCH_OCTETS``; sizes are hints only (Exchange)."""
    group: list[int] = []
    octets = 0
    for uid, size in sized:
        if group and octets + size > BATCH_OCTETS:
            yield group
            group, octets = [], 0
        group.append(uid)
        octets += size
    if group:
        yield group


def _known(heads: Mapping[int, FetchItem], is_known: IsKnown) -> Mapping[int, RawMessage]:
    """The messages whose headers say that their words need not be fetched."""
    return {
        uid: RawMessage(uid, b"", item.received_at, item.size or 0, is_known=True)
        for uid, item in heads.items()
        if (header := item.bodies.get("BODY[HEADER]")) and is_known(RawMessage(uid, header, item.received_at))
    }


def _raw(
    uid: int,
    heads: Mapping[int, FetchItem],
    plans: Mapping[int, _Plan],
    bodies: Mapping[str, bytes | None],
    refusal: str,
) -> RawMessage:
    """A message from what came of it; without bytes where it has vanished or was refused."""
    head, plan = heads.get(uid), plans.get(uid)
    if head is None or refusal:
        return RawMessage(uid, b"", refusal=refusal)
    if plan is None:
        return RawMessage(uid, bodies.get("BODY[]") or b"", head.received_at, head.size or 0)
    root, *parts = plan
    texts = {part.section: bodies.get(f"BODY[{part.section}]") for part in parts if part.size != 0}
    if any(text is None for text in texts.values()):
        return RawMessage(uid, b"", head.received_at, head.size or 0)
    header = head.bodies["BODY[HEADER]"] or b""
    raw = assemble(header, root, {section: text or b"" for section, text in texts.items()})
    is_cut = any(len(text or b"") >= MAX_PART_OCTETS for text in texts.values()) or len(header) >= MAX_PART_OCTETS
    return RawMessage(uid, raw, head.received_at, (head.size or 0) if is_cut else len(raw))


def _read_ahead(read: Callable[[int], Sequence[RawMessage]], batches: Sequence[int]) -> Iterator[Sequence[RawMessage]]:
    """Batches in order, ``AHEAD`` of them fetched in a thread of their own while the caller works."""
    if not AHEAD:
        yield from map(read, batches)
        return
    with ThreadPoolExecutor(1, "fetch ahead") as worker:
        waiting: list[Future[Sequence[RawMessage]]] = []
        try:
            for batch in batches:
                waiting.append(worker.submit(read, batch))
                if len(waiting) > AHEAD:
                    yield waiting.pop(0).result()
            while waiting:
                yield waiting.pop(0).result()
        finally:
            worker.shutdown(wait=False, cancel_futures=True)


def _pieces(uids: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    return (uids[start : start + size] for start in range(0, len(uids), size))


def _is_older(item: FetchItem, since: datetime | None) -> bool:
    return since is not None and item.received_at is not None and item.received_at < since


def _joined(data: Sequence[Any]) -> bytes:
    """The words of an answer, those of its literals among them."""
    flat = (part for each in data for part in (each if isinstance(each, tuple) else (each,)))
    return b" ".join(part for part in flat if isinstance(part, bytes))
