"""The ledger import: what an accounting program's export says goes into the store; what it takes back goes out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

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
    read: Callable[[NameClient], Ledger], store: Store, roster: Roster, named: Iterable[str], today: date
) -> tuple[Ledger, int]:
    """Store the invoices of an export, and remove those that it calls void.

    Args:
        read: Reads the export.
        named: Clients that the settings name.
        today: Day of the import: of a payment that has come since the last one, on a day that the export leaves out.

    Returns:
        What the export says, its invoices with their payments, and how many stored invoices were removed.

    Raises:
        InputMissing, DataUnreadable: As ``read``; nothing was stored.
    """
    known = [talk.client for talk in correspondences(store.messages(), roster)]
    names = {name.casefold(): name for name in [*known, *named]}

    def name_client(name: str, email: str) -> str | None:
        by_mail = roster.client_of(Address(email.lower())) if "@" in email else None
        return names.get(name.casefold()) or (by_mail if by_mail in names.values() else None)

    ledger = read(name_client)
    stored = {(invoice.client, invoice.number): invoice for invoice in store.invoices()}
    invoices = [
        with_payments(invoice, stored.get((invoice.client, invoice.number)), today) for invoice in ledger.invoices
    ]
    return replace(ledger, invoices=invoices), store.save_invoices(invoices, void=ledger.void)


def with_payments(invoice: Invoice, before: Invoice | None, today: date) -> Invoice:
    """An invoice of an export with its payments: those known before, and what has come in since.

    Args:
        before: The same invoice as it was stored; None for a new one.
        today: Day of the import.
    """
    known = before.payments if before else ()
    if before and not known and before.paid_at and before.paid_amount:
        known = ((before.paid_at, before.paid_amount),)
    came = round(invoice.paid_amount - sum(amount for _, amount in known), 2)
    if came < 0:  # taken back, or corrected
        known, came = (), invoice.paid_amount
    day = invoice.paid_at or (today if before and not before.is_paid else None)
    if came and day:
        known = (*known, (day, came))
    return replace(invoice, payments=known)
