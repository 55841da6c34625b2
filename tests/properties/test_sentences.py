from __future__ import annotations

import spacy
from hypothesis import given
from hypothesis import strategies as st

from mailsignals.signals.segment import sentences

PIECES = st.sampled_from(
    [
        "kl.",
        "руб.",
        "т. д.",
        "15.",
        "3. 2026.",
        "Ok",
        "ok",
        "?!",
        "...",
        "…",
        ":)",
        "))",
        "(",
        "👍",
        "-",
        "1)",
        "•",
        '"',
        *["\n", "\n\n", "\r\n", " ", "  ", "\u2028", "\u00a0", "Hi Jo,", "a@b.example", "1.200,00", "\x1c"],
    ]
)
TEXTS = st.one_of(st.text(), st.lists(PIECES).map("".join), st.lists(PIECES).map(" ".join))


@given(TEXTS)
def test_every_character_that_is_not_blank_lies_in_exactly_one_sentence(text: str) -> None:
    covered = [i for start, end in sentences(text) for i in range(start, end)]
    assert covered == sorted(set(covered))
    assert {i for i, character in enumerate(text) if not character.isspace()} <= set(covered)


@given(TEXTS)
def test_sentences_are_trimmed_and_not_empty(text: str) -> None:
    assert all(text[start:end] and text[start:end] == text[start:end].strip() for start, end in sentences(text))


@given(TEXTS)
def test_a_blank_line_lies_in_no_sentence(text: str) -> None:
    assert all("\n\n" not in text[start:end] for start, end in sentences(text))


@given(TEXTS)
def test_spacy_sees_the_same_sentences(text: str) -> None:
    nlp = spacy.blank("xx")
    nlp.add_pipe("mailsignals_sentences")
    found = [sent.text.strip() for sent in nlp(text).sents]
    assert [words for words in found if words] == [text[start:end] for start, end in sentences(text)]
