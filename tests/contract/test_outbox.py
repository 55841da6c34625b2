"""What the ``Outbox`` port promises, kept by SMTP over both kinds of TLS and by the fake."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from mailsignals.adapters.smtp import SmtpOutbox
from mailsignals.errors import DeliveryUnsure, LoginRefused, ServerUnavailable
from mailsignals.ports import Outbox
from mailsignals.types import OutgoingMail
from support.certificates import HOST, Certificates
from support.fakes import MemoryOutbox
from support.smtp import BREAK_OFF, SmtpServer

ANA, BO = "ana@kestrel.example", "bo@kestrel.example"
MAIL = OutgoingMail("1@kestrel.example", ANA, (ANA, BO), b"Subject: Digest\r\n\r\nCalm.\r\n.\r\nAll calm.\r\n")


@dataclass
class Way:
    """A way out, and what came out at its end: recipient and bytes."""

    outbox: Outbox
    arrived: Callable[[], list[tuple[str, bytes]]]


Trouble = Collection[str]
"""Recipients that are refused; ``password``, ``room`` or ``line`` for what else is wrong."""

MakeWay = Callable[[Trouble], Way]


def memory_way(trouble: Trouble) -> Way:
    outbox = MemoryOutbox()
    outbox.refused = {word for word in trouble if "@" in word}
    outbox.breaks_off = "line" in trouble
    if "password" in trouble:
        outbox.fault = LoginRefused("No.", why="the password is wrong.", remedy="mend it.")
    if "room" in trouble:
        outbox.fault = ServerUnavailable("No.", why="there is no room.", remedy="wait.")
    return Way(outbox, lambda: [(recipient, mail.raw) for recipient, mail in outbox.delivered])


@pytest.fixture(params=["memory", "starttls", "implicit"])
def make_way(request: pytest.FixtureRequest, certificates: Certificates) -> object:
    with ExitStack() as servers:

        def smtp_way(trouble: Trouble) -> Way:
            answers = {f"RCPT {word}": "550 5.1.1 unknown" for word in trouble if "@" in word}
            answers |= {"DATA": "452 4.3.1 no room"} if "room" in trouble else {}
            answers |= {"DATA": BREAK_OFF} if "line" in trouble else {}
            password = "other" if "password" in trouble else "secret"
            server = SmtpServer(certificates.good, request.param, {"ana": password}, answers)
            servers.enter_context(server)
            outbox = SmtpOutbox(
                HOST,
                server.port,
                tls=request.param,
                user="ana",
                password="secret",
                ca_file=certificates.ca_file,
                timeout=20,
            )
            return Way(outbox, lambda: [(who, mail.raw) for mail in server.received for who in mail.recipients])

        yield memory_way if request.param == "memory" else smtp_way


def test_every_recipient_gets_the_mail_byte_for_byte(make_way: MakeWay) -> None:
    way = make_way(())
    assert list(way.outbox.send(MAIL)) == []
    assert way.arrived() == [(ANA, MAIL.raw), (BO, MAIL.raw)]


def test_several_mails_leave_one_after_the_other(make_way: MakeWay) -> None:
    way = make_way(())
    for _ in range(3):
        way.outbox.send(MAIL)
    assert len(way.arrived()) == 6


def test_refused_recipients_are_returned_and_the_others_get_the_mail(make_way: MakeWay) -> None:
    way = make_way((BO,))
    assert list(way.outbox.send(MAIL)) == [BO]
    assert way.arrived() == [(ANA, MAIL.raw)]


def test_when_all_are_refused_nothing_has_left(make_way: MakeWay) -> None:
    way = make_way((ANA, BO))
    with pytest.raises(ServerUnavailable):
        way.outbox.send(MAIL)
    assert way.arrived() == []


@pytest.mark.parametrize(("trouble", "error"), [("password", LoginRefused), ("room", ServerUnavailable)])
def test_a_server_that_refuses_has_taken_nothing(make_way: MakeWay, trouble: str, error: type[Exception]) -> None:
    way = make_way((trouble,))
    with pytest.raises(error) as refused:
        way.outbox.send(MAIL)
    assert not isinstance(refused.value, DeliveryUnsure)
    assert way.arrived() == []


def test_a_line_that_breaks_behind_the_mail_is_told_apart(make_way: MakeWay) -> None:
    way = make_way(("line",))
    with pytest.raises(DeliveryUnsure):
        way.outbox.send(MAIL)
    assert way.arrived() == [(ANA, MAIL.raw), (BO, MAIL.raw)]
