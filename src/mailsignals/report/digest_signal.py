"""One signal of one client in the digest: why it is told, which words show it, what helps, and a reply."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailsignals.report.digest_view import Level, QuoteView, Reply, SignalView
from mailsignals.report.words import LANGUAGE_NAMES, LocalTime, calendar_day, clean, plural, shorten
from mailsignals.signals.catalogue import catalogue
from mailsignals.types import UNKNOWN_LANGUAGE, Address, AlertChange, ClientState, Invoice, Quote, SignalState, read_as

MAX_QUOTES = 3
QUOTE_LENGTH = 320
SUBJECT_LENGTH = 80
NAME_LENGTH = 60

_WORDS = ((0.6, "high"), (0.35, "raised"), (0.15, "slight"), (0.0, "calm"))


@dataclass(frozen=True, slots=True)
class Frame:
    """What all clients of one digest share.

    Args:
        since: When the last digest was made, or None for the first.
    """

    time: LocalTime
    since: datetime | None
    hide_text: bool


def told(name: str, signal: SignalState, change: AlertChange, earlier: ClientState | None, frame: Frame) -> SignalView:
    """A signal with a due alert, and what to do about it."""
    known = catalogue()[signal.tag]
    return SignalView(
        title=known.title,
        line=f"{name} {known.does}.",
        news=_news(change, signal, earlier.signal(signal.tag) if earlier else None),
        extent=_extent(signal),
        quotes=_quotes(_telling(signal.quotes, frame), frame),
        dates=_dates(_telling(signal.quotes, frame), frame),
        advice=clean(known.advice),
    )


def fair(name: str, signal: SignalState, frame: Frame) -> SignalView:
    """A signal that speaks for the client, with its best sentence."""
    known = catalogue()[signal.tag]
    return SignalView(
        title=known.title,
        line=f"{name} {known.does}.",
        news="",
        extent=_extent(signal),
        quotes=_quotes(signal.quotes[:1], frame),
        dates=_dates(signal.quotes[:1], frame),
        advice="",
    )


def _news(change: AlertChange, now: SignalState, before: SignalState | None) -> str:
    """Why a signal is told today: ``new, 0.61 high`` or ``worse, 0.42 → 0.71 high``."""
    word = {AlertChange.NEW: "new", AlertChange.WORSE: "worse", AlertChange.AGAIN: "still going on"}[change]
    grown = f"{before.score:.2f} → " if before and change is AlertChange.WORSE else ""
    return f"{word}, {grown}{now.score:.2f} {level(now.score).word}"


def _extent(signal: SignalState) -> str:
    """On how much the signal stands."""
    messages = plural(signal.messages, "message")
    return messages if signal.messages <= 1 else f"{messages} on {plural(signal.days, 'day')}"


def _telling(quotes: Sequence[Quote], frame: Frame) -> Sequence[Quote]:
    """The strongest quotes; if all of these were there last time, the strongest new one takes the last place."""
    chosen = list(quotes[:MAX_QUOTES])
    fresh = next((quote for quote in quotes if _is_new(quote, frame)), None)
    if fresh and fresh not in chosen:
        chosen[-1] = fresh
    return chosen


def _is_new(quote: Quote, frame: Frame) -> bool:
    return frame.since is not None and quote.sent_at > frame.since


def _quotes(quotes: Sequence[Quote], frame: Frame) -> tuple[QuoteView, ...]:
    if frame.hide_text:
        return ()
    return tuple(
        QuoteView(
            words=shorten(quote.words, QUOTE_LENGTH),
            lang="" if quote.lang == UNKNOWN_LANGUAGE else quote.lang,
            at=frame.time.moment(quote.sent_at),
            sender=person(quote.sender),
            subject=shorten(quote.subject, SUBJECT_LENGTH) or "no subject",
            is_new=_is_new(quote, frame),
        )
        for quote in quotes
    )


def _dates(quotes: Sequence[Quote], frame: Frame) -> tuple[str, ...]:
    """In place of quotes where words are hidden."""
    return tuple(frame.time.moment(quote.sent_at) for quote in quotes) if frame.hide_text else ()


def reply(alerted: Sequence[SignalState], state: ClientState, frame: Frame) -> Reply | None:
    """The draft for the strongest signal that has one, in the client's language or else in English.

    Filled in are the writer of the strongest sentence, a day a week from now, and the longest overdue invoice of the
    ledger; what is not known stays in its brackets.
    """
    for signal in alerted:
        drafts = catalogue()[signal.tag].reply
        chosen = read_as(state.lang) if read_as(state.lang) in drafts else "en"
        if draft := _in_manner(signal.tag, chosen, state.manner):
            writer = signal.quotes[0].sender if signal.quotes and not frame.hide_text else None
            filled = _with_invoice(_filled(draft, chosen, writer, frame), chosen, state, frame)
            return Reply(LANGUAGE_NAMES.get(chosen, chosen), chosen, tuple(clean(line) for line in filled.splitlines()))
    return None


_GREETINGS = {"en": ("Dear ", "Hi "), "da": ("Kære ", "Hej ")}
"""Formal and usual greetings of drafts; the other languages' drafts are polite as they stand."""

_NAME = re.compile(r"\[(?:name|Имя|ime|navn|pangalan)\]")
_DUE = re.compile(r"\[(?:due date|срок|dospijeće|forfald)\]")
_NUMBER = re.compile(r"\[(?:number|номер|broj|nummer)\]")
_SUM = re.compile(r"\[(?:amount|сумма|iznos|beløb|halaga)\]")
_DAY = re.compile(r"\[(?:date|дата|datum|dato|petsa)\]")


def _filled(draft: str, lang: str, writer: Address | None, frame: Frame) -> str:
    """The draft with the reader's name and a day a week ahead; a name that is none stays to be filled in."""
    day = frame.time.today + timedelta(days=7)
    draft = _DAY.sub(calendar_day(day) if lang in ("en", "tl") else f"{day.day}.{day.month}.", draft)
    first = writer.name.split()[0] if writer and writer.name.split() else ""
    return _NAME.sub(lambda _: shorten(first, NAME_LENGTH), draft) if first.isalpha() else draft


def _in_manner(tag: str, lang: str, manner: str) -> str:
    """The draft as this client is spoken to: ty or vy, first names or a "Dear"."""
    signal = catalogue()[tag]
    if manner == "informal" and lang in signal.familiar:
        return signal.familiar[lang].strip()
    draft = signal.reply.get(lang, "").strip()
    stiff, plain = _GREETINGS.get(lang, ("", ""))
    return draft.replace(plain, stiff, 1) if manner == "formal" and draft.startswith(plain) else draft


def _with_invoice(draft: str, lang: str, state: ClientState, frame: Frame) -> str:
    """The draft with number, sum and due day of what is overdue longest; sums of other drafts are the reader's."""
    late = [bill for bill in state.invoices if bill.due and bill.due < frame.time.today and not bill.is_paid]
    if not late or not _DUE.search(draft):
        return draft
    bill = min(late, key=lambda bill: bill.due or frame.time.today)
    assert bill.due is not None
    day = calendar_day(bill.due) if lang in ("en", "tl") else f"{bill.due.day}.{bill.due.month}."
    for placeholder, words in ((_DUE, day), (_NUMBER, bill.number), (_SUM, _money(bill, lang))):
        draft = placeholder.sub(lambda _, words=words: words, draft)  # type: ignore[misc]
    return draft


def _money(bill: Invoice, lang: str) -> str:
    """What is open of an invoice, as the language writes sums."""
    whole = f"{bill.amount - bill.paid_amount:,.2f}"
    if lang in ("en", "tl"):
        return f"{bill.currency} {whole}"
    thousands = "\u00a0" if lang == "ru" else "."
    local = whole.replace(",", " ").replace(".", ",").replace(" ", thousands)
    return f"{local} {bill.currency}"


def level(score: float) -> Level:
    """A score for people.

    >>> level(0.714)
    Level(number='0.71', word='high', percent=71, bar='███████░░░')
    """
    word = next(word for floor, word in _WORDS if score >= floor)
    bar = ("█" * round(score * 10)).ljust(10, "░")
    return Level(number=f"{score:.2f}", word=word, percent=round(score * 100), bar=bar)


def title(signal: SignalState) -> str:
    """The signal's name for people."""
    return catalogue()[signal.tag].title


def person(address: Address) -> str:
    """Who wrote, by name or else by address."""
    return shorten(address.name or address.email, NAME_LENGTH)
