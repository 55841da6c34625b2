"""What ledgers say of one client in the digest: behaviour, promises, extra wishes, stage."""

from __future__ import annotations

from collections.abc import Mapping

from mailsignals.behaviour.figures import behaviours
from mailsignals.clients.alerts import is_mirror
from mailsignals.report.digest_signal import NEWS, QUOTE_LENGTH, Frame
from mailsignals.report.digest_view import Entry, MeasureView
from mailsignals.report.reply import stands_alone
from mailsignals.report.words import calendar_day, clean, shorten
from mailsignals.signals.catalogue import catalogue
from mailsignals.types import AlertChange, Ask, ClientState, Matter, Promise, PromiseState, Stage

MEASURE_OF_NOTE = 0.35
"""A behaviour signal below this is not worth a line."""

MAX_MEASURES = 4
MAX_PROMISES = 3
MAX_ASKS = 6
MAX_REASONS = 3

_THINGS = {
    Matter.PAYMENT: "payment",
    Matter.FEEDBACK: "an answer",
    Matter.CONTENT: "material",
    Matter.ACCESS: "access",
    Matter.WORK: "work",
}
_TIMES = {2: "second day given", 3: "third day given", 4: "fourth day given"}


def stage_title(stage: Stage) -> str:
    """A stage for a heading; nothing for calm."""
    return "" if stage is Stage.CALM else stage.value.capitalize()


def reasons(state: ClientState, frame: Frame) -> tuple[str, ...]:
    """Why the client is at its stage; only what it stands on where words are hidden, since they may name people."""
    if frame.hide_text:
        titles = [catalogue()[tag].title for tag in state.verdict.signals if tag in catalogue()]
        titles += [behaviours()[name].title for name in state.verdict.signals if name in behaviours()]
        return (f"{', '.join(titles)}.",) if titles else ()
    return tuple(clean(reason) for reason in state.verdict.reasons[:MAX_REASONS])


def measures(state: ClientState, changes: Mapping[str, AlertChange], frame: Frame) -> tuple[MeasureView, ...]:
    """Behaviour signals of note; those that are told now come first, with advice.

    Where words are hidden the bare figure stands for the sentence, which may name people and subjects.
    """
    found = [
        measured
        for measured in state.behaviour
        if not is_mirror(measured) and (measured.signal in changes or measured.score >= MEASURE_OF_NOTE)
    ]
    is_mendable = not stands_alone(state.verdict.stage)
    ordered = sorted(found, key=lambda measured: (measured.signal not in changes, -measured.score))
    return tuple(
        MeasureView(
            title=behaviours()[measured.signal].title,
            words=f"{measured.value:g} {measured.unit}" if frame.hide_text else shorten(measured.words, QUOTE_LENGTH),
            news=NEWS.get(changes[measured.signal], "") if measured.signal in changes else "",
            advice=behaviours()[measured.signal].advice if measured.signal in changes and is_mendable else "",
        )
        for measured in ordered[:MAX_MEASURES]
    )


def promises(state: ClientState, frame: Frame) -> tuple[Entry, ...]:
    """Promises of the last two months that are broken, or open with a day to come, newest first."""
    told = [promise for promise in reversed(state.promises) if _is_worth_a_line(promise, frame)]
    return tuple(
        Entry(_promise_line(promise, frame), _words(promise.words, frame), state.lang)
        for promise in told[:MAX_PROMISES]
    )


def asks(state: ClientState, frame: Frame) -> tuple[Entry, ...]:
    """Extra wishes since the last accepted quote, newest first; how many older ones there are comes last."""
    newest = state.asks[-MAX_ASKS:]
    entries = [
        Entry(
            f"{frame.time.day(ask.asked_at)}: {_what_for(ask, frame)}",
            _words(ask.words, frame),
            state.lang,
        )
        for ask in reversed(newest)
    ]
    older = len(state.asks) - len(newest)
    return (*entries, *([Entry(f"and {older} before", "", "")] if older else []))


def _what_for(ask: Ask, frame: Frame) -> str:
    if ask.offered:
        return "they offered to pay"
    return f"we named a price on {frame.time.day(ask.priced_at)}" if ask.priced_at else "no offer found"


def _is_worth_a_line(promise: Promise, frame: Frame) -> bool:
    if promise.due is None:
        return False
    age = (frame.time.now - promise.made_at).days
    if promise.state is PromiseState.OPEN:
        return promise.due >= frame.time.today
    return promise.state is PromiseState.BROKEN and age <= 60


def _promise_line(promise: Promise, frame: Frame) -> str:
    assert promise.due is not None
    side = "We" if promise.is_ours else "They"
    again = f", {_TIMES.get(promise.repeat, f'{promise.repeat}th day given')}" if promise.repeat > 1 else ""
    verdict = "not kept" if promise.state is PromiseState.BROKEN else "due"
    return f"{side} promised {_THINGS[promise.matter]} for {calendar_day(promise.due, weekday=True)}: {verdict}{again}"


def _words(words: str, frame: Frame) -> str:
    return "" if frame.hide_text else shorten(words, QUOTE_LENGTH)
