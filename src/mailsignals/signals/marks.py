"""What a sentence holds beside its words: amounts, dates, clock times, negation, the second person, quotation marks.

Found by spaCy's Matcher with the patterns of ``marks.toml``.
"""

from __future__ import annotations

import hashlib
import sys
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import spacy
from numpy.typing import NDArray
from spacy.language import Language
from spacy.matcher import Matcher


def kinds() -> tuple[str, ...]:
    """Names of the marks, in the order of the columns of `marks`."""
    return tuple(_patterns())


def version() -> str:
    """Eight hexadecimal digits that change with the patterns; heads refuse other ones than they were fitted on."""
    return hashlib.sha256(_source()).hexdigest()[:8]


def marks(texts: Sequence[str]) -> NDArray[np.float32]:
    """Array (texts, kinds) of 1 where a text has the mark, and 0.

    >>> [kind for kind, has in zip(kinds(), marks(["You won't get 200 € before Friday."])[0]) if has]
    ['amount', 'date', 'negation', 'second_person']
    """
    nlp, matcher = _matcher()
    column = {nlp.vocab.strings[kind]: place for place, kind in enumerate(kinds())}
    found = np.zeros((len(texts), len(column)), np.float32)
    for row, text in enumerate(texts):
        for kind, _, _ in matcher(nlp.make_doc(text)):
            found[row, column[kind]] = 1
    return found


@cache
def _patterns() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(_source().decode("utf-8"))


def _source() -> bytes:
    return resources.files(__package__).joinpath("marks.toml").read_bytes()


@cache
def _matcher() -> tuple[Language, Matcher]:
    nlp = spacy.blank("xx")
    nlp.max_length = sys.maxsize  # spaCy's limit guards parsers
    matcher = Matcher(nlp.vocab)
    for kind, told in _patterns().items():
        words = [word for line in told.get("words", ()) for word in line.split()]
        matcher.add(kind, [*told.get("patterns", ()), *([[{"LOWER": {"IN": words}}]] if words else [])])
    return nlp, matcher
