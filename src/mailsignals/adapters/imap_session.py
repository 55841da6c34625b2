"""An IMAP session that can be trusted. This file is the one home of imaplib2.

imaplib2 3.6 (2021, the last release) verifies no certificate, waits for ever on a silent handshake, and hands every
body to its log before it is thrown away; ``Session`` mends that. One command is in flight at a
time, but for FETCHes of different messages, whose answers are told apart by UID.
"""

from __future__ import annotations

import re
import select
import socket
import ssl
import threading
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

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

imaplib2.imaplib2.time = SimpleNamespace(**{**vars(time), "sleep": lambda _seconds: None})
"""Its handler sleeps a tenth of a second in the hope that the greeting is then awaited; ``Session._handler`` knows."""

ImapError, ImapAbort = imaplib2.IMAP4.error, imaplib2.IMAP4.abort

MAX_LINE = 64 * 1024 * 1024
"""Octets without a line end. A SEARCH answer of 200,000 UIDs is 1.4 million; what goes on for ever is no IMAP."""

_READ_OCTETS = 256 * 1024
_LITERAL = re.compile(rb"\{(\d+)\+?\}\r?\n$")
_FETCH = re.compile(rb"\*[ \t]+\d+[ \t]+FETCH[ \t]", re.IGNORECASE)
_LOOSE = re.compile(rb"^\*[ \t]{2,}|^\*[ \t]+\d+[ \t]{2,}")
_BARE = re.compile(rb"^[A-P]+\d+ (?:OK|NO|BAD)\r?\n$")
_STILL_HERE = b"* OK still here\r\n"

Answer = Sequence[bytes]
"""One FETCH answer: lines and the literals behind them in turn, a line first and last."""


class Session(imaplib2.IMAP4):  # type: ignore[misc]
    """imaplib2's session with a connection that verifies, times out and reads in bulk, without its log of commands.

    Its reader and writer threads share one TLS object, which OpenSSL does not allow: the session then hangs now and
    then, most often after STARTTLS. So reading and writing take turns, and reading never waits inside the lock.

    Args:
        limit: Seconds of silence that are borne, in connecting, in the handshake and in an answer.
        until: Moment of ``time.monotonic`` after which the server is read no more, however it dribbles.
    """

    def __init__(self, host: str, port: int, context: ssl.SSLContext, limit: float, until: float) -> None:
        self._context, self._limit, self._until, self._turn = context, limit, until, threading.Lock()
        self._answers: list[Answer] = []
        self._heard_at = time.monotonic()
        self._is_awaited = threading.Event()
        super().__init__(host, port, timeout=limit)

    @property
    def is_overdue(self) -> bool:
        """Whether the session's time is up."""
        return time.monotonic() > self._until

    def take_answers(self) -> Sequence[Answer]:
        """The FETCH answers that have come since this was last asked."""
        answers, self._answers = self._answers, []
        return answers

    def fetch_all(self, commands: Sequence[tuple[str, str]]) -> Iterator[tuple[str, Sequence[Any]]]:
        """Send UID FETCHes one behind the other; the tagged answer of each. What they fetch is in ``take_answers``.

        Raises:
            ImapAbort: The session has ended.
        """
        requests = [self._command("UID", "FETCH", numbers, items) for numbers, items in commands]
        for request in requests:
            yield request.get_response("FETCH => %s")
        self._check_bye()

    def farewell(self) -> Sequence[bytes]:
        """The words of BYE, which the library keeps from the command that they end."""
        return self._get_untagged_response("BYE", leave=True) or ()

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
            TimeoutError: The session's time is up.
        """
        while not self.Terminate:
            if self.is_overdue:
                raise TimeoutError("the session's time is up")
            if data := self._read_now(size):
                return data
            select.select([self.read_fd], [], [], 1)
        return b""

    def send(self, data: bytes) -> None:
        """Send all of it, within the time limit."""
        with self._turn:
            self.sock.sendall(data)

    def _read_now(self, size: int) -> bytes:
        """What is there, without waiting."""
        with self._turn:
            self.sock.settimeout(0)
            try:
                data: bytes = self.sock.recv(size)
            except (ssl.SSLWantReadError, BlockingIOError):
                return b""
            finally:
                self.sock.settimeout(self._limit)
        if not data:
            raise ConnectionError("closed by the server")
        return data

    def _handler(self) -> None:
        """Handle nothing before somebody awaits the greeting: on a busy machine it was lost now and then."""
        self._is_awaited.wait()
        super()._handler()

    def _reader(self) -> None:
        """Answers to FETCH go to ``take_answers`` whole, all others to the library's handler, also in one piece each.

        The library would cut every body into lines and queue each of them: fifteen times slower.
        """
        buffer = bytearray()
        try:
            while not self.Terminate:
                answer = self._next_answer(buffer)
                if _FETCH.match(answer[0]):
                    self._answers.append(answer)
                    continue
                for piece in answer:
                    if piece:  # an empty literal would be no queue item but the next line
                        self.inq.put(piece)
                if self.TerminateReader and answer[0].startswith(self.tagpre):
                    return  # STARTTLS: what follows is TLS
        except Exception as fault:
            self.inq.put((self.abort, f"socket error: {type(fault).__name__} - {fault}"))

    def _next_answer(self, buffer: bytearray) -> Answer:
        """A line; where it announces a literal, that and the line behind it, and so on."""
        pieces = [_mended(self._take_line(buffer))]
        while literal := _LITERAL.search(pieces[-1]):
            pieces += [self._take(buffer, int(literal[1])), self._take_line(buffer)]
        return pieces

    def _take_line(self, buffer: bytearray) -> bytes:
        looked_at = 0
        while (end := buffer.find(b"\n", looked_at)) < 0:
            if len(buffer) > MAX_LINE:
                raise ConnectionError("a line without an end")
            looked_at = len(buffer)
            buffer += self._more()
        return self._take(buffer, end + 1)

    def _take(self, buffer: bytearray, octets: int) -> bytes:
        while len(buffer) < octets:
            buffer += self._more()
        taken = bytes(buffer[:octets])
        del buffer[:octets]
        return taken

    def _more(self) -> bytes:
        """Further bytes. The library's handler, which sees no bodies, is told now and then that some still come."""
        data = self.read(self.read_size if self.TerminateReader else _READ_OCTETS)
        if not data:
            raise ConnectionError("the session has ended")
        now = time.monotonic()
        if now - self._heard_at > self._limit / 4:
            self._heard_at = now
            self.inq.put(_STILL_HERE)
        return data

    def _mode_ascii(self) -> None:
        """Passwords for LOGIN may hold any letter; the library would raise UnicodeEncodeError."""
        super()._mode_ascii()
        self._encoding = "utf-8"

    def _request_push(self, tag: Any = None, name: Any = None, **how: Any) -> Any:
        """A command that is pushed when the session has just ended is not waited for (the library would, for ever)."""
        request = super()._request_push(tag, name, **how)
        self._is_awaited.set()
        if self.Terminate:
            with self.commands_lock:
                self.tagged_commands.pop(tag or request.tag, None)
            request.abort(self.abort, "connection closed")
        return request

    def _log(self, _level: int, _line: str) -> None:
        """Keep nothing: the library's log would hold LOGIN lines and bodies."""

    def _print_log(self) -> None:
        """Print nothing: the library would write to stderr whenever a connection breaks."""


class _TlsSession(Session):
    """The same with TLS from the first byte."""

    def open(self, host: str, port: int) -> None:
        """Connect, then shake hands."""
        super().open(host, port)
        self.ssl_wrap_socket()


def connect(host: str, port: int, tls: str, context: ssl.SSLContext, *, limit: float, until: float) -> Session:
    """A session with TLS; a handshake that fails leaves no thread behind.

    Args:
        tls: ``implicit`` or ``starttls``.
        limit, until: See ``Session``.
    """
    if tls == "implicit":
        return _TlsSession(host, port, context, limit, until)
    session = Session(host, port, context, limit, until)
    try:
        session.starttls()
    except BaseException:
        hang_up(session)
        raise
    return session


def hang_up(session: Session | None) -> None:
    """End a session; harmless on one that has ended."""
    if session is not None:
        with suppress(OSError, AttributeError, ImapError):
            session.logout()


def _mended(line: bytes) -> bytes:
    """A line as the library's grammar wants it: DavMail doubles blanks, others end a tagged OK without a text."""
    if not line.endswith(b"\r\n"):
        line = line[:-1] + b"\r\n"
    if _LOOSE.match(line):
        return b" ".join(line.split(None, 2 if line[1:].lstrip()[:1].isdigit() else 1))
    if _BARE.match(line):
        return line.rstrip() + b" \r\n"
    return line
