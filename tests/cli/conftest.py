"""The sample mailbox, scanned once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from support.cli import Ran, run

ROOT = Path(__file__).parents[2]
NOW = "2026-03-13T18:00+01:00"


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Ran]:
    """Runs a command over the sample mailbox as it stood on the demo's evening; it has been scanned."""
    folder = tmp_path_factory.mktemp("sample")
    text = (ROOT / "data/sample/mailsignals.toml").read_text("utf-8")
    text = text.replace('path = "."', f'path = "{ROOT / "data/sample"}"').replace("../../demo-out/", "")
    settings = folder / "mailsignals.toml"
    settings.write_text(text, "utf-8")

    def command(*arguments: object, stdin: str | bytes = "") -> Ran:
        return run("--settings", settings, "--now", NOW, *arguments, stdin=stdin)

    scanned = command("scan", "--preview", folder / "digest.html")
    assert scanned.status == 0, scanned.err
    return command
