"""How bills are paid: ``payment_drift``, from the ledger, or from what mail says where there is none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from mailsignals.behaviour.figures import Figure
from mailsignals.behaviour.promises import EXCUSE, REPEATS_WITHIN, bill_meant, broken
from mailsignals.behaviour.talk import Talk
from mailsignals.text.counts import plural
from mailsignals.types import CueKind, Invoice, Matter, Message, Promise

_LAST_CYCLES = 2
_WAITED = 7.0
"""Days that a reason or a day given again stands for where no ledger tells; the first is often true."""

_LEAST_FOR_TREND = 3
_SLOWER = 14.0
"""Days between bill and payment that are more than before, though perhaps within the terms."""


def payment_drift(talk: Talk, promises: Sequence[Promise]) -> Figure | None:
    """Days late of the last two bills and of all that are open, beside those before.

    What weighs on top: a part payment, several bills overdue at once, more and more days from bill to payment, and
    reasons or days given again for the same bill. A bill that is paid on a day unknown tells nothing.
    """
    told = [invoice for invoice in talk.invoices if _tells(invoice, talk.today)]
    if len(told) < _LAST_CYCLES:
        return _from_mail(talk, promises) if not talk.invoices else None
    late = [days_late(invoice, talk.today) for invoice in told]
    is_recent = [number >= len(told) - _LAST_CYCLES or not invoice.is_paid for number, invoice in enumerate(told)]
    recent = [days for days, is_new in zip(late, is_recent, strict=True) if is_new]
    past = [days for days, is_new in zip(late, is_recent, strict=True) if not is_new]
    slower = _slower(told)
    again = _given(talk, promises)
    return Figure(
        value=max(0.0, sum(recent) / len(recent)),
        words=_words(told, late, slower, again, talk),
        basis=tuple(invoice.number for invoice in told),
        usual=max(0.0, sum(past) / len(past)) if past else None,
        extra=0.15 * any(invoice.paid_amount > 0 and not invoice.is_paid for invoice in talk.invoices)
        + 0.1 * (len(overdue(talk.invoices, talk.today)) > 1)
        + 0.2 * bool(slower)
        + min(0.3, 0.1 * max(0, again - 1)),
    )


def overdue(invoices: Sequence[Invoice], today: date) -> list[Invoice]:
    """Invoices that are due and not paid in full, oldest first."""
    return [invoice for invoice in invoices if invoice.falls_due < today and not invoice.is_paid]


def days_late(invoice: Invoice, today: date) -> float:
    """Days from due date to payment in full, to today where it is open; negative when it came early."""
    end = invoice.paid_at if invoice.is_paid and invoice.paid_at else today
    return float((end - invoice.falls_due).days)


def open_balance(invoices: Sequence[Invoice]) -> dict[str, float]:
    """Currency -> what is not paid."""
    balance: dict[str, float] = {}
    for invoice in invoices:
        if not invoice.is_paid:
            balance[invoice.currency] = balance.get(invoice.currency, 0.0) + invoice.amount - invoice.paid_amount
    return balance


def _tells(invoice: Invoice, today: date) -> bool:
    """Whether a bill shows how it is paid: paid on a known day, or overdue."""
    return invoice.paid_at is not None if invoice.is_paid else invoice.falls_due < today


def _slower(told: Sequence[Invoice]) -> tuple[float, float] | None:
    """Mean days from bill to payment before and lately, where they have grown much."""
    waits = [float((invoice.paid_at - invoice.issued).days) for invoice in told if invoice.is_paid and invoice.paid_at]
    recent, past = waits[-_LAST_CYCLES:], waits[:-_LAST_CYCLES]
    if len(past) < _LEAST_FOR_TREND:
        return None
    now, before = sum(recent) / len(recent), sum(past) / len(past)
    return (before, now) if now - before >= _SLOWER else None


def _given(talk: Talk, promises: Sequence[Promise]) -> int:
    """How many days that passed, and reasons without a day, were lately given for the same bill, or for money at all.

    The same day or the same words in another mail are no new ones.
    """
    days = {p.message_id: p.due for p in promises if not p.is_ours and p.matter is Matter.PAYMENT and p.due}
    given: dict[str, set[date | str]] = {}
    for promise in broken(promises, ours=False, matter=Matter.PAYMENT):
        if promise.due and talk.now - promise.made_at <= REPEATS_WITHIN:
            given.setdefault(promise.invoice, set()).add(promise.due)
    for message in talk.showing:
        if talk.now - message.sent_at <= REPEATS_WITHIN and EXCUSE in talk.tags(message):
            bill = bill_meant(talk, message)
            reason = days.get(message.message_id) or _excuse(talk, message)
            given.setdefault(bill.number if bill else "", set()).add(reason)
    return max(map(len, given.values()), default=0)


def _excuse(talk: Talk, message: Message) -> str:
    """The words of a mail that give a reason."""
    sure = talk.findings.taggings[message.message_id].sure
    spans = (message.own_text[span.start : span.end] for span in sure if span.label == EXCUSE)
    return " ".join(" ".join(spans).casefold().split())


def _words(
    told: Sequence[Invoice], late: Sequence[float], slower: tuple[float, float] | None, again: int, talk: Talk
) -> str:
    said = [f"Days late, bill by bill: {', '.join(f'{days:.0f}' for days in late[-5:])}"]
    balance = open_balance(overdue(talk.invoices, talk.today))
    if balance:
        said.append("overdue: " + ", ".join(f"{amount:,.2f} {currency}" for currency, amount in balance.items()))
    if slower:
        said.append(f"from bill to payment {slower[1]:.0f} days lately, {slower[0]:.0f} before")
    if again > 1:
        said.append(f"{again} dates or reasons given for the same bill")
    return "; ".join(said) + "."


def _from_mail(talk: Talk, promises: Sequence[Promise]) -> Figure | None:
    """What mail says: days and reasons given again for the money, each as so many days."""
    since = talk.now - REPEATS_WITHIN
    promised = [p for p in promises if not p.is_ours and p.matter is Matter.PAYMENT and p.made_at >= since]
    excuses = [m for m in talk.showing if m.sent_at >= since and EXCUSE in talk.tags(m)]
    mails = dict.fromkeys([*(promise.message_id for promise in promised), *(mail.message_id for mail in excuses)])
    if len(mails) < _LAST_CYCLES:
        return None
    failed = broken(promised, ours=False)
    reminders = [
        message
        for message in talk.with_cue(CueKind.OUR_REMINDER, ours=True)
        if any(promise.made_at > message.sent_at for promise in promised)
    ]
    return Figure(
        value=_WAITED * max(0, _given(talk, promises) - 1),
        words=f"From mail alone, no ledger: {plural(len(promised), 'promise')} of payment, {len(failed)} not kept as "
        f"far as mail shows, {plural(len(excuses), 'mail')} with a reason, "
        f"{plural(len(reminders), 'reminder')} of ours.",
        basis=tuple(mails),
    )
