"""A sentence is encoded once."""

from __future__ import annotations

import numpy as np

from mailsignals.signals.memory import RememberingEncoder
from mailsignals.signals.segment import Sentence
from support.fake_encoder import FakeEncoder, ListeningEncoder
from support.fakes import MemoryStore

LATE, SORRY = Sentence("The money is late."), Sentence("Sorry!", "The money is late.")


def test_what_it_has_seen_is_not_encoded_again() -> None:
    encoder, store = ListeningEncoder(), MemoryStore()
    first = RememberingEncoder(encoder, store).encode([LATE, SORRY, LATE])
    again = RememberingEncoder(encoder, store).encode([SORRY, LATE])
    assert encoder.read == [LATE, SORRY]
    assert np.array_equal(again, first[1:])


def test_the_sentence_before_is_part_of_what_is_remembered() -> None:
    encoder = ListeningEncoder()
    RememberingEncoder(encoder, MemoryStore()).encode([SORRY, Sentence(SORRY.text), Sentence(SORRY.text, "Well,")])
    assert len(encoder.read) == 3


def test_vectors_are_those_of_the_encoder_in_sixteen_bits() -> None:
    found = RememberingEncoder(FakeEncoder(), MemoryStore()).encode([LATE, SORRY])
    assert np.array_equal(found, FakeEncoder().encode([LATE, SORRY]).astype(np.float16))
    assert RememberingEncoder(FakeEncoder(), MemoryStore()).encode([]).shape == (0, 64)
