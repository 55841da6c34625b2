"""What the digest's templates show: words and numbers, ready to print. Nothing here is computed from anything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Level:
    """A score as a number, a word, and a bar.

    Args:
        percent: The filled share of the bar, 0 to 100.
        bar: The bar as ten characters.
    """

    number: str
    word: str
    percent: int
    bar: str


@dataclass(frozen=True, slots=True)
class QuoteView:
    """A client's own words and where they stand.

    Args:
        lang: BCP 47 tag for screen readers; empty for an unknown language.
        is_new: Written since the last digest.
    """

    words: str
    lang: str
    at: str
    sender: str
    subject: str
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class SignalView:
    """One signal of a client.

    Args:
        line: What the client does, as a sentence; empty where a quote shows it.
        news: Why it is told now, such as ``new, 0.61 high``; empty for protective signals.
        extent: On how many messages and days it was seen.
        quotes: One, or none where words are hidden.
        dates: When it was seen, in place of the quote where words are hidden.
        advice: One sentence, on the signal that needs it most; otherwise empty.
    """

    title: str
    line: str
    news: str
    extent: str
    quotes: tuple[QuoteView, ...]
    dates: tuple[str, ...]
    advice: str


@dataclass(frozen=True, slots=True)
class Reply:
    """A draft of an answer, by line, in the language that we write to the client in if we have one in it.

    Args:
        note: When to send it; empty where nothing speaks against today.
    """

    language: str
    lang: str
    lines: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class MeasureView:
    """What dates, people or bills say in one respect.

    Args:
        news: Why it is told now; empty where it only stands beside other news.
    """

    title: str
    words: str
    news: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a ledger: a promise or an extra wish.

    Args:
        words: The sentence; empty where words are hidden.
        client: Whose it is, where it stands among those of others; otherwise empty.
    """

    line: str
    words: str
    lang: str = ""
    client: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG that goes with the mail.

    Args:
        cid: Its Content-ID without angle brackets (RFC 2392).
        alt: What it shows, in words.
        caption: What stands below it; it says nothing that ``alt`` says, or a screen reader reads it twice.
    """

    cid: str
    png: bytes
    alt: str
    caption: str


@dataclass(frozen=True, slots=True)
class ClientSection:
    """A client with due alerts, spelled out on one screen: sixty lines of text, the draft included.

    Args:
        summary: The client and its signals on one line, for where there is no room for more.
        changes: What moved since the last digest; empty in the first.
        others: Signals that are named only, on one line; empty where there are none.
        our_side: What of our own speaks against us, and what that means for a verdict; to be read before judging.
        our_side_beside: The same in a few words, where parting is named; otherwise empty.
        pace: Who answers how fast, and what waits; on one line.
        stage: How far it has gone, such as ``Set boundaries``; empty for calm.
        reasons: Why, in a line or two; at the stage ``consider parting`` all there are.
        advice: What helps, in two sentences with that of the signals; empty where the stage asks for nothing.
        promises: Theirs and ours that are due or were not seen to be kept, nearest day first.
        asks: Extra wishes since the last accepted quote, newest first.
        left_out: What there is no room for, counted; empty where this is all.
        command: Shows all of it.
    """

    name: str
    summary: str
    people: str
    level: Level
    changes: tuple[str, ...]
    signals: tuple[SignalView, ...]
    others: str
    fairness: tuple[SignalView, ...]
    reply: Reply | None
    our_side: str
    pace: str
    our_side_beside: str = ""
    stage: str = ""
    reasons: tuple[str, ...] = ()
    advice: str = ""
    trend: Picture | None = None
    measures: tuple[MeasureView, ...] = ()
    promises: tuple[Entry, ...] = ()
    asks: tuple[Entry, ...] = ()
    left_out: str = ""
    command: str = ""

    @property
    def helps(self) -> tuple[str, ...]:
        """The advice of the stage and that of the signals, where there is some."""
        return tuple(advice for advice in (self.advice, *(signal.advice for signal in self.signals)) if advice)


@dataclass(frozen=True, slots=True)
class ClientRow:
    """A client that is watched without being told of.

    Args:
        stage: Such as ``watch``, or ``set boundaries → watch`` where it has changed since the last digest.
        change: How the score has moved; empty where the stage has changed.
        reason: Why the stage has changed; otherwise empty.
        our_side_beside: Our own side in a few words, at the stage ``consider parting``; otherwise empty.
    """

    name: str
    level: Level
    stage: str
    signal: str
    messages: str
    last: str
    change: str
    reason: str = ""
    our_side_beside: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was read, and with what.

    Args:
        missed: A warning where messages could not be had, otherwise empty.
    """

    line: str
    missed: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Digest:
    """One digest, ready to be rendered.

    Args:
        sent_at: The moment it was made; the mail's Date.
        headline: Who needs attention, as a sentence; with ``others`` the whole digest in one line.
        others: How all the others stand; may be empty.
        period: What it covers, such as ``since Tue 24 Nov, 07:00``.
        zone: Name of the time zone of every time in it.
        sections: Clients with due alerts, most urgent first.
        in_brief: One line each for clients with due alerts that are not spelled out.
        rows: Other clients beyond the stage ``calm``, by stage and then urgency.
        more_rows: How many of them are left out.
        calm: Names of clients at the stage ``calm``, as one line.
        promises: Promises of all clients that want a look today, the most pressing first.
        more_promises: How many of them are left out.
        recovered: One line each for what was told before and is over.
        other_rhythm: ``week`` for a digest that comes every day, ``day`` for one that comes every week.
        command: Shows one client, with a real name where there is one.
    """

    subject: str
    sent_at: datetime
    headline: str
    others: str
    date: str
    period: str
    zone: str
    sections: tuple[ClientSection, ...]
    in_brief: tuple[str, ...]
    rows: tuple[ClientRow, ...]
    more_rows: int
    calm: str
    receipt: Receipt
    command: str
    hides_text: bool
    promises: tuple[Entry, ...] = ()
    more_promises: int = 0
    recovered: tuple[str, ...] = ()
    other_rhythm: str = "week"

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """The pictures of the sections that are spelled out."""
        return tuple(section.trend for section in self.sections if section.trend)
