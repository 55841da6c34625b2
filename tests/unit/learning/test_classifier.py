from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from sklearn.base import clone

from mailsignals.learning.classifier import SignalClassifier, choose_threshold
from mailsignals.learning.train import rows_of
from mailsignals.signals.heads import Heads
from support.fake_encoder import FakeEncoder
from support.tiny_corpus import SAYINGS, tiny_corpus

TAGS = tuple(SAYINGS)
ROWS = rows_of(tiny_corpus(), TAGS)
VECTORS = FakeEncoder().encode(ROWS.sentences)


def fitted(**settings: object) -> Heads:
    return SignalClassifier(TAGS, folds=2, **settings).fit(ROWS.texts, VECTORS, ROWS.labels, ROWS.groups).heads_


def probabilities(heads: Heads, texts: Sequence[str], vectors: np.ndarray) -> np.ndarray:
    return heads.probabilities(heads.spelling(texts), vectors)


def test_it_learns_what_it_is_shown() -> None:
    model = fitted()
    found = probabilities(model, ROWS.texts, VECTORS) >= model.thresholds
    assert (found == ROWS.labels).mean() > 0.97


def test_probabilities_are_probabilities() -> None:
    found = probabilities(fitted(), ROWS.texts, VECTORS)
    assert found.shape == ROWS.labels.shape
    assert found.min() >= 0
    assert found.max() <= 1


def test_the_same_rows_give_the_same_model() -> None:
    one, other = (probabilities(fitted(), ROWS.texts, VECTORS) for _ in range(2))
    assert np.array_equal(one, other)


def test_a_sentence_s_probability_does_not_depend_on_its_neighbours() -> None:
    model = fitted()
    alone = probabilities(model, ROWS.texts[:1], VECTORS[:1])
    assert np.allclose(alone, probabilities(model, ROWS.texts, VECTORS)[:1])


def test_it_can_be_cloned_with_its_settings() -> None:
    settings = clone(SignalClassifier(TAGS, strength=3.0, precision=0.9)).get_params()
    assert (settings["tags"], settings["strength"], settings["precision"]) == (TAGS, 3.0, 0.9)


def test_a_tag_without_rows_is_never_found() -> None:
    labels = np.hstack([ROWS.labels[:, :1], np.zeros((len(ROWS.texts), 1), bool)])
    labels[0, 1] = True  # one row alone: no fold that leaves it out has any
    model = SignalClassifier(("appreciation", "distrust"), folds=2).fit(ROWS.texts, VECTORS, labels, ROWS.groups).heads_
    found = probabilities(model, ROWS.texts[5:], VECTORS[5:]) >= model.thresholds
    assert model.thresholds[1] > 1 or not found[:, 1].any()


def test_the_first_stage_lets_pass_what_shows_something() -> None:
    model = fitted(first_recall=0.9)
    passed, tagged = model.may_show(model.spelling(ROWS.texts)), ROWS.labels.any(axis=1)
    assert passed[tagged].mean() >= 0.9
    assert passed[~tagged].mean() < 0.5


def test_the_first_stage_lets_more_pass_the_less_it_may_miss() -> None:
    strict, lax = (model.may_show(model.spelling(ROWS.texts)) for model in (fitted(first_recall=0.5), fitted()))
    assert strict.sum() < lax.sum()


def test_the_threshold_is_the_lowest_that_keeps_the_precision() -> None:
    truth = np.array([1, 1, 1, 1, 0, 1, 0, 0, 0, 0], bool)
    scores = np.linspace(1.0, 0.1, 10)
    threshold = choose_threshold(scores, truth, 0.8, 0.2)
    assert (scores >= threshold).sum() == 6


def test_a_precision_out_of_reach_gives_way_to_the_recall_floor() -> None:
    truth = np.array([0, 0, 1, 1, 0, 0, 1, 0, 0, 0], bool)
    scores = np.linspace(1.0, 0.1, 10)
    threshold = choose_threshold(scores, truth, 0.9, 0.5)
    assert (truth & (scores >= threshold)).sum() >= 2


def test_equal_scores_lie_on_one_side_of_the_threshold() -> None:
    scores = np.array([0.9] * 5 + [0.5] * 5)
    threshold = choose_threshold(scores, scores > 0.6, 0.9, 0.2)
    assert 0.5 < threshold < 0.9


@pytest.mark.parametrize("truth", [np.zeros(20, bool), np.arange(20) == 19])
def test_a_tag_that_is_not_found_gets_a_threshold_out_of_reach(truth: np.ndarray) -> None:
    scores = np.concatenate([np.full(19, 0.2), [0.1]])
    assert choose_threshold(scores[:4], truth[:4], 0.75, 0.2) > 1


def test_labels_that_were_asked_for_apart_can_be_learnt() -> None:
    """Each mail was looked at for one tag only: no sentence is known to show none, so the first stage passes all."""
    known = np.zeros(ROWS.labels.shape, bool)
    known[np.arange(len(known)), np.arange(len(known)) % known.shape[1]] = True
    model = (
        SignalClassifier(TAGS, folds=2).fit(ROWS.texts, VECTORS, ROWS.labels & known, ROWS.groups, known=known).heads_
    )
    assert model.may_show(model.spelling(ROWS.texts)).all()
