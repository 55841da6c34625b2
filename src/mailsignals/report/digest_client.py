"""One client of the digest: a section for one with due alerts, a table row for the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from mailsignals.behaviour.figures import behaviours
from mailsignals.clients.alerts import STAGE
from mailsignals.report import digest_ledger as ledger
from mailsignals.report.digest_facts import our_side, our_side_beside, pace
from mailsignals.report.digest_signal import NAME_LENGTH, Frame, fair, level, person, title, told
from mailsignals.report.digest_view import ClientRow, ClientSection, Picture
from mailsignals.report.reply import plays, reply, stands_alone
from mailsignals.report.words import listing, sentences, shell_word, shorten
from mailsignals.signals.catalogue import catalogue
from mailsignals.text.counts import plural
from mailsignals.types import Address, Alert, AlertChange, BehaviourState, ClientState, SignalState, Stage

OF_NOTE = 0.2
"""A risk signal below this is an echo: one sentence that has sunk to a third."""

MOVED = 0.05
"""Scores that differ by less read as unchanged."""

MAX_SIGNALS = 2
MAX_PEOPLE = 2
MAX_OTHERS = 6

FRESH = timedelta(days=14)
"""An insult or a wish for lies so new is quoted, though no alert is due for it yet."""


def section(
    state: ClientState,
    earlier: ClientState | None,
    alerts: Sequence[Alert],
    frame: Frame,
    trend: Picture | None = None,
) -> ClientSection:
    """Spell out a client with due alerts on about one screen.

    The two strongest signals have a sentence each; of the rest it tells the names or the number.
    """
    changes = {alert.tag: alert.change for alert in alerts if alert.change is not AlertChange.RECOVERED}
    alerted = [signal for signal in state.signals if signal.tag in changes]
    loud = _loudest(alerted, risks(state), frame)
    quiet = [signal for signal in [*alerted, *risks(state)] if signal not in loud]
    kind = [signal for signal in state.signals if is_protective(signal)]
    measured = ledger.measured_of_note(state, changes)
    promised = ledger.promises_of_note(state, frame)
    reasons = ledger.reasons(state, frame)
    name, beside = short_name(state), our_side_beside(state)
    due = ", ".join(alert_title(state, tag) for tag in changes)
    advice, signals_advice = _advice(state, [signal.tag for signal in loud], measured, changes)
    return ClientSection(
        name=name,
        summary="; ".join(filter(None, (f"{name} ({level(state.score).number}): {due}", beside))),
        people=_people(state.people, frame),
        level=level(state.score),
        changes=tuple(_changes(state, earlier, frame)),
        signals=tuple(
            replace(view, advice=view.advice if signal.tag == signals_advice else "")
            for signal in loud
            for view in [told(name, signal, changes.get(signal.tag), earlier, frame)]
        ),
        others=listing(list(dict.fromkeys(map(title, quiet))), MAX_OTHERS),
        fairness=tuple(fair(name, signal, frame) for signal in kind[:1]),
        reply=reply(alerted, state, frame, [measure for measure in state.behaviour if measure.signal in changes]),
        our_side=our_side(state, promised),
        our_side_beside=beside,
        pace=pace(state.facts),
        stage=ledger.stage_title(state.verdict.stage),
        reasons=reasons,
        advice=advice,
        trend=trend,
        measures=ledger.measures(measured, changes, frame),
        promises=ledger.promises(promised, state, frame),
        asks=ledger.asks(state, frame),
        left_out=ledger.left_out(
            {
                "reason": 0 if frame.hide_text else len(state.verdict.reasons) - len(reasons),
                "sentence": 0 if frame.hide_text else sum(len(signal.quotes) - 1 for signal in loud),
                "pattern over time": len(measured) - ledger.MAX_MEASURES,
                "promise": len(promised) - ledger.MAX_PROMISES,
                "wish": len(state.asks) - ledger.MAX_ASKS,
                "sign in their favour": len(kind) - 1,
            }
        ),
        command=f"{show_command(state)} --all",
    )


def row(state: ClientState, earlier: ClientState | None, frame: Frame) -> ClientRow:
    """A client that is not told of, in brief; that its stage has changed is told with the first reason."""
    strongest, moved = risks(state), has_moved(state, earlier)
    return ClientRow(
        name=short_name(state),
        level=level(state.score),
        stage=_step(state, earlier) if moved else state.verdict.stage.value,
        signal=title(strongest[0]) if strongest else _of_stage(state),
        messages=f"{plural(state.facts.received, 'message')} in all",
        last=frame.time.day(state.facts.last_at) if state.facts.last_at else "never",
        change="" if moved else _drift(state, earlier, frame),
        reason="".join(ledger.reasons(state, frame)[:1]) if moved else "",
        our_side_beside=our_side_beside(state),
    )


def calm_name(state: ClientState, earlier: ClientState | None) -> str:
    """A calm client, such as ``Hotel Galeb (watch → calm)`` where it has just become so."""
    return f"{short_name(state)} ({_step(state, earlier)})" if has_moved(state, earlier) else short_name(state)


def has_moved(state: ClientState, earlier: ClientState | None) -> bool:
    """Whether a client stood at another stage at the last digest."""
    return earlier is not None and earlier.verdict.stage is not state.verdict.stage


def _step(state: ClientState, earlier: ClientState | None) -> str:
    before = (earlier or state).verdict.stage
    return f"{before.value} → {state.verdict.stage.value}"


def _of_stage(state: ClientState) -> str:
    """What the stage stands on, for a client whose own words are of no note."""
    named = state.verdict.signals if state.verdict.stage is not Stage.CALM else ()
    return alert_title(state, named[0]) if named else ""


def alert_title(state: ClientState, tag: str) -> str:
    """What an alert is called: its signal, its behaviour signal, or the client's stage."""
    if tag == STAGE:
        return ledger.stage_title(state.verdict.stage) or "Stage"
    return catalogue()[tag].title if tag in catalogue() else behaviours()[tag].title


def risks(state: ClientState) -> list[SignalState]:
    """Signals of note that raise the urgency, strongest first."""
    return [signal for signal in state.signals if signal.score >= OF_NOTE and not is_protective(signal)]


def _loudest(alerted: Sequence[SignalState], risky: Sequence[SignalState], frame: Frame) -> Sequence[SignalState]:
    """The strongest signal that is due, and beside it a fresh insult or wish for lies before any other."""
    grave = [signal for signal in risky if _is_fresh_and_grave(signal, frame)]
    ordered = [*alerted[:1], *grave, *alerted[1:]]
    return list({signal.tag: signal for signal in ordered}.values())[:MAX_SIGNALS]


def _advice(
    state: ClientState, told_tags: Sequence[str], measured: Sequence[BehaviourState], changes: Mapping[str, AlertChange]
) -> tuple[str, str]:
    """What helps at the stage, and the tag of the signal whose first sentence of advice goes with it: two in all.

    What helps against an excuse no longer helps where work rests until it is paid: there the stage's advice stands.
    Who parts mends nothing more: there it stands whole, and alone.
    """
    play = plays().get(state.verdict.stage)
    of_stage = play.advice if play else ""
    if state.verdict.stage is Stage.CONSIDER_PARTING:
        return of_stage, ""
    settled = "money" if stands_alone(state.verdict.stage) else ""
    open_tags = [tag for tag in told_tags if catalogue()[tag].family != settled]
    open_tags.sort(key=lambda tag: catalogue()[tag].alone_at > 1)  # what one message is enough for comes first
    if open_tags:
        return sentences(of_stage, 1), open_tags[0]
    due = [known.signal for known in measured if known.signal in changes and not settled]
    if due:
        return f"{sentences(of_stage, 1)} {sentences(behaviours()[due[0]].advice, 1)}".strip(), ""
    return sentences(of_stage, 2), ""


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
    return listing([person(address) for address in people], MAX_PEOPLE)


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
