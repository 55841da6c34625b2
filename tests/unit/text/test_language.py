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


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("hr", "Gdje je izvješće? Htjeli bismo ga prije sljedećeg tjedna, i to točno."),
        ("sr", "Gde je izveštaj? Hteli bismo ga pre sledeće nedelje, i to tačno."),
        ("sr", "Молим пошаљите рачун још једном, књиговођа га није добио."),
        ("da", "Kan I sende fakturaen igen i næste uge? Jeg har ikke fået noget af jer efter jul."),
        ("nb", "Kan dere sende fakturaen igjen neste uke? Jeg har ikke fått noe av dere etter jul."),
        ("sv", "Kan ni skicka fakturan igen nästa vecka? Jag har inte fått något av er efter jul."),
        ("tl", "Hindi ko pa natatanggap ang resibo ninyo, kailangan namin ngayon."),
        ("ceb", "Wala pa nako madawat ang resibo ninyo, kinahanglan kaayo namo karon."),
    ],
)
def test_near_languages_are_told_apart_by_their_small_words(lang: str, text: str) -> None:
    assert language_of(text) == lang


def test_a_dialect_is_no_other_language() -> None:
    assert language_of("Neko je rekao da ko radi taj i griješi, a ja čekam peti dan.") == "hr"


def test_what_is_said_in_both_of_two_near_languages_is_in_the_usual_one() -> None:
    text = "Molim pošaljite fakturu, hvala."
    assert language_of(text) == "hr"
    assert language_of(text, usual="sr") == "sr"
    assert language_of(text, usual="en") == "hr"
