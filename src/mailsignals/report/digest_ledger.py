"""What ledgers say of one client in the digest: behaviour, promises, extra wishes, stage."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

from mailsignals.behaviour.figures import behaviours
from mailsignals.behaviour.money import open_balance, overdue
from mailsignals.clients.alerts import is_mirror
from mailsignals.report.digest_signal import NEWS, Frame
from mailsignals.report.digest_view import Entry, MeasureView
from mailsignals.report.words import calendar_day, clean, part, shorten
from mailsignals.signals.catalogue import catalogue
from mailsignals.text.counts import plural
from mailsignals.types import AlertChange, Ask, BehaviourState, ClientState, Matter, Promise, PromiseState, Stage

MEASURE_OF_NOTE = 0.35
"""A behaviour signal below this is not worth a line."""

MAX_MEASURES = 2
MAX_PROMISES = 3
MAX_ASKS = 3
REASON_LENGTHS = (112, 76)
"""Characters of the first reason and of the second; more are counted."""

MEASURE_LENGTH = 112
ENTRY_LENGTH = 96
"""Characters of a promise or a wish with its sentence: two lines at most, so that one knows it again."""
_LEAST_WORDS = 52

BROKEN_FOR = timedelta(days=60)
"""How long after its day a broken promise is told; when it was made does not count."""

UNSEEN_FOR = timedelta(days=14)
"""The same for one of which nothing was seen: what came by other ways no mail will ever show."""

_THINGS = {
    Matter.PAYMENT: "payment",
    Matter.FEEDBACK: "an answer",
    Matter.CONTENT: "material",
    Matter.ACCESS: "access",
    Matter.WORK: "work",
}
_TIMES = {2: "second day given", 3: "third day given", 4: "fourth day given"}

_MANY = {"pattern over time": "patterns over time", "sign in their favour": "signs in their favour", "wish": "wishes"}

_PLAINLY: Mapping[str, Callable[[float], str]] = {
    "unresponsive": lambda days: f"Our questions wait about {plural(round(days), 'working day')} for an answer.",
    "chasing": lambda share: f"{part(share, 'their recent mails')} came before we could answer, or before our day.",
    "off_hours_contact": lambda share: f"{part(share, 'their recent mails')} came outside our hours.",
    "payment_drift": lambda days: f"They pay about {plural(round(days), 'day')} late.",
    "revision_churn": lambda rounds: f"{plural(round(rounds), 'round')} of changes in one thread.",
    "approver_sprawl": lambda people: plural(round(people), "person gives", "people give") + " instructions.",
    "attention_share": lambda times: f"They take {times:.1f} times their share of our attention.",
    "hostile_contact": lambda share: f"{part(share, 'the difficult mails')} came from one person.",
    "souring": lambda times: (
        "They were well disposed and have turned." if times >= 1 else "They may be turning; it could still be chance."
    ),
}
"""Behaviour without the names and subjects that its sentence may hold, for a digest that shows no text."""


def stage_title(stage: Stage) -> str:
    """A stage for a heading; nothing for calm."""
    return "" if stage is Stage.CALM else stage.value.capitalize()


def reasons(state: ClientState, frame: Frame) -> tuple[str, ...]:
    """Why the client is at its stage: the first two reasons in short, and all of them in full before anybody parts.

    Where words are hidden, since they may name people, it is what the ledger knows and what the stage stands on.
    """
    if frame.hide_text:
        return tuple(f"{said}." for said in (_overdue(state, frame.time.today), _stands_on(state)) if said)
    if state.verdict.stage is Stage.CONSIDER_PARTING:
        return tuple(map(clean, state.verdict.reasons))
    return tuple(
        _in_short(reason, length) for reason, length in zip(state.verdict.reasons, REASON_LENGTHS, strict=False)
    )


def _overdue(state: ClientState, today: date) -> str:
    """Such as ``1 bill overdue, 300.00 EUR``, where it is money that the stage stands on."""
    is_money = state.verdict.stage is Stage.STOP_WORK or "payment_drift" in state.verdict.signals
    late = overdue(state.invoices, today) if is_money else []
    sums = " and ".join(f"{amount:,.2f} {currency}" for currency, amount in open_balance(late).items())
    return f"{plural(len(late), 'bill')} overdue, {sums}" if late else ""


def _stands_on(state: ClientState) -> str:
    titles = [catalogue()[tag].title for tag in state.verdict.signals if tag in catalogue()]
    titles += [behaviours()[name].title for name in state.verdict.signals if name in behaviours()]
    return ", ".join(titles)


def _in_short(text: str, limit: int) -> str:
    """Shortened at a word, and never inside a bracket.

    >>> _in_short("Slow to answer: Our questions wait 3.1 working days (median of two months)", 62)
    'Slow to answer: Our questions wait 3.1 working days …'
    """
    words, short = clean(text), shorten(text, limit)
    before, _, inside = short.rpartition("(")
    return f"{before.rstrip()} …" if short != words and before and ")" not in inside else short


def measured_of_note(state: ClientState, changes: Mapping[str, AlertChange]) -> Sequence[BehaviourState]:
    """Behaviour signals of note; those that are told now come first."""
    found = [
        measured
        for measured in state.behaviour
        if not is_mirror(measured) and (measured.signal in changes or measured.score >= MEASURE_OF_NOTE)
    ]
    return sorted(found, key=lambda measured: (measured.signal not in changes, -measured.score))


def measures(
    found: Sequence[BehaviourState], changes: Mapping[str, AlertChange], frame: Frame
) -> tuple[MeasureView, ...]:
    """The first of these behaviour signals in a sentence each."""
    return tuple(
        MeasureView(
            title=behaviours()[measured.signal].title,
            words=plainly(measured) if frame.hide_text else _in_short(measured.words, MEASURE_LENGTH),
            news=NEWS.get(changes[measured.signal], "") if measured.signal in changes else "",
        )
        for measured in found[:MAX_MEASURES]
    )


def plainly(measured: BehaviourState) -> str:
    """A behaviour signal in a sentence that names nobody."""
    if measured.value is None or measured.signal not in _PLAINLY:
        return f"{behaviours()[measured.signal].does.capitalize()}."
    return _PLAINLY[measured.signal](measured.value)


def promises_of_note(state: ClientState, frame: Frame) -> Sequence[Promise]:
    """Promises whose day is to come, and those not seen to be kept whose day passed lately; the nearest day first."""
    today = frame.time.today
    found = [
        (promise.due, promise) for promise in state.promises if promise.due and _is_worth_a_line(promise, state, today)
    ]
    return [promise for _, promise in sorted(found, key=lambda pair: abs(pair[0] - today))]


def promises(found: Sequence[Promise], state: ClientState, frame: Frame) -> tuple[Entry, ...]:
    """The first of these promises on a line each."""
    return tuple(
        promise_entry(promise_line(promise, frame.time.today), promise, state, frame)
        for promise in found[:MAX_PROMISES]
    )


def promise_entry(line: str, promise: Promise, state: ClientState, frame: Frame) -> Entry:
    """A line on a promise with its sentence."""
    return _entry(line, promise.words, (promise.is_ours and state.our_lang) or state.lang, frame)


def asks(state: ClientState, frame: Frame) -> tuple[Entry, ...]:
    """Extra wishes since the last accepted quote, newest first."""
    newest = state.asks[-MAX_ASKS:]
    return tuple(
        _entry(f"{frame.time.day(ask.asked_at)}, {_what_for(ask, frame)}", ask.words, state.lang, frame)
        for ask in reversed(newest)
    )


def promise_line(promise: Promise, today: date) -> str:
    """What was promised for when, and what became of it by ``today``, without its words."""
    side = "We" if promise.is_ours else "They"
    by = f" by {calendar_day(promise.due, weekday=True)}" if promise.due else ""
    again = f", {_TIMES.get(promise.repeat, f'{promise.repeat}th day given')}" if promise.repeat > 1 else ""
    return f"{side} promised {thing_promised(promise)}{by}, {_outcome(promise, today)}{again}"


def is_settled(promise: Promise, state: ClientState) -> bool:
    """Whether the bill that a promise of payment is about has been paid, be it late."""
    return any(bill.number == promise.invoice and bill.is_paid for bill in state.invoices)


def _outcome(promise: Promise, today: date) -> str:
    if promise.state is not PromiseState.OPEN:
        return "kept" if promise.state is PromiseState.KEPT else "not kept"
    days = (promise.due - today).days if promise.due else None
    if days is not None and days < 0:
        return "passed with nothing seen"
    return {0: "due today", 1: "due tomorrow"}.get(days, "due") if days is not None else "open"


def thing_promised(promise: Promise) -> str:
    """What a promise is about. A client does no work for us: what theirs is about, nobody could read."""
    if promise.matter is Matter.WORK and not promise.is_ours:
        return "what we wait for"
    return _THINGS[promise.matter]


def left_out(counts: Mapping[str, int]) -> str:
    """What there is no room for, by number.

    >>> left_out({"sentence": 2, "promise": 0, "pattern over time": 1})
    '2 sentences, 1 pattern over time'
    """
    return ", ".join(plural(count, noun, _MANY.get(noun, "")) for noun, count in counts.items() if count > 0)


def _what_for(ask: Ask, frame: Frame) -> str:
    if ask.offered:
        return "they offered to pay"
    return f"priced {frame.time.day(ask.priced_at)}" if ask.priced_at else "no offer found"


def _is_worth_a_line(promise: Promise, state: ClientState, today: date) -> bool:
    if promise.due is None or promise.state is PromiseState.KEPT:
        return False
    if promise.state is PromiseState.BROKEN:
        return today - promise.due <= BROKEN_FOR
    return today - promise.due <= UNSEEN_FOR and not is_settled(promise, state)


def _entry(line: str, words: str, lang: str, frame: Frame) -> Entry:
    if frame.hide_text:
        return Entry(line, "")
    return Entry(line, shorten(words, max(_LEAST_WORDS, ENTRY_LENGTH - len(line))), lang)
