"""How far it has gone with a client: five stages, each with its reasons, after "When to part" of the labelling guide.

A stage is held for ``HOLD`` after the words and the behaviour that earned it are gone, so that one quiet week does not
turn it back (hysteresis). What is owed is a fact of the day: work goes on once it is paid. All is worked out from the
record alone, so the same record gives the same stage on any later day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from mailsignals.behaviour.figures import behaviours
from mailsignals.behaviour.money import days_late, overdue
from mailsignals.behaviour.promises import ON_ITS_WAY, broken
from mailsignals.clients.alerts import AlertRules, is_founded
from mailsignals.signals.catalogue import catalogue
from mailsignals.types import Ask, BehaviourState, Invoice, Matter, Promise, PromiseState, SignalState, Stage, Verdict

HOLD = timedelta(days=14)
"""How long a stage stays after its reasons are gone."""

BOUNDARIES_FIRST = timedelta(days=21)
"""Parting is considered only where boundaries were called for so long before."""

SIGNS_TO_PART = 3
"""Different firing signs that must stand together."""

STORY = timedelta(days=28)
"""Time that the evidence of these signs must span: never one bad week."""

STORY_WITHIN = timedelta(days=180)
"""What is older no longer belongs to that story."""

_SIGN_TAGS: Mapping[str, Collection[str]] = {
    "micromanagement": {"micromanagement", "boundary_violation"},
    "unpaid_extra_work": {"unpaid_extra_work"},
    "discount_haggling": {"discount_haggling", "deferred_payment"},
    "payment_drift": {"payment_excuse"},
    "aggression": {"aggression"},
}
"""Firing sign -> the tags whose sentences show it."""

OF_NOTE = 0.35
"""Score from which a signal is worth watching."""

STRONG = 0.6
"""Score of a behaviour signal that supports a firing sign."""

_STILL_STRONG = 0.45
"""Score down to which a behaviour signal that was strong within ``HOLD`` is held."""

OUR_SHARE = 0.5
OUR_HOURS = 16.0
"""Score of ``our_side``, and working hours until we answer (two days), from which parting is not put forward: our own
side comes first. The score alone would not do: who is always slow is no slower than usual."""

OVERDUE_DAYS = 14
"""Days from which a bill that is late is a matter to write about."""

_LEAST_ASKS = 3

_Found = tuple[str, str]
"""The signal that a reason speaks of, empty for none, and the reason in a sentence."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder of ours that speaks of a payment.

    Args:
        answered: The day on which they wrote of it, or in its thread; None for not yet.
    """

    sent: date
    answered: date | None = None

    def is_ignored(self, today: date) -> bool:
        """Whether it had no answer for as long as money may take to arrive."""
        until = min(self.answered, today) if self.answered else today
        return until - self.sent >= ON_ITS_WAY


@dataclass(frozen=True, slots=True)
class Case:
    """What a stage is judged by, as it stood at one moment."""

    signals: Sequence[SignalState]
    behaviour: Sequence[BehaviourState]
    promises: Sequence[Promise]
    asks: Sequence[Ask]
    invoices: Sequence[Invoice]
    now: datetime
    today: date
    reminders: Sequence[Reminder] = ()

    def behaviour_score(self, name: str) -> float:
        """A behaviour signal's score, 0 where it was not measured."""
        state = self.measured(name)
        return state.score if state else 0.0

    def measured(self, name: str) -> BehaviourState | None:
        """A behaviour signal, or None."""
        return next((state for state in self.behaviour if state.signal == name), None)

    def signal(self, tag: str) -> SignalState | None:
        """A text signal, or None."""
        return next((state for state in self.signals if state.tag == tag), None)


def verdict(case: Case, earlier: Sequence[Case], rules: AlertRules) -> Verdict:
    """The stage now, held up by what was there within ``HOLD``.

    Args:
        case: The client now.
        earlier: The same client at moments before; those within ``HOLD`` keep a stage up, those before
            ``BOUNDARIES_FIRST`` show that boundaries were called for.
    """
    now = _parting(case, earlier, rules) or raw_stage(case, rules)
    lately = [_held(before, case, earlier, rules) for before in earlier if case.now - before.now <= HOLD]
    held = max(lately, key=lambda verdict: verdict.stage.rank, default=now)
    if held.stage.rank <= now.stage.rank:
        return now
    standing = [*(words for _, words in _firing_signs(case, rules)), *now.reasons]
    states: tuple[SignalState | BehaviourState, ...] = (*case.signals, *case.behaviour)
    today = {_subject(words): words for words in map(sentence, states)}
    reasons = tuple(_held_reasons(held, standing, now, today))
    return replace(held, reasons=reasons, is_reminder_due=now.is_reminder_due)


def _held(before: Case, case: Case, earlier: Sequence[Case], rules: AlertRules) -> Verdict:
    """The stage of a moment lately by its words and behaviour; what is owed goes by today."""
    parting = None
    if _is_our_side_in_order(case):
        before = _as_it_stood(before, case)
        parting = _parting(before, earlier, rules)
    owed = replace(before, invoices=case.invoices, promises=case.promises, reminders=case.reminders, today=case.today)
    return parting or raw_stage(owed, rules)


def _as_it_stood(before: Case, case: Case) -> Case:
    """An earlier case with the behaviour of today, where its own was not measured: it does not turn within weeks."""
    asks = before.asks or [ask for ask in case.asks if ask.asked_at <= before.now]
    return replace(before, behaviour=before.behaviour or case.behaviour, asks=asks)


def _held_reasons(held: Verdict, standing: Sequence[str], now: Verdict, today: Mapping[str, str]) -> Iterator[str]:
    """What held the stage up, in the numbers of today, then what still stands; nothing is said twice."""
    fading = next((words for words in held.reasons if words not in standing), held.reasons[0])
    title, _, extent = today.get(_subject(fading), fading).partition(": ")
    yield f"{title} (fading): {extent}" if extent else f"Fading: {fading}"
    still = [words for words in held.reasons if words in standing]
    still += now.reasons if now.stage is not Stage.CALM else ()
    yield from (words for words in dict.fromkeys(still) if _subject(words) != _subject(fading))


def _subject(words: str) -> str:
    """What a reason speaks of: the title before its extent, or all of it."""
    return words.partition(":")[0]


def raw_stage(case: Case, rules: AlertRules) -> Verdict:
    """The stage by what stands at one moment alone; parting is not among them."""
    unpaid = list(_unpaid(case, rules))
    if unpaid:
        return _verdict(Stage.STOP_WORK, unpaid)
    late = _long_late(case)
    bills = [("", _to_do(bill, case)) for bill in late]
    is_reminder_due = any(not _is_awaited(bill, case) for bill in late)
    if boundaries := list(_boundaries(case, rules)):
        return _verdict(Stage.SET_BOUNDARIES, [*boundaries, *bills], is_reminder_due=is_reminder_due)
    if watched := [*bills, *_watched(case)]:
        return _verdict(Stage.WATCH, watched, is_reminder_due=is_reminder_due)
    return Verdict(Stage.CALM, ("Nothing of note.",))


def _verdict(stage: Stage, found: Iterable[_Found], *, is_reminder_due: bool = False) -> Verdict:
    names, words = zip(*found, strict=True)
    return Verdict(stage, words, tuple(dict.fromkeys(filter(None, names))), is_reminder_due)


def _unpaid(case: Case, rules: AlertRules) -> Iterator[_Found]:
    """Reasons to stop work until the money is in: a bill that is long due, and a second piece of evidence at least."""
    late = _long_late(case)
    if late:
        bills = [bill for bill in overdue(case.invoices, case.today) if _late(bill, case) > ON_ITS_WAY.days]
        first = max(bills, key=lambda bill: _late(bill, case))
        beside = list(_beside(first, case))
        if beside or len(bills) > 1:
            drift = "payment_drift" if case.behaviour_score("payment_drift") >= OF_NOTE else ""
            yield from ((drift, _overdue(bill, case)) for bill in bills)
            yield from beside
    elif not case.invoices:
        yield from _unpaid_by_mail(case, rules)


def _unpaid_by_mail(case: Case, rules: AlertRules) -> Iterator[_Found]:
    """The same where no ledger tells: excuses, and promises that passed."""
    excuse = case.signal("payment_excuse")
    failed = [p for p in broken(case.promises, ours=False, matter=Matter.PAYMENT) if p.due]
    if excuse and is_founded(excuse, rules) and (failed or excuse.messages > 2):
        promises = f", and {_passed(failed)}" if failed else ""
        yield excuse.tag, f"A payment was explained away in {_mails(excuse)}{promises}."


def _beside(bill: Invoice, case: Case) -> Iterator[_Found]:
    """What stands beside a bill since it fell due: excuses, promises that were not kept, reminders in vain."""
    excuse = case.signal("payment_excuse")
    if excuse and any(quote.sent_at.date() >= bill.falls_due for quote in excuse.quotes):
        yield excuse.tag, sentence(excuse)
    failed = broken(case.promises, ours=False, matter=Matter.PAYMENT)
    if own := [promise for promise in failed if promise.invoice == bill.number]:
        yield "", f"{_passed(own)}."
    ignored = sum(sent.sent > bill.falls_due and sent.is_ignored(case.today) for sent in case.reminders)
    if ignored:
        reminders = "1 reminder" if ignored == 1 else f"{ignored} reminders"
        yield "", f"{reminders} of ours had no answer for {ON_ITS_WAY.days} days."


def _passed(promises: Sequence[Promise]) -> str:
    return f"{len(promises)} {'promise' if len(promises) == 1 else 'promises'} of payment passed"


def _long_late(case: Case) -> Sequence[Invoice]:
    """The bills that are late enough to write about, oldest first."""
    return [bill for bill in overdue(case.invoices, case.today) if _late(bill, case) >= OVERDUE_DAYS]


def _late(bill: Invoice, case: Case) -> float:
    return days_late(bill, case.today)


def _is_awaited(bill: Invoice, case: Case) -> bool:
    """Whether we reminded them of a late bill not long ago, or they named a day for it that is to come."""
    if any(bill.falls_due < sent.sent and (case.today - sent.sent).days < OVERDUE_DAYS for sent in case.reminders):
        return True
    return any(
        promise.invoice == bill.number
        and promise.state is PromiseState.OPEN
        and promise.due is not None
        and promise.due >= case.today
        for promise in case.promises
    )


def _overdue(bill: Invoice, case: Case) -> str:
    return f"Invoice {bill.number} is {_late(bill, case):.0f} days overdue with {_open_sum(bill)} open."


def _to_do(bill: Invoice, case: Case) -> str:
    """What there is to do about a late bill beside which nothing stands, in a line of the digest."""
    to_do = "Payment is awaited" if _is_awaited(bill, case) else "A friendly reminder is due"
    return f"{to_do}: invoice {bill.number}, {_late(bill, case):.0f} days late, {_open_sum(bill)}."


def _open_sum(bill: Invoice) -> str:
    return f"{bill.amount - bill.paid_amount:,.2f} {bill.currency}"


def _boundaries(case: Case, rules: AlertRules) -> Iterator[_Found]:
    """Signals that call for a clear word."""
    for signal in case.signals:
        if is_founded(signal, rules):
            yield signal.tag, sentence(signal)
    strong = [state for state in case.behaviour if is_strong(state)]
    if len(strong) > 1:
        for state in strong:
            yield state.signal, sentence(state)


def _watched(case: Case) -> Iterator[_Found]:
    for state in case.signals:
        if state.score >= OF_NOTE and not catalogue()[state.tag].protective:
            yield state.tag, sentence(state)
    for behaviour in case.behaviour:
        if is_strong(behaviour):
            yield behaviour.signal, sentence(behaviour)


def sentence(state: SignalState | BehaviourState) -> str:
    """A signal and its extent, as the reasons of a stage say it."""
    if isinstance(state, BehaviourState):
        return f"{behaviours()[state.signal].title}: {state.words}"
    return f"{catalogue()[state.tag].title}: {_extent(state)}."


def _extent(state: SignalState) -> str:
    return f"{_mails(state)} on {state.days} days" if state.days > 1 else _mails(state)


def _mails(state: SignalState) -> str:
    return "1 mail" if state.messages == 1 else f"{state.messages} mails"


def is_wavering(state: BehaviourState) -> bool:
    """Whether a behaviour signal is so near to strong that what it was lately decides."""
    return _STILL_STRONG <= state.score < STRONG and state.signal != "our_side"


def is_strong(state: BehaviourState) -> bool:
    """Whether a behaviour signal weighs by itself."""
    return state.score >= STRONG and state.signal != "our_side"


def _parting(case: Case, earlier: Sequence[Case], rules: AlertRules) -> Verdict | None:
    """The verdict to part, where the firing signs stand together, for long enough, with our side in order."""
    signs = list(_firing_signs(case, rules))
    if (
        len(signs) < SIGNS_TO_PART
        or not _is_our_side_in_order(case)
        or not _is_long_story(case, [name for name, _ in signs])
    ):
        return None
    before = [old for old in earlier if case.now - old.now >= BOUNDARIES_FIRST]
    if not any(raw_stage(old, rules).stage.rank >= Stage.SET_BOUNDARIES.rank for old in before):
        return None
    return _verdict(Stage.CONSIDER_PARTING, signs)


def _is_our_side_in_order(case: Case) -> bool:
    """Whether nothing shows that we are slow, or that we leave things open."""
    ours = case.measured("our_side")
    return ours is None or ((ours.value or 0.0) < OUR_HOURS and ours.score < OUR_SHARE)


def _firing_signs(case: Case, rules: AlertRules) -> Iterator[_Found]:
    """The firing signs named in the field, each once."""

    def founded(tag: str) -> bool:
        state = case.signal(tag)
        return state is not None and is_founded(state, rules)

    free = [ask for ask in case.asks if not (ask.offered or ask.priced)]
    if founded("micromanagement") or founded("boundary_violation") or case.behaviour_score("chasing") >= STRONG:
        yield "micromanagement", "Work takes longer because of their constant involvement."
    if founded("unpaid_extra_work") or case.behaviour_score("revision_churn") >= STRONG:
        yield "unpaid_extra_work", "Rework is frequent and unpaid."
    if len(free) >= _LEAST_ASKS and (founded("discount_haggling") or founded("deferred_payment")):
        yield "discount_haggling", f"Scope grows ({len(free)} wishes without an offer) while the will to pay does not."
    if case.behaviour_score("attention_share") >= STRONG:
        yield "attention_share", "They leave no time for other clients."
    if case.behaviour_score("payment_drift") >= STRONG or any(_unpaid(case, rules)):
        yield "payment_drift", "Payment slips further each time."
    if (state := case.signal("aggression")) and is_founded(state, rules) and state.days > 1:
        yield "aggression", f"Aggression in {_mails(state)} has left the frame of business."


def _is_long_story(case: Case, signs: Sequence[str]) -> bool:
    """Whether the sentences that show these signs span weeks."""
    tags = {tag for sign in signs for tag in _SIGN_TAGS.get(sign, ())}
    found = [quote.sent_at for state in case.signals if state.tag in tags for quote in state.quotes]
    moments = [moment for moment in found if case.now - moment <= STORY_WITHIN]
    return bool(moments) and max(moments) - min(moments) >= STORY
