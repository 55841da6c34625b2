"""Text to piece numbers: SentencePiece's Unigram model in plain Python.

The ``sentencepiece`` and ``tokenizers`` packages would do the same; the first is a compiled library, the second brings
an HTTP client. Cutting a word into its likeliest pieces takes one short Viterbi loop, and a cache of words makes it
faster than the network that follows by two orders of magnitude.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby
from pathlib import Path

START, PADDING, END, UNKNOWN = range(4)

_WORD_MARK = "▁"
_CACHED_WORDS = 50_000
_LONGEST_CACHED_WORD = 40
_UNKNOWN_PENALTY = 10.0

# XLM-R's "nmt_nfkc" map turns these into blanks ...
_BLANK = re.compile("[\t\n\x0c\r\x85\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]")
# ... and drops the control characters. The soft hyphen and the direction marks it would leave as unknown pieces; they
# are invisible to the reader of a mail, so they are invisible here too.
_INVISIBLE = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\x8f\x9f\xad\u202a-\u202e\u2060-\u206f]")


class Unigram:
    """A vocabulary with log-probabilities, and the likeliest cut of a text into its pieces.

    Args:
        vocabulary: Pieces with their natural log-probabilities; the position is the piece's number. The first four are
            start, padding, end and unknown, whatever they are called. ``▁`` marks the beginning of a word.

    >>> pieces = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
    >>> pieces += [("▁pay", -2.0), ("▁p", -3.0), ("ay", -3.0), ("ment", -2.5), ("▁", -4.0)]
    >>> Unigram(pieces).encode("payment  pay")
    [0, 4, 7, 4, 2]
    """

    def __init__(self, vocabulary: Iterable[tuple[str, float]]) -> None:
        numbered = list(enumerate(vocabulary))[UNKNOWN + 1 :]
        self._pieces = {piece: (score, number) for number, (piece, score) in numbered}
        self._longest = max(map(len, self._pieces))
        self._unknown_score = min(score for score, _ in self._pieces.values()) - _UNKNOWN_PENALTY
        self._remembered = lru_cache(maxsize=_CACHED_WORDS)(self._cut)

    @classmethod
    def load(cls, path: Path) -> Unigram:
        """Read a vocabulary of one ``piece<TAB>log-probability`` a line."""
        return cls.parse(path.read_text(encoding="utf-8"))

    @classmethod
    def parse(cls, lines: str) -> Unigram:
        """Read the same from text already in memory.

        Raises:
            ValueError: A line is not a piece, a tab and a number.
        """
        rows = (line.split("\t") for line in lines.removesuffix("\n").split("\n"))
        return cls((piece, float(score)) for piece, score in rows)

    def __len__(self) -> int:
        return len(self._pieces) + UNKNOWN + 1

    def encode(self, text: str, *, limit: int | None = None) -> list[int]:
        """Cut a text into piece numbers between START and END.

        Args:
            text: Any text; lone surrogates and control characters do no harm.
            limit: The most numbers to return, START and END included; what lies behind is not read. None is no limit.

        Returns:
            At least ``[START, END]``. Runs of characters that no piece covers become one UNKNOWN.
        """
        numbers = [START]
        for word in filter(None, normalised(text).split(" ")):
            numbers += self._numbers_of(_WORD_MARK + word)
            if limit is not None and len(numbers) >= limit:
                del numbers[limit - 1 :]
                break
        return [*numbers, END]

    def _numbers_of(self, word: str) -> tuple[int, ...]:
        # A pasted file without blanks is one "word": it must not stay in memory.
        return self._remembered(word) if len(word) <= _LONGEST_CACHED_WORD else self._cut(word)

    def _cut(self, word: str) -> tuple[int, ...]:
        """Viterbi: the cut with the highest sum of log-probabilities."""
        best = [0.0] + [-math.inf] * len(word)
        came_from = [(0, UNKNOWN)] * (len(word) + 1)
        for begin in range(len(word)):
            for end, score, number in self._pieces_at(word, begin):
                if best[begin] + score > best[end]:
                    best[end] = best[begin] + score
                    came_from[end] = (begin, number)
        return tuple(_without_unknown_runs(_walk_back(came_from)))

    def _pieces_at(self, word: str, begin: int) -> Iterator[tuple[int, float, int]]:
        """Every piece that starts at ``begin``, then the unknown character."""
        for end in range(begin + 1, min(len(word), begin + self._longest) + 1):
            if found := self._pieces.get(word[begin:end]):
                yield end, *found
        yield begin + 1, self._unknown_score, UNKNOWN


def normalised(text: str) -> str:
    """Fold a text as the model's training data was folded.

    Compatibility forms become plain ones (NFKC), every kind of blank one blank, invisible signs nothing.

    >>> normalised("ﬁnal\\u00a0½\\u200b  price…")
    'final 1⁄2 price...'

    Source:
        SentencePiece's ``nmt_nfkc`` rule, https://github.com/google/sentencepiece/blob/master/doc/normalization.md.
    """
    folded = unicodedata.normalize("NFKC", _BLANK.sub(" ", _INVISIBLE.sub("", text)))
    return " ".join(filter(None, folded.split(" ")))


def _walk_back(came_from: list[tuple[int, int]]) -> list[int]:
    numbers = []
    end = len(came_from) - 1
    while end > 0:
        end, number = came_from[end]
        numbers.append(number)
    return numbers[::-1]


def _without_unknown_runs(numbers: list[int]) -> Iterator[int]:
    for number, run in groupby(numbers):
        yield from [number] if number == UNKNOWN else run
