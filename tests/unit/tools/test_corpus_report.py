from __future__ import annotations

import doctest

import corpus_report
from corpus_report import folded, near_duplicates, shared_runs

from mailsignals.types import LabelledMail

WORDS = "the tiles in the hall are loose again and two have cracked"


def mail(name: str, text: str, pair: str = "") -> LabelledMail:
    return LabelledMail(name, "en", text, pair=pair)


def test_a_run_of_eight_words_is_found_whatever_the_case_and_the_marks() -> None:
    other = "Sorry: THE TILES, in the hall, are loose again. Bye"
    assert shared_runs([mail("a", WORDS), mail("b", other), mail("c", "quite another thing")]) == [("a", "b")]


def test_the_two_of_a_minimal_pair_may_share_words() -> None:
    pair = [mail("a", WORDS, "p"), mail("b", WORDS + " today", "p")]
    assert shared_runs(pair) == []
    assert near_duplicates(pair) == []


def test_near_duplicates_are_found_by_their_letters() -> None:
    ((one, other, index),) = near_duplicates([mail("a", WORDS), mail("b", WORDS + " now"), mail("c", "no such thing")])
    assert (one, other) == ("a", "b")
    assert 0.5 < index < 1


def test_folding_takes_case_and_diacritics_away() -> None:
    assert folded("Đorđe  ŽALI, åben Ñ") == "dorde zali, aben n"


def test_the_examples_of_the_docstrings_hold() -> None:
    assert doctest.testmod(corpus_report) == (0, 1)
