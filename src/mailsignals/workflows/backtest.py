"""Which alerts and stages the present settings would have raised, each night knowing only what was known then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from mailsignals.clients.alerts import STAGE
from mailsignals.clients.stage import sentence
from mailsignals.report.digest import MAX_SECTIONS
from mailsignals.signals.catalogue import catalogue
from mailsignals.types import Alert, AlertChange, BehaviourState, ClientState, Message, Quote, Stage
from mailsignals.workflows.assess import House, Record
from mailsignals.workflows.digest import Post, choose, is_due
from mailsignals.workflows.fetch import Progress, silent

NIGHT = time(5)
"""When a night's scan is taken to run, in our time zone; later where the digest is to leave later."""

EVERY_NIGHT = Post(sender="", recipients=())
"""The rhythm where the settings name nobody who gets a digest."""

_DRIFT = "payment_drift"
_MADE_OF_TAGS = ("souring", "hostile_contact")
"""Behaviour that shows in the tagged sentences of its mails, not in when they came or how many they are."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one night would have raised for one client: the alerts that its digest tells, a change of stage, or both.

    Args:
        signals: Tags and behaviour signals of the alerts, strongest first; those that the stage stands on without one.
        reasons: Why, in sentences: that the stage has changed, the stage's, those of the alerts that it does not hold;
            with parting also what there is to say of our side.
        quotes: The sentences behind these signals, or the mails where it is no words that show them; by time.
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
    """Every alert that a digest would have told, and every change of stage on the night it comes, oldest first.

    Nothing counts as told before ``start``, nor as snoozed or acknowledged, which answers what was told; but stages are
    those of the digest before. Nights without new mail are looked at too, since bills fall due, promises pass and
    stages run out without one. Where digests come once a week, a change of stage waits for the next.

    Args:
        post: On which nights a digest leaves.
        most_clients: The alerts of so many a day are told; those of the others stay due.
    """
    judge = record.judge(house)
    mails = {message.message_id: message for message in record.messages}
    told: list[Alert] = []
    nights = list(_nights(house, start, end, post))
    last = _digest_before(nights[0], post)
    stages = {state.client: state.verdict.stage for state in judge.states(last)}
    for number, night in enumerate(nights, 1):
        choice = choose(judge.states(night), told, house, night, most_clients=most_clients)
        leaves = is_due(choice.told, post, last, night, house)
        if leaves:
            last = night
            told += choice.told
        for state in choice.ranked if leaves or post.weekday is None else ():
            alerts = [alert for alert in choice.told if leaves and alert.client == state.client]
            finding = _finding(state, alerts, stages.get(state.client, Stage.CALM), night, mails)
            if finding:
                yield finding
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


def _finding(
    state: ClientState, alerts: Sequence[Alert], before: Stage, night: datetime, mails: Mapping[str, Message]
) -> Finding | None:
    stage = state.verdict.stage
    raised = [alert for alert in alerts if alert.change is not AlertChange.RECOVERED]
    if not raised and stage is before:
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
        quotes=_quotes(state, tags or state.verdict.signals, mails),
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


def _quotes(state: ClientState, signals: Sequence[str], mails: Mapping[str, Message]) -> tuple[Quote, ...]:
    """The sentences of these signals, and the mails of behaviour that no words show; bills show in the excuses."""
    measured = [behaviour for behaviour in state.behaviour if behaviour.signal in signals]
    strained = {key for behaviour in measured if behaviour.signal in _MADE_OF_TAGS for key in behaviour.basis}
    labels = {*signals, "payment_excuse"} if _DRIFT in signals else {*signals}
    found = [
        quote
        for signal in state.signals
        for quote in signal.quotes
        if quote.label in labels or (quote.message_id in strained and not catalogue()[signal.tag].protective)
    ]
    found += [
        _whole(mails[key], behaviour)
        for behaviour in measured
        for key in behaviour.basis
        if key in mails and behaviour.signal not in (_DRIFT, *_MADE_OF_TAGS)
    ]
    return tuple(sorted(found, key=lambda quote: (quote.sent_at, quote.start, quote.label)))


def _whole(mail: Message, shown: BehaviourState) -> Quote:
    """A mail as evidence of a behaviour signal: all of its own words."""
    return Quote(
        mail.message_id,
        shown.signal,
        mail.own_text,
        shown.score,
        mail.sent_at,
        mail.subject,
        mail.sender,
        mail.lang,
        0,
        len(mail.own_text),
    )
