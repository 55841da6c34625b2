"""The way out against a real SMTP server."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

from mailsignals.adapters.smtp import SmtpOutbox
from mailsignals.errors import (
    CertificateRefused,
    DataUnreadable,
    DeliveryRefused,
    DeliveryUnsure,
    HostUnknown,
    LoginRefused,
    ServerUnavailable,
)
from mailsignals.types import OutgoingMail
from support.certificates import HOST, Certificates
from support.smtp import BREAK_OFF, Received, SmtpServer

USER, PASSWORD = "ana", 'blåbær "quoted" \\ back'
TLS = pytest.mark.parametrize("tls", ["starttls", "implicit"])
BODY = b"Subject: Digest\r\nMessage-ID: <1@kestrel.example>\r\n\r\nCalm.\r\n.\r\n..two dots\r\nFrom here on\r\n"
MAIL = OutgoingMail("1@kestrel.example", "ana@kestrel.example", ("ana@kestrel.example", "bo@kestrel.example"), BODY)


def make_server(certificates: Certificates, **how: Any) -> SmtpServer:
    return SmtpServer(certificates.good, **({"users": {USER: PASSWORD}} | how))


def make_outbox(server: SmtpServer, certificates: Certificates, **how: Any) -> SmtpOutbox:
    usual: dict[str, Any] = {
        "tls": server.tls,
        "user": USER,
        "password": PASSWORD,
        "ca_file": certificates.ca_file,
        "timeout": 20,
    }
    return SmtpOutbox(HOST, server.port, **(usual | how))


@TLS
def test_a_digest_arrives_byte_for_byte(certificates: Certificates, tls: str) -> None:
    with make_server(certificates, tls=tls) as server:
        assert make_outbox(server, certificates).send(MAIL) == ()
    assert server.received == [Received(MAIL.sender, MAIL.recipients, BODY)]
    assert server.log_ins == [(USER, PASSWORD)]


def test_a_plain_password_is_let_in_as_well(certificates: Certificates) -> None:
    with make_server(certificates, users={USER: "plain"}) as server:
        make_outbox(server, certificates, password="plain").send(MAIL)
    assert server.log_ins == [(USER, "plain")]


def test_without_a_user_nobody_logs_in(certificates: Certificates) -> None:
    with make_server(certificates, users={}) as server:
        make_outbox(server, certificates, user="", password="").send(MAIL)
    assert len(server.received) == 1
    assert server.log_ins == []


def test_the_doctor_logs_in_and_sends_nothing(certificates: Certificates) -> None:
    with make_server(certificates) as server:
        make_outbox(server, certificates).check()
    assert server.log_ins == [(USER, PASSWORD)]
    assert server.received == []


def test_a_password_is_never_sent_to_a_server_without_tls(certificates: Certificates) -> None:
    with make_server(certificates, tls="none") as server, pytest.raises(ServerUnavailable) as refused:
        make_outbox(server, certificates, tls="starttls").send(MAIL)
    assert "STARTTLS" in refused.value.why
    assert server.log_ins == []
    assert server.received == []


@TLS
@pytest.mark.parametrize(
    ("name", "reason"), [("wrong_name", "mismatch"), ("expired", "expired"), ("unknown_ca", "local issuer")]
)
def test_a_certificate_that_proves_nothing_is_refused_before_the_password(
    certificates: Certificates, tls: str, name: str, reason: str
) -> None:
    server = SmtpServer(getattr(certificates, name), tls=tls, users={USER: PASSWORD})  # type: ignore[arg-type]
    with server, pytest.raises(CertificateRefused) as refused:
        make_outbox(server, certificates).send(MAIL)
    assert reason in refused.value.why
    assert server.log_ins == []


@pytest.mark.parametrize("password", ["wrong", "wrøng"])
def test_a_wrong_password_is_told_with_the_code(certificates: Certificates, password: str) -> None:
    with make_server(certificates) as server, pytest.raises(LoginRefused) as refused:
        make_outbox(server, certificates, password=password).send(MAIL)
    assert "535" in refused.value.why
    assert password not in str(refused.value)
    assert server.received == []


@pytest.mark.parametrize("refusal", ["452 4.3.1 no room", "550 5.7.1 no such words here"])
def test_a_refused_mail_has_not_left(certificates: Certificates, refusal: str) -> None:
    with make_server(certificates, answers={"DATA": refusal}) as server, pytest.raises(ServerUnavailable) as refused:
        make_outbox(server, certificates).send(MAIL)
    assert not isinstance(refused.value, DeliveryUnsure)
    assert isinstance(refused.value, DeliveryRefused) == refusal.startswith("5")
    assert refusal[:3] in refused.value.why
    assert server.received == []


def test_one_refused_recipient_is_told_and_the_other_gets_the_mail(certificates: Certificates) -> None:
    first, second = MAIL.recipients
    with make_server(certificates, answers={f"RCPT {second}": "550 5.1.1 unknown"}) as server:
        assert make_outbox(server, certificates).send(MAIL) == (second,)
    assert server.received == [Received(MAIL.sender, (first,), BODY)]


def test_when_all_recipients_are_refused_nothing_has_left(certificates: Certificates) -> None:
    answers = {f"RCPT {recipient}": "550 5.1.1 unknown" for recipient in MAIL.recipients}
    with make_server(certificates, answers=answers) as server, pytest.raises(ServerUnavailable) as refused:
        make_outbox(server, certificates).send(MAIL)
    assert "all recipients refused (550)" in refused.value.why
    assert not any(recipient in str(refused.value) for recipient in MAIL.recipients)
    assert server.received == []


def test_a_line_that_breaks_behind_the_mail_leaves_it_open(certificates: Certificates) -> None:
    with make_server(certificates, answers={"DATA": BREAK_OFF}) as server, pytest.raises(DeliveryUnsure):
        make_outbox(server, certificates).send(MAIL)
    assert len(server.received) == 1


def test_a_line_that_breaks_before_the_mail_means_that_nothing_has_left(certificates: Certificates) -> None:
    answers = {f"RCPT {MAIL.recipients[0]}": BREAK_OFF}
    with make_server(certificates, answers=answers) as server, pytest.raises(ServerUnavailable) as broken:
        make_outbox(server, certificates).send(MAIL)
    assert not isinstance(broken.value, DeliveryUnsure)
    assert server.received == []


def test_an_address_with_umlauts_is_sent_where_the_server_takes_it(certificates: Certificates) -> None:
    mail = OutgoingMail("1@kestrel.example", "jørn@kestrel.example", ("blåbær@kestrel.example",), BODY)
    with make_server(certificates) as server:
        make_outbox(server, certificates).send(mail)
    assert server.received == [Received(mail.sender, mail.recipients, BODY)]


@TLS
def test_a_silent_server_is_given_up(certificates: Certificates, tls: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        outbox = SmtpOutbox(HOST, silent.getsockname()[1], tls=tls, ca_file=certificates.ca_file, timeout=0.2)  # type: ignore[arg-type]
        with pytest.raises(ServerUnavailable, match="cannot be used now"):
            outbox.send(MAIL)


def test_a_closed_port_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(ServerUnavailable) as refused:
        SmtpOutbox(HOST, port, tls="starttls", timeout=20).send(MAIL)
    assert "refused" in refused.value.why


def test_a_host_that_cannot_be_is_unknown() -> None:
    with pytest.raises(HostUnknown, match="bad host"):
        SmtpOutbox("bad host", 587, tls="starttls").send(MAIL)


def test_a_file_without_certificates_is_named(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate", "utf-8")
    with pytest.raises(DataUnreadable, match=r"ca\.pem"):
        SmtpOutbox(HOST, 587, tls="starttls", ca_file=tmp_path / "ca.pem")
