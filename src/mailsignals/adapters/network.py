"""What every TLS connection needs: a context that verifies, and faults said in words."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mailsignals.errors import CertificateRefused, DataUnreadable, HostUnknown, ServerUnavailable


def verifying_context(ca_file: Path | None = None) -> ssl.SSLContext:
    """A client context that verifies the chain and the host name (RFC 9525), TLS 1.2 or newer.

    Args:
        ca_file: Certificates to trust instead of the system's, for a server with a private authority.

    Raises:
        DataUnreadable: ``ca_file`` holds no certificate.
    """
    try:
        context = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    except (OSError, ssl.SSLError) as error:
        raise DataUnreadable(
            f"The certificate file {ca_file} cannot be used.",
            why=f"reading it gave: {error}.",
            remedy="name a PEM file in ca_file, or leave ca_file out to trust the system's authorities.",
        ) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2  # Debian's Python leaves it to the system's OpenSSL
    return context


@contextmanager
def network_faults(host: str, port: int) -> Iterator[None]:
    """Turn what a socket raises into errors with a remedy.

    Raises:
        HostUnknown: The name cannot be resolved.
        CertificateRefused: Wrong name, unknown authority, expired.
        ServerUnavailable: Refused, timed out, broken off.
    """
    try:
        yield
    except (socket.gaierror, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "a part of it is empty or too long"
        raise HostUnknown(
            f"The server {host} is not known.",
            why=f"the name cannot be resolved ({reason}).",
            remedy="check host in mailsignals.toml, and that this machine is online; then run `mailsignals doctor`.",
        ) from error
    except ssl.SSLCertVerificationError as error:
        raise CertificateRefused(
            f"The certificate of {host}:{port} cannot be trusted.",
            why=f"{error.verify_message.rstrip('.')}. A password sent there could be read by somebody else.",
            remedy="use the server's name as the provider writes it; for a private authority set ca_file.",
        ) from error
    except TimeoutError as error:
        raise unavailable(host, port, "it did not answer in time") from error
    except (OSError, EOFError) as error:
        raise unavailable(host, port, f"the connection failed: {getattr(error, 'strerror', None) or error}") from error


def unavailable(host: str, port: int, why: str) -> ServerUnavailable:
    """The error for a server that cannot be worked with now."""
    return ServerUnavailable(
        f"The server {host}:{port} cannot be used now.",
        why=f"{why}.",
        remedy="run `mailsignals doctor`; the next scan goes on where this one stopped.",
    )
