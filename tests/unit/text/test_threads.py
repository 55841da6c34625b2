from __future__ import annotations

from datetime import timedelta

import pytest

from mailsignals.text.threads import subject_of, threads
from mailsignals.types import Address, Message
from support.mails import ANA, IVA, MONDAY, message

DAY = timedelta(days=1)


def mail(number: int, subject: str = "Logo", *, days: float = 0, **facts: object) -> Message:
    return message(number, subject=subject, sent_at=MONDAY + days * DAY, **facts)


def number_of_threads(*messages: Message) -> int:
    return len(set(threads(messages).values()))


def test_references_join_even_where_the_mail_between_is_missing() -> None:
    first, last = mail(1), mail(3, "Quite another subject", days=2, references=("1@miramar.example", "2@never.seen"))
    beside = mail(4, "And another", days=3, in_reply_to="2@never.seen")
    assert number_of_threads(first, last, beside) == 1


@pytest.mark.parametrize(
    "subject", ["Re: Logo", "SV: Logo", "Odg: Re: Logo", "Отв: Logo", "AW: [miramar] Logo", "Re[2]: logo", "Logo"]
)
def test_a_subject_joins_where_a_program_sets_no_references(subject: str) -> None:
    answer = mail(2, subject, days=1, sender=ANA, recipients=(IVA,))
    assert number_of_threads(mail(1, sender=IVA, recipients=(ANA,)), answer) == 1


def test_the_same_subject_months_later_is_another_matter() -> None:
    assert number_of_threads(mail(1, "Invoice"), mail(2, "Invoice", days=90)) == 2
    assert number_of_threads(mail(1, "Invoice"), mail(2, "Invoice", days=50), mail(3, "Invoice", days=100)) == 1


def test_the_same_subject_between_other_people_is_another_thread() -> None:
    assert number_of_threads(mail(1), mail(2, days=1, recipients=(IVA,))) == 2


def test_a_colleague_more_or_a_list_less_in_cc_is_the_same_thread() -> None:
    team, tea = Address("team@kestrel.example"), Address("tea@miramar.example")
    asked = mail(1, sender=IVA, recipients=(ANA, team))
    assert number_of_threads(asked, mail(2, days=1, sender=ANA, recipients=(IVA, tea))) == 1


def test_no_subject_joins_nothing() -> None:
    assert number_of_threads(mail(1, ""), mail(2, "Re: ", days=1)) == 2


def test_prefixes_are_taken_off_whole_words_only() -> None:
    assert subject_of(mail(1, "Research: results")) == "research: results"
    assert subject_of(mail(1, "RV : Logo")) == "logo"
