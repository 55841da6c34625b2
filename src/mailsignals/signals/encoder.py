"""Sentences to vectors: a small multilingual network that reads five languages alike.

A sentence gets the same vector alone and in any batch, today and tomorrow: the network multiplies whole numbers, with a
scale for each piece of a sentence and none for the batch (docs/decisions/0007). Halfway up it has an exit for those in
a hurry, with vectors of its own.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from mailsignals.errors import ModelUnreadable
from mailsignals.signals.segment import Sentence
from mailsignals.signals.unigram import PADDING, Unigram

MODEL = "encoder.onnx"
VOCABULARY = "vocabulary.tsv"
MANIFEST = "manifest.json"

EARLY = 6
"""Layers below the early exit, of twelve."""

# e5 was trained with a prefix on every text; "query: " is its authors' advice wherever texts are compared alike.
_PREFIX = "query: "
_LONGEST = 128
_LONGEST_BEFORE = 48
_REINSTALL = "install it anew: pip install --force-reinstall mailsignals"

Vectors: TypeAlias = NDArray[np.float32]
_Numbers: TypeAlias = NDArray[np.int64]
_Network: TypeAlias = Callable[[_Numbers, _Numbers, _Numbers, NDArray[np.bool_]], Vectors]


class Encoder:
    """A loaded network and its vocabulary; made with `Encoder.load`.

    Attributes:
        dimensions: Length of a vector.
        fingerprint: Changes whenever a vector could: 16 hexadecimal digits, and the layers where it is not all of them.
            Heads trained on one encoder refuse another by it.
    """

    def __init__(
        self, network: _Network, vocabulary: Unigram, *, dimensions: int, fingerprint: str, is_early: bool = False
    ) -> None:
        self._network = network
        self._vocabulary = vocabulary
        self._is_early = is_early
        self.dimensions = dimensions
        self.fingerprint = fingerprint

    @classmethod
    def load(cls, folder: Path, *, threads: int | None = None) -> Encoder:
        """Read a model folder, after checking every file against the manifest.

        Args:
            folder: Holds ``manifest.json``, ``encoder.onnx`` and ``vocabulary.tsv``.
            threads: Processor threads for one call of `encode`; None leaves the choice to onnxruntime.

        Raises:
            ModelUnreadable: A file is missing, is not the one that the manifest names, or cannot be run here.

        Cost:
            About 0.3 s, and 200 MB of memory at work (two shared Xeon cores).
        """
        manifest = _read_manifest(folder)
        model, vocabulary = (_read_verified(folder / name, manifest) for name in (MODEL, VOCABULARY))
        return cls(
            _open_network(model, folder, threads),
            Unigram.parse(vocabulary.decode("utf-8")),
            dimensions=manifest.dimensions,
            fingerprint=fingerprint_of(model, vocabulary),
        )

    def early(self) -> Encoder:
        """The same network, left at its early exit: half the time, and vectors that are not those of the whole."""
        return Encoder(
            self._network,
            self._vocabulary,
            dimensions=self.dimensions,
            fingerprint=f"{self.fingerprint}-{EARLY}",
            is_early=True,
        )

    def encode(self, sentences: Sequence[Sentence], *, batch_size: int = 32) -> Vectors:
        """Turn sentences into vectors whose dot product is their cosine.

        Args:
            sentences: One vector each. An empty one is allowed; what lies behind the 128th piece (70 to 100 words),
                or behind the 48th of the sentence before, is not read.
            batch_size: Sentences a call of the network. It changes speed and memory, and of a vector at most the last
                of its 16 bits.

        Returns:
            Array of shape (len(sentences), dimensions), float32, rows in the order of ``sentences``, each of length 1
            but for the rounding to 16 bits: the mean over the sentence's own pieces, which have seen those of the
            sentence before.
        """
        inputs = inputs_of(self._vocabulary, sentences)
        vectors = np.empty((len(inputs), self.dimensions), dtype=np.float32)
        for rows in _rows_of_like_length(inputs, batch_size):
            vectors[rows] = self._network(*_padded([inputs[row] for row in rows]), np.array(not self._is_early))
        return vectors.astype(np.float16).astype(np.float32)


@dataclass(frozen=True)
class Input:
    """What the network reads for one sentence.

    Args:
        pieces: Numbers of the sentence's pieces, and behind them of those of the sentence before it.
        pooled: How many of them are the sentence's own.
    """

    pieces: Sequence[int]
    pooled: int


def inputs_of(vocabulary: Unigram, sentences: Sequence[Sentence]) -> list[Input]:
    """What the network reads, in the order of ``sentences``."""
    inputs = []
    for sentence in sentences:
        own = vocabulary.encode(_PREFIX + _calmed(sentence.text), limit=_LONGEST)
        # The pieces of a text begin with <s>; the second of two texts goes without.
        before = vocabulary.encode(_calmed(sentence.before), limit=_LONGEST_BEFORE)[1:] if sentence.before else []
        inputs.append(Input([*own, *before], len(own)))
    return inputs


def _calmed(text: str) -> str:
    """A sentence all in capitals in small letters: the network knows few pieces in capitals."""
    return text.lower() if text.isupper() else text


def fingerprint_of(model: bytes, vocabulary: bytes) -> str:
    """Name an encoder by its content: 16 hexadecimal digits over both files.

    >>> fingerprint_of(b"network", b"pieces")
    '0df1be647cb06671'
    """
    return hashlib.sha256(hashlib.sha256(model).digest() + hashlib.sha256(vocabulary).digest()).hexdigest()[:16]


@dataclass(frozen=True)
class _Manifest:
    """What a model folder says about itself."""

    dimensions: int
    sha256: Mapping[str, str]


def _read_manifest(folder: Path) -> _Manifest:
    content = _read_bytes(folder / MANIFEST)
    try:
        fields = json.loads(content)
        sha256 = {name: str(facts["sha256"]) for name, facts in fields["files"].items()}
        return _Manifest(dimensions=int(fields["dimensions"]), sha256=sha256)
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise ModelUnreadable(
            f"{folder / MANIFEST} is not an encoder's manifest.",
            why=f"reading it failed with {type(fault).__name__}: {fault}.",
            remedy=_REINSTALL,
        ) from fault


def _read_verified(path: Path, manifest: _Manifest) -> bytes:
    """A file's content, if it is the one that the manifest names."""
    content = _read_bytes(path)
    found = hashlib.sha256(content).hexdigest()
    if found != (promised := manifest.sha256.get(path.name)):
        raise ModelUnreadable(
            f"{path} is not the file that {MANIFEST} names.",
            why=f"its SHA-256 begins with {found[:12]}, not {str(promised)[:12]}; it is damaged or of another version.",
            remedy=_REINSTALL,
        )
    return content


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as fault:
        raise ModelUnreadable(
            f"{path} cannot be read.",
            why=f"the system says: {fault.strerror}. Without it no sentence can be scored.",
            remedy=_REINSTALL,
        ) from fault


def _open_network(model: bytes, folder: Path, threads: int | None) -> _Network:
    # Since 1.29 onnxruntime's wheels report to their maker; the call that stops it comes after the first report.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime  # noqa: PLC0415 - a compiled library that only a scan needs, not `mailsignals --help`

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or 0
    options.log_severity_level = 3
    # A waiting thread sleeps: a nightly scan should leave the other processes of a small server alone.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception as fault:  # onnxruntime's own errors share no base class but this
        raise ModelUnreadable(
            f"onnxruntime {onnxruntime.__version__} cannot run {folder / MODEL}.",
            why=f"it answered: {str(fault).splitlines()[0]}",
            remedy="upgrade it: pip install --upgrade onnxruntime",
        ) from fault
    names = ("input_ids", "attention_mask", "pooling_mask", "all_layers")
    return lambda *arrays: session.run(["vectors"], dict(zip(names, arrays, strict=True)))[0]


def _rows_of_like_length(inputs: Sequence[Input], batch_size: int) -> Iterator[list[int]]:
    """Row numbers in batches, short sentences first, so that little is padded."""
    by_length = sorted(range(len(inputs)), key=lambda row: len(inputs[row].pieces))
    for begin in range(0, len(by_length), batch_size):
        yield by_length[begin : begin + batch_size]


def _padded(inputs: Sequence[Input]) -> tuple[_Numbers, _Numbers, _Numbers]:
    """Piece numbers, attention mask and pooling mask, all of shape (sentences, longest input)."""
    shape = (len(inputs), max(len(own.pieces) for own in inputs))
    pieces = np.full(shape, PADDING, dtype=np.int64)
    seen, pooled = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    for row, own in enumerate(inputs):
        pieces[row, : len(own.pieces)] = own.pieces
        seen[row, : len(own.pieces)] = 1
        pooled[row, : own.pooled] = 1
    return pieces, seen, pooled
