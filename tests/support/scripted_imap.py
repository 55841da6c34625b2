"""A server that gives the answers no real IMAP server gives on demand."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Self

from support.certificates import Certificate

Script = Callable[[str], "bytes | None"]
"""Command line without its tag -> answer, or None for the usual one. ``TAG`` in it becomes the command's tag."""

TAG = b"{tag}"
HANG_UP = b"{hang up}"
"""As the end of an answer: close the line."""

SILENCE = b""
"""As an answer: say nothing, and keep the line open."""

_USUAL: Mapping[str, bytes] = {
    "EXAMINE": b"* 3 EXISTS\r\n* OK [UIDVALIDITY 7] valid\r\n* OK [UIDNEXT 4] next\r\n",
    "STATUS": b"* STATUS INBOX (UIDVALIDITY 7 UIDNEXT 4 MESSAGES 3)\r\n",
    "LIST": b'* LIST () "/" INBOX\r\n',
    "LOGOUT": b"* BYE see you\r\n",
}


class ScriptedImap:
    """One client after the other over TLS (or in the open, where a test is about that); a context manager.

    Args:
        certificate: None for a server without TLS.
        capabilities: What CAPABILITY announces behind ``IMAP4rev1``.
    """

    def __init__(
        self,
        certificate: Certificate | None,
        script: Script = lambda _command: None,
        *,
        greeting: bytes = b"* OK here\r\n",
        capabilities: str = "AUTH=PLAIN",
    ) -> None:
        self._context = certificate.context() if certificate else None
        self._script, self._greeting = script, greeting
        self._capabilities = f"* CAPABILITY IMAP4rev1 {capabilities}\r\n".encode()
        self.commands: list[str] = []
        """Every line that a client sent, tags taken off."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._line: socket.socket | None = None
        self._thread = threading.Thread(target=self._serve, name="scripted imap")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_fault: object) -> None:
        for end in (self._listener, self._line):
            if end:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                self._line, _ = self._listener.accept()
            except OSError:
                return
            with suppress(OSError), self._line:
                if self._context:
                    self._line = self._context.wrap_socket(self._line, server_side=True)
                with self._line, self._line.makefile("rb") as lines:
                    self._converse(self._line, lines)

    def _converse(self, line: socket.socket | ssl.SSLSocket, lines: object) -> None:
        line.sendall(self._greeting)
        for words in lines:  # type: ignore[attr-defined]
            tag, _, command = words.rstrip(b"\r\n").partition(b" ")
            self.commands.append(command.decode("utf-8", "replace"))
            answer = self._script(self.commands[-1])
            if answer is None:
                answer = self._usual(self.commands[-1])
            line.sendall(answer.replace(TAG, tag).removesuffix(HANG_UP))
            if answer.endswith(HANG_UP):
                return
            if answer.startswith(b"+"):
                self.commands.append(lines.readline().decode("ascii").rstrip())  # type: ignore[attr-defined]
                line.sendall(tag + b" OK go on\r\n")

    def _usual(self, command: str) -> bytes:
        verb = command.partition(" ")[0]
        if verb == "AUTHENTICATE":
            return b"+ \r\n"
        extra = self._capabilities if verb == "CAPABILITY" else _USUAL.get(verb, b"")
        return extra + TAG + b" OK done\r\n"
