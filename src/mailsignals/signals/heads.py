"""Sentences in, a calibrated probability per signal out: what a model has learnt, as arrays of numbers and words.

A head per tag is a logistic regression over the sentence encoder's vector, TF-IDF of the words as written and a few
marks (amounts, dates, negation ...). A first stage, which goes by the words and marks alone, rules out sentences that
show no tag at all, so that the encoder, a hundred times slower, need not read them.

scikit-learn fits them (`learning.classifier`). To read with them takes numpy and scipy, which load in a fifth of the
time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from mailsignals.signals.speller import Speller
from mailsignals.signals.terms import Terms, beside

Floats = NDArray[np.floating[Any]]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False, kw_only=True)
class Heads:
    """Multi-label classifier of sentences, one head a tag, as it was fitted.

    Args:
        tags: Names of the columns of everything that is returned.
        settings: What the fitting was told, for the manifest.
        words: Those that are taken as well spelt.
        char_terms: Character n-grams that are counted.
        char_idf: Inverse document frequency of each.
        word_terms: Word n-grams that are counted.
        word_idf: The same of each.
        words_weight: Length of the TF-IDF part beside the vector's length of 1.
        marks_weight: What a mark counts beside them.
        mean: Mean of the vectors that were learnt from.
        marks: Version of the marks that were counted.
        first_coef: The first stage's weights, one a column of `spelling`.
        first_threshold: What a sentence's sum of them must reach.
        coef: Array (tags, dimensions of a vector + columns of `spelling`).
        intercept: One a tag.
        slope: Platt's scaling of the log-odds, one a tag.
        offset: The same.
        thresholds: Probability from which a sentence is evidence, one a tag; above 1 where none may be.
        sure: Probability from which it is sure enough to be held against a client.
    """

    tags: Sequence[str]
    settings: Mapping[str, Any]
    words: NDArray[np.str_]
    char_terms: NDArray[np.str_]
    char_idf: NDArray[np.float32]
    word_terms: NDArray[np.str_]
    word_idf: NDArray[np.float32]
    words_weight: NDArray[np.float64]
    marks_weight: NDArray[np.float64]
    mean: NDArray[np.float32]
    marks: NDArray[np.str_]
    first_coef: NDArray[np.float32]
    first_threshold: NDArray[np.float64]
    coef: NDArray[np.float16]
    intercept: NDArray[np.float64]
    slope: NDArray[np.float64]
    offset: NDArray[np.float64]
    thresholds: NDArray[np.float64]
    sure: NDArray[np.float64]

    @property
    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """What was learnt, by name: with the tags and settings, all of it."""
        return {name: getattr(self, name) for name in ARRAYS}

    @cached_property
    def speller(self) -> Speller:
        """What mends a sentence by the words of those that were learnt from."""
        return Speller(self.words.tolist())

    @cached_property
    def terms(self) -> Terms:
        """What is counted of a sentence's words."""
        return Terms(
            (self.char_terms, self.char_idf),
            (self.word_terms, self.word_idf),
            words_weight=float(self.words_weight),
            marks_weight=float(self.marks_weight),
        )

    def spelling(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """Sparse array (sentences, n-grams and marks): what the first stage goes by."""
        return self.terms.spelling(texts)

    def probabilities(self, spelling: sparse.csr_matrix, vectors: Floats) -> NDArray[np.float64]:
        """Float array (sentences, tags) of calibrated probabilities, columns as ``tags``."""
        return sigmoid(self.margins(spelling, vectors) * self.slope + self.offset)

    def margins(self, spelling: sparse.csr_matrix, vectors: Floats) -> Floats:
        """Float array (sentences, tags) of log-odds before calibration."""
        return margins(features(spelling, vectors - self.mean), self.coef, self.intercept)

    def may_show(self, spelling: sparse.csr_matrix) -> Flags:
        """Bool array (sentences,): which of them the first stage does not rule out, by their `spelling`."""
        passed: Flags = spelling @ self.first_coef.astype(np.float64) >= self.first_threshold
        return passed


ARRAYS = tuple(own.name for own in fields(Heads) if own.name not in {"tags", "settings"})


def features(spelling: sparse.csr_matrix, centred: Floats) -> sparse.csr_matrix:
    """Sparse array (sentences, dimensions + columns of ``spelling``), the columns of ``Heads.coef``."""
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    return beside(centred / np.where(lengths > 0, lengths, 1), spelling)


def margins(rows: sparse.csr_matrix, coef: NDArray[np.floating[Any]], intercept: NDArray[np.float64]) -> Floats:
    """Float array (sentences, tags) of log-odds by these heads."""
    found: Floats = rows @ coef.T.astype(np.float64) + intercept
    return found


def sigmoid(values: Floats) -> NDArray[np.float64]:
    """Log-odds as probabilities."""
    return 1 / (1 + np.exp(-np.clip(values, -30, 30), dtype=np.float64))
