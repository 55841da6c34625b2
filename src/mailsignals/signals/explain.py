"""Why a text got a tag: which words carry the probability, what the tag means, and what like it was labelled."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mailsignals.signals.catalogue import catalogue
from mailsignals.signals.model import Example, Model
from mailsignals.signals.segment import Sentence, in_context, sentences

_CLAUSE = re.compile(r"[^,;:–—()]+[,;:–—()]*\s*")
_WORDS_IN_GROUP = 3
_TERMS_SHOWN = 8
_NEAREST = 3

_HOSTILE = ("aggression", "antipathy")
_SUBSTANTIAL = "constructive_criticism"
"""The two axes of tone, each with heads of its own, so that a sentence can lie high on both."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of the sentence and how much they carry.

    Args:
        start: First code point in the text.
        end: One past the last.
        drop: Probability of the whole sentence minus that of the sentence without these words, in [-1, 1].
    """

    start: int
    end: int
    drop: float


@dataclass(frozen=True, slots=True)
class Term:
    """An n-gram or mark of the sentence and what it adds to the log-odds before calibration."""

    term: str
    weight: float


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A labelled sentence that the model learnt from, and its cosine to the explained one, in [-1, 1]."""

    example: Example
    likeness: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """A tag's strongest sentence in a text, taken apart.

    Args:
        start: First code point of the sentence in the text.
        end: One past its last.
        probability: Of the tag for this sentence.
        threshold: From which it would be evidence; above 1 where the model never shows the tag.
        sure: From which it would be held against a client.
        meaning: The catalogue's definition.
        meaning_not: What the catalogue takes out of it.
        pieces: Clauses or groups of words by position; together they are the sentence.
        hostility: Probability that the sentence attacks or dislikes somebody; None for a model that cannot tell.
        substance: Probability that it names what is wrong with the work, so that one can act on it. Both high: harsh
            but specific. Hostility alone: nothing to act on, however polite.
        is_ruled_out: Whether the first stage passes the sentence over, so that it is never evidence.
        terms: The n-grams with the largest weights, strongest first.
        nearest: Labelled sentences of the tag, or of none, that lie nearest.
    """

    tag: str
    start: int
    end: int
    probability: float
    threshold: float
    sure: float
    meaning: str
    meaning_not: str
    pieces: tuple[Piece, ...]
    hostility: float | None
    substance: float | None
    is_ruled_out: bool
    terms: tuple[Term, ...]
    nearest: tuple[Neighbour, ...]


def explain(model: Model, text: str, tag: str, answered: str = "") -> Explanation | None:
    """Take the tag's strongest sentence apart by leaving out one clause or group of words at a time.

    Args:
        answered: Own words of the message that the text answers, where it is known.

    Returns:
        The explanation, or None for a text without words.

    Raises:
        KeyError: The model or the catalogue has no such tag.
    """
    if tag not in model.tags:
        raise KeyError(tag)
    ranges = sentences(text)
    if not ranges:
        return None
    column = model.tags.index(tag)
    read = in_context(text, ranges, answered)
    scores = model.probabilities(read, sift=False)
    mended = [model.mended(sentence) for sentence in read]
    passed = model.heads.may_show(model.heads.spelling([sentence.text for sentence in mended]))
    best = int(np.argmax(scores[:, column] + passed))  # what was passed over is only told where nothing else is there
    start, end = ranges[best]
    probability = float(scores[best, column])
    of_tag = dict(zip(model.tags, scores[best].tolist(), strict=True))
    signal = catalogue()[tag]
    return Explanation(
        tag=tag,
        start=start,
        end=end,
        probability=probability,
        threshold=model.thresholds[tag],
        sure=model.sure[tag],
        meaning=signal.meaning,
        meaning_not=signal.meaning_not,
        pieces=_pieces(model, read[best], start, column, probability),
        hostility=max((of_tag[name] for name in _HOSTILE if name in of_tag), default=None),
        substance=of_tag.get(_SUBSTANTIAL),
        is_ruled_out=not passed[best],
        terms=_terms(model, mended[best].text, column),
        nearest=_nearest(model, mended[best], tag),
    )


def _pieces(model: Model, sentence: Sentence, offset: int, column: int, whole: float) -> tuple[Piece, ...]:
    words = sentence.text
    groups = _groups(words)
    without = [(words[:start] + words[end:]).strip() for start, end in groups]
    left = model.probabilities([Sentence(rest, sentence.before) for rest in without], sift=False)[:, column].tolist()
    return tuple(
        Piece(offset + start, offset + end, round(whole - probability, 6) if rest else whole)
        for (start, end), rest, probability in zip(groups, without, left, strict=True)
    )


def _groups(sentence: str) -> list[tuple[int, int]]:
    """Ranges of the clauses; of a sentence that is one clause, those of every three words."""
    clauses = [match.span() for match in _CLAUSE.finditer(sentence)]
    if len(clauses) > 1 and clauses[0][0] == 0:
        return clauses
    words = [match.start() for match in re.finditer(r"\S+", sentence)]
    starts = words[::_WORDS_IN_GROUP]
    return list(zip(starts, [*starts[1:], len(sentence)], strict=True))


def _nearest(model: Model, sentence: Sentence, tag: str) -> tuple[Neighbour, ...]:
    told = [example for example in model.examples if tag in example.labels or not example.labels]
    if not told:
        return ()
    vectors = model.encoder.encode([sentence, *(Sentence(example.text) for example in told)])
    own, *others = vectors - model.heads.mean
    lengths = np.linalg.norm(others, axis=1) * np.linalg.norm(own)
    likeness = np.array(others) @ own / np.where(lengths > 0, lengths, 1)
    order = np.argsort(-likeness, kind="stable")[:_NEAREST].tolist()
    return tuple(Neighbour(told[i], round(float(likeness[i]), 4)) for i in order)


def _terms(model: Model, sentence: str, column: int) -> tuple[Term, ...]:
    heads = model.heads
    row = heads.spelling([sentence]).toarray()[0]
    added = row * heads.coef[column, model.encoder.dimensions :]
    strongest = np.argsort(-np.abs(added), kind="stable")[:_TERMS_SHOWN]
    return tuple(_named(heads.terms.names, added, strongest.tolist()))


def _named(names: Sequence[str], added: np.ndarray[tuple[int], np.dtype[np.float64]], order: list[int]) -> list[Term]:
    return [Term(names[i], round(float(added[i]), 4)) for i in order if added[i]]
