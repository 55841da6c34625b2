"""Sentences become vectors that mean the same in five languages."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mailsignals.errors import ModelUnreadable
from mailsignals.signals.encoder import Encoder, Vectors, fingerprint_of
from mailsignals.signals.segment import Sentence

FOLDER = Path(__file__).parents[3] / "models" / "encoder"

KNOWN_VECTOR = [0.02579, 0.00670, -0.01426, -0.07172, 0.06915, -0.00136]  # first six of LATE_MONEY[0]
LATE_MONEY = [
    "The money will come next month, our accountant is on holiday.",
    "Деньги придут в следующем месяце, бухгалтер в отпуске.",
    "Novac stiže idući mjesec, računovođa nam je na godišnjem.",
    "Pengene kommer næste måned, bogholderen er på ferie.",
    "Sa susunod na buwan pa ang bayad, naka-bakasyon ang accountant namin.",
]
LOVELY_PICTURES = [
    "The photographs are beautiful, thank you!",
    "Фотографии замечательные, спасибо!",
    "Fotografije su prekrasne, hvala!",
    "Billederne er smukke, tak!",
    "Ang ganda ng mga litrato, salamat!",
]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder.load(FOLDER, threads=1)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "encoder"))


def alone(*texts: str) -> list[Sentence]:
    """Sentences that nothing stands before."""
    return [Sentence(text) for text in texts]


def test_vectors_are_float32_rows_of_length_one(encoder: Encoder) -> None:
    vectors = encoder.encode(alone(*LATE_MONEY))
    assert vectors.shape == (5, encoder.dimensions) == (5, 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)


def test_a_sentence_has_the_same_vector_alone_and_in_any_batch(encoder: Encoder) -> None:
    pairs = [Sentence(money, pictures) for money, pictures in zip(LATE_MONEY, LOVELY_PICTURES, strict=True)]
    batch = [*pairs, *alone(*LATE_MONEY, "Ok.", "word " * 200), Sentence("word " * 200, "word " * 200)]
    one_by_one = np.concatenate([encoder.encode([sentence]) for sentence in batch])
    for batch_size in (2, 5, 64):
        np.testing.assert_allclose(encoder.encode(batch, batch_size=batch_size), one_by_one, atol=1e-4)


def test_the_early_exit_gives_other_vectors_that_depend_on_no_batch_either(encoder: Encoder) -> None:
    early, batch = encoder.early(), alone(*LATE_MONEY, "Ok.")
    vectors = early.encode(batch)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)
    np.testing.assert_allclose(vectors, np.concatenate([early.encode([one]) for one in batch]), atol=1e-4)
    assert np.abs(vectors - encoder.encode(batch)).max() > 0.01
    assert early.fingerprint != encoder.fingerprint


def test_the_sentence_before_is_context(encoder: Encoder) -> None:
    one, other, none = encoder.encode(
        [Sentence("Not again.", LATE_MONEY[0]), Sentence("Not again.", LOVELY_PICTURES[0]), Sentence("Not again.")]
    )
    assert one @ other < 0.999
    assert one @ none < 0.999


def test_the_order_of_the_texts_is_kept(encoder: Encoder) -> None:
    texts = alone(*LOVELY_PICTURES, *LATE_MONEY)
    forwards, backwards = encoder.encode(texts, batch_size=3), encoder.encode(texts[::-1], batch_size=3)
    np.testing.assert_allclose(forwards, backwards[::-1], atol=1e-4)


def test_an_empty_text_has_a_vector_too(encoder: Encoder) -> None:
    vectors = encoder.encode(alone("", "   "))
    assert np.isfinite(vectors).all()
    np.testing.assert_allclose(vectors[0], vectors[1], atol=1e-6)


def test_no_texts_are_no_vectors(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, 384)


def test_what_lies_behind_the_128th_piece_is_not_read(encoder: Encoder) -> None:
    long = "word " * 130
    np.testing.assert_allclose(encoder.encode(alone(long + "first")), encoder.encode(alone(long + "second")), atol=1e-6)


def test_paraphrases_across_languages_are_nearer_than_other_sentences(encoder: Encoder) -> None:
    money, pictures = encoder.encode(alone(*LATE_MONEY)), encoder.encode(alone(*LOVELY_PICTURES))
    across = money @ pictures.T
    assert _lowest_between(money) > across.max()
    assert _lowest_between(pictures) > across.max()


def test_a_known_sentence_keeps_its_vector(encoder: Encoder) -> None:
    """Heads trained on one machine must hold on another; so the numbers are written down."""
    vector = encoder.encode(alone(LATE_MONEY[0]))[0]
    np.testing.assert_allclose(vector[:6], KNOWN_VECTOR, atol=3e-3)  # a rounding may fall the other way


def test_the_fingerprint_is_that_of_the_files(encoder: Encoder) -> None:
    files = (FOLDER / "encoder.onnx").read_bytes(), (FOLDER / "vocabulary.tsv").read_bytes()
    manifest = json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))
    assert encoder.fingerprint == fingerprint_of(*files) == manifest["fingerprint"]


def test_the_manifest_counts_the_pieces(encoder: Encoder) -> None:
    manifest = json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))
    assert len(encoder._vocabulary) == manifest["pieces"]


@pytest.mark.parametrize("name", ["encoder.onnx", "vocabulary.tsv"])
def test_a_flipped_byte_is_refused(copied: Path, name: str) -> None:
    content = bytearray((copied / name).read_bytes())
    content[len(content) // 2] ^= 1
    (copied / name).write_bytes(content)
    with pytest.raises(ModelUnreadable, match=f"{name} is not the file") as refusal:
        Encoder.load(copied)
    assert "--force-reinstall" in refusal.value.remedy


@pytest.mark.parametrize("name", ["encoder.onnx", "vocabulary.tsv", "manifest.json"])
def test_a_missing_file_is_named(copied: Path, name: str) -> None:
    (copied / name).unlink()
    with pytest.raises(ModelUnreadable, match=f"{name} cannot be read"):
        Encoder.load(copied)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"files": {"encoder.onnx": {}}}', "\x00"])
def test_a_manifest_that_is_none_is_refused(copied: Path, content: str) -> None:
    (copied / "manifest.json").write_text(content, encoding="utf-8")
    with pytest.raises(ModelUnreadable, match="is not an encoder's manifest"):
        Encoder.load(copied)


def test_a_network_that_onnxruntime_cannot_run_is_refused(copied: Path) -> None:
    (copied / "encoder.onnx").write_bytes(b"no network")
    manifest = json.loads((copied / "manifest.json").read_text(encoding="utf-8"))
    manifest["files"]["encoder.onnx"]["sha256"] = hashlib.sha256(b"no network").hexdigest()
    (copied / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(ModelUnreadable, match="cannot run"):
        Encoder.load(copied)


def test_importing_the_module_does_not_import_onnxruntime() -> None:
    program = "import sys, mailsignals.signals.encoder; sys.exit('onnxruntime' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def _lowest_between(vectors: Vectors) -> float:
    return float((vectors @ vectors.T).min())


def test_reading_a_sentence_leaves_nothing_in_the_home_folder(tmp_path: Path) -> None:
    code = (
        "from pathlib import Path\n"
        "from mailsignals.signals.encoder import Encoder\n"
        "from mailsignals.signals.shipped import open_encoders\n"
        "from mailsignals.signals.segment import Sentence\n"
        "open_encoders()[0].encode([Sentence('Hello.')])\n"
    )
    env = os.environ | {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    env.pop("ORT_DISABLE_TELEMETRY", None)
    subprocess.run([sys.executable, "-c", code], env=env, check=True)
    assert list(tmp_path.iterdir()) == []


def test_capitals_throughout_are_read_as_small_letters(encoder: Encoder) -> None:
    shouted, said = encoder.encode(alone("THE MONEY IS NOT THERE YET!", "the money is not there yet!"))
    np.testing.assert_allclose(shouted, said, atol=1e-6)
