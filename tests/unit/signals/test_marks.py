"""What a sentence holds beside its words."""

from __future__ import annotations

import pytest

from mailsignals.signals.marks import kinds, marks


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("You still owe me £120.", {"amount", "second_person"}),
        ("Счёт на 18 000 руб. никто не видел.", {"amount", "negation"}),
        ("Platit ću 500 € u petak.", {"amount", "date"}),
        ("Jeg ringede kl. 23, og du svarede ikke!", {"clock", "second_person", "negation"}),
        ("Hindi ka sumagot kahapon ng 9:30pm.", {"negation", "second_person", "date", "clock"}),
        ("He said “never again” on 14/10.", {"quotation", "negation", "date"}),
        ("Thanks for the drafts.", set()),
    ],
)
def test_each_language_s_marks_are_found(text: str, found: set[str]) -> None:
    assert {kind for kind, has in zip(kinds(), marks([text])[0], strict=True) if has} == found


def test_there_is_a_row_a_text() -> None:
    assert marks([]).shape == (0, len(kinds()))
    assert marks(["", "You!"]).sum(axis=1).tolist() == [0, 1]
