from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from mailsignals.text.message import read_message
from mailsignals.types import RawMessage, Tagging
from mailsignals.workflows.classify import Item, classify, encode_line, item_of_message, items_of_lines
from support.fakes import RuleTagger
from support.mails import raw_mail

TAGGER = RuleTagger({"accountant": "payment_excuse"})
EXCUSE = "Our accountant is on holiday."


def classified(*lines: bytes | dict[str, object]) -> list[dict[str, Any]]:
    encoded = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    return list(classify(items_of_lines(encoded), TAGGER))


def error_of(line: bytes) -> str:
    (out,) = classified(line)
    assert set(out) == {"id", "error"}
    return str(out["error"])


# --- Texts ---


def test_a_text_gives_labels_scores_and_evidence() -> None:
    assert classified({"id": "a", "text": f"Hello Ana. {EXCUSE}", "lang": "en"}) == [
        {
            "id": "a",
            "lang": "en",
            "labels": ["payment_excuse"],
            "scores": {"payment_excuse": 0.95},
            "evidence": [{"label": "payment_excuse", "start": 11, "end": 40, "score": 0.95, "sure": True}],
        }
    ]


def test_one_line_comes_out_for_each_that_goes_in_and_in_order() -> None:
    lines = [b"junk" if number % 7 == 3 else {"id": number, "text": f"Mail {number}"} for number in range(150)]
    out = classified(*lines)
    assert [line["id"] for line in out] == [number + 1 if number % 7 == 3 else number for number in range(150)]
    assert [number for number, line in enumerate(out) if "error" in line] == list(range(3, 150, 7))


def test_evidence_belongs_to_its_text_although_a_line_between_was_none() -> None:
    out = classified({"text": "Fine."}, b"[]", {"text": EXCUSE}, b"", {"text": "Fine."})
    assert [line.get("labels") for line in out] == [[], None, ["payment_excuse"], None, []]


def test_an_unstated_language_is_recognised_and_a_stated_one_is_believed() -> None:
    text = "Račun još nije plaćen, molim vas javite kada će uplata biti izvršena."
    assert [line["lang"] for line in classified({"text": text}, {"text": text, "lang": "sr"}, {"text": "OK"})] == [
        "hr",
        "sr",
        "und",
    ]


@pytest.mark.parametrize("lang", [None, 7, ["en"], ""])
def test_a_language_that_is_no_word_counts_as_unstated(lang: object) -> None:
    (line,) = classified({"text": "OK", "lang": lang})
    assert line["lang"] == "und"


@pytest.mark.parametrize("name", ["a", "", "š/1", 0, -5, 10**30, True])
def test_words_and_whole_numbers_are_echoed_as_ids(name: object) -> None:
    assert [line["id"] for line in classified({"id": name, "text": "x"}, {"id": name})] == [name, name]


@pytest.mark.parametrize("row", [{}, {"id": None}, {"id": [1]}, {"id": 1.5}, {"id": {"a": 1}}])
def test_a_line_without_such_an_id_is_named_after_its_number(row: dict[str, object]) -> None:
    assert [line["id"] for line in classified({"text": "x"}, row | {"text": "x"})] == [1, 2]


def test_nothing_in_gives_nothing_out() -> None:
    assert classified() == []


class Counting(RuleTagger):
    def __init__(self) -> None:
        super().__init__({})
        self.batches: list[int] = []
        self.answered: list[str] = []

    def tag_texts(self, texts: Sequence[str], answered: Sequence[str] = ()) -> Sequence[Tagging]:
        self.batches.append(len(texts))
        self.answered += answered
        return super().tag_texts(texts)


def test_lines_come_out_while_others_are_still_to_come() -> None:
    asked = 0

    def endless() -> Iterator[Item]:
        nonlocal asked
        while True:
            asked += 1
            yield Item(asked, "Fine.")

    tagger = Counting()
    assert next(classify(endless(), tagger))["id"] == 1
    assert tagger.batches == [asked]
    assert asked < 100


def test_what_a_text_answers_is_read_beside_it() -> None:
    tagger = Counting()
    lines = [b'{"text": "No.", "context": "I advise against it."}', b'{"text": "Yes."}', b'{"text": "x", "context": 7}']
    list(classify(items_of_lines(lines), tagger))
    assert tagger.answered == ["I advise against it.", "", ""]


# --- Lines that are no texts ---


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (b"", "line 1 is not JSON: Expecting value at column 1"),
        (b"\n", "line 1 is not JSON: Expecting value at column 1"),
        (b"{'text': 'x'}", "line 1 is not JSON: Expecting property name enclosed in double quotes at column 2"),
        (b'{"text": "x"} {"text": "y"}', "line 1 is not JSON: Extra data at column 15"),
        (b'{"text": "caf\xe9"}', "line 1 is not UTF-8 at byte 13"),
        (b"\xef\xbb\xbf{}\xff", "line 1 is not UTF-8 at byte 5"),
        (b'"x"', "line 1 is not a JSON object"),
        (b"NaN", "line 1 is not a JSON object"),
        (b'[{"text": "x"}]', "line 1 is not a JSON object"),
        (b"{}", "line 1 has no text, or one that is not a string"),
        (b'{"text": null}', "line 1 has no text, or one that is not a string"),
        (b'{"text": NaN}', "line 1 has no text, or one that is not a string"),
        (b'{"text": ["x"]}', "line 1 has no text, or one that is not a string"),
        (b"[" * 100_000, "line 1 is not JSON: nested too deeply"),
        (b'{"text": ' * 100_000, "line 1 is not JSON: nested too deeply"),
        (b'{"id": 1' + b"0" * 5000 + b', "text": "x"}', "line 1 is not JSON: a number is too long"),
    ],
)
def test_a_line_that_is_no_text_says_why(line: bytes, error: str) -> None:
    assert error_of(line) == error


def test_a_byte_order_mark_is_no_part_of_the_line() -> None:
    bare = b'{"id": 7, "text": "Our accountant."}'
    assert classified(b"\xef\xbb\xbf" + bare) == classified(bare)


def test_numbers_that_json_does_not_know_are_let_through_where_nobody_looks() -> None:
    (line,) = classified(b'{"text": "Fine.", "weight": NaN, "more": [Infinity]}')
    assert "error" not in line


# --- Mails ---


def test_a_mail_gives_its_own_words_in_which_the_offsets_count() -> None:
    raw = raw_mail(7, f"Hello.\r\n\r\n{EXCUSE}\r\n\r\nOn Monday Ana wrote:\r\n> Where is our accountant's money?")
    (line,) = classify([item_of_message(read_message(RawMessage(1, raw)))], TAGGER)
    assert line["id"] == "7@miramar.example"
    assert "money" not in line["text"]
    assert [line["text"][span["start"] : span["end"]] for span in line["evidence"]] == [EXCUSE]


# --- Writing ---


def test_a_line_is_written_as_readable_utf8() -> None:
    assert encode_line({"id": "š", "text": "Завтра 😀\n"}) == '{"id": "š", "text": "Завтра 😀\\n"}'


def test_a_lone_surrogate_in_an_id_comes_back_as_it_came() -> None:
    (line,) = classified(b'{"id": "\\ud800", "text": "Fine."}')
    written = encode_line(line)
    assert written.isascii()
    assert json.loads(written)["id"] == "\ud800"


def test_a_lone_surrogate_in_a_text_moves_no_offset() -> None:
    (line,) = classified(b'{"text": "\\udcff\\ud800 Hm. Our accountant is ill."}')
    assert [(span["start"], span["end"]) for span in line["evidence"]] == [(7, 29)]
