from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from mailsignals.report.digest_signal import Frame
from mailsignals.report.digest_view import Reply
from mailsignals.report.reply import plays, reply
from mailsignals.report.words import LocalTime
from mailsignals.signals.catalogue import catalogue
from mailsignals.text.language import language_of
from mailsignals.types import (
    Address,
    BehaviourState,
    ClientState,
    Facts,
    Invoice,
    Quote,
    SignalState,
    Stage,
    Verdict,
)
from support import digest_example as example

TODAY = example.NOW.date()
FRAME = Frame(LocalTime(example.ZAGREB, example.NOW), example.SINCE, hide_text=False)
HIDDEN = replace(FRAME, hide_text=True)
EXCUSES = {
    "en": "The bank was closed.",
    "ru": "Бухгалтер в отпуске.",
    "hr": "Računovodstvo je na godišnjem.",
    "da": "Bogholderen holder ferie.",
    "tl": "Naka-leave ang accountant namin.",
}


def said(tag: str, words: str, writer: Address = example.JUN, *, lang: str = "en", days_ago: float = 1) -> Quote:
    return example.quote(tag, words, writer, lang=lang, days_ago=days_ago)


def client(*signals: SignalState, stage: Stage = Stage.SET_BOUNDARIES, **facts: Any) -> ClientState:
    state = example.client("Loopnest", 0.7, *signals, people=(example.JUN,), verdict=Verdict(stage))
    return replace(state, **facts)


def excused(lang: str = "en", writer: Address = example.JUN, **facts: Any) -> ClientState:
    """A client of one person who explained a payment away."""
    quote = said("payment_excuse", EXCUSES.get(lang, "Bank war zu."), writer, lang=lang)
    return client(example.signal(0.7, quote), **{"lang": lang, "people": (writer,)} | facts)


def drafted(state: ClientState, frame: Frame = FRAME, measured: Sequence[BehaviourState] = ()) -> Reply:
    draft = reply(state.signals, state, frame, measured)
    assert draft
    return draft


def words(draft: Reply) -> str:
    return " ".join(draft.lines)


def bill(number: str, due: date | None, amount: float = 2400.0, paid: float = 0.0) -> Invoice:
    return Invoice(number, "Loopnest", TODAY - timedelta(days=90), due, amount, "EUR", paid_amount=paid)


def measure(signal: str, score: float = 0.8) -> BehaviourState:
    return BehaviourState(signal, 9.0, "days", score, "It took nine days.")


# whom and what it answers


def test_an_insult_is_answered_before_what_is_newer_and_stronger() -> None:
    insult, doubt = said("aggression", "You fools.", days_ago=3), said("distrust", "Where are the hours?")
    state = client(example.signal(0.8, doubt), example.signal(0.5, insult))
    assert "personal remarks" in words(drafted(state))


def test_who_wrote_last_is_told_to_wait() -> None:
    last = excused(facts=Facts(received=3, sent=2))
    assert drafted(last).note == "We wrote last: keep it until their answer is late."
    assert drafted(excused(facts=Facts(received=3, sent=2, unanswered=1))).note == ""


def test_work_that_rests_until_paid_has_a_draft_of_its_own_and_what_no_ledger_says_stays_open() -> None:
    state = excused("hr", example.IVANA, verdict=Verdict(Stage.STOP_WORK))
    text = words(drafted(state))
    assert "ačun [broj] u iznosu od [iznos], s dospijećem [dospijeće], još nije plaćen" in text
    assert "obustavljam rad" in text


def test_a_first_excuse_gets_a_friendly_reminder_and_no_stop_of_work() -> None:
    for lang in EXCUSES:
        for texts in (catalogue()["payment_excuse"].reply, catalogue()["payment_excuse"].familiar):
            assert not re.search(r"paus|пауз|pauzir|pause|приостан|obustav", texts.get(lang, ""), re.IGNORECASE)
    assert "these things happen. Invoice [number] for [amount], due on [due date], is still open" in words(
        drafted(excused())
    )


# their own words


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [
        ("en", "In your message of 24 Nov you wrote: “The bank was closed.” Thank you"),
        ("ru", "В письме от 24 ноября Вы пишете: «Бухгалтер в отпуске». Спасибо"),
        ("hr", "u poruci od 24. studenoga pišete: „Računovodstvo je na godišnjem.” Hvala"),
        ("da", "Den 24. november skrev du: »Bogholderen holder ferie.« Tak"),
        ("tl", "Sabi po ninyo sa email noong Nobyembre 24: “Naka-leave ang accountant namin.” Salamat"),
    ],
)
def test_a_draft_repeats_their_sentence_with_its_day(lang: str, sentence: str) -> None:
    assert drafted(excused(lang)).lines[1].startswith(sentence)


@pytest.mark.parametrize(
    ("lang", "begins"), [("en", "Thank you"), ("ru", "Спасибо"), ("hr", "hvala"), ("da", "Tak"), ("tl", "Salamat po")]
)
def test_where_words_are_hidden_the_sentence_that_repeats_them_is_left_out(lang: str, begins: str) -> None:
    draft = drafted(excused(lang), HIDDEN)
    assert draft.lines[1].startswith(begins)
    assert "[quote]" not in words(draft)


def test_a_long_sentence_is_shortened_at_a_word() -> None:
    long = said("payment_excuse", "The transfer is waiting for a signature " * 9)
    assert re.search(r": “(The transfer [^”]{60,105} …)” Thank", words(drafted(client(example.signal(0.7, long)))))


def test_a_question_that_is_repeated_gets_no_full_stop_and_inner_quotation_marks_differ() -> None:
    doubt = said("distrust", "Где отчёт «за июнь»?", example.GLEB, lang="ru")
    assert "Вы пишете: «Где отчёт „за июнь“?» Хорошо," in words(drafted(client(example.signal(0.7, doubt))))


def test_brackets_in_their_words_are_not_filled_in() -> None:
    sly = said("payment_excuse", r"We pay on [date], see [number] and \1.")
    text = words(drafted(client(example.signal(0.7, sly), invoices=(bill("14-2026", TODAY),))))
    assert r"“We pay on [date], see [number] and \1.”" in text


def test_insults_are_not_repeated() -> None:
    insult = said("aggression", "You fools.")
    assert "fools" not in words(drafted(client(example.signal(0.8, insult))))
    doubt = replace(insult, label="distrust", words="You fools. Where are the hours?")
    text = words(reply_to_first(client(example.signal(0.8, doubt), example.signal(0.5, insult))))
    assert "fools" not in text
    assert "Thank you for raising this" in text


def reply_to_first(state: ClientState) -> Reply:
    draft = reply(state.signals[:1], state, FRAME)
    assert draft
    return draft


def test_the_sentence_is_one_of_the_person_who_is_addressed() -> None:
    state = client(
        example.signal(
            0.7,
            replace(said("payment_excuse", "You fools, wait."), message_id="1@x"),
            said("payment_excuse", "I forgot.", example.PRIYA),
        ),
        example.signal(0.5, replace(said("aggression", "You fools, wait."), message_id="1@x")),
    )
    text = words(reply_to_first(state))
    assert text.startswith("Hello Jun, Thank you for letting me know")


def test_a_notice_that_work_rests_repeats_the_excuse_and_goes_to_who_gave_it() -> None:
    state = excused("hr", example.IVANA, verdict=Verdict(Stage.STOP_WORK), people=(example.TOMO, example.IVANA))
    state = replace(state, greetings={example.IVANA.person: "Poštovana gospođo Kovačević,"}, our_lang="hr")
    assert drafted(state).lines[0] == "Poštovana gospođo Kovačević,"
    assert "pišete: „Računovodstvo je na godišnjem.” Račun [broj]" in words(drafted(state))


# language


@pytest.mark.parametrize("lang", list(EXCUSES))
def test_a_draft_is_in_the_language_of_the_mail_that_it_answers_whatever_we_wrote_last(lang: str) -> None:
    state = excused(lang, our_lang="da" if lang != "da" else "en")
    assert drafted(state).lang == lang
    assert language_of(drafted(state, HIDDEN).lines[1]) == lang


def test_a_client_whose_usual_language_is_another_is_answered_in_that_of_the_mail() -> None:
    assert drafted(replace(excused("hr"), lang="en", our_lang="en")).lang == "hr"


@pytest.mark.parametrize(
    ("sentence", "lang"),
    [
        ("We will pay next month na lang, wala pa kasi yung approval.", "tl"),
        ("Please wait for our transfer po.", "tl"),
        ("Please send us the PO number first.", "en"),
        ("Next month is better for us.", "en"),
    ],
)
def test_taglish_is_answered_in_tagalog_though_it_reads_as_english(sentence: str, lang: str) -> None:
    state = client(example.signal(0.7, said("payment_excuse", sentence)), lang="en", our_lang="en")
    assert drafted(state).lang == lang


def test_a_sentence_too_short_to_tell_is_answered_in_the_clients_usual_language() -> None:
    state = client(example.signal(0.7, said("payment_excuse", "OK.", lang="und")), lang="hr", our_lang="en")
    assert drafted(state).lang == "hr"


def test_a_language_without_drafts_is_answered_in_ours_and_else_in_english() -> None:
    assert drafted(excused("de", our_lang="hr")).lang == "hr"
    assert drafted(excused("de", our_lang="de")).lang == "en"


# manner and greeting, of one and the same person


@pytest.mark.parametrize(
    ("lang", "manner", "begins", "has", "ends"),
    [
        ("en", "formal", "Dear Jun dela Cruz,", "Thank you for", "Kind regards,"),
        ("en", "", "Hello Jun,", "Thank you for", "thank you."),
        ("en", "informal", "Hi Jun,", "it's already on its way", "thanks."),
        ("ru", "formal", "Здравствуйте!", "Подскажите,", "С уважением,"),
        ("ru", "", "Здравствуйте!", "Подскажите,", "спасибо."),
        ("ru", "informal", "Jun, привет!", "Подскажи,", "спасибо."),
        ("hr", "formal", "Dobar dan,", "Možete li mi", "S poštovanjem,"),
        ("hr", "informal", "Bok,", "Možeš li mi", "hvala ti."),
        ("da", "formal", "Kære Jun dela Cruz", "Kan du", "Med venlig hilsen"),
        ("da", "informal", "Hej Jun", "Kan du", "tak for det."),
        ("tl", "formal", "Magandang araw po,", "Hindi pa po bayad", "Lubos na gumagalang,"),
        ("tl", "informal", "Hi Jun,", "Hindi pa bayad", "salamat."),
    ],
)
def test_the_draft_speaks_as_the_client_does(lang: str, manner: str, begins: str, has: str, ends: str) -> None:
    draft = drafted(excused(lang, manner=manner))
    assert draft.lines[0] == begins
    assert has in words(draft)
    assert draft.lines[-1].endswith(ends)


@pytest.mark.parametrize("lang", ["ru", "hr", "tl"])
def test_a_familiar_draft_says_no_polite_word_and_a_polite_one_no_familiar_word(lang: str) -> None:
    polite = {"ru": r"\bВ(?:ы|ас|ам|аш\w*)\b", "hr": r"\b(?:Vi|Vas|Vam|Vaš\w*)\b", "tl": r"\bpo(?:ng)?\b"}[lang]
    familiar = {
        "ru": r"\b(?:ты|тебя|тебе|твой|твоя|твои|твою)\b",
        "hr": r"\b(?:tebe|tebi|tvoj\w*|javi mi|možeš|molim te|hvala ti)\b",
        "tl": r"\b(?:mo|iyo|ikaw)\b",
    }[lang]
    for signal in catalogue().values():
        assert not re.search(polite, signal.familiar[lang])
        assert not re.search(familiar, signal.reply[lang])


def test_formal_english_has_no_contractions_and_no_slang() -> None:
    drafts = [signal.reply["en"] for signal in catalogue().values()]
    drafts += [play.reply["en"] for play in plays().values() if play.reply]
    assert not [draft for draft in drafts if re.search(r"\w['’](?:ll|m|ve|d|re|t)\b|(?<!else)'s\b", draft)]
    assert not [draft for draft in drafts if "keep my head down" in draft or "made my day" in draft]


def test_a_familiar_draft_never_follows_a_formal_greeting() -> None:
    state = excused("hr", example.TOMO, manner="informal", our_lang="hr")
    greeted = drafted(replace(state, greetings={example.TOMO.person: "Poštovani gospodine Perkoviću,"}))
    assert greeted.lines[0] == "Poštovani gospodine Perkoviću,"
    assert "Možete li mi, molim Vas" in words(greeted)
    day = drafted(replace(state, greetings={example.TOMO.person: "Dobar dan, gospodine Galeb,"}))
    assert "Možete li mi" in words(day)


def test_a_formal_draft_never_follows_a_familiar_greeting() -> None:
    state = excused("hr", example.IVANA, manner="formal", our_lang="hr", greetings={example.IVANA.person: "Bok Ivana,"})
    assert drafted(state).lines[0] == "Bok Ivana,"
    assert "Možeš li mi" in words(drafted(state))


def test_a_name_with_a_patronymic_is_no_familiar_greeting() -> None:
    state = excused("ru", example.GLEB, manner="informal", our_lang="ru")
    state = replace(state, greetings={example.GLEB.person: "Глеб Петрович,"})
    assert drafted(state).lines[0] == "Глеб Петрович,"
    assert "Подскажите" in words(drafted(state))


def test_what_one_person_allows_another_has_not() -> None:
    state = excused("ru", example.GLEB, manner="informal", people=(example.GLEB, example.IVANA))
    assert drafted(state).lines[0] == "Здравствуйте!"
    theirs = said("payment_excuse", "Слушай, ты же понимаешь, денег нет.", example.GLEB, lang="ru")
    allowed = replace(state, signals=(example.signal(0.7, theirs),))
    assert drafted(allowed).lines[0] == "Глеб, привет!"


def test_who_says_po_hears_po_even_where_we_say_hi() -> None:
    excuse = said("payment_excuse", "Next week na lang po, wala din po kasi ang accountant.", lang="tl")
    state = client(example.signal(0.7, excuse), manner="informal", our_lang="en", lang="tl")
    draft = drafted(replace(state, greetings={example.JUN.person: "Hi Jun,"}))
    assert draft.lines[0] == "Hi Jun,"
    assert "Hindi pa po bayad" in words(draft)


def test_a_greeting_in_another_language_than_the_draft_is_not_used() -> None:
    state = excused("de", our_lang="de", greetings={example.JUN.person: "Sehr geehrter Herr Jun,"})
    assert (drafted(state).lang, drafted(state).lines[0]) == ("en", "Hello Jun,")


@pytest.mark.parametrize(
    ("name", "email", "formal", "informal"),
    [
        ("Jens-Peter Holm", "jp@x.example", "Dear Jens-Peter Holm,", "Hi Jens-Peter,"),
        ("Mary O'Brien", "m@x.example", "Dear Mary O'Brien,", "Hi Mary,"),
        ("D’Arcy Wood", "d@x.example", "Dear D’Arcy Wood,", "Hi D’Arcy,"),
        ("Cruz, Jun", "jun@x.example", "Dear Jun Cruz,", "Hi Jun,"),
        ('"dela Cruz, Jun"', "jdc@x.example", "Dear Jun dela Cruz,", "Hi Jun,"),
        ("Lund Sørensen, Mette", "mette@x.example", "Dear Mette Lund Sørensen,", "Hi Mette,"),
        ("Iva Horvat, Miramar", "office@miramar.example", "Dear Iva Horvat,", "Hi Iva,"),
        ("Priya Raman, CEO", "p@x.example", "Dear Priya Raman,", "Hi Priya,"),
        ("Priya Raman (Brightwell)", "p@x.example", "Dear Priya Raman,", "Hi Priya,"),
        ("Dr. Priya Raman", "p@x.example", "Dear Dr. Raman,", "Hi Priya,"),
        ("Mr Jun dela Cruz", "j@x.example", "Dear Mr dela Cruz,", "Hi Jun,"),
        ("J. Cruz", "j@x.example", "Dear J. Cruz,", "Hi [name],"),
        ("jun@x.example", "jun@x.example", "Dear [name],", "Hi [name],"),
        ("", "jun@x.example", "Dear [name],", "Hi [name],"),
        (example.HOSTILE.name, "x@x.example", "Dear [name],", "Hi [name],"),
    ],
)
def test_a_name_is_greeted_in_whatever_way_it_is_written(name: str, email: str, formal: str, informal: str) -> None:
    for manner, greeting in (("formal", formal), ("informal", informal)):
        assert drafted(excused(writer=Address(email, name), manner=manner)).lines[0] == greeting


def test_a_croatian_name_that_would_need_the_vocative_is_left_out() -> None:
    assert drafted(excused("hr", example.TOMO, manner="informal")).lines[0] == "Bok,"
    assert drafted(excused("hr", example.IVANA, manner="informal")).lines[0] == "Bok Ivana,"


def test_where_words_are_hidden_no_name_is_shown() -> None:
    state = excused(manner="informal", our_lang="en", greetings={example.JUN.person: "Hi Jun,"})
    assert drafted(state, HIDDEN).lines[0] == "Hi [name],"


# days and bills


def test_a_reminder_names_the_bill_that_is_overdue_longest() -> None:
    bills = (
        bill("12-2026", TODAY - timedelta(days=50), paid=2400.0),
        bill("14-2026", TODAY - timedelta(days=20), paid=150.0),
        bill("15-2026", TODAY - timedelta(days=5)),
        bill("16-2026", None),
    )
    text = words(drafted(excused("hr", invoices=bills)))
    assert "Račun 14-2026 u iznosu od 2.250,00 EUR, s dospijećem 5. studenoga, još je otvoren." in text


def test_a_bill_that_is_not_yet_due_is_reminded_of_but_no_reason_to_rest() -> None:
    state = excused(invoices=(bill("15-2026", TODAY + timedelta(days=5)),))
    assert "Invoice 15-2026 for EUR 2,400.00, due on 30 Nov, is still open" in words(drafted(state))
    assert "pausing the work" not in words(drafted(replace(state, verdict=Verdict(Stage.STOP_WORK))))


def test_who_has_paid_everything_is_neither_told_that_work_rests_nor_asked_for_money() -> None:
    paid = excused(invoices=(bill("15-2026", TODAY - timedelta(days=20), paid=2400.0),))
    for stage in (Stage.STOP_WORK, Stage.SET_BOUNDARIES):
        assert reply(paid.signals, replace(paid, verdict=Verdict(stage)), FRAME) is None


def test_a_late_bill_that_asks_for_a_reminder_gets_a_friendly_one() -> None:
    late = client(invoices=(bill("1", TODAY - timedelta(days=18), 300.0),), facts=Facts(received=3, sent=2))
    due = drafted(replace(late, verdict=Verdict(Stage.WATCH, is_reminder_due=True)))
    assert "in case it slipped through: invoice 1 for EUR 300.00, due on 7 Nov, is still open" in words(due)
    assert due.note == ""
    assert reply([], replace(late, verdict=Verdict(Stage.WATCH)), FRAME) is None


@pytest.mark.parametrize("stage", [Stage.STOP_WORK, Stage.CONSIDER_PARTING])
def test_a_notice_that_work_rests_or_ends_waits_for_no_answer(stage: Stage) -> None:
    late = bill("1", TODAY - timedelta(days=18))
    state = excused(invoices=(late,), facts=Facts(received=3, sent=2), verdict=Verdict(stage))
    assert drafted(state).note == ""


def test_a_bill_without_a_due_day_is_named_and_its_day_left_open() -> None:
    state = excused(invoices=(bill("15-2026", None),))
    assert "Invoice 15-2026 for EUR 2,400.00, due on [due date]," in words(drafted(state))


@pytest.mark.parametrize(
    ("lang", "due"),
    [
        ("en", "due on 20 Dec 2025,"),
        ("ru", "20 декабря 2025 года"),
        ("hr", "20. prosinca 2025., još"),
        ("da", "20. december 2025"),
        ("tl", "Disyembre 20, 2025"),
    ],
)
def test_a_day_of_another_year_carries_it(lang: str, due: str) -> None:
    assert due in words(drafted(excused(lang, invoices=(bill("1", date(2025, 12, 20)),))))


def test_a_day_that_only_we_can_promise_stays_in_brackets() -> None:
    doubt = said("aggression", "Budale.", lang="hr")
    assert "do [2. prosinca]" in words(drafted(client(example.signal(0.7, doubt))))


# behaviour


@pytest.mark.parametrize(
    ("signal", "has"),
    [
        ("payment_drift", "in case it slipped through: invoice [number]"),
        ("unresponsive", "If I have them by [2 Dec], the schedule holds"),
        ("chasing", "short status every Monday"),
        ("off_hours_contact", "whenever it suits you"),
        ("revision_churn", "in one list by [2 Dec]"),
        ("approver_sprawl", "name one person by [2 Dec]"),
        ("attention_share", "overview of the hours by [2 Dec]"),
        ("souring", "something has changed between us"),
    ],
)
def test_behaviour_that_a_mail_can_mend_has_a_draft(signal: str, has: str) -> None:
    draft = drafted(client(), measured=[measure(signal)])
    assert draft.lines[0] == "Hello Jun,"
    assert has in words(draft)


def test_who_pays_late_is_reminded_of_what_is_overdue_and_of_nothing_else() -> None:
    late, soon, paid = bill("1", TODAY - timedelta(days=9)), bill("2", TODAY), bill("3", TODAY, paid=2400.0)
    drift = [measure("payment_drift")]
    assert "invoice 1 for EUR 2,400.00, due on 16 Nov" in words(drafted(client(invoices=(late, soon)), measured=drift))
    assert reply([], client(invoices=(soon, paid)), FRAME, drift) is None


def test_one_hostile_person_and_our_own_side_are_not_answered_by_mail() -> None:
    assert reply([], client(), FRAME, [measure("hostile_contact"), measure("our_side")]) is None


def test_what_was_written_is_answered_before_behaviour_that_is_not_stronger() -> None:
    excuse = excused()
    assert "slipped through" in words(drafted(excuse, measured=[measure("payment_drift", 0.9)]))
    assert "these things happen" in words(drafted(excuse, measured=[measure("payment_drift", 0.6)]))
    insulted = client(example.signal(0.5, said("aggression", "You fools.")))
    assert "personal remarks" in words(drafted(insulted, measured=[measure("payment_drift", 0.9)]))


def test_a_draft_for_behaviour_is_in_the_language_of_the_persons_last_sentence() -> None:
    praise = said("appreciation", "Salamat po sa magandang gawa.", lang="tl")
    state = client(example.signal(0.4, praise), lang="en", our_lang="en")
    draft = reply([], state, FRAME, [measure("unresponsive")])
    assert draft
    assert draft.lang == "tl"
    assert "Alam ko pong" in words(draft)


def test_a_reminder_does_not_wait_for_the_answer_that_it_reminds_of() -> None:
    state = client(facts=Facts(received=3, sent=2))
    assert drafted(state, measured=[measure("unresponsive")]).note == ""
    assert drafted(state, measured=[measure("chasing")]).note.startswith("We wrote last")


def test_every_stage_but_calm_says_what_helps() -> None:
    assert set(plays()) == set(Stage) - {Stage.CALM}
    assert "Look at our own side first." in plays()[Stage.WATCH].advice


def test_a_digest_shows_the_draft_for_behaviour_that_is_told() -> None:
    state = replace(client(example.signal(0.1, tag="vague_brief")), behaviour=(measure("unresponsive"),))
    told = replace(example.alert(state, "vague_brief"), tag="unresponsive", evidence=("1@x",))
    [section] = example.example_digest(states=[state], alerts=[told]).sections
    assert section.reply
    assert "If I have them by" in words(section.reply)
