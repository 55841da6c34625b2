"""Whose mail is it: which address is a client's, which is ours, which is nobody's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter

from mailsignals.types import Address, Correspondence, Message, Origin

FREE_MAIL = frozenset(
    """aol.com bk.ru fastmail.com gmail.com gmx.com gmx.de gmx.net googlemail.com hotmail.com hotmail.dk icloud.com
    inbox.ru inet.hr jubii.dk list.ru live.com live.dk mac.com mail.com mail.dk mail.ru me.com msn.com net.hr
    ofir.dk outlook.com outlook.dk outlook.ph pm.me proton.me protonmail.com rambler.ru rocketmail.com t-com.hr
    tuta.com ya.ru yahoo.co.uk yahoo.com yahoo.com.ph yahoo.dk yandex.com yandex.ru ymail.com zoho.com""".split()
)
"""Domains where neighbours are strangers: there a client is one address."""


class Roster:
    """Who is us and who is which client.

    Args:
        ours: Our own addresses. Everybody at their domains is us too, free-mail domains excepted.
        clients: Client name -> domains and addresses that write for it. Other senders are clients by their domain
            (by their address at free-mail domains), named after it.
    """

    def __init__(self, ours: Iterable[str], clients: Mapping[str, Iterable[str]] | None = None) -> None:
        own = [Address(address.lower()) for address in ours]
        self._ours = {address.bare for address in own}
        self._our_domains = {address.domain for address in own} - FREE_MAIL
        self._found: dict[str, str | None] = {}
        self._names = {key.lower().lstrip("@"): name for name, keys in (clients or {}).items() for key in keys}

    def is_ours(self, address: Address) -> bool:
        """Whether the address is one of ours."""
        return address.bare in self._ours or address.domain in self._our_domains

    def is_named(self, client: str) -> bool:
        """Whether the settings name this client."""
        return client in self._names.values()

    def client_of(self, address: Address) -> str | None:
        """The client that an address belongs to; None for our own and for no address.

        >>> roster = Roster(["ana@kestrel.example"], {"Hotel Miramar": ["miramar.example"]})
        >>> roster.client_of(Address("iva@miramar.example"))
        'Hotel Miramar'
        >>> roster.client_of(Address("jo@gmail.com")), roster.client_of(Address("jo@firm.example"))
        ('jo@gmail.com', 'firm.example')
        """
        if address.email not in self._found:
            self._found[address.email] = self._look_up(address)
        return self._found[address.email]

    def _look_up(self, address: Address) -> str | None:
        if not address.domain or self.is_ours(address):
            return None
        named = self._names.get(address.email) or self._names.get(address.bare) or self._names.get(address.domain)
        return named or (address.bare if address.domain in FREE_MAIL else address.domain)


def correspondences(
    messages: Iterable[Message], roster: Roster, *, all_senders: bool = False
) -> Sequence[Correspondence]:
    """Sort messages by client, in the order of the names.

    Only people's mail counts: robots, lists and bounces belong to no client. A sender whom the settings do not name
    becomes a client when mail went both ways; the baker's newsletter and a cold call do not.

    Args:
        all_senders: Also those who are no client (yet).
    """
    received: dict[str, list[Message]] = {}
    sent: dict[str, list[Message]] = {}
    for message in sorted(messages, key=attrgetter("sent_at", "message_id")):
        if message.origin is not Origin.HUMAN:
            continue
        if roster.is_ours(message.sender):
            for client in _clients_among(message.recipients, roster):
                sent.setdefault(client, []).append(message)
        elif sender := roster.client_of(message.sender):
            received.setdefault(sender, []).append(message)
    return [
        Correspondence(client, tuple(received[client]), tuple(sent.get(client, ())))
        for client in sorted(received)
        if all_senders or roster.is_named(client) or client in sent
    ]


def _clients_among(addresses: Iterable[Address], roster: Roster) -> list[str]:
    """Each client once, in the order of the addresses."""
    found = (roster.client_of(address) for address in addresses)
    return list(dict.fromkeys(client for client in found if client))
