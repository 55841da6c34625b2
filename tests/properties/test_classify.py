from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from mailsignals.workflows.classify import classify, encode_line, items_of_lines
from support.fakes import RuleTagger

TAGGER = RuleTagger({"a": "payment_excuse", "š": "aggression"})

TEXTS = st.text(st.characters(exclude_categories=[]), max_size=40)  # lone surrogates too
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
ROWS = st.fixed_dictionaries({}, optional={"id": VALUES, "text": TEXTS | VALUES, "lang": VALUES, "more": VALUES})
GOOD = st.fixed_dictionaries({"id": TEXTS | st.integers(), "text": TEXTS})


@st.composite
def lines(draw: st.DrawFn) -> bytes:
    """Any bytes, JSON of any form, and JSON that was cut off or has a byte order mark."""
    if draw(st.booleans()):
        return draw(st.binary(max_size=60))
    line = json.dumps(draw(ROWS | VALUES), ensure_ascii=draw(st.booleans())).encode("utf-8", "surrogatepass")
    start, end = draw(st.sampled_from([(b"", None), (b"\xef\xbb\xbf", None), (b"", -1), (b"\x00", None)]))
    return start + line[:end] + draw(st.sampled_from([b"", b"\n", b"\r\n", b" \t"]))


@given(st.lists(lines(), max_size=8))
def test_every_line_gives_one_line_of_json_whatever_is_in_it(given_lines: list[bytes]) -> None:
    written = [encode_line(line) for line in classify(items_of_lines(given_lines), TAGGER)]
    assert len(written) == len(given_lines)
    for text in written:
        assert "\n" not in text
        row = json.loads(text.encode("utf-8"))
        assert set(row) in ({"id", "error"}, {"id", "lang", "labels", "scores", "evidence"})


@given(st.lists(GOOD, max_size=8))
def test_ids_come_back_in_order_with_evidence_inside_the_text(rows: list[dict[str, str]]) -> None:
    given_lines = [json.dumps(row).encode() for row in rows]
    out = [json.loads(encode_line(line)) for line in classify(items_of_lines(given_lines), TAGGER)]
    assert [line["id"] for line in out] == [row["id"] for row in rows]
    for row, line in zip(rows, out, strict=True):
        text = json.loads(json.dumps(row))["text"]  # as JSON has it: two surrogates that make a pair are one sign
        assert {span["label"] for span in line["evidence"]} == set(line["labels"])
        for span in line["evidence"]:
            words = text[span["start"] : span["end"]]
            assert words == words.strip() != ""
            assert ("a" if span["label"] == "payment_excuse" else "š") in words.lower()
