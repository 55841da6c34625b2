"""Pictures: a client's score over the last weeks, small enough for a mail, and over all the time of a dossier."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from mailsignals.report.digest_view import Picture
from mailsignals.report.words import calendar_day
from mailsignals.types import ClientState

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Course = Sequence[tuple[datetime, float]]
"""A client's score at moments, oldest first."""

LEAST_POINTS = 3
_ACCENT = "#0b6b6b"
_SOFT = "#5c656d"
_SIZE = (5.84, 0.9)
"""Inches at 200 dots an inch: twice the width of the digest's column, for dense screens."""
_RECORD_SIZE = (7.0, 1.7)
_LEAST_TURN = 0.1
"""Change of the mean score that is worth a mark."""
_PENALTY = 0.15
"""What another turn must save in squared distance to the means: a step of .3 that lasts, not a week's wobble."""
_LEAST_WEEKS = 3


def trend(number: int, state: ClientState, course: Course, now: datetime) -> Picture | None:
    """The course of a client's score as a picture; None where there is too little of it.

    Args:
        number: Tells the pictures of one digest apart.
    """
    if len(course) < LEAST_POINTS:
        return None
    low, high = course[0][1], course[-1][1]
    return Picture(
        cid=f"trend-{number}-{now:%Y%m%d}@mailsignals",
        png=draw_course(course),
        alt=f"Score from {low:.2f} on {calendar_day(course[0][0])} to {high:.2f} on {calendar_day(course[-1][0])}",
    )


def draw_course(course: Course) -> bytes:
    """A line with its area, first and last date below; PNG, the same bytes for the same course."""
    figure, axes = _drawn(course, _SIZE, (0.01, 0.24, 0.98, 0.74))
    axes.set(yticks=[])
    return _png(figure)


def turns(course: Course) -> tuple[datetime, ...]:
    """The moments at which the mean of the scores changed and stayed changed, seen from the end.

    Source: Killick, Fearnhead, Eckley, Optimal detection of changepoints with a linear computational cost, JASA 2012.
    """
    import ruptures  # noqa: PLC0415  # more than a second that only a dossier needs

    if len(course) < 2 * _LEAST_WEEKS:
        return ()
    scores = np.array([score for _, score in course])
    found = ruptures.Pelt(model="l2", min_size=_LEAST_WEEKS, jump=1).fit(scores).predict(pen=_PENALTY)
    parts = [0, *found]
    means = [scores[start:end].mean() for start, end in pairwise(parts)]
    return tuple(
        course[place][0]
        for place, (before, after) in zip(parts[1:], pairwise(means), strict=False)
        if abs(after - before) >= _LEAST_TURN
    )


def draw_record(course: Course) -> bytes:
    """The course since the first mail, with its turns marked and dated; PNG."""
    figure, axes = _drawn(course, _RECORD_SIZE, (0.045, 0.17, 0.945, 0.68))
    axes.set_yticks([0, 0.5, 1], ["0", "0.5", "1"])
    axes.grid(axis="y", color="#eceae4", linewidth=0.6)
    axes.set_axisbelow(True)
    for moment in turns(course):
        day = moment.timestamp() / 86400
        axes.axvline(day, color="#a4462a", linewidth=0.9, linestyle=(0, (4, 3)))
        axes.annotate(
            calendar_day(moment),
            (day, 1.0),
            xytext=(0, 3),
            textcoords="offset points",
            ha="center",
            va="bottom",
            fontsize=7,
            color="#a4462a",
            annotation_clip=False,
        )
    return _png(figure)


def _drawn(course: Course, size: tuple[float, float], place: tuple[float, float, float, float]) -> tuple[Figure, Axes]:
    from matplotlib.figure import Figure  # noqa: PLC0415  # half a second that only a digest with alerts needs

    figure = Figure(figsize=size, dpi=200)
    axes = figure.add_axes(place)
    days = [moment.timestamp() / 86400 for moment, _ in course]
    scores = [score for _, score in course]
    axes.fill_between(days, scores, color=_ACCENT, alpha=0.12, linewidth=0)
    axes.plot(days, scores, color=_ACCENT, linewidth=1.6, solid_capstyle="round")
    axes.plot(days[-1:], scores[-1:], "o", color=_ACCENT, markersize=4, clip_on=False)
    axes.set(xlim=(days[0], days[-1] + (days[-1] - days[0]) * 0.01), ylim=(0, 1))
    for side in ("top", "left", "right"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color("#e3e1da")
    axes.set_xticks([days[0], days[-1]], [calendar_day(course[0][0]), calendar_day(course[-1][0])])
    axes.tick_params(length=0, labelsize=7, labelcolor=_SOFT, pad=3)
    left, right = axes.get_xticklabels()
    left.set_horizontalalignment("left")
    right.set_horizontalalignment("right")
    return figure, axes


def _png(figure: Figure) -> bytes:
    picture = io.BytesIO()
    figure.savefig(picture, format="png", metadata={"Software": None})
    return picture.getvalue()
