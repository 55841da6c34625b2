from __future__ import annotations

import pytest

from mailsignals.text.address import addresses
from mailsignals.types import Address


def test_names_and_addresses_are_found_in_order() -> None:
    header = '"Horvat, Iva" <IVA@Miramar.example>, jo@firm.example, Bo (the boss) <bo@firm.example>'
    assert addresses([header]) == (
        Address("iva@miramar.example", "Horvat, Iva"),
        Address("jo@firm.example"),
        Address("bo@firm.example", "Bo (the boss)"),
    )


def test_an_address_in_two_headers_is_one() -> None:
    assert addresses(["Iva <iva@miramar.example>", "IVA@miramar.example"]) == (Address("iva@miramar.example", "Iva"),)


def test_groups_without_members_are_nobody() -> None:
    assert addresses(["undisclosed-recipients:;", "", "nobody"]) == ()


def test_members_of_a_group_are_found() -> None:
    assert addresses(["Team: iva@miramar.example, jo@firm.example;"]) == (
        Address("iva@miramar.example"),
        Address("jo@firm.example"),
    )


def test_an_encoded_name_is_decoded() -> None:
    assert addresses(["=?koi8-r?b?9MXR?= <tea@galeb.example>"]) == (Address("tea@galeb.example", "Тея"),)


def test_a_comma_in_an_encoded_name_parts_no_addresses() -> None:
    assert addresses(["=?utf-8?q?Horvat=2C_Iva?= <iva@miramar.example>"])[0].name == "Horvat, Iva"


def test_an_address_in_an_encoded_name_is_not_the_sender() -> None:
    found = addresses(["=?utf-8?q?ana=40kestrel=2Eexample?= <thief@trap.example>"])
    assert [address.email for address in found] == ["thief@trap.example"]


@pytest.mark.parametrize(
    "header",
    [
        "Iva iva@miramar.example",
        "<iva@miramar.example",
        "Iva <<iva@miramar.example>>",
        "iva@miramar.example <",
        '"Iva <iva@miramar.example>',
    ],
)
def test_a_broken_header_gives_what_looks_like_an_address(header: str) -> None:
    assert [address.email for address in addresses([header])] == ["iva@miramar.example"]


@pytest.mark.parametrize("header", ["(" * 5000, "<" * 5000, '"', "@", "a@", "@b", ",,,", "\x00", "a" * 100_000])
def test_a_header_of_signs_only_names_nobody(header: str) -> None:
    assert addresses([header]) == ()


def test_a_name_with_many_blanks_has_one() -> None:
    assert addresses(['"Iva   Horvat" <iva@miramar.example>'])[0].name == "Iva Horvat"


def test_a_header_that_was_not_unfolded_still_names_its_address() -> None:
    assert [address.email for address in addresses(['"Iva\r\n  Horvat" <iva@miramar.example>'])] == [
        "iva@miramar.example"
    ]


@pytest.mark.parametrize("email", ["o'neil@firm.example", "a/b=c@firm.example", "иво@фирма.example", "a@[192.0.2.1]"])
def test_odd_addresses_are_kept_whole(email: str) -> None:
    assert addresses([f"Iva <{email}>"]) == (Address(email, "Iva"),)
