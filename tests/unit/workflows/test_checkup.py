from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from mailsignals.errors import LoginRefused, ServerUnavailable, TryLater
from mailsignals.workflows.checkup import Finding, check_clock, check_up

MADE = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
REFUSED = LoginRefused("No.", why="the password is old.", remedy="renew it.")
DOWN = ServerUnavailable("Nobody answers.", why="it is down.", remedy="wait.")


def failing(fault: Exception) -> Callable[[], str]:
    def probe() -> str:
        raise fault

    return probe


def test_every_part_is_tried_in_order_whatever_the_others_say() -> None:
    probes = [
        ("log-in", failing(REFUSED)),
        ("store", lambda: "3 messages"),
        ("sending", failing(DOWN)),
        ("clock", lambda: ""),
    ]
    assert check_up(probes) == [
        Finding("log-in", fault=REFUSED),
        Finding("store", detail="3 messages"),
        Finding("sending", fault=DOWN),
        Finding("clock"),
    ]


def test_a_slip_of_our_own_is_not_taken_for_a_finding() -> None:
    with pytest.raises(ZeroDivisionError):
        check_up([("store", failing(ZeroDivisionError()))])


@pytest.mark.parametrize(
    ("now", "newest"),
    [
        (MADE, None),
        (MADE + DAY, None),
        (MADE + 9 * DAY, MADE + 9 * DAY),
        (MADE + 9 * DAY, MADE + 10 * DAY),  # stamped in a zone ahead of ours
        (MADE + 9 * DAY, MADE - 900 * DAY),
    ],
)
def test_a_clock_that_is_behind_nothing_is_shown(now: datetime, newest: datetime | None) -> None:
    assert check_clock(now, MADE, newest) == f"{now:%Y-%m-%d %H:%M} UTC"


@pytest.mark.parametrize(
    ("now", "newest", "shown"),
    [
        (MADE - timedelta(minutes=1), None, "2026-03-01 00:00"),
        (datetime(1970, 1, 1, tzinfo=UTC), MADE, "2026-03-01 00:00"),
        (MADE + 9 * DAY, MADE + 11 * DAY, "2026-03-11 00:00"),
        (MADE - DAY, MADE - 9 * DAY, "2026-03-01 00:00"),
    ],
)
def test_a_clock_that_is_behind_the_model_or_the_mail_is_told(
    now: datetime, newest: datetime | None, shown: str
) -> None:
    with pytest.raises(TryLater, match=f"{now:%Y-%m-%d %H:%M} UTC") as behind:
        check_clock(now, MADE, newest)
    assert f"before {shown} UTC" in behind.value.why
    assert "timedatectl" in behind.value.remedy
