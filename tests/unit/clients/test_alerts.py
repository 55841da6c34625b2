from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from mailsignals.clients.alerts import BEHAVIOUR_AT, TOGETHER, WORSE_BY, AlertRules, due_alerts
from mailsignals.signals.catalogue import catalogue
from mailsignals.types import (
    Alert,
    AlertChange,
    BehaviourState,
    ClientState,
    Facts,
    Hush,
    Quote,
    SignalState,
    Stage,
    Verdict,
)
from support.mails import IVA, MONDAY

EXCUSE = "payment_excuse"
ENOUGH = catalogue()[EXCUSE].alert_at
QUIET = AlertRules().quiet


def client(score: float, *numbers: int, tag: str = EXCUSE, quoted: float = 0.7, name: str = "Miramar") -> ClientState:
    """A client with one signal on these messages."""
    quotes = tuple(Quote(f"{number}@a.example", tag, "words", quoted, MONDAY, "Logo", IVA) for number in numbers)
    return ClientState(name, score, (SignalState(tag, score, len(numbers), 1, 0.0, quotes),), Facts())


def told(
    score: float, *numbers: int, at: datetime = MONDAY, change: AlertChange = AlertChange.NEW, tag: str = EXCUSE
) -> Alert:
    return Alert("Miramar", tag, score, at, change, tuple(f"{number}@a.example" for number in numbers))


def changes(state: ClientState, *before: Alert, now: datetime = MONDAY, rules: AlertRules | None = None) -> list[str]:
    return [alert.change.value for alert in due_alerts([state], before, rules or AlertRules(), now)]


# --- enough to say ---


def test_a_signal_above_its_threshold_on_two_messages_is_told() -> None:
    assert due_alerts([client(0.7, 2, 1)], [], AlertRules(), MONDAY) == [told(0.7, 1, 2)]


def test_a_score_at_the_threshold_is_enough_and_one_below_is_not() -> None:
    assert changes(client(ENOUGH, 1, 2)) == ["new"]
    assert changes(client(ENOUGH - 0.001, 1, 2)) == []


def test_one_message_is_not_enough_for_an_ordinary_tag() -> None:
    assert changes(client(0.9, 1, quoted=1.0)) == []


def test_one_strong_message_is_enough_for_a_threat() -> None:
    alone_at = catalogue()["aggression"].alone_at
    assert changes(client(0.5, 1, tag="aggression", quoted=alone_at)) == ["new"]
    assert changes(client(0.5, 1, tag="aggression", quoted=alone_at - 0.01)) == []


def test_half_sure_sentences_make_a_threat_only_together_with_an_ordinary_score() -> None:
    assert changes(client(TOGETHER - 0.01, 1, 2, tag="aggression")) == []
    assert changes(client(TOGETHER, 1, 2, tag="aggression")) == ["new"]
    assert changes(client(0.5, 1, 2, tag="aggression"), rules=AlertRules(thresholds={"aggression": 0.5})) == ["new"]


@pytest.mark.parametrize("tag", ["appreciation", "constructive_criticism"])
def test_what_protects_is_never_an_alert(tag: str) -> None:
    assert changes(client(1.0, 1, 2, 3, tag=tag)) == []


def test_the_settings_may_set_another_threshold_and_number_of_messages() -> None:
    assert changes(client(0.3, 1, 2), rules=AlertRules(thresholds={EXCUSE: 0.3})) == ["new"]
    assert changes(client(0.9, 1, 2), rules=AlertRules(min_messages=3)) == []
    assert changes(client(0.9, 1), rules=AlertRules(min_messages=1)) == ["new"]


def test_a_client_without_signals_has_no_alerts() -> None:
    assert due_alerts([ClientState("Miramar", 0.0, (), Facts())], [], AlertRules(), MONDAY) == []


def test_alerts_come_in_the_order_of_the_clients() -> None:
    clients = [client(0.7, 1, 2, name="B"), client(0.9, 3, 4, name="A")]
    assert [alert.client for alert in due_alerts(clients, [], AlertRules(), MONDAY)] == ["B", "A"]


# --- what was told before ---


def test_old_evidence_is_not_told_again_however_long_ago() -> None:
    assert changes(client(0.95, 1, 2), told(0.6, 1, 2), now=MONDAY + 10 * QUIET) == []


def test_new_evidence_within_the_quiet_time_is_told_only_when_it_is_worse() -> None:
    tomorrow = MONDAY + timedelta(days=1)
    assert changes(client(0.6 + WORSE_BY - 0.01, 1, 2, 3), told(0.6, 1, 2), now=tomorrow) == []
    assert changes(client(0.6 + WORSE_BY, 1, 2, 3), told(0.6, 1, 2), now=tomorrow) == ["worse"]


def test_new_evidence_after_the_quiet_time_is_told_again() -> None:
    assert changes(client(0.6, 1, 2, 3), told(0.6, 1, 2), now=MONDAY + QUIET - timedelta(seconds=1)) == []
    assert changes(client(0.6, 1, 2, 3), told(0.6, 1, 2), now=MONDAY + QUIET) == ["again"]


def test_the_last_telling_counts_in_whatever_order_the_store_gives_them() -> None:
    first, last = told(0.6, 1, 2), told(0.8, 1, 2, 3, at=MONDAY + QUIET, change=AlertChange.WORSE)
    now = MONDAY + QUIET + timedelta(days=1)
    assert changes(client(0.8, 1, 2, 3, 4), first, last, now=now) == []
    assert changes(client(0.8, 1, 2, 3, 4), last, first, now=now) == []


def test_what_was_told_later_does_not_change_the_past() -> None:
    later = told(0.6, 1, 2, at=MONDAY + timedelta(days=9))
    assert changes(client(0.7, 1, 2), later, now=MONDAY) == ["new"]


def test_another_client_or_tag_was_not_told() -> None:
    assert changes(client(0.7, 1, 2, name="Firm"), told(0.6, 1, 2)) == ["new"]
    assert changes(client(0.7, 1, 2, tag="distrust"), told(0.6, 1, 2)) == ["new"]


# --- behaviour, stage, recovery, hushes ---


def behaving(score: float, *basis: str, name: str = "payment_drift") -> ClientState:
    return ClientState(
        "Miramar", 0.5, (), Facts(), behaviour=(BehaviourState(name, 9.0, "days", score, "", basis=basis),)
    )


def test_a_strong_behaviour_signal_is_told_and_our_own_side_never_is() -> None:
    assert changes(behaving(BEHAVIOUR_AT, "14")) == ["new"]
    assert changes(behaving(BEHAVIOUR_AT - 0.01, "14")) == []
    assert changes(behaving(1.0, "14", name="our_side")) == []


@pytest.mark.parametrize(
    ("stage", "told_as"), [(Stage.STOP_WORK, ["new"]), (Stage.CONSIDER_PARTING, ["new"]), (Stage.SET_BOUNDARIES, [])]
)
def test_the_two_last_stages_are_told_for_themselves(stage: Stage, told_as: list[str]) -> None:
    assert changes(ClientState("Miramar", 0.5, (), Facts(), verdict=Verdict(stage))) == told_as


def test_a_late_bill_that_asks_for_a_reminder_is_told_at_any_stage_until_it_does_no_longer() -> None:
    due = ClientState("Miramar", 0.0, (), Facts(), verdict=Verdict(Stage.WATCH, is_reminder_due=True))
    told_once = due_alerts([due], [], AlertRules(), MONDAY)
    assert [alert.change.value for alert in told_once] == ["new"]
    assert changes(due, *told_once) == []
    assert changes(replace(due, verdict=Verdict(Stage.STOP_WORK)), *told_once) == ["worse"]
    assert changes(replace(due, verdict=Verdict(Stage.WATCH)), *told_once) == ["recovered"]


def test_what_was_told_and_is_over_is_told_once_as_recovered() -> None:
    before = told(0.8, 1, 2)
    over = client(0.2, 1, 2)
    assert changes(over, before) == ["recovered"]
    assert changes(over, before, told(0.2, change=AlertChange.RECOVERED, at=MONDAY)) == []
    assert changes(client(0.5, 1, 2), before) == []


def test_what_comes_back_after_a_recovery_is_new_and_then_known_again() -> None:
    over = told(0.2, change=AlertChange.RECOVERED, at=MONDAY + timedelta(days=1))
    before, later = [told(0.8, 1, 2), over], MONDAY + timedelta(days=2)
    assert changes(client(0.8, 1, 2, 3), *before, now=later) == ["new"]
    assert changes(client(0.8, 1, 2), *before, now=later) == ["new"]
    assert changes(client(0.95, 1, 2), *before, told(0.8, 1, 2, at=later), now=later + QUIET) == []


def staged(stage: Stage) -> ClientState:
    return ClientState("Miramar", 0.5, (), Facts(), verdict=Verdict(stage))


def test_a_second_bill_unpaid_months_after_the_first_was_paid_is_told_whatever_stage_lay_between() -> None:
    alerts: list[Alert] = []
    course = [Stage.STOP_WORK, Stage.CONSIDER_PARTING, Stage.SET_BOUNDARIES, Stage.STOP_WORK, Stage.CONSIDER_PARTING]
    for month, stage in enumerate(course):
        alerts += due_alerts([staged(stage)], alerts, AlertRules(), MONDAY + timedelta(days=30 * month))
    assert [alert.change.value for alert in alerts] == ["new", "worse", "recovered", "new", "worse"]


def test_a_behaviour_that_no_message_shows_is_told_again_after_it_was_over() -> None:
    before = [told(0.9, tag="attention_share"), told(0.1, tag="attention_share", change=AlertChange.RECOVERED)]
    assert changes(behaving(0.9, name="attention_share"), *before[:1], now=MONDAY + QUIET) == []
    assert changes(behaving(0.9, name="attention_share"), *before, now=MONDAY + QUIET) == ["new"]


def test_evidence_that_is_told_later_is_not_known_yet() -> None:
    now, later = MONDAY + QUIET, MONDAY + 3 * QUIET
    assert changes(client(0.8, 1, 2, 3), told(0.8, 1, 2), told(0.8, 1, 2, 3, at=later), now=now) == ["again"]


def hushed(state: ClientState, hush: Hush, now: datetime = MONDAY, before: Sequence[Alert] = ()) -> list[str]:
    return [alert.change.value for alert in due_alerts([state], before, AlertRules(), now, [hush])]


def test_a_snoozed_client_is_quiet_until_the_day_whatever_its_numbers() -> None:
    hush = Hush("Miramar", "", MONDAY, MONDAY + timedelta(days=7), 0.1)
    assert hushed(client(1.0, 1, 2, 3), hush) == []
    assert hushed(client(1.0, 1, 2, 3), hush, MONDAY + timedelta(days=7)) == ["new"]
    assert hushed(client(1.0, 1, 2, name="Firm"), hush) == ["new"]


def test_a_snoozed_signal_leaves_the_others_alone() -> None:
    hush = Hush("Miramar", "distrust", MONDAY, MONDAY + timedelta(days=7), 0.1)
    assert hushed(client(0.9, 1, 2), hush) == ["new"]
    assert hushed(client(0.9, 1, 2, tag="distrust"), hush) == []


def test_an_acknowledged_signal_is_quiet_until_it_is_clearly_worse() -> None:
    hush = Hush("Miramar", EXCUSE, MONDAY, None, 0.7)
    assert hushed(client(0.7 + WORSE_BY - 0.01, 1, 2), hush) == []
    assert hushed(client(0.7 + WORSE_BY, 1, 2), hush) == ["new"]


ACKNOWLEDGED = Hush("Miramar", EXCUSE, MONDAY, None, 0.9)


def later_client(score: float, *days: int) -> ClientState:
    """A client whose messages of these days after Monday show the signal."""
    (signal,) = client(score, *days).signals
    quotes = [
        replace(quote, sent_at=MONDAY + timedelta(days=day)) for quote, day in zip(signal.quotes, days, strict=True)
    ]
    return ClientState("Miramar", score, (replace(signal, quotes=tuple(quotes)),), Facts())


def test_new_evidence_long_after_an_acknowledgement_is_told_though_the_score_cannot_grow() -> None:
    weeks = MONDAY + 2 * QUIET
    assert hushed(later_client(0.9, -2, -1, 20, 21), ACKNOWLEDGED, weeks) == ["new"]
    assert hushed(later_client(0.9, -2, -1, 20), ACKNOWLEDGED, weeks) == []
    assert hushed(later_client(0.9, -2, -1, 2, 3), ACKNOWLEDGED, weeks) == []
    assert hushed(later_client(0.89, -2, -1, 20, 21), ACKNOWLEDGED, weeks) == []


def test_new_bills_long_after_an_acknowledgement_are_told_and_the_old_ones_are_not() -> None:
    hush = replace(ACKNOWLEDGED, tag="payment_drift")
    before = [replace(told(1.0, tag="payment_drift"), evidence=("14",))]
    assert hushed(behaving(1.0, "14", "15", "16"), hush, MONDAY + QUIET, before) == ["again"]
    assert hushed(behaving(1.0, "14", "15", "16"), hush, MONDAY + QUIET / 2, before) == []
    assert hushed(behaving(1.0, "14", "15"), hush, MONDAY + QUIET, before) == []
    assert hushed(behaving(1.0, "14", "15", "16"), hush, MONDAY + QUIET) == []


def test_an_acknowledgement_ends_when_the_thing_is_over_also_where_it_never_was_told() -> None:
    for before in ([], [told(0.9, 1, 2)]):
        now = MONDAY + timedelta(days=100)
        alerts = [*before, *due_alerts([client(0.1, 1, 2)], before, AlertRules(), now, [ACKNOWLEDGED])]
        assert alerts[-1].change is AlertChange.RECOVERED
        assert hushed(client(0.1, 1, 2), ACKNOWLEDGED, now + QUIET, alerts) == []
        assert hushed(client(0.6, 1, 2, 3), ACKNOWLEDGED, now + QUIET, alerts) == ["new"]


def test_the_end_of_a_snoozed_stage_is_noted_and_that_of_a_snoozed_signal_waits() -> None:
    snooze = Hush("Miramar", "", MONDAY, MONDAY + timedelta(days=7), 0.5)
    before = [Alert("Miramar", "stage", 0.75, MONDAY, AlertChange.NEW, ("stop work until paid",)), told(0.9, 1, 2)]
    found = due_alerts([client(0.1, 1, 2)], before, AlertRules(), MONDAY, [snooze])
    assert [(alert.tag, alert.change.value) for alert in found] == [("stage", "recovered")]
