from __future__ import annotations

import pytest

from mailsignals.text.language import language_of
from mailsignals.text.translit import is_latin_russian, to_cyrillic


@pytest.mark.parametrize(
    ("latin", "cyrillic"),
    [
        ("Zdravstvuyte, eto uzhe obsuzhdali", "Здравствуйте, это уже обсуждали"),
        ("Ya nichego ne ponyal, obyasnite", "Я ничего не понял, обясните"),
        ("novyy schyot na 48 tys.", "новый щёт на 48 тыс."),
        ("Shchi, borshch, yolka, yug", "Щи, борщ, ёлка, юг"),
        ("moy, nashey, delayte", "мой, нашей, делайте"),
        ("pishite na iva@miramar.example, fayl smeta.pdf", "пишите на iva@miramar.example, файл smeta.pdf"),
    ],
)
def test_letters_come_back(latin: str, cyrillic: str) -> None:
    assert to_cyrillic(latin) == cyrillic


@pytest.mark.parametrize(
    "text",
    [
        "Pozhaluysta, prishlite schet segodnya.",
        "privet! kogda budet maket? uzhe tretiy den zhdu",
        "Vy voobshche chitaete, chto vam pishut?",
    ],
)
def test_russian_in_latin_letters_is_russian(text: str) -> None:
    assert is_latin_russian(text)
    assert language_of(text) == "ru"


@pytest.mark.parametrize(
    "text",
    [
        "My best, as ever; net 30, no changes.",
        "Na žalost nam vas ne treba, hvala, do viđenja i lijep pozdrav.",
        "Kan vi ses i morgen, eller passer det ikke?",
        "Po, kayo na ang bahala, salamat na lang.",
        "Spasibo!",
        "Пожалуйста, пришлите счёт сегодня, eto vazhno.",
        "",
    ],
)
def test_other_languages_and_cyrillic_are_not(text: str) -> None:
    assert not is_latin_russian(text)
