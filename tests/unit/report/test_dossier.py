from __future__ import annotations

import csv
import io
import logging
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from mailsignals.report.charts import Course
from mailsignals.report.dossier import Dossier, differences, render, verdict_in, verdict_of
from mailsignals.report.dossier_pdf import printable
from mailsignals.report.dossier_story import blocks
from mailsignals.report.dossier_view import deliveries
from mailsignals.types import (
    Address,
    Attachment,
    ClientState,
    Invoice,
    Matter,
    Message,
    Promise,
    PromiseState,
    Reversal,
    WorkingTime,
)
from support import digest_example as example

ANA = Address("ana@kestrel.example", "Ana")
WORK = WorkingTime(example.ZAGREB, time(9), time(17), frozenset(range(5)))


def mail(number: int, sender: Address, *files: str, lang: str = "hr", subject: str = "Stranica") -> Message:
    return Message(
        f"m{number}@x.example",
        str(number),
        example.NOW - timedelta(days=100 - number),
        sender,
        (),
        subject,
        "Evo.",
        lang,
        attachments=tuple(Attachment(name, "application/octet-stream") for name in files),
    )


def kept(by: str, matter: Matter = Matter.WORK) -> Promise:
    return Promise(
        "m1@x.example",
        ANA.email,
        True,
        matter,
        example.NOW - timedelta(days=99),
        (example.NOW - timedelta(days=96)).date(),
        PromiseState.KEPT,
        "Skice stižu u petak.",
        settled_by=by,
    )


def reversal() -> Reversal:
    return Reversal(
        example.quote("approval", "Odlično, odobreno.", example.IVANA, days_ago=30, lang="hr"),
        example.quote("taken_back", "To nismo tražili.", example.IVANA, days_ago=20, lang="hr"),
    )


def dossier_of(*mails: Message, state: ClientState | None = None, course: Course = ()) -> Dossier:
    pairs = [(message, message.sender == ANA) for message in mails]
    return Dossier(state or example.galeb(), example.NOW, "default 1", "f" * 8, pairs, {}, WORK, course)


def rows_of(dossier: Dossier) -> Sequence[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(render(dossier, ".csv").decode("utf-8-sig"), newline="")))


def texts(dossier: Dossier, heading: str) -> Sequence[str]:
    """What stands under a heading."""
    found, is_under = [], False
    for block in blocks(dossier):
        is_under = block.text == heading if block.kind == "heading" else is_under
        found += [block.text] if is_under and block.kind != "heading" else []
    return found


# work delivered


def test_our_mails_with_files_are_deliveries_but_not_those_with_invoices_and_quotes() -> None:
    mails = [
        mail(1, ANA, "naslovnica-v2.png", "Racun-2026-007.pdf"),
        mail(2, ANA, "Račun 8.pdf"),
        mail(3, ANA, "Счёт_12.pdf", "Смета.xlsx"),
        mail(4, ANA, "Faktura-4.pdf", "tilbud.pdf"),
        mail(5, ANA, "Offer-2026-03.pdf", "Invoice-3.pdf", "Quotation.pdf"),
        mail(6, ANA, "image001.png", "smime.p7s"),
        mail(7, example.IVANA, "logo.png"),
        mail(8, ANA, "program.csv"),
    ]
    found = deliveries(dossier_of(*mails))
    assert [(delivery.mail.message_id, delivery.files) for delivery in found] == [
        ("m1@x.example", ("naslovnica-v2.png",)),
        ("m8@x.example", ("program.csv",)),
    ]


def test_a_mail_that_kept_our_promise_of_work_is_a_delivery_without_any_file() -> None:
    state = replace(example.galeb(), promises=(kept("m2@x.example"), kept("m3@x.example", Matter.FEEDBACK)))
    dossier = dossier_of(mail(1, ANA), mail(2, ANA), mail(3, ANA), state=state)
    assert texts(dossier, "Work delivered") == [
        "2026-08-19 08:00 · Stranica · kept our promise for 21 Aug 2026",
        "m2@x.example",
    ]


def test_where_no_mail_shows_a_delivery_the_record_says_so() -> None:
    [words] = texts(dossier_of(mail(1, ANA)), "Work delivered")
    assert words.startswith("No mail of ours shows a delivery")


# what they wrote, and what they wished


def test_what_only_one_person_wrote_is_told_of_that_person_and_what_several_wrote_of_the_client() -> None:
    told = texts(dossier_of(), "What they wrote")
    assert any(line.startswith("Payment excuse, 0.82: Hotel Galeb ") for line in told)
    assert any(line.startswith(f"Boundary violation, 0.66: {example.IVANA.name} ") for line in told)


def test_a_wish_is_told_with_its_thread_and_the_day_of_our_calendar_on_which_we_named_a_price() -> None:
    asked = example.galeb().asks[0]
    late = datetime(2026, 11, 3, 23, 30, tzinfo=UTC)
    ask = replace(asked, subject="Cjenik", offered="", priced="To je 80 EUR.", priced_at=late)
    dossier = dossier_of(state=replace(example.galeb(), asks=(ask, replace(ask, subject=""))))
    told = " ".join(texts(dossier, "Requests beyond the agreement"))
    assert told.count("in “Cjenik” · we named a price on 2026-11-04: To je 80 EUR.") == 1
    assert told.count("we named a price on 2026-11-04") == 2
    rows = [row["what"] for row in rows_of(dossier) if row["kind"] == "extra wish"]
    assert rows[0].endswith("(in “Cjenik”; we named a price on 2026-11-04: To je 80 EUR.)")


# promises and approvals


def test_a_promise_has_its_day_its_writer_and_its_message_id() -> None:
    told = texts(dossier_of(mail(1, ANA)), "Promises")
    assert told[:3] == [
        "ivana@hotelgaleb.example promised payment for 13 Nov 2026: broken.",
        "Uplata ide najkasnije u petak.",
        "2026-11-05 07:00 · ivana@hotelgaleb.example · p1@galeb.example",
    ]


def test_both_sentences_of_an_approval_that_was_taken_back_are_quoted() -> None:
    told = texts(dossier_of(state=replace(example.galeb(), reversals=(reversal(),))), "Approvals that were taken back")
    assert [line for line in told if "example" not in line] == [
        "Approved:",
        "Odlično, odobreno.",
        "Taken back:",
        "To nismo tražili.",
    ]
    assert any("taken_back-20@hotelgaleb.example" in line for line in told)


# the page


def test_quotes_of_the_page_carry_their_language_and_its_picture_has_words() -> None:
    course = [(example.NOW - timedelta(weeks=12 - week), week / 20) for week in range(12)]
    page = render(dossier_of(mail(1, ANA, lang="da"), course=course), ".html").decode()
    assert set(re.findall(r"<blockquote( lang=\"\w*\")?", page)) == {' lang="hr"'}
    [alt] = re.findall(r'<img alt="([^"]*)"', page)
    assert alt.startswith("Line chart of the urgency")
    assert page.count(alt) == 1


def test_a_promise_in_another_language_than_the_clients_says_so() -> None:
    state = replace(example.galeb(), promises=(kept(""),))
    page = render(dossier_of(mail(1, ANA, lang="da"), state=state), ".html").decode()
    assert '<blockquote lang="da" dir="auto">Skice' in page


# the table


def test_the_table_tells_all_that_the_page_tells() -> None:
    state = replace(example.galeb(), reversals=(reversal(),))
    told = rows_of(dossier_of(mail(1, ANA, "skice.pdf"), state=state))
    kinds = {row["kind"] for row in told}
    assert kinds == {
        *("mail", "promise", "extra wish", "approved", "approval taken back", "work delivered"),
        *("stage", "reason", "behaviour", "verdict"),
    }
    by_kind = {row["kind"]: row for row in told}
    assert by_kind["stage"]["what"] == "stop work until paid, urgency 0.71"
    assert by_kind["reason"]["what"].startswith("Invoice 13-2026 is 31 days overdue")
    assert by_kind["mail"]["files"] == "skice.pdf"
    assert by_kind["extra wish"]["message_id"] == "a1@galeb.example"
    drift = next(row for row in told if row["what"].startswith("Payment drift, 0.82:"))
    assert drift["basis"] == "12-2026; 13-2026"


def test_the_table_has_a_row_for_every_payment_with_its_day() -> None:
    first, second, third = (date(2026, 3, day) for day in (2, 3, 4))
    bill = Invoice("7", "Hotel Galeb", first, first, 90.0, "EUR")
    parts = replace(bill, paid_at=third, paid_amount=60.0, payments=((first, 40.0), (third, 20.0)))
    whole = replace(bill, number="8", paid_at=second, paid_amount=90.0)
    told = rows_of(dossier_of(mail(1, ANA), state=replace(example.galeb(), invoices=(bill, parts, whole))))
    assert [(row["at"], row["what"]) for row in told if row["kind"] == "payment"] == [
        ("2026-03-02", "7: 40.00 EUR"),
        ("2026-03-03", "8: 90.00 EUR"),
        ("2026-03-04", "7: 20.00 EUR"),
    ]


def test_a_sentence_that_would_run_as_a_formula_does_not() -> None:
    ask = replace(example.galeb().asks[0], words="=HYPERLINK(1)")
    [row] = [
        row for row in rows_of(dossier_of(state=replace(example.galeb(), asks=(ask,)))) if row["kind"] == "extra wish"
    ]
    assert row["what"].startswith("'=HYPERLINK(1)")


# the file


def test_signs_that_the_fonts_lack_are_named_without_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    ask = replace(example.galeb().asks[0], words="Dodajte cjenik 🙏🏽 👍️ 谢谢 Ћ щ ž")
    with caplog.at_level(logging.WARNING):
        content = render(dossier_of(mail(1, ANA), state=replace(example.galeb(), asks=(ask,))), ".pdf")
    assert content.startswith(b"%PDF")
    assert caplog.records == []


def test_a_missing_sign_is_named_and_what_only_shapes_one_is_dropped() -> None:
    assert printable("ok 🙏🏽\ufe0f ž", {*range(0x250)}) == "ok [person with folded hands] ž"


# the verdict, judged again


@pytest.mark.parametrize("form", [".html", ".pdf", ".csv"])
def test_every_form_carries_the_verdict(form: str) -> None:
    dossier = dossier_of(mail(1, ANA))
    assert verdict_in(render(dossier, form)) == verdict_of(dossier.state, dossier.at, dossier.fingerprint)


def test_the_same_verdicts_differ_in_nothing() -> None:
    verdict = verdict_of(example.galeb(), example.NOW, "f")
    assert differences(verdict, verdict) == []


def test_only_what_differs_is_told_and_in_words() -> None:
    told = verdict_of(example.galeb(), example.NOW, "f")
    later = replace(
        example.galeb(),
        signals=tuple(
            replace(signal, score=0.5) if signal.tag == "distrust" else signal for signal in example.galeb().signals
        ),
        promises=(replace(example.galeb().promises[0], state=PromiseState.KEPT), example.galeb().promises[1]),
        behaviour=(replace(example.galeb().behaviour[0], score=0.1), example.galeb().behaviour[1]),
    )
    assert differences(told, verdict_of(later, example.NOW, "f")) == [
        "signal Distrust: was 0.22, is 0.5",
        "pattern over time Payment drift: was 0.82, is 0.1",
        "promise of payment in p1@galeb.example: was broken, is kept",
    ]


def test_a_sentence_that_is_gone_or_new_is_named_by_its_place() -> None:
    told = {"evidence": [["1@x", "distrust", 0, 10], ["2@x", "distrust", 0, 4]], "signals": {"distrust": 0.4}}
    now = {"evidence": [["2@x", "distrust", 0, 4], ["3@x", "aggression", 5, 9]], "signals": {}}
    assert differences(told, now) == [
        "signal Distrust: was 0.4, is not there",
        "sentence for Distrust in 1@x, characters 0 to 10: no longer found",
        "sentence for Aggression in 3@x, characters 5 to 9: newly found",
    ]


def test_many_sentences_that_differ_are_cut_and_counted() -> None:
    told = {"evidence": [[f"{number}@x", "distrust", 0, 1] for number in range(40)]}
    lines = differences(told, {"evidence": []})
    assert len(lines) == 13
    assert lines[-1] == "and 28 more of this kind"


def test_a_verdict_that_somebody_changed_is_compared_without_breaking() -> None:
    now = verdict_of(example.brightwell(), example.NOW, "f")
    odd = {**now, "signals": 7, "promises": "x", "evidence": [[1], None]}
    assert all(isinstance(line, str) for line in differences(odd, now))
