"""The language of a passage: by the library lingua, and between near languages by their closed-class words."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import TYPE_CHECKING

from mailsignals.text.translit import is_latin_russian
from mailsignals.types import UNKNOWN_LANGUAGE

if TYPE_CHECKING:
    from lingua import LanguageDetector

_MIN_LETTERS = 12
"""With fewer letters a guess is worth nothing ("OK, thx")."""

_READ = 400
"""Characters that the library reads: more of them take time and change nothing."""

_NOT_WORDS = re.compile(r"\S+@\S+|https?://\S+")
_MARKERS = 2
"""So many more words of the sibling than of the language itself make a text the sibling's: dialects share some."""

_SERBIAN_CYRILLIC = re.compile(r"[јљњћђџЈЉЊЋЂЏ]")


def language_of(text: str, *, usual: str = UNKNOWN_LANGUAGE) -> str:
    """ISO 639-1 code of a text; ``usual`` where it is too short to tell.

    Args:
        usual: What to answer for a text of under twelve letters, such as the client's usual language.

    >>> language_of("Račun još nije plaćen, molim vas javite kada će uplata biti izvršena.")
    'hr'
    >>> language_of("OK!")
    'und'
    """
    text = _NOT_WORDS.sub(" ", text)
    if len(list(islice(filter(str.isalpha, text), _MIN_LETTERS))) < _MIN_LETTERS:
        return usual
    if len(_SERBIAN_CYRILLIC.findall(text)) > 1:
        return "sr"
    if is_latin_russian(text):
        return "ru"
    found = _detector().detect_language_of(text[:_READ])
    return _nearest(str(found.iso_code_639_1.name).lower(), text, usual) if found else usual


def _nearest(found: str, text: str, usual: str) -> str:
    """The found language or the one that is taken for it; the usual one of the two where nothing tells them apart."""
    if found not in _siblings():
        return found
    sibling, words, sibling_words = _siblings()[found]
    here = set(re.findall(r"[^\W\d_]+", text.casefold()))
    balance = len(here & sibling_words) - len(here & words)
    if abs(balance) < _MARKERS and usual == sibling:
        return sibling
    return sibling if balance >= _MARKERS else found


@cache
def _siblings() -> dict[str, tuple[str, frozenset[str], frozenset[str]]]:
    table = tomllib.loads(files("mailsignals.text").joinpath("siblings.toml").read_text("utf-8"))
    return {
        lang: (row["sibling"], frozenset(row["words"].split()), frozenset(row["sibling_words"].split()))
        for lang, row in table.items()
    }


@cache
def _detector() -> LanguageDetector:
    """The five languages of the model and their neighbours in agencies' mailboxes."""
    from lingua import Language, LanguageDetectorBuilder  # noqa: PLC0415  (keeps `mailsignals --help` light)

    return (
        LanguageDetectorBuilder.from_languages(
            Language.ENGLISH,
            Language.RUSSIAN,
            Language.CROATIAN,
            Language.DANISH,
            Language.TAGALOG,
            Language.GERMAN,
            Language.FRENCH,
            Language.SPANISH,
            Language.ITALIAN,
            Language.UKRAINIAN,
            Language.SWEDISH,
            Language.DUTCH,
            Language.PORTUGUESE,
            Language.POLISH,
            Language.CZECH,
        )
        .with_low_accuracy_mode()
        .build()
    )
