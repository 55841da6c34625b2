from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from mailsignals.clients.alerts import TOGETHER, WORSE_BY, AlertRules, due_alerts
from mailsignals.signals.catalogue import catalogue
from mailsignals.types import Alert, AlertChange, ClientState, Facts, Quote, SignalState
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
