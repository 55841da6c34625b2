from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from mailsignals.adapters.clock import FixedClock, SystemClock


def test_the_system_s_clock_shows_the_present_in_utc() -> None:
    before = datetime.now(UTC)
    shown = SystemClock().now()
    assert before <= shown <= datetime.now(UTC)
    assert shown.tzinfo is UTC


def test_a_fixed_clock_shows_its_moment_in_utc_for_ever() -> None:
    moment = datetime(2026, 3, 2, 10, 15, tzinfo=timezone(timedelta(hours=1)))
    clock = FixedClock(moment)
    assert clock.now() == clock.now() == moment
    assert clock.now().tzinfo is UTC
