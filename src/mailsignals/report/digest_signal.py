"""One signal of one client in the digest: why it is told, which words show it, and what helps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mailsignals.report.digest_view import Level, QuoteView, SignalView
from mailsignals.report.words import LocalTime, sentences, shorten
from mailsignals.signals.catalogue import catalogue
from mailsignals.text.counts import plural
from mailsignals.types import UNKNOWN_LANGUAGE, Address, AlertChange, ClientState, Quote, SignalState

MAX_DATES = 3
QUOTE_LENGTH = 136
"""Two lines on paper and on the page, with its source below in one."""
FAIR_LENGTH = 80
SUBJECT_LENGTH = 32
NAME_LENGTH = 60

NEWS = {AlertChange.NEW: "new", AlertChange.WORSE: "worse", AlertChange.AGAIN: "still going on"}
"""Why something is told today."""

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


def told(
    name: str, signal: SignalState, change: AlertChange | None, earlier: ClientState | None, frame: Frame
) -> SignalView:
    """A signal with a due alert, or too grave to be left out, with its most telling sentence."""
    known = catalogue()[signal.tag]
    return SignalView(
        title=known.title,
        line="" if signal.quotes and not frame.hide_text else f"{doer(name, signal, frame)} {known.does}.",
        news=_news(change, signal, earlier.signal(signal.tag) if earlier else None),
        extent=_extent(signal),
        quotes=_quotes(_telling(signal.quotes, frame), frame),
        dates=_dates(signal.quotes[:MAX_DATES], frame),
        advice=sentences(known.advice, 1),
    )


def fair(name: str, signal: SignalState, frame: Frame) -> SignalView:
    """A signal that speaks for the client, with its best sentence."""
    known = catalogue()[signal.tag]
    return SignalView(
        title=known.title,
        line=f"{doer(name, signal, frame)} {known.does}.",
        news="",
        extent=_extent(signal),
        quotes=_quotes(signal.quotes[:1], frame, FAIR_LENGTH),
        dates=_dates(signal.quotes[:1], frame),
        advice="",
    )


def doer(name: str, signal: SignalState, frame: Frame) -> str:
    """Who did it: the one person who wrote all of the sentences, or else the client."""
    writers = {quote.sender.person: quote.sender for quote in signal.quotes}
    return person(next(iter(writers.values()))) if len(writers) == 1 and not frame.hide_text else name


def _news(change: AlertChange | None, now: SignalState, before: SignalState | None) -> str:
    """Why a signal is told today: ``new, 0.61 high`` or ``worse, 0.42 → 0.71 high``."""
    word = NEWS.get(change, "lately") if change else "lately"
    grown = f"{before.score:.2f} → " if before and change is AlertChange.WORSE else ""
    return f"{word}, {grown}{now.score:.2f} {level(now.score).word}"


def _extent(signal: SignalState) -> str:
    """On how much the signal stands."""
    messages = plural(signal.messages, "message")
    return messages if signal.messages <= 1 else f"{messages} on {plural(signal.days, 'day')}"


def _telling(quotes: Sequence[Quote], frame: Frame) -> Sequence[Quote]:
    """The strongest quote that the last digest cannot have shown, or else the strongest of all."""
    fresh = [quote for quote in quotes if _is_new(quote, frame)]
    return (fresh or quotes)[:1]


def _is_new(quote: Quote, frame: Frame) -> bool:
    return frame.since is not None and quote.sent_at > frame.since


def _quotes(quotes: Sequence[Quote], frame: Frame, length: int = QUOTE_LENGTH) -> tuple[QuoteView, ...]:
    if frame.hide_text:
        return ()
    return tuple(
        QuoteView(
            words=shorten(quote.words, length),
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
