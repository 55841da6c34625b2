"""``classify``, ``train``, ``evaluate``: the model from the command line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from mailsignals.cli.output import console, json_option, print_json

if TYPE_CHECKING:
    from mailsignals.workflows.classify import Item

_MODEL_HELP = "A shipped model's name, or a model's folder."


@click.command(short_help="Tag texts: a Unix filter.")
@click.argument("files", nargs=-1, type=click.File("rb", lazy=True))
@click.option("--model", default="default", show_default=True, help=_MODEL_HELP)
def classify(files: tuple[BinaryIO, ...], model: str) -> int:
    """Tag texts: .eml, mbox or JSON Lines in, JSON Lines out; from FILES or standard input.

    A line in is {"id", "text", "lang"?}. A line out is {"id", "lang", "labels", "scores", "evidence"}; offsets count
    code points. Mails give their own words as "text" as well. What is no text gives {"id", "error"}, the rest is still
    done, and the exit status is 65.
    """
    from mailsignals.errors import DataUnreadable
    from mailsignals.wiring import open_tagger
    from mailsignals.workflows.classify import classify as classify_items
    from mailsignals.workflows.classify import encode_line

    tagger = open_tagger(model)
    sources: tuple[BinaryIO, ...] = files or (sys.stdin.buffer,)
    has_faults = False
    for line in classify_items((item for source in sources for item in _items(source)), tagger):
        has_faults |= "error" in line
        click.echo(encode_line(line).encode("utf-8"))
    return DataUnreadable.exit_code if has_faults else 0


@click.command(short_help="Train a model on labelled files.")
@click.argument("labels", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="Folder for the model.")
@click.option("--fast", is_flag=True, help="Read with half the encoder's layers: twice as fast, and finds less.")
@json_option
def train(labels: tuple[Path, ...], out: Path, fast: bool, as_json: bool) -> None:
    """Train a model on labelled files (JSON Lines, see data/README.md) and write it to a folder.

    Lines with the split dev or test are judged on and never learnt from.
    """
    from mailsignals.wiring import train_model

    metrics = train_model(labels, out, fast=fast)
    if as_json:
        print_json(metrics)
        return
    for name in ("cross_validation", "dev", "test"):
        if name in metrics:
            figures = metrics[name]
            f1, right = figures["macro_f1"]["value"], figures["evidence_precision"]["value"]
            click.echo(
                f"{name}: macro F1 {f1:.2f} over {figures['messages']} mails; {right:.0%} of shown sentences right"
            )
    click.echo(f"Written to {out}; its card is {out / 'README.md'}.")


@click.command(short_help="Judge a model on labelled files.")
@click.argument("labels", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--model", default="default", show_default=True, help=_MODEL_HELP)
@json_option
def evaluate(labels: tuple[Path, ...], model: str, as_json: bool) -> None:
    """Judge a model on labelled files: precision, recall and F1 for every signal and language."""
    from mailsignals.learning.corpus import read_labels
    from mailsignals.learning.evaluate import evaluate as judge
    from mailsignals.wiring import open_tagger

    report = asdict(judge(open_tagger(model), read_labels(labels)))
    if as_json:
        print_json(report)
        return
    out = console()
    out.print(_table("signal", report["per_tag"], ("precision", "recall", "f1", "support", "found")))
    out.print()
    out.print(_table("language", report["per_language"], ("macro_f1", "micro_f1", "evidence_precision", "messages")))
    click.echo(f"\n{report['messages']} messages; brackets are 95 % intervals")
    for name in ("macro_f1", "micro_f1", "evidence_precision", "evidence_recall", "evidence_overlap"):
        low, high = report[name]["interval"]
        click.echo(f"{name.replace('_', ' '):18}  {report[name]['value']:.3f} [{low:.3f}, {high:.3f}]")
    click.echo(f"calibration error   {report['calibration_error']:.3f}")


def _items(source: BinaryIO) -> Iterator[Item]:
    """The texts of one file: what begins with ``From `` is an mbox, with ``{`` JSON Lines, all else a mail."""
    from mailsignals.text.message import read_message
    from mailsignals.types import RawMessage
    from mailsignals.wiring import mails_of_mbox
    from mailsignals.workflows.classify import item_of_message, items_of_lines

    first, second = source.readline(), source.readline()
    name = str(getattr(source, "name", ""))
    if first.startswith(b"From "):
        yield from (item_of_message(read_message(raw)) for raw in mails_of_mbox(first + second + source.read()))
    elif name.lower().endswith(".eml") or (_is_header(first) and _goes_on(second)):
        yield item_of_message(read_message(RawMessage(1, first + second + source.read())))
    elif first:
        yield from items_of_lines(chain([first], [second] if second else [], source))


def _is_header(line: bytes) -> bool:
    """Whether a line is a header field of RFC 5322, ``Name: value``."""
    name, colon, _ = line.partition(b":")
    return bool(colon) and name.replace(b"-", b"").isalnum()


def _goes_on(second: bytes) -> bool:
    """Whether a mail's second line may read so: another field, a folded one, or the blank line before the body."""
    return _is_header(second) or second[:1].isspace() or not second


def _table(title: str, rows: dict[str, Any], columns: tuple[str, ...]) -> Any:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(title)
    for column in columns:
        table.add_column(column.replace("_", " "), justify="right")
    for name, row in rows.items():
        cells = (row[column] for column in columns)
        table.add_row(name, *(f"{cell:.2f}" if isinstance(cell, float) else str(cell) for cell in cells))
    return table


commands: dict[str, Any] = {"classify": classify, "train": train, "evaluate": evaluate}
