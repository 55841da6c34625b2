"""The wheel, not the tree: what is installed works away from the working copy."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel's content."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", str(ROOT), "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*command, "--quiet", "--wheel-dir", str(folder)], check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def run_there(installed: Path, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    env = os.environ | {"PYTHONPATH": str(installed)}
    command = [sys.executable, "-m", "mailsignals", *arguments]
    return subprocess.run(command, input=stdin, env=env, cwd=installed, capture_output=True, text=True, check=False)


def test_it_brings_models_templates_catalogue_and_migrations(installed: Path) -> None:
    package = installed / "mailsignals"
    wanted = [
        "models/default/heads.npz",
        "models/encoder/encoder.onnx",
        "report/templates/digest.html.j2",
        "signals/catalogue.toml",
        "adapters/migrations/versions/0001_first_tables.py",
        "py.typed",
    ]
    assert [name for name in wanted if not (package / name).is_file()] == []


def test_it_tags_with_its_own_model(installed: Path) -> None:
    line = json.dumps({"id": 1, "text": "You people are idiots, and I will ruin your reputation."})
    done = run_there(installed, "classify", stdin=line)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["labels"] == ["aggression"]


def test_it_announces_its_spacy_components(installed: Path) -> None:
    (points,) = installed.glob("*.dist-info/entry_points.txt")
    text = points.read_text()
    assert "mailsignals_sentences = mailsignals.signals.segment:make_sentences" in text
    assert "mailsignals_signals = mailsignals.signals.pipeline:make_signals" in text


def test_its_size_stays_below_what_an_index_takes(installed: Path) -> None:
    (wheel,) = installed.parent.glob("*.whl")
    assert wheel.stat().st_size < 45_000_000
