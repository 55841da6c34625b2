"""What `show` says beside a stage."""

from __future__ import annotations

import pytest

from mailsignals.cli.look import _show_stage
from mailsignals.types import BehaviourState, ClientState, Facts, Stage, Verdict

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
