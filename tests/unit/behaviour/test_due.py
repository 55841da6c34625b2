from __future__ import annotations

from datetime import date

import pytest

from mailsignals.behaviour.due import due_day

TUESDAY = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("lang", "text", "due"),
    [
        ("en", "You'll have it by Friday.", "2026-03-13"),
        ("en", "I'll send the logo tomorrow morning.", "2026-03-11"),
        ("en", "The transfer goes out on the 14th.", "2026-03-14"),
        ("en", "We pay by the 14th.", "2026-03-14"),
        ("en", "You will get it in ten days.", "2026-03-20"),
        ("en", "Early next week it is yours.", "2026-03-16"),
        ("en", "Next Wednesday at the latest.", "2026-03-18"),
        ("en", "By the end of the month.", "2026-03-31"),
        ("en", "On April 3rd we pay.", "2026-04-03"),
        ("ru", "Оплатим до пятницы.", "2026-03-13"),
        ("ru", "Пришлю завтра утром.", "2026-03-11"),
        ("ru", "Деньги будут 20 марта.", "2026-03-20"),
        ("ru", "Через три дня всё будет.", "2026-03-13"),
        ("ru", "До конца недели закроем счёт.", "2026-03-13"),
        ("hr", "Platit ću do petka.", "2026-03-13"),
        ("hr", "Uplata ide u srijedu.", "2026-03-11"),
        ("hr", "Tekst šaljem sutra.", "2026-03-11"),
        ("hr", "Najkasnije 20. ožujka.", "2026-03-20"),
        ("hr", "Do 20.3. imate sve.", "2026-03-20"),
        ("hr", "Početkom sljedećeg tjedna.", "2026-03-16"),
        ("da", "Du får det på fredag.", "2026-03-13"),
        ("da", "Vi betaler i morgen.", "2026-03-11"),
        ("da", "I får tre skitser fredag den 23. marts.", "2026-03-23"),
        ("da", "Om ti dage er det klart.", "2026-03-20"),
        ("da", "Inden udgangen af måneden.", "2026-03-31"),
        ("tl", "Babayaran ko po sa Biyernes.", "2026-03-13"),
        ("tl", "Isesend ko po bukas.", "2026-03-11"),
        ("tl", "Next week po, promise.", "2026-03-16"),
        ("tl", "Sa katapusan ng buwan po.", "2026-03-31"),
        ("und", "Do petka.", "2026-03-13"),
    ],
)
def test_the_day_that_a_sentence_names_is_found(lang: str, text: str, due: str | None) -> None:
    found = due_day(text, lang, TUESDAY)
    assert (found.isoformat() if found else None) == due


@pytest.mark.parametrize(
    "text", ["We are a 24/7 company.", "It costs 14.50 EUR.", "Soon, I promise.", "Invoice 2026-014"]
)
def test_numbers_that_are_no_days_are_left_alone(text: str) -> None:
    assert due_day(text, "en", TUESDAY) is None


def test_a_weekday_said_on_its_own_day_is_the_next_one() -> None:
    assert due_day("By Tuesday.", "en", TUESDAY) == date(2026, 3, 17)


def test_a_day_of_last_year_is_no_due_date() -> None:
    assert due_day("as agreed on 2025-03-14", "en", TUESDAY) is None
