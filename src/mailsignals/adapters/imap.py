"""The mailbox on an IMAP server. This file is the one home of imaplib2.

imaplib2 3.6 (2021, the last release) verifies no certificate and waits for ever on a silent handshake; ``_Verified``
mends both. Folders are opened with EXAMINE and bodies fetched with BODY.PEEK[], so nothing on the server changes.
"""

from __future__ import annotations

import select
import socket
import ssl
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal

from mailsignals.adapters.imap_grammar import FetchItem, encode_folder, parse_fetch, parse_list, quoted, uid_set
from mailsignals.adapters.network import network_faults, unavailable, verifying_context
from mailsignals.errors import FolderMissing, LoginRefused, MailsignalsError, TryLater
from mailsignals.types import Folder, Mark, RawMessage

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # "invalid escape sequence" when 3.12 and later compile it first
    import imaplib2


class _Thread(threading.Thread):
    """A thread that still answers to the names which imaplib2 calls and Python has deprecated since 3.10."""

    def setDaemon(self, daemonic: bool) -> None:  # noqa: N802
        """As ``daemon``."""
        self.daemon = daemonic

    def setName(self, name: str) -> None:  # noqa: N802
        """As ``name``."""
        self.name = name


imaplib2.imaplib2.threading = SimpleNamespace(
    Thread=_Thread, Event=threading.Event, Lock=threading.Lock, currentThread=threading.current_thread
)

MAX_OCTETS = 512 * 1024
"""Octets fetched of one message. Text comes first in nearly all mail; attachments are never wanted."""

BATCH_OCTETS = 8 * 1024 * 1024
BATCH_MESSAGES = 200
"""One FETCH asks for at most so much: servers refuse long lines, and memory stays small."""

_LATER = (b"[OVERQUOTA]", b"[LIMIT]", b"[UNAVAILABLE]", b"[THROTTLED]", b"[INUSE]", b"too many")
"""Answers that mean: not now (RFC 5530; Gmail and Dovecot say 'Too many simultaneous connections')."""


class ImapMailbox:
    """The ``Mailbox`` port on an IMAP4rev1 server.

    Args:
        name: Key of the marks, ``user@host``.
        tls: ``implicit`` (port 993) or ``starttls`` (port 143).
        ca_file: Certificates to trust instead of the system's.
        timeout: Seconds that connecting, the handshake or one answer may take.

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
    ) -> None:
        self._host, self._port, self._user = host, port, user
        self._name = name or f"{user}@{host}"
        self._raw_names: dict[str, bytes] = {}
        self._open_folder = ""
        self._session: Any = None
        context = verifying_context(ca_file)
        with self._faults():
            self._session = _connect(host, port, tls, context, timeout)
            try:
                self._log_in(password)
            except BaseException:
                self._hang_up()
                raise

    @property
    def name(self) -> str:
        """See ``ports.Mailbox``."""
        return self._name

    def folders(self) -> Sequence[Folder]:
        """See ``ports.Mailbox``."""
        with self._faults():
            listed = dict(parse_list(self._ok(self._session.list())))
        self._raw_names = {folder.name: raw for folder, raw in listed.items()}
        return tuple(listed)

    def examine(self, folder: str) -> Mark:
        """See ``ports.Mailbox``."""
        with self._faults():
            raw_name = self._raw_name(folder)
            self._open_folder = ""  # a refused EXAMINE closes the folder before it too (RFC 3501, 6.3.1)
            typ, data = self._session.examine(quoted(raw_name))
            if typ != "OK":
                raise self._no_folder(folder, data)
            self._open_folder = folder
            validity, next_uid = self._code("UIDVALIDITY"), self._code("UIDNEXT")
            return Mark(validity, next_uid - 1 if next_uid else self._highest_uid())

    def fetch(self, folder: str, *, after: int, since: datetime | None = None) -> Iterator[Sequence[RawMessage]]:
        """See ``ports.Mailbox``."""
        self._open(folder)
        with self._faults():
            wanted = [item for item in self._overview(after) if not _is_older(item, since)]
        for batch in _batches(wanted):
            self._open(folder)
            with self._faults():
                messages = self._fetch_batch(batch)
            yield messages

    def close(self) -> None:
        """See ``ports.Mailbox``."""
        self._hang_up()

    def _log_in(self, password: str) -> None:
        """AUTHENTICATE PLAIN (any password in UTF-8, RFC 4616) where it is offered, LOGIN elsewhere."""
        try:
            if "AUTH=PLAIN" in self._session.capabilities:
                token = f"\0{self._user}\0{password}".encode()
                self._session.authenticate("PLAIN", lambda _challenge: token)
            else:
                self._session.login(quoted(self._user.encode()), password)
        except imaplib2.IMAP4.abort:
            raise
        except imaplib2.IMAP4.error as error:
            raise self._refused(str(error).encode()) from None  # the library's error quotes the line of LOGIN

    def _open(self, folder: str) -> None:
        """EXAMINE a folder unless it is the open one: between two batches somebody may have looked into another."""
        if self._open_folder != folder:
            self.examine(folder)

    def _overview(self, after: int) -> Sequence[FetchItem]:
        """UID, size and date of all messages above a UID. ``n:*`` also gives the last message when none is newer."""
        data = self._ok(self._session.uid("FETCH", f"{after + 1}:*", "(UID RFC822.SIZE INTERNALDATE)"))
        return [item for item in parse_fetch(data) if item.uid > after]

    def _fetch_batch(self, batch: Sequence[FetchItem]) -> Sequence[RawMessage]:
        """The bodies of a batch. A batch that the server refuses is halved down to the one bad message."""
        parts = f"(UID BODY.PEEK[]<0.{MAX_OCTETS}>)"
        typ, data = self._session.uid("FETCH", uid_set([item.uid for item in batch]), parts)
        if typ != "OK":
            self._raise_if_later(data)
            if len(batch) == 1:
                return [_raw(batch[0], None)]
            middle = len(batch) // 2
            return [*self._fetch_batch(batch[:middle]), *self._fetch_batch(batch[middle:])]
        bodies = {item.uid: item.body for item in parse_fetch(data)}
        return [_raw(item, bodies.get(item.uid)) for item in batch]

    def _highest_uid(self) -> int:
        """For servers that announce no UIDNEXT."""
        data = self._ok(self._session.uid("SEARCH", "ALL"))
        return max((int(uid) for line in data if line for uid in line.split()), default=0)

    def _code(self, name: str) -> int:
        """A response code of the last EXAMINE, 0 where the server did not send it."""
        _, data = self._session.response(name)
        value = data[-1] if data else None
        return int(value) if value and value.isdigit() else 0

    def _raw_name(self, folder: str) -> bytes:
        if not self._raw_names:
            self.folders()
        return self._raw_names.get(folder, b"INBOX" if folder.upper() == "INBOX" else encode_folder(folder))

    def _ok(self, answer: tuple[str, list[Any]]) -> list[Any]:
        """The data of an OK answer; None stands for no data."""
        typ, data = answer
        if typ != "OK":
            self._raise_if_later(data)
            raise unavailable(self._host, self._port, f"it answered {typ} to a reading command")
        return [part for part in data if part is not None]

    def _raise_if_later(self, data: Sequence[Any]) -> None:
        words = b" ".join(part for part in data if isinstance(part, bytes))
        if any(sign.lower() in words.lower() for sign in _LATER):
            raise TryLater(
                f"{self._host} asks for a pause.",
                why="it limits connections or traffic; going on would prolong the ban.",
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
        except imaplib2.IMAP4.error as error:
            self._raise_if_later([str(error).encode(), *self._farewell()])
            reason = str(error).split("=>")[-1].strip()[:200]
            raise unavailable(self._host, self._port, f"the session broke off ({reason})") from error

    def _farewell(self) -> Sequence[bytes]:
        """The words of BYE, which the library keeps from the command that they end."""
        return (self._session and self._session._get_untagged_response("BYE", leave=True)) or ()

    def _hang_up(self) -> None:
        with suppress(OSError, AttributeError, imaplib2.IMAP4.error):
            self._session.logout()


class _Verified(imaplib2.IMAP4):  # type: ignore[misc]
    """imaplib2's session with a connection that verifies and times out, and without its log of commands.

    Its reader and writer threads share one TLS object, which OpenSSL does not allow: the session then hangs now and
    then, most often after STARTTLS. So reading and writing take turns, and reading never waits inside the lock.
    """

    def __init__(self, host: str, port: int, context: ssl.SSLContext, timeout: float) -> None:
        self._context, self._limit, self._turn = context, timeout, threading.Lock()
        super().__init__(host, port, timeout=timeout)

    def open_socket(self) -> socket.socket:
        """Connect within the time limit."""
        return socket.create_connection((self.host, self.port), self._limit)

    def ssl_wrap_socket(self) -> None:
        """Shake hands within the time limit; verify chain and host name (overrides an unverified context)."""
        self.sock: socket.socket = self._context.wrap_socket(self.sock, server_hostname=self.host)
        self.read_fd = self.sock.fileno()
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)

    def read(self, size: int) -> bytes:
        """Some bytes. A TLS record without data (a session ticket) is waited out.

        Raises:
            ConnectionError: The stream has ended; the library would look five times more.
        """
        while not self.Terminate:
            with self._turn:
                self.sock.settimeout(0)
                try:
                    data: bytes = self.sock.recv(size)
                except (ssl.SSLWantReadError, BlockingIOError):
                    data = b""
                else:
                    if not data:
                        raise ConnectionError("closed by the server")
                finally:
                    self.sock.settimeout(self._limit)
            if data:
                return data
            select.select([self.read_fd], [], [], 1)
        return b""

    def send(self, data: bytes) -> None:
        """Send all of it, within the time limit."""
        with self._turn:
            self.sock.sendall(data)

    def _mode_ascii(self) -> None:
        """Passwords for LOGIN may hold any letter; the library would raise UnicodeEncodeError."""
        super()._mode_ascii()
        self._encoding = "utf-8"

    def _request_push(self, tag: Any = None, name: Any = None, **how: Any) -> Any:
        """A command that is pushed when the session has just ended is not waited for (the library would, for ever)."""
        request = super()._request_push(tag, name, **how)
        if self.Terminate:
            with self.commands_lock:
                self.tagged_commands.pop(tag or request.tag, None)
            request.abort(self.abort, "connection closed")
        return request

    def _log(self, _level: int, _line: str) -> None:
        """Keep nothing: the library's log would hold LOGIN lines and bodies."""

    def _print_log(self) -> None:
        """Print nothing: the library would write to stderr whenever a connection breaks."""


class _VerifiedTls(_Verified):
    """The same with TLS from the first byte."""

    def open(self, host: str, port: int) -> None:
        """Connect, then shake hands."""
        super().open(host, port)
        self.ssl_wrap_socket()


def _connect(host: str, port: int, tls: str, context: ssl.SSLContext, timeout: float) -> Any:
    """A session with TLS; a handshake that fails leaves no thread behind."""
    if tls == "implicit":
        return _VerifiedTls(host, port, context, timeout)
    session = _Verified(host, port, context, timeout)
    try:
        session.starttls()
    except BaseException:
        with suppress(OSError, imaplib2.IMAP4.error):
            session.logout()
        raise
    return session


def _batches(items: Sequence[FetchItem]) -> Iterator[Sequence[FetchItem]]:
    """Cut by messages and octets, whichever is reached first."""
    batch: list[FetchItem] = []
    octets = 0
    for item in items:
        size = min(item.size or MAX_OCTETS, MAX_OCTETS)
        if batch and (len(batch) == BATCH_MESSAGES or octets + size > BATCH_OCTETS):
            yield batch
            batch, octets = [], 0
        batch.append(item)
        octets += size
    if batch:
        yield batch


def _is_older(item: FetchItem, since: datetime | None) -> bool:
    return since is not None and item.received_at is not None and item.received_at < since


def _raw(item: FetchItem, body: bytes | None) -> RawMessage:
    return RawMessage(item.uid, body or b"", item.received_at, item.size or 0)
