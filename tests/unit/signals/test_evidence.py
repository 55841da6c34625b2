from __future__ import annotations

import numpy as np

from mailsignals.signals.evidence import find_evidence
from mailsignals.types import Evidence

RANGES = [(0, 10), (11, 20), (22, 30)]


def test_neighbouring_sentences_of_one_tag_are_one_span_with_the_strongest_score() -> None:
    scores = np.array([[0.7], [0.9], [0.1]])
    assert find_evidence(RANGES, scores, ["distrust"], np.array([0.5])) == (Evidence("distrust", 0, 20, 0.9),)


def test_a_gap_makes_two_spans() -> None:
    scores = np.array([[0.7], [0.1], [0.5]])
    assert [span.start for span in find_evidence(RANGES, scores, ["distrust"], np.array([0.5]))] == [0, 22]


def test_each_tag_has_its_own_threshold_and_spans_come_by_position() -> None:
    scores = np.array([[0.1, 0.6], [0.1, 0.2], [0.3, 0.2]])
    found = find_evidence(RANGES, scores, ["antipathy", "distrust"], np.array([0.3, 0.6]))
    assert [(span.label, span.start) for span in found] == [("distrust", 0), ("antipathy", 22)]


def test_no_sentences_show_nothing() -> None:
    assert find_evidence([], np.zeros((0, 1)), ["distrust"], np.array([0.0])) == ()
