from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest

from mailsignals.errors import FolderMissing, MailsignalsError, ServerUnavailable, StoreUnwritable, TryLater
from mailsignals.types import Coverage, Mark, RawMessage
from mailsignals.workflows.fetch import Fetched, Source, fetch_new
from support.fakes import MemoryMailbox, MemoryStore
from support.mails import MONDAY, raw_mail

FULL = StoreUnwritable("The store is full.", why="there is no room.", remedy="make room.")
DAY = timedelta(days=1)


@pytest.fixture
def mailbox() -> MemoryMailbox:
    """Five mails in the INBOX, received a day apart, in batches of two; and an empty folder Sent."""
    mailbox = MemoryMailbox(batch=2)
    mailbox.create("Sent", "\\Sent")
    for number in range(1, 6):
        mailbox.deliver("INBOX", raw_mail(number), MONDAY + number * DAY)
    return mailbox


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


def visit(mailbox: MemoryMailbox, store: MemoryStore, *folders: str) -> Fetched:
    return fetch_new(Source(mailbox, folders or ("INBOX",)), store)


def stored(store: MemoryStore) -> list[str]:
    return sorted(message.message_id.partition("@")[0] for message in store.messages())


class Watcher:
    """A progress that does something when it is told for the first time."""

    def __init__(self, act: Callable[[], object] = lambda: None) -> None:
        self._act = act
        self.told: list[tuple[str, int, int | None]] = []

    def __call__(self, what: str, done: int, total: int | None) -> None:
        self.told.append((what, done, total))
        if len(self.told) == 1:
            self._act()


# --- A quiet night ---


def test_every_mail_is_stored_and_the_receipt_says_so(mailbox: MemoryMailbox, store: MemoryStore) -> None:
    fetched = visit(mailbox, store, "INBOX", "Sent")
    assert fetched == Fetched(Coverage(folders=("INBOX", "Sent"), found=5, stored=5))
    assert stored(store) == ["1", "2", "3", "4", "5"]
    assert store.mark(mailbox.name, "INBOX") == Mark(1, 5)
    assert store.mark(mailbox.name, "Sent") == Mark(1, 0)


def test_a_second_visit_reads_nothing(mailbox: MemoryMailbox, store: MemoryStore) -> None:
    visit(mailbox, store)
    mailbox.breaks_off_after = 0
    assert visit(mailbox, store).coverage == Coverage(folders=("INBOX",))


def test_a_later_visit_reads_only_what_is_new(mailbox: MemoryMailbox, store: MemoryStore) -> None:
    visit(mailbox, store)
    mailbox.deliver("INBOX", raw_mail(6))
    assert visit(mailbox, store).coverage == Coverage(folders=("INBOX",), found=1, stored=1)
    assert store.mark(mailbox.name, "INBOX") == Mark(1, 6)


def test_a_mail_that_lies_in_two_folders_is_known_in_the_second(mailbox: MemoryMailbox, store: MemoryStore) -> None:
    mailbox.deliver("Sent", raw_mail(3))
    mailbox.deliver("Sent", raw_mail(9))
    coverage = visit(mailbox, store, "INBOX", "Sent").coverage
    assert (coverage.found, coverage.stored, coverage.known) == (7, 6, 1)


def test_a_first_visit_leaves_out_old_mail_and_never_comes_back_for_it(
    mailbox: MemoryMailbox, store: MemoryStore
) -> None:
    source = Source(mailbox, ("INBOX",), since=MONDAY + 4 * DAY)
    assert fetch_new(source, store).coverage.found == 2
    assert stored(store) == ["4", "5"]
    assert fetch_new(source, store).coverage.found == 0


def test_a_folder_that_was_read_before_gives_what_comes_late_however_old_it_is(
    mailbox: MemoryMailbox, store: MemoryStore
) -> None:
    source = Source(mailbox, ("INBOX",), since=MONDAY + 4 * DAY)
    fetch_new(source, store)
    mailbox.deliver("INBOX", raw_mail(6), MONDAY)
    assert fetch_new(source, store).coverage.stored == 1


def test_a_folder_whose_mails_are_all_too_old_still_gets_its_mark(mailbox: MemoryMailbox, store: MemoryStore) -> None:
    fetch_new(Source(mailbox, ("INBOX",), since=MONDAY + 30 * DAY), store)
    assert store.mark(mailbox.name, "INBOX") == Mark(1, 5)
    assert store.messages() == []


def test_progress_is_told_behind_every_batch(mailbox: MemoryMailbox, store: MemoryStore) -> None:
    watcher = Watcher()
    fetch_new(Source(mailbox, ("INBOX",)), store, progress=watcher)
    assert watcher.told == [("INBOX", 2, None), ("INBOX", 4, None), ("INBOX", 5, None)]


def test_odd_mails_are_counted_and_stop_nobody(mailbox: MemoryMailbox, store: MemoryStore) -> None:
    for raw in (b"\x00\xff\xfe", b"\r\n\r\n", b"Date: yesterday\r\n\r\nHi"):
        mailbox.deliver("INBOX", raw)
    coverage = visit(mailbox, store).coverage
    assert (coverage.found, coverage.stored, coverage.defects) == (8, 8, 3)


# --- Trouble with the store ---


def test_a_batch_that_could_not_be_stored_is_read_again_next_night(mailbox: MemoryMailbox, store: MemoryStore) -> None:
    store.fault = FULL
    with pytest.raises(StoreUnwritable):
        visit(mailbox, store)
    assert store.mark(mailbox.name, "INBOX") is None
    store.fault = None
    assert visit(mailbox, store).coverage.stored == 5


def test_batches_before_the_one_that_failed_stay_stored(mailbox: MemoryMailbox, store: MemoryStore) -> None:
    with pytest.raises(StoreUnwritable):
        fetch_new(Source(mailbox, ("INBOX",)), store, progress=Watcher(lambda: setattr(store, "fault", FULL)))
    assert stored(store) == ["1", "2"]
    assert store.mark(mailbox.name, "INBOX") == Mark(1, 2)
    store.fault = None
    assert visit(mailbox, store).coverage == Coverage(folders=("INBOX",), found=3, stored=3)


# --- Trouble with the mailbox ---


@pytest.mark.parametrize(("batches", "numbers"), [(0, []), (1, ["1", "2"]), (2, ["1", "2", "3", "4"])])
def test_a_line_that_breaks_loses_nothing_and_repeats_nothing(
    mailbox: MemoryMailbox, store: MemoryStore, batches: int, numbers: list[str]
) -> None:
    mailbox.breaks_off_after = batches
    with pytest.raises(ServerUnavailable):
        visit(mailbox, store)
    assert stored(store) == numbers
    mailbox.breaks_off_after = None
    coverage = visit(mailbox, store).coverage
    assert (coverage.stored, coverage.known) == (5 - len(numbers), 0)


def test_a_folder_that_is_gone_is_a_note_and_the_others_are_read(mailbox: MemoryMailbox, store: MemoryStore) -> None:
    fetched = visit(mailbox, store, "Projects", "INBOX")
    assert fetched.coverage.stored == 5
    assert fetched.coverage.notes == ("The folder Projects is not there and was not read.",)
    assert [type(fault) for fault in fetched.faults] == [FolderMissing]


def test_a_mailbox_that_is_down_is_an_error(mailbox: MemoryMailbox, store: MemoryStore) -> None:
    mailbox.fault = ServerUnavailable("It is down.", why="it sleeps.", remedy="wait.")
    with pytest.raises(MailsignalsError, match="down"):
        visit(mailbox, store)


def test_of_a_renumbered_folder_only_the_new_words_are_fetched_and_nothing_is_stored_twice(
    mailbox: MemoryMailbox, store: MemoryStore
) -> None:
    visit(mailbox, store)
    mailbox.expunge("INBOX", 1)
    mailbox.deliver("INBOX", raw_mail(6))
    mailbox.renumber("INBOX", uidvalidity=2)
    coverage = visit(mailbox, store).coverage
    assert (coverage.found, coverage.stored, coverage.known) == (5, 1, 4)
    assert coverage.notes == ("INBOX has new numbers (UIDVALIDITY): nothing of it is stored twice.",)
    assert store.mark(mailbox.name, "INBOX") == Mark(2, 5)
    assert visit(mailbox, store).coverage == Coverage(folders=("INBOX",))


def test_a_renumbered_folder_whose_reading_broke_off_goes_on_under_its_new_numbers(
    mailbox: MemoryMailbox, store: MemoryStore
) -> None:
    visit(mailbox, store)
    mailbox.renumber("INBOX", uidvalidity=2)
    mailbox.breaks_off_after = 1
    with pytest.raises(ServerUnavailable):
        visit(mailbox, store)
    assert store.mark(mailbox.name, "INBOX") == Mark(2, 2)
    mailbox.breaks_off_after = None
    assert visit(mailbox, store).coverage == Coverage(folders=("INBOX",), found=3, known=3)


def test_a_folder_whose_numbers_went_back_is_read_anew_and_its_mark_is_lowered(
    mailbox: MemoryMailbox, store: MemoryStore
) -> None:
    visit(mailbox, store)
    for uid in (1, 2, 3, 4):
        mailbox.expunge("INBOX", uid)
    mailbox.rewind("INBOX")
    mailbox.deliver("INBOX", raw_mail(6))
    coverage = visit(mailbox, store).coverage
    assert (coverage.found, coverage.stored, coverage.known) == (2, 1, 1)
    assert "UIDNEXT went back" in coverage.notes[0]
    assert store.mark(mailbox.name, "INBOX") == Mark(1, 2)
    mailbox.deliver("INBOX", raw_mail(7))
    assert visit(mailbox, store).coverage.stored == 1


def test_a_folder_without_uidvalidity_is_never_trusted_to_be_the_same(
    mailbox: MemoryMailbox, store: MemoryStore
) -> None:
    mailbox.renumber("INBOX", uidvalidity=0)
    visit(mailbox, store)
    mailbox.expunge("INBOX", 1)
    mailbox.deliver("INBOX", raw_mail(6))
    mailbox.renumber("INBOX", uidvalidity=0)
    coverage = visit(mailbox, store).coverage
    assert (coverage.stored, coverage.known) == (1, 4)


def test_a_server_that_asks_for_a_pause_is_left_alone_and_what_came_before_is_kept(store: MemoryStore) -> None:
    mailbox = Throttling(batch=2)
    for number in range(1, 6):
        mailbox.deliver("INBOX", raw_mail(number))
    fetched = visit(mailbox, store, "INBOX", "Projects")
    assert [type(fault) for fault in fetched.faults] == [TryLater]
    assert (fetched.coverage.stored, store.mark(mailbox.name, "INBOX")) == (2, Mark(1, 2))
    assert len(fetched.coverage.notes) == 1


class Throttling(MemoryMailbox):
    """Gives one batch, then asks for a pause."""

    def fetch(self, folder: str, **how: Any) -> Iterator[Sequence[RawMessage]]:
        yield next(iter(super().fetch(folder, **how)))
        raise TryLater("It asks for a pause.", why="it is tired.", remedy="wait.")


def test_mails_that_cannot_be_had_are_counted_and_not_asked_for_again(
    mailbox: MemoryMailbox, store: MemoryStore
) -> None:
    for uid in (2, 3, 4, 5):
        mailbox.refuse("INBOX", uid)
    coverage = visit(mailbox, store).coverage
    assert (coverage.found, coverage.stored, coverage.unread) == (5, 1, 4)
    assert coverage.notes[0] == ("INBOX: the server refused message 2 (NO); it was skipped, for good.")
    assert store.mark(mailbox.name, "INBOX") == Mark(1, 5)
    assert visit(mailbox, store).coverage.unread == 0


def test_a_mail_that_vanishes_while_the_folder_is_read_is_counted(mailbox: MemoryMailbox, store: MemoryStore) -> None:
    vanish = Watcher(lambda: mailbox.expunge("INBOX", 5))
    coverage = fetch_new(Source(mailbox, ("INBOX",)), store, progress=vanish).coverage
    assert (coverage.found, coverage.stored, coverage.unread) == (5, 4, 1)


def test_a_mail_that_comes_while_the_folder_is_read_is_read_next_time(
    mailbox: MemoryMailbox, store: MemoryStore
) -> None:
    fetch_new(Source(mailbox, ("INBOX",)), store, progress=Watcher(lambda: mailbox.deliver("INBOX", raw_mail(6))))
    assert stored(store) == ["1", "2", "3", "4", "5"]
    assert visit(mailbox, store).coverage.stored == 1


def test_two_mailboxes_keep_marks_of_their_own(mailbox: MemoryMailbox, store: MemoryStore) -> None:
    other = MemoryMailbox("bo@memory")
    other.deliver("INBOX", raw_mail(9))
    visit(mailbox, store)
    assert visit(other, store).coverage.stored == 1
    assert (store.mark("ana@memory", "INBOX"), store.mark("bo@memory", "INBOX")) == (Mark(1, 5), Mark(1, 1))
