"""The promises of all clients that want a look today."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from mailsignals.report.digest import render_html, render_text
from mailsignals.report.digest_view import Digest
from mailsignals.types import ClientState, Invoice, Matter, Promise, PromiseState
from support import digest_example as example


def promise(
    due: int, *, ours: bool = True, state: PromiseState = PromiseState.OPEN, matter: Matter = Matter.WORK
) -> Promise:
    """A promise for so many days from today."""
    day = (example.NOW + timedelta(days=due)).date()
    made_at = example.NOW - timedelta(days=30)
    return Promise(f"{due}@x", "ana@kestrel.example", ours, matter, made_at, day, state, "Here it comes.")


def night(*found: Promise, states: list[ClientState] | None = None, hide_text: bool = False) -> Digest:
    """A night on which no alert is due."""
    known = states or [replace(example.brightwell(), promises=found)]
    return example.example_digest(states=known, alerts=[], coverage=example.coverage(), hide_text=hide_text)


def lines(*found: Promise) -> list[str]:
    return [entry.line for entry in night(*found).promises]


BROKEN = PromiseState.BROKEN


def test_what_is_due_within_three_days_is_told_of_clients_without_an_alert() -> None:
    assert lines(promise(3), promise(4), promise(0, ours=False, matter=Matter.CONTENT)) == [
        "We promised work by Sat 28 Nov, due",
        "They promised material by Wed 25 Nov, due today",
    ]


def test_what_has_passed_with_nothing_seen_is_told_for_two_weeks() -> None:
    assert lines(promise(-14), promise(-15)) == ["We promised work by Wed 11 Nov, passed with nothing seen"]


def test_what_broke_is_told_for_a_week_or_until_a_digest_has_told_it() -> None:
    assert lines(promise(-7, state=BROKEN), promise(-8, state=BROKEN)) == ["We promised work by Wed 18 Nov, not kept"]
    state = replace(example.brightwell(), promises=(promise(-12, state=BROKEN),))
    since = example.NOW - timedelta(days=12)
    assert example.example_digest(states=[state], alerts=[], since=since).promises
    assert not example.example_digest(states=[state], alerts=[], since=None).promises


def test_what_is_kept_paid_or_without_a_day_is_not_told() -> None:
    day = example.NOW.date()
    paid = replace(promise(-2, ours=False, state=BROKEN, matter=Matter.PAYMENT), invoice="7")
    bill = Invoice("7", "Brightwell Clinics", day - timedelta(days=40), day, 500.0, "EUR", day, 500.0)
    undated = replace(promise(1), due=None)
    state = replace(
        example.brightwell(), promises=(promise(1, state=PromiseState.KEPT), undated, paid), invoices=(bill,)
    )
    assert not night(states=[state]).promises
    assert len(night(states=[replace(state, invoices=())]).promises) == 1


def test_ours_come_first_then_the_nearest_day_and_the_rest_is_counted_with_its_command() -> None:
    theirs = [promise(days, ours=False) for days in (0, 1, 2)]
    digest = night(*theirs, *(promise(days) for days in (3, -2, 1, 0)))
    assert [entry.line.split(", ")[0] for entry in digest.promises] == [
        "We promised work by Wed 25 Nov",
        "We promised work by Thu 26 Nov",
        "We promised work by Mon 23 Nov",
        "We promised work by Sat 28 Nov",
        "They promised what we wait for by Wed 25 Nov",
        "They promised what we wait for by Thu 26 Nov",
    ]
    for shown in (render_text(digest), render_html(digest)):
        assert "and 1 more: " in shown
        assert "mailsignals export promises" in shown


def test_a_night_without_alerts_says_in_its_first_line_that_promises_are_due() -> None:
    digest = night(promise(1))
    assert digest.headline == "No new alert; 1 promise to look at."
    assert digest.others == "1 is calm."
    assert digest.subject == "mailsignals: 1 promise to look at"
    text = render_text(digest)
    assert "* Brightwell Clinics: We promised work by Thu 26 Nov, due tomorrow: “Here it\n  comes.”" in text
    assert len(text.splitlines()) < 36


def test_a_night_without_promises_has_no_word_of_them() -> None:
    digest = night()
    assert digest.headline == "All calm: 1 client, nothing to tell."
    for shown in (render_text(digest), render_html(digest)):
        assert "promises" not in shown.lower()


def test_with_hidden_words_a_promise_is_told_without_its_sentence() -> None:
    digest = night(promise(1), hide_text=True)
    assert "We promised work by Thu 26 Nov, due tomorrow" in " ".join(render_text(digest).split())
    assert "Here it comes." not in render_text(digest) + render_html(digest)
