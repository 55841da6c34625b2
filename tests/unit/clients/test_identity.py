from __future__ import annotations

import pytest

from mailsignals.clients.identity import FREE_MAIL, Roster, correspondences
from mailsignals.types import Address, Message, Origin
from support.mails import ANA, IVA, message

BO = Address("bo@kestrel.example")
JO = Address("jo@firm.example")
NENAD = Address("nenad@gmail.com")
ROSTER = Roster(["ana@kestrel.example", "ana.private@gmail.com"], {"Miramar": ["Miramar.example", "miramar@gmail.com"]})


def clients(*messages: Message, roster: Roster = ROSTER) -> dict[str, tuple[list[str], list[str]]]:
    return {
        talk.client: ([mail.subject for mail in talk.received], [mail.subject for mail in talk.sent])
        for talk in correspondences(messages, roster)
    }


# --- who is who ---


@pytest.mark.parametrize(
    ("email", "client"),
    [
        ("iva@miramar.example", "Miramar"),
        ("miramar@gmail.com", "Miramar"),
        ("jo@firm.example", "firm.example"),
        ("jo@mail.firm.example", "mail.firm.example"),
        ("nenad@gmail.com", "nenad@gmail.com"),
        ("ana@kestrel.example", None),
        ("bo@kestrel.example", None),
        ("ana.private@gmail.com", None),
        ("", None),
    ],
)
def test_an_address_belongs_to_one_client_or_to_nobody(email: str, client: str | None) -> None:
    assert ROSTER.client_of(Address(email)) == client


def test_an_address_in_the_settings_goes_before_its_domain() -> None:
    roster = Roster(["ana@kestrel.example"], {"Firm": ["firm.example"], "Jo": ["jo@firm.example"]})
    assert roster.client_of(JO) == "Jo"
    assert roster.client_of(Address("di@firm.example")) == "Firm"


def test_domains_may_be_written_with_the_sign_and_in_capitals() -> None:
    assert Roster([], {"Firm": ["@FIRM.example"]}).client_of(JO) == "Firm"


def test_neighbours_at_a_free_mail_domain_are_not_us() -> None:
    assert ROSTER.is_ours(Address("ana.private@gmail.com"))
    assert not ROSTER.is_ours(NENAD)


def test_free_mail_domains_are_in_small_letters() -> None:
    assert {domain.lower() for domain in FREE_MAIL} == FREE_MAIL


def test_a_client_of_the_settings_is_known_by_name() -> None:
    assert ROSTER.is_named("Miramar")
    assert not ROSTER.is_named("firm.example")


# --- whose mail ---


def test_mail_is_sorted_by_client_direction_and_time() -> None:
    mails = [
        message(3),
        message(1),
        message(2, sender=ANA, recipients=(IVA, JO)),
        message(4, sender=JO),
        message(5, sender=BO, recipients=(JO, IVA, Address("tea@miramar.example"))),
    ]
    assert clients(*mails) == {
        "Miramar": (["Mail 1", "Mail 3"], ["Mail 2", "Mail 5"]),
        "firm.example": (["Mail 4"], ["Mail 2", "Mail 5"]),
    }


def test_who_writes_without_ever_being_answered_is_no_client() -> None:
    assert clients(message(1, sender=JO)) == {}


def test_a_client_of_the_settings_needs_no_answer() -> None:
    assert clients(message(1)) == {"Miramar": (["Mail 1"], [])}


def test_a_client_who_never_wrote_is_left_out() -> None:
    assert clients(message(1, sender=ANA, recipients=(IVA, JO))) == {}


@pytest.mark.parametrize("origin", [origin for origin in Origin if origin is not Origin.HUMAN])
def test_what_no_person_wrote_belongs_to_no_client(origin: Origin) -> None:
    assert clients(message(1, origin=origin), message(2, sender=ANA, recipients=(IVA,), origin=origin)) == {}


def test_mail_among_ourselves_belongs_to_no_client() -> None:
    assert clients(message(1, sender=ANA, recipients=(BO,))) == {}


def test_mail_without_a_sender_belongs_to_no_client() -> None:
    assert clients(message(1, sender=Address(""))) == {}


def test_plus_tags_are_the_same_person() -> None:
    roster = Roster(["ana@gmail.com"], {"Hotel Miramar": ["iva@gmail.com"]})
    assert roster.is_ours(Address("ana+clients@gmail.com"))
    assert roster.client_of(Address("iva+2026@gmail.com")) == "Hotel Miramar"
    assert roster.client_of(Address("jo+x@gmail.com")) == "jo@gmail.com"
