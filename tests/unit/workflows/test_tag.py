from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from mailsignals.clients.identity import Roster
from mailsignals.errors import StoreUnwritable
from mailsignals.types import Evidence, Mark, Message, Origin, Tagging
from mailsignals.workflows.tag import tag_new
from support.fakes import MemoryStore, RuleTagger
from support.mails import ANA, IVA, message

ROSTER = Roster([ANA.email])
RULES = {"accountant": "payment_excuse"}
EXCUSE = "Our accountant is on holiday."


class Reading(RuleTagger):
    """Remembers what it was given."""

    def __init__(self, fingerprint: str = "rules-1") -> None:
        super().__init__(RULES, fingerprint=fingerprint)
        self.read: list[str] = []
        self.answered: dict[str, str] = {}

    def tag(self, messages: Sequence[Message], answered: Mapping[str, str]) -> Sequence[Tagging]:
        self.read += [message.message_id for message in messages]
        self.answered |= answered
        return super().tag(messages, answered)


def store_of(*messages: Message) -> MemoryStore:
    store = MemoryStore()
    store.save_batch("box", "INBOX", messages, Mark(1, len(messages)))
    return store


def many(count: int) -> MemoryStore:
    return store_of(*(message(number, EXCUSE) for number in range(count)))


def test_evidence_is_stored_under_the_model_that_found_it() -> None:
    store = store_of(message(1, f"Hello Ana. {EXCUSE} Bye."))
    assert tag_new(store, RuleTagger(RULES), ROSTER.is_ours).read == 1
    (tagging,) = store.taggings("rules-1").values()
    assert tagging.evidence == (Evidence("payment_excuse", 11, 40, 0.95),)
    assert tagging.message_id == message(1).message_id


def test_a_client_is_read_beside_the_mail_of_ours_that_it_answers() -> None:
    ours = message(1, "I advise against it.", sender=ANA, recipients=(IVA,))
    theirs = message(2, "No.", in_reply_to=ours.message_id)
    colleague = message(3, "Yes.", in_reply_to=theirs.message_id)
    tagger = Reading()
    tag_new(store_of(ours, theirs, colleague), tagger, ROSTER.is_ours)
    assert tagger.answered == {theirs.message_id: "I advise against it."}


@pytest.mark.parametrize("origin", [origin for origin in Origin if origin is not Origin.HUMAN])
def test_what_no_person_wrote_is_not_read(origin: Origin) -> None:
    store, tagger = store_of(message(1, EXCUSE, origin=origin)), Reading()
    assert tag_new(store, tagger, ROSTER.is_ours).read == 0
    assert tagger.read == []
    assert store.taggings("rules-1") == {message(1).message_id: Tagging(message(1).message_id, "rules-1", {})}


def test_of_our_mail_to_a_client_only_the_tone_is_kept() -> None:
    words = f"{EXCUSE} You idiots."
    store = store_of(message(1, words, sender=ANA, recipients=(IVA,)))
    tag_new(store, RuleTagger({**RULES, "idiots": "aggression"}), ROSTER.is_ours)
    [tagging] = store.taggings("rules-1").values()
    assert {span.label for span in tagging.evidence} == {"aggression"} == set(tagging.scores)


def test_our_mail_to_one_another_is_not_read() -> None:
    colleague = replace(ANA, email="bo@kestrel.example")
    ours = [message(number, EXCUSE, sender=sender) for number, sender in ((1, ANA), (3, colleague))]
    tagger = Reading()
    assert tag_new(store_of(*ours, message(2, EXCUSE, sender=IVA)), tagger, ROSTER.is_ours).read == 1
    assert tagger.read == [message(2).message_id]


def test_a_second_night_reads_only_what_is_new() -> None:
    store, tagger = many(3), Reading()
    tag_new(store, tagger, ROSTER.is_ours)
    store.save_batch("box", "INBOX", [message(9, EXCUSE)], Mark(1, 9))
    assert tag_new(store, tagger, ROSTER.is_ours).read == 1
    assert tag_new(store, tagger, ROSTER.is_ours).read == 0
    assert len(tagger.read) == len(set(tagger.read)) == 4


def test_another_model_reads_all_again_and_leaves_the_first_one_s_taggings() -> None:
    store = many(3)
    tag_new(store, Reading("rules-1"), ROSTER.is_ours)
    assert tag_new(store, Reading("rules-2"), ROSTER.is_ours).read == 3
    assert store.counts()["taggings"] == 6


def test_any_number_of_messages_is_tagged_and_told_as_it_goes() -> None:
    store = many(150)
    told: list[tuple[int, int | None]] = []
    assert (
        tag_new(store, Reading(), ROSTER.is_ours, progress=lambda _, done, total: told.append((done, total))).read
        == 150
    )
    assert len(store.taggings("rules-1")) == 150
    assert told == [(64, 150), (128, 150), (150, 150)]


def test_a_night_that_is_cut_off_has_kept_what_was_done() -> None:
    store = many(150)

    def fill_the_disk(_what: str, _done: int, _total: int | None) -> None:
        store.fault = StoreUnwritable("Full.", why="there is no room.", remedy="make room.")

    with pytest.raises(StoreUnwritable):
        tag_new(store, Reading(), ROSTER.is_ours, progress=fill_the_disk)
    assert len(store.taggings("rules-1")) == 64
    store.fault = None
    assert tag_new(store, Reading(), ROSTER.is_ours).read == 86


def test_the_oldest_messages_come_first() -> None:
    tagger = Reading()
    tag_new(store_of(message(3), message(1), message(2)), tagger, ROSTER.is_ours)
    assert tagger.read == [message(number).message_id for number in (1, 2, 3)]


def test_an_empty_store_has_nothing_to_tag() -> None:
    assert tag_new(MemoryStore(), Reading(), ROSTER.is_ours).read == 0


def test_a_long_mail_in_a_language_that_the_model_does_not_know_is_counted_not_judged() -> None:
    german = "Die Rechnung bezahlen wir, sobald unser accountant wieder im Haus ist, also wohl nach den Ferien."
    store, tagger = store_of(message(1, german, lang="de"), message(2, "Kein accountant da.", lang="de")), Reading()
    tagged = tag_new(store, tagger, ROSTER.is_ours)
    assert tagger.read == [message(2).message_id]
    assert tagged.foreign == {"de": 1}
    assert tagged.notes == ("Not judged, in languages that the model does not know: 1 de.",)
    assert tag_new(store, tagger, ROSTER.is_ours).notes == ()
