"""The digest in one line, as its subject, and as a receipt of what was read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mailsignals.report.digest_client import short_name
from mailsignals.report.digest_view import Receipt
from mailsignals.report.words import clean, listing, shorten
from mailsignals.text.counts import plural
from mailsignals.types import Alert, AlertChange, ClientState, Coverage, Stage

MAX_NAMED = 3


@dataclass(frozen=True, slots=True)
class Groups:
    """Clients by how much is said of them.

    Args:
        alerted: With due alerts, most urgent first.
        watched: The others beyond the stage ``calm``, the furthest stage first, then the most urgent.
        calm: The others.
    """

    alerted: Sequence[ClientState]
    watched: Sequence[ClientState]
    calm: Sequence[ClientState]


def grouped(states: Sequence[ClientState], alerts: Sequence[Alert]) -> Groups:
    """Tell clients apart by whether an alert is due, and otherwise by their stage."""
    due = {alert.client for alert in alerts if alert.change is not AlertChange.RECOVERED}
    others = [state for state in states if state.client not in due]
    return Groups(
        alerted=[state for state in states if state.client in due],
        watched=sorted(
            (state for state in others if state.verdict.stage is not Stage.CALM),
            key=lambda state: -state.verdict.stage.rank,
        ),
        calm=[state for state in others if state.verdict.stage is Stage.CALM],
    )


def news(promises: int, over: int, stages: int = 0) -> str:
    """What there is to tell beside alerts, such as ``2 promises to look at, 1 matter over``, or nothing."""
    looked_at = [f"{plural(promises, 'promise')} to look at"] if promises else []
    ended = [f"{plural(over, 'matter')} over"] if over else []
    changed = [f"{plural(stages, 'stage')} changed"] if stages else []
    return ", ".join([*looked_at, *ended, *changed])


def subject(groups: Groups, coverage: Coverage, fresh: str = "") -> str:
    """Who needs attention. A calm subject owns up to mail that was not read.

    Args:
        fresh: As from ``news``.
    """
    if groups.alerted:
        return f"mailsignals: {_need_attention(groups.alerted)}"
    watched = f", {len(groups.watched)} to keep an eye on" if groups.watched else ""
    state = fresh or ("nothing new" if watched else "all calm")
    return f"mailsignals: {state}{watched}" + (
        f", {plural(coverage.unread, 'message')} not read" if coverage.unread else ""
    )


def _need_attention(states: Sequence[ClientState]) -> str:
    names = listing([shorten(state.client, 40) for state in states], MAX_NAMED)
    return f"{names} {'needs' if len(states) == 1 else 'need'} attention"


def headline(groups: Groups, fresh: str = "") -> str:
    """The clients with due alerts, such as ``2 clients need attention: Hotel Galeb, Loopnest.`` in one sentence.

    Args:
        fresh: As from ``news``; it is told where no alert is due.
    """
    if not groups.alerted:
        return f"No new alert; {fresh}." if fresh else _calm_headline(groups)
    count = len(groups.alerted)
    names = listing([short_name(state) for state in groups.alerted], MAX_NAMED)
    return f"{plural(count, 'client')} {'needs' if count == 1 else 'need'} attention: {names}."


def _calm_headline(groups: Groups) -> str:
    if groups.watched:
        return "Nothing new to tell."
    count = len(groups.calm)
    return f"All calm: {plural(count, 'client')}, nothing to tell." if count else "No client has written yet."


def others(groups: Groups, fresh: str = "") -> str:
    """The clients without due alerts, such as ``1 to keep an eye on. 3 are calm.`` or nothing."""
    parts = []
    if groups.watched:
        parts.append(f"{len(groups.watched)} to keep an eye on.")
    if groups.calm and (groups.alerted or groups.watched or fresh):
        parts.append(f"{len(groups.calm)} {'is' if len(groups.calm) == 1 else 'are'} calm.")
    return " ".join(parts)


def receipt(coverage: Coverage) -> Receipt:
    """What was read, what was not, and with which model."""
    return Receipt(line=_receipt_line(coverage), missed=_missed(coverage), notes=tuple(map(clean, coverage.notes)))


def _receipt_line(coverage: Coverage) -> str:
    model = f"model {clean(coverage.model)}" if coverage.model else "no model"
    if not coverage.folders:
        return f"No mailbox was read for this digest; {model}."
    read = (
        f"Read {coverage.found - coverage.unread:,} of {plural(coverage.found, 'new message')} "
        f"in {plural(len(coverage.folders), 'folder')}"
    )
    defects = f", {coverage.defects:,} with defects" if coverage.defects else ""
    return f"{read}{defects}; log-in valid; {model}."


def _missed(coverage: Coverage) -> str:
    if not coverage.unread:
        return ""
    was = "was" if coverage.unread == 1 else "were"
    return f"{plural(coverage.unread, 'new message')} could not be read and {was} not judged."
