"""Our own side of it, and theirs: what dates and directions say, to be read before a verdict."""

from __future__ import annotations

from collections.abc import Callable

from mailsignals.clients.stage import OUR_SHARE
from mailsignals.report.digest_view import Fact
from mailsignals.report.words import hours, plural, working_hours
from mailsignals.types import BehaviourState, Facts

SLOW_WORKING_HOURS = 16
"""Two ordinary working days: from here on our own pace may be what a client reacts to."""

TOO_LITTLE = "not enough mail to say"


def our_side(facts: Facts, mirror: BehaviourState | None = None) -> tuple[Fact, ...]:
    """How fast we and they answer, what waits for us, when they write, and what else speaks against us."""
    against = (Fact("Against us", mirror.words),) if mirror and mirror.score >= OUR_SHARE else ()
    return (
        Fact("We answer them within", _median(working_hours, facts.our_reply)),
        Fact("They answer us within", _median(hours, facts.their_reply)),
        Fact("Waiting for our answer", _waiting(facts)),
        Fact("Their mail outside our hours", _share(facts.off_hours_share)),
        *against,
    )


def _median(unit: Callable[[float], str], count: float | None) -> str:
    return TOO_LITTLE if count is None else f"{unit(count)} (median)"


def _share(share: float | None) -> str:
    return TOO_LITTLE if share is None else f"{share * 100:.0f} %"


def _waiting(facts: Facts) -> str:
    if not facts.sent:
        return "no mail of ours to them was read"
    return f"{plural(facts.unanswered, 'message')} of theirs" if facts.unanswered else "nothing"


def caution(facts: Facts, mirror: BehaviourState | None = None) -> str:
    """What our own part in it may be."""
    if mirror and mirror.score >= OUR_SHARE:
        return "Set our own side right first: it may explain much of this."
    if not facts.sent:
        return "Without our own mail, our side cannot be judged. Is the folder of sent mail being read?"
    if facts.unanswered:
        return "They wait for an answer of ours; part of their tone may come from that."
    if facts.our_reply is not None and facts.our_reply >= SLOW_WORKING_HOURS:
        return "We take our time here; part of their tone may come from that."
    return "Dates show nothing against us. Promises and tone are for you to judge."
