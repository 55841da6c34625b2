"""The digest: what was found, in words, with the sentences that show it.

``compose`` decides everything that is said; the templates only lay it out. Whatever comes from a mail is cleaned here
and escaped there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from email.headerregistry import Address as MailAddress
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache
from textwrap import fill

import css_inline
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from mailsignals.report.words import clean, day, duration, listed, moment, plural, shortened
from mailsignals.signals.catalogue import Signal, catalogue
from mailsignals.types import Alert, AlertChange, ClientState, Coverage, Facts, OutgoingMail, Quote, SignalState

SHOWN_CLIENTS = 8
"""Clients whose alerts are spelt out; a mail that Gmail would cut off (102 kB) or nobody reads helps nobody."""

SHOWN_QUOTES = 3
CALM_BELOW = 0.25
"""A risk signal below this score is no more than one old sentence."""

CHANGED_BY = 0.05
_COLUMNS = 76


@dataclass(frozen=True, slots=True)
class QuoteWords:
    """One piece of evidence: the words (empty where text is hidden), and where they stand."""

    words: str
    lang: str
    source: str


@dataclass(frozen=True, slots=True)
class SignalWords:
    """One alerted signal."""

    title: str
    line: str
    score: str
    quotes: tuple[QuoteWords, ...]
    more: str
    advice: str


@dataclass(frozen=True, slots=True)
class ClientWords:
    """One client that needs a word.

    Args:
        percent: The score as a whole number, for the bar.
        praise: Protective evidence, told for fairness.
        ours: Our own side, sentence by sentence.
        reply: Draft of an answer, in ``reply_lang``; to the signal ``reply_to``.
    """

    name: str
    people: str
    score: str
    percent: int
    change: str
    signals: tuple[SignalWords, ...]
    below: str
    praise: tuple[QuoteWords, ...]
    ours: tuple[str, ...]
    reply: str
    reply_lang: str
    reply_to: str


@dataclass(frozen=True, slots=True)
class Row:
    """Another client in one line."""

    name: str
    score: str
    percent: int
    signal: str
    messages: str
    last: str
    change: str


@dataclass(frozen=True, slots=True)
class Digest:
    """All that the digest says, in the order in which it says it."""

    at: datetime
    subject: str
    headline: str
    date: str
    clients: tuple[ClientWords, ...]
    not_shown: str
    rows: tuple[Row, ...]
    calm: str
    receipt: tuple[str, ...]


def compose(
    states: Sequence[ClientState],
    earlier: Mapping[str, ClientState],
    alerts: Sequence[Alert],
    coverage: Coverage,
    *,
    now: datetime,
    since: datetime | None,
    zone: tzinfo,
    hide_text: bool = False,
) -> Digest:
    """Put tonight's judgement into words.

    Args:
        states: All clients now, most urgent first.
        earlier: The same clients by name as they stood at the last digest; empty for the first one.
        alerts: The alerts that are due now.
        since: When the last digest was; None for the first one.
        zone: Our time zone, for all dates.
        hide_text: Leave clients' words and subjects out.
    """
    alerted = [state for state in states if any(alert.client == state.client for alert in alerts)]
    shown = alerted[:SHOWN_CLIENTS]
    others = [state for state in states if state not in shown]
    calm = [state for state in others if _is_calm(state)]
    teller = _Teller(zone, now, hide_text=hide_text)
    return Digest(
        at=now,
        subject=_subject([state.client for state in alerted]),
        headline=_headline([state.client for state in alerted], len(calm)),
        date=moment(now, zone) + (f", changes since {moment(since, zone)}" if since else ""),
        clients=tuple(teller.client(state, earlier.get(state.client), alerts) for state in shown),
        not_shown=_not_shown(alerted),
        rows=tuple(teller.row(state, earlier.get(state.client)) for state in others if state not in calm),
        calm=listed([clean(state.client) for state in calm], most=30),
        receipt=_receipt(coverage),
    )


def render_html(digest: Digest) -> str:
    """A whole HTML document with its styles on the elements, as Outlook and Gmail want it."""
    html = _templates().get_template("digest.html.j2").render(digest=digest)
    return css_inline.CSSInliner(keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False).inline(html)


def render_text(digest: Digest) -> str:
    """Plain text for a terminal and for mail programs without HTML, at most 78 columns where words allow it."""
    return _templates().get_template("digest.txt.j2").render(digest=digest)


def to_mail(digest: Digest, *, message_id: str, sender: str, recipients: Sequence[str]) -> OutgoingMail:
    """The digest as a mail of two alternatives, marked as machine-made (RFC 3834) so that nobody answers by robot.

    Args:
        message_id: Without angle brackets.
    """
    mail = EmailMessage(policy=SMTP)
    mail["From"] = MailAddress("mailsignals", addr_spec=sender)
    mail["To"] = [MailAddress(addr_spec=recipient) for recipient in recipients]
    mail["Subject"] = digest.subject
    mail["Date"] = digest.at
    mail["Message-ID"] = f"<{message_id}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(render_text(digest), cte="quoted-printable")
    mail.add_alternative(render_html(digest), subtype="html", cte="quoted-printable")
    return OutgoingMail(message_id, sender, tuple(recipients), mail.as_bytes())


class _Teller:
    """Says one client at a time.

    Args:
        hide_text: Leave clients' words and subjects out.
    """

    def __init__(self, zone: tzinfo, now: datetime, *, hide_text: bool) -> None:
        self._zone, self._now, self._hide_text = zone, now, hide_text

    def client(self, state: ClientState, before: ClientState | None, alerts: Sequence[Alert]) -> ClientWords:
        """A client with due alerts, spelt out."""
        own = {alert.tag: alert for alert in alerts if alert.client == state.client}
        told = [signal for signal in state.signals if signal.tag in own]
        strongest = catalogue()[told[0].tag]
        lang = state.lang if state.lang in strongest.reply else "en"
        return ClientWords(
            name=clean(state.client),
            people=listed([clean(person.name or person.email) for person in state.people], most=4),
            score=f"{state.score:.2f}",
            percent=round(state.score * 100),
            change=_client_change(state, before),
            signals=tuple(self._signal(signal, own[signal.tag], before) for signal in told),
            below=_below(state, own),
            praise=self._praise(state),
            ours=_our_side(state.facts),
            reply=" ".join(strongest.reply.get(lang, "").split()),
            reply_lang=lang,
            reply_to=strongest.title.lower(),
        )

    def row(self, state: ClientState, before: ClientState | None) -> Row:
        """A client in one line."""
        strongest = _risks(state)[0]
        return Row(
            name=clean(state.client),
            score=f"{state.score:.2f}",
            percent=round(state.score * 100),
            signal=catalogue()[strongest.tag].title,
            messages=f"{state.facts.received} in, {state.facts.sent} out",
            last=day(state.facts.last_at, self._zone) if state.facts.last_at else "",
            change=_moved(state.score, before.score) if before else "",
        )

    def _signal(self, state: SignalState, alert: Alert, before: ClientState | None) -> SignalWords:
        known = catalogue()[state.tag]
        more = state.messages - SHOWN_QUOTES
        return SignalWords(
            title=known.title,
            line=_signal_line(known, state, alert, before.signal(state.tag) if before else None),
            score=f"{state.score:.2f}",
            quotes=tuple(self._quote(quote) for quote in state.quotes[:SHOWN_QUOTES]),
            more=f"and {plural(more, 'more message')}" if more > 0 else "",
            advice=" ".join(known.advice.split()),
        )

    def _quote(self, quote: Quote) -> QuoteWords:
        sender, when = clean(quote.sender.name or quote.sender.email), moment(quote.sent_at, self._zone)
        if self._hide_text:
            return QuoteWords("", quote.lang, f"{sender}, {when}")
        subject = shortened(clean(quote.subject), 90) or "no subject"
        return QuoteWords(shortened(clean(quote.words)), quote.lang, f"{sender}, {when}, in “{subject}”")

    def _praise(self, state: ClientState) -> tuple[QuoteWords, ...]:
        """The strongest protective sentence of each kind: whoever judges should have read it."""
        signals = [signal for signal in state.signals if catalogue()[signal.tag].protective]
        return tuple(self._quote(signal.quotes[0]) for signal in signals if signal.quotes)


@cache
def _templates() -> Environment:
    loader = PackageLoader("mailsignals.report", "templates")
    environment = Environment(
        loader=loader,
        autoescape=select_autoescape(("html.j2",)),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters["wrapped"] = _wrapped
    return environment


def _wrapped(text: str, first: str = "", rest: str | None = None) -> str:
    """A paragraph of plain text within the columns, with what begins its first and its other lines."""
    indent = first if rest is None else rest
    return fill(text, _COLUMNS, initial_indent=first, subsequent_indent=indent, break_on_hyphens=False)


def _subject(names: Sequence[str]) -> str:
    if not names:
        return "mailsignals: all calm"
    return f"mailsignals: {listed([clean(name) for name in names], most=3)} need{'s' if len(names) == 1 else ''} a word"


def _headline(names: Sequence[str], calm: int) -> str:
    rest = f" {plural(calm, 'client')} {'is' if calm == 1 else 'are'} calm." if calm else ""
    if not names:
        return f"Nothing needs a word tonight.{rest}"
    verb = "needs" if len(names) == 1 else "need"
    return f"{plural(len(names), 'client')} {verb} a word: {listed([clean(name) for name in names])}.{rest}"


def _not_shown(alerted: Sequence[ClientState]) -> str:
    rest = [clean(state.client) for state in alerted[SHOWN_CLIENTS:]]
    return f"{plural(len(rest), 'more client')} with alerts: {listed(rest, most=30)}." if rest else ""


def _risks(state: ClientState) -> list[SignalState]:
    return [signal for signal in state.signals if not catalogue()[signal.tag].protective]


def _is_calm(state: ClientState) -> bool:
    return all(signal.score < CALM_BELOW for signal in _risks(state))


def _client_change(state: ClientState, before: ClientState | None) -> str:
    """What is different since the last digest; nothing in the first one."""
    return _moved(state.score, before.score) if before else ""


def _moved(now: float, before: float) -> str:
    """A change in words, or nothing where it is smaller than what anybody would act on."""
    if abs(now - before) < CHANGED_BY:
        return "unchanged"
    return f"{'up' if now > before else 'down'} from {before:.2f}"


_CHANGES = {AlertChange.NEW: "new", AlertChange.WORSE: "worse", AlertChange.AGAIN: "goes on"}


def _signal_line(known: Signal, state: SignalState, alert: Alert, before: SignalState | None) -> str:
    """The client does this, in so many messages on so many days; what has changed."""
    seen = f"{plural(state.messages, 'message')} on {plural(state.days, 'day')}"
    moved = f" from {before.score:.2f} to {state.score:.2f}" if before and alert.change is AlertChange.WORSE else ""
    return f"{known.does[:1].upper()}{known.does[1:]}: {seen}, {_CHANGES[alert.change]}{moved}."


def _below(state: ClientState, told: Mapping[str, Alert]) -> str:
    """Risk signals that are there and not due to be told."""
    others = [signal for signal in _risks(state) if signal.tag not in told and signal.score >= CALM_BELOW]
    return ", ".join(f"{catalogue()[signal.tag].title.lower()} {signal.score:.2f}" for signal in others)


def _our_side(facts: Facts) -> tuple[str, ...]:
    """What the mail says of us, before it is held against the client."""
    return (
        f"We answer within {plural(max(1, round(facts.our_reply)), 'working hour')} (median)."
        if facts.our_reply is not None
        else "Our reply time: not enough mail to say.",
        f"They answer within {duration(facts.their_reply)} (median)."
        if facts.their_reply is not None
        else "Their reply time: not enough mail to say.",
        f"{plural(facts.unanswered, 'last message')} of theirs without our answer."
        if facts.unanswered
        else "Every message of theirs has our answer.",
        f"{facts.off_hours_share:.0%} of their mail comes outside our working hours."
        if facts.off_hours_share is not None
        else "Their hours: not enough mail to say.",
    )


def _receipt(coverage: Coverage) -> tuple[str, ...]:
    """What was read, so that silence is never taken for peace."""
    model = f"Model {coverage.model}."
    if not coverage.folders:
        return (f"From the stored mail; nothing was fetched. {model}", *coverage.notes)
    read = f"Read {coverage.found - coverage.unread} of {plural(coverage.found, 'new message')}"
    where = f"in {plural(len(coverage.folders), 'folder')}, {coverage.defects} with defects; log-in valid."
    lost = f"{plural(coverage.unread, 'message')} could not be had from the server." if coverage.unread else ""
    return tuple(line for line in (f"{read} {where} {model}", lost, *map(clean, coverage.notes)) if line)
