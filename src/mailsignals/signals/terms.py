"""What a sentence's words weigh as written: TF-IDF of their n-grams, and marks.

scikit-learn learns the terms (`learning.classifier`), but reading does without it, since importing it takes a second:
character n-grams within words and word n-grams are those of its ``TfidfVectorizer`` with sublinear counts, number for
number, which a test compares.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from mailsignals.signals.marks import kinds, marks

Analyse: TypeAlias = Callable[[str], Iterator[str]]
"""Text -> its terms, each as often as it stands there."""

CHARS, WORDS = (2, 5), (1, 2)
"""Shortest and longest n-gram of each kind."""

WORD = r"(?u)\b\w+\b|[?!]+"
"""What counts as a word."""

_WORD = re.compile(WORD)


def char_terms(text: str) -> Iterator[str]:
    """The n-grams of every word between two blanks.

    >>> list(char_terms("No!"))[-4:]
    ['o! ', ' no!', 'no! ', ' no! ']
    """
    shortest, longest = CHARS
    for word in text.lower().split():
        padded = f" {word} "
        for size in range(shortest, min(longest, len(padded)) + 1):
            for start in range(len(padded) - size + 1):
                yield padded[start : start + size]


def word_terms(text: str) -> Iterator[str]:
    """The words, question and exclamation marks of a text, and every two neighbours.

    >>> list(word_terms("Still no logo?"))
    ['still', 'no', 'logo', '?', 'still no', 'no logo', 'logo ?']
    """
    words = _WORD.findall(text.lower())
    for size in range(WORDS[0], WORDS[1] + 1):
        for start in range(len(words) - size + 1):
            yield " ".join(words[start : start + size])


class Tfidf:
    """Weights of known terms in a text.

    Args:
        analyse: `char_terms` or `word_terms`.
        terms: Those that are counted, in the order of the columns.
        idf: Inverse document frequency of each.
    """

    def __init__(self, analyse: Analyse, terms: Sequence[str], idf: NDArray[np.float32]) -> None:
        self._analyse = analyse
        self._columns: Mapping[str, int] = {term: column for column, term in enumerate(terms)}
        self._idf = idf

    def transform(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """Sparse array (texts, terms): ``(1 + ln count) * idf``, rows of length 1."""
        columns: list[int] = []
        counts: list[int] = []
        ends = [0]
        for text in texts:
            found = Counter(column for term in self._analyse(text) if (column := self._columns.get(term)) is not None)
            columns.extend(found)
            counts.extend(found.values())
            ends.append(len(columns))
        values = (1 + np.log(np.array(counts, np.float32))) * self._idf[columns]
        found_terms = sparse.csr_matrix((values, columns, ends), shape=(len(texts), len(self._columns)))
        found_terms.sort_indices()
        return _of_length_one(found_terms)


class Terms:
    """The n-grams that are counted, and what they and the marks of a sentence weigh.

    Args:
        chars: Character n-grams within words, and the inverse document frequency of each.
        words: Word n-grams, and the same.
        words_weight: Length of the TF-IDF part of a row.
        marks_weight: What a mark of `signals.marks` counts.
    """

    def __init__(
        self,
        chars: tuple[NDArray[np.str_], NDArray[np.float32]],
        words: tuple[NDArray[np.str_], NDArray[np.float32]],
        *,
        words_weight: float,
        marks_weight: float,
    ) -> None:
        self.names = [*chars[0].tolist(), *words[0].tolist(), *(f"[{kind}]" for kind in kinds())]
        self._counted = (
            Tfidf(char_terms, chars[0].tolist(), chars[1]),
            Tfidf(word_terms, words[0].tolist(), words[1]),
        )
        self._words_weight = words_weight
        self._marks_weight = marks_weight

    def spelling(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """Sparse array (texts, names): character n-grams, word n-grams, marks."""
        words = _of_length_one(sparse.hstack([own.transform(texts) for own in self._counted], format="csr"))
        return beside(words * self._words_weight, marks(texts) * self._marks_weight)


def beside(*parts: NDArray[np.floating[Any]] | sparse.csr_matrix) -> sparse.csr_matrix:
    """The columns of all parts in one sparse array."""
    return sparse.hstack([sparse.csr_matrix(part) for part in parts], format="csr")


def _of_length_one(rows: sparse.csr_matrix) -> sparse.csr_matrix:
    """The rows scaled to length 1; one of zeros stays."""
    squares: NDArray[Any] = np.asarray(rows.multiply(rows).sum(axis=1)).ravel()
    lengths = np.sqrt(np.where(squares > 0, squares, 1))
    scaled: sparse.csr_matrix = rows.multiply(1 / lengths[:, None]).tocsr()
    return scaled
