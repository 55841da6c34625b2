from __future__ import annotations

from datetime import date

import pytest

from mailsignals.behaviour.cues import our_cues, their_cues

DAY = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("lang", "text", "kind"),
    [
        ("en", "Just a reminder that invoice 14 is overdue.", "our_reminder"),
        ("en", "Which of the two headers shall we keep?", "our_question"),
        ("en", "You will have the mobile version on Friday.", "our_promise"),
        ("en", "I am sorry for the delay.", "our_apology"),
        ("en", "Please find attached invoice 2026-014.", "invoice_sent"),
        ("en", "Here is our quote for the two pages: 540 EUR.", "quote_sent"),
        ("ru", "Напоминаю про счёт 2026-014.", "our_reminder"),
        ("ru", "Макет пришлём в пятницу.", "our_promise"),
        ("ru", "Извините за задержку.", "our_apology"),
        ("hr", "Podsjećam na račun 2026-014.", "our_reminder"),
        ("hr", "Skice šaljem u petak.", "our_promise"),
        ("hr", "U prilogu je račun 2026-014.", "invoice_sent"),
        ("da", "Jeg sender skitserne på fredag.", "our_promise"),
        ("da", "Beklager forsinkelsen.", "our_apology"),
        ("da", "Vedhæftet er faktura 2026-014.", "invoice_sent"),
        ("tl", "Isesend ko po ang draft sa Biyernes.", "our_promise"),
        ("tl", "Alin po sa dalawa ang gusto ninyo?", "our_question"),
        ("tl", "Paalala lang po sa invoice, hindi pa po bayad.", "our_reminder"),
    ],
)
def test_what_our_mail_does_is_found(lang: str, text: str, kind: str) -> None:
    assert kind in {cue.kind.value for cue in our_cues(text, lang, DAY)}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("How are you?", "our_question"),
        ("Sorry to bother you again.", "our_apology"),
        ("If you send the text by Friday, I will build the page.", "our_promise"),
        ("The page is online.", "our_promise"),
    ],
)
def test_what_only_looks_like_it_is_not(text: str, kind: str) -> None:
    assert kind not in {cue.kind.value for cue in our_cues(text, "en", DAY)}


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "So that nobody waits for nothing: we work Monday to Friday, 9:00 to 17:30."),
        ("ru", "Ждём одного решения до 27 марта."),
        ("hr", "Predlažem 475 eura sada i 475 eura 20. ožujka."),
        ("da", "Programmet bad jeg om den 18., 23. og 27. februar."),
        ("tl", "Hinihintay po namin ang logo, Marso 20 po."),
    ],
)
def test_who_waits_asks_or_looks_back_promises_nothing(lang: str, text: str) -> None:
    assert "our_promise" not in {cue.kind.value for cue in our_cues(text, lang, DAY)}


@pytest.mark.parametrize(
    ("lang", "text", "matter"),
    [
        ("en", "We'll pay on Friday.", "payment"),
        ("en", "You'll get the login tomorrow.", "access"),
        ("en", "I will get back to you by Monday.", "feedback"),
        ("en", "I'll send the photos tomorrow.", "content"),
        ("ru", "Оплатим в пятницу.", "payment"),
        ("hr", "Platit ću do petka.", "payment"),
        ("hr", "Ostatak do kraja tjedna, časna riječ.", "payment"),
        ("tl", "Ibibigay po ang bayad pagdating ng a-kinse.", "payment"),
        ("da", "Vi betaler på fredag.", "payment"),
        ("tl", "Babayaran po namin sa Biyernes.", "payment"),
    ],
)
def test_a_clients_promise_has_its_matter_and_day(lang: str, text: str, matter: str) -> None:
    (promise,) = [cue for cue in their_cues(text, lang, DAY) if cue.kind.value == "their_promise"]
    assert promise.matter is not None
    assert promise.matter.value == matter
    assert promise.due is not None


def test_offsets_slice_the_sentence() -> None:
    text = "Hi Ana,\n\nthanks. We'll pay on Friday. See you!"
    (promise,) = [cue for cue in their_cues(text, "en", DAY) if cue.due]
    assert text[promise.start : promise.end] == "We'll pay on Friday."


def test_a_refusal_in_russian_is_no_promise() -> None:
    assert not [cue for cue in their_cues("Доступ я вам не дам.", "ru", DAY) if cue.kind.value == "their_promise"]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "I got your notes and will send version two on Friday."),
        ("en", "I have fixed the header, and you'll get the rest tomorrow."),
        ("ru", "Получил правки, новый вариант пришлю в пятницу."),
        ("hr", "Dobio sam slike i nacrt šaljem u petak."),
        ("da", "Jeg fik billederne og sender udkastet på fredag."),
        ("tl", "Natanggap ko na po ang files, ipapadala ko po ang draft sa Biyernes."),
    ],
)
def test_who_looks_back_and_commits_all_the_same_promises(lang: str, text: str) -> None:
    assert "our_promise" in {cue.kind.value for cue in our_cues(text, lang, DAY)}


@pytest.mark.parametrize(
    ("lang", "text"),
    [("hr", "Ostatak teksta šaljem do petka."), ("tl", "Pagdating ng anak ko pag-usapan natin ang bayad.")],
)
def test_what_sounds_like_a_payment_is_none(lang: str, text: str) -> None:
    found = [
        cue.matter.value for cue in their_cues(text, lang, DAY) if cue.kind.value == "their_promise" and cue.matter
    ]
    assert "payment" not in found
