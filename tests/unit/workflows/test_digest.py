from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mailsignals.adapters.clock import FixedClock
from mailsignals.adapters.sql import SqlStore
from mailsignals.clients.alerts import AlertRules
from mailsignals.clients.identity import Roster
from mailsignals.errors import (
    DeliveryRefused,
    DeliveryUnsure,
    LoginRefused,
    MailsignalsError,
    ServerUnavailable,
    StoreUnwritable,
)
from mailsignals.ports import Store
from mailsignals.types import (
    Address,
    AlertChange,
    Coverage,
    Invoice,
    Mark,
    OutboxState,
    OutgoingMail,
    WorkingTime,
)
from mailsignals.workflows.assess import House, load_record
from mailsignals.workflows.digest import Draft, Post, deliver_waiting, draft_digest, is_due, queue_digest
from mailsignals.workflows.tag import tag_new
from support.fakes import MemoryOutbox, MemoryStore, RuleTagger
from support.mails import ANA, MONDAY, message

CLOCK = FixedClock(MONDAY)
DAY = timedelta(days=1)
ZAGREB = ZoneInfo("Europe/Zagreb")
HOUSE = House(
    Roster([ANA.email], {"Hotel Miramar": ["miramar.example"]}),
    WorkingTime(ZAGREB, time(9), time(17), frozenset(range(5))),
    AlertRules(),
)
POST = Post(ANA.email, (ANA.email,))
TAGGER = RuleTagger({"accountant": "payment_excuse"})
EXCUSES = ("Our accountant is on holiday.", "The accountant has the flu.")
ERRORS = {"why": "a test wants it.", "remedy": "mend it."}


def store_with(*words: str) -> MemoryStore:
    """A store with tagged messages, an hour apart from Monday on."""
    store = MemoryStore()
    messages = [message(number, text) for number, text in enumerate(words)]
    store.save_batch("box", "INBOX", messages, Mark(1, len(messages)))
    tag_new(store, TAGGER, HOUSE.roster.is_ours)
    return store


def draft(store: Store, now: datetime, *, hide_text: bool = False) -> Draft:
    return draft_digest(store, load_record(store, "rules-1"), HOUSE, Coverage(), now, hide_text=hide_text)


def outgoing(number: int) -> OutgoingMail:
    return OutgoingMail(f"d{number}@kestrel.example", ANA.email, (ANA.email,), b"Digest\r\n")


def waiting(*numbers: int) -> MemoryStore:
    store = MemoryStore()
    for number in numbers:
        store.queue_digest(outgoing(number), [], MONDAY + timedelta(minutes=number))
    return store


def states(store: MemoryStore) -> list[OutboxState]:
    return [state for _, state in store.outbox()]


# --- What it says ---


def test_a_draft_tells_alerts_and_clients_and_stores_nothing() -> None:
    store = store_with(*EXCUSES)
    before = store.counts()
    drafted = draft(store, MONDAY + DAY)
    (alert,) = drafted.alerts
    assert (alert.client, alert.tag, alert.change) == ("Hotel Miramar", "payment_excuse", AlertChange.NEW)
    assert [state.client for state in drafted.states] == ["Hotel Miramar"]
    assert [section.name for section in drafted.digest.sections] == ["Hotel Miramar"]
    assert store.counts() == before


def test_told_alerts_are_not_told_again_until_there_is_more_evidence() -> None:
    store = store_with(*EXCUSES)
    queue_digest(store, draft(store, MONDAY + DAY), POST, MONDAY + DAY)
    assert draft(store, MONDAY + 2 * DAY).alerts == []
    more = [message(60 + number, text) for number, text in enumerate(EXCUSES)]
    store.save_batch("box", "INBOX", more, Mark(1, 9))
    tag_new(store, TAGGER, HOUSE.roster.is_ours)
    again = [alert.change for alert in draft(store, MONDAY + 4 * DAY).alerts if alert.tag == "payment_excuse"]
    assert again == [AlertChange.WORSE]


def test_hidden_words_are_not_in_the_mail() -> None:
    store = store_with(*EXCUSES)
    shown, hidden = (draft(store, MONDAY + DAY, hide_text=hide).digest for hide in (False, True))
    assert EXCUSES[-1] in str(shown)
    assert not any(words in str(hidden) for words in EXCUSES)


FIRMS = {"Bistro": "bistro.example", "Atelier": "atelier.example", "Cafe": "cafe.example"}
MANY = replace(HOUSE, roster=Roster([ANA.email], {name: [domain] for name, domain in FIRMS.items()}))


def store_of_many() -> MemoryStore:
    """Two excuses of each firm, Cafe's last, and a bill of Bistro's that is long overdue."""
    store = MemoryStore()
    senders = [Address(f"iva@{domain}") for domain in FIRMS.values()]
    mails = [message(number, EXCUSES[number % 2], sender=sender) for number, sender in enumerate([*senders, *senders])]
    store.save_batch("box", "INBOX", mails, Mark(1, len(mails)))
    tag_new(store, TAGGER, MANY.roster.is_ours)
    day = MONDAY.date()
    store.save_invoices([Invoice("7", "Bistro", day - 60 * DAY, day - 30 * DAY, 500.0, "EUR")])
    return store


def draft_of_many(store: MemoryStore, now: datetime, most: int) -> Draft:
    return draft_digest(store, load_record(store, "rules-1"), MANY, Coverage(), now, most_clients=most)


def named(draft: Draft) -> tuple[list[str], list[str]]:
    """Who is spelled out, and who is only named."""
    return [section.name for section in draft.digest.sections], [line.split(" (")[0] for line in draft.digest.in_brief]


def test_a_client_at_a_later_stage_comes_before_one_whose_words_are_more_urgent() -> None:
    drafted = draft_of_many(store_of_many(), MONDAY + DAY, 3)
    assert named(drafted) == (["Bistro", "Cafe", "Atelier"], [])
    assert drafted.states[0].client == "Cafe"


def test_who_was_only_named_is_spelled_out_the_next_night_and_not_before() -> None:
    store = store_of_many()
    for hours, spelled_out, brief in (
        (24, ["Bistro", "Cafe"], ["Atelier"]),
        (25, [], ["Atelier"]),
        (48, ["Atelier"], []),
        (72, [], []),
    ):
        now = MONDAY + timedelta(hours=hours)
        drafted = draft_of_many(store, now, 2)
        assert named(drafted) == (spelled_out, brief)
        assert is_due(drafted.told, POST, store.last_digest_at() or now - DAY, now, MANY) is bool(spelled_out)
        if spelled_out:
            queue_digest(store, drafted, POST, now)


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_a_digest_of_the_past_knows_of_no_later_one(kind: str, tmp_path: Path) -> None:
    store = MemoryStore() if kind == "memory" else SqlStore(tmp_path / "store.sqlite3")
    mails = [message(number, text) for number, text in enumerate(EXCUSES)]
    store.save_batch("box", "INBOX", mails, Mark(1, len(mails)))
    tag_new(store, TAGGER, HOUSE.roster.is_ours)
    for days in (1, 40):
        queue_digest(store, draft(store, MONDAY + days * DAY), POST, MONDAY + days * DAY)
    assert draft(store, MONDAY + 20 * DAY).digest.period == "since Tue 3 Mar, 10:15"
    assert draft(store, MONDAY + 50 * DAY).digest.period == "since Sat 11 Apr, 11:15"
    early = draft(store, MONDAY + DAY / 2)
    assert early.digest.period == "the first digest"
    assert [alert.change for alert in early.alerts if alert.tag == "payment_excuse"] == [AlertChange.NEW]
    store.close()


def test_that_work_may_go_on_is_told_by_the_stage_that_a_digest_has_told() -> None:
    store = store_of_many()
    queue_digest(store, draft_of_many(store, MONDAY + DAY, 3), POST, MONDAY + DAY)
    [bill] = store.invoices()
    store.save_invoices([replace(bill, paid_at=(MONDAY + 2 * DAY).date(), paid_amount=bill.amount)])
    lines = draft_of_many(store, MONDAY + 40 * DAY, 3).digest.recovered
    assert "Bistro: no longer at “stop work until paid”" in " ".join(lines)
    assert "work may go on" in " ".join(lines)


# --- When it is due ---


@pytest.fixture
def calm() -> Draft:
    return draft(store_with("Fine by us."), MONDAY + DAY)


def test_the_first_digest_always_leaves(calm: Draft) -> None:
    assert is_due(calm.told, POST, None, MONDAY, HOUSE)


@pytest.mark.parametrize(("days", "due"), [(0, False), (1, False), (6, False), (7, True), (30, True)])
def test_silence_is_broken_after_the_heartbeat(calm: Draft, days: int, due: bool) -> None:
    assert is_due(calm.told, POST, MONDAY, MONDAY + days * DAY, HOUSE) is due


@pytest.mark.parametrize(("days", "due"), [(1, False), (2, True)])
def test_a_scan_that_never_comes_after_the_wanted_hour_sends_a_day_late(calm: Draft, days: int, due: bool) -> None:
    post = replace(POST, send="always", hour=23)
    assert is_due(calm.told, post, MONDAY - days * DAY, MONDAY, HOUSE) is due


@pytest.mark.parametrize(("days", "due"), [(6, False), (7, True)])
def test_a_weekly_digest_waits_for_its_day(calm: Draft, days: int, due: bool) -> None:
    post = replace(POST, send="always", weekday=MONDAY.weekday() + (days < 7))
    assert is_due(calm.told, post, MONDAY - days * DAY, MONDAY, HOUSE) is due


def test_a_scan_that_ends_sooner_than_the_last_one_does_not_put_the_heartbeat_off(calm: Draft) -> None:
    assert is_due(calm.told, POST, MONDAY, MONDAY + 7 * DAY - timedelta(minutes=5), HOUSE)
    assert is_due(calm.told, replace(POST, heartbeat=DAY), MONDAY, MONDAY + DAY - timedelta(seconds=1), HOUSE)


@pytest.mark.parametrize(
    ("hours", "due"),
    [(0, False), (13, False), (14, True), (24, True)],  # Monday 09:15 UTC is 10:15 in Zagreb
)
def test_always_means_once_a_day_by_our_own_calendar(calm: Draft, hours: int, due: bool) -> None:
    daily = replace(POST, send="always")
    assert is_due(calm.told, daily, MONDAY, MONDAY + timedelta(hours=hours), HOUSE) is due


def test_an_alert_does_not_wait_for_another_day() -> None:
    alarming = draft(store_with(*EXCUSES), MONDAY + DAY)
    assert is_due(alarming.told, POST, MONDAY, MONDAY + timedelta(minutes=5), HOUSE)


# --- Into the outbox ---


def test_mail_and_alerts_are_queued_together() -> None:
    store = store_with(*EXCUSES)
    drafted = draft(store, MONDAY + DAY)
    mail = queue_digest(store, drafted, POST, MONDAY + DAY)
    assert store.outbox() == [(mail, OutboxState.QUEUED)]
    assert store.alerts() == drafted.alerts
    assert f"Message-ID: <{mail.message_id}>".encode() in mail.raw
    assert mail.message_id.startswith("mailsignals.20260303.")
    assert mail.message_id.endswith("@kestrel.example")


def test_a_full_disk_queues_nothing_and_tells_nothing() -> None:
    store = store_with(*EXCUSES)
    drafted = draft(store, MONDAY + DAY)
    store.fault = StoreUnwritable("Full.", **ERRORS)
    with pytest.raises(StoreUnwritable):
        queue_digest(store, drafted, POST, MONDAY + DAY)
    assert store.outbox() == store.alerts() == []


def test_the_same_digest_of_the_same_moment_has_the_same_message_id() -> None:
    def message_id(now: datetime, post: Post = POST) -> str:
        store = store_with(*EXCUSES)
        return queue_digest(store, draft(store, now), post, now).message_id

    assert message_id(MONDAY + DAY) == message_id(MONDAY + DAY)
    others = [message_id(MONDAY + 2 * DAY), message_id(MONDAY + DAY, replace(POST, recipients=("bo@kestrel.example",)))]
    assert message_id(MONDAY + DAY) not in others


# --- Out of the outbox ---


def test_what_waits_leaves_oldest_first_and_only_once() -> None:
    store, outbox = waiting(2, 1, 3), MemoryOutbox()
    assert deliver_waiting(store, outbox, CLOCK).sent == 3
    assert deliver_waiting(store, outbox, CLOCK).sent == 0
    assert [mail for _, mail in outbox.delivered] == [outgoing(1), outgoing(2), outgoing(3)]
    assert store.outbox() == []


class Witness(MemoryOutbox):
    """Looks into the store while the mail leaves."""

    def __init__(self, store: MemoryStore) -> None:
        super().__init__()
        self._store = store
        self.seen: list[OutboxState] = []

    def send(self, mail: OutgoingMail) -> Sequence[str]:
        self.seen += states(self._store)
        return super().send(mail)


def test_that_a_mail_may_leave_is_noted_before_it_leaves() -> None:
    store = waiting(1)
    outbox = Witness(store)
    deliver_waiting(store, outbox, CLOCK)
    assert outbox.seen == [OutboxState.SENDING]


@pytest.mark.parametrize("error", [ServerUnavailable, LoginRefused])
def test_a_server_that_takes_nothing_leaves_all_waiting_as_before(error: type[MailsignalsError]) -> None:
    store, outbox = waiting(1, 2), MemoryOutbox()
    outbox.fault = error("No.", **ERRORS)
    with pytest.raises(error):
        deliver_waiting(store, outbox, CLOCK)
    assert states(store) == [OutboxState.QUEUED, OutboxState.QUEUED]
    assert outbox.delivered == []


def test_a_mail_refused_for_good_keeps_no_later_one_from_leaving() -> None:
    store, outbox = waiting(1, 2), MemoryOutbox()
    outbox.never = {outgoing(1).message_id}
    delivered = deliver_waiting(store, outbox, CLOCK)
    assert delivered.sent == 1
    assert isinstance(delivered.fault, DeliveryRefused)
    assert store.outbox() == []
    assert deliver_waiting(store, outbox, CLOCK).fault is None


def test_a_refused_recipient_is_told_and_does_not_keep_the_mail_from_counting_as_sent() -> None:
    store, outbox = waiting(1), MemoryOutbox()
    store.queue_digest(replace(outgoing(2), recipients=("x@kestrel.example", ANA.email)), [], MONDAY + DAY)
    outbox.refused = {"x@kestrel.example"}
    delivered = deliver_waiting(store, outbox, CLOCK)
    assert (delivered.sent, deliver_waiting(store, outbox, CLOCK).sent) == (2, 0)
    assert delivered.fault
    assert delivered.fault.what == "The digest did not reach 1 of its recipients."
    assert [recipient for recipient, _ in outbox.delivered] == [ANA.email, ANA.email]


def unsure(*, arrived: bool) -> tuple[MemoryStore, MemoryOutbox]:
    """After a night on which the line broke behind the mail."""
    store, outbox = waiting(1), MemoryOutbox()
    outbox.breaks_off = arrived
    outbox.fault = None if arrived else DeliveryUnsure("The line broke.", **ERRORS)
    with pytest.raises(DeliveryUnsure):
        deliver_waiting(store, outbox, CLOCK)
    assert states(store) == [OutboxState.SENDING]
    outbox.breaks_off, outbox.fault = False, None
    return store, outbox


def test_an_unsure_mail_that_is_found_in_the_mailbox_is_not_sent_again() -> None:
    store, outbox = unsure(arrived=True)
    store.save_batch("box", "INBOX", [message(1, message_id=outgoing(1).message_id)], Mark(1, 1))
    assert deliver_waiting(store, outbox, CLOCK).sent == 1
    assert len(outbox.delivered) == 1
    assert store.outbox() == []


def test_an_unsure_mail_that_is_not_found_is_sent_again_under_its_message_id() -> None:
    store, outbox = unsure(arrived=False)
    assert deliver_waiting(store, outbox, CLOCK).sent == 1
    assert [mail for _, mail in outbox.delivered] == [outgoing(1)]
    assert store.outbox() == []


def test_a_server_that_is_down_does_not_make_us_forget_that_a_mail_may_have_left() -> None:
    store, outbox = unsure(arrived=True)
    outbox.fault = ServerUnavailable("It is down.", **ERRORS)
    with pytest.raises(ServerUnavailable):
        deliver_waiting(store, outbox, CLOCK)
    assert states(store) == [OutboxState.SENDING]
    outbox.fault = None
    store.save_batch("box", "INBOX", [message(1, message_id=outgoing(1).message_id)], Mark(1, 1))
    deliver_waiting(store, outbox, CLOCK)
    assert len(outbox.delivered) == 1


class PowerCut(MemoryOutbox):
    def send(self, mail: OutgoingMail) -> Sequence[str]:
        super().send(mail)
        raise KeyboardInterrupt


def test_a_scan_that_dies_while_it_sends_leaves_the_mail_as_one_that_may_have_left() -> None:
    store = waiting(1)
    with pytest.raises(KeyboardInterrupt):
        deliver_waiting(store, PowerCut(), CLOCK)
    assert states(store) == [OutboxState.SENDING]
