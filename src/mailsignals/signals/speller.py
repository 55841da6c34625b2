"""Words typed in haste or on a foreign keyboard, read as the words that are meant.

A slip costs a sentence its words: "abuot" is in no vocabulary, and "naeste" is not "næste". So what the model reads is
mended by the words of the mail that it learnt from. Evidence is found and quoted in the text as it was written.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from mailsignals.text.translit import to_cyrillic, to_latin

_WORD = re.compile(r"[^\W\d_]{2,}")
_CYRILLIC = re.compile("[а-яё]")

_KNOWN_FROM = 2
"""Times that a word must occur before it is known."""

_OFTENER = 5
"""A word so many times rarer than the one it spells without its letters is taken for that one."""

_SLIPS = range(4, 31)
"""Letters of a word in which a slip is looked for: near a shorter one are too many others, and a longer one is no word.
"""

_DIGRAPHS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "đ": "dj"})
_PLAIN = str.maketrans({"æ": "ae", "ø": "o", "đ": "d"})


def known_words(texts: Iterable[str]) -> list[str]:
    """The words that are taken as well spelt, in alphabetical order.

    >>> known_words(["Først kom vi for sent"] * 10 + ["foerst nu", "foerst"])
    ['for', 'først', 'kom', 'sent', 'vi']
    """
    counts = Counter(word for text in texts for word in _WORD.findall(text.lower()))
    common = {word: count for word, count in counts.items() if count >= _KNOWN_FROM}
    meant = {plain: count for word, count in common.items() for plain in _without_letters(word)}
    return sorted(word for word, count in common.items() if meant.get(word, 0) < _OFTENER * count)


class Speller:
    """Mends words by those that are known.

    Args:
        words: As ``known_words`` gives them.
    """

    def __init__(self, words: Sequence[str]) -> None:
        self._known = frozenset(words)
        self._meant = _unambiguous((plain, word) for word in words for plain in _without_letters(word))

    def mend(self, text: str) -> str:
        """The text with every unknown word that is a known one but for its letters or a slip put right.

        >>> Speller(["please", "about", "næste", "uge"]).mend("Plaese, its abuot naeste uge!")
        'Please, its about næste uge!'
        """
        return _WORD.sub(self._mended, text)

    def _mended(self, found: re.Match[str]) -> str:
        word = found[0]
        small = word.lower()
        if small in self._known:
            return word
        meant = self._meant.get(small) or self._slipped(small)
        if not meant:
            return word
        return meant.upper() if word.isupper() else meant.capitalize() if word[0].isupper() else meant

    def _slipped(self, word: str) -> str:
        """The only known word that two neighbours swapped, or a letter typed twice, would make this one."""
        if len(word) not in _SLIPS:
            return ""
        places = range(len(word) - 1)
        tried = {word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in places}
        tried |= {word[:i] + word[i + 1 :] for i in places[1:] if word[i] == word[i + 1]}  # Tagalog doubles the first
        found = {one if one in self._known else self._meant.get(one, "") for one in tried} - {""}
        return found.pop() if len(found) == 1 else ""


def _without_letters(word: str) -> Iterator[str]:
    """A word as it is typed without the letters that a keyboard may lack; Russian as it comes back from Latin ones."""
    if word.isascii():
        return
    if _CYRILLIC.search(word):
        plain = {to_cyrillic(to_latin(word)), word.replace("ё", "е")}
    else:
        plain = {_bare(word.translate(table)) for table in (_DIGRAPHS, _PLAIN)}
    yield from plain - {word}


def _bare(word: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKD", word) if not unicodedata.combining(sign))


def _unambiguous(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Spelling -> word, where no other word has that spelling."""
    found: dict[str, str] = {}
    for spelling, word in pairs:
        found[spelling] = word if found.get(spelling, word) == word else ""
    return {spelling: word for spelling, word in found.items() if word}
