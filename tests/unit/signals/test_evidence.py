from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mailsignals.signals.evidence import find_evidence
from mailsignals.types import Evidence

RANGES = [(0, 10), (11, 20), (22, 30)]


def found(scores: NDArray[np.float64], *tags: str, shown: float = 0.5, sure: float = 0.8) -> tuple[Evidence, ...]:
    return find_evidence(RANGES, scores, tags, np.full(len(tags), shown), np.full(len(tags), sure))


def test_neighbouring_sentences_of_one_tag_are_one_span_with_the_strongest_score() -> None:
    assert found(np.array([[0.7], [0.9], [0.1]]), "distrust") == (Evidence("distrust", 0, 20, 0.9),)


def test_a_sentence_too_weak_to_stand_alone_joins_the_evidence_beside_it() -> None:
    assert found(np.array([[0.9], [0.3], [0.1]]), "distrust") == (Evidence("distrust", 0, 20, 0.9),)
    assert found(np.array([[0.3], [0.3], [0.3]]), "distrust") == ()


def test_only_the_sentence_right_beside_it_joins() -> None:
    assert found(np.array([[0.9], [0.3], [0.3]]), "distrust") == (Evidence("distrust", 0, 20, 0.9),)


def test_a_gap_makes_two_spans() -> None:
    assert [span.start for span in found(np.array([[0.7], [0.1], [0.5]]), "distrust")] == [0, 22]


def test_evidence_below_the_second_threshold_is_unsure() -> None:
    spans = found(np.array([[0.79], [0.1], [0.8]]), "distrust")
    assert [span.is_sure for span in spans] == [False, True]


def test_each_tag_has_its_own_thresholds_and_spans_come_by_position() -> None:
    scores = np.array([[0.1, 0.6], [0.1, 0.1], [0.3, 0.1]])
    spans = find_evidence(RANGES, scores, ["antipathy", "distrust"], np.array([0.3, 0.6]), np.array([0.3, 0.7]))
    assert [(span.label, span.start, span.is_sure) for span in spans] == [
        ("distrust", 0, False),
        ("antipathy", 22, True),
    ]


def test_no_sentences_show_nothing() -> None:
    assert find_evidence([], np.zeros((0, 1)), ["distrust"], np.array([0.0]), np.array([0.0])) == ()
