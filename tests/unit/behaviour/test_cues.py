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
        ("tl", "Ibabayad namin bukas.", "payment"),
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


def kinds(text: str, lang: str) -> set[str]:
    return {cue.kind.value for cue in their_cues(text, lang, DAY)}


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "You'll have it Friday."),
        ("ru", "Будет у вас в пятницу."),
        ("hr", "Imat ćete u petak."),
        ("da", "I har det fredag."),
        ("tl", "Makukuha niyo po sa Biyernes."),
    ],
)
def test_a_promise_that_names_a_day_but_no_matter_is_found(lang: str, text: str) -> None:
    (promise,) = [cue for cue in their_cues(text, lang, DAY) if cue.kind.value == "their_promise"]
    assert (promise.matter, promise.due) == (None, date(2026, 3, 13))


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "You'll have it."),
        ("en", "I'll be on holiday from Friday."),
        ("ru", "Будет у вас."),
        ("ru", "Буду в отпуске с пятницы."),
        ("hr", "Imat ćete."),
        ("hr", "U petak sam na godišnjem."),
        ("da", "I har det."),
        ("da", "Vi holder ferie fra fredag."),
        ("tl", "Makukuha niyo po."),
        ("tl", "Nasa bakasyon po kami simula Biyernes."),
    ],
)
def test_without_a_day_and_a_matter_or_without_a_pledge_nothing_is_promised(lang: str, text: str) -> None:
    assert "their_promise" not in kinds(text, lang)


@pytest.mark.parametrize(
    ("lang", "text", "matter"),
    [
        ("en", "Payment is scheduled for Friday.", "payment"),
        ("ru", "Оплата запланирована на пятницу.", "payment"),
        ("hr", "Uplata je zakazana za petak.", "payment"),
        ("da", "Betalingen er sat til fredag.", "payment"),
        ("tl", "Naka-schedule po ang payment sa Biyernes.", "payment"),
        ("en", "Marek will give you access on Monday.", "access"),
        ("ru", "Марек даст доступ в понедельник.", "access"),
        ("hr", "Marek će vam dati pristup u ponedjeljak.", "access"),
        ("da", "Marek giver dig adgang på mandag.", "access"),
        ("tl", "Bibigyan po kayo ni Marek ng access sa Lunes.", "access"),
    ],
)
def test_a_promise_may_be_planned_or_made_for_somebody_else(lang: str, text: str, matter: str) -> None:
    (promise,) = [cue for cue in their_cues(text, lang, DAY) if cue.kind.value == "their_promise"]
    assert promise.matter is not None
    assert promise.matter.value == matter
    assert promise.due is not None


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "We will never pay."),
        ("en", "I won't send the texts on Friday."),
        ("ru", "В пятницу не заплатим."),
        ("ru", "Платить мы не будем."),
        ("hr", "Ne plaćamo do petka."),
        ("hr", "Nećemo poslati slike u petak."),
        ("da", "Vi betaler ikke på fredag."),
        ("da", "Det betaler vi aldrig."),
        ("tl", "Hindi po namin babayaran sa Biyernes."),
        ("tl", "Hindi ko ipapadala ang photos bukas."),
    ],
)
def test_a_refusal_promises_nothing(lang: str, text: str) -> None:
    assert "their_promise" not in kinds(text, lang)


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "Don't worry, we'll pay Friday."),
        ("en", "We won't pay by cheque but we'll transfer it Friday."),
        ("ru", "Не волнуйтесь, оплатим в пятницу."),
        ("ru", "Не позднее пятницы оплатим."),
        ("hr", "Ne brinite, platit ćemo u petak."),
        ("da", "I skal ikke være nervøse, vi betaler fredag."),
        ("tl", "Huwag po kayong mag-alala, babayaran namin sa Biyernes."),
    ],
)
def test_a_not_that_is_no_refusal_leaves_the_promise(lang: str, text: str) -> None:
    (promise,) = [cue for cue in their_cues(text, lang, DAY) if cue.kind.value == "their_promise"]
    assert promise.due == date(2026, 3, 13)


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "Once the logo is in, we'll pay on Friday."),
        ("en", "I hope to pay on Friday."),
        ("ru", "Как только придёт макет, оплатим."),
        ("hr", "Kad dobijemo logo, platit ćemo."),
        ("da", "Når logoet er klar, betaler vi."),
        ("tl", "Kapag natapos na po, babayaran namin."),
        ("tl", "Pag dumating ang pera, magbabayad kami sa Biyernes."),
        ("tl", "Magbabayad kami pag-uwi ko sa Biyernes."),
    ],
)
def test_a_condition_or_a_wish_promises_nothing(lang: str, text: str) -> None:
    assert "their_promise" not in kinds(text, lang)


@pytest.mark.parametrize("waiting", ["paghihintay", "pag-aantay", "pagkaantala", "pag-unawa", "pag-intindi"])
def test_pag_that_makes_a_noun_is_no_if(waiting: str) -> None:
    (promise,) = their_cues(f"Pasensya na po sa {waiting}, magbabayad po kami sa Biyernes.", "tl", DAY)
    assert (promise.kind.value, promise.due) == ("their_promise", date(2026, 3, 13))


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "This isn't what we asked for."),
        ("en", "We did not ask for this."),
        ("en", "Nobody approved this."),
        ("ru", "Это не то, что мы просили."),
        ("ru", "Никто этого не согласовывал."),
        ("hr", "Ovo nije ono što smo tražili."),
        ("hr", "Nitko ovo nije odobrio."),
        ("da", "Det er ikke det, vi bad om."),
        ("da", "Ingen har godkendt det her."),
        ("tl", "Hindi po ito ang hiningi namin."),
        ("tl", "Walang nag-approve nito."),
    ],
)
def test_what_was_not_asked_for_or_approved_is_taken_back(lang: str, text: str) -> None:
    assert "taken_back" in kinds(text, lang)
    assert "approval" not in kinds(text, lang)


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "Perfect timing, thanks."),
        ("en", "great, talk soon"),
        ("ru", "Отлично, до связи!"),
        ("hr", "Super, čujemo se"),
        ("da", "Super, vi snakkes ved."),
        ("tl", "Perfect, usap tayo bukas."),
    ],
)
def test_a_word_of_praise_alone_approves_nothing(lang: str, text: str) -> None:
    assert "approval" not in kinds(text, lang)


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "Looks great!"),
        ("en", "Love it"),
        ("en", "The logo is perfect."),
        ("en", "Approved, print it."),
        ("ru", "Очень нравится!"),
        ("ru", "Логотип отличный."),
        ("hr", "Sviđa nam se!"),
        ("hr", "Logo je super."),
        ("da", "Det ser flot ud!"),
        ("da", "Logoet er perfekt."),
        ("tl", "Ang ganda po!"),
        ("tl", "Ang ganda ng logo."),
    ],
)
def test_praise_of_the_work_or_nothing_but_praise_approves(lang: str, text: str) -> None:
    assert "approval" in kinds(text, lang)


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "Please send us the texts."),
        ("en", "Let me know which one you prefer."),
        ("ru", "Пришлите, пожалуйста, тексты."),
        ("hr", "Molim vas pošaljite tekstove."),
        ("da", "Send os venligst teksterne."),
        ("tl", "Pakisend po ang texts."),
    ],
)
def test_a_request_is_a_question(lang: str, text: str) -> None:
    assert "their_question" in kinds(text, lang)


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "Here is the draft for your approval."),
        ("ru", "Макет отправил вам на согласование."),
        ("hr", "Nacrt je kod vas na odobrenje."),
        ("da", "Udkastet ligger til godkendelse."),
        ("tl", "Nasa link po ang draft for your approval."),
    ],
)
def test_what_we_send_for_approval_is_our_question(lang: str, text: str) -> None:
    assert "our_question" in {cue.kind.value for cue in our_cues(text, lang, DAY)}


@pytest.mark.parametrize(
    ("lang", "text", "is_paid"),
    [
        ("en", "Paid this morning.", True),
        ("en", "The invoice has not been paid.", False),
        ("en", "The photos have been sent.", False),
        ("ru", "Оплатили сегодня утром.", True),
        ("ru", "Мы ещё не оплатили.", False),
        ("hr", "Uplata je otišla jutros.", True),
        ("hr", "Račun nije plaćen.", False),
        ("da", "Vi har lige betalt fakturaen.", True),
        ("da", "Vi har ikke betalt endnu.", False),
        ("tl", "Nabayaran na po namin kahapon.", True),
        ("tl", "Hindi pa po namin nabayaran.", False),
    ],
)
def test_paid_is_what_was_paid(lang: str, text: str, is_paid: bool) -> None:
    assert ("paid" in kinds(text, lang)) == is_paid


def ours(text: str, lang: str) -> set[str]:
    return {cue.kind.value for cue in our_cues(text, lang, DAY)}


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "Sorry, we are running behind with the sketches."),
        ("en", "Apologies, this is late."),
        ("ru", "Извините, эскизы задерживаются."),
        ("hr", "Oprostite, kasnimo sa skicama."),
        ("da", "Sorry, vi er bagud med skitserne."),
        ("tl", "Pasensya na po, late ang sketches."),
    ],
)
def test_an_apology_may_be_a_word_and_a_comma(lang: str, text: str) -> None:
    assert "our_apology" in ours(text, lang)


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "What comes in at the weekend is answered on Monday."),
        ("ru", "Всё, что приходит в выходные, разбираем в понедельник."),
        ("hr", "Što stigne za vikend, rješavamo u ponedjeljak."),
        ("da", "Hvad der kommer i weekenden, besvares på mandag."),
        ("tl", "Lahat ng pumasok sa weekend, sinasagot po sa Lunes."),
        ("en", "We won't make the 20th of March."),
        ("ru", "Срок 20 марта мы не удержим."),
        ("hr", "Rok 20. ožujka nećemo stići."),
        ("da", "Vi når ikke den 20. marts."),
        ("tl", "Hindi po namin maaabot ang Marso 20."),
    ],
)
def test_a_rule_of_ours_or_what_we_will_not_manage_is_no_promise(lang: str, text: str) -> None:
    assert "our_promise" not in ours(text, lang)


def test_what_we_will_not_manage_leaves_what_we_will() -> None:
    assert "our_promise" in ours("We won't make Thursday, but you will have it on Friday.", "en")


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "The photos follow on Friday."),
        ("ru", "Ключи оставлю у консьержки в пятницу."),
        ("hr", "U petak će vam otključati moj tata."),
        ("da", "Nøglen ligger i postkassen fra på fredag."),
        ("tl", "Iiwan ko po sa guard ang susi sa Biyernes."),
    ],
)
def test_what_comes_by_itself_or_lets_us_in_is_a_promise(lang: str, text: str) -> None:
    (promise,) = [cue for cue in their_cues(text, lang, DAY) if cue.kind.value == "their_promise"]
    assert promise.due == date(2026, 3, 13)


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "We ordered oak, and what's standing here is pine."),
        ("ru", "Мы заказывали матовый фасад, а привезли глянец."),
        ("hr", "Tražili smo crvenu, a dobili smo plavu."),
        ("da", "Vi bestilte lys eg, og det er mørkt."),
        ("tl", "Size 8 ang order ko pero 6 ang dumating."),
    ],
)
def test_one_thing_ordered_and_another_delivered_is_taken_back(lang: str, text: str) -> None:
    assert "taken_back" in kinds(text, lang)


def test_going_ahead_is_approval_of_work_and_acceptance_of_a_price() -> None:
    assert kinds("The menu cards are spot on, go ahead and print.", "en") == {"approval"}
    assert "acceptance" in kinds("The price is fine, go ahead.", "en")


def test_praise_approves_nothing_while_somebody_else_has_to_decide() -> None:
    assert "approval" not in kinds("Looks great! I still have to show it to the board.", "en")


def test_the_rest_on_a_condition_leaves_the_half_that_is_promised() -> None:
    assert "their_promise" in kinds("We'll pay half on Friday, the rest when you're done.", "en")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Tinransfer ko na yung kalahati kagabi.", "paid"),
        ("Kakabayad ko lang po sa GCash ninyo.", "paid"),
        ("Pinadala ko na po ang 5k sa Palawan.", "paid"),
        ("Yung reservation, sent na po sa Maya ninyo.", "paid"),
        ("Wala na po akong ipapabago sa website.", "approval"),
        ("Okay na po sa amin yung layout, i-print nyo na.", "approval"),
        ("Binabawi ko po ang approval ko kahapon.", "taken_back"),
        ("In-approve ko na kahapon pero wag muna i-print.", "taken_back"),
        ("Hindi po ito ang napili naming tela.", "taken_back"),
        ("Dagdagan po namin ang bayad kung matapos nang maaga.", "offer"),
        ("Singilin nyo na lang kami sa dagdag na oras.", "offer"),
        ("Sagot po namin ang materyales.", "offer"),
        ("Uunahin ko po kayo sa Lunes.", "their_promise"),
    ],
)
def test_what_a_tagalog_client_does_is_found(text: str, kind: str) -> None:
    assert kind in kinds(text, "tl")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Napadala ko na po ang 150 photos.", "paid"),
        ("Hindi ko pa natransfer yung balance.", "paid"),
        ("Naipasok na raw ng secretary ko yung payment.", "paid"),
        ("Binayaran namin yung dati naming pintor, pangit ang gawa.", "paid"),
        ("Natanggap na namin yung pinadala ninyong 3,000.", "paid"),
        ("I-upload mo na lang sa Drive.", "approval"),
        ("Okay po sa amin ang 50-50 at 15 days.", "approval"),
        ("Hindi ko binabawi ang approval ko.", "taken_back"),
        ("Bakit may dagdag bayad?", "offer"),
        ("May dagdag po kaming ipagagawa.", "offer"),
        ("Sa a-kinse po ang promise ninyo.", "their_promise"),
        ("Kayo po ang unang nagsabi na sa Lunes.", "their_promise"),
        ("Na-limit po ang GCash ko, yung pambayad sa inyo doon muna napunta.", "their_promise"),
        ("Nasira ang ref, doon muna napunta yung padala ko.", "their_promise"),
    ],
)
def test_what_only_looks_like_it_in_tagalog_is_not_found(text: str, kind: str) -> None:
    assert kind not in kinds(text, "tl")


def test_to_be_the_first_on_the_fifteenth_is_a_promise_of_payment() -> None:
    (promise,) = their_cues("Promise po, pagdating ng a-kinse, kayo ang una.", "tl", date(2026, 2, 25))
    assert (promise.kind.value, promise.due, promise.matter) == ("their_promise", date(2026, 3, 15), "payment")


@pytest.mark.parametrize(
    ("text", "kind", "is_found"),
    [
        ("Bump ko lang po itong email, baka natabunan.", "our_reminder", True),
        ("Kumusta na po yung downpayment?", "our_reminder", True),
        ("Lampas na po sa due date ang bayad.", "our_reminder", True),
        ("Hindi pa po namin natatapos ang draft.", "our_reminder", False),
        ("Hinihintay pa namin ang permit sa munisipyo.", "our_reminder", False),
        ("₱450 per head po, kasama na ang dessert.", "quote_sent", True),
        ("Papatak po ng ₱8,500 lahat-lahat.", "quote_sent", True),
        ("P350 daw kada piraso sa kabila.", "quote_sent", False),
        ("Pinadala ko na po ang SOA sa email ninyo.", "invoice_sent", True),
        ("Eto na po ang bayarin para sa tarpaulin.", "invoice_sent", True),
        ("Bayad na po ang invoice 310.", "invoice_sent", False),
        ("Papalitan po namin ang tiles.", "our_promise", True),
        ("Hindi po namin papalitan ang tiles.", "our_promise", False),
        ("Hihintayin po namin ang sagot ninyo.", "our_promise", False),
        ("Sensya na po, late kami.", "our_apology", True),
        ("Sensya na po sa abala.", "our_apology", False),
    ],
)
def test_our_tagalog_mail(text: str, kind: str, is_found: bool) -> None:
    assert (kind in ours(text, "tl")) is is_found


@pytest.mark.parametrize(
    ("lang", "text", "kind"),
    [
        ("ru", "Ещё раз про акт: ждём подпись с февраля.", "our_reminder"),
        ("ru", "Что там с текстами для главной?", "our_reminder"),
        ("ru", "Оплата по счёту 44 до нас пока не дошла.", "our_reminder"),
        ("ru", "За вами остаток по второму этапу.", "our_reminder"),
        ("ru", "За перевод возьму 9 000 рублей.", "quote_sent"),
        ("ru", "Ремонт ванной встанет в 240 тысяч.", "quote_sent"),
        ("ru", "Счёт ушёл вам на почту.", "invoice_sent"),
        ("ru", "Инвойс по ссылке.", "invoice_sent"),
        ("hr", "Ponovno vas molim za odgovor.", "our_reminder"),
        ("hr", "Ima li novosti oko ugovora?", "our_reminder"),
        ("hr", "Još nam niste poslali mjere.", "our_reminder"),
        ("hr", "Prijevod bi vas koštao 120 eura.", "quote_sent"),
        ("hr", "Montaža je 300 eura, materijal 450.", "quote_sent"),
        ("hr", "Racun saljem u prilogu.", "invoice_sent"),
        ("hr", "U privitku vam je R1 za ožujak.", "invoice_sent"),
    ],
)
def test_reminders_quotes_and_invoices_are_found_in_other_words(lang: str, text: str, kind: str) -> None:
    assert kind in ours(text, lang)


@pytest.mark.parametrize(
    ("lang", "text", "kind"),
    [
        ("ru", "Смета ещё не готова.", "our_reminder"),
        ("ru", "Напомните мне, пожалуйста, ваш адрес.", "our_reminder"),
        ("ru", "Поставщик до сих пор не прислал нам плитку.", "our_reminder"),
        ("ru", "Конкуренты просят 300 тысяч.", "quote_sent"),
        ("ru", "Вот номер счёта для перевода.", "invoice_sent"),
        ("ru", "Счёт вышлю в пятницу.", "invoice_sent"),
        ("hr", "Oprostite što kasnimo sa skicama.", "our_reminder"),
        ("hr", "Dobavljač kasni s pločicama.", "our_reminder"),
        ("hr", "Nacrt još nije gotov.", "our_reminder"),
        ("hr", "Vaša ponuda je stigla 12. ožujka.", "quote_sent"),
        ("hr", "Evo broja računa za uplatu.", "invoice_sent"),
        ("hr", "Račun šaljem sutra.", "invoice_sent"),
    ],
)
def test_what_is_late_dear_or_billed_elsewhere_is_no_cue_of_ours(lang: str, text: str, kind: str) -> None:
    assert kind not in ours(text, lang)


@pytest.mark.parametrize(
    ("lang", "text", "kind"),
    [
        ("ru", "Вторая половина гонорара ушла вам сегодня.", "paid"),
        ("ru", "Бухгалтерия провела платёж в пятницу.", "paid"),
        ("ru", "С вами мы в расчёте.", "paid"),
        ("ru", "Вёрстку можно выкладывать, шеф одобрил.", "approval"),
        ("ru", "Смета нас устроила, начинаем.", "acceptance"),
        ("ru", "За срочность накинем двадцать процентов.", "offer"),
        ("hr", "Kapara vam je na računu.", "paid"),
        ("hr", "Dao sam vam 300 eura na ruke.", "paid"),
        ("hr", "Nalog za plaćanje je prošao jutros.", "paid"),
        ("hr", "Sve je super, ništa ne mijenjajte.", "approval"),
        ("hr", "Idemo s drugom varijantom.", "acceptance"),
        ("hr", "Rado ćemo dodatno platiti za hitnost.", "offer"),
    ],
)
def test_what_clients_pay_approve_and_offer_is_found_in_other_words(lang: str, text: str, kind: str) -> None:
    assert kind in kinds(text, lang)


@pytest.mark.parametrize(
    ("lang", "text", "kind"),
    [
        ("ru", "Дизайнеру из Твери заплатили вдвое меньше.", "paid"),
        ("ru", "Деньги ушли на лечение собаки.", "paid"),
        ("ru", "Мы всегда платили вовремя.", "paid"),
        ("ru", "Оплатил бы сразу, да карта заблокирована.", "paid"),
        ("ru", "Марк говорит, что перевод отправлен, а в банке его нет.", "paid"),
        ("ru", "Платёж будет проведён в пятницу.", "paid"),
        ("ru", "Доплату директор согласовал.", "approval"),
        ("ru", "Во сколько встречаемся?", "offer"),
        ("hr", "Prijašnjem majstoru smo platili unaprijed.", "paid"),
        ("hr", "Susjed je platio upola manje.", "paid"),
        ("hr", "Prebacili smo sastanak na utorak.", "paid"),
        ("hr", "Poslali smo vam ostatak fotografija.", "paid"),
        ("hr", "Navodno je uplata otišla, ali na izvodu je nema.", "paid"),
        ("hr", "Ne plaćamo ništa dodatno.", "offer"),
    ],
)
def test_others_payments_habits_and_hearsay_are_not_a_clients(lang: str, text: str, kind: str) -> None:
    assert kind not in kinds(text, lang)


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("ru", "Какая ещё синяя? Делайте красную."),
        ("ru", "Никакой синей, делайте красную."),
        ("ru", "Делайте красную, а не синюю."),
        ("ru", "Своё одобрение беру назад."),
        ("hr", "Kakva plava? Radite crvenu."),
        ("hr", "Ne plavu, nego crvenu."),
        ("hr", "Umjesto plave obojite crvenu."),
        ("hr", "Povlačim suglasnost za nacrt."),
    ],
)
def test_what_was_ordered_before_is_taken_back_with_scorn_or_with_another_order(lang: str, text: str) -> None:
    assert "taken_back" in kinds(text, lang)


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("ru", "Какие ещё документы нужны?"),
        ("ru", "Какой ещё цвет можно взять?"),
        ("ru", "Синий или красный, делайте как удобнее."),
        ("hr", "Kakve pločice preporučujete?"),
        ("hr", "Plavu ili crvenu, radite kako želite."),
        ("hr", "Prihvatili smo ponudu, ali ugovor nije stigao."),
    ],
)
def test_who_asks_for_more_or_leaves_the_choice_takes_nothing_back(lang: str, text: str) -> None:
    assert "taken_back" not in kinds(text, lang)


@pytest.mark.parametrize(
    ("lang", "text", "kind", "is_found"),
    [
        ("en", "The balance cleared our account yesterday.", "paid", True),
        ("en", "I've just done the bank transfer, same reference as before.", "paid", True),
        ("en", "You should have the money by now.", "paid", True),
        ("en", "We posted the cheque on Monday.", "paid", True),
        ("en", "Invoice 31 is sorted, my wife did it last night.", "paid", True),
        ("en", "Just Venmoed you for the sketches.", "paid", True),
        ("en", "That's the second half gone across this morning.", "paid", True),
        ("en", "Stripe took it off my card ten minutes ago.", "paid", True),
        ("en", "Everything we owed you has been settled.", "paid", True),
        ("da", "Regningen er betalt i går.", "paid", True),
        ("da", "Vi har sat de 4.000 ind på din konto.", "paid", True),
        ("da", "Pengene gik fra vores konto i formiddags.", "paid", True),
        ("da", "Jeg har mobilepayet dig resten.", "paid", True),
        ("da", "Bogholderen kørte fakturaen igennem i morges.", "paid", True),
        ("da", "Så er vi kvit.", "paid", True),
        ("da", "Beløbet skulle gerne være hos jer nu.", "paid", True),
        ("da", "Faktura 88 røg afsted med dagens betalinger.", "paid", True),
        ("da", "Depositummet er overført.", "paid", True),
        ("en", "We'd like to book the gold package.", "acceptance", True),
        ("en", "The trustees have agreed your quote.", "acceptance", True),
        ("en", "You've got yourself a deal.", "acceptance", True),
        ("en", "1,450 is fine, start when you like.", "acceptance", True),
        ("da", "Aftale, vi ses mandag.", "acceptance", True),
        ("da", "Ja tak til den store pakke.", "acceptance", True),
        ("da", "Bestyrelsen har sagt ja til tilbuddet.", "acceptance", True),
        ("da", "Book os til den 12. juni.", "acceptance", True),
        ("en", "Call it final, we wouldn't change a word.", "approval", True),
        ("en", "No objections from us, print it.", "approval", True),
        ("en", "We've signed off the drawings.", "approval", True),
        ("da", "Der skal ikke ændres noget, send den i trykken.", "approval", True),
        ("da", "Korrekturen er godkendt herfra.", "approval", True),
        ("da", "Plakaten er præcis, som vi ønskede.", "approval", True),
        ("en", "We agreed to the blue, but now that it's up we don't want it.", "taken_back", True),
        ("en", "I'm taking back my approval of the menu.", "taken_back", True),
        ("en", "On second thoughts we can't go with the red door.", "taken_back", True),
        ("en", "This isn't the layout we signed off.", "taken_back", True),
        ("da", "Vi sagde ja til den blå, men den kan vi alligevel ikke bruge.", "taken_back", True),
        ("da", "Jeg trækker min godkendelse tilbage.", "taken_back", True),
        ("da", "Vi har sovet på det og vil hellere have den røde.", "taken_back", True),
        ("da", "Det er ikke den farve, vi aftalte.", "taken_back", True),
        ("en", "Of course we'd expect to be charged for the extra page.", "offer", True),
        ("en", "Tell me what you'd want for a second set.", "offer", True),
        ("en", "There's another paid job in it for you.", "offer", True),
        ("da", "Vi regner selvfølgelig med at betale for den ekstra side.", "offer", True),
        ("da", "Sig en pris, så finder vi ud af det.", "offer", True),
        ("da", "Skriv de ekstra timer på regningen.", "offer", True),
        ("en", "We'd have paid by now if the portal worked.", "paid", False),
        ("en", "Has the deposit been paid?", "paid", False),
        ("en", "My last designer was paid twice that.", "paid", False),
        ("en", "I thought we'd paid that one in May.", "paid", False),
        ("en", "We usually paid within a week.", "paid", False),
        ("en", "The transfer will be made on Friday.", "paid", False),
        ("en", "Once the grant has come through it gets settled.", "paid", False),
        ("en", "We settled on the oak in the end.", "paid", False),
        ("da", "Vi har ikke betalt endnu.", "paid", False),
        ("da", "Er fakturaen betalt?", "paid", False),
        ("da", "Vi betalte tømreren i sidste uge.", "paid", False),
        ("da", "Fakturaen bliver betalt på fredag.", "paid", False),
        ("da", "Jeg troede, den var betalt.", "paid", False),
        ("da", "Når pengene er gået ind, kan du begynde.", "paid", False),
        ("da", "Betalt arbejde er der nok af.", "paid", False),
        ("da", "Vi har sendt fakturaen videre til bogholderiet.", "paid", False),
        ("en", "Let's do the call on Thursday.", "acceptance", False),
        ("en", "The board has not approved your quote yet.", "acceptance", False),
        ("en", "Sign me up for your newsletter.", "acceptance", False),
        ("da", "Vi kan ikke sige ja til prisen.", "acceptance", False),
        ("da", "Hvis bestyrelsen siger ja til prisen, går vi i gang.", "acceptance", False),
        ("da", "Aftalen var, at I ringede først.", "acceptance", False),
        ("en", "Don't print it yet.", "approval", False),
        ("en", "We would change a word or two before it goes to print.", "approval", False),
        ("da", "Plakaten er ikke godkendt endnu.", "approval", False),
        ("da", "Send den ikke i trykken før mandag.", "approval", False),
        ("en", "I never sign off anything before lunch.", "taken_back", False),
        ("en", "We agreed to the blue and we still love it.", "taken_back", False),
        ("da", "Vi når det alligevel ikke i dag.", "taken_back", False),
        ("da", "Vi nikkede til den blå, og den er flot.", "taken_back", False),
        ("en", "We don't expect to be charged for your mistake.", "offer", False),
        ("en", "I don't see why I'd pay extra.", "offer", False),
        ("da", "Vi regner ikke med at betale for jeres fejl.", "offer", False),
        ("da", "Det er med i prisen, ikke?", "offer", False),
    ],
)
def test_what_clients_say_in_other_words_is_told_from_its_look_alikes(
    lang: str, text: str, kind: str, is_found: bool
) -> None:
    assert (kind in kinds(text, lang)) == is_found


@pytest.mark.parametrize(
    ("lang", "text", "kind", "is_found"),
    [
        ("en", "Bumping this up your inbox: we still need the bios.", "our_reminder", True),
        ("en", "I think my last message slipped through the net.", "our_reminder", True),
        ("en", "Invoice 40 hasn't come through on our side.", "our_reminder", True),
        ("en", "The logo is the only thing still missing.", "our_reminder", True),
        ("en", "I asked for the floor plan two weeks ago.", "our_reminder", True),
        ("en", "Any progress on the captions?", "our_reminder", True),
        ("en", "No sign of the deposit yet.", "our_reminder", True),
        ("da", "Jeg skubber lige denne op i toppen.", "our_reminder", True),
        ("da", "Faktura 31 er vist smuttet i bunken.", "our_reminder", True),
        ("da", "Må jeg prikke til dig om billederne?", "our_reminder", True),
        ("da", "Pengene er ikke landet på vores konto.", "our_reminder", True),
        ("da", "Jeg har stadig ikke set teksterne.", "our_reminder", True),
        ("da", "Betalingsfristen var den 1. marts.", "our_reminder", True),
        ("da", "Jeg efterlyser lige logoet.", "our_reminder", True),
        ("en", "For the three rooms I'd want 1,900, paint included.", "quote_sent", True),
        ("en", "The whole job comes out at 2,450.", "quote_sent", True),
        ("en", "My fee for the translation would be 380 euros.", "quote_sent", True),
        ("en", "I can do the banner for £120.", "quote_sent", True),
        ("en", "Here are my figures for the shop: 3,200 in all.", "quote_sent", True),
        ("da", "For begge dage tager jeg 5.800.", "quote_sent", True),
        ("da", "Prisen for hele haven bliver 12.500 kr.", "quote_sent", True),
        ("da", "Jeg har regnet på taget: 48.000 plus moms.", "quote_sent", True),
        ("da", "450 kr. i timen er min sats.", "quote_sent", True),
        ("da", "Mit bud er 7.000.", "quote_sent", True),
        ("en", "I've popped the invoice into the shared folder.", "invoice_sent", True),
        ("en", "My bill for May comes with this mail.", "invoice_sent", True),
        ("en", "You'll find the invoice in the attachment.", "invoice_sent", True),
        ("en", "I have just emailed you invoice 55.", "invoice_sent", True),
        ("da", "Fakturaen har jeg lagt ved.", "invoice_sent", True),
        ("da", "Så er der faktura for maj.", "invoice_sent", True),
        ("da", "Regningen ligger nederst i mailen.", "invoice_sent", True),
        ("da", "Se bilag for fakturaen.", "invoice_sent", True),
        ("en", "There is no need to remind the printer.", "our_reminder", False),
        ("en", "Nothing is outstanding on your account.", "our_reminder", False),
        ("en", "I'll follow up with the council myself.", "our_reminder", False),
        ("en", "Shout if the parcel hasn't turned up by Friday and I'll ring the courier.", "our_reminder", False),
        ("en", "I've set a reminder for myself.", "our_reminder", False),
        ("en", "We are waiting for the printer to send the proofs.", "our_reminder", False),
        ("da", "Du behøver ikke rykke kommunen.", "our_reminder", False),
        ("da", "Skal vi rykke mødet til torsdag?", "our_reminder", False),
        ("da", "Fliserne er ikke kommet fra fabrikken.", "our_reminder", False),
        ("da", "Tak for påmindelsen om parkeringen.", "our_reminder", False),
        ("da", "Vi mangler ikke noget.", "our_reminder", False),
        ("en", "Their offer of 900 sounds low.", "quote_sent", False),
        ("en", "I haven't got a quote for you yet.", "quote_sent", False),
        ("en", "The hotel charges 200 a night.", "quote_sent", False),
        ("en", "I'll have your quote ready on the 20th.", "quote_sent", False),
        ("da", "Jeres tilbud til kunden er på 9.000.", "quote_sent", False),
        ("da", "Vi bliver 24 til middagen.", "quote_sent", False),
        ("da", "Tilbuddet får du på fredag.", "quote_sent", False),
        ("da", "Jeg kommer den 12. og bliver til klokken 15.", "quote_sent", False),
        ("en", "I will send the invoice at the end of the month.", "invoice_sent", False),
        ("en", "I can't find your invoice address.", "invoice_sent", False),
        ("en", "Which address should I put on the bill?", "invoice_sent", False),
        ("da", "Fakturaen sender jeg, når vi er færdige.", "invoice_sent", False),
        ("da", "Fakturaen kommer den 1. maj.", "invoice_sent", False),
        ("da", "Hvem skal fakturaen stiles til?", "invoice_sent", False),
    ],
)
def test_what_we_say_in_other_words_is_told_from_its_look_alikes(
    lang: str, text: str, kind: str, is_found: bool
) -> None:
    assert (kind in ours(text, lang)) == is_found
