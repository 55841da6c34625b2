"""The doctor: every part is tried, and what fails says how to mend it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailsignals.errors import MailsignalsError, TryLater

_AHEAD = timedelta(days=1)
"""Mail may be stamped in a zone that is ahead of ours, never by so much."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a probe found.

    Args:
        part: What was tried, such as ``log-in``.
        fault: What is wrong with it, or None.
        detail: What was found where all is well.
    """

    part: str
    detail: str = ""
    fault: MailsignalsError | None = None


def check_up(probes: Iterable[tuple[str, Callable[[], str]]]) -> Sequence[Finding]:
    """Run every probe, whatever the others say, in order."""
    return [_try(part, probe) for part, probe in probes]


def _try(part: str, probe: Callable[[], str]) -> Finding:
    try:
        return Finding(part, detail=probe())
    except MailsignalsError as fault:
        return Finding(part, fault=fault)


def check_clock(now: datetime, made_at: datetime, newest: datetime | None) -> str:
    """Compare the clock with what cannot lie in the future: the model's making and the newest stored mail.

    Raises:
        TryLater: The clock is behind one of them.
    """
    latest = max(made_at, newest - _AHEAD) if newest else made_at
    if now < latest:
        raise TryLater(
            f"The clock of this machine shows {now:%Y-%m-%d %H:%M} UTC.",
            why=f"that is before {latest:%Y-%m-%d %H:%M} UTC, when a file or mail it already has was made.",
            remedy="set it, on most Linux machines with `timedatectl set-ntp true`.",
        )
    return f"{now:%Y-%m-%d %H:%M} UTC"
