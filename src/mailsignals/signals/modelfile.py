"""A model as a folder of files, read without pickle and only when every byte is the one that was written.

``manifest.json`` names the hash of every other file but the card, which may be added to, and holds the classifier's
settings. ``heads.npz`` holds what it learnt, as arrays of numbers and words and nothing else, so a model from a
stranger can be wrong but cannot run code.
"""

from __future__ import annotations

import hashlib
import io
import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy

from mailsignals.errors import ModelUnreadable
from mailsignals.signals import marks
from mailsignals.signals.heads import ARRAYS, Heads
from mailsignals.signals.model import Example, Model, SentenceEncoder
from mailsignals.signals.shipped import locate, models_folder, open_encoders

FORMAT = 6
LEARNT, EXAMPLES, METRICS, CARD, MANIFEST = (
    "heads.npz",
    "examples.jsonl",
    "metrics.json",
    "README.md",
    "manifest.json",
)
_FILES = (LEARNT, EXAMPLES, METRICS)
"""What the manifest vouches for; the card may be added to."""

_RETRAIN = "install mailsignals again, or train anew with `mailsignals train LABELS.jsonl --out {folder}`."


def shipped_names() -> tuple[str, ...]:
    """Names of the shipped models, in alphabetical order."""
    return tuple(sorted(path.parent.name for path in models_folder().glob(f"*/{LEARNT}")))


def open_model(name_or_path: str) -> Model:
    """A model with the shipped encoder.

    Raises:
        ModelUnreadable: There is no such model, or its files or the encoder's are not what they should be.
    """
    return read_model(locate(name_or_path), *open_encoders())


def read_model(folder: Path, *encoders: SentenceEncoder) -> Model:
    """The model in a folder, with the one of the encoders that it was trained on.

    Raises:
        ModelUnreadable: A file is missing or changed, was written in another format, holds a foreign type, or belongs
            to another encoder.
    """
    manifest = _manifest(folder)
    _check_files(folder, manifest)
    encoder = next((own for own in encoders if own.fingerprint == manifest["encoder"]), None)
    if encoder is None:
        raise _unreadable(
            folder, "was trained on another sentence encoder", "its numbers would mean nothing on this one."
        )
    heads = _heads(folder, manifest)
    if heads.marks != marks.version():
        raise _unreadable(folder, "was trained with other marks", "its numbers would be read in the wrong places.")
    known = {key: value for key, value in manifest.items() if key != "files"}
    return Model(
        name=manifest["name"],
        version=manifest["version"],
        fingerprint=_fingerprint(heads, encoder),
        heads=heads,
        encoder=encoder,
        manifest=known,
        examples=_examples(folder),
    )


def write_model(model: Model, folder: Path, *, metrics: Mapping[str, Any], card: str) -> None:
    """Write a model's five files; what the folder held of them is replaced.

    The manifest comes last: a folder whose writing was cut off has none that fits, and is refused.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MANIFEST).unlink(missing_ok=True)
    numpy.savez_compressed(folder / LEARNT, allow_pickle=False, **model.heads.arrays)
    lines = [json.dumps(asdict(example), ensure_ascii=False) + "\n" for example in model.examples]
    (folder / EXAMPLES).write_text("".join(lines), "utf-8")
    (folder / METRICS).write_text(_json(metrics), "utf-8")
    (folder / CARD).write_text(card, "utf-8")
    files = {name: _sha256((folder / name).read_bytes()) for name in _FILES}
    (folder / MANIFEST).write_text(_json({**model.manifest, "files": files}), "utf-8")


def make_model(
    name: str,
    version: str,
    heads: Heads,
    encoder: SentenceEncoder,
    facts: Mapping[str, Any],
    *,
    examples: Sequence[Example] = (),
) -> Model:
    """A freshly trained model with its manifest.

    Args:
        facts: Entries that only the training knows, such as ``created_at`` and ``data``.
    """
    model = Model(name, version, _fingerprint(heads, encoder), heads, encoder)
    manifest = {
        "format": FORMAT,
        "name": name,
        "version": version,
        **facts,
        "settings": heads.settings,
        "libraries": _libraries(),
        "encoder": encoder.fingerprint,
        "tags": list(model.tags),
        "thresholds": model.thresholds,
        "sure": model.sure,
    }
    return replace(model, manifest=manifest, examples=examples)


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
    except FileNotFoundError:
        raise _unreadable(folder, f"has no {MANIFEST}", "it is no model, or its writing was cut off.") from None
    except OSError as fault:
        raise _unreadable(folder, "cannot be read", f"the system says: {fault.strerror}.") from fault
    except ValueError:
        raise _unreadable(folder, f"has a {MANIFEST} that is not JSON", "the file is damaged.") from None
    wanted = {"format", "name", "version", "settings", "libraries", "encoder", "tags", "thresholds", "sure", "files"}
    is_ours = isinstance(manifest, dict) and manifest.get("format") == FORMAT and wanted <= manifest.keys()
    if not is_ours or not all(isinstance(manifest[key], dict) for key in ("settings", "libraries", "files")):
        raise _unreadable(folder, f"is not of format {FORMAT}", "another version of mailsignals wrote it.")
    return manifest


def _check_files(folder: Path, manifest: Mapping[str, Any]) -> None:
    for name in _FILES:
        path = folder / name
        if not path.is_file():
            raise _unreadable(folder, f"has no {name}", "its manifest names the file.")
        if _sha256(path.read_bytes()) != manifest["files"].get(name):
            raise _unreadable(folder, f"has a {name} that was changed", "its hash differs from the manifest's.")


def _heads(folder: Path, manifest: Mapping[str, Any]) -> Heads:
    """The heads with the settings of the manifest and the arrays of a file whose hash was right."""
    try:
        with numpy.load(io.BytesIO((folder / LEARNT).read_bytes()), allow_pickle=False) as arrays:
            return Heads(
                tags=manifest["tags"], settings=manifest["settings"], **{name: arrays[name] for name in ARRAYS}
            )
    except Exception as fault:  # of a damaged file numpy and zipfile raise anything
        raise _unreadable(
            folder, f"has a {LEARNT} that cannot be read", f"numpy says {type(fault).__name__}: {fault}."
        ) from fault


def _examples(folder: Path) -> tuple[Example, ...]:
    """The sentences of a file whose hash was right."""
    # No splitlines: it would also split at line separators within a sentence.
    rows = map(json.loads, (folder / EXAMPLES).read_bytes().split(b"\n")[:-1])
    return tuple(Example(**row | {"labels": tuple(row["labels"])}) for row in rows)


def _unreadable(folder: Path, what: str, why: str) -> ModelUnreadable:
    return ModelUnreadable(f"The model in {folder} {what}.", why=why, remedy=_RETRAIN.format(folder=folder))


def _libraries() -> dict[str, str]:
    versions = {name: metadata.version(name) for name in ("scikit-learn", "numpy", "spacy")}
    return {"python": platform.python_version()} | versions


def _fingerprint(heads: Heads, encoder: SentenceEncoder) -> str:
    """Identity of what is computed, not of the file."""
    digest = hashlib.sha256(f"{encoder.fingerprint} {list(heads.tags)} {dict(heads.settings)}".encode())
    for name, array in sorted(heads.arrays.items()):
        digest.update(name.encode() + array.tobytes())
    return digest.hexdigest()[:16]


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
