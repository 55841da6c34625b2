from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from mailsignals.types import Invoice
from mailsignals.workflows.ledger import with_payments

BILL = Invoice("14", "Miramar", date(2026, 1, 10), date(2026, 1, 24), 1450.0, "EUR")
PART = replace(BILL, paid_at=date(2026, 2, 3), paid_amount=500.0)
WHOLE = replace(BILL, paid_at=date(2026, 3, 12), paid_amount=1450.0)
TODAY = date(2026, 3, 13)


def test_a_later_payment_does_not_wipe_out_the_first() -> None:
    part = with_payments(PART, None, TODAY)
    whole = with_payments(WHOLE, part, TODAY)
    assert whole.payments == ((date(2026, 2, 3), 500.0), (date(2026, 3, 12), 950.0))
    between = whole.as_of(date(2026, 2, 20))
    assert (between.paid_amount, between.paid_at, between.is_paid) == (500.0, date(2026, 2, 3), False)
    assert whole.as_of(date(2026, 2, 1)).paid_amount == 0
    assert whole.as_of(TODAY).is_paid


def test_the_same_export_again_adds_nothing() -> None:
    once = with_payments(WHOLE, None, TODAY)
    assert with_payments(WHOLE, once, TODAY) == once


def test_a_payment_of_no_day_that_has_come_since_is_known_from_the_day_of_the_import() -> None:
    undated = replace(BILL, paid_amount=1450.0)
    found = with_payments(undated, BILL, TODAY)
    assert found.as_of(date(2026, 3, 12)).paid_amount == 0
    assert found.as_of(TODAY).is_paid
    assert found.paid_by == TODAY


def test_of_a_new_bill_that_was_paid_on_no_day_nothing_is_made_up() -> None:
    undated = with_payments(replace(BILL, paid_amount=1450.0), None, TODAY)
    assert undated.payments == ()
    assert undated.as_of(date(2026, 1, 15)).is_paid
    assert undated.paid_by is None


@pytest.mark.parametrize("paid", [200.0, 0.0])
def test_a_payment_that_was_taken_back_leaves_what_the_export_says(paid: float) -> None:
    corrected = replace(BILL, paid_at=date(2026, 3, 1), paid_amount=paid)
    found = with_payments(corrected, with_payments(PART, None, TODAY), TODAY)
    assert sum(amount for _, amount in found.payments) == paid
