from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from mailsignals.behaviour.figures import behaviours
from mailsignals.report.digest_ledger import asks, plainly, promise_line, promises, promises_of_note, reasons
from mailsignals.report.digest_signal import Frame
from mailsignals.report.words import LocalTime
from mailsignals.types import BehaviourState, Invoice, Matter, Promise, PromiseState, Stage, Verdict
from support import digest_example as example

FRAME = Frame(LocalTime(example.ZAGREB, example.NOW), None, hide_text=False)


def promise(due: int, *, made: int = 90, state: PromiseState = PromiseState.BROKEN, ours: bool = True) -> Promise:
    """A promise for so many days from today, made so many days ago."""
    day = (example.NOW + timedelta(days=due)).date()
    made_at = example.NOW - timedelta(days=made)
    return Promise(f"{due}@x", "ana@kestrel.example", ours, Matter.WORK, made_at, day, state, "Stiže.")


def told(*found: Promise) -> Sequence[str]:
    return [one.message_id for one in promises_of_note(replace(example.galeb(), promises=found), FRAME)]


def line(one: Promise) -> str:
    return promise_line(one, FRAME.time.today)


def test_a_broken_promise_of_months_ago_is_seen_where_its_day_passed_lately() -> None:
    assert told(promise(-3, made=120)) == ["-3@x"]


def test_a_broken_promise_is_told_for_two_months_after_its_day() -> None:
    assert told(promise(-60), promise(-61)) == ["-60@x"]


def test_the_days_nearest_to_today_come_first() -> None:
    due = promise(4, state=PromiseState.OPEN)
    assert told(promise(-40, made=50), due, promise(-2, made=200)) == ["-2@x", "4@x", "-40@x"]


def test_an_open_promise_whose_day_is_over_is_told_for_two_weeks_more() -> None:
    assert told(*(promise(days, state=PromiseState.OPEN) for days in (0, -1, -14, -15))) == ["0@x", "-1@x", "-14@x"]


def test_a_promise_of_payment_whose_bill_is_paid_is_not_told_as_open() -> None:
    day = example.NOW.date()
    bill = Invoice("7", "Hotel Galeb", day - timedelta(days=60), day, 500.0, "EUR", day, 500.0)
    late = replace(promise(-2, state=PromiseState.OPEN, ours=False), matter=Matter.PAYMENT, invoice="7")
    state = replace(example.galeb(), promises=(late,))
    assert promises_of_note(state, FRAME) == [late]
    assert promises_of_note(replace(state, invoices=(bill,)), FRAME) == []


def test_a_client_does_not_promise_work_but_what_we_wait_for() -> None:
    assert line(promise(2, state=PromiseState.OPEN, ours=False)) == "They promised what we wait for by Fri 27 Nov, due"
    assert line(promise(2)) == "We promised work by Fri 27 Nov, not kept"


@pytest.mark.parametrize(
    ("days", "outcome"),
    [(-1, "passed with nothing seen"), (0, "due today"), (1, "due tomorrow"), (2, "due")],
)
def test_an_open_promise_tells_how_near_its_day_is(days: int, outcome: str) -> None:
    assert line(promise(days, state=PromiseState.OPEN)).endswith(f"Nov, {outcome}")


def test_a_promise_with_its_sentence_takes_two_lines_of_text() -> None:
    [entry] = promises([promise(-3)], replace(example.galeb(), our_lang="en"), FRAME)
    assert (entry.line, entry.words, entry.lang) == ("We promised work by Sun 22 Nov, not kept", "Stiže.", "en")
    long = replace(promise(-3), words="word " * 60)
    [entry] = promises([long], example.galeb(), FRAME)
    assert len(f"  * {entry.line}: “{entry.words}”") <= 2 * 74


def test_a_wish_tells_its_day_and_whether_it_has_a_price() -> None:
    [ask] = example.galeb().asks
    priced = replace(ask, priced_at=datetime(2026, 11, 20, 9, tzinfo=example.ZAGREB), priced="50 EUR")
    state = replace(example.galeb(), asks=(ask, replace(ask, offered="Platit ćemo."), priced))
    assert [entry.line for entry in asks(state, FRAME)] == [
        "16 Nov, priced 20 Nov",
        "16 Nov, they offered to pay",
        "16 Nov, no offer found",
    ]


# why


def why(*told: str) -> Sequence[str]:
    return reasons(replace(example.galeb(), verdict=Verdict(Stage.STOP_WORK, told)), FRAME)


def test_a_reason_is_never_cut_inside_a_bracket() -> None:
    kept = "Invoice 13-2026 is 31 days overdue with 1,450.00 EUR open. (until lately; a stage is kept for two weeks)"
    assert why(kept, kept) == (kept, "Invoice 13-2026 is 31 days overdue with 1,450.00 EUR open. …")
    whole = "Turning sour (new): Since 19 Feb 2026 3 of their 7 mails were strained and 2 stiffer than usual."
    assert why("", whole)[1] == "Turning sour (new): Since 19 Feb 2026 3 of their 7 mails were strained and …"


# where words are hidden


def test_with_hidden_words_a_stage_of_money_tells_what_the_ledger_knows() -> None:
    day, hidden = example.NOW.date(), replace(FRAME, hide_text=True)
    bills = [Invoice(str(n), "", day - timedelta(days=60), day - timedelta(days=n), 300.0, "EUR") for n in (20, -9)]
    state = replace(example.galeb(), invoices=tuple(bills))
    assert reasons(state, hidden) == ("1 bill overdue, 300.00 EUR.", "Payment excuse, Payment drift.")
    more = replace(bills[0], number="x", currency="USD", amount=50.0)
    assert reasons(replace(state, invoices=(*bills, more)), hidden)[0] == "2 bills overdue, 300.00 EUR and 50.00 USD."
    assert reasons(replace(state, verdict=Verdict(Stage.WATCH, (), ("distrust",))), hidden) == ("Distrust.",)


@pytest.mark.parametrize(
    ("signal", "value", "words"),
    [
        ("unresponsive", 4.2, "Our questions wait about 4 working days for an answer."),
        ("chasing", 0.31, "31 % of their recent mails came before we could answer, or before our day."),
        ("off_hours_contact", 0.76, "76 % of their recent mails came outside our hours."),
        ("payment_drift", 24.5, "They pay about 24 days late."),
        ("revision_churn", 5.0, "5 rounds of changes in one thread."),
        ("approver_sprawl", 1.0, "1 person gives instructions."),
        ("attention_share", 2.44, "They take 2.4 times their share of our attention."),
        ("hostile_contact", 1.0, "All of the difficult mails came from one person."),
        ("souring", 1.455, "They were well disposed and have turned."),
        ("souring", 0.8, "They may be turning; it could still be chance."),
    ],
)
def test_a_figure_is_put_into_words_where_its_sentence_is_hidden(signal: str, value: float, words: str) -> None:
    assert plainly(BehaviourState(signal, value, "", 0.9, "Zdravko wrote “Račun”.")) == words


def test_every_behaviour_signal_but_the_mirror_has_such_words() -> None:
    for name, known in behaviours().items():
        words = plainly(BehaviourState(name, 2.0, known.unit, 0.9, "Zdravko wrote."))
        assert not re.search(r"Zdravko|alarm level|share of the|share of their mails", words)
        assert name == "our_side" or words != f"{known.does.capitalize()}."
