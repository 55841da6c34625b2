"""Text as it is typed in haste, or on a foreign keyboard: a model must read it as well as what is spelt right."""

from __future__ import annotations

import random

_EVERY = 25
"""Letters to one slip, on average."""

_DANISH_ASCII = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "Æ": "Ae", "Ø": "Oe", "Å": "Aa"})


def misspelt(text: str) -> str:
    """The text with a slip now and then: two letters swapped, one left out or doubled; Danish without its letters.

    The same text is always misspelt the same way.

    >>> misspelt("Please send me the draft på fredag, and do not call my assistant again about the invoice.")
    'Please send me the draft paa fredag, and do not call my assstant again about the invoice.'
    """
    chance = random.Random(text)  # noqa: S311  # no secret hangs on it
    typed: list[str] = []
    last = ""
    for letter in text.translate(_DANISH_ASCII):
        if last.isalpha() and letter.isalpha() and chance.random() < 1 / _EVERY:
            slip = chance.choice(("swap", "drop", "double"))
            typed[-1:] = {"swap": [letter, last], "drop": [last], "double": [last, letter, letter]}[slip]
            last = ""
        else:
            typed.append(letter)
            last = letter
    return "".join(typed)
