from __future__ import annotations

import doctest

import corpus_markup
import pytest
from corpus_markup import compile_text, mark, show, unmark

BATCH = """=== id=en-x01 lang=en writer=en-x trade=dry_stone_walls kind=risk pair=p1
> The invoice of 3 March is still open.
> Can you say when?

Hi Tom,

[[payment_excuse: our bookkeeper is away until Monday,
[[deferred_payment: and then only half.]] ]]See you!

=== id=en-x02 lang=en direction=out date=2026-03-02
[[our_promise@2026-03-06: You will have it on Friday.]]
"""


def test_marks_become_offsets_and_facts_become_fields() -> None:
    first, second = compile_text(BATCH)
    text = "Hi Tom,\n\nour bookkeeper is away until Monday,\nand then only half. See you!"
    assert first["text"] == text
    assert [(text[span["start"] : span["end"]], span["label"]) for span in first["spans"]] == [
        ("our bookkeeper is away until Monday,\nand then only half.", "payment_excuse"),
        ("and then only half.", "deferred_payment"),
    ]
    assert first["context"] == "The invoice of 3 March is still open.\nCan you say when?"
    assert (first["trade"], first["pair"], first["labels"]) == (
        "dry stone walls",
        "p1",
        ["deferred_payment", "payment_excuse"],
    )
    assert second["spans"] == [{"start": 0, "end": 27, "label": "our_promise", "due": "2026-03-06"}]


def test_shown_and_compiled_again_a_row_is_the_same() -> None:
    rows = list(compile_text(BATCH))
    assert list(compile_text("\n".join(show(row) for row in rows))) == rows


def test_two_tags_on_the_same_words_both_come_back() -> None:
    text, spans = unmark("[[aggression, distrust: Liar! Prove it.]]")
    assert [span["label"] for span in spans] == ["aggression", "distrust"]
    assert unmark(mark(text, spans)) == (text, spans)


def test_single_brackets_are_words() -> None:
    assert unmark("Rows [1] and [2], see a[0]") == ("Rows [1] and [2], see a[0]", [])


@pytest.mark.parametrize(
    ("marked", "fault"),
    [
        ("[[distrust: prove it", "not closed"),
        ("[[Distrust: prove it.]]", "not opened"),
        ("[[distrust: ]]", "holds no words"),
    ],
)
def test_a_faulty_mark_names_its_message(marked: str, fault: str) -> None:
    with pytest.raises(ValueError, match=f"en-9: .*{fault}"):
        list(compile_text(f"=== id=en-9 lang=en\n{marked}\n"))


def test_an_unknown_fact_is_named() -> None:
    with pytest.raises(ValueError, match="speaker"):
        list(compile_text("=== id=en-9 lang=en speaker=x\nHi.\n"))


def test_spans_that_cross_cannot_be_shown() -> None:
    crossing = [{"start": 0, "end": 6, "label": "distrust"}, {"start": 3, "end": 9, "label": "aggression"}]
    with pytest.raises(ValueError, match="cross"):
        mark("abc def ghi", crossing)


def test_the_examples_of_the_docstrings_hold() -> None:
    assert doctest.testmod(corpus_markup) == (0, 2)
