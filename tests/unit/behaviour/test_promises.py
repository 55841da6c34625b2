from __future__ import annotations

from dataclasses import replace
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


def bill(number: str, *, paid_at: date | None = None, paid: float = 0, issued: date = date(2026, 2, 20)) -> Invoice:
    return Invoice(number, "Miramar", issued, date(2026, 3, 6), 500, "EUR", paid_at, paid)


def test_a_part_of_the_sum_does_not_keep_the_promise() -> None:
    assert only(mail(0, PAY), days=30, invoices=[bill("14", paid_at=date(2026, 3, 6), paid=200)]).state == "broken"


def test_the_money_for_another_bill_does_not_keep_it() -> None:
    other = bill("15", paid_at=date(2026, 3, 6), paid=500)
    promise = only(mail(0, "We'll pay invoice 14 on Friday."), days=30, invoices=[bill("14"), other])
    assert (promise.state, promise.invoice) == ("broken", "14")


def test_a_bill_that_no_mail_names_is_the_oldest_open_one() -> None:
    settled = bill("13", paid_at=date(2026, 2, 25), paid=500, issued=date(2026, 1, 20))
    assert only(mail(0, PAY), days=30, invoices=[settled, bill("14")]).invoice == "14"


def test_a_bill_that_was_paid_before_keeps_it() -> None:
    paid = bill("14", paid_at=date(2026, 3, 1), paid=500)
    assert only(mail(0, "We'll pay invoice 14 on Friday."), days=30, invoices=[paid]).state == "kept"


@pytest.mark.parametrize("days", [1, 30])
def test_a_bill_that_is_paid_on_a_day_unknown_neither_keeps_nor_breaks_it_but_a_mail_does(days: float) -> None:
    paid, said = bill("14", paid=500), mail(0.5, "The money has been transferred.")
    reminded = mail(8, "Just a reminder: invoice 14 is still overdue.", ours=True)
    assert only(mail(0, PAY), reminded, days=days, invoices=[paid]).state == "open"
    assert only(mail(0, PAY), said, days=days, invoices=[paid]).settled_by == said[0].message_id


@pytest.mark.parametrize(("seen", "state"), [(date(2026, 3, 7), "kept"), (date(2026, 3, 20), "open")])
def test_a_payment_of_no_day_keeps_it_where_an_import_showed_it_in_time(seen: date, state: str) -> None:
    paid = replace(bill("14", paid=500), payments=((seen, 500),))
    assert only(mail(0, PAY), days=30, invoices=[paid]).state == state


def test_money_that_they_say_is_on_its_way_may_take_some_days() -> None:
    said = mail(3, "The money has been transferred.")
    assert only(mail(0, PAY), said, days=8, invoices=[bill("14")]).state == "open"
    assert only(mail(0, PAY), said, days=20, invoices=[bill("14")]).state == "broken"


def test_days_given_for_two_bills_are_two_stories() -> None:
    mails = [mail(0, "We'll pay invoice 14 on Friday."), mail(7, "We'll pay invoice 15 on Friday.")]
    again = mail(14, "We'll pay invoice 14 on Friday.")
    found = promises_of(talk(*mails, again, days=40, invoices=[bill("14"), bill("15")]))
    assert [promise.repeat for promise in found] == [1, 1, 2]


def test_a_day_given_in_another_thread_is_another_story() -> None:
    theirs = [mail(0, TEXTS), mail(42, "I'll send the photos for the brochure on Friday.", subject="Brochure")]
    logo, menu = "You will have the logo on Friday.", "You will have the menu on Friday."
    asked = mail(7, "Where is the logo?")
    ours = [mail(0, logo, ours=True), asked, mail(42, menu, ours=True, subject="Menu")]
    for mails in (theirs, ours):
        found = promises_of(talk(*mails, days=60))
        assert [(promise.state, promise.repeat) for promise in found] == [("broken", 1), ("broken", 1)]


def test_days_given_for_one_payment_are_one_story_in_any_thread() -> None:
    mails = [mail(0, PAY), mail(7, PAY, subject="Money")]
    assert [promise.repeat for promise in promises_of(talk(*mails, days=40, invoices=[bill("14")]))] == [1, 2]


def test_only_a_later_day_is_another_day_given() -> None:
    friday, monday = "We'll pay on Friday.", "We'll pay on Monday."
    mails = [mail(0, friday), mail(1, friday), mail(2, friday), mail(3, monday), mail(3.5, friday), mail(8, friday)]
    found = promises_of(talk(*mails, days=40, invoices=[bill("14")]))
    assert {promise.state for promise in found} == {"broken"}
    assert [promise.repeat for promise in found] == [1, 1, 1, 2, 2, 3]


def test_what_they_will_have_sent_is_what_we_asked_for() -> None:
    asked = mail(0, "Could you send us the photos for the menu?", ours=True)
    (promise,) = promises_of(talk(asked, mail(1, "You'll have it on Friday."), days=2))
    assert promise.matter == "content"


def test_an_apology_delivers_nothing_and_shows_that_it_is_late() -> None:
    ours = mail(0, "You will have the sketches on Friday.", ours=True)
    sorry = "Sorry, we are running behind with the sketches."
    assert only(ours, mail(3, sorry, ours=True), mail(7, "Where are the sketches?"), days=30).state == "broken"
    assert only(ours, mail(8, sorry, ours=True), days=30).state == "broken"


def test_a_question_of_theirs_delivers_nothing() -> None:
    asked = mail(3, "Can you send me the link once more, please?")
    assert only(mail(0, TEXTS), asked, days=30).state == "open"
    assert (
        only(mail(0, TEXTS), mail(3, "They are all at https://miramar.example/texts for you."), days=30).state == "kept"
    )


def test_their_complaint_shows_that_we_did_not_keep_ours() -> None:
    ours = mail(0, "You will have the sketches on Friday.", ours=True)
    assert only(ours, mail(7, "Still nothing here.", tags=["blame_shifting"]), days=30).state == "broken"
