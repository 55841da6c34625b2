from __future__ import annotations

from datetime import date

import pytest

from mailsignals.behaviour.promises import promises_of
from mailsignals.types import Invoice, Promise
from support.talks import mail, talk

PAY = "We'll pay on Friday."
TEXTS = "I'll send the texts on Friday."
BILL = Invoice("14", "Miramar", date(2026, 2, 20), date(2026, 3, 6), 500, "EUR")


def only(*mails: object, **changes: object) -> Promise:
    found = promises_of(talk(*mails, **changes))  # type: ignore[arg-type]
    return found[0]


def test_a_promise_is_open_until_a_day_after_its_day() -> None:
    for days in (0.1, 4, 5):
        assert only(mail(0, TEXTS), days=days).state == "open"


def test_silence_after_the_day_breaks_it() -> None:
    promise = only(mail(0, TEXTS), days=6)
    assert (promise.state, promise.due) == ("broken", date(2026, 3, 6))


def test_what_comes_in_time_in_the_same_thread_keeps_it() -> None:
    came = mail(4, "Here they are, all five pages at last.", files=["texts.docx"])
    promise = only(mail(0, TEXTS), came, days=30)
    assert (promise.state, promise.settled_by) == ("kept", came[0].message_id)


def test_another_promise_is_no_delivery_and_is_counted_as_the_second() -> None:
    again = mail(4, "Sorry, I will send the texts on Monday.")
    first, second = promises_of(talk(mail(0, TEXTS), again, days=30))
    assert (first.state, first.repeat, second.repeat) == ("broken", 1, 2)


def test_a_payment_is_settled_by_the_ledger() -> None:
    paid = Invoice("14", "Miramar", date(2026, 2, 20), date(2026, 3, 6), 500, "EUR", date(2026, 3, 6), 500)
    assert only(mail(0, PAY), days=30, invoices=[paid]).state == "kept"
    assert only(mail(0, PAY), days=30, invoices=[BILL]).state == "broken"


def test_a_payment_made_later_was_not_known_on_the_day_before() -> None:
    late = Invoice("14", "Miramar", date(2026, 2, 20), date(2026, 3, 6), 500, "EUR", date(2026, 3, 20), 500)
    assert only(mail(0, PAY), days=3, invoices=[late]).state == "open"
    assert only(mail(0, PAY), days=10, invoices=[late]).state == "broken"


def test_without_a_ledger_only_mail_can_break_a_payment() -> None:
    assert only(mail(0, PAY), days=30).state == "open"
    reminded = mail(8, "Just a reminder: invoice 14 is still overdue.", ours=True)
    assert only(mail(0, PAY), reminded, days=30).state == "broken"
    assert only(mail(0, PAY), mail(3, "The money has been transferred."), days=30).state == "kept"


def test_our_promise_is_broken_where_they_have_to_ask() -> None:
    ours = mail(0, "You will have the sketches on Friday.", ours=True)
    asked = mail(7, "Where are the sketches?")
    assert only(ours, asked, days=30).state == "broken"
    assert only(ours, mail(7, "Thanks, lovely."), days=30).state == "open"
    sent = mail(4, "Here are the three sketches for you.", ours=True, files=["a.pdf"])
    assert only(ours, sent, asked, days=30).state == "kept"


@pytest.mark.parametrize("text", ["I'll send the texts soon.", "We'll pay you, promise."])
def test_a_promise_without_a_day_stays_open(text: str) -> None:
    assert only(mail(0, text), days=90).state == "open"
