from __future__ import annotations

from pathlib import Path

import pytest

from mailsignals.adapters.shelf import ModelShelf
from mailsignals.errors import ModelUnreadable, UsageFault
from support.fake_encoder import FakeEncoder
from support.tiny_model import tiny_trained


def test_what_is_saved_can_be_loaded_by_its_path(tmp_path: Path) -> None:
    shelf = ModelShelf(FakeEncoder())
    shelf.save(tiny_trained().model, tmp_path / "deep" / "tiny", metrics={}, card="")
    assert shelf.load(f"{tmp_path}/deep/tiny").fingerprint == tiny_trained().model.fingerprint


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(ModelUnreadable, match="no-such-model"):
        ModelShelf(FakeEncoder()).load("no-such-model")


def test_a_folder_that_cannot_be_written_is_a_fault_of_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(UsageFault) as refused:
        ModelShelf(FakeEncoder()).save(tiny_trained().model, tmp_path / "file" / "tiny", metrics={}, card="")
    assert "--out" in refused.value.remedy


def test_names_are_those_of_the_folders_that_hold_heads() -> None:
    assert "encoder" not in ModelShelf(FakeEncoder()).names()
