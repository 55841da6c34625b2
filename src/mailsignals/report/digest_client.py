"""One client of the digest: a section for one with due alerts, a table row for the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from mailsignals.behaviour.figures import behaviours
from mailsignals.clients.alerts import STAGE
from mailsignals.report import digest_ledger as ledger
from mailsignals.report.digest_facts import caution, our_side
from mailsignals.report.digest_signal import NAME_LENGTH, Frame, fair, level, person, title, told
from mailsignals.report.digest_view import ClientRow, ClientSection, Picture, SignalView
from mailsignals.report.reply import plays, reply, stands_alone
from mailsignals.report.words import listing, plural, shell_word, shorten
from mailsignals.signals.catalogue import catalogue
from mailsignals.types import Address, Alert, AlertChange, ClientState, SignalState, Stage

OF_NOTE = 0.2
"""A risk signal below this is an echo: one sentence that has sunk to a third."""

MOVED = 0.05
"""Scores that differ by less read as unchanged."""

MAX_SIGNALS = 4

FRESH = timedelta(days=14)
"""An insult or a wish for lies so new is quoted, though no alert is due for it yet."""


def section(
    state: ClientState,
    earlier: ClientState | None,
    alerts: Sequence[Alert],
    frame: Frame,
    trend: Picture | None = None,
) -> ClientSection:
    """Spell out a client with due alerts, strongest signal first."""
    changes = {alert.tag: alert.change for alert in alerts if alert.change is not AlertChange.RECOVERED}
    alerted = [signal for signal in state.signals if signal.tag in changes]
    loud, untold = alerted[:MAX_SIGNALS], alerted[MAX_SIGNALS:]
    grave = [signal for signal in risks(state) if signal.tag not in changes and _is_fresh_and_grave(signal, frame)]
    quiet = [signal for signal in risks(state) if signal.tag not in changes and signal not in grave]
    name, play = short_name(state), plays().get(state.verdict.stage)
    return ClientSection(
        name=name,
        summary=f"{name} ({level(state.score).number}): {', '.join(alert_title(state, tag) for tag in changes)}",
        people=_people(state.people, frame),
        level=level(state.score),
        changes=tuple(_changes(state, earlier, frame)),
        signals=tuple(
            _under_stage(state.verdict.stage, signal, told(name, signal, changes.get(signal.tag), earlier, frame))
            for signal in [*loud, *grave]
        ),
        others=", ".join(f"{title(signal)} {signal.score:.2f}" for signal in [*untold, *quiet]),
        fairness=tuple(fair(name, signal, frame) for signal in state.signals if is_protective(signal)),
        reply=reply(alerted, state, frame),
        our_side=our_side(state.facts, state.measure("our_side")),
        caution=caution(state.facts, state.measure("our_side")),
        stage=ledger.stage_title(state.verdict.stage),
        reasons=ledger.reasons(state, frame),
        advice=play.advice if play else "",
        trend=trend,
        measures=ledger.measures(state, changes, frame),
        promises=ledger.promises(state, frame),
        asks=ledger.asks(state, frame),
    )


def row(state: ClientState, earlier: ClientState | None, frame: Frame) -> ClientRow:
    """A client that is not told of, on one line."""
    strongest = risks(state)
    return ClientRow(
        name=short_name(state),
        level=level(state.score),
        stage="" if state.verdict.stage is Stage.CALM else state.verdict.stage.value,
        signal=title(strongest[0]) if strongest else "",
        messages=f"{plural(state.facts.received, 'message')} in all",
        last=frame.time.day(state.facts.last_at) if state.facts.last_at else "never",
        change=_drift(state, earlier, frame),
    )


def alert_title(state: ClientState, tag: str) -> str:
    """What an alert is called: its signal, its behaviour signal, or the client's stage."""
    if tag == STAGE:
        return ledger.stage_title(state.verdict.stage) or "Stage"
    return catalogue()[tag].title if tag in catalogue() else behaviours()[tag].title


def risks(state: ClientState) -> list[SignalState]:
    """Signals of note that raise the urgency, strongest first."""
    return [signal for signal in state.signals if signal.score >= OF_NOTE and not is_protective(signal)]


def _under_stage(stage: Stage, signal: SignalState, view: SignalView) -> SignalView:
    """What helps against an excuse no longer helps where work rests until it is paid: the stage's advice stands."""
    is_settled = stands_alone(stage) and catalogue()[signal.tag].family == "money"
    return replace(view, advice="") if is_settled else view


def _is_fresh_and_grave(signal: SignalState, frame: Frame) -> bool:
    """Whether it is of the kind that one message can be enough for, and was shown within ``FRESH``."""
    newest = max((quote.sent_at for quote in signal.quotes), default=None)
    return catalogue()[signal.tag].alone_at <= 1 and newest is not None and newest >= frame.time.now - FRESH


def is_protective(signal: SignalState) -> bool:
    """Whether a signal speaks for the client."""
    return catalogue()[signal.tag].protective


def short_name(state: ClientState) -> str:
    """The client's name, fit to be shown: it may be an address that came with a mail."""
    return shorten(state.client, NAME_LENGTH)


def show_command(state: ClientState) -> str:
    """What to type to see all of a client; a name that does not fit on a line is left to the reader."""
    command = f"mailsignals show {shell_word(state.client)}"
    return command if len(command) <= NAME_LENGTH else "mailsignals show CLIENT"


def _people(people: Sequence[Address], frame: Frame) -> str:
    """Who writes for the client; only their number where words are hidden, since a display name can say anything."""
    if frame.hide_text:
        return plural(len(people), "person writes", "people write") if people else ""
    return listing([person(address) for address in people], 3)


def _changes(state: ClientState, earlier: ClientState | None, frame: Frame) -> Iterator[str]:
    """What moved since the last digest, most important first."""
    if frame.since is None:
        return
    if earlier is None:
        yield f"a new client, {plural(state.facts.received, 'message')} so far"
        return
    yield f"score {_move(earlier.score, state.score)}"
    fresh = state.facts.received - earlier.facts.received
    yield plural(fresh, "new message") if fresh > 0 else "no new messages"
    yield from _quieter(state, earlier)


def _quieter(state: ClientState, earlier: ClientState) -> Iterator[str]:
    """Risk signals that have sunk."""
    for before in risks(earlier):
        now = state.signal(before.tag)
        score = now.score if now else 0.0
        if score <= before.score - MOVED:
            yield f"{title(before)} quieter, {before.score:.2f} → {score:.2f}"


def _drift(state: ClientState, earlier: ClientState | None, frame: Frame) -> str:
    if frame.since is None:
        return ""
    return _move(earlier.score, state.score) if earlier else "new"


def _move(before: float, now: float) -> str:
    """How a score moved.

    >>> _move(0.42, 0.71), _move(0.5, 0.52)
    ('0.42 → 0.71, worse', 'unchanged')
    """
    if abs(now - before) < MOVED:
        return "unchanged"
    return f"{before:.2f} → {now:.2f}, {'worse' if now > before else 'quieter'}"
