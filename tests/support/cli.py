"""The command line, run in this process."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from click.testing import CliRunner

from mailsignals.cli import main


@dataclass(frozen=True)
class Ran:
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """Standard output as JSON Lines."""
        return [json.loads(line) for line in self.out.splitlines()]


def run(*arguments: object, stdin: str | bytes = "", env: Mapping[str, str] | None = None) -> Ran:
    """Run ``mailsignals`` with these arguments."""
    with CliRunner().isolation(input=stdin, env=dict(env or {})) as (out, err, _both):
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as end:
            status = int(end.code or 0)
        return Ran(status, out.getvalue().decode(), err.getvalue().decode())
