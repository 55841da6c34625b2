"""The way out: SMTP with STARTTLS or TLS from the first byte."""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Literal

from mailsignals.adapters.network import network_faults, unavailable, verifying_context
from mailsignals.errors import DeliveryUnsure, LoginRefused
from mailsignals.types import OutgoingMail


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
            if self._tls == "implicit":
                session: smtplib.SMTP = smtplib.SMTP_SSL(
                    self._host, self._port, timeout=self._timeout, context=self._context
                )
            else:
                session = smtplib.SMTP(self._host, self._port, timeout=self._timeout)
                session.starttls(context=self._context)
            if self._user:
                session.login(self._user, self._password)
        except smtplib.SMTPAuthenticationError as error:
            raise self._refused(error) from error
        except smtplib.SMTPNotSupportedError as error:
            raise unavailable(self._host, self._port, f"{error}; without it the password would travel open") from error
        except smtplib.SMTPException as error:
            raise unavailable(self._host, self._port, f"it answered: {_answer(error)}") from error
        return session

    def _hand_over(self, session: smtplib.SMTP, mail: OutgoingMail) -> Sequence[str]:
        try:
            return tuple(session.sendmail(mail.sender, mail.recipients, mail.raw))
        except smtplib.SMTPServerDisconnected as error:
            raise DeliveryUnsure(
                "The digest was handed over, but the server broke off before it confirmed.",
                why=f"{self._host} closed the connection; the mail may have arrived or not.",
                remedy="nothing: the next `mailsignals scan` looks for it in the mailbox and sends it only if missing.",
            ) from error
        except smtplib.SMTPException as error:
            raise unavailable(self._host, self._port, f"it refused the digest: {_answer(error)}") from error

    def _refused(self, error: smtplib.SMTPAuthenticationError) -> LoginRefused:
        return LoginRefused(
            f"{self._host} refused the log-in for sending.",
            why=f"it answered {error.smtp_code}; many providers refuse account passwords here.",
            remedy="make an app password, store it with `mailsignals login --smtp`, then run `mailsignals doctor`.",
        )


def _answer(error: smtplib.SMTPException) -> str:
    """The server's code and words, without addresses."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = sorted({str(code) for code, _ in error.recipients.values()})
        return f"all recipients refused ({', '.join(codes)})"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code}"
    return type(error).__name__
