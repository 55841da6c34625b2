from __future__ import annotations

import socket
import ssl
from pathlib import Path

import pytest

from mailsignals.adapters.network import network_faults, unavailable, verifying_context
from mailsignals.errors import CertificateRefused, DataUnreadable, HostUnknown, MailsignalsError, ServerUnavailable
from support.certificates import Certificates


def test_the_context_verifies_chain_and_name_and_speaks_no_old_tls(certificates: Certificates) -> None:
    for context in (verifying_context(), verifying_context(certificates.ca_file)):
        assert context.verify_mode is ssl.CERT_REQUIRED
        assert context.check_hostname
        assert context.minimum_version >= ssl.TLSVersion.TLSv1_2


def test_a_ca_file_is_trusted_instead_of_the_system(certificates: Certificates) -> None:
    (authority,) = verifying_context(certificates.ca_file).get_ca_certs()
    assert authority["subject"] == ((("commonName", "Tests"),),)


@pytest.mark.parametrize("content", [None, "", "no certificate"])
def test_a_ca_file_that_holds_no_certificate_is_named(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "ca.pem").write_text(content, "utf-8")
    with pytest.raises(DataUnreadable, match=r"ca\.pem") as refused:
        verifying_context(tmp_path / "ca.pem")
    assert "ca_file" in refused.value.remedy


@pytest.mark.parametrize(
    ("fault", "error", "words"),
    [
        (socket.gaierror(-2, "Name or service not known"), HostUnknown, "Name or service not known"),
        (UnicodeError("label empty or too long"), HostUnknown, "empty or too long"),
        (TimeoutError("timed out"), ServerUnavailable, "did not answer in time"),
        (ConnectionRefusedError(111, "Connection refused"), ServerUnavailable, "Connection refused"),
        (ssl.SSLEOFError(8, "EOF occurred in violation of protocol"), ServerUnavailable, "EOF occurred"),
        (EOFError("gone"), ServerUnavailable, "gone"),
    ],
)
def test_every_fault_of_the_network_is_told_with_server_and_reason(
    fault: Exception, error: type[MailsignalsError], words: str
) -> None:
    with pytest.raises(error, match=r"mail\.example") as told, network_faults("mail.example", 993):
        raise fault
    assert words in told.value.why
    assert type(told.value) is error
    assert told.value.__cause__ is fault


def test_a_certificate_s_fault_is_told_apart_from_others() -> None:
    fault = ssl.SSLCertVerificationError(1, "certificate verify failed")
    fault.verify_message = "certificate has expired"
    with pytest.raises(CertificateRefused, match="993 cannot be trusted") as told, network_faults("mail.example", 993):
        raise fault
    assert told.value.why.startswith("certificate has expired. ")


def test_other_errors_pass_as_they_are() -> None:
    with pytest.raises(ZeroDivisionError), network_faults("mail.example", 993):
        _ = 1 / 0
    with pytest.raises(ServerUnavailable, match="kept"), network_faults("mail.example", 993):
        raise ServerUnavailable("kept.", why="it is ours.", remedy="none.")


def test_unavailable_names_server_and_port() -> None:
    assert unavailable("mail.example", 993, "it sleeps").what == "The server mail.example:993 cannot be used now."
