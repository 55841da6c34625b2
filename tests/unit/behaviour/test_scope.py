from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from mailsignals.behaviour.scope import asks_of, reversals_of
from mailsignals.types import Message, Tagging
from support.talks import TEA, mail, talk

EXTRA = ("unpaid_extra_work",)


def test_who_asks_for_it_unpaid_offers_nothing_whatever_they_say_of_bills() -> None:
    wish = "While you're up here write a few lines on the staff as well, put that on no bill, we pay for it next time."
    assert [ask.offered for ask in asks_of(talk(mail(0, wish, tags=EXTRA)))] == [""]


def test_extra_wishes_are_listed_with_what_was_offered() -> None:
    found = asks_of(
        talk(
            mail(0, "Could you add a blog while you are there?", tags=EXTRA),
            mail(1, "And banners, please.", tags=EXTRA, subject="Banners"),
            mail(2, "Of course we pay extra for that.", subject="Banners"),
        )
    )
    assert [(ask.words, ask.offered) for ask in found] == [
        ("Could you add a blog while you are there?", ""),
        ("And banners, please.", "Of course we pay extra for that."),
    ]


def test_our_next_mail_of_the_thread_may_name_a_price() -> None:
    (found,) = asks_of(
        talk(
            mail(0, "Could you add a blog while you are there?", tags=EXTRA),
            mail(1, "Something else first: the logo is online.", ours=True, subject="Cards"),
            mail(2, "Gladly. The blog would be 400 EUR. Shall I?", ours=True),
        )
    )
    assert found.priced == "The blog would be 400 EUR."
    assert found.priced_at == mail(2)[0].sent_at


@pytest.mark.parametrize(
    "words",
    [
        "400 euros",
        "EUR400",
        "PHP15,000",
        "kr. 4.500",
        "4.500,-",
        "5,000 kroner",
        "500 kuna",
        "400 евро",
        "20 тыс. руб.",
    ],
)
def test_a_price_is_seen_however_it_is_written(words: str) -> None:
    (found,) = asks_of(talk(mail(0, "Add a blog.", tags=EXTRA), mail(2, f"That makes {words} more.", ours=True)))
    assert found.priced


def test_a_bill_is_no_price_for_the_wish() -> None:
    bill = "A reminder: invoice 12 for 400 EUR is still open."
    (found,) = asks_of(talk(mail(0, "Add a blog.", tags=EXTRA), mail(2, bill, ours=True)))
    assert found.priced_at is None


def test_an_accepted_quote_begins_the_list_anew() -> None:
    wish = mail(0, "Add a blog.", tags=EXTRA)
    quote = mail(1, "Here is our quote for the blog: 400 EUR.", ours=True)
    found = asks_of(talk(wish, quote, mail(2, "Agreed, go ahead."), mail(3, "And a shop?", tags=EXTRA)))
    assert [ask.words for ask in found] == ["And a shop?"]
    assert len(asks_of(talk(wish, quote, mail(2, "Too much for us.")))) == 1


def test_what_follows_the_yes_in_the_same_mail_is_a_new_wish() -> None:
    quote = mail(1, "Here is our quote for the blog: 400 EUR.", ours=True)
    yes, also = "Agreed, go ahead.", "And add banners too."
    made, tagging = mail(2, f"{yes} {also}", tags=EXTRA)
    span = replace(tagging.evidence[0], start=len(yes) + 1, end=len(yes) + 1 + len(also))
    assert [ask.words for ask in asks_of(talk(quote, (made, replace(tagging, evidence=(span,)))))] == [also]


def test_a_yes_to_one_quote_leaves_the_wishes_of_other_threads() -> None:
    wish = mail(0, "Add a blog.", tags=EXTRA, subject="Website")
    quote = mail(1, "Here is our quote for the flyer: 400 EUR.", ours=True, subject="Flyer")
    assert len(asks_of(talk(wish, quote, mail(2, "Agreed, go ahead.", subject="Flyer")))) == 1


def test_praise_of_the_work_after_the_first_answer_accepts_no_quote() -> None:
    wish, quote = mail(0, "Add a blog.", tags=EXTRA), mail(1, "Here is our quote for the blog: 400 EUR.", ours=True)
    answers = [mail(2, "I will ask my partner."), mail(5, "Looks great, approved.")]
    assert len(asks_of(talk(wish, quote, *answers))) == 1


def test_a_price_in_our_second_answer_is_found() -> None:
    first = mail(1, "Gladly, we look into it.", ours=True)
    (found,) = asks_of(talk(mail(0, "Add a blog.", tags=EXTRA), first, mail(3, "That makes 400 EUR.", ours=True)))
    assert found.priced == "That makes 400 EUR."


def test_a_complaint_takes_back_the_last_approval_alone() -> None:
    mails = [
        mail(0, "Looks great, approved."),
        mail(3, "Approved, print it."),
        mail(9, "This is not what we asked for."),
    ]
    (found,) = reversals_of(talk(*mails))
    assert found.approved.words == "Approved, print it."


def test_an_approval_that_is_taken_back_is_quoted_with_both_sentences() -> None:
    (found,) = reversals_of(
        talk(mail(0, "Looks great, approved."), mail(9, "This is not what we asked for."), mail(10, "Thanks."))
    )
    assert (found.approved.words, found.taken_back.words) == (
        "Looks great, approved.",
        "This is not what we asked for.",
    )


def test_another_thread_takes_nothing_back() -> None:
    assert not reversals_of(
        talk(mail(0, "Looks great, approved."), mail(9, "This is not what we asked for.", subject="Cards"))
    )


CONFLICT = ("conflicting_instructions",)
APPROVED = mail(0, "Approved, print the blue one.")


def answered_by_tea(days: float, text: str, tags: Sequence[str], *, is_sure: bool = True) -> tuple[Message, Tagging]:
    made, tagging = mail(days, text, tags=tags, who=TEA)
    spans = tuple(replace(span, is_sure=is_sure) for span in tagging.evidence)
    return replace(made, in_reply_to=APPROVED[0].message_id), replace(tagging, evidence=spans)


def test_an_order_of_somebody_else_takes_an_approval_back() -> None:
    (found,) = reversals_of(
        talk(
            APPROVED,
            answered_by_tea(1, "Blue? Make it red, whatever she wrote.", CONFLICT),
            mail(2, "Never mind him: one page in red for show, and the rest in blue.", tags=CONFLICT),
        )
    )
    assert (found.taken_back.words, found.taken_back.sender) == ("Blue? Make it red, whatever she wrote.", TEA)


def test_a_likely_order_of_somebody_else_is_enough_beside_the_approval() -> None:
    order = answered_by_tea(1, "Make it red, whatever she wrote.", CONFLICT, is_sure=False)
    assert len(reversals_of(talk(APPROVED, order))) == 1


def test_who_upholds_an_approval_takes_nothing_back() -> None:
    upheld = mail(2, "Never mind him: one page in red for show, and the rest in blue.", tags=CONFLICT)
    assert not reversals_of(talk(APPROVED, upheld))


def test_who_approved_may_take_it_back_in_so_many_words() -> None:
    words = "We changed our minds: red, and keep the blue."
    assert len(reversals_of(talk(APPROVED, mail(2, words, tags=CONFLICT)))) == 1


def test_blame_and_vague_words_after_an_approval_are_not_against_it() -> None:
    words = "You lost us a week. Make it pop."
    assert not reversals_of(talk(APPROVED, answered_by_tea(5, words, ("blame_shifting", "vague_brief"))))


def test_every_price_of_the_answer_is_kept() -> None:
    answer = "These are new work:\n\n- blog: EUR 450\n- careers page: EUR 450\n- waiting list: EUR 1,400\n\nWhich ones?"
    (found,) = asks_of(
        talk(mail(0, "A blog, careers and a waiting list, please.", tags=EXTRA), mail(3, answer, ours=True))
    )
    assert found.priced == "- blog: EUR 450\n- careers page: EUR 450\n- waiting list: EUR 1,400"


def test_a_price_in_another_thread_counts_where_it_names_what_the_wish_was_first_to_name() -> None:
    history = mail(0, "The website looks fine on my phone.", subject="Website")
    wish = mail(5, "Do us banners for the website, for free?", tags=EXTRA, subject="One more thing")
    price = "The banner would be EUR 90."
    other = "Hosting of the website is EUR 120."
    (found,) = asks_of(talk(history, wish, mail(8, f"Hello! {other} {price}", ours=True, subject="Invoice")))
    assert (found.priced, found.priced_at) == (price, mail(8, ours=True)[0].sent_at)
    (late,) = asks_of(talk(history, wish, mail(25, price, ours=True, subject="Invoice")))
    assert late.priced_at is None


def test_a_price_in_the_thread_comes_before_one_elsewhere() -> None:
    wish = mail(0, "Do us banners too?", tags=EXTRA)
    elsewhere = mail(1, "Three banners for the fair: EUR 300.", ours=True, subject="Fair")
    (found,) = asks_of(talk(wish, elsewhere, mail(2, "That makes 90 EUR.", ours=True)))
    assert found.priced == "That makes 90 EUR."


def test_wishes_and_reversals_tell_their_subject() -> None:
    (asked,) = asks_of(talk(mail(0, "Add a blog.", tags=EXTRA, subject="Website")))
    (found,) = reversals_of(talk(APPROVED, mail(9, "This is not what we asked for.")))
    assert (asked.subject, found.approved.subject, found.taken_back.subject) == ("Website", "Logo", "Logo")
