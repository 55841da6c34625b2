"""Probabilities of sentences become evidence: the spans that are shown to a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from mailsignals.types import Evidence


def find_evidence(
    ranges: Sequence[tuple[int, int]],
    probabilities: NDArray[np.float64],
    tags: Sequence[str],
    thresholds: NDArray[np.float64],
) -> tuple[Evidence, ...]:
    """Spans above their tag's threshold, by position. Neighbouring sentences of one tag make one span.

    Args:
        ranges: The sentences of one text, in order.
        probabilities: Float array (sentences, tags), columns as ``tags``.
        thresholds: Float array (tags,).

    Returns:
        Evidence whose score is that of its strongest sentence.
    """
    found = probabilities >= thresholds
    spans = [
        Evidence(tag, ranges[first][0], ranges[last - 1][1], float(probabilities[first:last, k].max()))
        for k, tag in enumerate(tags)
        for first, last in _runs(found[:, k])
    ]
    return tuple(sorted(spans, key=lambda span: (span.start, span.end, span.label)))


def _runs(flags: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Half-open index ranges of the stretches that are true."""
    steps = np.diff(np.concatenate([[0], flags.astype(np.int8), [0]]))
    yield from zip(np.flatnonzero(steps == 1).tolist(), np.flatnonzero(steps == -1).tolist(), strict=True)
