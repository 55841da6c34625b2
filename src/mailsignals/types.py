"""The values that travel through the house: frozen, comparable, free of numeric libraries.

Offsets are half-open ranges of Unicode code points. Times are aware UTC. Scores lie in [0, 1].
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from functools import cached_property
from operator import attrgetter

LANGUAGES = ("en", "ru", "hr", "da", "tl")
"""Languages that the shipped model was trained on, as ISO 639-1 codes."""

NEIGHBOURS = {"sr": "hr", "nb": "da"}
"""Languages that are read like a near one of the model's, though the model has not been measured in them."""

UNKNOWN_LANGUAGE = "und"
"""ISO 639-2 code for an undetermined language."""


def read_as(lang: str) -> str:
    """The language whose rules and words serve for a text: its own, or its neighbour's.

    >>> read_as("nb"), read_as("de")
    ('da', 'de')
    """
    return NEIGHBOURS.get(lang, lang)


class Origin(StrEnum):
    """What made a message: only ``HUMAN`` mail can carry text tags."""

    HUMAN = "human"
    AUTO_REPLY = "auto_reply"
    BULK = "bulk"
    BOUNCE = "bounce"
    CALENDAR = "calendar"


class PassageKind(StrEnum):
    """Whose words a stretch of a message's text are."""

    OWN = "own"
    QUOTED = "quoted"
    FORWARDED = "forwarded"
    SIGNATURE = "signature"
    FOOTER = "footer"


@dataclass(frozen=True)
class Address:
    """One mailbox of RFC 5322: display name (may be empty) and lower-cased addr-spec.

    Without slots, since a few people write all the mail: what is worked out of an address is kept with it.
    """

    email: str
    name: str = ""

    @cached_property
    def bare(self) -> str:
        """The address without a plus-tag (RFC 5233): ``iva+invoices@miramar.example`` is Iva's, too.

        >>> Address("iva+invoices@miramar.example").bare
        'iva@miramar.example'
        """
        local, _, domain = self.email.rpartition("@")
        return f"{local.partition('+')[0] or local}@{domain}" if local else self.email

    @cached_property
    def person(self) -> str:
        """Whoever writes from it, as a key: the bare address, and for a role box, which several share, the name too.

        A name of one word, or one with a word of the domain, is the firm's and not a person's.

        >>> Address("iva@miramar.example", "Iva B.").person, Address("office@miramar.example", "Iva B.").person
        ('iva@miramar.example', 'office@miramar.example iva b.')
        """
        parts = self.name.lower().split()
        is_firm = len(parts) < 2 or any(len(part) > 3 and part in self.domain for part in parts)
        is_shared = self.email.partition("@")[0] in _ROLE_BOXES and not is_firm
        return f"{self.bare} {parts[0]} {parts[-1]}" if is_shared else self.bare

    @cached_property
    def domain(self) -> str:
        """The part behind the last ``@``, or the empty string."""
        return self.email.rpartition("@")[2]


_ROLE_BOXES = frozenset(
    """info marketing sales support office contact hello team mail post admin accounts accounting billing invoices
    finance reception orders booking reservations ofis zakaz buh buhgalteria priem kontakt ured racunovodstvo uprava
    prodaja nabava recepcija knjigovodstvo kontor bogholderi regnskab faktura salg ordre opisina""".split()
)
"""Names before the @ that stand for a task (RFC 2142, and what offices of the five languages use)."""


@dataclass(frozen=True, slots=True)
class Defect:
    """Something about a message that is not as the standards want it; counted, never fatal.

    Args:
        code: Stable short name, such as ``date_missing``, ``charset_unknown``, ``truncated``.
        detail: What was found. Never words of the mail's body.
    """

    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a message's text with one kind. The passages of a message join to its whole text."""

    kind: PassageKind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Attachment:
    """What is noted of an attachment; its bytes are never kept."""

    name: str
    content_type: str


@dataclass(frozen=True, slots=True)
class Message:
    """One mail, read: the headers that are needed, its own words, and what was odd about it.

    Args:
        message_id: RFC 5322 Message-ID without angle brackets; ``<content_hash>@missing`` where there was none.
        content_hash: SHA-256 (hex) over sender, date, subject and own words. With ``message_id`` it makes a
            message one row even if it lies in three folders.
        sent_at: The Date header, or the time of reception where that is missing or impossible.
        own_text: The writer's own words: quotes, forwards, signatures and footers taken out, blank-trimmed.
        text: The whole decoded text. Empty on a message that comes from the store, which keeps own words only.
        passages: Ranges of ``text``; they join to the whole. Empty on a message that comes from the store.
        lang: ISO 639-1 code of the own words, or ``und``.
        utc_offset: Minutes by which the Date header's clock is ahead of UTC; None where it does not say.
    """

    message_id: str
    content_hash: str
    sent_at: datetime
    sender: Address
    recipients: tuple[Address, ...]
    subject: str
    own_text: str
    lang: str = UNKNOWN_LANGUAGE
    origin: Origin = Origin.HUMAN
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    defects: tuple[Defect, ...] = ()
    utc_offset: int | None = None
    text: str = field(default="", compare=False, repr=False)
    passages: tuple[Passage, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class RawMessage:
    """A message's bytes as a mailbox gave them.

    Args:
        uid: The UID of RFC 3501 in its folder; a position for mail folders on disk.
        raw: RFC 5322 bytes, perhaps only the first part of them.
        received_at: INTERNALDATE, or None where the mailbox has none.
        size: Octets; larger than ``len(raw)`` when words of the message were left on the server.
        refusal: What the server said instead of handing it over; ``raw`` is empty then.
        is_known: Its words were not fetched, because who asked for it has them; ``raw`` is empty then.
    """

    uid: int
    raw: bytes = field(repr=False)
    received_at: datetime | None = None
    size: int = 0
    refusal: str = ""
    is_known: bool = False


@dataclass(frozen=True, slots=True)
class Folder:
    r"""A folder of a mailbox: its name for people, and its RFC 6154 special use (``\Sent``) if any."""

    name: str
    special_use: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a folder has been read: its UIDVALIDITY and the highest UID that is stored."""

    uidvalidity: int
    uid: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """A span of a message's own words that shows a signal.

    Args:
        label: A tag of the catalogue.
        start: First code point in ``Message.own_text``.
        end: One past the last code point.
        score: Calibrated probability of the tag for this span, in [0, 1].
        is_sure: Whether it is probable enough to be held against a client; what is not stands in the unsure band, for
            a person to look at.
    """

    label: str
    start: int
    end: int
    score: float
    is_sure: bool = True


@dataclass(frozen=True, slots=True)
class Tagging:
    """What a model says of one message.

    Args:
        message_id: The message.
        model: The model's fingerprint, so that another model's taggings are told apart.
        scores: Tag -> probability of the message's strongest sentence, for every tag of the model.
        evidence: Spans above their tag's threshold, by position.
    """

    message_id: str
    model: str
    scores: Mapping[str, float]
    evidence: tuple[Evidence, ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        """The tags that have evidence, sure or not, in alphabetical order."""
        return tuple(sorted({span.label for span in self.evidence}))

    @property
    def sure(self) -> tuple[Evidence, ...]:
        """The evidence that clients are judged by."""
        return tuple(span for span in self.evidence if span.is_sure)


class CueKind(StrEnum):
    """What a sentence of a mail does for the ledgers, in either direction; the first six are labelled in the corpus."""

    OUR_REMINDER = "our_reminder"
    OUR_QUESTION = "our_question"
    OUR_PROMISE = "our_promise"
    OUR_APOLOGY = "our_apology"
    QUOTE_SENT = "quote_sent"
    INVOICE_SENT = "invoice_sent"
    THEIR_QUESTION = "their_question"
    THEIR_PROMISE = "their_promise"
    ACCEPTANCE = "acceptance"
    APPROVAL = "approval"
    TAKEN_BACK = "taken_back"
    OFFER = "offer"
    PAID = "paid"


class Matter(StrEnum):
    """What a promise is about."""

    PAYMENT = "payment"
    FEEDBACK = "feedback"
    CONTENT = "content"
    ACCESS = "access"
    WORK = "work"


@dataclass(frozen=True, slots=True)
class Cue:
    """A span of a message's own words that a ledger goes by.

    Args:
        start: First code point in ``Message.own_text``.
        due: The day that a promise names, in our calendar; None where it names none.
        matter: What a promise is about; None for other cues.
    """

    kind: CueKind
    start: int
    end: int
    due: date | None = None
    matter: Matter | None = None


@dataclass(frozen=True, slots=True)
class Invoice:
    """One invoice of the ledger.

    Args:
        client: As the roster names the client.
        due: Day by which it was to be paid; None where the ledger does not say.
        amount: In ``currency``, tax included.
        paid_at: Day of the last payment; None where none is known, even of a bill that is paid.
        paid_amount: What has come in so far, in ``currency``.
        payments: Day and sum of each payment that imports have shown, oldest first; empty where no day is known.
    """

    number: str
    client: str
    issued: date
    due: date | None
    amount: float
    currency: str
    paid_at: date | None = None
    paid_amount: float = 0.0
    payments: tuple[tuple[date, float], ...] = ()

    @property
    def is_paid(self) -> bool:
        """Whether it is paid in full, a rounding cent aside."""
        return self.paid_amount >= self.amount - 0.01

    @property
    def falls_due(self) -> date:
        """When it is to be paid: the day it names, or thirty days after issue (Directive 2011/7/EU, article 3)."""
        return self.due or self.issued + timedelta(days=30)

    @property
    def paid_by(self) -> date | None:
        """When it was paid in full at the latest: the day of payment, or of the import that first showed it."""
        if not self.is_paid:
            return None
        return self.paid_at or (self.payments[-1][0] if self.payments else None)

    def as_of(self, day: date) -> Invoice:
        """The invoice as it stood on a day: what was paid later was open then; what was paid some day stays paid."""
        if self.payments:
            known = [(paid_at, amount) for paid_at, amount in self.payments if paid_at <= day]
            paid = round(sum(amount for _, amount in known), 2)
            last = known[-1][0] if known and self.paid_at else None
            return replace(self, paid_at=last, paid_amount=paid)
        if self.paid_at is not None and self.paid_at > day:
            return replace(self, paid_at=None, paid_amount=0.0)
        return self

    def was_open(self, day: date) -> bool:
        """Whether it was out and not paid in full before a day; of one paid on a day unknown, it may have been."""
        was_paid = self.is_paid and self.paid_at is not None and self.paid_at < day
        return self.issued <= day and not was_paid


@dataclass(frozen=True, slots=True)
class Quote:
    """Evidence with all that a reader needs to find it again: who, when, under which subject, which words."""

    message_id: str
    label: str
    words: str
    score: float
    sent_at: datetime
    subject: str
    sender: Address
    lang: str = UNKNOWN_LANGUAGE
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class SignalState:
    """One signal of one client on one day.

    Args:
        tag: A tag of the catalogue.
        score: Decayed, evidence-weighted strength, in [0, 1].
        messages: Number of different messages with evidence.
        days: Number of different local days with evidence.
        trend: Score now minus the client's own score 30 days before, in [-1, 1].
        quotes: The evidence, strongest (decayed) first.
    """

    tag: str
    score: float
    messages: int
    days: int
    trend: float
    quotes: tuple[Quote, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """When we work, in our own time zone.

    Args:
        days: Weekdays, Monday is 0.
        holidays: Public holidays on which we do not work.
    """

    zone: tzinfo
    start: time
    end: time
    days: frozenset[int]
    holidays: frozenset[date] = frozenset()

    def is_working_day(self, day: date) -> bool:
        """Whether we work on that day."""
        return day.weekday() in self.days and day not in self.holidays


@dataclass(frozen=True, slots=True)
class Facts:
    """What dates and directions say of one client; ``None`` where there is not enough to say.

    Args:
        received: Messages from the client.
        sent: Messages from us to the client.
        off_hours_share: Share of the client's messages outside our working hours and days, in [0, 1].
        their_reply: Median time from our mail to the client's next in its thread, in hours of our working time.
        our_reply: The same from the client's mail to our next.
        unanswered: Client messages at the end that we have not answered.
    """

    received: int = 0
    sent: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    off_hours_share: float | None = None
    their_reply: float | None = None
    our_reply: float | None = None
    unanswered: int = 0


@dataclass(frozen=True, slots=True)
class BehaviourState:
    """What dates, people and invoices say of one client in one respect.

    Args:
        signal: A signal of the behaviour catalogue, such as ``payment_drift``.
        value: The figure; None where there is not enough to say.
        unit: Of ``value``, such as ``hours`` or ``share``.
        score: How far the figure lies from what is usual, in [0, 1]; 0 where there is not enough to say.
        usual: The same figure of this client before, or None.
        others: The middle figure of our other clients, or None.
        basis: Message-IDs or invoice numbers behind the figure, oldest first.
        words: The figure in a sentence, or what is missing for one.
    """

    signal: str
    value: float | None
    unit: str
    score: float
    words: str
    usual: float | None = None
    others: float | None = None
    basis: tuple[str, ...] = ()


class PromiseState(StrEnum):
    """What became of a promise. It stays open where no day was named, or nothing that we read can tell."""

    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Promise:
    """Something that one side said it would do.

    Args:
        who: The address that promised.
        is_ours: Whether it was our side.
        matter: What was promised.
        due: The day that was named, in our calendar.
        settled_by: Message-ID or invoice number that shows that it was kept; empty otherwise.
        repeat: 1 for the first promise on this matter in its thread (a payment: on its bill), 2 for the next after a
            broken one if it names a later day, and so on.
        invoice: Number of the ledger's bill that a promise of payment is about; empty where none is known.
    """

    message_id: str
    who: str
    is_ours: bool
    matter: Matter
    made_at: datetime
    due: date | None
    state: PromiseState
    words: str
    settled_by: str = ""
    repeat: int = 1
    invoice: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """Something wanted beyond what was agreed.

    Args:
        words: The sentence that asks.
        offered: The sentence that offers something for it; empty where none was found.
        priced: Our sentences that name a price, one a line; empty where none was found.
        priced_at: When we named it.
    """

    message_id: str
    who: str
    asked_at: datetime
    subject: str
    words: str
    offered: str = ""
    priced: str = ""
    priced_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reversal:
    """An approval, and a later message that takes it back."""

    approved: Quote
    taken_back: Quote


class Stage(StrEnum):
    """How far it has gone with a client, from the best to the worst."""

    CALM = "calm"
    WATCH = "watch"
    SET_BOUNDARIES = "set boundaries"
    STOP_WORK = "stop work until paid"
    CONSIDER_PARTING = "consider parting"

    @property
    def rank(self) -> int:
        """0 for calm, 4 for the last."""
        return list(Stage).index(self)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A client's stage with what it stands on.

    Args:
        reasons: Sentences, the weightiest first.
        signals: Tags and behaviour signals that the reasons speak of.
        is_reminder_due: Whether a late bill asks for a friendly reminder, and for no more yet.
    """

    stage: Stage
    reasons: tuple[str, ...] = ()
    signals: tuple[str, ...] = ()
    is_reminder_due: bool = False


@dataclass(frozen=True, slots=True)
class PersonState:
    """One person at a client.

    Args:
        received: Their messages.
        score: The urgency that their own messages alone would give, in [0, 1].
        signals: Risk tag of their messages -> its score from these alone, strongest first.
    """

    person: Address
    received: int
    score: float
    signals: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ClientState:
    """One client on one day: every signal with a score, strongest first, and the facts beside it.

    Args:
        client: The client's name from the settings, its domain, or its address.
        score: Urgency in [0, 1]; risk signals raise it, protective signals lower it.
        people: Addresses that wrote for the client, most messages first.
        behaviour: What no single text shows, in the order of the behaviour catalogue.
        promises: Theirs and ours, oldest first.
        asks: Extra wishes since the last accepted quote, oldest first.
        reversals: Approvals that were taken back, newest first.
        persons: The same people with what their own messages show.
        manner: How we address each other: ``formal``, ``informal``, or nothing where nobody says.
        our_lang: The language in which we write to them; empty where we have not.
        greetings: Person -> the greeting that we last wrote to them.
    """

    client: str
    score: float
    signals: tuple[SignalState, ...]
    facts: Facts
    people: tuple[Address, ...] = ()
    lang: str = UNKNOWN_LANGUAGE
    verdict: Verdict = Verdict(Stage.CALM)
    behaviour: tuple[BehaviourState, ...] = ()
    promises: tuple[Promise, ...] = ()
    asks: tuple[Ask, ...] = ()
    reversals: tuple[Reversal, ...] = ()
    invoices: tuple[Invoice, ...] = ()
    persons: tuple[PersonState, ...] = ()
    manner: str = ""
    our_lang: str = ""
    greetings: Mapping[str, str] = field(default_factory=dict)

    def signal(self, tag: str) -> SignalState | None:
        """The state of one tag, or None where the client never showed it."""
        return next((signal for signal in self.signals if signal.tag == tag), None)

    def measure(self, signal: str) -> BehaviourState | None:
        """One behaviour signal, or None where it was not measured."""
        return next((state for state in self.behaviour if state.signal == signal), None)


@dataclass(frozen=True, slots=True)
class Correspondence:
    """One client's mail in both directions, by time."""

    client: str
    received: tuple[Message, ...]
    sent: tuple[Message, ...]

    def until(self, moment: datetime) -> Correspondence:
        """What of it there was at a moment."""
        received, sent = (
            mails[: bisect_right(mails, moment, key=attrgetter("sent_at"))] for mails in (self.received, self.sent)
        )
        return Correspondence(self.client, received, sent)


class AlertChange(StrEnum):
    """Why an alert is due now: never told before, clearly stronger than when last told, going on, or over."""

    NEW = "new"
    WORSE = "worse"
    AGAIN = "again"
    RECOVERED = "recovered"


@dataclass(frozen=True, slots=True)
class Hush:
    """A person's word that a client's alert need not be told for a while.

    Args:
        tag: The signal, or empty for all of the client.
        until: From here on it may be told again; None keeps it quiet until it grows clearly worse (acknowledged).
        score: The signal's (or client's) score when it was said.
    """

    client: str
    tag: str
    said_at: datetime
    until: datetime | None
    score: float


@dataclass(frozen=True, slots=True)
class Alert:
    """A client's signal that crossed its threshold on enough evidence, and is due to be told.

    Args:
        score: The signal's score when raised.
        evidence: Message-IDs behind it, sorted. The same evidence is never told twice.
    """

    client: str
    tag: str
    score: float
    raised_at: datetime
    change: AlertChange
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """The receipt of one scan: what was read, what was not, and with which model.

    Args:
        found: New messages that the mailbox announced.
        stored: New messages now in the store; others were there before, from another folder.
        known: Messages that were already in the store.
        unread: Messages that could not be had: vanished between listing and fetching, or refused by the server.
        defects: Number of messages with at least one defect.
        notes: Short sentences for the reader, such as a renumbered folder.
    """

    folders: tuple[str, ...] = ()
    found: int = 0
    stored: int = 0
    known: int = 0
    unread: int = 0
    defects: int = 0
    notes: tuple[str, ...] = ()
    model: str = ""


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """A digest that is to leave: its fixed Message-ID makes a second sending recognisable.

    Args:
        message_id: Without angle brackets.
        raw: RFC 5322 bytes.
    """

    message_id: str
    sender: str
    recipients: tuple[str, ...]
    raw: bytes = field(repr=False)


class OutboxState(StrEnum):
    """Where a queued mail stands. ``SENDING`` after a crash means: it may have left.

    ``REFUSED``: the server will never take it. It no longer waits, and its alerts count as untold.
    """

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Span:
    """A labelled range of a labelled mail's text; a promise of ours may carry the day it falls due."""

    start: int
    end: int
    label: str
    due: date | None = None


@dataclass(frozen=True, slots=True)
class LabelledMail:
    """One line of a labelled file (see ``data/README.md``).

    Args:
        context: Own words of the message that this one answers; empty where it answers none or it is not told.
        outgoing: Our own mail: its labels are cues (``our_promise``), not signals.
        date: The day on which it was written, where a due date hangs on it.
        asked: The tags that were looked for, where it was not all of them; of the others nothing is known.
    """

    id: str
    lang: str
    text: str
    spans: tuple[Span, ...] = ()
    split: str = ""
    writer: str = ""
    trade: str = ""
    kind: str = ""
    pair: str = ""
    context: str = ""
    source: str = ""
    outgoing: bool = False
    date: date | None = None
    asked: frozenset[str] | None = None

    @property
    def labels(self) -> frozenset[str]:
        """The set of the spans' labels."""
        return frozenset(span.label for span in self.spans)

    def is_asked(self, tag: str) -> bool:
        """Whether the tag was looked for."""
        return self.asked is None or tag in self.asked
