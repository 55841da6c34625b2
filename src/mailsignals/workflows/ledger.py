"""The ledger import: what an accounting program's export says goes into the store; what it takes back goes out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from mailsignals.clients.identity import Roster, correspondences
from mailsignals.ports import Store
from mailsignals.types import Address, Invoice

NameClient = Callable[[str, str], str | None]
"""A client's name and mail address in the export -> the client, or None for an unknown one."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """What an export says.

    Args:
        invoices: In the file's order.
        void: Client and number of bills that are owed no more: void, deleted, or taken back to a draft.
        strangers: Names that are no known client; their invoices keep those names.
        left_out: Why rows are no bills -> how many documents that were.
        either_way: A date of the file that could begin with the day or the month, where nothing tells; else empty.
        partly_paid: Numbers of bills in part paid whose file does not say how much; they stand open in full.
    """

    invoices: Sequence[Invoice]
    void: frozenset[tuple[str, str]]
    strangers: Sequence[str]
    left_out: Mapping[str, int]
    either_way: str
    partly_paid: Sequence[str]


def import_ledger(
    read: Callable[[NameClient], Ledger], store: Store, roster: Roster, named: Iterable[str]
) -> tuple[Ledger, int]:
    """Store the invoices of an export, and remove those that it calls void.

    Args:
        read: Reads the export.
        named: Clients that the settings name.

    Returns:
        What the export says, and how many stored invoices were removed.

    Raises:
        InputMissing, DataUnreadable: As ``read``; nothing was stored.
    """
    known = [talk.client for talk in correspondences(store.messages(), roster)]
    names = {name.casefold(): name for name in [*known, *named]}

    def name_client(name: str, email: str) -> str | None:
        by_mail = roster.client_of(Address(email.lower())) if "@" in email else None
        return names.get(name.casefold()) or (by_mail if by_mail in names.values() else None)

    ledger = read(name_client)
    return ledger, store.save_invoices(ledger.invoices, void=ledger.void)
