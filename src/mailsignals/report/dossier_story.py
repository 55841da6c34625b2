"""A dossier from top to bottom, as blocks that a page and a PDF lay out alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo

from mailsignals.behaviour.figures import behaviours
from mailsignals.clients.alerts import is_mirror
from mailsignals.report.charts import LEAST_POINTS, Course, turns
from mailsignals.report.digest_ledger import thing_promised
from mailsignals.report.digest_signal import Frame, doer
from mailsignals.report.dossier_view import Delivery, Dossier, deliveries
from mailsignals.report.words import LocalTime, calendar_day, clean
from mailsignals.signals.catalogue import catalogue
from mailsignals.types import UNKNOWN_LANGUAGE, Ask, ClientState, Message, Promise, Quote

PICTURE_WORDS = "Line chart of the urgency week by week; the sentence below it tells its figures."


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the page.

    Args:
        kind: ``title``, ``heading``, ``line``, ``quote``, ``small``, or ``picture`` with its caption.
        lang: Language of a quote; empty for an unknown one.
    """

    kind: str
    text: str
    lang: str = ""


def blocks(dossier: Dossier) -> Iterator[Block]:
    """The whole dossier."""
    state, time = dossier.state, LocalTime(dossier.work.zone, dossier.at)
    yield Block("title", f"{state.client}: the record")
    yield Block("small", f"{time.date(dossier.at)}, times in {dossier.work.zone}; model {dossier.model}.")
    yield Block("line", f"Stage: {state.verdict.stage.value}. Urgency {state.score:.2f} of 1.")
    for reason in state.verdict.reasons:
        yield Block("line", f"– {reason}")
    if len(dossier.course) >= LEAST_POINTS:
        yield Block("picture", _course_words(dossier.course))
    yield from _mirror(state)
    yield from _signals(state, time)
    yield from _promises(dossier, time)
    yield from _asks(dossier, time)
    yield from _reversals(state, time)
    yield from _invoices(state)
    yield from _deliveries(dossier, time)
    yield Block("heading", "Every mail")
    for message, is_ours in dossier.mails:
        yield Block("line", _mail_line(message, is_ours, dossier, time))
        yield Block("small", message.message_id)


def ask_words(ask: Ask, zone: tzinfo) -> Iterator[str]:
    """The thread of an extra wish, where it has a subject, and what was offered for it."""
    if ask.subject:
        yield f"in “{clean(ask.subject)}”"
    if ask.offered:
        yield f"they offered: {clean(ask.offered)}"
    elif ask.priced_at:
        yield f"we named a price on {ask.priced_at.astimezone(zone):%Y-%m-%d}: {clean(ask.priced)}"
    else:
        yield "no offer found"


def promise_words(promise: Promise) -> str:
    """Who promised what for when, and what became of it."""
    side = "We" if promise.is_ours else promise.who
    due = f" for {calendar_day(promise.due)} {promise.due.year}" if promise.due else ""
    settled = f" by {promise.settled_by}" if promise.settled_by else ""
    return f"{side} promised {thing_promised(promise)}{due}: {promise.state.value}{settled}."


def delivery_words(delivery: Delivery) -> str:
    """What a mail of ours delivered."""
    parts = [clean(delivery.mail.subject) or "no subject"]
    parts += [f"with {clean(', '.join(delivery.files))}"] if delivery.files else []
    for promise in delivery.kept:
        due = f" for {calendar_day(promise.due)} {promise.due.year}" if promise.due else ""
        parts.append(f"kept our promise{due}")
    return " · ".join(parts)


def _course_words(course: Course) -> str:
    turned = ", ".join(f"{calendar_day(moment)} {moment.year}" for moment in turns(course))
    ends = " to ".join(f"{score:.2f} on {calendar_day(at)} {at.year}" for at, score in (course[0], course[-1]))
    return f"Urgency week by week, by mail alone: {ends}. {f'It turned on {turned}.' if turned else 'No lasting turn.'}"


def _mirror(state: ClientState) -> Iterator[Block]:
    yield Block("heading", "Patterns over time, our own side included")
    for measured in state.behaviour:
        if measured.score or is_mirror(measured):
            yield Block("line", f"{behaviours()[measured.signal].title}: {measured.words}")


def _signals(state: ClientState, time: LocalTime) -> Iterator[Block]:
    yield Block("heading", "What they wrote")
    frame = Frame(time, None, hide_text=False)
    for signal in state.signals:
        known = catalogue()[signal.tag]
        yield Block("line", f"{known.title}, {signal.score:.2f}: {doer(state.client, signal, frame)} {known.does}.")
        for quote in sorted(signal.quotes, key=lambda quote: quote.sent_at):
            yield from _quoted(quote, time)


def _quoted(quote: Quote, time: LocalTime) -> Iterator[Block]:
    yield Block("quote", clean(quote.words), _lang(quote.lang))
    yield _source(quote.sent_at, quote.sender.email, quote.message_id, time)


def _promises(dossier: Dossier, time: LocalTime) -> Iterator[Block]:
    yield Block("heading", "Promises")
    for promise in dossier.state.promises:
        yield Block("line", promise_words(promise))
        yield Block("quote", clean(promise.words), _lang(dossier.lang_of(promise.message_id)))
        yield _source(promise.made_at, promise.who, promise.message_id, time)


def _asks(dossier: Dossier, time: LocalTime) -> Iterator[Block]:
    if dossier.state.asks:
        yield Block("heading", "Requests beyond the agreement")
    for ask in dossier.state.asks:
        yield Block("quote", clean(ask.words), _lang(dossier.lang_of(ask.message_id)))
        yield _source(ask.asked_at, " · ".join([ask.who, *ask_words(ask, time.zone)]), ask.message_id, time)


def _reversals(state: ClientState, time: LocalTime) -> Iterator[Block]:
    if state.reversals:
        yield Block("heading", "Approvals that were taken back")
    for reversal in reversed(state.reversals):
        yield Block("line", "Approved:")
        yield from _quoted(reversal.approved, time)
        yield Block("line", "Taken back:")
        yield from _quoted(reversal.taken_back, time)


def _invoices(state: ClientState) -> Iterator[Block]:
    yield Block("heading", "Invoices")
    for invoice in state.invoices:
        paid = f"paid {invoice.paid_amount:,.2f}" + (f" on {invoice.paid_at}" if invoice.paid_at else "")
        due = f"due {invoice.due}" if invoice.due else "no due date"
        yield Block(
            "line", f"{invoice.number} of {invoice.issued}: {invoice.amount:,.2f} {invoice.currency}, {due}, {paid}."
        )


def _deliveries(dossier: Dossier, time: LocalTime) -> Iterator[Block]:
    yield Block("heading", "Work delivered")
    found = deliveries(dossier)
    for delivery in found:
        yield Block("line", f"{_when(delivery.mail.sent_at, time)} · {delivery_words(delivery)}")
        yield Block("small", delivery.mail.message_id)
    if not found:
        yield Block("line", "No mail of ours shows a delivery; what went by a link or by other ways is not seen.")


def _mail_line(message: Message, is_ours: bool, dossier: Dossier, time: LocalTime) -> str:
    files = ", ".join(part.name for part in message.attachments if part.name)
    tagging = dossier.taggings.get(message.message_id)
    labels = ", ".join(sorted({span.label for span in tagging.sure})) if tagging and not is_ours else ""
    parts = [_when(message.sent_at, time), "we wrote" if is_ours else f"{message.sender.email} wrote"]
    parts += [clean(message.subject) or "no subject"]
    parts += [f"with {clean(files)}"] if files else []
    return " · ".join(parts + ([f"[{labels}]"] if labels else []))


def _source(moment: datetime, who: str, message_id: str, time: LocalTime) -> Block:
    return Block("small", f"{_when(moment, time)} · {who} · {message_id}")


def _when(moment: datetime, time: LocalTime) -> str:
    return f"{moment.astimezone(time.zone):%Y-%m-%d %H:%M}"


def _lang(lang: str) -> str:
    return "" if lang == UNKNOWN_LANGUAGE else lang
