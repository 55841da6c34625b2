"""A sentence is encoded once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mailsignals.signals.memory import RememberingEncoder
from mailsignals.signals.segment import Sentence
from support.fake_encoder import FakeEncoder
from support.fakes import MemoryStore

LATE, SORRY = Sentence("The money is late."), Sentence("Sorry!", "The money is late.")


class CountingEncoder(FakeEncoder):
    """Knows what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Sentence] = []

    def encode(self, sentences: Sequence[Sentence]) -> NDArray[np.float32]:
        self.asked += sentences
        return super().encode(sentences)


def test_what_it_has_seen_is_not_encoded_again() -> None:
    encoder, store = CountingEncoder(), MemoryStore()
    first = RememberingEncoder(encoder, store).encode([LATE, SORRY, LATE])
    again = RememberingEncoder(encoder, store).encode([SORRY, LATE])
    assert encoder.asked == [LATE, SORRY]
    assert np.array_equal(again, first[1:])


def test_the_sentence_before_is_part_of_what_is_remembered() -> None:
    encoder = CountingEncoder()
    RememberingEncoder(encoder, MemoryStore()).encode([SORRY, Sentence(SORRY.text), Sentence(SORRY.text, "Well,")])
    assert len(encoder.asked) == 3


def test_vectors_are_those_of_the_encoder_in_sixteen_bits() -> None:
    found = RememberingEncoder(FakeEncoder(), MemoryStore()).encode([LATE, SORRY])
    assert np.array_equal(found, FakeEncoder().encode([LATE, SORRY]).astype(np.float16))
    assert RememberingEncoder(FakeEncoder(), MemoryStore()).encode([]).shape == (0, 64)
