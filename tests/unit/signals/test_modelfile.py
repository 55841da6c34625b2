from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mailsignals.errors import ModelUnreadable
from mailsignals.signals.model import Example
from mailsignals.signals.modelfile import FORMAT, read_model, write_model
from mailsignals.signals.segment import Sentence
from mailsignals.signals.shipped import locate, models_folder
from support.fake_encoder import FakeEncoder
from support.tiny_model import tiny_trained

SENTENCES = [Sentence("Accounting forgot the transfer again."), Sentence("What time suits you?")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_model(tiny_trained().model, tmp_path / "tiny", metrics={"untrained": []}, card="# Card\n")
    return tmp_path / "tiny"


def change_manifest(folder: Path, **entries: Any) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | entries), "utf-8")


def test_a_model_comes_back_as_it_was(folder: Path) -> None:
    model, before = read_model(folder, FakeEncoder()), tiny_trained().model
    assert np.array_equal(model.probabilities(SENTENCES), before.probabilities(SENTENCES))
    assert (model.name, model.version, model.fingerprint) == (before.name, before.version, before.fingerprint)
    assert (model.tags, model.thresholds, model.sure) == (before.tags, before.thresholds, before.sure)
    assert model.examples == before.examples != ()


def test_writing_over_an_older_model_leaves_the_newer_one(folder: Path) -> None:
    write_model(tiny_trained().model, folder, metrics={"untrained": ["distrust"]}, card="# Newer\n")
    assert read_model(folder, FakeEncoder()).fingerprint == tiny_trained().model.fingerprint
    assert (folder / "README.md").read_text("utf-8") == "# Newer\n"


def test_the_manifest_says_what_it_was_made_of(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert manifest["format"] == FORMAT
    assert manifest["encoder"] == "fake-1"
    assert set(manifest["libraries"]) == {"python", "scikit-learn", "numpy", "spacy"}
    assert manifest["data"]["mails"] == 48
    assert manifest["created_at"] == "2026-03-01T12:00:00+00:00"
    assert set(manifest["files"]) == {"heads.npz", "examples.jsonl", "metrics.json"}


@pytest.mark.parametrize("name", ["heads.npz", "examples.jsonl", "metrics.json"])
def test_a_changed_file_is_refused(folder: Path, name: str) -> None:
    with (folder / name).open("ab") as file:
        file.write(b" ")
    with pytest.raises(ModelUnreadable, match=f"{name} that was changed"):
        read_model(folder, FakeEncoder())


@pytest.mark.parametrize("name", ["heads.npz", "examples.jsonl", "metrics.json", "manifest.json"])
def test_a_missing_file_is_refused(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(ModelUnreadable, match=f"has no {name}"):
        read_model(folder, FakeEncoder())


def test_a_folder_that_is_not_there_is_refused_with_a_command(tmp_path: Path) -> None:
    with pytest.raises(ModelUnreadable) as refused:
        read_model(tmp_path / "none", FakeEncoder())
    assert "mailsignals train" in refused.value.remedy


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": 2}', "\ufeff"])
def test_a_manifest_that_is_none_is_refused(folder: Path, content: str) -> None:
    (folder / "manifest.json").write_text(content, "utf-8")
    with pytest.raises(ModelUnreadable):
        read_model(folder, FakeEncoder())


def test_another_format_is_refused(folder: Path) -> None:
    change_manifest(folder, format=FORMAT + 1)
    with pytest.raises(ModelUnreadable, match="not of format"):
        read_model(folder, FakeEncoder())


def test_another_encoder_is_refused(folder: Path) -> None:
    with pytest.raises(ModelUnreadable, match="another sentence encoder"):
        read_model(folder, FakeEncoder(fingerprint="fake-2"))


def replace_heads(folder: Path, content: bytes) -> None:
    import hashlib

    (folder / "heads.npz").write_bytes(content)
    files = json.loads((folder / "manifest.json").read_text("utf-8"))["files"]
    change_manifest(folder, files=files | {"heads.npz": hashlib.sha256(content).hexdigest()})


class Stranger:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return pytest.fail, ("a model ran code",)


@pytest.mark.parametrize(
    "arrays", [{"coef": np.array([Stranger()], dtype=object)}, {"coef": np.zeros(3)}], ids=["objects", "too few"]
)
def test_what_is_no_heads_is_refused_even_with_the_right_hash(folder: Path, arrays: dict[str, Any]) -> None:
    written = io.BytesIO()
    np.savez(written, allow_pickle=True, **arrays)
    replace_heads(folder, written.getvalue())
    with pytest.raises(ModelUnreadable, match="cannot be read"):
        read_model(folder, FakeEncoder())


def test_settings_that_are_none_are_refused(folder: Path) -> None:
    change_manifest(folder, settings=[])
    with pytest.raises(ModelUnreadable):
        read_model(folder, FakeEncoder())


def test_a_pickle_is_refused_even_with_the_right_hash(folder: Path) -> None:
    import pickle

    replace_heads(folder, pickle.dumps({"a": 1}))
    with pytest.raises(ModelUnreadable, match="cannot be read"):
        read_model(folder, FakeEncoder())


def test_a_name_is_a_shipped_model_and_a_separator_makes_a_path() -> None:
    assert locate("default") == models_folder() / "default"
    assert locate("./default") == Path("default")
    assert locate("a\\b") == Path("a\\b")


def test_an_example_with_a_line_separator_in_it_is_read_back(tmp_path: Path) -> None:
    odd = Example("m1", "en", "one two\u2028three\u0085four", ("distrust",))
    write_model(replace(tiny_trained().model, examples=(odd,)), tmp_path / "odd", metrics={}, card="# Card\n")
    assert read_model(tmp_path / "odd", FakeEncoder()).examples == (odd,)


def test_a_card_that_was_added_to_is_no_fault(folder: Path) -> None:
    with (folder / "README.md").open("a") as card:
        card.write("More figures.\n")
    assert read_model(folder, FakeEncoder()).name == "tiny"


def test_a_model_with_other_marks_is_refused(tmp_path: Path) -> None:
    model = tiny_trained().model
    heads = replace(model.heads, marks=np.array("0badf00d"))
    write_model(replace(model, heads=heads), tmp_path / "odd", metrics={}, card="")
    with pytest.raises(ModelUnreadable, match="other marks"):
        read_model(tmp_path / "odd", FakeEncoder())
