"""Where a sentence of mail ends: rules for English, Russian, Croatian, Danish and Tagalog, mixed as they come.

Mail is not prose. Lines are wrapped or meant, full stops follow numbers and short forms, a smiley closes a sentence,
and some writers use no capitals at all. A sentence therefore begins only after white space, and the words on both
sides of it decide.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from spacy.language import Language
from spacy.tokens import Doc

from mailsignals.text.translit import is_latin_russian, to_cyrillic

_Word = re.Match[str]

_WORD = re.compile(r"\S+")
_NEWLINE = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_OPENERS = "([{«„“‘\"'*_¿¡<"
_CLOSERS = ")]}»”“’\"'*_>"
_PICTOGRAM = re.compile("[\u2600-\u27bf\u2b50\u2b55\U0001f000-\U0001faff\ufe0f\u200d]+")
_SMILEY = re.compile(r"[:;=8xX][-'^]?[)(DPpOo/\\|3*\]\[]+|\^_?\^|<3|\)+|\({2,}")
_TERMINAL = (".", "!", "?", "…")
_ASIDE = re.compile(r"\([.!?…]+\)")
_TAIL = re.compile(r"[.!?…)\]}»”’\"']+")
_BULLET = re.compile(r"[-–—*•·▪◦‣+]+|[•·▪◦‣*-][^\W\d].*", re.DOTALL)
_NUMBERED = re.compile(r"\d{1,2}[.)]|[^\W\d]\)")
_NUMBER = re.compile(r"[\d.,:/–-]*\d[\d.,:/–-]*")
_DOTTED = re.compile(r"\w+(?:\.\w+)+")
_VOWEL = re.compile("[aeiouyæøåаеёиоуыэюя]")
_GREETING = re.compile(
    r"(?:hi|hello|hey|dear|good (?:morning|afternoon|evening|day)"
    r"|hej|kære|goddag|godmorgen|god (?:morgen|aften)"
    r"|bok|pozdrav|poštovan[iae]|postovan[iae]|dragi|draga|dobar dan|dobro jutro|dobra večer"
    r"|здравствуйте|добрый (?:день|вечер)|доброе утро|привет|уважаем(?:ый|ая|ые)|приветствую"
    r"|kumusta|magandang (?:araw|umaga|hapon|gabi|tanghali)|mahal na)\b[^,?]{0,40},?",
    re.IGNORECASE,
)


def _forms(*lines: str) -> frozenset[str]:
    return frozenset(form for line in lines for form in line.split())


_NEVER_END = _forms(
    "mr mrs ms dr prof vs approx dept attn e.g i.e cf re",
    "f.eks fx bl.a dvs ca kl nr jf evt inkl ekskl vedr mht ifm iht pga p.g.a pr tlf hhv hr frk m.h.t",
    "npr tj tzv odn br čl ul sv gđa gđica gosp dipl ing tel mob prim cca str",
    "т.е т.к т.н т.о см ср стр ул корп напр им обл тел доб проф г-н г-жа и.о зам",
    "gng bb blg brgy sta sto engr atty php",
)
"""Short forms that need what follows them, a language a line."""

_MAY_END = _forms(
    "etc inc ltd co corp jr sr hrs pcs min max st",
    "osv mv m.v m.m m.fl kr pct mdr mio mrd stk",
    "itd sl god kn kom lp tis",
    "др пр руб коп тыс млн млрд гг мин макс",
    "atbp",
)
"""Short forms that end a sentence where a capital follows, a language a line."""

_BEFORE_NUMBER = _forms("no art fig pos")
"""Words that are a short form only in front of a number ("no. 14")."""

_WRAP_LIMIT = 100
"""Longest line that a mail program wraps to; RFC 5322 section 2.1.1 recommends 78."""
_USUAL_WIDTH = 78
_NARROW_WIDTH = 50
_FULL = 0.8
"""Share of the width that a line fills, with the word after it, when a program broke it and not its writer."""
_SMILEY_LOOKBACK = 300


_GIST = 40
"""Words of the message answered that are read beside a sentence: its last ones, where the question stands."""
_SALUTATION = 3
"""Most words of a sentence that only opens a message."""


class Sentence(NamedTuple):
    """A sentence as the encoder reads it: its words, and as their context those of the sentence before it.

    At the beginning of a message that is the end of the message answered, behind a ">".
    """

    text: str
    before: str = ""


def sentences(text: str) -> list[tuple[int, int]]:
    """Sentences as half-open ranges of code points, in order.

    Every non-blank character lies in exactly one of them, and none begins or ends with a blank. A blank line always
    ends a sentence; a single line break does where the line was meant, and not where a mail program wrapped it.

    >>> text = "Hi Jo,\\nsee no. 14 (f.eks. kl. 9), it is 1.200,00 kr. so far... ok? Thanks :) Bye"
    >>> [text[start:end] for start, end in sentences(text)]
    ['Hi Jo,', 'see no. 14 (f.eks. kl. 9), it is 1.200,00 kr. so far... ok?', 'Thanks :)', 'Bye']
    """
    words = list(_WORD.finditer(text))
    if not words:
        return []
    width = _width(text)
    starts = [0, *(i for i in range(1, len(words)) if _begins(text, words, i, width))]
    ends = [*starts[1:], len(words)]
    return [(words[first].start(), words[last - 1].end()) for first, last in zip(starts, ends, strict=True)]


def is_greeting(line: str) -> bool:
    """Whether a line only greets.

    >>> is_greeting("Kære Bent,"), is_greeting("Happy birthday, Bent!"), is_greeting("Hej Bent, hvor er logoet?")
    (True, False, False)
    """
    return bool(_GREETING.fullmatch(line.rstrip("!., ") + ","))


def in_context(text: str, ranges: Sequence[tuple[int, int]], answered: str = "") -> list[Sentence]:
    """The sentences of one text, each with what stands before it; Russian in Latin letters comes in Cyrillic.

    Args:
        answered: Own words of the message that the text answers, where it is known.

    >>> in_context("Jo! Late again? Pay!", [(0, 3), (4, 15), (16, 20)])[1:]
    [Sentence(text='Late again?', before='Jo!'), Sentence(text='Pay!', before='Late again?')]
    >>> in_context("Jo! No.", [(0, 3), (4, 7)], "I advise against it.")[1:]
    [Sentence(text='No.', before='Jo! > I advise against it.')]
    """
    words = [text[start:end] for start, end in ranges]
    if is_latin_russian(text):
        words = [to_cyrillic(own) for own in words]
    before = ["", *words][: len(words)]
    if gist := answered.split()[-_GIST:]:
        opening = [i for i, own in enumerate(before[:2]) if len(own.split()) <= _SALUTATION]
        for i in opening:
            before[i] = " ".join([*before[i].split(), ">", *gist])
    return [Sentence(*pair) for pair in zip(words, before, strict=True)]


@Language.factory("mailsignals_sentences", assigns=["token.is_sent_start", "doc.sents"])
def make_sentences(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """The spaCy component ``mailsignals_sentences``: sets ``doc.sents`` by the rules of ``sentences``.

    It needs nothing before it and works on a blank pipeline of any language whose tokens end at white space.
    """
    return _set_sentences


def _set_sentences(doc: Doc) -> Doc:
    starts = {start for start, _ in sentences(doc.text)[1:]}
    for token in doc:
        token.is_sent_start = token.i == 0 or token.idx in starts
    return doc


def _width(text: str) -> int:
    """The column at which this text seems to be wrapped."""
    longest = max(len(line) for line in _NEWLINE.split(text))
    return min(max(longest, _NARROW_WIDTH), _USUAL_WIDTH)


def _begins(text: str, words: Sequence[_Word], i: int, width: int) -> bool:
    """Whether a sentence begins with word ``i``."""
    breaks = len(_NEWLINE.findall(text, words[i - 1].end(), words[i].start()))
    if breaks:
        return breaks > 1 or _line_is_meant(text, words, i, width)
    return _ends(text, words, i)


def _line_is_meant(text: str, words: Sequence[_Word], i: int, width: int) -> bool:
    """Whether the writer, not a program, broke the line in front of word ``i``."""
    left, right = words[i - 1].group(), words[i].group()
    line = _line_before(text, words[i - 1].end())
    if _BULLET.fullmatch(right) or (left[-1] in ":;" and _NUMBERED.fullmatch(right)):
        return True
    if _GREETING.fullmatch(line) or _ends(text, words, i):
        return True
    is_indented = not text[words[i].start() - 2 : words[i].start()].strip(" \t")
    if (left[-1] in ",;–-" or is_indented) and _is_lower(right):
        return False
    wrapped = len(line) <= _WRAP_LIMIT and len(line) + 1 + len(right) > _FULL * width
    return not wrapped


def _line_before(text: str, end: int) -> str:
    """The line that ends at ``end``; of a very long one the last part, which is as good."""
    return _NEWLINE.split(text[max(0, end - 2 * _WRAP_LIMIT) : end])[-1].strip()


def _ends(text: str, words: Sequence[_Word], i: int) -> bool:
    """Whether the words before word ``i`` end a sentence, line breaks aside."""
    right = words[i].group()
    if _is_tail(right):
        return False
    last = i - 1
    while last > 0 and _is_face(words[last].group()):
        last -= 1
    if last < i - 1 or _wears_face(text, words[last]):
        return not _is_lower(right) or _mark_ends(text, words, last, right)
    return _mark_ends(text, words, last, right)


def _is_tail(word: str) -> bool:
    """Marks and faces that belong to the sentence before them."""
    return bool(_TAIL.fullmatch(word)) or _is_face(word)


def _is_face(word: str) -> bool:
    return bool(_SMILEY.fullmatch(word) or _PICTOGRAM.fullmatch(word))


def _wears_face(text: str, word: _Word) -> bool:
    """Whether a pictogram or a bracket smiley ("спасибо)") is stuck to the word."""
    found = word.group()
    if _PICTOGRAM.search(found[-1]):
        return True
    if found[-1] != ")" or "(" in found:
        return False
    before = text[max(0, word.end() - _SMILEY_LOOKBACK) : word.end()]
    return before.count("(") < before.count(")")


def _mark_ends(text: str, words: Sequence[_Word], last: int, right: str) -> bool:
    """Whether the closing mark of word ``last`` ends a sentence, given the word ``right`` that follows."""
    word = words[last].group()
    bare = _PICTOGRAM.sub("", word).rstrip(_CLOSERS)
    if not bare.endswith(_TERMINAL) or _ASIDE.fullmatch(word):
        return False
    if bare[-1] in "!?":
        return bare == word or not _is_lower(right)
    if bare.endswith(("…", "..")):
        return not _is_lower(right)
    return _stop_ends(bare[:-1].lstrip(_OPENERS).casefold(), _before_on_line(text, words, last), right)


def _before_on_line(text: str, words: Sequence[_Word], i: int) -> str:
    """The word before word ``i`` on the same line, or the empty string."""
    if i == 0 or _NEWLINE.search(text, words[i - 1].end(), words[i].start()):
        return ""
    return words[i - 1].group()


def _stop_ends(core: str, before: str, right: str) -> bool:
    """Whether the full stop behind ``core`` (lower case, no brackets) ends a sentence."""
    capital = not _is_lower(right) and not _head(right).isdigit()
    if core in _NEVER_END:
        return False
    if _NUMBER.fullmatch(core):
        return capital and not _is_list_number(core, before)
    if len(core) == 1:
        return capital and (before[:1].isdigit() or before == "т.")
    if core in _BEFORE_NUMBER:
        return not _head(right).isdigit()
    if core in _MAY_END or _DOTTED.fullmatch(core):
        return capital
    return not _is_lower(right) or bool(_VOWEL.search(core))


def _is_list_number(core: str, before: str) -> bool:
    """Whether a number with a full stop opens a list item instead of closing a sentence."""
    if len(core) > 2:
        return False
    opens = not before or before[-1] in ".!?:;…" or bool(_BULLET.fullmatch(before))
    return opens and before.rstrip(".").casefold() not in _NEVER_END


def _head(word: str) -> str:
    """The first character behind opening brackets and quotes."""
    return word.lstrip(_OPENERS)[:1]


def _is_lower(word: str) -> bool:
    return _head(word).islower()
