from __future__ import annotations

from diff_signals import Change, changes

from mailsignals.types import Evidence, LabelledMail, Span, Tagging

MAIL = LabelledMail("m1", "en", "Prove it. You fool.", (Span(0, 9, "distrust"),))


def tagging(*evidence: Evidence) -> Tagging:
    return Tagging("m1", "x", {}, evidence)


def test_gains_and_losses_come_with_their_sentences() -> None:
    insult, doubt = Evidence("aggression", 10, 19, 0.9), Evidence("distrust", 0, 9, 0.9)
    gained, lost = sorted(changes([MAIL], [tagging(insult)], [tagging(doubt)]))
    assert gained == Change("aggression", "alarm gone", "m1", "You fool.")
    assert lost == Change("distrust", "found", "m1", "Prove it.")


def test_the_other_way_round_they_are_for_the_worse() -> None:
    insult, doubt = Evidence("aggression", 10, 19, 0.9), Evidence("distrust", 0, 9, 0.9)
    assert [change.kind for change in sorted(changes([MAIL], [tagging(doubt)], [tagging(insult)]))] == [
        "false alarm",
        "missed",
    ]


def test_what_both_find_is_no_change() -> None:
    doubt = Evidence("distrust", 0, 9, 0.9)
    assert list(changes([MAIL], [tagging(doubt)], [tagging(doubt)])) == []
