"""What commands share: tables and bars for people, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mailsignals.report.words import calendar_day

if TYPE_CHECKING:
    from rich.console import Console

    from mailsignals.types import ClientState, SignalState
    from mailsignals.workflows.fetch import Progress

_BAR = 10


def json_option(function: Any) -> Any:
    """The option ``--json``, the same for every command."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")(function)


def print_json(value: Any) -> None:
    """One JSON document on standard output; moments in ISO 8601."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def console() -> Console:
    """Standard output with rich's tables; plain text where it is no terminal."""
    from rich.console import Console

    return Console(highlight=False, emoji=False, markup=False)


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """A bar on standard error while something is done; nothing at all where that is no terminal (cron)."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    bar.disable = not bar.console.is_terminal
    tasks: dict[str, Any] = {}

    def advance(what: str, done: int, total: int | None) -> None:
        if what not in tasks:
            tasks[what] = bar.add_task(what, total=total)
        bar.update(tasks[what], completed=done, total=total)

    with bar:
        yield advance


def client_table(states: Sequence[ClientState], zone: tzinfo) -> Any:
    """Clients with urgency, strongest risk signal, mails both ways and the last mail; it fits into 80 columns."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("client")
    for title in ("urgency", "strongest signal"):
        table.add_column(title, no_wrap=True)
    for title in ("in/out", "last"):
        table.add_column(title, justify="right", no_wrap=True)
    for state in states:
        table.add_row(
            state.client,
            f"{score_bar(state.score)} {state.score:.2f}",
            next((f"{title_of(signal)} {signal.score:.2f}" for signal in risks(state)), "-"),
            f"{state.facts.received}/{state.facts.sent}",
            calendar_day(state.facts.last_at.astimezone(zone)) if state.facts.last_at else "-",
        )
    return table


def day_of(moment: datetime, zone: tzinfo, *, weekday: bool = False) -> str:
    """The day of a moment on the reader's calendar, such as ``2 Mar 2026`` or ``Mon 2 Mar 2026``."""
    local = moment.astimezone(zone)
    return f"{calendar_day(local, weekday=weekday)} {local.year}"


def risks(state: ClientState) -> list[SignalState]:
    """The client's risk signals, strongest first."""
    from mailsignals.signals.catalogue import catalogue

    return [signal for signal in state.signals if not catalogue()[signal.tag].protective]


def title_of(signal: SignalState) -> str:
    """The signal's name for people."""
    from mailsignals.signals.catalogue import catalogue

    return catalogue()[signal.tag].title


def score_bar(score: float) -> str:
    """A score in [0, 1] as a bar of ten cells."""
    cells = round(score * _BAR)
    return "█" * cells + "·" * (_BAR - cells)


def state_as_json(state: ClientState) -> Mapping[str, Any]:
    """A client with all its signals and sentences."""
    return asdict(state)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    return str(value)


def write_private(file: Path, content: str | bytes) -> None:
    """Write a file of the user's, readable by them alone: it holds clients' words.

    Raises:
        UsageFault: The file cannot be written.
    """
    from mailsignals.errors import UsageFault

    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    except OSError as fault:
        raise UsageFault(
            f"{file} cannot be written.", why=f"the system says: {fault.strerror}.", remedy="name another file."
        ) from fault
