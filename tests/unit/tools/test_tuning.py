"""What of the encoder's tuning needs no torch: the public text beside the corpus."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import real_labels

from mailsignals.learning.corpus import read_labels


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    def write(name: str, *rows: tuple[str, dict[str, int]]) -> None:
        lines = [json.dumps({"id": n, "lang": "en", "text": text, "labels": own}) for n, (text, own) in enumerate(rows)]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(lines), "utf-8")

    write("paradetox_en", ("you fool", {"aggression": 1}), ("he is a fool", {"aggression": 1}))
    write("raman_github_toxicity", ("Please rebase.", {"aggression": 0}), ("x" * 400, {"aggression": 1}), ("Hello", {}))
    write("parakweet_email_intent", *((f"Line {n}.", {"request_for_action": 0}) for n in range(7)))
    return tmp_path


def test_they_are_labelled_mails_that_name_the_tag_that_was_looked_for(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "real.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in real_labels.rows(folder)), "utf-8")
    mails = {mail.text: mail for mail in read_labels([file])}
    assert mails["you fool"].labels == {"aggression"}
    assert mails["you fool"].asked == {"aggression"}
    assert mails["Please rebase."].labels == frozenset()


def test_insults_to_nobody_present_long_texts_and_unlabelled_lines_are_left_out(folder: Path) -> None:
    texts = {row["text"] for row in real_labels.rows(folder)}
    assert not texts & {"he is a fool", "x" * 400, "Hello"}


def test_business_sentences_come_three_to_a_mail_and_are_asked_for_every_tag(folder: Path) -> None:
    mails = [row for row in real_labels.rows(folder) if row["source"] == "parakweet_email_intent"]
    assert [row["text"].count("Line") for row in mails] == [3, 3, 1]
    assert not any("asked" in row for row in mails)
