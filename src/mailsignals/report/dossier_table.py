"""A dossier as rows: one a fact, by time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mailsignals.behaviour.figures import behaviours
from mailsignals.report.dossier_story import ask_words, delivery_words
from mailsignals.report.dossier_view import Dossier, deliveries
from mailsignals.report.words import clean
from mailsignals.types import Quote

Row = dict[str, Any]


def rows(dossier: Dossier) -> list[Row]:
    """All that the page tells, by time; the judgement, which is of the dossier's own moment, comes last."""
    facts = [
        *_mails(dossier),
        *_promises(dossier),
        *_asks(dossier),
        *_reversals(dossier),
        *_invoices(dossier),
        *_deliveries(dossier),
    ]
    return [*sorted(facts, key=lambda row: str(row["at"])), *_judgement(dossier)]


def _mails(dossier: Dossier) -> Iterator[Row]:
    """Every mail with its files, and under each of theirs the sentences that were found."""
    for message, is_ours in dossier.mails:
        files = "; ".join(part.name for part in message.attachments if part.name)
        row = _row("mail", message.sent_at.isoformat(), message.sender.email, message.subject, message.message_id)
        yield row | {"files": clean(files)}
        tagging = dossier.taggings.get(message.message_id)
        for span in tagging.sure if tagging and not is_ours else ():
            yield row | {"kind": span.label, "what": clean(message.own_text[span.start : span.end])}


def _promises(dossier: Dossier) -> Iterator[Row]:
    for promise in dossier.state.promises:
        due = promise.due.isoformat() if promise.due else "no day"
        what = f"{promise.matter.value}, due {due}, {promise.state.value}: {promise.words}"
        row = _row("promise", promise.made_at.isoformat(), promise.who, what, promise.message_id)
        yield row | {"basis": promise.settled_by}


def _asks(dossier: Dossier) -> Iterator[Row]:
    for ask in dossier.state.asks:
        what = f"{clean(ask.words)} ({'; '.join(ask_words(ask, dossier.work.zone))})"
        yield _row("extra wish", ask.asked_at.isoformat(), ask.who, what, ask.message_id)


def _reversals(dossier: Dossier) -> Iterator[Row]:
    for reversal in dossier.state.reversals:
        yield _quoted("approved", reversal.approved)
        yield _quoted("approval taken back", reversal.taken_back) | {"basis": reversal.approved.message_id}


def _quoted(kind: str, quote: Quote) -> Row:
    return _row(kind, quote.sent_at.isoformat(), quote.sender.email, quote.words, quote.message_id)


def _invoices(dossier: Dossier) -> Iterator[Row]:
    for invoice in dossier.state.invoices:
        sums = f"{invoice.amount:.2f} {invoice.currency}, paid {invoice.paid_amount:.2f}"
        what = f"{invoice.number}: {sums}, due {invoice.due or 'no day'}"
        yield _row("invoice", invoice.issued.isoformat(), invoice.client, what)
        whole = ((invoice.paid_at, invoice.paid_amount),) if invoice.paid_at else ()
        for day, amount in invoice.payments or whole:
            paid = f"{invoice.number}: {amount:.2f} {invoice.currency}"
            yield _row("payment", day.isoformat(), invoice.client, paid)


def _deliveries(dossier: Dossier) -> Iterator[Row]:
    for delivery in deliveries(dossier):
        mail = delivery.mail
        row = _row("work delivered", mail.sent_at.isoformat(), mail.sender.email, delivery_words(delivery))
        yield row | {"message_id": mail.message_id, "files": clean("; ".join(delivery.files))}


def _judgement(dossier: Dossier) -> Iterator[Row]:
    """Stage, reasons and behaviour, with what each figure stands on."""
    state, at = dossier.state, dossier.at.isoformat()
    yield _row("stage", at, state.client, f"{state.verdict.stage.value}, urgency {state.score:.2f}")
    for reason in state.verdict.reasons:
        yield _row("reason", at, state.client, reason)
    for measured in state.behaviour:
        what = f"{behaviours()[measured.signal].title}, {measured.score:.2f}: {measured.words}"
        yield _row("behaviour", at, state.client, what) | {"basis": "; ".join(measured.basis)}


def _row(kind: str, at: str, who: str, what: str, message_id: str = "") -> Row:
    return {"kind": kind, "at": at, "who": who, "what": clean(what), "message_id": message_id, "files": "", "basis": ""}
