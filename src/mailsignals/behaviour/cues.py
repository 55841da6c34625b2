"""What sentences of mail do for the ledgers: promises, reminders, questions, quotes, approvals. Rules, five languages.

Such sentences are plain and alike, in every trade: rules that can be read find them, and need no model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from operator import itemgetter

from mailsignals.behaviour.due import due_day
from mailsignals.behaviour.phrases import Phrases, phrases_of
from mailsignals.signals.segment import sentences
from mailsignals.types import Cue, CueKind, Matter

READER = "cues 4"
"""Name of these rules; readings carry it, so that other rules read the mail anew. Raise it with every change."""

_LONGEST = 60
"""Words of a sentence; what is longer is a list or a table."""

MATTERS = (Matter.PAYMENT, Matter.ACCESS, Matter.FEEDBACK, Matter.CONTENT)


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
    is_question = "?" in sentence
    if (is_question and not has("rhetorical")) or (has("asking") and not has("unasked")):
        found.append((CueKind.THEIR_QUESTION, None, None))
    if has("paid") and not has("unpaid") and not is_question:
        found.append((CueKind.PAID, None, Matter.PAYMENT))
    elif not has("unsure") and not is_question and (promise := _promise(sentence, languages, lang, written)):
        found.append(promise)
    if has("offer") and not has("no_offer"):
        found.append((CueKind.OFFER, None, None))
    accepts = has("acceptance") and not is_question and not has("unaccepted")
    if accepts:
        found.append((CueKind.ACCEPTANCE, None, None))
    if has("taken_back"):
        found.append((CueKind.TAKEN_BACK, None, None))
    elif _approves(has) and not is_question and not accepts:
        found.append((CueKind.APPROVAL, None, None))
    return found


def _promise(
    sentence: str, languages: Sequence[Phrases], lang: str, written: date
) -> tuple[CueKind, date | None, Matter | None] | None:
    """What a client promises and for when: a matter, a day or both, in words that are left when refusals are cut out.

    "You'll have it Friday" names no matter; what was asked for before tells it.
    """
    for phrases in languages:
        sentence = phrases.patterns["refusal"].sub(" ", sentence)
    due = due_day(sentence, lang, written)
    names = ("pledge", "by_day") if due else ("pledge",)
    pledges = (phrases.patterns[name].search(sentence) for phrases in languages for name in names)
    start = min((match.start() for match in pledges if match), default=None)
    if start is None:
        return None
    matter = _matter(sentence[start:], languages) or _matter(sentence, languages)
    return (CueKind.THEIR_PROMISE, due, matter) if due or matter else None


def _matter(words: str, languages: Sequence[Phrases]) -> Matter | None:
    """The matter that is named first."""
    named = [
        (match.start(), matter)
        for matter in MATTERS
        for phrases in languages
        if (match := phrases.patterns[matter.value].search(words))
    ]
    return min(named, key=itemgetter(0))[1] if named else None


def _approves(has: Callable[[str], bool]) -> bool:
    """Whether work is signed off: in so many words, or by praise that names the work or is all that is said."""
    if has("not_approval"):
        return False
    return has("signed_off") or has("only_praise") or (has("praise") and has("work"))


def _finder(sentence: str, languages: Sequence[Phrases]) -> Callable[[str], bool]:
    """A question to the sentence: does any of the languages find that pattern in it?"""
    return lambda name: any(phrases.has(name, sentence) for phrases in languages)
