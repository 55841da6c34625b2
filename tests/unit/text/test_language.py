from __future__ import annotations

import pytest

from mailsignals.text.language import language_of


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "Could you please add one more page before the launch on Friday?"),
        ("ru", "Пришлите, пожалуйста, счёт ещё раз, бухгалтер его потеряла."),
        ("hr", "Možete li mi ponovno poslati račun, knjigovodstvo ga nije dobilo."),
        ("da", "Kan I sende fakturaen igen, for bogholderen har ikke fået den."),
        ("tl", "Pakipadala po ulit ang resibo, hindi pa natatanggap ng opisina."),
        ("de", "Können Sie uns die Rechnung bitte noch einmal schicken?"),
    ],
)
def test_the_language_of_a_sentence_is_found(lang: str, text: str) -> None:
    assert language_of(text) == lang


@pytest.mark.parametrize("text", ["", "OK!", "1.450,00 EUR", "👍 👍 👍 👍 👍 👍 👍 👍", "tel. 555"])
def test_what_is_too_short_is_undetermined_or_as_usual(text: str) -> None:
    assert language_of(text) == "und"
    assert language_of(text, usual="da") == "da"


def test_addresses_and_links_are_not_words() -> None:
    link = "https://www.the-very-english-name-of-this-shop.example/about-us/and-how-to-contact-the-people-there"
    assert language_of(f"Pogledajte stranicu {link} i javite se na the.very.english.office@shop.example") == "hr"


def test_letters_of_no_known_language_are_undetermined() -> None:
    assert language_of("ᚠᛇᚻ᛫ᛒᛦᚦ᛫ᚠᚱᚩᚠᚢᚱ᛫ᚠᛁᚱᚪ᛫ᚷᛖᚻᚹᛦᛚᚳᚢᛗ") == "und"
