"""`mailsignals train`: labelled files in, a model's folder out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from mailsignals.learning.corpus import read_labels
from mailsignals.learning.train import train
from mailsignals.report.card import card
from mailsignals.signals.model import Model, SentenceEncoder


class Shelf(Protocol):
    """Keeps models."""

    def save(self, model: Model, folder: Path, *, metrics: Mapping[str, Any], card: str) -> None:
        """Write a model's files into a folder."""
        ...


def train_model(
    label_paths: Sequence[Path], out: Path, name: str, *, encoder: SentenceEncoder, shelf: Shelf, now: datetime
) -> Mapping[str, Any]:
    """Read the labels, fit and judge a model, write its folder.

    Args:
        label_paths: JSON Lines of labelled mail; lines of the splits ``dev`` and ``test`` are only judged on.
        out: Folder for the model's files.
        name: The model's name.
        now: Time of the training.

    Returns:
        The metrics, as ``metrics.json`` has them.

    Raises:
        InputMissing: A file is not there.
        LabelsInvalid: A file breaks the format, or there is too little to learn from.
    """
    trained = train(read_labels(label_paths), encoder, name=name, now=now)
    shelf.save(trained.model, out, metrics=trained.metrics, card=card(trained.model.manifest, trained.metrics))
    return trained.metrics
