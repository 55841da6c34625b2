from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from mailsignals.behaviour.promises import ON_ITS_WAY
from mailsignals.clients.alerts import AlertRules
from mailsignals.clients.identity import Roster
from mailsignals.clients.stage import OVERDUE_DAYS
from mailsignals.types import (
    Address,
    Alert,
    AlertChange,
    BehaviourState,
    ClientState,
    Facts,
    Invoice,
    Quote,
    SignalState,
    Stage,
    Verdict,
    WorkingTime,
)
from mailsignals.workflows.assess import House, Record
from mailsignals.workflows.backtest import _finding, backtest
from mailsignals.workflows.digest import Post
from support.mails import ANA, IVA, MONDAY, message

HOUSE = House(
    Roster([ANA.email], {name: [f"{name.lower()}.example"] for name in ("Miramar", "Galeb", "Luz")}),
    WorkingTime(ZoneInfo("Europe/Zagreb"), time(9), time(17), frozenset(range(5))),
    AlertRules(),
)
DUE = date(2026, 3, 10)


def test_a_stage_that_begins_by_the_calendar_is_told_the_night_it_begins() -> None:
    first = Invoice("7", "Miramar", DUE - timedelta(days=20), DUE, 500.0, "EUR")
    later = DUE + timedelta(days=60)
    record = Record(
        [message(1), message(2, sender=ANA, recipients=(IVA,))], {}, {}, [first, replace(first, number="8", due=later)]
    )
    found = list(backtest(record, HOUSE, MONDAY, MONDAY + timedelta(days=90)))
    reminder, rest = found[0], next(one for one in found if one.stage is Stage.STOP_WORK)
    assert (reminder.stage, reminder.at.date()) == (Stage.WATCH, DUE + timedelta(days=OVERDUE_DAYS))
    assert (rest.stage, rest.at.date()) == (Stage.STOP_WORK, later + ON_ITS_WAY + timedelta(days=1))
    assert rest.signals == ("payment_drift",)


def test_the_nights_are_those_of_our_calendar_also_where_the_clock_is_put_forward() -> None:
    nights: list[int] = []
    record = Record([message(1)], {})
    end = datetime(2026, 3, 31, 12, tzinfo=HOUSE.work.zone)
    start = end - timedelta(days=4)
    list(backtest(record, HOUSE, start, end, progress=lambda _what, done, total: nights.append(total or done)))
    assert nights == [5] * 5  # 28 to 31 March at five, and the end


def unpaid(*clients: str) -> Record:
    """One mail each way and one bill a client, due on ``DUE``."""
    mails = [
        message(
            10 * number + ours,
            sender=ANA if ours else Address(f"eva@{client.lower()}.example"),
            recipients=(Address(f"eva@{client.lower()}.example") if ours else ANA,),
        )
        for number, client in enumerate(clients)
        for ours in (0, 1)
    ]
    bills = [Invoice(client, client, DUE - timedelta(days=20), DUE, 500.0, "EUR") for client in clients]
    return Record(mails, {}, {}, bills)


THREE = ("Miramar", "Galeb", "Luz")
END = MONDAY + timedelta(days=90)


def test_a_stage_that_stood_before_the_first_night_is_no_change() -> None:
    *_, last = backtest(unpaid("Miramar"), HOUSE, MONDAY, END)
    [standing] = backtest(unpaid("Miramar"), HOUSE, last.at + timedelta(days=2), last.at + timedelta(days=12))
    assert standing.stage is last.stage
    assert not [reason for reason in standing.reasons if reason.startswith("Stage ")]


def test_alerts_beyond_a_days_room_are_told_on_the_days_after_and_changes_of_stage_at_once() -> None:
    first, second, third, *late = list(backtest(unpaid(*THREE), HOUSE, MONDAY, END, most_clients=1))[:5]
    assert {found.client for found in (first, second, third)} == set(THREE)
    assert all(found.reasons[0].startswith("Stage calm → ") for found in (first, second, third))
    assert [found.at - first.at for found in (second, third, *late)] == [timedelta(days=day) for day in (0, 0, 1, 2)]
    assert {found.client for found in (first, *late)} == set(THREE)
    assert not any(found.reasons[0].startswith("Stage ") for found in late)


def test_a_digest_of_mondays_tells_on_mondays_what_has_changed_since_the_last() -> None:
    daily = next(backtest(unpaid("Miramar"), HOUSE, MONDAY, END))
    found = list(backtest(unpaid("Miramar"), HOUSE, MONDAY, END, post=Post("", (), weekday=0, hour=8)))
    assert {(finding.at.weekday(), finding.at.hour) for finding in found} == {(0, 8)}
    assert timedelta(0) <= found[0].at - daily.at < timedelta(days=7)
    assert found[0].reasons[0] == daily.reasons[0]


QUOTE = Quote("1", "distrust", "words", 0.7, MONDAY, "Logo", IVA)
DISTRUST = SignalState("distrust", 0.8, 2, 1, 0.0, (QUOTE,))
CHASING = BehaviourState("chasing", 4.0, "mails", 0.9, "4 mails a day.")


def reasons(verdict: Verdict, *told: str, ours: str = "") -> tuple[str, ...]:
    """Why a night tells these signals at a stage."""
    mirror = (BehaviourState("our_side", None, "hours", 0.0, ours),) if ours else ()
    state = ClientState("Miramar", 0.5, (DISTRUST,), Facts(), behaviour=(CHASING, *mirror), verdict=verdict)
    alerts = [Alert("Miramar", tag, 0.8, MONDAY, AlertChange.NEW, ()) for tag in told]
    found = _finding(state, alerts, verdict.stage, MONDAY, {})
    assert found
    return found.reasons


def test_every_alert_has_its_sentence_among_the_reasons_and_none_stands_twice() -> None:
    unpaid = Verdict(Stage.STOP_WORK, ("Invoice 7 is 20 days overdue.",))
    told = reasons(unpaid, "distrust", "chasing", "stage")
    assert told[0] == unpaid.reasons[0]
    assert [sentence.partition(":")[2] for sentence in told[1:]] == [" 2 mails.", " 4 mails a day."]
    held = Verdict(Stage.SET_BOUNDARIES, (f"{told[1]} (until lately)",))
    assert reasons(held, "distrust") == held.reasons


def test_parting_is_told_with_our_own_side_or_that_there_is_not_enough_to_say_of_it() -> None:
    parting = Verdict(Stage.CONSIDER_PARTING, ("Rework is frequent and unpaid.",))
    ours = "Not enough to say: it takes three of their mails that we answered."
    assert reasons(parting, "stage", ours=ours)[-1] == f"Our side: {ours}"
    assert reasons(parting, "stage")[-1] == "Our side: Not enough to say."
    assert reasons(Verdict(Stage.STOP_WORK, ("Unpaid.",)), "stage", ours=ours) == ("Unpaid.",)


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (Stage.CALM, Stage.WATCH),
        (Stage.WATCH, Stage.SET_BOUNDARIES),
        (Stage.SET_BOUNDARIES, Stage.WATCH),
        (Stage.WATCH, Stage.CALM),
    ],
)
def test_a_change_of_stage_is_told_without_an_alert_up_and_down(before: Stage, now: Stage) -> None:
    state = ClientState("Miramar", 0.5, (DISTRUST,), Facts(), verdict=Verdict(now, ("Why.",), ("distrust",)))
    found = _finding(state, [], before, MONDAY, {})
    assert found
    assert found.reasons == (f"Stage {before.value} → {now.value}.", "Why.")
    assert (found.signals, found.quotes) == (("distrust",), (QUOTE,))
    assert _finding(state, [], now, MONDAY, {}) is None


def test_a_change_of_stage_does_not_wait_for_the_next_digest() -> None:
    paid = [replace(bill, paid_at=DUE + timedelta(days=16), paid_amount=500.0) for bill in unpaid("Miramar").invoices]
    record = replace(unpaid("Miramar"), invoices=paid)
    assert [(found.stage, found.at.date() - DUE) for found in backtest(record, HOUSE, MONDAY, END)] == [
        (Stage.WATCH, timedelta(days=14)),
        (Stage.CALM, timedelta(days=16)),
    ]


def evidence(behaviour: BehaviourState, *signals: SignalState) -> list[tuple[str, int, int, str]]:
    """What a backtest shows for a behaviour signal, beside two mails of the client."""
    state = ClientState("Miramar", 0.5, signals, Facts(), behaviour=(behaviour,))
    mails = {mail.message_id: mail for mail in (message(1), message(2))}
    alert = Alert("Miramar", behaviour.signal, 0.8, MONDAY, AlertChange.NEW, behaviour.basis)
    found = _finding(state, [alert], Stage.CALM, MONDAY, mails)
    assert found
    return [(quote.message_id, quote.start, quote.end, quote.label) for quote in found.quotes]


def test_behaviour_has_its_mails_as_evidence_or_the_sentences_that_it_is_made_of() -> None:
    mail = message(1)
    said = {
        tag: SignalState(tag, 0.8, 1, 1, 0.0, (replace(QUOTE, message_id=mail.message_id, label=tag, end=5),))
        for tag in ("distrust", "appreciation", "payment_excuse")
    }
    late = BehaviourState("off_hours_contact", 0.9, "share", 0.9, "Late.", basis=(mail.message_id,))
    assert evidence(late, *said.values()) == [(mail.message_id, 0, len(mail.own_text), "off_hours_contact")]
    sour = replace(late, signal="souring")
    assert evidence(sour, said["distrust"], said["appreciation"]) == [(mail.message_id, 0, 5, "distrust")]
    drift = replace(late, signal="payment_drift", basis=("2026-007",))
    assert evidence(drift, *said.values()) == [(mail.message_id, 0, 5, "payment_excuse")]
    assert evidence(drift, said["distrust"]) == []
