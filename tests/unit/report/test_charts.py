from __future__ import annotations

from datetime import UTC, datetime, timedelta

from mailsignals.report.charts import Course, draw_record, turns

MONDAY = datetime(2026, 1, 5, 8, tzinfo=UTC)


def course(*scores: float) -> Course:
    return [(MONDAY + timedelta(weeks=week), score) for week, score in enumerate(scores)]


def test_a_score_that_rises_and_stays_has_turned_in_the_week_it_rose() -> None:
    assert turns(course(*[0.1] * 10, *[0.6] * 10)) == (MONDAY + timedelta(weeks=10),)


def test_a_turn_back_is_a_second_turn() -> None:
    assert len(turns(course(*[0.1] * 10, *[0.6] * 10, *[0.1] * 10))) == 2


def test_one_bad_week_and_wobbling_are_no_turn() -> None:
    assert turns(course(*[0.1] * 10, 0.4, *[0.1] * 10)) == ()
    assert turns(course(*[0.1, 0.2, 0.15] * 8)) == ()


def test_a_few_weeks_are_too_little_for_a_turn() -> None:
    assert turns(course(0.0, 0.9, 0.9, 0.9)) == ()


def test_the_same_course_gives_the_same_picture() -> None:
    steps = course(*[0.1] * 10, *[0.6] * 10)
    assert draw_record(steps) == draw_record(steps)
    assert draw_record(steps).startswith(b"\x89PNG")
