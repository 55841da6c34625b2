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


@pytest.mark.parametrize(
    ("lang", "text", "due"),
    [
        ("en", "By 3/31.", "2026-03-31"),
        ("en", "By 4/5.", "2026-05-04"),
        ("en", "In eight days.", "2026-03-18"),
        ("en", "Within 48 hours.", "2026-03-12"),
        ("en", "It takes 2-3 days.", "2026-03-13"),
        ("en", "In a day or two.", "2026-03-12"),
        ("en", "In a couple of weeks.", "2026-03-24"),
        ("en", "Over the weekend.", "2026-03-15"),
        ("en", "Mid-April.", "2026-04-15"),
        ("en", "By the end of April.", "2026-04-30"),
        ("en", "Early next week.", "2026-03-16"),
        ("en", "By the end of next week.", "2026-03-20"),
        ("en", "On Sat, I think.", "2026-03-14"),
        ("ru", "Через восемнадцать дней.", "2026-03-28"),
        ("ru", "В течение недели.", "2026-03-17"),
        ("ru", "До конца недели.", "2026-03-13"),
        ("ru", "К 15-му.", "2026-03-15"),
        ("ru", "В начале апреля.", "2026-04-01"),
        ("ru", "В середине апреля.", "2026-04-15"),
        ("ru", "В течение 2-3 дней.", "2026-03-13"),
        ("ru", "Недели через две.", "2026-03-24"),
        ("ru", "На выходных.", "2026-03-15"),
        ("ru", "В течение 48 часов.", "2026-03-12"),
        ("hr", "Do 31. 3. 2026.", "2026-03-31"),
        ("hr", "U roku 5 dana.", "2026-03-15"),
        ("hr", "Za dva-tri dana.", "2026-03-13"),
        ("hr", "Za osamnaest dana.", "2026-03-28"),
        ("hr", "Početkom travnja.", "2026-04-01"),
        ("hr", "Sredinom travnja.", "2026-04-15"),
        ("hr", "Krajem travnja.", "2026-04-30"),
        ("hr", "Za vikend.", "2026-03-15"),
        ("da", "I weekenden.", "2026-03-15"),
        ("da", "Medio april.", "2026-04-15"),
        ("da", "Ultimo marts.", "2026-03-31"),
        ("da", "Om en uges tid.", "2026-03-17"),
        ("da", "Om et par uger.", "2026-03-24"),
        ("da", "Om atten dage.", "2026-03-28"),
        ("da", "2-3 dage.", "2026-03-13"),
        ("tl", "Sa kinsenas po.", "2026-03-15"),
        ("tl", "Sa katapusan po.", "2026-03-31"),
        ("tl", "Sa katapusan ng Abril.", "2026-04-30"),
        ("tl", "Sa loob ng labindalawang araw.", "2026-03-22"),
        ("tl", "2-3 araw po.", "2026-03-13"),
        ("tl", "Sa weekend po.", "2026-03-15"),
    ],
)
def test_days_are_named_in_many_ways(lang: str, text: str, due: str) -> None:
    found = due_day(text, lang, TUESDAY)
    assert (found.isoformat() if found else None) == due


def test_a_short_name_is_a_day_only_with_a_capital_or_a_preposition() -> None:
    assert due_day("I sat down with the papers and we pay tomorrow.", "en", TUESDAY) == date(2026, 3, 11)
    assert due_day("See you in the sun.", "en", TUESDAY) is None
    assert due_day("You may 3 times a year.", "en", TUESDAY) is None
    assert due_day("By 5 may.", "en", TUESDAY) == date(2026, 5, 5)


@pytest.mark.parametrize(("lang", "text"), [("en", "Last Friday."), ("da", "I fredags."), ("tl", "Noong Biyernes.")])
def test_a_weekday_that_has_passed_is_no_due_date(lang: str, text: str) -> None:
    assert due_day(text, lang, TUESDAY) is None


def test_the_year_ends_on_its_last_day() -> None:
    assert due_day("By the end of the year.", "en", date(2026, 10, 6)) == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "500 today, the rest on Friday."),
        ("ru", "Сегодня 500, остальное в пятницу."),
        ("hr", "Danas 500, a ostatak do kraja tjedna."),
        ("da", "500 i dag, resten på fredag."),
        ("tl", "500 ngayon, yung natitira sa Biyernes."),
    ],
)
def test_of_a_part_now_and_the_rest_later_the_last_day_counts(lang: str, text: str) -> None:
    assert due_day(text, lang, TUESDAY) == date(2026, 3, 13)


def test_danes_name_weeks_by_their_number() -> None:
    assert due_day("I uge 14.", "da", TUESDAY) == date(2026, 3, 30)
    assert due_day("I uge 11.", "da", TUESDAY) == date(2026, 3, 13)
    assert due_day("I uge 60.", "da", TUESDAY) is None


def test_the_year_is_out_on_its_last_day() -> None:
    assert due_day("Before the year's out.", "en", date(2026, 12, 15)) == date(2026, 12, 31)
