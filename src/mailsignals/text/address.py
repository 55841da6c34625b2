"""Addresses of RFC 5322 headers, however badly they are written."""

from __future__ import annotations

import re
from collections.abc import Iterable
from email.utils import getaddresses

from mailsignals.text.decode import decode_words
from mailsignals.types import Address

_ADDR_SPEC = re.compile(r"(?<![\w.+\-])[\w.+\-]+@(?:[\w\-]+(?:\.[\w\-]+)+|\[[\da-fA-F.:IPv]+\])")

_NOT_IN_ADDRESS = re.compile(r'[\s<>"]')


def addresses(headers: Iterable[str]) -> tuple[Address, ...]:
    """Every mailbox named in these header values, in order, each address once.

    Names are decoded after the header is parsed, so that a comma or an ``@`` in an encoded name misleads nobody.
    Groups and entries without an ``@`` are left out: nothing can be said of whom they belong to.

    >>> addresses(['"Horvat, Iva" <IVA@miramar.example>, undisclosed-recipients:;'])
    (Address(email='iva@miramar.example', name='Horvat, Iva'),)
    """
    found: dict[str, Address] = {}
    for name, email in _pairs(headers):
        key = email.strip().lower()
        if "@" in key.strip("@"):
            found.setdefault(key, Address(key, decode_words(name)))
    return tuple(found.values())


def _pairs(headers: Iterable[str]) -> Iterable[tuple[str, str]]:
    """Name and address pairs; from a header that the standard library gives up on, whatever looks like an address."""
    for header in headers:
        try:
            pairs = getaddresses([header])
        except (ValueError, IndexError, TypeError, RecursionError):  # mutated headers, nested comments
            pairs = []
        if any("@" in email for _, email in pairs):
            yield from ((name, _bare(email)) for name, email in pairs)
        else:
            found = _ADDR_SPEC.findall(header)
            name = header.partition("<")[0].strip(' "') if len(found) == 1 and "<" in header else ""
            yield from ((name, email) for email in found)


def _bare(email: str) -> str:
    """The last thing that looks like an address, where a missing bracket or quote has made a name part of it."""
    found = _ADDR_SPEC.findall(email) if _NOT_IN_ADDRESS.search(email) else []
    return found[-1] if found else email
