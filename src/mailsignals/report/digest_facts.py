"""Our own side of it, and theirs: what dates and directions say, to be read before a verdict."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailsignals.clients.stage import OUR_SHARE
from mailsignals.report.words import working_hours
from mailsignals.text.counts import plural
from mailsignals.types import BehaviourState, ClientState, Facts, Promise, PromiseState, Stage

SLOW_WORKING_HOURS = 16
"""Two ordinary working days: from here on our own pace may be what a client reacts to."""

_BRACKET = re.compile(r" \([^)]*\)")


def our_side(state: ClientState, promises: Sequence[Promise] = ()) -> str:
    """What the mirror says of us, and what our part in it may be.

    Args:
        promises: Those that are told of beside it.
    """
    mirror = state.measure("our_side")
    return f"{_reflected(mirror)} {_caution(state.facts, mirror, promises)}".strip()


def our_side_beside(state: ClientState) -> str:
    """What stands wherever parting is named, such as ``our side: 1 question of theirs waits``; else nothing."""
    if state.verdict.stage is not Stage.CONSIDER_PARTING:
        return ""
    said = _reflected(state.measure("our_side")) or f"{_answers(state.facts)}; {_waiting(state.facts)}"
    return f"our side: {said[:1].lower()}{_BRACKET.sub('', said[1:]).rstrip('.')}"


def pace(facts: Facts) -> str:
    """How fast we and they answer (medians), and what waits for us, on one line."""
    return f"{_answers(facts)}; {_waiting(facts)}."


def _reflected(mirror: BehaviourState | None) -> str:
    """The mirror's sentence; nothing where there was not enough to measure."""
    return mirror.words if mirror and mirror.value is not None else ""


def _answers(facts: Facts) -> str:
    ours, theirs = facts.our_reply, facts.their_reply
    if ours is None and theirs is None:
        return "Not enough mail to say how fast either side answers"
    if ours is None:
        return f"They answer in {working_hours(theirs or 0)}, of us there is not enough mail to say"
    if theirs is None:
        return f"On the whole we answer in {working_hours(ours)}, of them there is not enough mail to say"
    return f"On the whole we answer in {working_hours(ours)}, they in {working_hours(theirs)}"


def _waiting(facts: Facts) -> str:
    if not facts.sent:
        return "no mail of ours to them was read"
    if not facts.unanswered:
        return "nothing waits for us"
    return f"{plural(facts.unanswered, 'message waits', 'messages wait')} for us"


def _caution(facts: Facts, mirror: BehaviourState | None, promises: Sequence[Promise]) -> str:
    if mirror and mirror.score >= OUR_SHARE:
        return "Set our own side right first: it may explain much of this."
    if not facts.sent:
        return "Without our own mail, our side cannot be judged. Is the folder of sent mail being read?"
    if mirror and mirror.basis:
        return "Part of their tone may come from that."
    if against := _against_us(facts, promises):
        return f"{against}; part of their tone may come from that."
    return "" if mirror and mirror.score else "Nothing shows against us."


def _against_us(facts: Facts, promises: Sequence[Promise]) -> str:
    """What they may react to that the mirror did not say; empty where there is nothing."""
    if facts.unanswered:
        return "They wait for an answer of ours"
    if facts.our_reply is not None and facts.our_reply >= SLOW_WORKING_HOURS:
        return "We take our time here"
    is_broken = any(promise.is_ours and promise.state is PromiseState.BROKEN for promise in promises)
    return "Not every promise of ours was kept" if is_broken else ""
