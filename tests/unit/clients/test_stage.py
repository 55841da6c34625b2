from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from mailsignals.clients.alerts import AlertRules
from mailsignals.clients.stage import Case, Reminder, is_wavering, raw_stage, verdict
from mailsignals.report.digest_ledger import REASON_LENGTHS
from mailsignals.types import (
    Ask,
    BehaviourState,
    Invoice,
    Matter,
    Promise,
    PromiseState,
    Quote,
    SignalState,
    Stage,
)
from support.mails import IVA, MONDAY

RULES = AlertRules()
TODAY = MONDAY.date()


def signal(tag: str, score: float = 0.8, *, days: tuple[int, ...] = (0, 20, 40)) -> SignalState:
    quotes = tuple(Quote(f"{tag}{day}", tag, "words", 0.7, MONDAY - timedelta(days=day), "Logo", IVA) for day in days)
    return SignalState(tag, score, len(quotes), len(quotes), 0.0, quotes)


def behaviour(name: str, score: float, value: float = 1.0) -> BehaviourState:
    return BehaviourState(name, value, "x", score, f"{name}.")


def case(*signals: SignalState, days_ago: int = 0, **changes: object) -> Case:
    made = Case(signals, (), (), (), (), MONDAY - timedelta(days=days_ago), TODAY - timedelta(days=days_ago))
    return replace(made, **changes)  # type: ignore[arg-type]


def overdue(days: int, number: str = "14") -> Invoice:
    return Invoice(number, "Miramar", date(2026, 1, 1), TODAY - timedelta(days=days), 500, "EUR")


def promised(state: PromiseState, days: int, number: str = "14") -> Promise:
    """A promise to pay so many days ago, or ahead."""
    due = TODAY - timedelta(days=days)
    return Promise("p@x", IVA.email, False, Matter.PAYMENT, MONDAY, due, state, "On Friday.", invoice=number)


def reminded(days: int, answered: int | None = None) -> Reminder:
    """A reminder of so many days ago."""
    sent, told = (TODAY - timedelta(days=ago) if ago is not None else None for ago in (days, answered))
    return Reminder(sent or TODAY, told)


ASKS = tuple(Ask(f"a{n}", IVA.email, MONDAY, "Logo", "And a blog.") for n in range(3))
BAD = (signal("micromanagement"), signal("unpaid_extra_work"), signal("aggression"))


def test_nothing_of_note_is_calm_and_a_slight_signal_is_watched() -> None:
    assert raw_stage(case(), RULES).stage is Stage.CALM
    assert raw_stage(case(signal("distrust", 0.4, days=(0,))), RULES).stage is Stage.WATCH


def test_a_founded_signal_calls_for_boundaries_and_praise_does_not() -> None:
    assert raw_stage(case(signal("micromanagement")), RULES).stage is Stage.SET_BOUNDARIES
    assert raw_stage(case(signal("appreciation")), RULES).stage is Stage.CALM


@pytest.mark.parametrize(
    ("beside", "why"),
    [
        (case(signal("payment_excuse", days=(3,))), "Payment excuse: 1 mail."),
        (case(promises=(promised(PromiseState.BROKEN, 2),)), "1 promise of payment passed."),
        (case(reminders=(reminded(6),)), "1 reminder of ours had no answer for 5 days."),
        (case(reminders=(reminded(12), reminded(6))), "2 reminders of ours had no answer for 5 days."),
    ],
)
def test_an_overdue_bill_stops_work_where_a_second_thing_stands_beside_it(beside: Case, why: str) -> None:
    found = raw_stage(replace(beside, invoices=(overdue(18),)), RULES)
    assert found.stage is Stage.STOP_WORK
    assert found.reasons == ("Invoice 14 is 18 days overdue with 500.00 EUR open.", why)
    assert raw_stage(replace(beside, invoices=(overdue(5),)), RULES).stage is not Stage.STOP_WORK


def test_a_second_overdue_bill_stops_work_too() -> None:
    two = raw_stage(case(invoices=(overdue(18), overdue(8, "15"))), RULES)
    assert (two.stage, len(two.reasons)) == (Stage.STOP_WORK, 2)
    assert raw_stage(case(invoices=(overdue(18), overdue(5, "15"))), RULES).stage is Stage.WATCH


def test_one_overdue_bill_alone_asks_for_a_friendly_reminder() -> None:
    lone = raw_stage(case(invoices=(overdue(18),)), RULES)
    assert lone.stage is Stage.WATCH
    assert lone.reasons == ("A friendly reminder is due: invoice 14, 18 days late, 500.00 EUR.",)
    assert lone.signals == ()
    assert lone.is_reminder_due
    assert raw_stage(case(invoices=(overdue(5),)), RULES).stage is Stage.CALM
    assert raw_stage(case(invoices=(overdue(90),)), RULES).stage is Stage.WATCH
    tone = raw_stage(case(signal("micromanagement"), invoices=(overdue(18),)), RULES)
    assert (tone.stage, tone.reasons[1], tone.is_reminder_due) == (Stage.SET_BOUNDARIES, lone.reasons[0], True)


@pytest.mark.parametrize(
    "beside",
    [
        case(reminders=(reminded(4),)),
        case(reminders=(reminded(10, answered=8),)),
        case(promises=(promised(PromiseState.OPEN, -3),)),
    ],
)
def test_who_was_reminded_or_named_a_day_to_come_is_waited_for(beside: Case) -> None:
    found = raw_stage(replace(beside, invoices=(overdue(18),)), RULES)
    assert found.stage is Stage.WATCH
    assert found.reasons == ("Payment is awaited: invoice 14, 18 days late, 500.00 EUR.",)
    assert not found.is_reminder_due


@pytest.mark.parametrize(
    "beside",
    [
        case(signal("payment_excuse", 0.3, days=(30,))),
        case(promises=(promised(PromiseState.BROKEN, 40, "9"),)),
        case(reminders=(reminded(30),)),
    ],
)
def test_what_was_said_of_an_earlier_bill_says_nothing_of_this_one(beside: Case) -> None:
    found = raw_stage(replace(beside, invoices=(overdue(18),)), RULES)
    assert found.stage is Stage.WATCH
    assert found.is_reminder_due


def test_a_stop_of_work_names_only_the_signals_that_are_there() -> None:
    bill = case(invoices=(overdue(50), overdue(20, "15")))
    assert raw_stage(bill, RULES).signals == ()
    drift, slight = ((behaviour("payment_drift", score),) for score in (0.5, 0.1))
    assert raw_stage(replace(bill, behaviour=drift), RULES).signals == ("payment_drift",)
    assert raw_stage(replace(bill, behaviour=slight), RULES).signals == ()
    assert raw_stage(replace(bill, signals=(signal("payment_excuse"),)), RULES).signals == ("payment_excuse",)


def test_work_goes_on_the_day_the_bill_is_paid_and_what_else_there_was_is_held() -> None:
    bills = (overdue(50), overdue(20, "15"))
    lately = case(signal("micromanagement"), days_ago=2, invoices=bills)
    assert verdict(case(invoices=bills), [lately], RULES).stage is Stage.STOP_WORK
    paid = verdict(case(invoices=[replace(bill, paid_amount=500.0) for bill in bills]), [lately], RULES)
    assert paid.stage is Stage.SET_BOUNDARIES
    assert paid.reasons == ("Micromanagement (fading): 3 mails on 3 days.",)
    assert paid.signals == ("micromanagement",)


def test_a_bill_that_waits_is_told_as_it_is_today_while_a_stage_is_held() -> None:
    awaited = case(promises=(promised(PromiseState.OPEN, -3),), invoices=(overdue(18),))
    held = verdict(awaited, [case(signal("micromanagement"), days_ago=2, invoices=(overdue(18),))], RULES)
    assert held.reasons == (
        "Micromanagement (fading): 3 mails on 3 days.",
        "Payment is awaited: invoice 14, 18 days late, 500.00 EUR.",
    )
    assert not held.is_reminder_due


def test_parting_takes_three_signs_over_weeks_after_boundaries() -> None:
    before = case(*BAD, days_ago=21)
    assert verdict(case(*BAD), [before], RULES).stage is Stage.CONSIDER_PARTING
    assert verdict(case(*BAD[:2]), [before], RULES).stage is Stage.SET_BOUNDARIES
    assert verdict(case(*BAD), [case(days_ago=21)], RULES).stage is Stage.SET_BOUNDARIES
    one_week = [signal(state.tag, days=(0, 5)) for state in BAD]
    assert verdict(case(*one_week), [before], RULES).stage is Stage.SET_BOUNDARIES


def test_our_own_fault_keeps_parting_away() -> None:
    ours = case(*BAD, behaviour=(behaviour("our_side", 0.6),))
    assert verdict(ours, [case(*BAD, days_ago=21)], RULES).stage is Stage.SET_BOUNDARIES


def test_who_is_always_slow_is_no_slower_than_usual_and_parts_with_nobody_either() -> None:
    ours = case(*BAD, behaviour=(behaviour("our_side", 0.1, value=20.0),))
    assert verdict(ours, [case(*BAD, days_ago=21)], RULES).stage is Stage.SET_BOUNDARIES


def test_blunt_criticism_never_ends_in_parting() -> None:
    blunt = case(signal("constructive_criticism", 1.0))
    assert verdict(blunt, [replace(blunt, now=MONDAY - timedelta(days=21))], RULES).stage is Stage.CALM


def test_a_stage_stays_for_two_weeks_and_says_that_it_fades() -> None:
    held = verdict(case(), [case(signal("micromanagement"), days_ago=14)], RULES)
    assert held.stage is Stage.SET_BOUNDARIES
    assert held.reasons == ("Micromanagement (fading): 3 mails on 3 days.",)
    assert verdict(case(), [case(signal("micromanagement"), days_ago=15)], RULES).stage is Stage.CALM


def test_parting_stays_for_two_weeks_after_a_sign_is_gone_and_says_which() -> None:
    first = case(*BAD, days_ago=30)
    held = verdict(case(*BAD[1:]), [case(*BAD, days_ago=1), first], RULES)
    assert held.stage is Stage.CONSIDER_PARTING
    assert held.reasons[0] == "Fading: Work takes longer because of their constant involvement."
    assert "Rework is frequent and unpaid." in held.reasons
    assert verdict(case(*BAD[1:]), [case(*BAD, days_ago=15), first], RULES).stage is Stage.SET_BOUNDARIES


def test_held_behaviour_is_named_as_gone_and_what_still_stands_is_said_once() -> None:
    chasing = behaviour("chasing", 0.7)
    late = replace(behaviour("off_hours_contact", 0.5), words="At night.")
    lately = case(days_ago=1, behaviour=(chasing, replace(late, score=0.65, words="Every night.")))
    now = case(behaviour=(chasing, late))
    held = verdict(now, [lately], RULES)
    assert held.stage is Stage.SET_BOUNDARIES
    assert held.reasons == (
        "Off-hours contact (fading): At night.",
        "Chasing: chasing.",
    )


def test_only_the_furthest_stage_that_is_held_is_told() -> None:
    early, late = case(signal("micromanagement"), days_ago=1), case(*BAD, days_ago=2)
    held = verdict(case(), [early, late, case(*BAD, days_ago=30)], RULES)
    assert held.stage is Stage.CONSIDER_PARTING
    assert [words for words in held.reasons if "fading" in words.lower()] == list(held.reasons)
    assert len(held.reasons) == 1


def test_what_fades_is_said_once_in_the_numbers_of_today() -> None:
    strong, weak = signal("unpaid_extra_work", days=(9, 12)), signal("unpaid_extra_work", 0.36, days=(0, 9, 12))
    for now in (replace(weak, quotes=strong.quotes, messages=2, days=2), weak):
        held = verdict(case(now), [case(strong, days_ago=1)], RULES)
        assert held.stage is Stage.SET_BOUNDARIES
        assert held.reasons == (f"Unpaid extra work (fading): {now.messages} mails on {now.days} days.",)
        assert len(held.reasons[0]) <= REASON_LENGTHS[0]


@pytest.mark.parametrize(
    ("name", "score", "wavers"),
    [("chasing", 0.44, False), ("chasing", 0.45, True), ("chasing", 0.6, False), ("our_side", 0.5, False)],
)
def test_a_behaviour_wavers_just_below_the_bar(name: str, score: float, wavers: bool) -> None:
    assert is_wavering(behaviour(name, score)) is wavers


def test_parting_that_never_was_reached_is_not_held() -> None:
    two_weeks_of_boundaries = [case(*BAD, days_ago=10), case(*BAD, days_ago=24)]
    assert verdict(case(*BAD[1:]), two_weeks_of_boundaries, RULES).stage is Stage.SET_BOUNDARIES


def test_parting_is_not_held_once_our_own_side_is_out_of_order() -> None:
    ours = case(*BAD[1:], behaviour=(behaviour("our_side", 0.6),))
    assert verdict(ours, [case(*BAD, days_ago=1), case(*BAD, days_ago=30)], RULES).stage is Stage.SET_BOUNDARIES


def test_a_sign_in_behaviour_holds_parting_with_the_words_of_yesterday() -> None:
    chasing = (behaviour("chasing", 0.8),)
    yesterday, first = case(*BAD[1:], days_ago=1), case(*BAD, days_ago=30)
    assert verdict(case(BAD[2], behaviour=chasing), [yesterday, first], RULES).stage is Stage.CONSIDER_PARTING


def test_old_words_and_those_of_other_signals_make_no_long_story() -> None:
    before = [case(*BAD, days_ago=21)]
    lately = [signal(state.tag, days=(0, 5)) for state in BAD]
    vague, old = signal("vague_brief", days=(0, 60)), signal("micromanagement", days=(0, 5, 200))
    assert verdict(case(*lately, vague), before, RULES).stage is Stage.SET_BOUNDARIES
    assert verdict(case(old, *lately[1:]), before, RULES).stage is Stage.SET_BOUNDARIES
    within = signal("micromanagement", days=(0, 5, 170))
    assert verdict(case(within, *lately[1:]), before, RULES).stage is Stage.CONSIDER_PARTING


def test_growing_scope_without_the_will_to_pay_is_a_sign_of_its_own() -> None:
    known = case(signal("discount_haggling"), *BAD[:2], asks=ASKS)
    parting = verdict(known, [case(*BAD, days_ago=21)], RULES)
    assert parting.stage is Stage.CONSIDER_PARTING
    assert "Scope grows (3 wishes without an offer) while the will to pay does not." in parting.reasons


@pytest.mark.parametrize(
    "answered", [replace(ASKS[0], priced="That is 200 EUR."), replace(ASKS[0], offered="We pay 200.")]
)
def test_a_wish_that_was_priced_or_offered_for_is_none_without_an_offer(answered: Ask) -> None:
    known = case(signal("discount_haggling"), *BAD[:2], asks=(answered, *ASKS[1:]))
    assert verdict(known, [case(*BAD, days_ago=21)], RULES).stage is Stage.SET_BOUNDARIES


def test_every_stage_names_its_reasons() -> None:
    for known in (case(), case(signal("distrust", 0.4)), case(*BAD), case(invoices=(overdue(20),))):
        assert all(verdict(known, [], RULES).reasons)
