"""What the digests of the present settings would have told, each night knowing only what was known then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from mailsignals.clients.alerts import STAGE
from mailsignals.clients.stage import sentence
from mailsignals.report.digest import MAX_SECTIONS
from mailsignals.types import Alert, AlertChange, ClientState, Quote, Stage
from mailsignals.workflows.assess import House, Record
from mailsignals.workflows.digest import Post, choose, is_due
from mailsignals.workflows.fetch import Progress, silent

NIGHT = time(5)
"""When a night's scan is taken to run, in our time zone; later where the digest is to leave later."""

EVERY_NIGHT = Post(sender="", recipients=())
"""The rhythm where the settings name nobody who gets a digest."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one night's digest would have told of one client.

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
    record: Record,
    house: House,
    start: datetime,
    end: datetime,
    *,
    post: Post = EVERY_NIGHT,
    most_clients: int = MAX_SECTIONS,
    progress: Progress = silent,
) -> Iterator[Finding]:
    """Every client that a digest would have told of, and those whose stage it would have shown milder, oldest first.

    Nothing counts as told before ``start``, nor as snoozed or acknowledged, which answers what was told; but stages are
    those of the digest before. Nights without new mail are
    looked at too, since bills fall due, promises pass and stages run out without one.

    Args:
        post: On which nights a digest leaves.
        most_clients: So many a day are told of; the others stay due.
    """
    judge = record.judge(house)
    told: list[Alert] = []
    nights = list(_nights(house, start, end, post))
    last = _digest_before(nights[0], post)
    stages = {state.client: state.verdict.stage for state in judge.states(last)}
    for number, night in enumerate(nights, 1):
        choice = choose(judge.states(night), told, house, night, most_clients=most_clients)
        if is_due(choice.told, post, last, night, house):
            last = night
            told += choice.told
            held = {alert.client for alert in choice.alerts if alert not in choice.told}
            for state in choice.ranked:
                alerts = [alert for alert in choice.told if alert.client == state.client]
                finding = _finding(state, alerts, stages.get(state.client, Stage.CALM), night)
                if finding:
                    yield finding
                if finding or not (state.client in held or _is_grave(state.verdict.stage)):
                    stages[state.client] = state.verdict.stage
        progress("simulating nights", number, len(nights))


def _nights(house: House, start: datetime, end: datetime, post: Post) -> Iterator[datetime]:
    """Every night from ``start`` on, and the end."""
    zone = house.work.zone
    at = max(NIGHT, time(post.hour))
    first, last = (moment.astimezone(zone).date() for moment in (start, end))
    for day in range((last - first).days + 1):
        night = datetime.combine(first + timedelta(days=day), at, zone)
        if start <= night < end:
            yield night
    yield end


def _digest_before(night: datetime, post: Post) -> datetime:
    """When a digest of this rhythm may last have left."""
    days = 1 if post.weekday is None else (night.weekday() - post.weekday - 1) % 7 + 1
    return night - timedelta(days=days)


def _finding(state: ClientState, alerts: Sequence[Alert], before: Stage, night: datetime) -> Finding | None:
    stage = state.verdict.stage
    raised = [alert for alert in alerts if alert.change is not AlertChange.RECOVERED]
    has_calmed = _is_grave(before) and stage.rank < before.rank
    if not raised and not has_calmed:
        return None
    moved = (f"Stage {before.value} → {stage.value}.",) if stage is not before else ()
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


def _is_grave(stage: Stage) -> bool:
    return stage.rank >= Stage.SET_BOUNDARIES.rank


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
