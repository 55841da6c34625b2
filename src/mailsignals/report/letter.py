"""A draft made into a letter: greeting, their sentence with its day, our day, the open bill, a close."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Any

from mailsignals.report.digest_signal import NAME_LENGTH, Frame
from mailsignals.report.tone import manner, our_greeting
from mailsignals.report.words import clean, shorten
from mailsignals.types import Address, ClientState, Invoice, Quote

ANSWER_WITHIN = timedelta(days=7)
"""The day that a draft proposes; it stays in brackets, since nobody has promised it."""

QUOTE_LENGTH = 120

_INSULTS = ("aggression", "antipathy")

_QUOTE = "[quote] "
_NAME = re.compile(r"\[(?:name|Имя|ime|navn|pangalan)\]")
_DUE = re.compile(r"\[(?:due date|срок|dospijeće|forfald)\]")
_NUMBER = re.compile(r"\[(?:number|номер|broj|nummer)\]")
_SUM = re.compile(r"\[(?:amount|сумма|iznos|beløb|halaga)\]")
_DAY = re.compile(r"\[(?:date|дата|datum|dato|petsa)\]")

_NAME_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ.-][^\W\d_]+)*\.?")
_TITLE = re.compile(r"(?:mrs?|ms|miss|dr|prof|engr|atty|г-н|г-жа)\.?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Motive:
    """What a draft answers.

    Args:
        writer: Whom it goes to, if anybody has written.
        quotes: Their sentences that it answers, strongest first.
        waits: Whether it can wait for their answer if we wrote last.
        is_notice: Whether it speaks of a bill that is overdue, and not just open.
    """

    reply: Mapping[str, str]
    familiar: Mapping[str, str]
    writer: Address | None
    quotes: tuple[Quote, ...] = ()
    waits: bool = True
    is_notice: bool = False


def letter(motive: Motive, lang: str, state: ClientState, frame: Frame) -> tuple[str, ...]:
    """Greeting, draft, and for a formal one a close: one line each, the draft in the manner of its greeting.

    Where words are hidden, their sentence and their name are left out.
    """
    how = manner(motive.writer, lang, state)
    polite = motive.reply[lang]
    draft = motive.familiar.get(lang, polite) if how == "informal" else polite
    greeting = _greeting(motive.writer, lang, how, state, frame)
    quote = None if frame.hide_text else next((said for said in motive.quotes if not _is_insult(said, state)), None)
    body = _filled(draft.strip().removeprefix(_QUOTE), lang, state, frame, is_notice=motive.is_notice)
    parts = [_said(quote, lang, how, frame), body] if quote and draft.startswith(_QUOTE) else [body]
    close = [book()["close"][lang]] if how == "formal" else []
    return tuple(clean(line) for line in (greeting, _joined(parts, greeting), *close))


def lacks_bill(motive: Motive, state: ClientState, today: date) -> bool:
    """Whether a draft would name a bill where the client's ledger has none that is open, for a notice: overdue."""
    names_one = any(_NUMBER.search(draft) for draft in motive.reply.values())
    return names_one and bool(state.invoices) and not _open_bills(state, today, is_notice=motive.is_notice)


def _open_bills(state: ClientState, today: date, *, is_notice: bool) -> Sequence[Invoice]:
    return [bill for bill in state.invoices if not bill.is_paid and (bill.falls_due < today or not is_notice)]


def _joined(sentences: Sequence[str], greeting: str) -> str:
    """Sentences with capitals, but for the first one behind a comma: Croatian goes on in small letters there."""
    first, *rest = sentences
    start = first if greeting.endswith(",") else _capital(first)
    return " ".join([start, *map(_capital, rest)])


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _greeting(writer: Address | None, lang: str, how: str, state: ClientState, frame: Frame) -> str:
    """The greeting that we last wrote to this person, or else one of the language and manner with their name."""
    writer = None if frame.hide_text else writer
    if ours := our_greeting(writer, lang, state):
        return shorten(ours, NAME_LENGTH)
    template: str = book()["greeting"][lang][how or "plain"]
    title, names = _names(writer) if writer else ("", [])
    if not names:
        return template
    if lang == "hr" and names[0][-1] not in "aeio":
        return _NAME.sub("", template).replace(" ,", ",")  # one is called in the vocative: Tomislave, not Tomislav
    if how == "formal":
        name = f"{title} {_surname(names)}" if title and lang == "en" else " ".join(names)
    elif len(names[0].rstrip(".")) == 1:
        return template
    else:
        name = names[0]
    return _NAME.sub(_always(shorten(name, NAME_LENGTH)), template)


def _names(address: Address) -> tuple[str, Sequence[str]]:
    """Title and names of a display name, the given name first; no names where it holds anything but names.

    >>> _names(Address("j@x.example", "O'Brien, Jens-Peter")), _names(Address("r@x.example", "Dr. Priya Raman (Acme)"))
    (('', ['Jens-Peter', "O'Brien"]), ('Dr.', ['Priya', 'Raman']))
    """
    shown = re.sub(r"\([^()]*\)", " ", clean(address.name)).strip("\"' ")
    last, comma, first = (part.strip() for part in shown.partition(","))
    if comma:
        shown = f"{first} {last}" if _is_given_name(first, last, address) else last
    words = shown.split()
    title = words.pop(0) if len(words) > 1 and _TITLE.fullmatch(words[0]) else ""
    is_name = all(_NAME_WORD.fullmatch(word) for word in words)
    return (title, words) if is_name else ("", [])


def _is_given_name(first: str, last: str, address: Address) -> bool:
    """Whether a given name follows the comma, as in ``Cruz, Jun``, and not a firm, as in ``Iva Horvat, Miramar``."""
    words, surnames = first.split(), last.split()
    if not 1 <= len(words) <= 2 or not all(_NAME_WORD.fullmatch(word) for word in words) or first.isupper():
        return False
    return len(surnames) == 1 or surnames[0].islower() or words[0].lower() in address.email.partition("@")[0]


def _surname(names: Sequence[str]) -> str:
    """The last name with its particles: ``dela Cruz``."""
    start = len(names) - 1
    while start > 1 and names[start - 1].islower():
        start -= 1
    return " ".join(names[start:])


def _is_insult(quote: Quote, state: ClientState) -> bool:
    """Whether the sentence is told as an insult, too: one does not repeat it."""
    insults = [other for signal in state.signals if signal.tag in _INSULTS for other in signal.quotes]
    return any(
        quote.message_id == other.message_id and (quote.words in other.words or other.words in quote.words)
        for other in insults
    )


def _said(quote: Quote, lang: str, how: str, frame: Frame) -> str:
    """A sentence that repeats theirs, with its day; what stood in quotation marks gets the inner ones.

    The full stop stands within the marks, in Russian behind them, and nowhere beside another mark.
    """
    entry = book()["said"][lang]
    opening, closing, inner_opening, inner_closing = entry["marks"]
    inner = str.maketrans(opening + closing, inner_opening + inner_closing)
    words = shorten(quote.words, QUOTE_LENGTH).translate(inner)
    is_ended = words.endswith(("!", "?", "…"))
    words = words.rstrip(". ") if not is_ended else words
    stop = "" if is_ended else "."
    marked = f"{opening}{words}{closing}{stop}" if lang == "ru" else f"{opening}{words}{stop}{closing}"
    day = _written(quote.sent_at.astimezone(frame.time.zone).date(), lang, frame.time.today)
    sentence: str = entry["informal" if how == "informal" else "formal"]
    return sentence.replace("[said on]", day).replace("[words]", marked)


def _filled(draft: str, lang: str, state: ClientState, frame: Frame, *, is_notice: bool) -> str:
    """The draft with a day, and with number, sum and due day of the open bill that has waited longest."""
    today = frame.time.today
    words: dict[re.Pattern[str], str] = {_DAY: f"[{_written(today + ANSWER_WITHIN, lang, today)}]"}
    if bills := _open_bills(state, today, is_notice=is_notice):
        bill = min(bills, key=lambda bill: (bill.due is None, bill.falls_due))
        words |= {_NUMBER: bill.number, _SUM: _money(bill, lang)}
        words |= {_DUE: _written(bill.due, lang, today)} if bill.due else {}
    for placeholder, word in words.items():
        draft = placeholder.sub(_always(word), draft)
    return draft


def _always(word: str) -> Callable[[re.Match[str]], str]:
    """A replacement in which backslashes are what they are."""
    return lambda _: word


def _written(day: date, lang: str, today: date) -> str:
    """A day as the language writes it, with its year where that is not this one.

    >>> [_written(date(2026, 3, 20), lang, date(2026, 5, 1)) for lang in ("en", "ru", "hr", "da", "tl")]
    ['20 Mar', '20 марта', '20. ožujka', '20. marts', 'Marso 20']
    >>> [_written(date(2025, 3, 20), lang, date(2026, 5, 1)) for lang in ("en", "ru", "hr", "da", "tl")]
    ['20 Mar 2025', '20 марта 2025 года', '20. ožujka 2025.', '20. marts 2025', 'Marso 20, 2025']
    """
    month = book()["months"][lang][day.month - 1]
    is_this_year = day.year == today.year
    if lang == "tl":
        return f"{month} {day.day}{'' if is_this_year else f', {day.year}'}"
    year = "" if is_this_year else f" {day.year}" + {"ru": " года", "hr": "."}.get(lang, "")
    return f"{day.day}{'.' if lang in {'hr', 'da'} else ''} {month}{year}"


def _money(bill: Invoice, lang: str) -> str:
    """What is open of an invoice, as the language writes sums."""
    whole = f"{bill.amount - bill.paid_amount:,.2f}"
    if lang in {"en", "tl"}:
        return f"{bill.currency} {whole}"
    thousands = "\u00a0" if lang == "ru" else "."
    local = whole.replace(",", " ").replace(".", ",").replace(" ", thousands)
    return f"{local} {bill.currency}"


@cache
def book() -> Mapping[str, Any]:
    """What ``playbook.toml`` says: stages, greetings, closes, months."""
    return tomllib.loads(resources.files(__package__).joinpath("playbook.toml").read_text("utf-8"))
