"""Every example of a red flag is a test of it."""

from __future__ import annotations

import pytest

from mailsignals.behaviour.prospects import flags, has_flag, red_flags
from mailsignals.types import LANGUAGES
from support.mails import message

EXAMPLES = [(name, example) for name, flag in flags().items() for example in flag.examples]


@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=lambda value: str(value)[:40])
def test_an_example_counts_or_does_not_as_the_catalogue_says(name: str, example: dict[str, object]) -> None:
    assert has_flag(name, str(example["text"]), str(example["lang"])) is example["counts"]


@pytest.mark.parametrize("name", flags())
def test_every_flag_has_both_kinds_of_example_in_every_language(name: str) -> None:
    found = {(example["lang"], example["counts"]) for example in flags()[name].examples}
    assert found == {(lang, counts) for lang in LANGUAGES for counts in (True, False)}


def test_flags_are_told_with_their_sentence_and_only_of_the_first_mails() -> None:
    words = "Hello. We don't need a contract, do we? Thanks."
    mails = [message(number, words if number in (1, 8) else "Fine.") for number in range(9)]
    (quote,) = red_flags(mails)
    assert (quote.label, quote.words) == ("will_not_sign", "We don't need a contract, do we?")
    assert words[quote.start : quote.end] == quote.words
