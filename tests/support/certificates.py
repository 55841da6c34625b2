"""TLS certificates for servers on loopback: a private authority, and every way in which a certificate can be wrong."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "localhost"
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Certificate:
    """A server's certificate and its key, both PEM files."""

    file: Path
    key: Path

    def context(self) -> ssl.SSLContext:
        """What a server needs to show it."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file, self.key)
        return context


@dataclass(frozen=True)
class Certificates:
    """One good certificate for ``localhost``, three bad ones, and the authority that tests trust."""

    ca_file: Path
    good: Certificate
    wrong_name: Certificate
    expired: Certificate
    unknown_ca: Certificate

    def trusting_context(self) -> ssl.SSLContext:
        """For clients that look at a server beside the program under test."""
        return ssl.create_default_context(cafile=str(self.ca_file))


def make_certificates(folder: Path) -> Certificates:
    ours, foreign = _Authority("Tests"), _Authority("Somebody else")
    ca_file = folder / "ca.pem"
    ca_file.write_bytes(ours.certificate.public_bytes(serialization.Encoding.PEM))
    return Certificates(
        ca_file,
        good=ours.issue(folder, "good"),
        wrong_name=ours.issue(folder, "wrong_name", host="elsewhere.example"),
        expired=ours.issue(folder, "expired", expires_in=-_DAY),
        unknown_ca=foreign.issue(folder, "unknown_ca"),
    )


class _Authority:
    def __init__(self, name: str) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.certificate = (
            _builder(self._name, self._name, self._key.public_key(), 30 * _DAY)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self._key.public_key()), critical=False)
            .add_extension(_USAGE_OF_AN_AUTHORITY, critical=True)
            .sign(self._key, hashes.SHA256())
        )

    def issue(self, folder: Path, name: str, *, host: str = HOST, expires_in: timedelta = 30 * _DAY) -> Certificate:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        certificate = (
            _builder(subject, self._name, key.public_key(), expires_in)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        files = Certificate(folder / f"{name}.pem", folder / f"{name}.key")
        files.file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        files.key.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return files


_USAGE_OF_AN_AUTHORITY = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, expires_in: timedelta
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return x509.CertificateBuilder(
        issuer_name=issuer,
        subject_name=subject,
        public_key=key,
        serial_number=x509.random_serial_number(),
        not_valid_before=now - 2 * _DAY,
        not_valid_after=now + expires_in,
    )
