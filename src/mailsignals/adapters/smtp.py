"""The way out: SMTP with STARTTLS or TLS from the first byte."""

from __future__ import annotations

import base64
import smtplib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Literal

from mailsignals.adapters.network import network_faults, unavailable, verifying_context
from mailsignals.errors import DeliveryRefused, DeliveryUnsure, LoginRefused
from mailsignals.types import OutgoingMail

_DONE, _AUTHENTICATED = 250, 235
_NEVER = 500
"""From here on a reply is permanent (RFC 5321, 4.2.1)."""
_ACCEPTED = (_DONE, 251)
"""Reply codes of RFC 5321 and RFC 4954; 251 means: accepted, and will be forwarded."""


class SmtpOutbox:
    """The ``Outbox`` port on an SMTP submission server (RFC 6409).

    Args:
        tls: ``starttls`` (port 587) or ``implicit`` (port 465, RFC 8314).
        user: Empty for a server that wants no log-in.
        timeout: Seconds that the server may be silent.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        tls: Literal["starttls", "implicit"],
        user: str = "",
        password: str = "",
        ca_file: Path | None = None,
        timeout: float = 60,
    ) -> None:
        self._host, self._port, self._tls = host, port, tls
        self._user, self._password = user, password
        self._context = verifying_context(ca_file)
        self._timeout = timeout

    def send(self, mail: OutgoingMail) -> Sequence[str]:
        """See ``ports.Outbox``."""
        with network_faults(self._host, self._port):
            session = self._open()
            try:
                return self._hand_over(session, mail)
            finally:
                with suppress(OSError, smtplib.SMTPException):
                    session.quit()

    def check(self) -> None:
        """Log in and out again, for the doctor."""
        with network_faults(self._host, self._port), suppress(smtplib.SMTPServerDisconnected):
            self._open().quit()

    def _open(self) -> smtplib.SMTP:
        """A session with TLS and log-in. The password never leaves before TLS stands."""
        try:
            session = self._connect()
            try:
                if self._tls == "starttls":
                    session.starttls(context=self._context)
                if self._user:
                    self._log_in(session)
            except BaseException:
                session.close()
                raise
        except smtplib.SMTPAuthenticationError as error:
            raise self._refused(error) from error
        except smtplib.SMTPNotSupportedError as error:
            raise unavailable(self._host, self._port, f"it cannot do what is needed: {error}".rstrip(".")) from error
        except smtplib.SMTPException as error:
            raise unavailable(self._host, self._port, f"it answered: {_answer(error)}") from error
        return session

    def _connect(self) -> smtplib.SMTP:
        if self._tls == "implicit":
            return smtplib.SMTP_SSL(self._host, self._port, timeout=self._timeout, context=self._context)
        return smtplib.SMTP(self._host, self._port, timeout=self._timeout)

    def _log_in(self, session: smtplib.SMTP) -> None:
        """AUTH; by hand for letters beyond ASCII, where smtplib raises UnicodeEncodeError (RFC 4616: UTF-8)."""
        if (self._user + self._password).isascii():
            session.login(self._user, self._password)
            return
        token = base64.b64encode(f"\0{self._user}\0{self._password}".encode()).decode("ascii")
        session.ehlo_or_helo_if_needed()
        code, answer = session.docmd("AUTH", f"PLAIN {token}")
        if code != _AUTHENTICATED:
            raise smtplib.SMTPAuthenticationError(code, answer)

    def _hand_over(self, session: smtplib.SMTP, mail: OutgoingMail) -> Sequence[str]:
        try:
            refused = _address(session, mail)
            code, answer = self._send_data(session, mail)
            if code >= _NEVER:
                raise DeliveryRefused(
                    "A digest was refused for good; what it told will be told again in the next one.",
                    why=f"{self._host} answered {code} to its content: too large for it, or taken for spam.",
                    remedy="set digest.show_text = false in mailsignals.toml, or let the server accept your own mail.",
                )
            if code != _DONE:
                raise smtplib.SMTPDataError(code, answer)
        except smtplib.SMTPException as error:
            raise unavailable(self._host, self._port, f"it refused the digest: {_answer(error)}") from error
        return tuple(refused)

    def _send_data(self, session: smtplib.SMTP, mail: OutgoingMail) -> tuple[int, bytes]:
        """From here on a broken line leaves it open whether the mail has left."""
        try:
            return session.data(mail.raw)
        except smtplib.SMTPServerDisconnected as error:
            raise DeliveryUnsure(
                "The digest was handed over, but the server broke off before it confirmed.",
                why=f"{self._host} closed the connection; the mail may have arrived or not.",
                remedy="nothing: the next `mailsignals scan` looks for it in the mailbox and sends it only if missing.",
            ) from error

    def _refused(self, error: smtplib.SMTPAuthenticationError) -> LoginRefused:
        return LoginRefused(
            f"{self._host} refused the log-in for sending.",
            why=f"it answered {error.smtp_code}; many providers refuse account passwords here.",
            remedy="make an app password, store it with `mailsignals login --smtp`, then run `mailsignals doctor`.",
        )


def _address(session: smtplib.SMTP, mail: OutgoingMail) -> Mapping[str, tuple[int, bytes]]:
    """Say from whom and to whom; the recipients that were refused while others were accepted."""
    session.ehlo_or_helo_if_needed()
    is_ascii = all(address.isascii() for address in (mail.sender, *mail.recipients))
    code, answer = session.mail(mail.sender, () if is_ascii else ("SMTPUTF8",))
    if code != _DONE:
        raise smtplib.SMTPSenderRefused(code, answer, mail.sender)
    answers = {recipient: session.rcpt(recipient) for recipient in mail.recipients}
    refused = {recipient: answer for recipient, answer in answers.items() if answer[0] not in _ACCEPTED}
    if len(refused) == len(answers):
        raise smtplib.SMTPRecipientsRefused(refused)
    return refused


def _answer(error: smtplib.SMTPException) -> str:
    """The server's code and words, without addresses."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = sorted({str(code) for code, _ in error.recipients.values()})
        return f"all recipients refused ({', '.join(codes)})"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code}"
    return type(error).__name__
