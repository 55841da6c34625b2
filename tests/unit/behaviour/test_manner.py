from __future__ import annotations

import pytest

from mailsignals.behaviour.manner import DROPPED, STIFFER, cooling, has_greeting, manner_of
from mailsignals.types import Message
from support.mails import message


def mails(*texts: str) -> list[Message]:
    return [message(number, text) for number, text in enumerate(texts)]


@pytest.mark.parametrize(
    "text",
    [
        "Dear Mr Vale, we expect the file.",
        "Poštovani gospodine Kos, očekujemo datoteku.",
        "Когда Вы пришлёте макет?",
        "Уважаемая Анна Петровна, ждём файл.",
        "Kære hr. Madsen. Vi afventer filen.",
    ],
)
def test_formal_words_are_known(text: str) -> None:
    assert manner_of(text) == "formal"


@pytest.mark.parametrize(
    "text", ["Hi Ana, all good?", "Bok Ana, šalješ li?", "Привет, ты видел макет?", "Hej, kan du ringe?"]
)
def test_informal_words_are_known(text: str) -> None:
    assert manner_of(text) == "informal"


@pytest.mark.parametrize(
    "text", ["Hi Ana, fine.", "Ana,\nfine.", "Dobar dan, može.", "Добрый день! Да.", "Kære Ana\nJa."]
)
def test_greetings_are_known(text: str) -> None:
    assert has_greeting(text)


def test_a_turn_to_formal_words_is_colder_once() -> None:
    turned = mails("Hi Ana, fine.", "Dear Mr Vale, we wait.", "Dear Mr Vale, we still wait.")
    assert cooling(turned) == [0.0, STIFFER, 0.0]


def test_a_greeting_left_out_after_many_is_colder() -> None:
    assert cooling(mails(*["Hi Ana, fine."] * 4, "Where is it.", "Where is it."))[3:] == [0.0, DROPPED, 0.0]


def test_who_never_greets_and_was_always_formal_is_not_colder() -> None:
    assert set(cooling(mails(*["Send it."] * 6, *["Poštovani, molim račun."] * 3))) == {0.0}
