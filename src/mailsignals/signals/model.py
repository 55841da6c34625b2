"""A model: an encoder, the heads on top of it, and what is known of both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from mailsignals.signals.heads import Heads
from mailsignals.signals.segment import Sentence


class SentenceEncoder(Protocol):
    """Turns sentences into vectors."""

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        ...

    @property
    def fingerprint(self) -> str:
        """Identity of the encoder's files."""
        ...

    def encode(self, sentences: Sequence[Sentence]) -> NDArray[np.float32]:
        """Float array (sentences, dimensions), rows of length 1, in the order of ``sentences``."""
        ...


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled sentence that a model learnt from, kept to be shown beside what it finds.

    Args:
        id: The labelled mail it stands in.
        labels: Its tags; none for one that only looked like a signal.
    """

    id: str
    lang: str
    text: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Model:
    """Everything that is needed to tag a text.

    Args:
        name: As people call it, such as ``default``.
        version: Of the training run.
        fingerprint: Identity of heads and encoder together; taggings carry it.
        manifest: What ``manifest.json`` says, but for the hashes of the files.
        examples: Some of the sentences that it learnt from.
    """

    name: str
    version: str
    fingerprint: str
    heads: Heads = field(repr=False)
    encoder: SentenceEncoder = field(repr=False)
    manifest: Mapping[str, Any] = field(repr=False, default_factory=dict)
    examples: Sequence[Example] = field(repr=False, default=())

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags that this model knows, in the order of its columns."""
        return tuple(self.heads.tags)

    @property
    def thresholds(self) -> Mapping[str, float]:
        """Tag -> probability from which a sentence is evidence; above 1 where none may be."""
        return dict(zip(self.tags, self.heads.thresholds.tolist(), strict=True))

    @property
    def sure(self) -> Mapping[str, float]:
        """Tag -> probability from which evidence is sure."""
        return dict(zip(self.tags, self.heads.sure.tolist(), strict=True))

    def mended(self, sentence: Sentence) -> Sentence:
        """A sentence as encoder and heads read it: slips and words without their letters put right."""
        return Sentence(*map(self.heads.speller.mend, sentence))

    def probabilities(self, sentences: Sequence[Sentence], *, sift: bool = True) -> NDArray[np.float64]:
        """Float array (sentences, tags) of probabilities, rounded to six digits so that they repeat.

        Args:
            sift: Let the first stage rule sentences out, whose probabilities then are 0; they are never encoded.
        """
        found = np.zeros((len(sentences), len(self.tags)))
        if not sentences:
            return found
        read = [self.mended(sentence) for sentence in sentences]
        spelling = self.heads.spelling([sentence.text for sentence in read])
        passed = self.heads.may_show(spelling) if sift else np.ones(len(sentences), bool)
        rows = np.flatnonzero(passed).tolist()
        if rows:
            vectors = self.encoder.encode([read[row] for row in rows])
            found[rows] = self.heads.probabilities(spelling[rows], vectors).round(6)
        return found
