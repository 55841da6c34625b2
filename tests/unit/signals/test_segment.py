from __future__ import annotations

import pytest
import spacy

from mailsignals.signals.segment import sentences


def parts(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("en", "Fine. Call me.", ["Fine.", "Call me."]),
        ("en", "See no. 14, i.e. the blue one.", ["See no. 14, i.e. the blue one."]),
        ("en", "I said no. We go on.", ["I said no.", "We go on."]),
        ("en", "Ask Mr. Smith or J. Doe at Acme Inc. today.", ["Ask Mr. Smith or J. Doe at Acme Inc. today."]),
        ("en", "Bring logos, fonts etc. Then start.", ["Bring logos, fonts etc.", "Then start."]),
        ("en", "the price is wrong. please fix it", ["the price is wrong.", "please fix it"]),
        ("en", "We wait... and wait... Call!", ["We wait... and wait...", "Call!"]),
        ("en", "Are you serious?! Again?? ok", ["Are you serious?!", "Again??", "ok"]),
        ("en", 'She asked "really?" and left.', ['She asked "really?" and left.']),
        ("en", "(See the file.) Then call.", ["(See the file.)", "Then call."]),
        ("en", "Is it new (?) or old?", ["Is it new (?) or old?"]),
        ("en", "Write to ann@shop.example. Or see www.shop.example. Thanks", None),
        ("en", "I paid 1250. Please check.", ["I paid 1250.", "Please check."]),
        ("da", "Vi ses kl. 9 d. 3. december, f.eks. i nr. 12.", ["Vi ses kl. 9 d. 3. december, f.eks. i nr. 12."]),
        ("da", "Det koster 500 kr. Vi betaler.", ["Det koster 500 kr.", "Vi betaler."]),
        ("da", "Det koster 500 kr. pr. stk. i år.", ["Det koster 500 kr. pr. stk. i år."]),
        ("hr", "Rok je 15. 3. 2026. u 10h. Javite se.", ["Rok je 15. 3. 2026. u 10h.", "Javite se."]),
        ("hr", "Iznos je 1.200,00. Hvala.", ["Iznos je 1.200,00.", "Hvala."]),
        ("hr", "Npr. danas, tj. odmah, br. 5 itd. Može?", ["Npr. danas, tj. odmah, br. 5 itd.", "Može?"]),
        ("ru", "Оплатим 5 тыс. руб. в пятницу, т.е. завтра.", ["Оплатим 5 тыс. руб. в пятницу, т.е. завтра."]),
        ("ru", "Открылись в 2026 г. Потом закрылись.", ["Открылись в 2026 г.", "Потом закрылись."]),
        ("ru", "Макеты, тексты и т. д. Жду.", ["Макеты, тексты и т. д.", "Жду."]),
        ("ru", "Спасибо)) До связи) Пока", ["Спасибо))", "До связи)", "Пока"]),
        ("tl", "Salamat po! Sina Gng. Cruz, atbp. Sige.", ["Salamat po!", "Sina Gng. Cruz, atbp.", "Sige."]),
        ("any", "Thanks :) See you", ["Thanks :)", "See you"]),
        ("any", "Thanks! :) See you", ["Thanks! :)", "See you"]),
        ("any", "Super 👍 Vidimo se", ["Super 👍", "Vidimo se"]),
        ("any", "i love it 😊 and more", ["i love it 😊 and more"]),
    ],
)
def test_marks_end_a_sentence_only_where_they_do(lang: str, text: str, expected: list[str] | None) -> None:
    wanted = ["Write to ann@shop.example.", "Or see www.shop.example.", "Thanks"] if expected is None else expected
    assert parts(text) == wanted


def test_a_blank_line_always_ends_a_sentence() -> None:
    assert parts("we thought about\n\nthe other one") == ["we thought about", "the other one"]


def test_a_wrapped_line_goes_on() -> None:
    text = "This sentence is long enough that the program which sent it broke it at\nthe usual column. Then it ends."
    assert parts(text) == [text[:-14].strip(), "Then it ends."]


def test_a_capital_after_a_wrapped_line_goes_on_too() -> None:
    text = "We have talked about it at length with our colleague from the city of New\nYork and we agree."
    assert parts(text) == [text]


def test_an_indented_line_in_small_letters_goes_on() -> None:
    text = "  You have played with the newest\n      system for a month or so.\n  Call us.\n  Or write."
    assert parts(text) == ["You have played with the newest\n      system for a month or so.", "Call us.", "Or write."]
    assert parts("send the logo\r\nand call me") == ["send the logo", "and call me"]


def test_short_lines_are_meant() -> None:
    assert parts("logo still wrong\ncall me\nThanks") == ["logo still wrong", "call me", "Thanks"]


def test_a_short_line_with_a_comma_goes_on_in_small_letters() -> None:
    assert parts("if it is red,\nmake it blue") == ["if it is red,\nmake it blue"]


@pytest.mark.parametrize(
    "greeting", ["Hi Jo,", "Kære Mette", "Poštovani g. Horvat,", "Здравствуйте, Анна!", "Magandang araw po,"]
)
def test_a_greeting_line_stands_alone(greeting: str) -> None:
    assert parts(f"{greeting}\nwe need the file.") == [greeting, "we need the file."]


def test_list_items_are_sentences() -> None:
    text = "Two things:\n- the logo\n• the footer\n1. First. 2. Second\n3) third"
    assert parts(text) == ["Two things:", "- the logo", "• the footer", "1. First.", "2. Second", "3) third"]


def test_windows_line_breaks_count_once() -> None:
    assert parts("Hello Jo,\r\nall fine.\r\n\r\nbye") == ["Hello Jo,", "all fine.", "bye"]


@pytest.mark.parametrize("text", ["", "  \n\t\n "])
def test_a_blank_text_has_no_sentences(text: str) -> None:
    assert sentences(text) == []


def test_the_component_sets_the_same_sentences() -> None:
    nlp = spacy.blank("xx")
    nlp.add_pipe("mailsignals_sentences")
    text = "  Hi Jo,\n\nIt costs 500 kr. pr. stk. Fine?! ok :) Bye  "
    found = [sent.text.strip() for sent in nlp(text).sents]
    assert found == parts(text)


def test_the_component_is_found_by_its_entry_point() -> None:
    assert spacy.blank("da").add_pipe("mailsignals_sentences") is not None
