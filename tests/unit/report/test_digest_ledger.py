from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from mailsignals.behaviour.figures import behaviours
from mailsignals.report.digest_ledger import asks, plainly, promise_line, promises, promises_of_note
from mailsignals.report.digest_signal import Frame
from mailsignals.report.words import LocalTime
from mailsignals.types import BehaviourState, Matter, Promise, PromiseState
from support import digest_example as example

FRAME = Frame(LocalTime(example.ZAGREB, example.NOW), None, hide_text=False)


def promise(due: int, *, made: int = 90, state: PromiseState = PromiseState.BROKEN, ours: bool = True) -> Promise:
    """A promise for so many days from today, made so many days ago."""
    day = (example.NOW + timedelta(days=due)).date()
    made_at = example.NOW - timedelta(days=made)
    return Promise(f"{due}@x", "ana@kestrel.example", ours, Matter.WORK, made_at, day, state, "Stiže.")


def told(*found: Promise) -> Sequence[str]:
    return [one.message_id for one in promises_of_note(replace(example.galeb(), promises=found), FRAME)]


def test_a_broken_promise_of_months_ago_is_seen_where_its_day_passed_lately() -> None:
    assert told(promise(-3, made=120)) == ["-3@x"]


def test_a_broken_promise_is_told_for_two_months_after_its_day() -> None:
    assert told(promise(-60), promise(-61)) == ["-60@x"]


def test_the_days_nearest_to_today_come_first() -> None:
    due = promise(4, state=PromiseState.OPEN)
    assert told(promise(-40, made=50), due, promise(-2, made=200)) == ["-2@x", "4@x", "-40@x"]


def test_an_open_promise_whose_day_is_over_is_not_told() -> None:
    assert told(promise(-1, state=PromiseState.OPEN)) == []
    assert told(promise(0, state=PromiseState.OPEN)) == ["0@x"]


def test_a_client_does_not_promise_work_but_what_we_wait_for() -> None:
    assert promise_line(promise(2, state=PromiseState.OPEN, ours=False)).startswith(
        "They promised what we wait for by Fri 27 Nov, due"
    )
    assert promise_line(promise(2)).startswith("We promised work by Fri 27 Nov, not kept")


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


# where words are hidden


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
