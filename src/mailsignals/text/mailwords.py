"""The words around the words, from ``mailwords.toml``: keys of header blocks, notes of phones, formulas of letters."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def table() -> dict[str, Any]:
    """The whole file."""
    return tomllib.loads(files("mailsignals.text").joinpath("mailwords.toml").read_text("utf-8"))


def any_of(kind: str) -> str:
    """A group of a regular expression that matches any of the words of one kind."""
    return f"(?:{'|'.join(table()[kind])})"


def letters(kind: str) -> frozenset[str]:
    """The words of one kind (``closings``, ``after``, ``not_names``) in all languages, case-folded."""
    return frozenset(word.casefold() for part in table()["letters"].values() for word in part.get(kind, ()))
