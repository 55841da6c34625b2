"""A sentence's tone in words."""

from __future__ import annotations

import pytest

from mailsignals.cli.look import tone


@pytest.mark.parametrize(
    ("hostility", "substance", "words"),
    [
        (0.9, 0.9, "harsh but specific"),
        (0.4, 0.1, "hostile, with nothing to act on"),
        (0.1, 0.9, "civil and specific"),
        (0.1, 0.3, "neither hostile nor a criticism"),
    ],
)
def test_each_quarter_has_its_words(hostility: float, substance: float, words: str) -> None:
    assert tone(hostility, substance, 0.35).startswith(words)
