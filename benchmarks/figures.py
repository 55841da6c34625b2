"""Figures for the model card: each with its 95 % interval, its bar and the command that prints it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from mailsignals.wiring import open_tagger

FOLDER = Path(__file__).parents[1] / "docs/figures"
RESAMPLES = 1000


@dataclass(frozen=True)
class Figure:
    """One line of the card's table.

    Args:
        what: What was measured.
        value: The figure as it is printed.
        interval: The 95 % interval as it is printed, or why there is none.
        bar: What it should reach.
    """

    what: str
    value: str
    interval: str
    bar: str


def share(what: str, hits: int, total: int, bar: str, *, per: int = 1) -> Figure:
    """A share with Wilson's interval, told of one or of so many."""
    bounds = binomtest(hits, total).proportion_ci(method="wilson")
    digits = 3 if per == 1 else 1
    value, low, high = (f"{per * number:.{digits}f}" for number in (hits / total, bounds.low, bounds.high))
    return Figure(f"{what} ({hits} of {total})", value, f"{low} to {high}", bar)


def bootstrapped(what: str, measure: Callable[[NDArray[np.int_]], float], count: int, bar: str) -> Figure:
    """A figure over ``count`` texts, which are resampled; ``measure`` takes their numbers."""
    draws = np.random.default_rng(0).integers(count, size=(RESAMPLES, count))
    low, high = np.percentile([measure(draw) for draw in draws], [2.5, 97.5])
    return Figure(what, f"{measure(np.arange(count)):.3f}", f"{low:.3f} to {high:.3f}", bar)


def report(name: str, figures: Sequence[Figure], *arguments: str) -> None:
    """Print the table, and keep it for the model card under ``docs/figures``, with the model that it tells of.

    Args:
        arguments: What stands behind the command, for the reader who wants to repeat it.
    """
    print("\n| what | figure | 95 % | bar |\n| --- | --- | --- | --- |")
    for one in figures:
        print(f"| {one.what} | {one.value} | {one.interval} | {one.bar} |")
    kept = {
        "command": " ".join(["python", f"benchmarks/{name}.py", *arguments]),
        "model": open_tagger("default").fingerprint,
        "figures": [asdict(one) for one in figures],
    }
    content = json.dumps(kept, ensure_ascii=False, indent=1)
    (FOLDER / f"{name}.json").write_text(content + "\n", "utf-8")
