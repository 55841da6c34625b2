"""What the present settings would have told, night by night, each night knowing only what was known then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from mailsignals.clients.alerts import STAGE, due_alerts
from mailsignals.clients.stage import sentence
from mailsignals.types import Alert, AlertChange, ClientState, Quote, Stage
from mailsignals.workflows.assess import House, Record
from mailsignals.workflows.fetch import Progress, silent

NIGHT = time(5)
"""When a night's scan is taken to run, in our time zone."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one night would have told of one client.

    Args:
        signals: Tags and behaviour signals of the alerts, strongest first; ``stage`` for a change of stage alone.
        reasons: Why, in sentences: that the stage has changed, the stage's, those of the alerts that it does not hold;
            with parting also what there is to say of our side.
        quotes: The sentences behind the alerts, by time.
    """

    client: str
    at: datetime
    stage: Stage
    signals: tuple[str, ...]
    score: float
    reasons: tuple[str, ...]
    quotes: tuple[Quote, ...]

    def as_json(self) -> dict[str, Any]:
        """The finding as programs read it."""
        return {
            "client": self.client,
            "at": self.at.isoformat(),
            "stage": self.stage.value,
            "signals": list(self.signals),
            "score": round(self.score, 4),
            "reasons": list(self.reasons),
            "evidence": [
                {"message_id": quote.message_id, "start": quote.start, "end": quote.end, "label": quote.label}
                for quote in self.quotes
            ],
        }


def backtest(
    record: Record, house: House, start: datetime, end: datetime, *, progress: Progress = silent
) -> Iterator[Finding]:
    """Every client and night with a due alert or a change of stage, oldest first.

    Nothing counts as told before ``start``. Nights without new mail are looked at too, since bills fall due, promises
    pass and stages run out without one.
    """
    judge = record.judge(house)
    told: list[Alert] = []
    stages: dict[str, Stage] = {}
    nights = list(_nights(house, start, end))
    for number, night in enumerate(nights, 1):
        states = judge.states(night)
        due = due_alerts(states, told, house.rules, night)
        told += due
        for state in states:
            alerts = [alert for alert in due if alert.client == state.client]
            if finding := _finding(state, alerts, stages.get(state.client, Stage.CALM), night):
                yield finding
            stages[state.client] = state.verdict.stage
        progress("simulating nights", number, len(nights))


def _nights(house: House, start: datetime, end: datetime) -> Iterator[datetime]:
    """Every night from ``start`` on, and the end."""
    zone = house.work.zone
    first, last = (moment.astimezone(zone).date() for moment in (start, end))
    for day in range((last - first).days + 1):
        night = datetime.combine(first + timedelta(days=day), NIGHT, zone)
        if start <= night < end:
            yield night
    yield end


def _finding(state: ClientState, alerts: Sequence[Alert], before: Stage, night: datetime) -> Finding | None:
    stage = state.verdict.stage
    raised = [alert for alert in alerts if alert.change is not AlertChange.RECOVERED]
    has_changed = stage is not before
    is_worth_telling = raised or (has_changed and max(stage.rank, before.rank) >= Stage.SET_BOUNDARIES.rank)
    if not is_worth_telling:
        return None
    moved = (f"Stage {before.value} → {stage.value}.",) if has_changed else ()
    tags = tuple(alert.tag for alert in raised if alert.tag != STAGE)
    return Finding(
        client=state.client,
        at=night,
        stage=stage,
        signals=tags or state.verdict.signals,
        score=state.score,
        reasons=(*moved, *_reasons(state, tags)),
        quotes=_quotes(state, tags or state.verdict.signals),
    )


def _reasons(state: ClientState, tags: Sequence[str]) -> Iterator[str]:
    """The stage's reasons, the alerts' own where they say something else, and our side before anybody parts."""
    verdict = state.verdict
    yield from verdict.reasons
    for tag in tags:
        shown = state.signal(tag) or state.measure(tag)
        if shown and not any(sentence(shown) in reason for reason in verdict.reasons):
            yield sentence(shown)
    if verdict.stage is Stage.CONSIDER_PARTING:
        ours = state.measure("our_side")
        yield sentence(ours) if ours else "Our side: Not enough to say."


def _quotes(state: ClientState, signals: Sequence[str]) -> tuple[Quote, ...]:
    """The sentences of these signals; those of a behaviour signal are the tagged ones of its mails."""
    basis = {key for measured in state.behaviour if measured.signal in signals for key in measured.basis}
    found = [
        quote
        for signal in state.signals
        for quote in signal.quotes
        if quote.label in signals or quote.message_id in basis
    ]
    return tuple(sorted(found, key=lambda quote: (quote.sent_at, quote.start, quote.label)))
