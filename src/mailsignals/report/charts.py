"""Pictures: a client's score over the last weeks, small enough for a mail."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime

from mailsignals.report.digest_view import Picture
from mailsignals.report.words import calendar_day
from mailsignals.types import ClientState

Course = Sequence[tuple[datetime, float]]
"""A client's score at moments, oldest first."""

_LEAST_POINTS = 3
_ACCENT = "#0b6b6b"
_SOFT = "#5c656d"
_SIZE = (5.84, 0.9)
"""Inches at 200 dots an inch: twice the width of the digest's column, for dense screens."""


def trend(number: int, state: ClientState, course: Course, now: datetime) -> Picture | None:
    """The course of a client's score as a picture; None where there is too little of it.

    Args:
        number: Tells the pictures of one digest apart.
    """
    if len(course) < _LEAST_POINTS:
        return None
    low, high = course[0][1], course[-1][1]
    return Picture(
        cid=f"trend-{number}-{now:%Y%m%d}@mailsignals",
        png=draw_course(course),
        alt=f"Score from {low:.2f} on {calendar_day(course[0][0])} to {high:.2f} on {calendar_day(course[-1][0])}",
    )


def draw_course(course: Course) -> bytes:
    """A line with its area, first and last date below; PNG, the same bytes for the same course."""
    from matplotlib.figure import Figure  # noqa: PLC0415  # half a second that only a digest with alerts needs

    figure = Figure(figsize=_SIZE, dpi=200)
    axes = figure.add_axes((0.01, 0.24, 0.98, 0.74))
    days = [moment.timestamp() / 86400 for moment, _ in course]
    scores = [score for _, score in course]
    axes.fill_between(days, scores, color=_ACCENT, alpha=0.12, linewidth=0)
    axes.plot(days, scores, color=_ACCENT, linewidth=1.6, solid_capstyle="round")
    axes.plot(days[-1:], scores[-1:], "o", color=_ACCENT, markersize=4, clip_on=False)
    axes.set(xlim=(days[0], days[-1] + (days[-1] - days[0]) * 0.01), ylim=(0, 1), yticks=[])
    for side in ("top", "left", "right"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color("#e3e1da")
    axes.set_xticks([days[0], days[-1]], [calendar_day(course[0][0]), calendar_day(course[-1][0])])
    axes.tick_params(length=0, labelsize=7, labelcolor=_SOFT, pad=3)
    left, right = axes.get_xticklabels()
    left.set_horizontalalignment("left")
    right.set_horizontalalignment("right")
    picture = io.BytesIO()
    figure.savefig(picture, format="png", metadata={"Software": None})
    return picture.getvalue()
