"""The shelf of models: shipped ones by name, one's own by path."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mailsignals.errors import UsageFault
from mailsignals.signals import modelfile
from mailsignals.signals.model import Model, SentenceEncoder
from mailsignals.signals.shipped import locate


class ModelShelf:
    """Loads and saves models.

    Attributes:
        encoders: The sentence encoders that they stand on.
    """

    def __init__(self, *encoders: SentenceEncoder) -> None:
        self.encoders = encoders

    def load(self, name_or_path: str) -> Model:
        """A shipped model by name, or one's own by path (anything with a path separator).

        Raises:
            ModelUnreadable: There is no such model, or it is damaged, foreign or of another version.
        """
        return modelfile.read_model(locate(name_or_path), *self.encoders)

    def save(self, model: Model, folder: Path, *, metrics: Mapping[str, Any], card: str) -> None:
        """Write a model's files into a folder, which is made where it is missing.

        Raises:
            UsageFault: The folder cannot be written.
        """
        try:
            modelfile.write_model(model, folder, metrics=metrics, card=card)
        except OSError as fault:
            raise UsageFault(
                f"The model cannot be written to {folder}.",
                why=f"the system says: {fault.strerror}.",
                remedy="give a folder of yours with `--out`.",
            ) from fault

    def names(self) -> tuple[str, ...]:
        """Names of the shipped models."""
        return modelfile.shipped_names()
