from __future__ import annotations

from mailsignals.report.card import card
from support.tiny_model import tiny_trained


def test_the_card_tells_use_data_figures_and_limits() -> None:
    text = card(tiny_trained().model.manifest, tiny_trained().metrics)
    headings = [line for line in text.splitlines() if line.startswith("#")]
    assert headings == [
        "# Model tiny 2026.03.01",
        "## Use",
        "## Data",
        "## Figures",
        "### By tag",
        "### By language",
        "## Limits",
        "## Retraining",
    ]
    assert "Not for judging employees" in text
    assert "`mailsignals evaluate LABELS.jsonl --model tiny`" in text


def test_every_tag_has_a_row_and_the_threshold_is_told() -> None:
    text = card(tiny_trained().model.manifest, tiny_trained().metrics)
    assert text.count("\n| `") == len(tiny_trained().model.tags)
    assert f"from a probability of {next(iter(tiny_trained().model.thresholds.values())):.2f}" in text


def test_the_worst_mistakes_are_quoted() -> None:
    wrong = {"id": "en-1", "lang": "en", "label": "distrust", "words": "Fine\nwork.", "is_missed": False, "score": 0.81}
    text = card(tiny_trained().model.manifest, {**tiny_trained().metrics, "mistakes": [wrong]})
    assert "- en-1, `distrust` wrongly shown (0.81): “Fine work.”" in text


def test_tags_without_a_head_are_named() -> None:
    assert "`vague_brief`" in card(tiny_trained().model.manifest, tiny_trained().metrics)


def test_a_model_that_was_not_judged_has_a_card_without_tables_of_figures() -> None:
    assert "### By tag" not in card(tiny_trained().model.manifest, {"untrained": []})


def test_tables_have_as_many_cells_in_every_row() -> None:
    rows = [
        line for line in card(tiny_trained().model.manifest, tiny_trained().metrics).splitlines() if line[:1] == "|"
    ]
    assert {row.count("|") for row in rows} <= {6, 7, 8}  # tables of five, six and seven columns
