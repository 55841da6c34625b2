from __future__ import annotations

import pytest

from mailsignals.signals.speller import Speller, known_words

WORDS = ["about", "form", "from", "invoice", "måned", "næste", "please", "være", "već", "больше", "ещё", "счёт"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Plaese pay teh invioce.", "Please pay teh invoice."),  # three letters are too few to tell a slip
        ("PLAESE, abbout", "PLEASE, about"),
        ("Naeste maaned", "Næste måned"),
        ("mnaed", "måned"),
        ("vec", "već"),
        ("щёт болше", "счёт больше"),  # what translit.py makes of "schyot bolshe"
        ("еще", "ещё"),
    ],
)
def test_a_word_is_read_as_the_one_that_is_meant(typed: str, meant: str) -> None:
    assert Speller(WORDS).mend(typed) == meant


@pytest.mark.parametrize("text", ["", "12 € 😀", "form from", "Kovač", "iinvoice"])
def test_what_is_known_or_near_nothing_stays(text: str) -> None:
    assert Speller(WORDS).mend(text) == text


def test_what_could_be_several_words_stays() -> None:
    assert Speller(["abdc", "bacd"]).mend("abcd") == "abcd"


def test_a_million_letters_without_a_blank_are_no_word() -> None:
    assert Speller(WORDS).mend("ab" * 500_000) == "ab" * 500_000


def test_mending_twice_changes_nothing_more() -> None:
    once = Speller(WORDS).mend("Plaese, еще naeste maaned abuot")
    assert Speller(WORDS).mend(once) == once


def test_a_word_that_is_mostly_written_with_its_letters_is_not_known_without_them() -> None:
    texts = ["også i dag", "ogsaa nu"]
    assert "ogsaa" not in known_words([*texts * 2, *texts[:1] * 10])
    assert "ogsaa" in known_words(texts * 2)


def test_a_word_that_occurs_once_is_not_known() -> None:
    assert known_words(["one two", "two"]) == ["two"]
