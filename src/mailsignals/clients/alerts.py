"""Which signals of which clients are due to be told. Pure: the store says what was told before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mailsignals.signals.catalogue import catalogue
from mailsignals.types import Alert, AlertChange, BehaviourState, ClientState, Hush, SignalState, Stage

WORSE_BY = 0.15
"""A score that has grown by so much since it was told breaks the quiet time, and an acknowledgement."""

TOGETHER = 0.6
"""Score that several weaker messages must reach for a signal that one strong message could raise alone: two half-sure
sentences make no aggressor."""

BEHAVIOUR_AT = 0.7
"""Score from which a behaviour signal is told: it stands on many mails or invoices, never on one."""

RECOVERED_AT = 0.5
"""Share of its threshold below which a signal that was told counts as over."""

STAGE = "stage"
"""What an alert on a client's stage has in the place of a tag; its score is the stage's rank as a share."""

_TOLD_STAGES = (Stage.STOP_WORK, Stage.CONSIDER_PARTING)
"""Stages that are told for themselves; the others show in the signals that make them."""


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


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Something of a client that may be told.

    Args:
        at: Score from which it is.
    """

    tag: str
    score: float
    at: float
    evidence: tuple[str, ...]
    is_founded: bool


def due_alerts(
    states: Iterable[ClientState],
    told: Sequence[Alert],
    rules: AlertRules,
    now: datetime,
    hushes: Sequence[Hush] = (),
) -> Sequence[Alert]:
    """Alerts that are due at ``now``, in the order of ``states``.

    A protective signal never alerts. The same evidence is never told twice. What was told and is over is told once
    more, as recovered. What a person has hushed is left out.
    """
    by_time = sorted(told, key=lambda alert: alert.raised_at)
    last = {(alert.client, alert.tag): alert for alert in by_time if alert.raised_at <= now}
    known = _evidence_told(told)
    due: list[Alert] = []
    for state in states:
        for candidate in _candidates(state, rules):
            key = (state.client, candidate.tag)
            change = _change(candidate, last.get(key), known.get(key, frozenset()), rules, now)
            if change and not _is_hushed(state.client, candidate, hushes, now):
                evidence = () if change is AlertChange.RECOVERED else candidate.evidence
                due.append(Alert(state.client, candidate.tag, candidate.score, now, change, evidence))
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


def _candidates(state: ClientState, rules: AlertRules) -> Iterator[_Candidate]:
    """Everything of a client that may be told: its text signals, its behaviour, its stage."""
    for signal in state.signals:
        at = rules.thresholds.get(signal.tag, catalogue()[signal.tag].alert_at)
        evidence = tuple(sorted({quote.message_id for quote in signal.quotes}))
        yield _Candidate(signal.tag, signal.score, at, evidence, is_founded(signal, rules))
    for behaviour in state.behaviour:
        is_due = behaviour.score >= BEHAVIOUR_AT and not is_mirror(behaviour)
        yield _Candidate(behaviour.signal, behaviour.score, BEHAVIOUR_AT, tuple(sorted(set(behaviour.basis))), is_due)
    stage = state.verdict.stage
    rank = stage.rank / Stage.CONSIDER_PARTING.rank
    yield _Candidate(STAGE, rank, Stage.STOP_WORK.rank / 4, (stage.value,), stage in _TOLD_STAGES)


def is_mirror(state: BehaviourState) -> bool:
    """Whether a behaviour signal is about us."""
    return state.signal == "our_side"


def _change(
    candidate: _Candidate, last: Alert | None, known: frozenset[str], rules: AlertRules, now: datetime
) -> AlertChange | None:
    """What is new about a candidate, or None when there is nothing to tell."""
    is_over = last is None or last.change is AlertChange.RECOVERED
    if not candidate.is_founded:
        return AlertChange.RECOVERED if not is_over and candidate.score < RECOVERED_AT * candidate.at else None
    if last is None:
        return AlertChange.NEW
    if set(candidate.evidence) <= known:
        return None
    if is_over:
        return AlertChange.NEW
    if candidate.score >= last.score + WORSE_BY:
        return AlertChange.WORSE
    return AlertChange.AGAIN if now - last.raised_at >= rules.quiet else None


def _is_hushed(client: str, candidate: _Candidate, hushes: Sequence[Hush], now: datetime) -> bool:
    """Whether a person does not want to hear of it: until a day, or until it is clearly worse than it was then."""
    for hush in hushes:
        if hush.client != client or hush.tag not in ("", candidate.tag) or hush.said_at > now:
            continue
        if hush.until is not None and now < hush.until:
            return True
        if hush.until is None and candidate.score < hush.score + WORSE_BY:
            return True
    return False


def _evidence_told(told: Iterable[Alert]) -> dict[tuple[str, str], frozenset[str]]:
    """Client and tag -> every message that an alert has named."""
    known: dict[tuple[str, str], frozenset[str]] = {}
    for alert in told:
        key = (alert.client, alert.tag)
        known[key] = known.get(key, frozenset()) | frozenset(alert.evidence)
    return known
