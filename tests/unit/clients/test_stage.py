from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from mailsignals.clients.alerts import AlertRules
from mailsignals.clients.stage import Case, is_wavering, raw_stage, verdict
from mailsignals.types import Ask, BehaviourState, Invoice, Quote, SignalState, Stage
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


def overdue(days: int) -> Invoice:
    return Invoice("14", "Miramar", date(2026, 1, 1), TODAY - timedelta(days=days), 500, "EUR")


ASKS = tuple(Ask(f"a{n}", IVA.email, MONDAY, "Logo", "And a blog.") for n in range(3))
BAD = (signal("micromanagement"), signal("unpaid_extra_work"), signal("aggression"))


def test_nothing_of_note_is_calm_and_a_slight_signal_is_watched() -> None:
    assert raw_stage(case(), RULES).stage is Stage.CALM
    assert raw_stage(case(signal("distrust", 0.4, days=(0,))), RULES).stage is Stage.WATCH


def test_a_founded_signal_calls_for_boundaries_and_praise_does_not() -> None:
    assert raw_stage(case(signal("micromanagement")), RULES).stage is Stage.SET_BOUNDARIES
    assert raw_stage(case(signal("appreciation")), RULES).stage is Stage.CALM


def test_an_overdue_bill_stops_work_and_one_that_is_just_due_does_not() -> None:
    assert raw_stage(case(invoices=(overdue(20),)), RULES).stage is Stage.STOP_WORK
    assert raw_stage(case(invoices=(overdue(5),)), RULES).stage is Stage.CALM


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


def test_a_stage_stays_for_two_weeks_and_says_so() -> None:
    held = verdict(case(), [case(signal("micromanagement"), days_ago=14)], RULES)
    assert held.stage is Stage.SET_BOUNDARIES
    assert "kept for two weeks" in held.reasons[0]
    assert verdict(case(), [case(signal("micromanagement"), days_ago=15)], RULES).stage is Stage.CALM


def test_parting_stays_for_two_weeks_after_a_sign_is_gone_and_says_which() -> None:
    first = case(*BAD, days_ago=30)
    held = verdict(case(*BAD[1:]), [case(*BAD, days_ago=1), first], RULES)
    assert held.stage is Stage.CONSIDER_PARTING
    assert held.reasons[0].startswith("Work takes longer")
    assert "until lately" in held.reasons[0]
    assert "Rework is frequent and unpaid." in held.reasons
    assert verdict(case(*BAD[1:]), [case(*BAD, days_ago=15), first], RULES).stage is Stage.SET_BOUNDARIES


def test_held_behaviour_is_named_as_gone_and_what_still_stands_is_said_once() -> None:
    chasing = behaviour("chasing", 0.7)
    now = case(behaviour=(chasing, behaviour("off_hours_contact", 0.5)))
    lately = case(days_ago=1, behaviour=(chasing, replace(behaviour("off_hours_contact", 0.65), words="At night.")))
    held = verdict(now, [lately], RULES)
    assert held.stage is Stage.SET_BOUNDARIES
    assert held.reasons == (
        "Off-hours contact: At night. (until lately; a stage is kept for two weeks)",
        "Chasing: chasing.",
    )


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
    assert verdict(known, [case(*BAD, days_ago=21)], RULES).stage is Stage.CONSIDER_PARTING


def test_every_stage_names_its_reasons() -> None:
    for known in (case(), case(signal("distrust", 0.4)), case(*BAD), case(invoices=(overdue(20),))):
        assert all(verdict(known, [], RULES).reasons)
