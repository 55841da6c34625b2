"""A draft of an answer: what the stage asks for comes first, then insults, then what they did last."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Any

from mailsignals.report.digest_signal import NAME_LENGTH, Frame
from mailsignals.report.digest_view import Reply
from mailsignals.report.words import LANGUAGE_NAMES, clean, shorten
from mailsignals.signals.catalogue import catalogue
from mailsignals.types import UNKNOWN_LANGUAGE, Address, ClientState, Invoice, SignalState, Stage, read_as

ANSWER_WITHIN = timedelta(days=7)
"""The day that a draft proposes; it stays in brackets, since nobody has promised it."""

_FIRST = "aggression"
_GREETINGS = {"en": ("Dear ", "Hi "), "da": ("Kære ", "Hej ")}
"""Formal and usual greetings of drafts; the other languages' drafts are polite as they stand."""

_NAME = re.compile(r"\[(?:name|Имя|ime|navn|pangalan)\]")
_DUE = re.compile(r"\[(?:due date|срок|dospijeće|forfald)\]")
_NUMBER = re.compile(r"\[(?:number|номер|broj|nummer)\]")
_SUM = re.compile(r"\[(?:amount|сумма|iznos|beløb|halaga)\]")
_DAY = re.compile(r"\[(?:date|дата|datum|dato|petsa)\]")


@dataclass(frozen=True, slots=True)
class Play:
    """What to do at a stage.

    Args:
        advice: What practitioners do, two or three sentences for us.
        reply: Language -> draft; empty where a signal's draft does.
        familiar: The same for clients one says ty or ti to.
    """

    advice: str
    reply: Mapping[str, str]
    familiar: Mapping[str, str]


@cache
def plays() -> Mapping[Stage, Play]:
    """What to do at each stage that asks for something, read from ``playbook.toml``."""
    return {
        Stage(name): Play(clean(entry["advice"]), entry.get("reply", {}), entry.get("familiar", {}))
        for name, entry in _book().items()
        if name != "months"
    }


def stands_alone(stage: Stage) -> bool:
    """Whether the stage's own draft and advice take the place of those of single signals."""
    return stage in plays() and bool(plays()[stage].reply)


def reply(alerted: Sequence[SignalState], state: ClientState, frame: Frame) -> Reply | None:
    """The draft for the client's stage or else for one of its signals, in the language that we write to it in.

    Filled in are our greeting, a day, and the longest overdue invoice of the ledger; what is not known stays in its
    brackets, and so does the day, which only we can promise.
    """
    play = plays().get(state.verdict.stage)
    sources: list[tuple[Mapping[str, str], Mapping[str, str], SignalState | None]] = []
    if play:
        sources.append((play.reply, play.familiar, None))
    sources += [(catalogue()[s.tag].reply, catalogue()[s.tag].familiar, s) for s in sorted(alerted, key=_urgency)]
    ours = state.lang if state.our_lang in {"", UNKNOWN_LANGUAGE} else state.our_lang
    for drafts, familiar, signal in sources:
        known = (lang for lang in (read_as(ours), "en") if drafts.get(lang))
        if chosen := next(known, None):
            polite = drafts[chosen].strip()
            draft = familiar.get(chosen, polite).strip() if state.manner == "informal" else polite
            writer = _addressee(state, signal) if not frame.hide_text else None
            filled = _filled(_greeted(draft, chosen, state, writer), chosen, state, frame)
            note = "We wrote last: keep it until their answer is late." if _wrote_last(state) else ""
            lines = tuple(clean(line) for line in filled.splitlines())
            return Reply(LANGUAGE_NAMES.get(chosen, chosen), chosen, lines, note)
    return None


def _urgency(signal: SignalState) -> tuple[bool, float]:
    """Insults first, then what was written last."""
    newest = max((quote.sent_at.timestamp() for quote in signal.quotes), default=0.0)
    return signal.tag != _FIRST, -newest


def _wrote_last(state: ClientState) -> bool:
    return state.facts.sent > 0 and not state.facts.unanswered


def _addressee(state: ClientState, signal: SignalState | None) -> Address | None:
    """Who wrote the strongest sentence; at a stage, who writes most."""
    if signal and signal.quotes:
        return signal.quotes[0].sender
    return state.people[0] if state.people else None


def _greeted(draft: str, lang: str, state: ClientState, writer: Address | None) -> str:
    """The draft with the greeting that we last wrote to this person, or else with their first name."""
    first_line, _, rest = draft.partition("\n")
    if writer and read_as(state.our_lang) == lang and (ours := state.greetings.get(writer.person)):
        return f"{shorten(ours, NAME_LENGTH)}\n{rest}"
    stiff, plain = _GREETINGS.get(lang, ("", ""))
    if state.manner == "formal" and plain and first_line.startswith(plain):
        first_line = first_line.replace(plain, stiff, 1)
    name = writer.name.split()[0] if writer and writer.name.split() else ""
    if name.isalpha():
        first_line = _NAME.sub(lambda _: shorten(name, NAME_LENGTH), first_line)
    return f"{first_line}\n{rest}"


def _filled(draft: str, lang: str, state: ClientState, frame: Frame) -> str:
    """The draft with a day, and with number, sum and due day of what is overdue longest."""
    today = frame.time.today
    draft = _DAY.sub(lambda _: f"[{_written(today + ANSWER_WITHIN, lang)}]", draft)
    late = [bill for bill in state.invoices if bill.due and bill.due < today and not bill.is_paid]
    if not late or not _DUE.search(draft):
        return draft
    bill = min(late, key=lambda bill: bill.due or today)
    assert bill.due is not None
    for placeholder, words in (
        (_DUE, _written(bill.due, lang)),
        (_NUMBER, bill.number),
        (_SUM, _money(bill, lang)),
    ):
        draft = placeholder.sub(lambda _, words=words: words, draft)  # type: ignore[misc]
    return draft


def _written(day: date, lang: str) -> str:
    """A day as the language writes it.

    >>> [_written(date(2026, 3, 20), lang) for lang in ("en", "ru", "hr", "da", "tl")]
    ['20 Mar', '20 марта', '20. ožujka', '20. marts', 'Marso 20']
    """
    month = _book()["months"][lang][day.month - 1]
    if lang == "tl":
        return f"{month} {day.day}"
    return f"{day.day}{'.' if lang in {'hr', 'da'} else ''} {month}"


def _money(bill: Invoice, lang: str) -> str:
    """What is open of an invoice, as the language writes sums."""
    whole = f"{bill.amount - bill.paid_amount:,.2f}"
    if lang in {"en", "tl"}:
        return f"{bill.currency} {whole}"
    thousands = "\u00a0" if lang == "ru" else "."
    local = whole.replace(",", " ").replace(".", ",").replace(" ", thousands)
    return f"{local} {bill.currency}"


@cache
def _book() -> Mapping[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath("playbook.toml").read_text("utf-8"))
