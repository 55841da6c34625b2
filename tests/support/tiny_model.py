"""A model of the tiny corpus over the fake encoder."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from mailsignals.learning.classifier import SignalClassifier
from mailsignals.learning.train import Trained, train
from support.fake_encoder import FakeEncoder
from support.tiny_corpus import tiny_corpus

SETTINGS = SignalClassifier(precision=0.95)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@cache
def tiny_trained() -> Trained:
    """Trained once a test session."""
    return train(tiny_corpus(), FakeEncoder(), name="tiny", now=NOW, folds=2, classifier=SETTINGS)
