"""What sentences of mail do for the ledgers: promises, reminders, questions, quotes, approvals. Rules, five languages.

Such sentences are plain and alike, in every trade: rules that can be read find them, and need no model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from mailsignals.behaviour.due import due_day
from mailsignals.behaviour.phrases import Phrases, phrases_of
from mailsignals.signals.segment import sentences
from mailsignals.types import Cue, CueKind, Matter

READER = "cues 3"
"""Name of these rules; readings carry it, so that other rules read the mail anew. Raise it with every change."""

_LONGEST = 60
"""Words of a sentence; what is longer is a list or a table."""

_MATTERS = (Matter.PAYMENT, Matter.ACCESS, Matter.FEEDBACK, Matter.CONTENT)


def our_cues(text: str, lang: str, written: date) -> tuple[Cue, ...]:
    """Cues of our own mail, by position.

    Args:
        text: Its own words.
        written: Its day in our calendar.
    """
    return _cues(text, lang, _our_sentence, written)


def their_cues(text: str, lang: str, written: date) -> tuple[Cue, ...]:
    """Cues of a client's mail, by position. Arguments as for ``our_cues``."""
    return _cues(text, lang, _their_sentence, written)


_Reader = Callable[[str, tuple[Phrases, ...], str, date], list[tuple[CueKind, date | None, Matter | None]]]


def _cues(text: str, lang: str, read: _Reader, written: date) -> tuple[Cue, ...]:
    languages = phrases_of(lang)
    return tuple(
        Cue(kind, start, end, due, matter)
        for start, end in sentences(text)
        if len(text[start:end].split()) <= _LONGEST
        for kind, due, matter in read(text[start:end], languages, lang, written)
    )


def _our_sentence(
    sentence: str, languages: tuple[Phrases, ...], lang: str, written: date
) -> list[tuple[CueKind, date | None, Matter | None]]:
    has = _finder(sentence, languages)
    found: list[tuple[CueKind, date | None, Matter | None]] = []
    reminds = has("reminder") and ("?" in sentence or not has("commit"))
    asks = has("question") and not has("idle_question")
    if reminds:
        found.append((CueKind.OUR_REMINDER, None, None))
    if asks and not reminds:
        found.append((CueKind.OUR_QUESTION, None, None))
    if has("apology") and not has("idle_apology"):
        found.append((CueKind.OUR_APOLOGY, None, None))
    if has("invoice") and has("sent") and not has("reminder"):
        found.append((CueKind.INVOICE_SENT, None, None))
    elif has("quote") and (has("sent") or any(letter.isdigit() for letter in sentence)) and not asks:
        found.append((CueKind.QUOTE_SENT, None, None))
    if _promises(sentence, found, has):
        due = due_day(sentence, lang, written)
        if due or has("commit"):
            found.append((CueKind.OUR_PROMISE, due, Matter.WORK))
    return found


_NO_PROMISE = frozenset({CueKind.OUR_REMINDER, CueKind.INVOICE_SENT, CueKind.QUOTE_SENT})


def _promises(
    sentence: str, found: Sequence[tuple[CueKind, date | None, Matter | None]], has: Callable[[str], bool]
) -> bool:
    """Whether a sentence of ours can be a promise: a day ahead makes one unless it asks, waits, recalls or bills."""
    if "?" in sentence or has("condition") or has("terms"):
        return False
    if has("commit") and not any(kind is CueKind.OUR_REMINDER for kind, _, _ in found):
        return not any(kind in _NO_PROMISE for kind, _, _ in found)
    return not (
        has("no_promise") or has("request") or has("apology") or any(kind in _NO_PROMISE for kind, _, _ in found)
    )


def _their_sentence(
    sentence: str, languages: tuple[Phrases, ...], lang: str, written: date
) -> list[tuple[CueKind, date | None, Matter | None]]:
    has = _finder(sentence, languages)
    found: list[tuple[CueKind, date | None, Matter | None]] = []
    asks = "?" in sentence
    if asks and not has("idle_question"):
        found.append((CueKind.THEIR_QUESTION, None, None))
    if has("paid") and not asks:
        found.append((CueKind.PAID, None, Matter.PAYMENT))
    elif has("commit") and not has("condition") and not asks:
        matter = next((matter for matter in _MATTERS if has(matter.value)), None)
        due = due_day(sentence, lang, written)
        if matter:
            found.append((CueKind.THEIR_PROMISE, due, matter))
    if has("offer") and not has("no_offer"):
        found.append((CueKind.OFFER, None, None))
    if has("acceptance") and not asks and not has("condition"):
        found.append((CueKind.ACCEPTANCE, None, None))
    if has("taken_back"):
        found.append((CueKind.TAKEN_BACK, None, None))
    elif has("approval") and not asks and not has("not_approval") and not has("condition"):
        found.append((CueKind.APPROVAL, None, None))
    return found


def _finder(sentence: str, languages: Sequence[Phrases]) -> Callable[[str], bool]:
    """A question to the sentence: does any of the languages find that pattern in it?"""
    return lambda name: any(phrases.has(name, sentence) for phrases in languages)
