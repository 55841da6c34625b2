"""Probabilities of sentences become evidence: the spans that are shown to a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from mailsignals.types import Evidence

JOINS = 0.2
"""Probability from which a sentence beside evidence belongs to it: an act often takes two sentences, and the second
says little alone. Of dev's labelled spans that were found, .96 are then covered by more than half, .93 without."""


def find_evidence(
    ranges: Sequence[tuple[int, int]],
    probabilities: NDArray[np.float64],
    tags: Sequence[str],
    thresholds: NDArray[np.float64],
    sure: NDArray[np.float64],
) -> tuple[Evidence, ...]:
    """Spans above their tag's threshold, by position, with the neighbouring sentences that belong to them.

    Args:
        ranges: The sentences of one text, in order.
        probabilities: Float array (sentences, tags), columns as ``tags``.
        thresholds: Float array (tags,), from which a sentence is evidence.
        sure: The same, from which it is sure.

    Returns:
        Evidence whose score is that of its strongest sentence.
    """
    spans = []
    for k, tag in enumerate(tags):
        scores = probabilities[:, k]
        for first, last in _runs(_with_neighbours(scores, thresholds[k])):
            peak = float(scores[first:last].max())
            spans.append(Evidence(tag, ranges[first][0], ranges[last - 1][1], peak, bool(peak >= sure[k])))
    return tuple(sorted(spans, key=lambda span: (span.start, span.end, span.label)))


def _with_neighbours(scores: NDArray[np.float64], threshold: float) -> NDArray[np.bool_]:
    """The sentences above the threshold, and of those right beside them the ones that belong to the act."""
    found = scores >= threshold
    beside = np.zeros_like(found)
    beside[1:] |= found[:-1]
    beside[:-1] |= found[1:]
    widened: NDArray[np.bool_] = found | (beside & (scores >= JOINS))
    return widened


def _runs(flags: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Half-open index ranges of the stretches that are true."""
    steps = np.diff(np.concatenate([[0], flags.astype(np.int8), [0]]))
    yield from zip(np.flatnonzero(steps == 1).tolist(), np.flatnonzero(steps == -1).tolist(), strict=True)
