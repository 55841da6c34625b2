"""What is shipped: the folder of models, and the sentence encoder that they share. No numeric library is imported."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailsignals.signals.encoder import Encoder

ENCODER = "encoder"
"""Folder beside the models that holds the encoder."""


def models_folder() -> Path:
    """Where the shipped models are: inside the installed package, or beside ``src`` in a working copy."""
    package = Path(str(resources.files("mailsignals")))
    inside = package / "models"
    return inside if inside.is_dir() else package.parents[1] / "models"


def locate(name_or_path: str) -> Path:
    """The folder of a model. What contains a path separator, or is ``.``, is a path; anything else a shipped name.

    >>> locate("models/mine")
    PosixPath('models/mine')
    """
    is_path = "/" in name_or_path or "\\" in name_or_path or name_or_path in {".", ".."}
    return Path(name_or_path) if is_path else models_folder() / name_or_path


def open_encoders() -> tuple[Encoder, Encoder]:
    """The shipped encoder, and the same at its early exit.

    Raises:
        ModelUnreadable: Its files are not what they should be.
    """
    from mailsignals.signals.encoder import Encoder  # noqa: PLC0415  (onnxruntime waits until it is needed)

    encoder = Encoder.load(models_folder() / ENCODER)
    return encoder, encoder.early()
