from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from mailsignals.adapters.shelf import ModelShelf
from mailsignals.workflows.train import train_model
from support.fake_encoder import FakeEncoder
from support.tiny_corpus import tiny_corpus
from support.tiny_model import NOW


def test_labelled_files_become_a_model_that_can_be_loaded(tmp_path: Path) -> None:
    labels, out = tmp_path / "labels.jsonl", tmp_path / "mine"
    rows = [asdict(mail) | {"labels": sorted(mail.labels)} for mail in tiny_corpus()]
    labels.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    encoder = FakeEncoder()
    shelf = ModelShelf(encoder)
    metrics = train_model([labels], out, "mine", encoder=encoder, shelf=shelf, now=NOW)
    assert shelf.load(f"{out}").name == "mine"
    assert json.loads((out / "metrics.json").read_text("utf-8")) == metrics
    assert (out / "README.md").read_text("utf-8").startswith("# Model mine 2026.03.01")
