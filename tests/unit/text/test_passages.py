from __future__ import annotations

import pytest

from mailsignals.text.passages import own_words, split_passages
from support.replies import Reply, replies


def own(text: str, *, is_forward: bool = False) -> str:
    return own_words(text, split_passages(text, is_forward=is_forward))


def kinds(text: str) -> list[str]:
    return [part.kind.value for part in split_passages(text)]


@pytest.mark.parametrize("reply", [*replies()], ids=lambda reply: f"{reply.language}-{reply.program}")
def test_the_own_words_are_found_in_sixteen_languages(reply: Reply) -> None:
    assert own(reply.body) == reply.own


# --- quotes with signs ---


@pytest.mark.parametrize(
    "attribution",
    [
        "On Mon, 2 Mar 2026 at 10:15, Ana <ana@kestrel.example> wrote:",
        "On Mon, 2 Mar 2026 at 10:15, Ana Kovac of Kestrel and Vale\n<ana@kestrel.example> wrote:",
        "pon, 2. ožu 2026. u 10:15 Ana <ana@kestrel.example> napisala je:",
        "Den man. 2. mar. 2026 kl. 10.15 skrev Ana <ana@kestrel.example>:",
        "Den man. 2. mar. 2026 kl.\n10.15 skrev Ana <ana@kestrel.example>:",
        "пн, 2 мар. 2026 г. в 10:15, Ana <ana@kestrel.example>:",
        "02.03.2026 10:15, Ana пишет:",
        "Noong Lun, Mar 2, 2026 nang 10:15 AM sumulat si Ana <ana@kestrel.example>:",
        "Am 02.03.2026 um 10:15 schrieb Ana:",
    ],
)
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_the_line_above_a_quote_is_quoted_too(attribution: str, gap: str) -> None:
    assert own(f"Fine.\n\n{attribution}{gap}> Is it?\n") == "Fine."
    assert own(f"Fine.\n{attribution}{gap}> Is it?\n") == "Fine."


def test_a_date_at_the_end_of_the_own_words_is_no_part_of_the_line_above_a_quote() -> None:
    text = "We paid on 3 March 2026.\nOn Mon, 2 Mar 2026 at 10:15, Ana wrote:\n> Did you?\n"
    assert own(text) == "We paid on 3 March 2026."


def test_answers_between_the_quoted_lines_are_own() -> None:
    text = "> One?\n\nYes.\n\n> Two?\n> Three?\nNo.\n"
    assert own(text) == "Yes.\n\nNo."
    assert kinds(text) == ["quoted", "own", "quoted", "own"]


def test_a_colon_above_a_list_is_own() -> None:
    text = "Two things by 10:30:\n- the logo\n- the footer"
    assert own(text) == text


def test_a_colon_after_an_address_and_a_date_is_own() -> None:
    text = "Send it by 10:30 to tea@galeb.example and copy:\n- Zdravko\n- the bookkeeper"
    assert own(text) == text


def test_a_quote_without_signs_ends_the_mail_where_its_writer_is_named() -> None:
    assert own("Fine.\n\nOn 2 March 2026, Ana <ana@kestrel.example> wrote:\n\nIs it?") == "Fine."
    assert own("Fine.\n\nOn 2 March 2026 ana@kestrel.example wrote:\n\nIs it?") == "Fine."


# --- header blocks ---


@pytest.mark.parametrize(
    "block",
    [
        "From: Ana <ana@kestrel.example>\nSent: Monday, March 2, 2026 10:15 AM\nTo: Iva\nSubject: Logo",
        "From: Ana [mailto:ana@kestrel.example]\nSent: Monday, March 2, 2026 10:15 AM\nTo: Iva",
        "From: Ana Kovac\nSent: Monday, March 2, 2026 10:15 AM\nTo: Iva Horvat\nSubject: Logo",
        "*From:* Ana <ana@kestrel.example>\n*Sent:* 2 March 2026 10:15\n*To:* Iva",
        "Od: Ana Kovač <ana@kestrel.example>\nPoslano: 2. ožujka 2026. 10:15\nPrima: Iva\nPredmet: Logo",
        "Šalje: Ana Kovač\nPoslano: 2. ožujka 2026. 10:15\nPrima: Iva\nPredmet: Logo",
        "От: Ана Ковач\nОтправлено: 2 марта 2026 г. 10:15\nКому: Ива\nТема: Логотип",
        "Fra: Ana Kovac\nSendt: 2. marts 2026 10:15\nTil: Iva\nEmne: Logo",
        "Mula kay: Ana\nIpinadala: 2 Marso 2026 10:15\nPara kay: Iva\nPaksa: Logo",
    ],
)
@pytest.mark.parametrize("rule", ["", "_" * 32 + "\n", "-----Original Message-----\n"])
def test_an_outlook_block_begins_the_older_mail(block: str, rule: str) -> None:
    text = f"Fine.\n\n{rule}{block}\n\nIs it?\n"
    assert own(text) == "Fine."
    assert kinds(text) == ["own", "quoted"]


@pytest.mark.parametrize(
    "text",
    [
        "Invoice to:\nCompany: Galeb d.o.o.\nEmail: office@galeb.example\nVAT: HR1\nDue: 27.03.2026\n\nThank you.",
        "From: Zagreb\nTo: Split\nDate: 12.03.2026\n\nPlease book it.",
        "Monday: 10:00\nTuesday: 11:00\nFriday: 12:00\n\nThese are our hours.",
    ],
)
def test_lists_of_the_writers_own_are_kept(text: str) -> None:
    assert own(text) == text


# --- forwards ---


@pytest.mark.parametrize(
    "line",
    [
        "---------- Forwarded message ---------",
        "-------- Forwarded Message --------",
        "Begin forwarded message:",
        "---------- Proslijeđena poruka ---------",
        "-------- Перенаправленное сообщение --------",
        "-------- Пересылаемое сообщение --------",
        "---------- Videresendt meddelelse ---------",
        "Start på videresendt besked:",
        "Начало переадресованного сообщения:",
    ],
)
def test_forwarded_words_are_not_the_writers(line: str) -> None:
    text = f"See below.\n\n{line}\nFrom: Bo\n\nYou are thieves."
    assert own(text) == "See below."
    assert kinds(text) == ["own", "forwarded"]


# --- signatures ---


@pytest.mark.parametrize("dashes", ["-- ", "--"])
def test_dashes_begin_the_signature(dashes: str) -> None:
    assert own(f"Fine.\n{dashes}\nIva Horvat\nMiramar d.o.o.") == "Fine."


@pytest.mark.parametrize(
    "closing",
    [
        "Best regards,",
        "Thanks",
        "Cheers!",
        "С уважением,",
        "Srdačan pozdrav",
        "Lp",
        "Med venlig hilsen",
        "Mvh",
        "Vh",
        "Salamat po,",
        "Lubos na gumagalang,",
        "Kind regards",
    ],
)
def test_a_closing_formula_above_contact_lines_begins_the_signature(closing: str) -> None:
    assert own(f"Fine by us.\n\n{closing}\nIva Horvat\nMiramar d.o.o.\n+385 1 555 0142") == "Fine by us."


@pytest.mark.parametrize(
    "signed",
    [
        "Best regards\nIva",
        "Thanks,\n\niva",
        "Thanks. IH",
        "Iva",
        "-iva",
        "IH",
        "Thanks for the drawings,\nIva Horvat",
        "Mit freundlichen Grüßen\nJörg",
        "Cordialement,\nAnaïs",
        "Pozdrawiam\nŁukasz",
        "Med vänliga hälsningar\nÅsa",
        "С поштовањем,\nДрагана",
        "Iva :-)",
        "iva@miramar.example\n+385 1 555 0142",
    ],
)
def test_who_signs_is_no_part_of_the_own_words(signed: str) -> None:
    assert kinds(f"It is fine as it is.\n\n{signed}") == ["own", "signature"]


@pytest.mark.parametrize("name", ["Dimitrije", "Mitja Dimitrije", "dimitrije k."])
def test_a_name_in_the_headers_is_known_at_the_end(name: str) -> None:
    names = ["Dimitrije Kos", "dk@kos.example"]
    text = f"take the blue one then\n{name}"
    assert own_words(text, split_passages(text, names=names)) == "take the blue one then"


def test_a_senders_name_that_is_a_word_too_signs_nothing_within_words() -> None:
    for ending in ("please mark it", "maybe in may", "Ask Mark again"):
        text = f"It is fine as it is.\n{ending}"
        assert own_words(text, split_passages(text, names=["Mark May"])) == text


@pytest.mark.parametrize(
    ("short", "name"), [("Mike", "Michael Bell"), ("Саша", "Александр Белов"), ("Joža", "Josip Krleža")]
)
def test_short_names_are_known(short: str, name: str) -> None:
    text = f"take the blue one then\n{short}"
    assert own_words(text, split_passages(text, names=[name])) == "take the blue one then"


@pytest.mark.parametrize(
    "ending",
    [
        "Thanks for nothing,\nas always.",
        "Unacceptable",
        "HAPPY NEW YEAR",
        "Happy New Year",
        "Thanks",
        "Call me today, Iva?",
        "sramota",
        "P.S. The gate is open.",
    ],
)
def test_last_words_that_are_no_name_are_own(ending: str) -> None:
    text = f"It is fine as it is.\n\n{ending}"
    assert own(text) == text


def test_a_mail_that_is_nothing_but_a_signature_is_own() -> None:
    assert own("Thanks,\nIva") == "Thanks,\nIva"


NOTES = "Iva Horvat\n03/02/2026 10:15 AM\nTo: Ana Kovac/ZAG/KESTREL\ncc: \nSubject: Logo"


def test_lotus_notes_names_the_sender_in_its_own_way() -> None:
    assert own(f"Fine.\n\n{NOTES}\n\nIs it?") == "Fine."
    forward = "---------------------- Forwarded by Iva Horvat/ZAG on 03/02/2026 \n10:15 AM ---------------------------"
    assert kinds(f"See below.\n{forward}\n\nIs it?") == ["own", "forwarded"]


def test_thanks_in_the_middle_of_a_mail_begin_no_signature() -> None:
    text = "Good work.\nThank you, a good idea.\n\nThe texts will not be ready by Friday.\n\n"
    assert own(f"{text}-- \nIva Horvat\n+385 1 555 0142") == text.strip()
    assert own(f"{text}Best regards\nIva Horvat\n+385 1 555 0142") == text.strip()


def test_a_request_with_a_phone_number_below_thanks_is_own() -> None:
    text = "Done.\nThanks.\nCall me on +385 1 555 0142 if the file fails."
    assert own(text) == text


def test_dashes_in_the_middle_of_a_long_mail_begin_no_signature() -> None:
    text = "\n".join(["First.", "--", *(f"Line {number}." for number in range(40))])
    assert own(text) == text


# --- footers ---


@pytest.mark.parametrize(
    "note",
    [
        "Sent from my iPhone",
        "Sent from Outlook for Android",
        "Get Outlook for iOS",
        "Sendt fra min iPhone",
        "Отправлено с iPhone",
        "Отправлено из мобильной Почты",
        "Poslano s mog iPhonea",
        "Ipinadala mula sa aking iPhone",
    ],
)
def test_notes_of_phones_are_footers(note: str) -> None:
    assert own(f"Fine.\n\n{note}") == "Fine."
    assert own(f"Fine.\n\n{note}\n\nOn 2 Mar 2026, Ana wrote:\n> Is it?") == "Fine."


@pytest.mark.parametrize(
    "text",
    [
        "Отправлено сегодня утром",
        "Послано сразу после звонка",
        "Sent from my account yesterday. It was EUR 500 too much",
        "Sent from our bank on Friday\nPlease check your account.",
    ],
)
def test_a_sentence_about_sending_is_own(text: str) -> None:
    assert own(text) == text


NOTICES = [
    "This e-mail and any attachments are confidential and intended solely for you. Delete it if sent in error.",
    "Настоящее сообщение конфиденциально и предназначено только адресату. Если вы получили его по ошибке, удалите.",
    "Ova poruka je povjerljiva i namijenjena isključivo primatelju. Ako ste je primili greškom, molimo izbrišite je.",
    "Denne e-mail er fortrolig og kun bestemt for modtageren. Har du fået den ved en fejl, bedes du slette den straks.",
    "Ang mensaheng ito ay kumpidensyal at para lamang sa tatanggap. Kung mali ang napadalhan, burahin po agad ito.",
]


@pytest.mark.parametrize("notice", NOTICES)
def test_legal_notices_are_footers(notice: str) -> None:
    assert own(f"Fine.\n\n{notice}\n\nMore of it.\n") == "Fine."
    assert own(f"> Is it?\nFine.\n> Was it?\n\n{notice}\n") == "Fine."


@pytest.mark.parametrize(
    "heading", ["CONFIDENTIALITY NOTICE", "-" * 40, f"DISCLAIMER\n{'-' * 40}", "POVJERLJIVOST\n\n"]
)
def test_a_heading_in_capitals_or_a_rule_belongs_to_the_legal_notice(heading: str) -> None:
    assert own(f"Fine.\n\n{heading}\n\n{NOTICES[0]}") == "Fine."


def test_shouting_above_a_legal_notice_is_own() -> None:
    assert own(f"Fine.\n\nWHERE IS MY PAGE\n\n{NOTICES[0]}") == "Fine.\n\nWHERE IS MY PAGE"


def test_a_request_to_keep_a_secret_is_own() -> None:
    text = "Please keep this message confidential for a week, I have not yet told Lone about it and want to."
    assert own(text) == text


@pytest.mark.parametrize("text", ["", "\n\n", " ", "a", "\n> a", "-- \n", "a\u2028b\x85c"])
def test_odd_texts_are_cut_into_passages_that_join(text: str) -> None:
    assert "".join(text[part.start : part.end] for part in split_passages(text)) == text
