"""Our own side of it, and theirs: what dates and directions say, to be read before a verdict."""

from __future__ import annotations

from mailsignals.clients.stage import OUR_SHARE
from mailsignals.report.words import hours, plural, working_hours
from mailsignals.types import BehaviourState, Facts

SLOW_WORKING_HOURS = 16
"""Two ordinary working days: from here on our own pace may be what a client reacts to."""


def our_side(facts: Facts, mirror: BehaviourState | None = None) -> str:
    """What speaks against us, and what our part in it may be."""
    return f"{mirror.words} {_caution(facts, mirror)}" if _is_against_us(mirror) and mirror else _caution(facts, mirror)


def pace(facts: Facts) -> str:
    """How fast we and they answer (medians), what waits for us, and when they write, on one line."""
    share = facts.off_hours_share
    off_hours = [f"{share * 100:.0f} % off-hours"] if share is not None else []
    return "; ".join([_answers(facts), _waiting(facts), *off_hours]) + "."


def _answers(facts: Facts) -> str:
    ours, theirs = facts.our_reply, facts.their_reply
    if ours is None and theirs is None:
        return "Not enough mail to say how fast either side answers"
    if ours is None:
        return f"They answer in {hours(theirs or 0)}, of us there is not enough mail to say"
    if theirs is None:
        return f"We answer in {working_hours(ours)}, of them there is not enough mail to say"
    return f"We answer in {working_hours(ours)}, they in {hours(theirs)}"


def _waiting(facts: Facts) -> str:
    if not facts.sent:
        return "no mail of ours to them was read"
    if not facts.unanswered:
        return "nothing waits for us"
    return f"{plural(facts.unanswered, 'message waits', 'messages wait')} for us"


def _is_against_us(mirror: BehaviourState | None) -> bool:
    return mirror is not None and mirror.score >= OUR_SHARE


def _caution(facts: Facts, mirror: BehaviourState | None) -> str:
    if _is_against_us(mirror):
        return "Set our own side right first: it may explain much of this."
    if not facts.sent:
        return "Without our own mail, our side cannot be judged. Is the folder of sent mail being read?"
    if facts.unanswered:
        return "They wait for an answer of ours; part of their tone may come from that."
    if facts.our_reply is not None and facts.our_reply >= SLOW_WORKING_HOURS:
        return "We take our time here; part of their tone may come from that."
    return "Dates show nothing against us. Promises and tone are for you to judge."
