"""Which signals of which clients are due to be told. Pure: the store says what was told before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mailsignals.signals.catalogue import catalogue
from mailsignals.types import Alert, AlertChange, ClientState, SignalState

WORSE_BY = 0.15
"""A score that has grown by so much since it was told breaks the quiet time."""

TOGETHER = 0.6
"""Score that several weaker messages must reach for a signal that one strong message could raise alone: two half-sure
sentences make no aggressor."""


@dataclass(frozen=True, slots=True)
class AlertRules:
    """When a signal is worth a word.

    Args:
        quiet: How long a told signal is left alone unless it grows worse.
        min_messages: Different messages that must show it, unless one strong one is enough for its tag.
        thresholds: Tag -> score, where the catalogue's own is not wanted.
    """

    quiet: timedelta = timedelta(days=14)
    min_messages: int = 2
    thresholds: Mapping[str, float] = field(default_factory=dict)


def due_alerts(
    states: Iterable[ClientState], told: Sequence[Alert], rules: AlertRules, now: datetime
) -> Sequence[Alert]:
    """Alerts that are due at ``now``, in the order of ``states``.

    A protective signal never alerts. The same evidence is never told twice.
    """
    by_time = sorted(told, key=lambda alert: alert.raised_at)
    last = {(alert.client, alert.tag): alert for alert in by_time if alert.raised_at <= now}
    known = _evidence_told(told)
    due: list[Alert] = []
    for state in states:
        for signal in state.signals:
            key = (state.client, signal.tag)
            if not is_founded(signal, rules):
                continue
            change = _change(signal, last.get(key), known.get(key, frozenset()), rules, now)
            if change:
                due.append(Alert(state.client, signal.tag, signal.score, now, change, _evidence(signal)))
    return due


def is_founded(state: SignalState, rules: AlertRules) -> bool:
    """Whether a signal stands on enough evidence: several messages, or one that is enough for its tag."""
    signal = catalogue()[state.tag]
    if signal.protective or state.score < rules.thresholds.get(signal.tag, signal.alert_at):
        return False
    if max(quote.score for quote in state.quotes) >= signal.alone_at:
        return True
    is_grave = signal.alone_at <= 1 and signal.tag not in rules.thresholds
    return state.messages >= rules.min_messages and state.score >= (TOGETHER if is_grave else 0)


def _change(
    state: SignalState, last: Alert | None, known: frozenset[str], rules: AlertRules, now: datetime
) -> AlertChange | None:
    """What is new about a founded signal, or None when there is nothing to tell."""
    if last is None:
        return AlertChange.NEW
    if set(_evidence(state)) <= known:
        return None
    if state.score >= last.score + WORSE_BY:
        return AlertChange.WORSE
    return AlertChange.AGAIN if now - last.raised_at >= rules.quiet else None


def _evidence(state: SignalState) -> tuple[str, ...]:
    return tuple(sorted({quote.message_id for quote in state.quotes}))


def _evidence_told(told: Iterable[Alert]) -> dict[tuple[str, str], frozenset[str]]:
    """Client and tag -> every message that an alert has named."""
    known: dict[tuple[str, str], frozenset[str]] = {}
    for alert in told:
        key = (alert.client, alert.tag)
        known[key] = known.get(key, frozenset()) | frozenset(alert.evidence)
    return known
