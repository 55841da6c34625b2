"""How far it has gone with a client: five stages, each with its reasons, after "When to part" of the labelling guide.

A stage is held for ``HOLD`` after what earned it is gone, so that one quiet week does not turn it back (hysteresis); it
is worked out from the record alone, so the same record gives the same stage on any later day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from mailsignals.behaviour.figures import behaviours
from mailsignals.behaviour.money import days_late, overdue
from mailsignals.behaviour.promises import broken
from mailsignals.clients.alerts import AlertRules, is_founded
from mailsignals.signals.catalogue import catalogue
from mailsignals.types import Ask, BehaviourState, Invoice, Matter, Promise, SignalState, Stage, Verdict

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
_LEAST_ASKS = 3


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
    now = _stage_of(case, earlier, rules)
    standing = [*(words for _, words in _firing_signs(case, rules)), *now.reasons]
    may_part = _is_our_side_in_order(case)
    for before in earlier:
        if case.now - before.now <= HOLD:
            held = _stage_of(_as_it_stood(before, case), earlier, rules) if may_part else raw_stage(before, rules)
            if held.stage.rank > now.stage.rank:
                reasons = dict.fromkeys((*_held_reasons(held, standing), *now.reasons))
                now = Verdict(held.stage, tuple(reasons), held.signals)
    return now


def _stage_of(case: Case, earlier: Sequence[Case], rules: AlertRules) -> Verdict:
    """The stage by what stands at one moment, parting included."""
    now = raw_stage(case, rules)
    parting = _parting(case, earlier, rules) if now.stage.rank >= Stage.SET_BOUNDARIES.rank else None
    return parting or now


def _as_it_stood(before: Case, case: Case) -> Case:
    """An earlier case with the behaviour of today, where its own was not measured: it does not turn within weeks."""
    asks = before.asks or [ask for ask in case.asks if ask.asked_at <= before.now]
    return replace(before, behaviour=before.behaviour or case.behaviour, asks=asks)


def _held_reasons(held: Verdict, standing: Sequence[str]) -> Iterator[str]:
    """What held the stage up, then those of its reasons that still stand."""
    gone = next((words for words in held.reasons if words not in standing), held.reasons[0])
    yield f"{gone} (until lately; a stage is kept for two weeks)"
    yield from (words for words in held.reasons if words in standing and words != gone)


def raw_stage(case: Case, rules: AlertRules) -> Verdict:
    """The stage by what stands at one moment alone; parting is not among them."""
    unpaid = list(_unpaid(case, rules))
    if unpaid:
        return Verdict(Stage.STOP_WORK, tuple(unpaid), ("payment_drift", "payment_excuse"))
    boundaries = list(_boundaries(case, rules))
    if boundaries:
        return Verdict(
            Stage.SET_BOUNDARIES, tuple(words for _, words in boundaries), tuple(name for name, _ in boundaries)
        )
    watched = list(_watched(case))
    if watched:
        return Verdict(Stage.WATCH, tuple(words for _, words in watched), tuple(name for name, _ in watched))
    return Verdict(Stage.CALM, ("Nothing of note.",))


def _unpaid(case: Case, rules: AlertRules) -> Iterator[str]:
    """Reasons to stop work until the money is in."""
    excuse = case.signal("payment_excuse")
    for invoice in overdue(case.invoices, case.today):
        late = days_late(invoice, case.today)
        if late >= OVERDUE_DAYS:
            open_sum = invoice.amount - invoice.paid_amount
            yield (f"Invoice {invoice.number} is {late:.0f} days overdue with {open_sum:,.2f} {invoice.currency} open.")
    failed = [p for p in broken(case.promises, ours=False, matter=Matter.PAYMENT) if p.due]
    if not case.invoices and excuse and is_founded(excuse, rules) and (failed or excuse.messages > 2):
        yield f"A payment was explained away in {excuse.messages} mails" + (
            f", and {len(failed)} {'promise' if len(failed) == 1 else 'promises'} of payment passed." if failed else "."
        )


def _boundaries(case: Case, rules: AlertRules) -> Iterator[tuple[str, str]]:
    """Signals that call for a clear word."""
    for signal in case.signals:
        if is_founded(signal, rules):
            yield signal.tag, sentence(signal)
    strong = [state for state in case.behaviour if is_strong(state)]
    if len(strong) > 1:
        for state in strong:
            yield state.signal, sentence(state)


def _watched(case: Case) -> Iterator[tuple[str, str]]:
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
    mails = "1 mail" if state.messages == 1 else f"{state.messages} mails"
    return f"{mails} on {state.days} days" if state.days > 1 else mails


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
    return Verdict(Stage.CONSIDER_PARTING, tuple(words for _, words in signs), tuple(name for name, _ in signs))


def _is_our_side_in_order(case: Case) -> bool:
    """Whether nothing shows that we are slow, or that we leave things open."""
    ours = case.measured("our_side")
    return ours is None or ((ours.value or 0.0) < OUR_HOURS and ours.score < OUR_SHARE)


def _firing_signs(case: Case, rules: AlertRules) -> Iterator[tuple[str, str]]:
    """The firing signs named in the field, each once."""

    def founded(tag: str) -> bool:
        state = case.signal(tag)
        return state is not None and is_founded(state, rules)

    free = [ask for ask in case.asks if not ask.offered]
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
        yield "aggression", f"Aggression in {state.messages} mails has left the frame of business."


def _is_long_story(case: Case, signs: Sequence[str]) -> bool:
    """Whether the sentences that show these signs span weeks."""
    tags = {tag for sign in signs for tag in _SIGN_TAGS.get(sign, ())}
    found = [quote.sent_at for state in case.signals if state.tag in tags for quote in state.quotes]
    moments = [moment for moment in found if case.now - moment <= STORY_WITHIN]
    return bool(moments) and max(moments) - min(moments) >= STORY
