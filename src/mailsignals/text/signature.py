"""Where a signature begins: dashes, a closing formula above a name, the sender's name, contact lines."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

from mailsignals.text.mailwords import letters, table

_DASHES_REACH = 25
"""A bare ``--`` further from the end than so many lines is no signature delimiter."""

_MOST_LINES = 10
"""A signature has at most so many lines that are not blank; what is longer is text."""

_LONGEST_LINE = 90
_LONGEST_NAME = 5
"""Words of a name at most."""

_CONTACT = re.compile(
    r"\+?\(?\d[\d ()/.\-]{6,}\d|^\W*(?:x|ext\.?)?[ -]?\d[\d-]{3,7}\W*$|www\.|https?://|\S@\S+\.\w"
    r"|\b(?:tel|mob|gsm|tlf|cvr|oib|инн|тел|fax|phone|cell|mobile|mobitel|office|direct)\b\W{0,2}[.:(\d]",
    re.IGNORECASE,
)
_ATTACHED = re.compile(r"^\s*(?:-\s+\S[^/]{0,60}\.\w{2,4}|<<.{1,80}>>|\[(?:image|cid:)[^\]]*\])\s*$", re.IGNORECASE)
"""Lines that mail programs leave for attachments and pictures."""

_SENTENCE_END = re.compile(r"[!?…]$|\w{2,}[.:]$")
_WORDS_END = re.compile(rf"{_SENTENCE_END.pattern}|[)\"”»][.!?]?$")
_RULE = re.compile(r"^[_=*\-–—]{5,}$")
_ABBREVIATION = re.compile(
    r"\b(?:inc|corp|co|ltd|llc|l\.p|gmbh|d\.o\.o|j\.d\.o\.o|a/s|aps|ооо|ао|st|str|ave|blvd|rd|dr|ul|ул|jr|sr|esq|dept|apt|tx|p\.?c)\.$",
    re.IGNORECASE,
)
_SENTENCE_WORDS = 5
_PARTICLES = frozenset("de da van von der den la le di dos du al bin af y e i".split())
_FRAME = " \t-–—~*_/\\,.;:!|<>\"'"
_SMILE = re.compile(r"\s*(?:[:;]-?[)(DP]+|\)+|[\u2600-\u27bf\ufe0f\U0001f300-\U0001faff]+|\bx+o*x*)\s*$")
_NUMBER = re.compile(r"[\s,(/x\-–]*\+?\(?\d[\d ()/.\-]{3,}\W*$")


def signature_start(lines: Sequence[str], start: int, end: int, names: Sequence[str] = ()) -> int:
    """Index of the first line of the signature at the end of ``lines[start:end]``; ``end`` where there is none.

    Args:
        names: How the sender is called, as headers say it: display name, address.

    Source: RFC 3676 4.3 for ``-- ``; the rest goes by the shape of the last lines, as Carvalho and Cohen
    (Learning to Extract Signature and Reply Lines from Email, CEAS 2004) describe them.

    >>> mail = ["Fine by us.", "", "Best regards", "Iva Horvat"]
    >>> signature_start(mail, 0, 4)
    2
    >>> signature_start(["fine", "iva"], 0, 2), signature_start(["fine", "iva"], 0, 2, ["Iva Horvat"])
    (2, 1)
    """
    dashes = next((number for number in range(start, end) if _is_delimiter(lines[number], end - number)), end)
    return min(dashes, _block_start(lines, start, dashes, _Sender(names)))


class _Sender:
    """The words that the sender may sign with."""

    def __init__(self, names: Sequence[str]) -> None:
        words = [_folded(word) for name in names for word in re.findall(r"[^\W\d_]+", name.partition("@")[0])]
        self._words = {word for word in words if len(word) > 1}
        self._words |= {short for word in words for short in _nicknames().get(word, ())}
        self._addresses = {
            part.casefold() for name in names for part in re.findall(r"[^\s<>\[\]:]+@[^\s<>\[\]]+", name)
        }
        self._initials = {word[0] for word in words}

    def signs(self, words: Sequence[str]) -> bool:
        """Whether these words are the sender's name, or all of them are initials of it."""
        if any(self._is_name(_folded(word)) for word in words):
            return all(word[0].isupper() or self._is_part(_folded(word)) for word in words)
        letters = [letter for word in words for letter in word.lower() if letter.isalpha()]
        is_short = len(words) == 1 and 1 < len(letters) <= 3 and words[0].isupper()
        return is_short and all(letter in self._initials for letter in letters)

    def owns(self, line: str) -> bool:
        """Whether a line is the sender's own address."""
        return line.strip(_FRAME + "[]()").casefold() in self._addresses

    def _is_part(self, word: str) -> bool:
        return self._is_name(word) or word in _PARTICLES or (len(word.strip(".")) == 1 and word[0] in self._initials)

    def _is_name(self, word: str) -> bool:
        if word in self._words:
            return True
        return len(word) > 2 and any(len(name) > len(word) and name.startswith(word) for name in self._words)


def is_closing(line: str) -> bool:
    """Whether a line is nothing but a formula that closes a letter.

    >>> is_closing("Best regards,"), is_closing("Thanks for nothing")
    (True, False)
    """
    return bool(_closing().fullmatch(_bare(line)))


def _closes(line: str) -> bool:
    """Like ``is_closing``, or a formula with a few words of its own and a comma: "Thanks for the drawings,"."""
    is_short = len(line.split()) <= 6 and line.rstrip().endswith((",", ",-"))
    return is_closing(line) or (is_short and bool(re.match(rf"\W*{_formula()}\b", line, re.IGNORECASE)))


def _block_start(lines: Sequence[str], start: int, end: int, sender: _Sender) -> int:
    """Go up from the end as long as the lines could be a signature's, and take the highest that begins one."""
    begin, below, contacts = end, 0, 0
    for number in range(end - 1, start - 1, -1):
        line = lines[number].strip()
        if not line or _ATTACHED.match(line):
            continue
        above = _line_above(lines, start, number)
        if below == _MOST_LINES or above < start:  # the first words of a mail are no signature
            break
        is_apart = above < number - 1
        if _RULE.match(line):
            if contacts and begin < end:
                begin = number
                break
            continue
        is_signed = _signs(line, lines[above], sender, has_contact=contacts > 0, is_apart=is_apart)
        if is_signed or (below == 0 and _is_bare_name(line, lines[above], is_apart=is_apart)):
            begin = number
        elif _is_sentence(line):
            break
        contacts += bool(_CONTACT.search(line))
        below += 1
        if is_apart and contacts == below and (contacts > 1 or sender.owns(line)):
            begin = number
    while begin < end and (above := _line_above(lines, start, begin)) >= start and _closes(lines[above]):
        begin = above
    return begin if _line_above(lines, start, begin) >= start else end


def _signs(line: str, above: str, sender: _Sender, *, has_contact: bool, is_apart: bool) -> bool:
    """Whether a line is where somebody signs.

    Args:
        above: The next line above it that is not blank.
        has_contact: A phone, an address or a site stands below.
        is_apart: A blank line stands above.
    """
    closing = _closing_before_name().match(line)
    words = _name_words(line[closing.end() :] if closing else line)
    if not words:
        return False
    if sender.signs(words):
        return True
    if closing and len(words) == 1:
        return True
    is_small = len(words) == 1 and words[0].islower() and is_closing(above) and _bare(line) not in _not_names()
    is_written_as_name = is_small or all(word[0].isupper() or _folded(word) in _PARTICLES for word in words)
    if not is_written_as_name or is_closing(line):
        return False
    own_contact = bool(_CONTACT.search(line))
    return _closes(above) or ((has_contact or own_contact) and (is_apart or len(words) > 1))


def _is_bare_name(line: str, above: str, *, is_apart: bool) -> bool:
    """Whether a single name or initials stand alone at the end of a mail: "Phillip", "MK", "-randy".

    Args:
        is_apart: A blank line stands above it.
    """
    words = _name_words(line)
    is_over = bool(_WORDS_END.search(above.strip())) or (is_apart and len(above.split()) > 3)
    if len(words) != 1 or not is_over or _bare(line) in _not_names():
        return False
    word = words[0]
    if line.startswith(("-", "–", "—", "~", "/")):
        return len(word) > 2
    is_initials = word.isupper() and len(word) in {2, 3}
    return is_initials or (word[0].isupper() and 3 <= len(word) <= 12 and not line.endswith("."))


def _name_words(line: str) -> list[str]:
    """The words of a line that could be a name, or nothing: letters only, few, not a sentence; a phone may follow."""
    bare = _NUMBER.sub("", _SMILE.sub("", line)).strip(_FRAME)
    words = [word for word in re.split(r"[\s&/]+", bare.replace(",", " ")) if word]
    if not 0 < len(words) <= _LONGEST_NAME or line.rstrip().endswith(("?", "!", ":")):
        return []
    is_names = all(re.fullmatch(r"[^\W\d_][^\W\d_.'’\-]*(?:[.'’\-][^\W\d_]*)*", word) for word in words)
    return words if is_names else []


def _is_sentence(line: str) -> bool:
    """Whether a line reads like a sentence rather than like a title, a firm, a street or a phone."""
    if _CONTACT.search(line) and len(line.split()) < 8:
        return bool(re.match(r"^(?:call|please|ring|nazovi|ring|позвони|tawag)", line, re.IGNORECASE))
    if re.search(r" [*|•·] ", line):
        return False
    is_over = bool(_SENTENCE_END.search(line)) and not _ABBREVIATION.search(line)
    return is_over or len(line.split()) > _SENTENCE_WORDS + 2 or line.startswith((">", "- ", "* "))


def _is_delimiter(line: str, lines_left: int) -> bool:
    """A line of ``-- ``, or near the end one that lost its blank on the way."""
    return line.rstrip("\n") == "-- " or (line.rstrip() in {"--", "---", "—"} and lines_left <= _DASHES_REACH)


def _line_above(lines: Sequence[str], start: int, number: int) -> int:
    """Index of the next line above that is not blank, or one before ``start``."""
    return next((at for at in range(number - 1, start - 1, -1) if lines[at].strip()), start - 1)


def _folded(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word.casefold().replace("đ", "d").replace("ø", "o").replace("æ", "ae"))
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def _bare(line: str) -> str:
    return " ".join(line.strip().strip(_FRAME).casefold().split())


@cache
def _nicknames() -> dict[str, tuple[str, ...]]:
    names = table()["nicknames"]
    return {_folded(name): tuple(_folded(short) for short in str(shorts).split()) for name, shorts in names.items()}


@cache
def _not_names() -> frozenset[str]:
    return letters("not_names") | letters("closings")


@cache
def _formula() -> str:
    closings, after = (
        "|".join(map(re.escape, sorted(letters(kind), key=len, reverse=True))) for kind in ("closings", "after")
    )
    return rf"(?:{closings})(?:,? (?:{after}))?"


@cache
def _closing() -> re.Pattern[str]:
    return re.compile(rf"{_formula()}(?:[,.!;]* {_formula()})?", re.IGNORECASE)


@cache
def _closing_before_name() -> re.Pattern[str]:
    """A formula and more on the same line: "Thanks. BT", "Best, Tom"."""
    return re.compile(rf"\W*{_formula()}\s*[,.!;\-–]+\s*(?=[^\W\d_])", re.IGNORECASE)
