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
_ACCENT_ON_ANY = "#1d9a90"
"""At least three to one against the digest's white sheet and against its dark one (WCAG 2.2, 1.4.11)."""
_SOFT = "#5c656d"
TREND_WIDTH, TREND_HEIGHT = 160, 40
"""Pixels of the digest's picture as it is shown; it has twice as many dots each way, for dense screens."""
_SIZE = (TREND_WIDTH / 100, TREND_HEIGHT / 100)
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
    first, last = course[0], course[-1]
    highest = max(score for _, score in course)
    return Picture(
        cid=f"trend-{number}-{now:%Y%m%d}@mailsignals",
        png=draw_course(course),
        alt=f"Urgency week by week: {first[1]:.2f} at first, {last[1]:.2f} now, at most {highest:.2f}",
        caption=f"{calendar_day(first[0])} to {calendar_day(last[0])}",
    )


def draw_course(course: Course) -> bytes:
    """A line with its area on no ground, for light and dark pages; PNG, the same bytes for the same course.

    It has no letters: those that can be read on one ground cannot on the other, so its dates stand beside it.
    """
    figure, axes = _drawn(course, _SIZE, (0.01, 0.06, 0.96, 0.86), _ACCENT_ON_ANY)
    axes.set(xticks=[], yticks=[])
    axes.spines["bottom"].set_color("#8b949b")
    return _png(figure, is_transparent=True)


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
    figure, axes = _drawn(course, _RECORD_SIZE, (0.045, 0.17, 0.945, 0.68), _ACCENT)
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


def _drawn(
    course: Course, size: tuple[float, float], place: tuple[float, float, float, float], accent: str
) -> tuple[Figure, Axes]:
    from matplotlib.figure import Figure  # noqa: PLC0415  # half a second that only a digest with alerts needs

    figure = Figure(figsize=size, dpi=200)
    axes = figure.add_axes(place)
    days = [moment.timestamp() / 86400 for moment, _ in course]
    scores = [score for _, score in course]
    axes.fill_between(days, scores, color=accent, alpha=0.15, linewidth=0)
    axes.plot(days, scores, color=accent, linewidth=1.6, solid_capstyle="round")
    axes.plot(days[-1:], scores[-1:], "o", color=accent, markersize=4, clip_on=False)
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


def _png(figure: Figure, *, is_transparent: bool = False) -> bytes:
    picture = io.BytesIO()
    figure.savefig(picture, format="png", metadata={"Software": None}, transparent=is_transparent)
    return picture.getvalue()
