from __future__ import annotations

import email
import email.policy
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailsignals.adapters.clock import FixedClock
from mailsignals.clients.alerts import AlertRules
from mailsignals.clients.identity import Roster
from mailsignals.errors import DeliveryUnsure, FolderMissing, LoginRefused, ServerUnavailable, StoreUnwritable
from mailsignals.types import OutboxState, WorkingTime
from mailsignals.workflows.assess import House
from mailsignals.workflows.digest import Post
from mailsignals.workflows.fetch import Source
from mailsignals.workflows.scan import Night, WayOut, scan
from support.fakes import MemoryMailbox, MemoryOutbox, MemoryStore, RuleTagger
from support.mails import ANA, MONDAY, raw_mail

DAY = timedelta(days=1)
FIRST = MONDAY + DAY
HOUSE = House(
    Roster([ANA.email], {"Hotel Miramar": ["miramar.example"]}),
    WorkingTime(ZoneInfo("UTC"), time(9), time(17), frozenset(range(5))),
    AlertRules(),
)
RULES = {"accountant": "payment_excuse", "idiots": "aggression"}
EXCUSES = ("Our accountant is on holiday.", "The accountant has the flu.")
DOWN = ServerUnavailable("It is down.", why="it sleeps.", remedy="wait.")
UNSURE = DeliveryUnsure("It broke off.", why="it fell asleep.", remedy="wait.")


@dataclass
class World:
    """A mailbox, a store and a way out, night after night."""

    post: Post = field(default_factory=lambda: Post(ANA.email, (ANA.email,)))
    folders: tuple[str, ...] = ("INBOX", "Sent")
    mailbox: MemoryMailbox = field(default_factory=MemoryMailbox)
    store: MemoryStore = field(default_factory=MemoryStore)
    outbox: MemoryOutbox = field(default_factory=MemoryOutbox)
    mails: int = 0

    def __post_init__(self) -> None:
        self.mailbox.create("Sent", "\\Sent")

    def write(self, *words: str, at: datetime = MONDAY) -> None:
        """The client writes."""
        for text in words:
            self.mails += 1
            self.mailbox.deliver("INBOX", raw_mail(self.mails, text, sent_at=at), at)

    def night(self, now: datetime = FIRST, *, preview: bool = False, hide_text: bool = False) -> Night:
        way_out = None if preview else WayOut(self.post, self.outbox)
        source = Source(self.mailbox, self.folders, sent=frozenset(["Sent"]))
        return scan(source, self.store, RuleTagger(RULES), HOUSE, FixedClock(now), way_out=way_out, hide_text=hide_text)

    def words_sent(self) -> list[str]:
        mails = [email.message_from_bytes(mail.raw, policy=email.policy.default) for _, mail in self.outbox.delivered]
        return [str(mail.get_body(("plain",)).get_content()) for mail in mails]  # type: ignore[union-attr]

    def ids_sent(self) -> list[str]:
        return [mail.message_id for _, mail in self.outbox.delivered]


@pytest.fixture
def world() -> World:
    """A client with two payment excuses."""
    world = World()
    world.write(*EXCUSES)
    return world


# --- One night ---


def test_a_night_reads_tags_judges_and_sends(world: World) -> None:
    night = world.night()
    assert (night.coverage.stored, night.tagged, night.sent, night.fault) == (2, 2, 1, None)
    assert night.coverage.model == "rules 1.0"
    assert [(alert.client, alert.tag) for alert in night.draft.alerts] == [("Hotel Miramar", "payment_excuse")]
    (words,) = world.words_sent()
    assert any(excuse in words for excuse in EXCUSES)
    assert world.store.alerts() == night.draft.alerts


def test_a_second_scan_reads_nothing_and_sends_nothing(world: World) -> None:
    world.night()
    world.mailbox.breaks_off_after = 0
    night = world.night(FIRST + timedelta(minutes=5))
    assert (night.coverage.found, night.tagged, night.sent) == (0, 0, 0)
    assert night.draft.alerts == []
    assert len(world.outbox.delivered) == 1


def test_our_own_words_and_robots_words_raise_no_alert() -> None:
    world = World()
    ours = raw_mail(1, EXCUSES[0]).replace(b"From: Iva <iva@miramar.example>", b"From: Ana <ana@kestrel.example>")
    robot = raw_mail(2, EXCUSES[1]).replace(b"Subject:", b"Auto-Submitted: auto-replied\r\nSubject:")
    world.mailbox.deliver("Sent", ours)
    world.mailbox.deliver("INBOX", robot)
    night = world.night()
    assert (night.coverage.stored, night.tagged, night.draft.alerts) == (2, 0, [])


def test_an_address_of_ours_that_the_settings_do_not_know_is_asked_about(world: World) -> None:
    alias = raw_mail(50).replace(b"iva@miramar.example", b"ana@studio.example")
    world.mailbox.deliver("Sent", alias, MONDAY)
    [note] = world.night().coverage.notes
    assert note.startswith("Your sent folder holds mail from ana@studio.example")


def test_a_preview_sends_nothing_and_notes_nothing_as_told(world: World) -> None:
    preview = world.night(preview=True)
    assert (len(preview.draft.alerts), preview.sent) == (1, 0)
    assert world.store.alerts() == world.store.outbox() == []
    assert world.store.last_digest_at() is None
    assert world.night().draft.digest.sections == preview.draft.digest.sections
    assert len(world.outbox.delivered) == 1


def test_hidden_words_stay_out_of_the_mail(world: World) -> None:
    world.night(hide_text=True)
    (words,) = world.words_sent()
    assert "Hotel Miramar" in words
    assert "accountant" not in words


def test_every_recipient_gets_the_digest(world: World) -> None:
    world.post = Post(ANA.email, (ANA.email, "bo@kestrel.example"))
    world.night()
    assert [recipient for recipient, _ in world.outbox.delivered] == [ANA.email, "bo@kestrel.example"]


# --- When a digest leaves ---


def nights_of_digests(world: World, days: int) -> list[int]:
    return [day for day in range(days) if world.night(FIRST + day * DAY).sent]


def test_the_first_digest_leaves_even_when_all_is_calm_and_then_silence_is_broken_every_week() -> None:
    world = World()
    world.write("Fine by us.")
    assert nights_of_digests(world, 16) == [0, 7, 14]


def test_always_sends_every_day_and_never_twice_a_day(world: World) -> None:
    world.post = Post(ANA.email, (ANA.email,), send="always")
    sent = [world.night(FIRST + timedelta(hours=6 * hours)).sent for hours in range(9)]  # from 09:15 UTC on
    assert sent == [1, 0, 0, 1, 0, 0, 0, 1, 0]


def test_new_evidence_is_told_the_night_it_is_read(world: World) -> None:
    world.night()
    world.write("You are idiots.", at=FIRST)
    night = world.night(FIRST + DAY)
    assert [alert.tag for alert in night.draft.alerts] == ["aggression"]
    assert night.sent == 1


# --- Nights on which something fails ---


@pytest.mark.parametrize("fault", [DOWN, LoginRefused("No.", why="the password is old.", remedy="renew it.")])
def test_a_digest_that_cannot_leave_waits_and_leaves_exactly_once(
    world: World, fault: ServerUnavailable | LoginRefused
) -> None:
    world.outbox.fault = fault
    night = world.night()
    assert (night.sent, night.fault) == (0, fault)
    assert [state for _, state in world.store.outbox()] == [OutboxState.QUEUED]
    world.outbox.fault = None
    assert [world.night(FIRST + day * DAY).sent for day in (1, 2, 3)] == [1, 0, 0]
    assert EXCUSES[0] in world.words_sent()[0]


def test_a_digest_that_may_have_left_and_is_found_in_the_mailbox_does_not_leave_again(world: World) -> None:
    world.outbox.breaks_off = True
    night = world.night()
    assert isinstance(night.fault, DeliveryUnsure)
    world.outbox.breaks_off = False
    world.mailbox.deliver("INBOX", world.outbox.delivered[0][1].raw, FIRST)
    assert world.night(FIRST + DAY).fault is None
    assert len(world.outbox.delivered) == 1
    assert world.store.outbox() == []


def test_a_digest_that_may_have_left_and_is_not_found_leaves_again_under_the_same_message_id(world: World) -> None:
    world.outbox.breaks_off = True
    world.night()
    world.outbox.breaks_off = False
    assert world.night(FIRST + DAY).sent == 1
    first, second = world.ids_sent()
    assert first == second


def test_a_digest_in_the_mailbox_is_no_client_s_mail(world: World) -> None:
    world.night()
    world.mailbox.deliver("INBOX", world.outbox.delivered[0][1].raw, FIRST)
    night = world.night(FIRST + DAY)
    assert (night.coverage.stored, night.tagged, night.draft.alerts) == (1, 0, [])
    assert [state.client for state in night.draft.states] == ["Hotel Miramar"]


def test_a_missing_folder_is_told_in_the_digest_and_stops_nothing(world: World) -> None:
    world.folders = ("Projects", "INBOX")
    night = world.night()
    assert isinstance(night.fault, FolderMissing)
    assert night.sent == 1
    assert "The folder Projects is not there and was not read." in " ".join(world.words_sent()[0].split())


def test_mail_that_could_not_be_read_is_owned_up_to(world: World) -> None:
    world.mailbox.refuse("INBOX", 2)
    world.night()
    assert "1 new message could not be read" in " ".join(world.words_sent()[0].split())


def test_a_mailbox_that_is_down_is_an_error_and_nothing_is_lost(world: World) -> None:
    world.mailbox.fault = DOWN
    with pytest.raises(ServerUnavailable):
        world.night()
    assert world.outbox.delivered == []
    world.mailbox.fault = None
    assert len(world.night(FIRST + DAY).draft.alerts) == 1


def test_a_full_disk_sends_nothing_that_would_be_told_again(world: World) -> None:
    world.night(preview=True)
    world.store.fault = StoreUnwritable("Full.", why="there is no room.", remedy="make room.")
    with pytest.raises(StoreUnwritable):
        world.night()
    assert world.outbox.delivered == []
    world.store.fault = None
    assert world.night(FIRST + DAY).sent == 1


WEATHER = (("fine",), ("down",), ("breaks off",), ("loses the mail",), ("breaks off, mail is slow", "down"))
"""What the server that sends is like, night by night. Slow mail is in the mailbox two nights later."""


@settings(max_examples=30)
@given(st.lists(st.sampled_from(WEATHER), max_size=5))
def test_whatever_the_weather_every_digest_arrives_once(weather: list[tuple[str, ...]]) -> None:
    world = World(Post(ANA.email, (ANA.email,), send="always"))
    is_here = 0
    for day, today in enumerate([*chain.from_iterable(weather), "fine", "fine"]):
        world.outbox.fault = {"down": DOWN, "loses the mail": UNSURE}.get(today)
        world.outbox.breaks_off = today.startswith("breaks off")
        world.night(FIRST + day * DAY)
        if "slow" not in today:
            for _, mail in world.outbox.delivered[is_here:]:
                world.mailbox.deliver("INBOX", mail.raw)
            is_here = len(world.outbox.delivered)
    assert world.store.outbox() == []
    assert len(world.ids_sent()) == len(set(world.ids_sent())) == world.store.counts()["outbox"]
    assert world.store.has_message(world.ids_sent()[0])
