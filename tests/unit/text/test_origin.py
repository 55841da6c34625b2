from __future__ import annotations

import pytest

from mailsignals.text.message import read_message
from mailsignals.types import Origin, RawMessage


def origin(*headers: str, sender: str = "iva@miramar.example", body: str = "Fine by us.") -> Origin:
    raw = "\n".join([f"From: {sender}", *headers, "", body])
    return read_message(RawMessage(1, raw.encode())).origin


@pytest.mark.parametrize(
    "header",
    [
        "Subject: Logo",
        "Auto-Submitted: no",
        "Precedence: first-class",
        "Feedback-ID: 1234567:user:proton",
        "Feedback-ID: i1234567:Fastmail",
        "Subject: Re: Automatic reply: Logo",
        "Subject: Out of office hours again?",
        "Subject: Odsutan sam idući tjedan, molim ponudu prije",
        "Return-Path: <iva@miramar.example>",
        "X-Autoreply: no",
    ],
)
def test_what_a_person_wrote_is_human(header: str) -> None:
    assert origin(header) is Origin.HUMAN


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied (vacation)",
        "Auto-Submitted: AUTO-GENERATED",
        "X-Autoreply: yes",
        "X-Autorespond: vacation",
        "Precedence: auto_reply",
        "Subject: Automatic reply: Logo",
        "Subject: Out of Office: Logo",
        "Subject: Out of the office",
        "Subject: Out of Office AutoReply: Logo",
        "Subject: Auto-Reply: Logo",
        "Subject: Automatisk svar: Logo",
        "Subject: Autosvar: Logo",
        "Subject: Automatski odgovor: Logo",
        "Subject: Автоматический ответ: Логотип",
        "Subject: Автоответ",
        "Subject: Awtomatikong tugon: Logo",
        "Subject: Abwesenheitsnotiz: Logo",
        "Subject: Réponse automatique : Logo",
        "Subject: Fuori sede: Logo",
        "Subject: Odsutna: Logo",
        "Return-Path: <>\nAuto-Submitted: auto-replied",
    ],
)
def test_an_answer_of_a_machine_is_an_auto_reply(header: str) -> None:
    assert origin(header) is Origin.AUTO_REPLY


@pytest.mark.parametrize(
    "header",
    [
        "X-GitHub-Reason: mention",
        "X-JIRA-FingerPrint: 1",
        "List-ID: <a.example>",
        "List-Unsubscribe: <https://a.example>",
        "Precedence: bulk",
    ],
)
def test_lists_and_newsletters_are_bulk(header: str) -> None:
    assert origin(header) is Origin.BULK


@pytest.mark.parametrize("sender", ["noreply@a.example", "no-reply+7@a.example", "notifications@a.example"])
def test_robots_are_bulk(sender: str) -> None:
    assert origin(sender=sender) is Origin.BULK


@pytest.mark.parametrize("sender", ["norman@a.example", "newsletters.fan@a.example", "noreplyton@a.example"])
def test_people_with_names_like_robots_are_human(sender: str) -> None:
    assert origin(sender=sender) is Origin.HUMAN


@pytest.mark.parametrize("sender", ["MAILER-DAEMON@a.example", "postmaster@a.example"])
def test_reports_of_mail_servers_are_bounces(sender: str) -> None:
    assert origin("Auto-Submitted: auto-replied", sender=sender) is Origin.BOUNCE


def test_a_delivery_report_is_a_bounce_whoever_sends_it() -> None:
    assert origin("Content-Type: multipart/report; report-type=delivery-status; boundary=x") is Origin.BOUNCE


def test_an_empty_return_path_alone_is_a_bounce() -> None:
    assert origin("Return-Path: <>") is Origin.BOUNCE


LIST = ("List-Id: <hello.kestrel.example>", "List-Post: <mailto:Hello@kestrel.example>", "List-Unsubscribe: <x>")


@pytest.mark.parametrize(
    ("sender", "to", "expected"),
    [
        ("iva@miramar.example", "hello@kestrel.example", Origin.HUMAN),
        ("iva@miramar.example", "ana@kestrel.example", Origin.BULK),
        ("bo@kestrel.example", "hello@kestrel.example", Origin.HUMAN),
    ],
)
def test_a_list_that_is_an_address_of_ours_brings_peoples_mail(sender: str, to: str, expected: Origin) -> None:
    raw = "\n".join([f"From: {sender}", f"To: {to}", *LIST, "", "Could you send the logo?"]).encode()
    message = read_message(RawMessage(1, raw), lambda address: address.domain == "kestrel.example")
    assert message.origin is expected


def test_a_public_list_stays_bulk_and_a_firms_own_one_is_its_peoples() -> None:
    public = ("To: talk@python.example", "List-Post: <mailto:talk@python.example>")
    assert origin(*public) is Origin.BULK
    assert origin(*public, sender="guido@python.example") is Origin.HUMAN


def test_an_invitation_is_a_calendars() -> None:
    assert origin("Content-Type: text/calendar; method=REQUEST") is Origin.CALENDAR
    assert origin(MIXED, body=with_calendar("method=REPLY")) is Origin.CALENDAR


def test_a_letter_with_a_calendar_file_is_a_persons() -> None:
    assert origin(MIXED, body=with_calendar("name=season.ics")) is Origin.HUMAN


MIXED = "Content-Type: multipart/mixed; boundary=x"


def with_calendar(parameter: str) -> str:
    words = "--x\nContent-Type: text/plain\n\nThe dates are in the file."
    return f"{words}\n--x\nContent-Type: text/calendar; {parameter}\n\nBEGIN:VCALENDAR\n--x--"
