"""Somebody who is not yet a client: the red flags of their first mails, each with its sentence."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from mailsignals.signals.segment import sentences
from mailsignals.types import LANGUAGES, Message, Quote, read_as

FIRST_MAILS = 5
"""Mails of a sender that count as the first ones."""


@dataclass(frozen=True, slots=True)
class Flag:
    """One red flag of the catalogue.

    Args:
        does: What the sender does, to follow their name.
        patterns: Language -> pattern, tried on one sentence, whatever its case.
        but_not: Language -> what looks like the flag and is none; it is taken out of the sentence first.
        examples: Sentences with ``lang``, ``text`` and ``counts``.
    """

    name: str
    title: str
    does: str
    advice: str
    patterns: Mapping[str, re.Pattern[str]]
    but_not: Mapping[str, re.Pattern[str]]
    examples: tuple[Mapping[str, Any], ...]


@cache
def flags() -> Mapping[str, Flag]:
    """The red flags by name, in the order of the file."""
    text = resources.files("mailsignals.behaviour").joinpath("prospects.toml").read_text("utf-8")
    return {
        name: Flag(
            name,
            entry["title"],
            entry["does"],
            entry["advice"],
            {lang: _any_of(entry["rules"][lang], entry["parts"].get(lang, {})) for lang in LANGUAGES},
            {lang: _any_of(entry["but_not"][lang], entry["parts"].get(lang, {})) for lang in LANGUAGES},
            tuple(entry["examples"]),
        )
        for name, entry in tomllib.loads(text).items()
    }


def _any_of(rules: Sequence[str], parts: dict[str, str]) -> re.Pattern[str]:
    """One pattern of several, with ``<name>`` replaced by the part of that name; a part may name those before it."""
    joined = "|".join(rules)
    for name in reversed(parts):
        joined = joined.replace(f"<{name}>", parts[name])
    return re.compile(joined, re.IGNORECASE | re.DOTALL)


def has_flag(name: str, sentence: str, lang: str) -> bool:
    """Whether a sentence shows a red flag: in its language or English, in any for an unknown one.

    >>> has_flag("will_not_sign", "We start without a contract.", "en")
    True
    >>> has_flag("will_not_sign", "We never start without a contract.", "en")
    False
    """
    flag = flags()[name]
    straight = sentence.replace("\u2019", "'")
    tried = (read_as(lang), "en") if read_as(lang) in flag.patterns else LANGUAGES
    return any(flag.patterns[known].search(flag.but_not[known].sub("#", straight)) for known in tried)


def red_flags(received: Sequence[Message]) -> tuple[Quote, ...]:
    """The red flags in a sender's first mails, by time.

    Args:
        received: Their mail, oldest first.
    """
    return tuple(quote for message in received[:FIRST_MAILS] for quote in _flags_of(message))


def _flags_of(message: Message) -> Iterator[Quote]:
    for start, end in sentences(message.own_text):
        words = message.own_text[start:end]
        for name in flags():
            if has_flag(name, words, message.lang):
                yield Quote(
                    message_id=message.message_id,
                    label=name,
                    words=words,
                    score=1.0,
                    sent_at=message.sent_at,
                    subject=message.subject,
                    sender=message.sender,
                    lang=message.lang,
                    start=start,
                    end=end,
                )
