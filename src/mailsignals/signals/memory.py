"""An encoder that remembers: however often the heads are trained anew, a sentence is encoded once."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from mailsignals.signals.model import SentenceEncoder
from mailsignals.signals.segment import Sentence


class VectorMemory(Protocol):
    """Where vectors are kept."""

    def vectors(self, encoder: str, keys: Collection[bytes]) -> Mapping[bytes, bytes]:
        """What is known under the keys."""
        ...

    def save_vectors(self, encoder: str, vectors: Mapping[bytes, bytes]) -> None:
        """Keep more of them."""
        ...


class RememberingEncoder:
    """A ``SentenceEncoder`` that asks another one only for what the memory does not hold.

    A vector is kept under a hash of its sentence and the one before it, as 16-bit floats, to which encoders round.
    """

    def __init__(self, encoder: SentenceEncoder, memory: VectorMemory) -> None:
        self._encoder = encoder
        self._memory = memory

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return self._encoder.dimensions

    @property
    def fingerprint(self) -> str:
        """Identity of the encoder behind it."""
        return self._encoder.fingerprint

    def encode(self, sentences: Sequence[Sentence]) -> NDArray[np.float32]:
        """Float array (sentences, dimensions), as the encoder behind it gives."""
        keys = [_key(sentence) for sentence in sentences]
        known = dict(self._memory.vectors(self.fingerprint, set(keys)))
        new = {key: sentence for key, sentence in zip(keys, sentences, strict=True) if key not in known}
        if new:
            vectors = self._encoder.encode(list(new.values())).astype(np.float16)
            packed = {key: vector.tobytes() for key, vector in zip(new, vectors, strict=True)}
            self._memory.save_vectors(self.fingerprint, packed)
            known |= packed
        rows = b"".join(known[key] for key in keys)
        return np.frombuffer(rows, np.float16).reshape(len(keys), self.dimensions).astype(np.float32)


class BriefMemory:
    """A ``VectorMemory`` for as long as the process lives."""

    def __init__(self) -> None:
        self._kept: dict[bytes, bytes] = {}

    def vectors(self, encoder: str, keys: Collection[bytes]) -> Mapping[bytes, bytes]:
        """See ``VectorMemory``; one encoder is all it is asked about."""
        return {key: self._kept[key] for key in keys if key in self._kept}

    def save_vectors(self, encoder: str, vectors: Mapping[bytes, bytes]) -> None:
        """See ``VectorMemory``."""
        self._kept.update(vectors)


def _key(sentence: Sentence) -> bytes:
    words = f"{sentence.text}\0{sentence.before}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(words, digest_size=16).digest()
