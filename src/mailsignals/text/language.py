"""The language of a passage, by the library lingua."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from mailsignals.types import UNKNOWN_LANGUAGE

if TYPE_CHECKING:
    from lingua import LanguageDetector

_MIN_LETTERS = 12
"""With fewer letters a guess is worth nothing ("OK, thx")."""


def language_of(text: str, *, usual: str = UNKNOWN_LANGUAGE) -> str:
    """ISO 639-1 code of a text; ``usual`` where it is too short to tell.

    Args:
        usual: What to answer for a text of under twelve letters, such as the client's usual language.

    >>> language_of("Račun još nije plaćen, molim vas javite kada će uplata biti izvršena.")
    'hr'
    >>> language_of("OK!")
    'und'
    """
    letters = sum(character.isalpha() for character in text)
    if letters < _MIN_LETTERS:
        return usual
    found = _detector().detect_language_of(re.sub(r"\S+@\S+|https?://\S+", " ", text))
    return str(found.iso_code_639_1.name).lower() if found else usual


@cache
def _detector() -> LanguageDetector:
    """The five languages of the model and those that are taken for them."""
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
        )
        .with_low_accuracy_mode()
        .build()
    )
