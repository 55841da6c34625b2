"""A real SMTP submission server on loopback that keeps what it receives, and fails where it is told to."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from support.certificates import Certificate

BREAK_OFF = "break off"
"""As an answer: close the line without a word."""


@dataclass(frozen=True)
class Received:
    """A mail as it came over the wire."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes


@dataclass
class SmtpServer:
    """A context manager; ``port`` is known inside.

    Args:
        tls: ``none`` offers log-in in the open, as a server does that must not get a password.
        users: User -> password; with none, mail is taken from everybody.
        answers: ``DATA`` or ``RCPT address`` -> the line to refuse with, or ``BREAK_OFF``. A mail that is broken off
            behind DATA was kept.
    """

    certificate: Certificate
    tls: Literal["starttls", "implicit", "none"] = "starttls"
    users: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    received: list[Received] = field(default_factory=list)
    log_ins: list[tuple[str, str]] = field(default_factory=list)
    """User and password of every log-in that was tried."""

    port: int = 0

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._sessions: list[SMTP] = []
        ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, args=(ready,), name="smtp server")
        self._thread.start()
        assert ready.wait(10)
        return self

    def __exit__(self, *_fault: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _serve(self, ready: threading.Event) -> None:
        context = self.certificate.context() if self.tls == "implicit" else None
        server = self._loop.run_until_complete(self._loop.create_server(self._session, "127.0.0.1", 0, ssl=context))
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(self._clear_up(server))
        self._loop.close()

    async def _clear_up(self, server: asyncio.Server) -> None:
        server.close()
        for session in self._sessions:
            if isinstance(session.transport, asyncio.Transport):
                with suppress(AttributeError):  # Python 3.11.2: a closed TLS transport has lost its protocol
                    session.transport.abort()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await asyncio.sleep(0.01)  # an aborted transport closes its socket in one of the next rounds of the loop

    def _session(self) -> SMTP:
        offers_starttls = self.tls == "starttls"
        session = SMTP(
            _Handler(self),
            loop=self._loop,
            hostname="127.0.0.1",
            enable_SMTPUTF8=True,
            tls_context=self.certificate.context() if offers_starttls else None,
            require_starttls=offers_starttls,
            auth_require_tls=offers_starttls,
            auth_required=offers_starttls and bool(self.users),  # it would warn where it knows of no TLS
            authenticator=self._authenticate,
        )
        self._sessions.append(session)
        return session

    def _authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, login: LoginPassword
    ) -> AuthResult:
        user, password = login.login.decode(), login.password.decode()
        self.log_ins.append((user, password))
        return AuthResult(success=self.users.get(user) == password, handled=False)


class _Handler:
    def __init__(self, server: SmtpServer) -> None:
        self._server = server

    async def handle_RCPT(  # noqa: N802  (aiosmtpd's name)
        self, session: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        refusal = self._server.answers.get(f"RCPT {address}")
        if refusal:
            return _refuse(session, refusal)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, session: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        refusal = self._server.answers.get("DATA")
        if refusal in (None, BREAK_OFF):
            raw = envelope.original_content or b""
            self._server.received.append(Received(envelope.mail_from or "", tuple(envelope.rcpt_tos), raw))
        return _refuse(session, refusal) if refusal else "250 2.0.0 kept"


def _refuse(session: Any, refusal: str) -> str:
    if refusal == BREAK_OFF:
        session.transport.abort()
    return refusal
