"""How bills are paid: ``payment_drift``, from the ledger, or from what mail says where there is none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from mailsignals.behaviour.figures import Figure
from mailsignals.behaviour.promises import broken
from mailsignals.behaviour.talk import Talk
from mailsignals.types import CueKind, Invoice, Matter, Promise

_LAST_CYCLES = 2
_WAITED = 14.0
"""Days that a broken promise of payment or a reminder of ours stands for where no ledger tells."""


def payment_drift(talk: Talk, promises: Sequence[Promise]) -> Figure | None:
    """Days late of the last two bills, beside those before; open ones count with their age."""
    late = [(invoice, days_late(invoice, talk.today)) for invoice in talk.invoices if invoice.due]
    settled = [(invoice, days) for invoice, days in late if invoice.is_paid or days > 0]
    if len(settled) < _LAST_CYCLES:
        return _from_mail(talk, promises) if not talk.invoices else None
    days = [days for _, days in settled]
    recent, past = days[-_LAST_CYCLES:], days[:-_LAST_CYCLES]
    return Figure(
        value=max(0.0, sum(recent) / len(recent)),
        words=_words(settled, talk.invoices, talk.today),
        basis=tuple(invoice.number for invoice, _ in settled),
        usual=max(0.0, sum(past) / len(past)) if past else None,
        extra=0.15 if any(invoice.paid_amount > 0 and not invoice.is_paid for invoice in talk.invoices) else 0.0,
    )


def overdue(invoices: Sequence[Invoice], today: date) -> list[Invoice]:
    """Invoices that are due and not paid in full, oldest first."""
    return [invoice for invoice in invoices if invoice.due and invoice.due < today and not invoice.is_paid]


def days_late(invoice: Invoice, today: date) -> float:
    """Days from due date to payment in full, to today where it is open; negative when it came early."""
    assert invoice.due is not None
    end = invoice.paid_at if invoice.is_paid and invoice.paid_at else today
    return float((end - invoice.due).days) if not (invoice.is_paid and invoice.paid_at is None) else 0.0


def open_balance(invoices: Sequence[Invoice]) -> dict[str, float]:
    """Currency -> what is not paid."""
    balance: dict[str, float] = {}
    for invoice in invoices:
        if not invoice.is_paid:
            balance[invoice.currency] = balance.get(invoice.currency, 0.0) + invoice.amount - invoice.paid_amount
    return balance


def _words(settled: Sequence[tuple[Invoice, float]], invoices: Sequence[Invoice], today: date) -> str:
    cycles = ", ".join(f"{days:.0f}" for _, days in settled[-5:])
    said = f"Days late, bill by bill: {cycles}"
    balance = open_balance(overdue(invoices, today))
    open_sums = ", ".join(f"{amount:,.2f} {currency}" for currency, amount in balance.items())
    return f"{said}; overdue: {open_sums}." if open_sums else f"{said}."


def _from_mail(talk: Talk, promises: Sequence[Promise]) -> Figure | None:
    """What mail says: broken promises of payment and reminders of ours, each as so many days."""
    failed = broken(promises, ours=False, matter=Matter.PAYMENT)
    promised = [promise for promise in promises if not promise.is_ours and promise.matter is Matter.PAYMENT]
    reminders = [
        message
        for message in talk.sent
        if talk.has_cue(message, CueKind.OUR_REMINDER)
        and any(promise.made_at > message.sent_at for promise in promised)
    ]
    if len(promised) < _LAST_CYCLES:
        return None
    return Figure(
        value=_WAITED * len(failed),
        words=f"From mail alone, no ledger: {len(promised)} promises of payment, {len(failed)} not kept as far as "
        f"mail shows, {len(reminders)} reminders of ours before them.",
        basis=tuple(dict.fromkeys(promise.message_id for promise in promised)),
    )
