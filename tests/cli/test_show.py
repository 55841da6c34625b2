"""What `show` says beside a stage."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from mailsignals.cli.ledgers import _named
from mailsignals.cli.look import _facts, _show_ledgers, _show_stage
from mailsignals.clients.alerts import STAGE
from mailsignals.types import Ask, BehaviourState, ClientState, Facts, Quote, Reversal, Stage, Verdict
from support.mails import IVA

UNKNOWN = "Not enough to say: it takes three of their mails that we answered."


@pytest.mark.parametrize(("stage", "is_told"), [(Stage.CONSIDER_PARTING, True), (Stage.STOP_WORK, False)])
def test_parting_is_shown_with_our_side_also_where_there_is_not_enough_to_say(
    stage: Stage, is_told: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    behaviour = tuple(BehaviourState(name, None, "hours", 0.0, UNKNOWN) for name in ("chasing", "our_side"))
    _show_stage(ClientState("Miramar", 0.5, (), Facts(), behaviour=behaviour, verdict=Verdict(stage, ("Why.",))))
    shown = capsys.readouterr().out
    assert (f"Our side  0.00  {UNKNOWN}" in shown) is is_told
    assert shown.count(UNKNOWN) == is_told


@pytest.mark.parametrize(("stage", "is_told"), [(Stage.CONSIDER_PARTING, True), (Stage.STOP_WORK, False)])
def test_who_keeps_a_parting_quiet_is_told_of_our_side(stage: Stage, is_told: bool) -> None:
    mirror = BehaviourState("our_side", 3.0, "hours", 0.1, "Their questions wait 3 working hours.")
    named = _named(ClientState("Miramar", 0.5, (), Facts(), behaviour=(mirror,), verdict=Verdict(stage)), STAGE)
    assert ("(our side: their questions wait 3 working hours)" in named) is is_told


def test_wishes_and_approvals_have_the_day_of_our_calendar_and_wishes_their_thread(
    capsys: pytest.CaptureFixture[str],
) -> None:
    night = datetime(2026, 3, 4, 23, 30, tzinfo=UTC)
    said = Quote("2", "approval", "Fine.", 1.0, night, "Logo", IVA)
    asks = tuple(
        Ask("1", IVA.email, night, subject, "And cards, please.", priced="80 EUR.", priced_at=night)
        for subject in ("Logo", "")
    )
    state = ClientState("Miramar", 0.5, (), Facts(), asks=asks, reversals=(Reversal(said, said),))
    _show_ledgers(state, ZoneInfo("Europe/Zagreb"))
    shown = capsys.readouterr().out
    assert "2026-03-04" not in shown
    assert "  2026-03-05  “And cards, please.” in “Logo” We named a price on 2026-03-05: “80 EUR.”" in shown
    assert "  2026-03-05  “And cards, please.” We named a price" in shown
    assert shown.count("  2026-03-05  “Fine.”") == 2


def test_both_sides_answer_in_working_hours() -> None:
    told = _facts(Facts(their_reply=11.25, our_reply=3.4), ZoneInfo("Europe/Zagreb"))
    assert "they answer in 11.2 working hours of ours (median of all mail)" in told
    assert "we answer in 3.4 working hours (median of all mail)" in told
