"""A draft of an answer: what the stage asks for comes first, then insults, then what they did last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from mailsignals.behaviour.figures import behaviours
from mailsignals.report.digest_signal import Frame
from mailsignals.report.digest_view import Reply
from mailsignals.report.letter import Motive, book, lacks_bill, letter
from mailsignals.report.tone import languages
from mailsignals.report.words import LANGUAGE_NAMES, clean
from mailsignals.signals.catalogue import catalogue
from mailsignals.types import Address, BehaviourState, ClientState, Quote, SignalState, Stage

_FIRST = "aggression"
_EXCUSES = ("payment_excuse", "deferred_payment", "payment_hurdle")
_LATE = "payment_drift"
_REMINDERS = (_LATE, "unresponsive")
"""Behaviour that is answered just because we wrote last and nothing came."""


@dataclass(frozen=True, slots=True)
class Play:
    """What to do at a stage.

    Args:
        advice: What practitioners do, two or three sentences for us.
        reply: Language -> draft; empty where a signal's draft does.
        familiar: The same for people one is on familiar terms with.
    """

    advice: str
    reply: Mapping[str, str]
    familiar: Mapping[str, str]


@cache
def plays() -> Mapping[Stage, Play]:
    """What to do at each stage that asks for something, read from ``playbook.toml``."""
    entries = {stage: book()[stage.value] for stage in Stage if stage.value in book()}
    return {
        stage: Play(clean(entry["advice"]), entry.get("reply", {}), entry.get("familiar", {}))
        for stage, entry in entries.items()
    }


def stands_alone(stage: Stage) -> bool:
    """Whether the stage's own draft and advice take the place of those of single signals."""
    return stage in plays() and bool(plays()[stage].reply)


def reply(
    alerted: Sequence[SignalState], state: ClientState, frame: Frame, measured: Sequence[BehaviourState] = ()
) -> Reply | None:
    """The draft for the client's stage or else for one of its signals, in the language of the mail that it answers.

    Filled in are a greeting, the client's own sentence with its day, a day for us, and an open invoice of the ledger.
    What is not known stays in its brackets, and so does our day, which only we can promise. Where words are hidden the
    sentence and the name are left out. No draft asks for money where the ledger knows of no bill that is open.

    Args:
        alerted: Signals in the client's words that are told.
        measured: Behaviour signals that are told; one that is stronger than all of the words is answered first.
    """
    for motive in _motives(alerted, measured, state):
        if lacks_bill(motive, state, frame.time.today):
            continue
        known = (lang for lang in languages(motive.writer, motive.quotes, state) if motive.reply.get(lang))
        if lang := next(known, None):
            is_early = motive.waits and _wrote_last(state)
            note = "We wrote last: keep it until their answer is late." if is_early else ""
            return Reply(LANGUAGE_NAMES.get(lang, lang), lang, letter(motive, lang, state, frame), note)
    return None


def _motives(
    alerted: Sequence[SignalState], measured: Sequence[BehaviourState], state: ClientState
) -> Iterator[Motive]:
    """All that could be answered, first what should be."""
    stage = state.verdict.stage
    if stands_alone(stage):
        yield _of_stage(stage, state)
    loudest = max((signal.score for signal in alerted), default=0.0)
    is_insulted = any(signal.tag == _FIRST for signal in alerted)
    ranked = sorted(measured, key=lambda measure: -measure.score)
    ahead = [measure for measure in ranked if measure.score > loudest and not is_insulted]
    for measure in ahead:
        yield _of_behaviour(measure.signal, state)
    for signal in sorted(alerted, key=_urgency):
        known = catalogue()[signal.tag]
        writer, quotes = _spoken(signal.quotes, state)
        yield Motive(known.reply, known.familiar, writer, quotes)
    for measure in ranked:
        if measure not in ahead:
            yield _of_behaviour(measure.signal, state)
    if state.verdict.is_reminder_due:
        yield _of_behaviour(_LATE, state)


def _of_stage(stage: Stage, state: ClientState) -> Motive:
    """The stage's draft, whoever wrote last; a notice that work rests goes to who explained the payment away."""
    play, is_notice = plays()[stage], stage is Stage.STOP_WORK
    excuses = [signal for signal in state.signals if signal.tag in _EXCUSES and is_notice]
    writer, quotes = _spoken([quote for signal in excuses for quote in signal.quotes], state)
    return Motive(play.reply, play.familiar, writer, quotes, waits=False, is_notice=is_notice)


def _of_behaviour(signal: str, state: ClientState) -> Motive:
    known, (writer, _) = behaviours()[signal], _spoken((), state)
    waits = signal not in _REMINDERS
    return Motive(known.reply, known.familiar, writer, waits=waits, is_notice=signal == _LATE)


def _spoken(quotes: Sequence[Quote], state: ClientState) -> tuple[Address | None, tuple[Quote, ...]]:
    """Who wrote the strongest sentence, with theirs; without any, who writes most."""
    if not quotes:
        return (state.people[0] if state.people else None), ()
    writer = quotes[0].sender
    return writer, tuple(quote for quote in quotes if quote.sender.person == writer.person)


def _urgency(signal: SignalState) -> tuple[bool, float]:
    """Insults first, then what was written last."""
    newest = max((quote.sent_at.timestamp() for quote in signal.quotes), default=0.0)
    return signal.tag != _FIRST, -newest


def _wrote_last(state: ClientState) -> bool:
    return state.facts.sent > 0 and not state.facts.unanswered
