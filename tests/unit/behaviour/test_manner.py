from __future__ import annotations

import pytest

from mailsignals.behaviour.manner import DROPPED, STIFFER, cooling, has_greeting, manner_of
from mailsignals.types import Address, Message
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
        "Kan De sende filen i dag?",
        "Vi har modtaget Deres faktura.",
        "De bedes sende alle bilag.",
        "Gospođo Vale, račun nije plaćen.",
        "Анна Сергеевна, где макет?",
        "Gng. Santos, hinihintay po namin.",
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
    "text",
    [
        "De har sendt filerne.",
        "Filerne er her. De har sendt dem i går.",
        "Vi handler hos De Gule Sider, og han siger De-form.",
        "Deres indkøber har svaret.",
        "Dear all, the files are here.",
        "Dear team,\nthe files are here.",
        "Hej alle\nher er filerne.",
        "Dobar dan svima, evo zapisnika.",
        "Уважаемые коллеги, протокол готов.",
        "Magandang umaga po sa inyong lahat.",
        "Sa Lunes din po ang launch namin.",
        "We dig out the footing at 40 euros/mo.",
        "Гавриил Петрович сказал, что файл готов.",
    ],
)
def test_words_to_several_about_others_or_of_another_language_do_not_say_how_we_are_addressed(text: str) -> None:
    assert manner_of(text) == ""


@pytest.mark.parametrize(
    ("warm", "stiff"),
    [
        ("Dear Ana, all good.", "Dear Ms Vale, we wait."),
        ("Ana, all good.", "Ms. Vale,\nwe wait."),
        ("Good morning Ana,\nall good.", "Good morning Mrs Vale,\nwe wait."),
        ("Hi Ana po, okay na ang file.", "Dear Ms. Vale, hinihintay namin ang file."),
        ("Dear Ana, salamat po!", "Mahal na Ginang Vale, hinihintay namin ang file."),
        ("Draga Ana, sve je u redu.", "Poštovana gospođo Vale, čekamo."),
        ("Draga Ana, hvala Vam.", "Gospođo Vale, čekamo na Vas."),
        ("Bok Ana, je li ovo tvoja datoteka?", "Čekamo na Vašu datoteku."),
        ("Анна, всё хорошо.", "Уважаемая Анна Сергеевна, ждём."),
        ("Анна, добрый день! Спасибо Вам.", "Анна Сергеевна, добрый день! Ждём от Вас файл."),
        ("Дорогая Аня, спасибо!", "Госпожа Вейл, мы ждём."),
        ("Когда ты пришлёшь файл?", "Когда Вы пришлёте файл?"),
        ("Kære Ana, tak for filen.", "Kære fru Vale, vi venter."),
        ("Kære Ana, kan du sende den?", "Kære Ana, kan De sende den?"),
    ],
)
def test_a_title_or_a_polite_pronoun_after_a_first_name_or_a_familiar_one_is_stiffer(warm: str, stiff: str) -> None:
    assert cooling(mails(warm, warm, stiff, stiff)) == [0.0, 0.0, STIFFER, 0.0]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Hi Ana, fine.", "Dear all, here are the files."),
        ("Hi Ana, fine.", "Dear team, here are the files."),
        ("Kære Ana, tak.", "Hej alle, her er filerne. De har sendt Deres faktura."),
        ("Hej Ana, kan du ringe?", "Vi talte med trykkeriet i går. De har sendt filerne."),
        ("Привет, Анна!", "Уважаемые коллеги, вот файлы."),
        ("Анна, добрый день!", "Анна, добрый день! Ждём Вас в среду."),
        ("Draga Ana, hvala.", "Draga Ana, čekamo Vas u srijedu."),
        ("Dear Ana, fine.", "Hi Ana, fine."),
        ("Dear Ms Vale, fine.", "Dear Ms Vale, where is it?"),
        ("Hi Ana, fine.", "Hi, Mr Brandt asks me for the file."),
    ],
)
def test_what_is_no_turn_towards_us_is_not_stiffer(first: str, second: str) -> None:
    assert cooling(mails(first, second)) == [0.0, 0.0]


def test_a_word_in_the_place_of_a_name_does_not_undo_a_title() -> None:
    assert cooling(mails("Dear Ms Vale, fine.", "Unfortunately, it is late.", "Dear Ms Vale, it is here.")) == [0.0] * 3


def test_a_first_name_for_one_of_us_and_a_title_for_another_is_no_turn() -> None:
    kos = Address("kos@kestrel.example")
    to_both = [
        message(0, "Dear Ana, fine."),
        message(1, "Dear Mr Kos, fine.", recipients=(kos,)),
        message(2, "Dear Ana, fine."),
        message(3, "Dear Mr Kos, fine.", recipients=(kos,)),
    ]
    assert cooling(to_both) == [0.0] * 4


def test_a_long_mail_is_read_no_further_than_its_first_lines() -> None:
    assert manner_of("The file is here. " * 40 + "Когда Вы пришлёте макет?") == ""


@pytest.mark.parametrize(
    "text",
    [
        "Hi Ana, fine.",
        "Ana,\nfine.",
        "Dobar dan, može.",
        "Добрый день! Да.",
        "Kære Ana\nJa.",
        "Анна, добрый день! Да.",
        "Gospođo Vale, da.",
    ],
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
