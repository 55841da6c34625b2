"""Texts in, tags out, one line a text: the Unix filter of ``mailsignals classify``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

from mailsignals.text.jsonline import parse_line
from mailsignals.text.language import language_of
from mailsignals.types import Message, Tagging

_BATCH = 64
_SURROGATES = dict.fromkeys(range(0xD800, 0xE000), 0xFFFD)
"""A lone surrogate can be written in JSON but not in UTF-8; the replacement keeps every offset."""

Line = dict[str, Any]


class TextTagger(Protocol):
    """What tags texts."""

    def tag_texts(self, texts: Sequence[str], answered: Sequence[str] = ()) -> Sequence[Tagging]:
        """One tagging a text, in order; ``answered`` holds what each of them answers."""
        ...


@dataclass(frozen=True, slots=True)
class Item:
    """One input: a text to be tagged, or the reason why it is none.

    Args:
        id: Whatever the input calls itself, or its position from 1.
        answered: Words of the message that it answers, where they are told.
        shown: Further entries of its output line.
    """

    id: object
    text: str = ""
    lang: str = ""
    answered: str = ""
    error: str = ""
    shown: tuple[tuple[str, str], ...] = ()


def items_of_lines(lines: Iterable[bytes]) -> Iterator[Item]:
    """JSON Lines ``{"id", "text", "lang"?, "context"?}`` as items, one a line, whatever the line."""
    for number, line in enumerate(lines, 1):
        yield _item(number, line)


def item_of_message(message: Message) -> Item:
    """A mail as an item. Its own words go into the output, since the offsets count in them."""
    return Item(message.message_id, message.own_text, message.lang, shown=(("text", message.own_text),))


def classify(items: Iterable[Item], tagger: TextTagger) -> Iterator[Line]:
    """One output line an item, in order.

    Yields:
        ``{"id", "lang", "labels", "scores", "evidence"}``, or ``{"id", "error"}`` for what is no text.
    """
    waiting = iter(items)
    while batch := list(islice(waiting, _BATCH)):
        texts = [item for item in batch if not item.error]
        taggings = iter(tagger.tag_texts([item.text for item in texts], [item.answered for item in texts]))
        for item in batch:
            yield {"id": item.id, "error": item.error} if item.error else _line(item, next(taggings))


def _item(number: int, line: bytes) -> Item:
    try:
        row = parse_line(line)
    except ValueError as fault:
        return Item(number, error=f"line {number} {fault}")
    name = row["id"] if isinstance(row.get("id"), str | int) else number
    if not isinstance(row.get("text"), str):
        return Item(name, error=f"line {number} has no text, or one that is not a string")
    lang, context = (value if isinstance(value := row.get(key), str) else "" for key in ("lang", "context"))
    return Item(name, row["text"].translate(_SURROGATES), lang, context.translate(_SURROGATES))


def _line(item: Item, tagging: Tagging) -> Line:
    return {
        "id": item.id,
        "lang": item.lang or language_of(item.text[:2000]),
        **dict(item.shown),
        "labels": list(tagging.labels),
        "scores": dict(tagging.scores),
        "evidence": evidence_rows(tagging),
    }


def evidence_rows(tagging: Tagging) -> list[dict[str, Any]]:
    """The evidence of one text for other programs; offsets count in its own words."""
    return [
        {"label": span.label, "start": span.start, "end": span.end, "score": span.score, "sure": span.is_sure}
        for span in tagging.evidence
    ]


def encode_line(line: Line) -> str:
    """The line as JSON in one line of UTF-8 text, whatever is in it."""
    try:
        text = json.dumps(line, ensure_ascii=False)
        text.encode("utf-8")
    except UnicodeEncodeError:  # an id with a lone surrogate
        return json.dumps(line)
    return text
