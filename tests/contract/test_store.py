"""What the ``Store`` port promises, kept by SQLite and by the fake."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from mailsignals.adapters.sql import SqlStore
from mailsignals.errors import StoreUnwritable
from mailsignals.ports import Store
from mailsignals.types import (
    Address,
    Alert,
    AlertChange,
    Attachment,
    Cue,
    CueKind,
    Defect,
    Evidence,
    Hush,
    Invoice,
    Mark,
    Matter,
    Message,
    Origin,
    OutboxState,
    OutgoingMail,
    Passage,
    PassageKind,
    Tagging,
)
from support.fakes import MemoryStore
from support.mails import MONDAY, message

BOX, FOLDER = "ana@mail.example", "INBOX"
HOUR = timedelta(hours=1)

Reopen = Callable[[], Store]
"""The same store as the next night finds it."""


@pytest.fixture(params=["memory", "sqlite"])
def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Reopen]:
    opened: list[Store] = []

    def open_again() -> Store:
        if opened and request.param == "memory":
            return opened[0]
        if opened:
            opened.pop().close()
        opened.append(MemoryStore() if request.param == "memory" else SqlStore(tmp_path / "mail.sqlite3"))
        return opened[-1]

    yield open_again
    for store in opened:
        store.close()


@pytest.fixture
def store(reopen: Reopen) -> Store:
    return reopen()


def save(store: Store, *messages: Message, uid: int = 1, folder: str = FOLDER) -> int:
    return store.save_batch(BOX, folder, messages, Mark(7, uid))


def outgoing(number: int) -> OutgoingMail:
    return OutgoingMail(f"d{number}@kestrel.example", "ana@kestrel.example", ("ana@kestrel.example",), b"Digest\r\n")


def alert(number: int = 1) -> Alert:
    evidence = (f"{number}@miramar.example",)
    return Alert("Miramar", "distrust", 0.75, MONDAY + number * HOUR, AlertChange.NEW, evidence)


class Breaking(list[Message]):
    """Messages of which the last one never comes."""

    def __iter__(self) -> Iterator[Message]:
        yield from list.__iter__(self)
        raise RuntimeError("broken off")


# --- Messages and marks ---


def test_a_new_store_is_empty(store: Store) -> None:
    assert store.mark(BOX, FOLDER) is None
    assert store.messages() == store.alerts() == store.outbox() == []
    assert store.message("1@miramar.example") is None
    assert store.last_digest_at() is None
    assert store.counts() == {"messages": 0, "taggings": 0, "alerts": 0, "outbox": 0}


def test_a_message_comes_back_as_it_was_but_without_foreign_words(reopen: Reopen) -> None:
    full = message(
        1,
        "Naš račun još nije plaćen.\nЗавтра? \x00 😀",
        recipients=(Address("a@kestrel.example", "Ana Ž."), Address("b@kestrel.example")),
        origin=Origin.AUTO_REPLY,
        in_reply_to="0@kestrel.example",
        references=("0@kestrel.example", "x@kestrel.example"),
        attachments=(Attachment("račun.pdf", "application/pdf"),),
        defects=(Defect("date_missing"), Defect("charset_unknown", "x-none")),
        text="Own\n> quoted",
        passages=(Passage(PassageKind.OWN, 0, 4), Passage(PassageKind.QUOTED, 4, 12)),
    )
    save(reopen(), full)
    kept = reopen().message(full.message_id)
    assert kept == full
    assert kept is not None
    assert (kept.text, kept.passages) == ("", ())
    assert kept.sent_at.utcoffset() == timedelta(0)


def test_the_mark_moves_with_the_batch(reopen: Reopen) -> None:
    assert save(reopen(), message(1), message(2), uid=2) == 2
    store = reopen()
    assert store.mark(BOX, FOLDER) == Mark(7, 2)
    save(store, message(3), uid=4_294_967_295)
    assert reopen().mark(BOX, FOLDER) == Mark(7, 4_294_967_295)


def test_an_empty_batch_moves_the_mark_alone(store: Store) -> None:
    assert save(store, uid=9) == 0
    assert store.mark(BOX, FOLDER) == Mark(7, 9)


def test_marks_of_other_mailboxes_and_folders_stay(store: Store) -> None:
    save(store, uid=9)
    store.save_batch(BOX, "Sent", [], Mark(8, 3))
    store.save_batch("bo@mail.example", FOLDER, [], Mark(9, 1))
    assert store.mark(BOX, FOLDER) == Mark(7, 9)
    assert store.mark(BOX, "Sent") == Mark(8, 3)
    assert store.mark("bo@mail.example", "Sent") is None


def test_a_message_in_three_folders_is_one_row(store: Store) -> None:
    assert [save(store, message(1), folder=folder) for folder in ("INBOX", "Archive", "All")] == [1, 0, 0]
    assert store.counts()["messages"] == 1


def test_a_message_twice_in_one_batch_is_one_row(store: Store) -> None:
    assert save(store, message(1), message(1)) == 1
    assert store.counts()["messages"] == 1


def test_another_mail_under_a_used_message_id_is_kept_beside_the_first(store: Store) -> None:
    first, second = message(1, "Fine."), message(1, "Not fine at all.")
    assert [save(store, mail) for mail in (first, second, second, first)] == [1, 1, 0, 0]
    assert {kept.own_text for kept in store.messages()} == {"Fine.", "Not fine at all."}
    assert store.message(first.message_id) == first


def test_two_mailboxes_that_see_one_mail_hold_one_message(store: Store) -> None:
    theirs, ours = message(1, "Fine by us."), message(1, "Fine  by us.\n\nScanned by Kestrel's gateway.")
    assert [store.save_batch(box, "INBOX", [mail], Mark(1, 1)) for box, mail in (("a", theirs), ("b", ours))] == [1, 0]
    assert store.messages() == [theirs]


@pytest.mark.parametrize("first", [Origin.BULK, Origin.HUMAN])
def test_a_mail_to_us_and_to_a_list_is_a_persons_in_whichever_order_it_comes(store: Store, first: Origin) -> None:
    copies = {origin: message(1, origin=origin) for origin in (Origin.BULK, Origin.HUMAN)}
    save(store, copies.pop(first))
    store.save_taggings([tagging(1)])
    save(store, *copies.values(), folder="List")
    assert [kept.origin for kept in store.messages()] == [Origin.HUMAN]
    assert bool(store.untagged("m1", limit=9)) == (first is Origin.BULK)


def test_a_batch_that_fails_stores_nothing_and_moves_nothing(reopen: Reopen) -> None:
    store = reopen()
    save(store, message(1), uid=1)
    with pytest.raises(RuntimeError, match="broken off"):
        store.save_batch(BOX, FOLDER, Breaking([message(2)]), Mark(7, 2))
    for found in (store, reopen()):
        assert [kept.message_id for kept in found.messages()] == [message(1).message_id]
        assert found.mark(BOX, FOLDER) == Mark(7, 1)


def test_messages_come_by_time_then_by_message_id(store: Store) -> None:
    late, same_time = message(2), message(3, sent_at=message(1).sent_at)
    save(store, late, same_time, message(1))
    assert store.messages() == [message(1), same_time, late]


def test_messages_until_a_moment_include_that_moment(store: Store) -> None:
    save(store, message(1), message(2), message(3))
    assert store.messages(until=message(2).sent_at) == [message(1), message(2)]
    assert store.messages(until=message(2).sent_at - timedelta(microseconds=1)) == [message(1)]


def test_has_message_knows_what_is_stored(store: Store) -> None:
    save(store, message(1))
    assert store.has_message(message(1).message_id)
    assert not store.has_message(message(2).message_id)


# --- Taggings ---


def tagging(number: int, model: str = "m1", *evidence: Evidence) -> Tagging:
    return Tagging(message(number).message_id, model, {"distrust": 0.25, "aggression": 0.5}, evidence)


def test_a_tagging_comes_back_with_its_evidence_in_order(reopen: Reopen) -> None:
    store = reopen()
    save(store, message(1))
    told = tagging(1, "m1", Evidence("distrust", 4, 11, 0.625, is_sure=False), Evidence("aggression", 0, 4, 0.75))
    store.save_taggings(iter([told]))
    assert reopen().taggings("m1") == {told.message_id: told}
    assert reopen().taggings("m2") == {}


def test_a_second_tagging_by_the_same_model_replaces_the_first_with_its_evidence(store: Store) -> None:
    save(store, message(1))
    store.save_taggings([tagging(1, "m1", Evidence("distrust", 0, 4, 0.5), Evidence("distrust", 4, 8, 0.5))])
    store.save_taggings([tagging(1, "m1", Evidence("aggression", 0, 4, 0.5))])
    assert store.taggings("m1")[message(1).message_id].labels == ("aggression",)
    assert store.counts()["taggings"] == 1


def test_untagged_are_the_oldest_messages_that_this_model_has_not_read(store: Store) -> None:
    save(store, *(message(number) for number in (4, 3, 2, 1)))
    store.save_taggings([tagging(1, "m1"), tagging(2, "other")])
    assert store.untagged("m1", limit=2) == [message(2), message(3)]
    assert store.untagged("m1", limit=10) == [message(2), message(3), message(4)]
    assert store.untagged("m1", limit=0) == []


def test_a_tagging_needs_its_message_and_a_refused_one_takes_the_others_along(store: Store) -> None:
    save(store, message(1))
    with pytest.raises(StoreUnwritable):
        store.save_taggings([tagging(1), tagging(99)])
    assert store.taggings("m1") == {}


# --- Digests ---


def test_a_queued_digest_waits_with_its_alerts_told(reopen: Reopen) -> None:
    reopen().queue_digest(outgoing(1), [alert(2), alert(1)], MONDAY)
    store = reopen()
    assert store.outbox() == [(outgoing(1), OutboxState.QUEUED)]
    assert store.alerts() == [alert(1), alert(2)]
    assert store.last_digest_at() == MONDAY
    assert store.counts() == {"messages": 0, "taggings": 0, "alerts": 2, "outbox": 1}


def test_a_digest_that_cannot_be_queued_tells_no_alert(store: Store) -> None:
    store.queue_digest(outgoing(1), [], MONDAY)
    with pytest.raises(StoreUnwritable):
        store.queue_digest(outgoing(1), [alert()], MONDAY + HOUR)
    assert store.alerts() == []
    assert store.last_digest_at() == MONDAY


def test_a_refused_digest_no_longer_waits_and_its_alerts_are_told_anew(reopen: Reopen) -> None:
    told = Alert("Miramar", "distrust", 0.7, MONDAY, AlertChange.NEW, ("m1",))
    reopen().queue_digest(outgoing(1), [told], MONDAY)
    reopen().queue_digest(outgoing(2), [replace(told, client="Loopnest")], MONDAY + HOUR)
    reopen().set_outbox_state(outgoing(2).message_id, OutboxState.REFUSED, MONDAY + 2 * HOUR)
    store = reopen()
    assert store.alerts() == [told]
    assert store.outbox() == [(outgoing(1), OutboxState.QUEUED)]
    assert store.last_digest_at() == MONDAY


def test_outbox_states_survive_until_the_mail_is_sent(reopen: Reopen) -> None:
    reopen().queue_digest(outgoing(1), [], MONDAY)
    for state in (OutboxState.SENDING, OutboxState.QUEUED, OutboxState.SENDING):
        reopen().set_outbox_state(outgoing(1).message_id, state, MONDAY + HOUR)
        assert reopen().outbox() == [(outgoing(1), state)]
    reopen().set_outbox_state(outgoing(1).message_id, OutboxState.SENT, MONDAY + HOUR)
    store = reopen()
    assert store.outbox() == []
    assert store.counts()["outbox"] == 1
    assert store.last_digest_at() == MONDAY


def test_waiting_mails_come_oldest_first_and_the_newest_tells_the_last_digest(store: Store) -> None:
    for number in (3, 1, 2):
        store.queue_digest(outgoing(number), [], MONDAY + number * HOUR)
    store.set_outbox_state(outgoing(2).message_id, OutboxState.SENT, MONDAY + 5 * HOUR)
    assert [mail.message_id for mail, _ in store.outbox()] == ["d1@kestrel.example", "d3@kestrel.example"]
    assert store.last_digest_at() == MONDAY + 3 * HOUR
    assert store.last_digest_at(until=MONDAY + 2 * HOUR) == MONDAY + 2 * HOUR
    assert store.last_digest_at(until=MONDAY) is None


def test_alerts_of_one_evening_keep_their_order(store: Store) -> None:
    told = [replace(alert(), tag=tag) for tag in ("distrust", "aggression", "blame_shifting")]
    store.queue_digest(outgoing(1), told, MONDAY)
    assert store.alerts() == told


def test_closing_twice_is_harmless(store: Store) -> None:
    store.close()
    store.close()


# --- cues, invoices, what is hushed ---

PROMISE = Cue(CueKind.THEIR_PROMISE, 0, 4, date(2026, 3, 6), Matter.PAYMENT)
BILL = Invoice("2026-1", "Miramar", date(2026, 2, 1), date(2026, 2, 15), 980.5, "EUR")


def test_cues_are_given_back_as_they_were_also_where_there_are_none(store: Store) -> None:
    store.save_batch(BOX, FOLDER, [message(1), message(2)], Mark(1, 2))
    first, second = (mail.message_id for mail in store.messages())
    store.save_readings("cues 1", {first: (PROMISE, Cue(CueKind.PAID, 2, 4)), second: ()})
    assert store.readings("cues 1") == {first: (PROMISE, Cue(CueKind.PAID, 2, 4)), second: ()}
    assert store.readings("cues 2") == {}


def test_a_message_is_unread_until_its_cues_are_stored_for_each_reader(store: Store) -> None:
    store.save_batch(BOX, FOLDER, [message(1), message(2), message(3)], Mark(1, 3))
    first = store.unread("cues 1", limit=2)
    store.save_readings("cues 1", {mail.message_id: () for mail in first})
    assert len(first) == 2
    assert len(store.unread("cues 1", limit=9)) == 1
    assert len(store.unread("cues 2", limit=9)) == 3


def test_an_invoice_that_comes_again_takes_the_place_of_the_old_one(reopen: Reopen) -> None:
    store = reopen()
    paid = replace(BILL, paid_at=date(2026, 2, 20), paid_amount=980.5)
    store.save_invoices([BILL, replace(BILL, number="2026-0", issued=date(2026, 1, 1), due=None)])
    store.save_invoices([paid])
    assert [invoice.number for invoice in reopen().invoices()] == ["2026-0", "2026-1"]
    assert reopen().invoices()[1] == paid


def test_the_same_number_of_two_clients_is_two_invoices(store: Store) -> None:
    store.save_invoices([BILL, replace(BILL, client="Firm")])
    assert {invoice.client for invoice in store.invoices()} == {"Miramar", "Firm"}


def test_a_void_invoice_is_removed_and_others_of_its_number_or_client_stay(reopen: Reopen) -> None:
    others = [replace(BILL, client="Firm"), replace(BILL, number="2026-2")]
    assert reopen().save_invoices([BILL, *others]) == 0
    assert reopen().save_invoices([], void=[("Miramar", "2026-1"), ("Miramar", "none")]) == 1
    assert {(invoice.client, invoice.number) for invoice in reopen().invoices()} == {
        ("Firm", "2026-1"),
        ("Miramar", "2026-2"),
    }


def test_what_was_hushed_can_be_replaced_and_taken_back(store: Store) -> None:
    snoozed = Hush("Miramar", "", MONDAY, MONDAY + timedelta(days=7), 0.5)
    noted = Hush("Miramar", "payment_drift", MONDAY, None, 0.7)
    for hush in (snoozed, noted, replace(snoozed, until=MONDAY + timedelta(days=9))):
        store.save_hush(hush)
    assert store.hushes() == [replace(snoozed, until=MONDAY + timedelta(days=9)), noted]
    assert store.drop_hushes("Miramar") == 2
    assert store.drop_hushes("Miramar") == 0
    assert store.hushes() == []


def test_evidence_is_given_without_scores_and_only_where_there_is_some(store: Store) -> None:
    store.save_batch(BOX, FOLDER, [message(1), message(2)], Mark(1, 2))
    first, second = (mail.message_id for mail in store.messages())
    spans = (Evidence("distrust", 0, 4, 0.9),)
    store.save_taggings([Tagging(first, "m", {"distrust": 0.9}, spans), Tagging(second, "m", {"distrust": 0.1})])
    assert store.evidence("m") == {first: Tagging(first, "m", {}, spans)}
    assert store.evidence("other") == {}


def test_vectors_are_kept_for_the_encoder_that_made_them(reopen: Reopen) -> None:
    reopen().save_vectors("one", {b"a": b"\0\1", b"b": b"\0\2"})
    reopen().save_vectors("one", {b"a": b"\0\1"})
    reopen().save_vectors("one", {})
    assert reopen().vectors("one", [b"a", b"c"]) == {b"a": b"\0\1"}
    assert reopen().vectors("two", [b"a"]) == {}
    reopen().save_vectors("two", {b"a": b"\7\7"})
    assert reopen().vectors("two", [b"a"]) == {b"a": b"\7\7"}
    assert reopen().vectors("one", [b"a"]) == {}
