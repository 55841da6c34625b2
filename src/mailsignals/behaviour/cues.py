"""What sentences of mail do for the ledgers: promises, reminders, questions, quotes, approvals. Rules, five languages.

Such sentences are plain and alike, in every trade: rules that can be read find them, and need no model.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from itertools import pairwise
from operator import itemgetter

from mailsignals.behaviour.due import due_day
from mailsignals.behaviour.phrases import Phrases, phrases_of
from mailsignals.signals.segment import sentences
from mailsignals.types import Cue, CueKind, Matter

READER = "cues 6"
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
    is_undecided = _finder(text, phrases_of(lang))("undecided")
    return _cues(text, lang, partial(_their_sentence, is_undecided=is_undecided), written)


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
    kept = _without_refusals(sentence, languages)
    keeps = _finder(kept, languages)
    if _promises(sentence, found, has) and _promises(kept, found, keeps):
        due = due_day(kept, lang, written)
        if due or keeps("commit"):
            found.append((CueKind.OUR_PROMISE, due, Matter.WORK))
    return found


_CLAUSE = re.compile(r"[,;:!?–—]|\b(?:but|но|ali|nego|men|pero|kundi)\b", re.IGNORECASE)


def _without_refusals(sentence: str, languages: Sequence[Phrases]) -> str:
    """A sentence of ours less the clauses that say what we will not manage: "срок 20 марта мы не удержим"."""
    refused = [match.start() for phrases in languages for match in phrases.patterns["negated"].finditer(sentence)]
    if not refused:
        return sentence
    bounds = [0, *(match.start() for match in _CLAUSE.finditer(sentence)), len(sentence)]
    clauses = pairwise(bounds)
    return "".join(sentence[start:end] for start, end in clauses if not any(start <= place < end for place in refused))


_NO_PROMISE = frozenset({CueKind.OUR_REMINDER, CueKind.INVOICE_SENT, CueKind.QUOTE_SENT})


def _promises(
    sentence: str, found: Sequence[tuple[CueKind, date | None, Matter | None]], has: Callable[[str], bool]
) -> bool:
    """Whether a sentence of ours can be a promise: a day ahead makes one unless it asks, waits, recalls or bills."""
    if "?" in sentence or has("condition") or has("terms") or has("habit"):
        return False
    if has("commit") and not any(kind is CueKind.OUR_REMINDER for kind, _, _ in found):
        return not any(kind in _NO_PROMISE for kind, _, _ in found)
    return not (
        has("no_promise") or has("request") or has("apology") or any(kind in _NO_PROMISE for kind, _, _ in found)
    )


def _their_sentence(
    sentence: str, languages: tuple[Phrases, ...], lang: str, written: date, *, is_undecided: bool
) -> list[tuple[CueKind, date | None, Matter | None]]:
    has = _finder(sentence, languages)
    found: list[tuple[CueKind, date | None, Matter | None]] = []
    is_question = "?" in sentence
    if (is_question and not has("rhetorical")) or (has("asking") and not has("unasked")):
        found.append((CueKind.THEIR_QUESTION, None, None))
    offers = has("offer") and not has("no_offer")
    is_taken_back = has("taken_back")
    approves = not is_question and not is_taken_back and _approves(has, is_undecided=is_undecided)
    accepts = _accepts(has, approves=approves) and not is_question
    if is_paid := has("paid") and not has("unpaid") and not is_question:
        found.append((CueKind.PAID, None, Matter.PAYMENT))
    if not is_question and (not is_paid or has("rest")):
        promise = _promise(_without_conditional_rest(sentence, languages), languages, lang, written)
        if promise and (promise[1] or not (offers or is_paid or approves)):
            found.append(promise)
    if offers:
        found.append((CueKind.OFFER, None, None))
    if accepts:
        found.append((CueKind.ACCEPTANCE, None, None))
    if is_taken_back:
        found.append((CueKind.TAKEN_BACK, None, None))
    elif approves and not accepts:
        found.append((CueKind.APPROVAL, None, None))
    return found


def _without_conditional_rest(sentence: str, languages: Sequence[Phrases]) -> str:
    """A sentence as far as it is sure: of "half on Friday, the rest when you're done" the half is promised."""
    for phrases in languages:
        rest = phrases.patterns["rest"].search(sentence)
        if rest and phrases.has("unsure", sentence[rest.start() :]):
            return sentence[: rest.start()]
    return sentence


def _accepts(has: Callable[[str], bool], *, approves: bool) -> bool:
    """Whether a price or an offer is accepted; "go ahead" with work and no price is its approval instead."""
    return has("acceptance") and not has("unaccepted") and (not approves or has("price"))


def _promise(
    sentence: str, languages: Sequence[Phrases], lang: str, written: date
) -> tuple[CueKind, date | None, Matter | None] | None:
    """What a client promises and for when: a matter, a day or both, in words that are left when refusals are cut out.

    "You'll have it Friday" names no matter; what was asked for before tells it.
    """
    due = due_day(sentence, lang, written)
    if _pledge_start(sentence, languages, due) is None or _finder(sentence, languages)("unsure"):
        return None
    kept = sentence
    for phrases in languages:
        kept = phrases.patterns["refusal"].sub(" ", kept)
    if kept != sentence:
        due = due_day(kept, lang, written)
    start = _pledge_start(kept, languages, due)
    if start is None:
        return None
    matter = _matter(kept[start:], languages) or _matter(kept, languages)
    return (CueKind.THEIR_PROMISE, due, matter) if due or matter else None


def _pledge_start(sentence: str, languages: Sequence[Phrases], due: date | None) -> int | None:
    """Where the pledge begins; what is planned, arrives or is opened ("the photos follow") pledges with a day only."""
    names = ("pledge", "entry", "by_day", "arrival") if due else ("pledge",)
    found = (phrases.patterns[name].search(sentence) for phrases in languages for name in names)
    return min((match.start() for match in found if match), default=None)


def _matter(words: str, languages: Sequence[Phrases]) -> Matter | None:
    """The matter that is named first."""
    named = [
        (match.start(), matter)
        for matter in MATTERS
        for phrases in languages
        if (match := phrases.patterns[matter.value].search(words))
    ]
    return min(named, key=itemgetter(0))[1] if named else None


def _approves(has: Callable[[str], bool], *, is_undecided: bool) -> bool:
    """Whether work is signed off: in so many words, or by praise that names the work or is all that is said.

    Praise alone approves nothing where the mail says that somebody else has yet to see the work or to decide.
    """
    is_praised = not is_undecided and (has("only_praise") or (has("praise") and has("work")))
    return (is_praised or has("signed_off")) and not has("not_approval")


def _finder(sentence: str, languages: Sequence[Phrases]) -> Callable[[str], bool]:
    """A question to the sentence: does any of the languages find that pattern in it?"""
    return lambda name: any(phrases.has(name, sentence) for phrases in languages)
