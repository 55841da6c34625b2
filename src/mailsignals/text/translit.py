"""Russian typed in Latin letters, put back into Cyrillic, so that what reads Russian can read it."""

from __future__ import annotations

import re
from functools import lru_cache

_TELLING = frozenset(
    """bolshe budet bydet byla byli bylo chem cherez chto chtoby davayte dazhe deneg dengi dlya dnya dobriy
    dobroe dobry dobryy drugoy ego esche escho eshche eshcho eshe esli eta eti eto etogo etot etu gde hochu
    horosho hotel hotelos ikh kak kakoy khochu khorosho kogda kotoraya kotorye kotoryy luchshe menya mne mozhem
    mozhet mozhete mozhno nado nashego nashi nelzya nepravilno net nichego nikogda nuzhen nuzhna nuzhno
    obyazatelno ochen odin opyat pishite pishu pochemu podskazhite poluchili pomenyat poslednie
    potom pozhaluista pozhaluysta prishlite privet proshu rabota rabote raboty sdelat sdelayte segodnya
    seichas sejchas seychas skolko snova soglasen soglasny spasibo srazu svoi tebya tolko tozhe tut uje uzhe
    vash vasha vashe vashi vchera vecher vmesto voobsche voobshche vopros vremya vsego vsyo vy ya yego yesli
    zachem zavtra zdes zdravstvuyte zhdem zhdyom zhe znayu""".split()
)
"""Words that no other language of the model spells so, but for a few ("net", "eto"), which is why two are asked for."""

_TELLING_LETTERS = re.compile(
    r"zh|shch|yy$|iyu|yom|yot|yonn|eniy|en[io]ya|tsi[yi]|tsya$|ykh$|[^aeiou]yh$|ymi$|ovat$|skiy$|aem$|aet$|sch[aeiuy]"
)
"""Spellings of Russian that hardly stand in words of the other languages."""

_LEAST_WORDS, _LEAST_SHARE = 2, 0.08

_LETTERS = {
    "shch": "щ", "sch": "щ", "sh": "ш", "ch": "ч", "zh": "ж", "kh": "х", "ts": "ц", "yu": "ю", "ya": "я", "yo": "ё",
    "ju": "ю", "ja": "я", "jo": "ё", "ye": "е", "a": "а", "b": "б", "c": "ц", "d": "д", "e": "е", "f": "ф", "g": "г",
    "h": "х", "i": "и", "j": "й", "k": "к", "l": "л", "m": "м", "n": "н", "o": "о", "p": "п", "q": "к", "r": "р",
    "s": "с", "t": "т", "u": "у", "v": "в", "w": "в", "x": "х", "y": "ы", "z": "з", "'": "ь",
}  # fmt: skip
_LETTER = re.compile("|".join(sorted(map(re.escape, _LETTERS), key=len, reverse=True)), re.IGNORECASE)
_SHORT_I = re.compile(r"(?<=[aeiouy])y(?![aeiouy'])", re.IGNORECASE)
_E_REVERSED = re.compile(r"\be(?=t[aoiu]|kr|ks|to)", re.IGNORECASE)
_NOT_WORDS = re.compile(
    r"[\w.+-]{1,64}@[\w.-]{1,99}|(?:https?://|www\.)\S{1,2000}|\b[\w-]{1,64}\.(?:com|ru|pdf|docx?|xlsx?|jpe?g|png|zip)\b",
    re.IGNORECASE,
)

_LATIN = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        "a b v g d e yo zh z i y k l m n o p r s t u f kh ts ch sh sch  y  e yu ya".split(" "),
        strict=True,
    )
)

_READ = 4000
"""Characters by which a text's script is told."""


@lru_cache(maxsize=1 << 12)
def is_latin_russian(text: str) -> bool:
    """Whether a text is Russian in Latin letters.

    >>> is_latin_russian("Zdravstvuyte, oplata budet tolko ispravleniy.")
    True
    >>> is_latin_russian("Dobar dan, uplata će biti tek nakon ispravaka."), is_latin_russian("Net 30, as always.")
    (False, False)
    """
    text = text[:_READ]
    if re.search(r"[а-яА-Я]", text):
        return False
    words = re.findall(r"[a-z']+", _NOT_WORDS.sub(" ", text).lower())
    found = sum(word in _TELLING or bool(_TELLING_LETTERS.search(word)) for word in words)
    return found >= _LEAST_WORDS and found >= _LEAST_SHARE * len(words)


def to_cyrillic(text: str) -> str:
    """The text in Cyrillic, by the spellings that people use; addresses and file names stay.

    Soft signs that were left out stay out: which word has one is a dictionary's knowledge.

    >>> to_cyrillic("Pozhaluysta, eto uzhe v schet ne vhodit")
    'Пожалуйста, это уже в щет не входит'
    """
    parts, position = [], 0
    for kept in _NOT_WORDS.finditer(text):
        parts += [_turned(text[position : kept.start()]), kept[0]]
        position = kept.end()
    return "".join([*parts, _turned(text[position:])])


def to_latin(word: str) -> str:
    """A word in small Cyrillic letters as it is typed in Latin ones.

    >>> to_latin("счёт"), to_cyrillic(to_latin("счёт"))
    ('schyot', 'щёт')
    """
    return "".join(_LATIN.get(letter, letter) for letter in word)


def _turned(text: str) -> str:
    text = _E_REVERSED.sub(lambda found: "Э" if found[0].isupper() else "э", text)
    text = _SHORT_I.sub("j", text)
    return _LETTER.sub(lambda found: _like(found[0], _LETTERS[found[0].lower()]), text)


def _like(latin: str, cyrillic: str) -> str:
    return cyrillic.upper() if latin[0].isupper() else cyrillic
