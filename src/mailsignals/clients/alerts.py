"""Which signals of which clients are due to be told. Pure: the store says what was told before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mailsignals.signals.catalogue import catalogue
from mailsignals.types import Alert, AlertChange, BehaviourState, ClientState, Hush, SignalState, Stage

WORSE_BY = 0.15
"""A score that has grown by so much since it was told, or acknowledged, is told whatever the quiet time says."""

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
"""Stages that are told for themselves; the others show in the signals that make them, or ask for a reminder."""


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
        over: Score below which it counts as over.
        sent_at: When its evidence was written; empty where nothing tells.
    """

    tag: str
    score: float
    over: float
    evidence: tuple[str, ...]
    is_founded: bool
    sent_at: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class _Case:
    """What was told of one signal of a client, since it last was over.

    Args:
        last: The last telling, that it is over included; None for never.
        known: The evidence that was named.
    """

    last: Alert | None = None
    known: frozenset[str] = frozenset()

    @property
    def is_open(self) -> bool:
        """Whether it was told and not yet told as over."""
        return self.last is not None and self.last.change is not AlertChange.RECOVERED


def due_alerts(
    states: Iterable[ClientState],
    told: Sequence[Alert],
    rules: AlertRules,
    now: datetime,
    hushes: Sequence[Hush] = (),
) -> Sequence[Alert]:
    """Alerts that are due at ``now``, in the order of ``states``.

    A protective signal never alerts. Within one case the same evidence is never told twice. What was told, or
    acknowledged, and is over is told once more, as recovered; what comes after is a new case. What a person has hushed
    is left out. Only what was told and hushed by ``now`` counts.
    """
    cases = _cases(told, now)
    due: list[Alert] = []
    for state in states:
        for candidate in _candidates(state, rules):
            said = [hush for hush in hushes if _is_about(hush, state.client, candidate, now)]
            change = _change(candidate, cases.get((state.client, candidate.tag), _Case()), said, rules, now)
            if change and not _is_snoozed(candidate, change, said, now):
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
        sent_at = tuple(quote.sent_at for quote in signal.quotes)
        yield _Candidate(
            signal.tag, signal.score, RECOVERED_AT * at, evidence, is_founded(signal, rules), sent_at=sent_at
        )
    for behaviour in state.behaviour:
        is_due = behaviour.score >= BEHAVIOUR_AT and not is_mirror(behaviour)
        basis = tuple(sorted(set(behaviour.basis)))
        yield _Candidate(behaviour.signal, behaviour.score, RECOVERED_AT * BEHAVIOUR_AT, basis, is_due)
    # A stage has its own hysteresis: what is below those that are told is over.
    stage = state.verdict.stage
    rank, over = (step.rank / Stage.CONSIDER_PARTING.rank for step in (stage, Stage.STOP_WORK))
    is_told = stage in _TOLD_STAGES or state.verdict.is_reminder_due
    yield _Candidate(STAGE, rank, over, (stage.value,), is_told)


def is_mirror(state: BehaviourState) -> bool:
    """Whether a behaviour signal is about us."""
    return state.signal == "our_side"


def _cases(told: Iterable[Alert], now: datetime) -> dict[tuple[str, str], _Case]:
    """Client and tag -> its case as it stands at ``now``."""
    cases: dict[tuple[str, str], _Case] = {}
    for alert in sorted((alert for alert in told if alert.raised_at <= now), key=lambda alert: alert.raised_at):
        before = cases.get((alert.client, alert.tag), _Case())
        is_over = alert.change is AlertChange.RECOVERED
        known = frozenset[str]() if is_over else before.known.union(alert.evidence)
        cases[alert.client, alert.tag] = _Case(alert, known)
    return cases


def _change(
    candidate: _Candidate, case: _Case, said: Sequence[Hush], rules: AlertRules, now: datetime
) -> AlertChange | None:
    """What is new about a candidate, or None when there is nothing to tell."""
    acknowledged = [hush for hush in said if hush.until is None and not _has_ended(hush, case)]
    if not candidate.is_founded:
        was_seen = case.is_open or any(hush.tag and hush.score >= candidate.over for hush in acknowledged)
        return AlertChange.RECOVERED if was_seen and candidate.score < candidate.over else None
    if not all(_outgrows(candidate, hush, case.known, rules, now) for hush in acknowledged):
        return None
    if case.last is None or not case.is_open:
        return AlertChange.NEW
    if set(candidate.evidence) <= case.known:
        return None
    if candidate.score >= case.last.score + WORSE_BY:
        return AlertChange.WORSE
    return AlertChange.AGAIN if now - case.last.raised_at >= rules.quiet else None


def _has_ended(hush: Hush, case: _Case) -> bool:
    """Whether what was acknowledged has been over since."""
    return case.last is not None and not case.is_open and case.last.raised_at >= hush.said_at


def _outgrows(candidate: _Candidate, hush: Hush, known: frozenset[str], rules: AlertRules, now: datetime) -> bool:
    """Whether it has grown clearly worse than what was acknowledged, or goes on as bad long after with new evidence.

    A score near 1 cannot grow by much. Of evidence that nothing dates, only what was not told before is new.
    """
    if candidate.score >= hush.score + WORSE_BY:
        return True
    if candidate.score < hush.score or now - hush.said_at < rules.quiet:
        return False
    if candidate.sent_at:
        return sum(at >= hush.said_at + rules.quiet for at in candidate.sent_at) >= rules.min_messages
    return bool(known) and len(set(candidate.evidence) - known) >= rules.min_messages


def _is_about(hush: Hush, client: str, candidate: _Candidate, now: datetime) -> bool:
    """Whether a person had said it by ``now`` of this candidate, or of all of the client."""
    return hush.client == client and hush.tag in {"", candidate.tag} and hush.said_at <= now


def _is_snoozed(candidate: _Candidate, change: AlertChange, said: Sequence[Hush], now: datetime) -> bool:
    """Whether a person does not want to hear of it before a day. That a stage is over is told all the same."""
    if candidate.tag == STAGE and change is AlertChange.RECOVERED:
        return False
    return any(hush.until is not None and now < hush.until for hush in said)
