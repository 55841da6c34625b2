"""In which language an answer is written, and how its writer and its reader speak to each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mailsignals.behaviour.manner import manner_of
from mailsignals.types import UNKNOWN_LANGUAGE, Address, ClientState, Quote, read_as

_POLITE_GREETING = re.compile(
    r"^\W*(?:dobar|dobro|dobra|poštovan\w*|postovan\w*|добр\w+|здравствуйте|уважаем\w+|magandang|mahal na|god dag)\b"
    r"|\w(?:вич|вна|чна)\b|\bpo\b",
    re.IGNORECASE,
)
"""Greetings of good day, names with a patronymic, and po go with the polite form."""

_FAMILIAR_GREETING = re.compile(r"^\W*(?:здравствуй|привет|салют|bok|čao|ćao|hej|hi|hey)\b", re.IGNORECASE)
_TAGALOG = re.compile(
    r"\b(?:po(?:ng)?|opo|ng|mga|lang|naman|kasi|yung|yong|wala|hindi|pwede|muna|salamat|kailan|sana|namin|natin)\b",
    re.IGNORECASE,
)
_PO = re.compile(r"\b(?:[Pp]o(?:ng)?|[Oo]po|ho|oho|n?inyo|niyo|kayo)\b")
_MO = re.compile(r"\b(?:mo|ka|ikaw|iyo|sayo)\b", re.IGNORECASE)


def languages(writer: Address | None, quotes: Sequence[Quote], state: ClientState) -> Iterator[str]:
    """The language of the mail that is answered, or the client's usual one where it cannot be told; ours; English."""
    said = quotes or _words_of(writer, state)
    told = next((lang for lang in (*map(_heard, said[:1]), state.lang) if lang not in {"", UNKNOWN_LANGUAGE}), "")
    yield from (read_as(told), read_as(state.our_lang), "en")


def _heard(quote: Quote) -> str:
    """A sentence's language; English with Tagalog words between is Taglish, and answered in Tagalog."""
    is_mixed = quote.lang in {"en", UNKNOWN_LANGUAGE} and _is_mixed(quote.words)
    return "tl" if is_mixed else quote.lang


def _is_mixed(words: str) -> bool:
    """Whether Tagalog stands between other words: two of its small words, or po alone.

    >>> _is_mixed("We will pay next month na lang, wala pa kasi yung budget."), _is_mixed("Please send the PO number.")
    (True, False)
    """
    found = {word.lower() for word in _TAGALOG.findall(words) if not word.isupper()}
    return len(found) > 1 or bool(found & {"po", "pong", "opo"})


def manner(writer: Address | None, lang: str, state: ClientState) -> str:
    """How this person and we speak to each other: by our greeting, then their words, then the client's usual manner.

    What one person allows another has not: a client's familiar manner holds only where one person writes for it.
    """
    greeting = our_greeting(writer, lang, state)
    said = (_greeting_manner(greeting, lang), *map(_quote_manner, _words_of(writer, state)))
    is_theirs = len(state.people) <= 1 or state.manner == "formal"
    return next(filter(None, said), state.manner if is_theirs else "")


def _greeting_manner(greeting: str, lang: str) -> str:
    """What a greeting of ours says; in Tagalog ``Hi`` goes with po and without."""
    if not greeting:
        return ""
    if _POLITE_GREETING.search(greeting) or manner_of(greeting) == "formal":
        return "formal"
    return "informal" if _FAMILIAR_GREETING.search(greeting) and lang != "tl" else ""


def _quote_manner(quote: Quote) -> str:
    if read_as(_heard(quote)) != "tl":
        return manner_of(quote.words)
    return "formal" if _PO.search(quote.words) else "informal" if _MO.search(quote.words) else ""


def our_greeting(writer: Address | None, lang: str, state: ClientState) -> str:
    """How we last greeted a person, if that was in this language; Filipinos write Hi and Dear, too."""
    ours = read_as(state.our_lang)
    is_ours = ours == lang or (ours, lang) == ("en", "tl")
    return state.greetings.get(writer.person, "") if writer and is_ours else ""


def _words_of(writer: Address | None, state: ClientState) -> tuple[Quote, ...]:
    """All sentences of a person that stand as evidence, newest first."""
    said = {
        quote
        for signal in state.signals
        for quote in signal.quotes
        if writer is not None and quote.sender.person == writer.person
    }
    return tuple(sorted(said, key=lambda quote: (quote.sent_at, quote.words), reverse=True))
