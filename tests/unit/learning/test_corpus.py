from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mailsignals.errors import InputMissing, LabelsInvalid
from mailsignals.learning.corpus import read_labels
from mailsignals.types import Span

TEXT = "Hi, I forgot the transfer. Bye"


def row(**changes: Any) -> str:
    span = {"start": 4, "end": 26, "label": "payment_excuse"}
    whole = {"id": "en-1", "lang": "en", "text": TEXT, "labels": ["payment_excuse"], "spans": [span]}
    return json.dumps({key: value for key, value in (whole | changes).items() if value is not None})


def write(folder: Path, *lines: str | bytes, name: str = "labels.jsonl") -> Path:
    path = folder / name
    path.write_bytes(b"\n".join(line.encode() if isinstance(line, str) else line for line in lines))
    return path


def faults(*paths: Path) -> str:
    with pytest.raises(LabelsInvalid) as invalid:
        read_labels(paths)
    return str(invalid.value)


def test_a_line_becomes_a_mail(tmp_path: Path) -> None:
    (mail,) = read_labels([write(tmp_path, row(writer="w1", split="dev", kind="risk", source="x"), "")])
    assert mail.spans == (Span(4, 26, "payment_excuse"),)
    assert (mail.writer, mail.split, mail.kind, mail.pair) == ("w1", "dev", "risk", "")


def test_a_mail_without_labels_is_a_mail(tmp_path: Path) -> None:
    (mail,) = read_labels([write(tmp_path, row(labels=[], spans=[]))])
    assert mail.labels == frozenset()


def test_offsets_count_code_points(tmp_path: Path) -> None:
    text = "😊 Ура, спасибо!"
    (mail,) = read_labels(
        [
            write(
                tmp_path,
                row(text=text, labels=["appreciation"], spans=[{"start": 2, "end": 15, "label": "appreciation"}]),
            )
        ]
    )
    assert text[mail.spans[0].start : mail.spans[0].end] == "Ура, спасибо!"


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("{", "is not JSON"),
        ("[]", "is not a JSON object"),
        (b"\xff\xfe", "is not UTF-8"),
        ("[" * 100_000, "is not JSON: nested too deeply"),
        ('{"id": 1' + "0" * 5000 + "}", "is not JSON: a number is too long"),
        (row(text="half \ud83d", labels=[], spans=[]), "text holds half of a surrogate pair"),
        (row(asked=[["x"]]), "asked must list the tags"),
        (row(id=None, spans=None), "lacks id, spans"),
        (row(text=3), "text must be a string"),
        (row(labels="payment_excuse"), "labels must be a list"),
        (row(spans=[{"start": 4}]), "spans[0] must have start, end and label"),
        (row(spans=[7]), "spans[0] must have start, end and label"),
        (row(spans=[{"start": 4, "end": 31, "label": "payment_excuse"}]), "4 to 31 is no range of a text of 30"),
        (row(spans=[{"start": 4, "end": 4, "label": "payment_excuse"}]), "4 to 4 is no range"),
        (row(spans=[{"start": "4", "end": 26, "label": "payment_excuse"}]), "'4' to 26 is no range"),
        (row(spans=[{"start": True, "end": 26, "label": "payment_excuse"}]), "True to 26 is no range"),
        (row(spans=[{"start": 3, "end": 26, "label": "payment_excuse"}]), "3 to 26 begins or ends with a blank"),
        (row(spans=[{"start": 4, "end": 26, "label": "paymnt_excuse"}]), "did you mean 'payment_excuse'?"),
        (row(labels=["zzz"]), "labels: 'zzz' is not in the catalogue"),
        (row(labels=[["x"]]), "is not in the catalogue"),
        (row(labels=["payment_excuse", "distrust"]), "labels have distrust, but no span has it"),
        (row(labels=[]), "a span has payment_excuse, but labels lack it"),
    ],
)
def test_a_fault_is_named_with_file_and_line(tmp_path: Path, line: str | bytes, fault: str) -> None:
    path = write(tmp_path, row(id="good"), line)
    told = faults(path)
    assert f"{path}:2: " in told
    assert fault in told


def test_all_faults_of_all_files_come_at_once(tmp_path: Path) -> None:
    one, other = write(tmp_path, "{", row(labels=[]), name="a"), write(tmp_path, "[]", name="b")
    told = faults(one, other)
    assert [f"{one}:1" in told, f"{one}:2" in told, f"{other}:1" in told] == [True] * 3
    assert "3 faults" in told


def test_an_id_that_comes_twice_names_both_places(tmp_path: Path) -> None:
    one, other = write(tmp_path, row(), name="a"), write(tmp_path, "", row(), name="b")
    assert f"{other}:2: id 'en-1' is already at {one}:1" in faults(one, other)


def test_an_error_never_shows_the_mail_s_words(tmp_path: Path) -> None:
    assert "forgot" not in faults(write(tmp_path, row(labels=[]), row()[:-2]))


def test_a_hundred_faults_are_counted_and_fifty_told(tmp_path: Path) -> None:
    told = faults(write(tmp_path, *["{"] * 100))
    assert "100 faults" in told
    assert "and 50 more" in told


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputMissing, match=r"none\.jsonl"):
        read_labels([tmp_path / "none.jsonl"])


def test_our_own_mail_carries_cues_with_their_dates(tmp_path: Path) -> None:
    promise = {"start": 0, "end": 26, "label": "our_promise", "due": "2026-03-06"}
    facts = {"text": "You have the tiles Friday.", "labels": ["our_promise"], "spans": [promise], "date": "2026-03-02"}
    (mail,) = read_labels([write(tmp_path, row(**facts, direction="out"))])
    assert mail.outgoing
    assert mail.spans[0].due == date(2026, 3, 6)
    assert mail.date == date(2026, 3, 2)


def test_a_cue_in_a_client_s_mail_and_a_tag_in_ours_are_faults(tmp_path: Path) -> None:
    cue = {"start": 0, "end": 2, "label": "our_promise"}
    assert "'our_promise' is not in the catalogue" in faults(write(tmp_path, row(labels=["our_promise"], spans=[cue])))
    assert "'payment_excuse' is not in the catalogue" in faults(write(tmp_path, row(direction="out")))


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"direction": "sideways"}, "direction must be in or out, not 'sideways'"),
        ({"split": "dev1"}, "split must be train or dev or test"),
        ({"date": "2.3.2026"}, "date must be a day such as 2026-03-13, not '2.3.2026'"),
        ({"asked": ["distrust"]}, "asked must list the tags that were looked for"),
        ({"asked": "payment_excuse"}, "asked must list the tags that were looked for"),
    ],
)
def test_facts_that_make_no_sense_are_named(tmp_path: Path, changes: dict[str, Any], fault: str) -> None:
    assert fault in faults(write(tmp_path, row(**changes)))


def test_a_mail_may_name_the_tags_that_were_looked_for(tmp_path: Path) -> None:
    (mail,) = read_labels([write(tmp_path, row(asked=["payment_excuse"]))])
    assert mail.is_asked("payment_excuse")
    assert not mail.is_asked("distrust")
