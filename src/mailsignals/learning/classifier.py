"""The scikit-learn estimator that fits a model's heads.

Logistic regressions are fitted on the encoder's vectors beside TF-IDF and marks, one a tag and one for the first
stage. Sentences that they were not fitted on then give every head Platt's scaling, so that 0.8 means eight in ten, and
all of them two thresholds: from one a sentence is evidence, from the other, higher one it is sure enough to be held
against a client; the band between is for a person to look at. They are those of writers held back for this or, where
there are none, every writer's in turn by cross-validation.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from mailsignals.signals import marks
from mailsignals.signals.heads import Flags, Floats, Heads, features, margins, sigmoid
from mailsignals.signals.speller import known_words
from mailsignals.signals.terms import CHARS, WORD, WORDS, Terms

Rows = tuple[Sequence[str], Floats, Flags]
"""Sentences, their vectors and their labels."""

_MINIMUM_FOUND = 5
"""Sentences that must lie above a threshold before its precision is believed."""

_LEAST_SURE = 0.3
"""No sentence that is less probable than this is evidence, however well a small corpus is told apart."""

_NEVER = 1.01
"""A threshold that no probability reaches."""

_SURELY_NOT = -10.0
"""Log-odds of a tag that no row of a fold shows; their opposite, of one that all show."""


class SignalClassifier(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Multi-label classifier of sentences, one head a tag.

    Args:
        tags: Names of the columns of ``labels`` and of everything that is returned.
        strength: ``C`` of the logistic regressions; larger fits closer.
        words_weight: Length of the TF-IDF part beside the vector's length of 1.
        marks_weight: What a mark of `signals.marks` counts beside them.
        chars: Most character n-grams (2 to 5, within words) that are kept, most frequent first.
        words: Most word n-grams (1 and 2) that are kept.
        precision: Share of the sentences above the threshold that shall be right, in (0, 1].
        sure_precision: The same for those that are sure.
        recall_floor: Share of the tagged sentences that must lie above the threshold, whatever the precision.
        first_recall: Share of the acts of each tag (runs of its sentences) of which the first stage lets one pass.
        first_strength: Its ``C``.
        folds: Folds of the cross-validation behind calibration, thresholds and the first stage.
        random_state: Seed of the solver.
        n_jobs: Heads fitted side by side, as in joblib.

    Attributes:
        heads_: What was fitted.
    """

    def __init__(
        self,
        tags: Sequence[str] = (),
        *,
        strength: float = 10.0,
        words_weight: float = 1.0,
        marks_weight: float = 0.3,
        chars: int = 24_000,
        words: int = 8_000,
        precision: float = 0.84,
        sure_precision: float = 0.93,
        recall_floor: float = 0.25,
        first_recall: float = 0.995,
        first_strength: float = 1.0,
        folds: int = 5,
        random_state: int = 0,
        n_jobs: int | None = None,
    ) -> None:
        self.tags = tags
        self.strength = strength
        self.words_weight = words_weight
        self.marks_weight = marks_weight
        self.chars = chars
        self.words = words
        self.precision = precision
        self.sure_precision = sure_precision
        self.recall_floor = recall_floor
        self.first_recall = first_recall
        self.first_strength = first_strength
        self.folds = folds
        self.random_state = random_state
        self.n_jobs = n_jobs

    def fit(
        self,
        texts: Sequence[str],
        vectors: Floats,
        labels: Flags,
        groups: Sequence[str],
        *,
        known: Flags | None = None,
        held_back: Rows | None = None,
    ) -> SignalClassifier:
        """Learn the heads, their calibration and their thresholds.

        Args:
            texts: Sentences.
            vectors: Float array (sentences, dimensions) of the encoder, rows as ``texts``.
            labels: Bool array (sentences, tags), columns as ``tags``.
            groups: Who wrote each sentence; one writer is never on both sides of a fold.
            known: Bool array (sentences, tags), where a tag was looked for; a head is fitted on those rows only. None:
                everywhere.
            held_back: Sentences of other writers to calibrate on. An encoder that was tuned on ``texts`` needs them:
                it has seen the answers that cross-validation would hide.
        """
        chars, words = (
            _learn_terms(texts, _char_options(), self.chars),
            _learn_terms(texts, _word_options(), self.words),
        )
        terms = Terms(chars, words, words_weight=self.words_weight, marks_weight=self.marks_weight)
        spelling, mean = terms.spelling(texts), vectors.mean(axis=0)
        rows = features(spelling, vectors - mean)
        known = np.ones(labels.shape, bool) if known is None else known
        once = _first_of_each(texts, groups)
        first_coef, first_threshold = self._first_stage(
            spelling[once], labels[once], known[once], [groups[row] for row in once]
        )
        coef, intercept = self._heads(rows, labels, known)
        if held_back:
            unseen, truth = features(terms.spelling(held_back[0]), held_back[1] - mean), held_back[2]
            scores, judged = margins(unseen, coef, intercept), np.ones(truth.shape, bool)
        else:
            scores, truth, judged = self._unseen_margins(rows, labels, known, groups), labels, known
        slope, offset = _platt(scores, truth, judged)
        probabilities = sigmoid(scores * slope + offset)
        # One for all tags: calibrated probabilities mean the same everywhere, and a tag's own few dozen sentences are
        # too few to choose on (macro F1 of held-out dev writers .792 with one threshold, .772 with nineteen).
        shown, sure = (
            choose_threshold(probabilities[judged], truth[judged], precision, self.recall_floor)
            for precision in (self.precision, self.sure_precision)
        )
        thresholds = np.full(labels.shape[1], max(shown, _LEAST_SURE))
        self.heads_ = Heads(
            tags=self.tags,
            settings={key: value for key, value in self.get_params().items() if key not in {"tags", "n_jobs"}},
            words=np.array(known_words([texts[row] for row in once])),
            char_terms=chars[0],
            char_idf=chars[1],
            word_terms=words[0],
            word_idf=words[1],
            words_weight=np.array(self.words_weight),
            marks_weight=np.array(self.marks_weight),
            mean=mean,
            marks=np.array(marks.version()),
            first_coef=first_coef,
            first_threshold=first_threshold,
            coef=coef,
            intercept=intercept,
            slope=slope,
            offset=offset,
            thresholds=thresholds,
            sure=np.maximum(thresholds, sure),
        )
        return self

    def _first_stage(
        self, spelling: sparse.csr_matrix, labels: Flags, known: Flags, groups: Sequence[str]
    ) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        """One head for "any tag at all", and the score that enough of every tag reaches with writers not yet seen."""
        shown: Flags = np.any(labels, axis=1)
        told: Flags = shown | known.all(axis=1)
        scores = np.empty(len(shown))
        for seen, unseen in GroupKFold(min(self.folds, len(set(groups)))).split(spelling, groups=groups):
            own = seen[told[seen]]
            coef, intercept = _fit_head(spelling[own], shown[own], self.first_strength, self.random_state)
            scores[unseen] = spelling[unseen] @ coef + intercept
        first_coef, intercept = _fit_head(spelling[told], shown[told], self.first_strength, self.random_state)
        acts = [_strongest_of_runs(scores, own) for own in labels.T if own.any()]
        reached = [np.quantile(own, 1 - self.first_recall, method="lower") for own in acts]
        return first_coef, np.array(min(reached, default=-np.inf) - intercept)

    def _heads(
        self, rows: sparse.csr_matrix, labels: Flags, known: Flags
    ) -> tuple[NDArray[np.float16], NDArray[np.float64]]:
        heads = Parallel(n_jobs=self.n_jobs, prefer="threads")(
            delayed(_fit_head)(rows[own], labels[own, k], self.strength, self.random_state)
            for k, own in enumerate(known.T)
        )
        return np.array([coef for coef, _ in heads], np.float16), np.array([intercept for _, intercept in heads])

    def _unseen_margins(self, rows: sparse.csr_matrix, labels: Flags, known: Flags, groups: Sequence[str]) -> Floats:
        """Margins of every row by heads that saw none of its writer's rows."""
        found = np.empty(labels.shape, np.float64)
        folds = GroupKFold(min(self.folds, len(set(groups))))
        for seen, unseen in folds.split(rows, groups=groups):
            found[unseen] = margins(rows[unseen], *self._heads(rows[seen], labels[seen], known[seen]))
        return found


def choose_threshold(probabilities: Floats, truth: Flags, precision: float, recall_floor: float) -> float:
    """The lowest threshold above which the stated share of sentences is right.

    Where no threshold does that without losing more than the recall floor allows, the one with the highest precision
    at that floor is taken. A precision over fewer than five sentences is luck and is not considered.

    >>> choose_threshold(np.linspace(0.1, 1, 10), np.arange(10) >= 4, 0.75, 0.2)
    0.25
    """
    order = np.argsort(-probabilities, kind="stable")
    ranked, hits = probabilities[order], np.cumsum(truth[order])
    found = np.arange(1, len(ranked) + 1)
    usable = (hits >= recall_floor * truth.sum()) & (found >= _MINIMUM_FOUND) & (hits > 0)
    usable[:-1] &= ranked[:-1] > ranked[1:]
    if not usable.any():
        return _NEVER
    reached = np.where(usable, hits / found, -1.0)
    good = np.flatnonzero(reached >= precision)
    last = int(good[-1]) if len(good) else int(np.argmax(reached))
    below = ranked[last + 1] if last + 1 < len(ranked) else 0.0
    return round(float((ranked[last] + below) / 2), 6)


def _first_of_each(texts: Sequence[str], groups: Sequence[str]) -> list[int]:
    """Rows whose words come from their writer for the first time."""
    first = {(text, group): row for row, (text, group) in reversed(list(enumerate(zip(texts, groups, strict=True))))}
    return sorted(first.values())


def _strongest_of_runs(scores: Floats, own: Flags) -> Floats:
    """The highest score of each run of neighbouring rows that are flagged."""
    rows = np.flatnonzero(own)
    return np.array([scores[run].max() for run in np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1)])


def _char_options() -> dict[str, Any]:
    return {"analyzer": "char_wb", "ngram_range": CHARS, "sublinear_tf": True, "dtype": np.float32}


def _word_options() -> dict[str, Any]:
    return {"token_pattern": WORD, "ngram_range": WORDS, "sublinear_tf": True, "dtype": np.float32}


def _learn_terms(texts: Sequence[str], options: dict[str, Any], most: int) -> tuple[NDArray[Any], NDArray[np.float32]]:
    learnt = TfidfVectorizer(**options, min_df=2, max_features=most).fit(texts)
    return np.array(learnt.get_feature_names_out().tolist()), learnt.idf_.astype(np.float32)


def _fit_head(
    features: sparse.csr_matrix, truth: Flags, strength: float, random_state: int
) -> tuple[NDArray[np.float32], float]:
    if truth.all() or not truth.any():
        return np.zeros(features.shape[1], np.float32), -_SURELY_NOT if truth.all() else _SURELY_NOT
    # The dual problem has one variable a sentence, the primal one a feature: the same head sixteen times sooner.
    options = {"solver": "liblinear", "dual": True, "max_iter": 2000}
    head = LogisticRegression(C=strength, class_weight="balanced", random_state=random_state, **options)
    head.fit(features, truth)
    return head.coef_[0].astype(np.float32), float(head.intercept_[0])


def _platt(margins: Floats, labels: Flags, known: Flags) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Slope and offset per tag that turn margins into log-odds.

    Source: J. Platt, Probabilistic outputs for support vector machines, 1999.
    """
    fitted = [_scale(margins[own][:, [k]], labels[own, k]) for k, own in enumerate(known.T)]
    return np.array([slope for slope, _ in fitted]), np.array([offset for _, offset in fitted])


def _scale(margins: Floats, truth: Flags) -> tuple[float, float]:
    if truth.all() or not truth.any():
        return 1.0, 0.0  # nothing to learn from; the margin stands for itself
    fitted = LogisticRegression(C=100.0).fit(margins, truth)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])
