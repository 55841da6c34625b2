from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from mailsignals.behaviour.figures import Figure, behaviours, state_of
from mailsignals.behaviour.measures import measure_all
from mailsignals.behaviour.mirror import our_side
from mailsignals.behaviour.money import payment_drift
from mailsignals.behaviour.people import hostile_contact
from mailsignals.behaviour.promises import promises_of
from mailsignals.behaviour.rounds import Agency, approver_sprawl, attention_share, revision_churn
from mailsignals.behaviour.souring import souring
from mailsignals.behaviour.timing import chasing, off_hours_contact, unresponsive
from mailsignals.types import Address, Invoice
from support.talks import TEA, WORK, mail, talk

QUESTION = "Which header shall we keep?"
WORKDAYS = [day for day in range(30) if day % 7 < 5]


def bill(number: int, days_late: int | None) -> Invoice:
    """The bill of a month, paid so many days late, or not at all."""
    issued = date(2026, number, 1)
    due = issued + timedelta(days=14)
    paid = due + timedelta(days=days_late) if days_late is not None else None
    return Invoice(f"2026-{number}", "Miramar", issued, due, 100, "EUR", paid, 100 if paid else 0)


# --- unresponsive ---


def test_slow_answers_are_told_in_working_days_and_weekends_do_not_count() -> None:
    mails = [mail(day, QUESTION, ours=True) for day in (0, 7, 14, 21)] + [mail(day + 4.0) for day in (0, 7, 14, 21)]
    figure = unresponsive(talk(*mails, days=27))
    assert figure is not None
    assert figure.value == pytest.approx(4.0)


def test_a_holiday_is_no_working_day() -> None:
    mails = [mail(day, QUESTION, ours=True) for day in (0, 7, 14, 21)] + [mail(day + 4.0) for day in (0, 7, 14, 21)]
    free = frozenset({date(2026, 3, 3), date(2026, 3, 10), date(2026, 3, 17), date(2026, 3, 24)})
    figure = unresponsive(talk(*mails, days=27, work=replace(WORK, holidays=free)))
    assert figure is not None
    assert figure.value == pytest.approx(3.0)


def test_silence_counts_while_it_lasts() -> None:
    mails = [mail(0), *(mail(day, QUESTION, ours=True) for day in (1, 2, 3, 4))]
    early, late = (unresponsive(talk(*mails, days=days)) for days in (4.2, 30))
    assert early is not None
    assert late is not None
    assert early.value < 3 < late.value
    assert len(late.basis) == 4


def test_mail_in_another_thread_answers_nothing_and_a_new_one_does() -> None:
    old = mail(-20, subject="Cards")
    asked = [mail(day, QUESTION, ours=True) for day in (0, 7, 14, 21, 22)]
    elsewhere = [mail(day + 0.1, subject="Cards") for day in (0, 7, 14, 21)]
    waits = unresponsive(talk(old, *asked, *elsewhere, mail(25, subject="Logo"), days=28))
    assert waits is not None
    assert waits.value > 5
    fresh = [mail(day + 1.0, subject=f"New {day}") for day in (0, 7, 14, 21)]
    soon = unresponsive(talk(*asked[:4], *fresh, days=28))
    assert soon is not None
    assert soon.value == pytest.approx(1.0)


def test_what_we_never_asked_again_while_they_wrote_elsewhere_may_have_been_settled_otherwise() -> None:
    """An answer that comes in the old thread weeks later is no long wait; one that we had to ask for again is."""
    weeks = (0, 14, 28, 42)
    mails = [mail(-20, subject="Cards")]
    for day in weeks:
        mails += [mail(day, QUESTION, ours=True, subject=f"Page {day}"), mail(day + 12, subject=f"Page {day}")]
        mails.append(mail(day + 1, subject="Cards"))
    assert unresponsive(talk(*mails, days=56)) is None
    again = [mail(day + 2, QUESTION, ours=True, subject=f"Page {day}") for day in weeks]
    pressed = unresponsive(talk(*mails, *again, days=56))
    assert pressed is not None
    assert pressed.value > 6


def test_prompt_answers_count_whatever_else_was_written_and_keep_a_few_late_ones_in_their_place() -> None:
    mails = [mail(-20, subject="Cards")]
    for day in range(0, 48, 4):
        page = f"Page {day}"
        mails += [mail(day, QUESTION, ours=True, subject=page), mail(day + 0.5, subject="Cards")]
        mails.append(mail(day + 1, subject=page))
    for day in (0.01, 14.01, 28.01, 42.01):
        page = f"Text {day}"
        mails += [mail(day + later, QUESTION, ours=True, subject=page) for later in (0, 5)]
        mails.append(mail(day + 10, subject=page))
    figure = unresponsive(talk(*mails, days=56))
    assert figure is not None
    assert figure.value < 2


def test_mail_of_ours_that_asks_nothing_waits_for_nothing() -> None:
    assert unresponsive(talk(*(mail(day, "Here is the page.", ours=True) for day in range(5)), days=30)) is None


# --- chasing, hours ---


def test_a_second_mail_within_hours_is_a_chase_and_one_after_our_answer_is_not() -> None:
    hour = 1 / 24
    chased = [mail(0), mail(hour), mail(2 * hour), mail(7), mail(7 + hour), *(mail(day) for day in WORKDAYS[7:17])]
    figure = chasing(talk(*chased, days=30))
    assert figure is not None
    assert figure.value == pytest.approx(3 / 15)
    answered = [mail(0), mail(hour / 2, ours=True), mail(hour), *(mail(day) for day in WORKDAYS[4:19])]
    calm = chasing(talk(*answered, days=30))
    assert calm is not None
    assert calm.value == 0


def test_fourteen_mails_are_too_few_to_say_that_somebody_chases() -> None:
    mails = [mail(day / 24) for day in range(14)]
    assert chasing(talk(*mails, days=20)) is None
    assert chasing(talk(*mails, mail(1), days=20)) is not None


def test_asking_before_the_promised_day_is_a_chase() -> None:
    promise = mail(0, "You will have it on Friday.", ours=True)
    mails = [
        promise,
        mail(1, "Fine."),
        mail(2.5, "Is it done?"),
        mail(3.2, "Any news?", subject="Cards"),
        *(mail(day) for day in WORKDAYS[10:22]),
    ]
    figure = chasing(talk(*mails, days=30))
    assert figure is not None
    assert figure.basis == (mails[2][0].message_id,)


def test_night_mail_is_told_beside_the_usual_share() -> None:
    past = [mail(day) for day in (0, 1, 2, 3, 4)]
    late = [mail(day + 0.5) for day in (90, 91, 92, 93, 94)]
    figure = off_hours_contact(talk(*past, *late, days=100))
    assert figure is not None
    assert (figure.value, figure.usual) == (1.0, 0.0)


# --- money ---

EXCUSES = ("The bank was closed.", "Our accountant is ill.", "The invoice was lost.")


def test_bills_that_are_paid_later_each_time_drift() -> None:
    known = talk(days=150, invoices=[bill(1, 0), bill(2, 1), bill(3, 12), bill(4, 25)])
    figure = payment_drift(known, ())
    assert figure is not None
    assert (figure.value, figure.usual) == (18.5, 0.5)


def test_an_open_bill_counts_with_its_age() -> None:
    figure = payment_drift(talk(days=60, invoices=[bill(1, 0), bill(3, None)]), ())
    assert figure is not None
    assert figure.value == (date(2026, 5, 1) - date(2026, 3, 15)).days / 2


def test_bills_paid_in_time_score_nothing_and_one_bill_says_nothing() -> None:
    figure = payment_drift(talk(days=150, invoices=[bill(number, -2) for number in (1, 2, 3)]), ())
    assert figure is not None
    assert state_of("payment_drift", figure, []).score == 0
    assert payment_drift(talk(days=150, invoices=[bill(1, 40)]), ()) is None


def test_an_old_bill_that_is_still_open_counts_though_later_ones_were_paid() -> None:
    figure = payment_drift(talk(days=150, invoices=[bill(1, None), bill(2, 0), bill(3, 0), bill(4, 0)]), ())
    assert figure is not None
    assert figure.value > 14


def test_a_bill_without_a_day_is_due_after_thirty() -> None:
    issued = [date(2026, month, 1) for month in (1, 2, 3)]
    waits = (20, 40, 60)
    bills = [
        Invoice(f"{day}", "Miramar", day, None, 100, "EUR", day + timedelta(days=wait), 100)
        for day, wait in zip(issued, waits, strict=True)
    ]
    figure = payment_drift(talk(days=150, invoices=bills), ())
    assert figure is not None
    assert figure.value == (10 + 30) / 2


def test_a_bill_that_was_paid_on_a_day_unknown_tells_nothing() -> None:
    paid = [replace(bill(number, 0), paid_at=None) for number in (1, 2, 3)]
    assert payment_drift(talk(days=150, invoices=paid), ()) is None


def test_several_bills_overdue_and_longer_waits_within_the_terms_weigh_on_top() -> None:
    one = payment_drift(talk(days=60, invoices=[bill(1, 0), bill(2, None)]), ())
    two = payment_drift(talk(days=60, invoices=[bill(1, 0), bill(2, None), bill(3, None)]), ())
    slower = payment_drift(talk(days=200, invoices=[*(bill(n, -10) for n in (1, 2, 3)), bill(4, 5), bill(5, 5)]), ())
    assert one is not None
    assert two is not None
    assert slower is not None
    assert two.extra > one.extra == 0
    assert slower.extra > 0
    assert "from bill to payment" in slower.words


def test_a_second_and_third_reason_for_the_same_bill_weigh_and_the_first_does_not() -> None:
    reasons = [mail(day, text, tags=["payment_excuse"]) for day, text in zip((20, 27, 34), EXCUSES, strict=True)]
    bills = [bill(1, 0), bill(3, None)]
    extras = []
    for count in (1, 2, 3):
        known = talk(*reasons[:count], days=40, invoices=bills)
        figure = payment_drift(known, promises_of(known))
        assert figure is not None
        extras.append(figure.extra)
    assert extras[0] == 0 < extras[1] < extras[2]
    assert "3 dates or reasons given for the same bill" in figure.words


@pytest.mark.parametrize("tags", [[], ["payment_excuse"]])
def test_one_day_or_one_reason_in_three_mails_is_one(tags: list[str]) -> None:
    for texts in (["We'll pay on Friday."] * 3, [text + " We'll pay on Friday." for text in EXCUSES]):
        known = talk(
            *(mail(day, text, tags=tags) for day, text in enumerate(texts)),
            days=40,
            invoices=[bill(1, None), bill(2, None)],
        )
        figure = payment_drift(known, promises_of(known))
        assert figure is not None
        assert "dates or reasons" not in figure.words
    same = payment_drift(talk(*(mail(day, EXCUSES[0], tags=["payment_excuse"]) for day in (20, 27, 34)), days=40), ())
    assert same is not None
    assert same.value == 0


def test_excuses_alone_are_told_from_mail_and_fade() -> None:
    reasons = [mail(day, text, tags=["payment_excuse"]) for day, text in zip((20, 27, 34), EXCUSES, strict=True)]
    figure = payment_drift(talk(*reasons, days=40), ())
    assert figure is not None
    assert figure.value == 14
    assert payment_drift(talk(*reasons, days=340), ()) is None


def test_without_a_ledger_mail_is_used_and_says_so() -> None:
    known = talk(
        mail(0, "We'll pay on Friday."),
        mail(9, "Reminder: invoice 3 is overdue.", ours=True),
        mail(10, "Sorry, we'll pay on Friday."),
        mail(20, "Reminder: invoice 3 is still overdue.", ours=True),
        days=40,
    )
    figure = payment_drift(known, promises_of(known))
    assert figure is not None
    assert figure.value > 0
    assert figure.words.startswith("From mail alone")


# --- rounds, people, share ---


def test_rounds_are_counted_by_our_deliveries_between() -> None:
    mails = []
    for day in range(5):
        mails += [mail(day, "Here is the draft.", ours=True), mail(day + 0.3, tags=["vague_brief"])]
    figure = revision_churn(talk(*mails, days=10), None)
    assert figure is not None
    assert figure.value == 5
    assert revision_churn(talk(*(mail(day, tags=["vague_brief"]) for day in range(5)), days=10), None) is None


def test_rounds_that_are_agreed_count_for_nothing() -> None:
    mails = []
    for day in range(5):
        mails += [mail(day, "Here is the draft.", ours=True), mail(day + 0.3, tags=["vague_brief"])]
    known = talk(*mails, days=10)
    scores = [state_of("revision_churn", revision_churn(known, agreed), []).score for agreed in (1, 3, 5)]
    assert scores[0] > scores[1] > scores[2] == 0
    words = [figure.words for agreed in (None, 0, 1, 5) if (figure := revision_churn(known, agreed))]
    assert words == [
        "5 rounds of changes under “Logo”.",
        "5 rounds of changes under “Logo”, where none is agreed.",
        "5 rounds of changes under “Logo”, where 1 is agreed.",
        "5 rounds of changes under “Logo”, where 5 are agreed.",
    ]


def test_rounds_of_earlier_threads_are_what_is_usual() -> None:
    mails = []
    for start, subject, rounds in ((0, "Cards", 2), (20, "Flyer", 2), (200, "Logo", 4)):
        for day in range(start, start + rounds):
            mails += [
                mail(day, "Here is the draft.", ours=True, subject=subject),
                mail(day + 0.3, tags=["vague_brief"], subject=subject),
            ]
    figure = revision_churn(talk(*mails, days=210), None)
    assert figure is not None
    assert (figure.value, figure.usual) == (4, 2)


def test_thanks_are_no_instruction() -> None:
    figure = approver_sprawl(
        talk(*(mail(day, "Thanks!", who=TEA) for day in range(3)), mail(4, "A bigger logo?"), days=9)
    )
    assert figure is not None
    assert figure.value == 1


def test_people_who_contradict_weigh_more_than_people_who_agree() -> None:
    agree = [mail(day, "Could you make it blue?", who=TEA) for day in range(3)]
    torn = [mail(3, tags=["conflicting_instructions"]), mail(4, tags=["conflicting_instructions"])]
    one, two = (approver_sprawl(talk(*mails, days=10)) for mails in (agree, [*agree, *torn]))
    assert one is not None
    assert two is not None
    assert (one.value, two.value) == (1, 2)
    assert two.extra > one.extra == 0


def test_attention_is_set_beside_revenue_where_a_ledger_tells_it() -> None:
    known = talk(*(mail(day) for day in range(10)), days=12, invoices=[bill(1, 0)])
    agency = Agency(mails=40, clients=5, revenue=1000)
    by_money, by_number = attention_share(known, agency), attention_share(known, replace(agency, revenue=0))
    assert by_money is not None
    assert by_number is not None
    assert by_money.value == pytest.approx(0.25 / 0.1)
    assert by_number.value == pytest.approx(0.25 / 0.2)
    assert attention_share(known, Agency(mails=9, clients=2)) is None


def test_long_answers_take_attention_as_many_mails_do() -> None:
    known = talk(mail(0), mail(1, "Here is the long answer that you wanted, in full.", ours=True), days=12)
    agency = Agency(mails=20, words=20, clients=4)
    figure = attention_share(known, agency)
    assert figure is not None
    assert figure.value == pytest.approx((2 / 20 + 10 / 20) / 2 / 0.25)
    assert "10% of our recent mail and 50% of the words we wrote" in figure.words


def test_one_person_who_carries_all_trouble_is_named() -> None:
    mails = [mail(day, tags=["aggression"]) for day in range(5)] + [mail(day, who=TEA) for day in (6, 7, 8)]
    figure = hostile_contact(talk(*mails, days=10))
    assert figure is not None
    assert figure.value == 1
    assert "Iva wrote all 5 difficult" in figure.words


def test_where_trouble_is_rare_in_everybodys_mail_nobody_is_hostile() -> None:
    mails = [mail(day, tags=["distrust"] if day < 5 else []) for day in range(24)]
    figure = hostile_contact(talk(*mails, *(mail(day, who=TEA) for day in (6, 7, 8)), days=25))
    assert figure is not None
    assert figure.value == 0
    assert figure.words == "5 of their 27 mails were difficult, and nobody stands out."


def test_two_who_share_a_role_box_are_two_people() -> None:
    iva, tea = (Address("office@miramar.example", name) for name in ("Iva Babić", "Tea Kos"))
    mails = [mail(day, tags=["aggression"], who=iva) for day in range(5)] + [mail(day, who=tea) for day in (6, 7, 8)]
    figure = hostile_contact(talk(*mails, days=10))
    assert figure is not None
    assert "Iva Babić wrote all 5 difficult" in figure.words


def test_a_role_box_that_writes_the_firms_name_is_one_writer() -> None:
    names = ("Hotel Miramar", "", "Hotel Miramar d.o.o.", "Office")
    assert len({Address("office@miramar.example", name).person for name in names}) == 1


# --- one of a kind ---


def test_one_mail_is_no_mails() -> None:
    torn = [mail(3, tags=["conflicting_instructions"]), *(mail(day, "A bigger logo?", who=TEA) for day in range(3))]
    known = talk(
        mail(0, "We'll pay on Friday."),
        mail(9, "Reminder: invoice 3 is overdue.", ours=True),
        mail(10, "The bank was closed.", tags=["payment_excuse"]),
        mail(13, "Sorry, we'll pay on Friday."),
        days=40,
    )
    figures = approver_sprawl(talk(*torn, days=10)), payment_drift(known, promises_of(known)[:1])
    said = [figure.words for figure in figures if figure]
    assert said[0] == "2 people give instructions, 1 mail with instructions that contradict."
    assert "1 promise of payment, 1 not kept" in said[1]
    assert "1 mail with a reason" in said[1]


@pytest.mark.parametrize(("days", "ago"), [(4.2, "today"), (5, "1 day ago"), (7, "3 days ago")])
def test_silence_is_told_in_days(days: float, ago: str) -> None:
    asked = [mail(day, QUESTION, ours=True) for day in (0, 1, 2, 3)]
    figure = unresponsive(talk(*asked, mail(4, subject="Cards"), mail(4.1, QUESTION, ours=True), days=days))
    assert figure is not None
    assert f"still open, last mail of theirs {ago}." in figure.words


# --- souring ---


def test_a_client_who_turns_is_seen_and_one_bad_day_is_not() -> None:
    good = [mail(day) for day in range(0, 40, 2)]
    one_bad_day = souring(talk(*good, mail(41, tags=["aggression"]), *(mail(day) for day in (42, 44, 46)), days=50))
    turned = souring(talk(*good, *(mail(day, tags=["distrust"]) for day in (41, 43, 45, 47, 49)), days=50))
    assert one_bad_day is not None
    assert turned is not None
    assert one_bad_day.value < 1 < turned.value
    assert turned.words == "Since 12 Apr 2026, 5 of their 5 mails were strained; before, 0 of 20 were strained."


def test_a_sure_sentence_says_more_of_a_turn_than_a_doubtful_one() -> None:
    good = [mail(day) for day in range(0, 40, 2)]
    doubtful, sure = (
        souring(talk(*good, *(mail(day, tags=["distrust"], sure=sure) for day in (41, 43)), days=50))
        for sure in (0.65, 0.98)
    )
    assert doubtful is not None
    assert sure is not None
    assert doubtful.value < 1 < sure.value


def test_stiff_words_beside_one_strained_mail_are_a_turn_and_haggling_is_none() -> None:
    good = [mail(day, "Hi Ana, fine.") for day in range(0, 40, 2)]
    stiff = [mail(day, "Dear Ms Novak, fine.") for day in (43, 47)]
    friendly = mail(45, "Hi Ana, fine.")
    turned = souring(talk(*good, mail(41, "Hi Ana, no.", tags=["distrust"], sure=0.98), *stiff, friendly, days=50))
    assert turned is not None
    assert turned.value >= 1
    assert "1 of their 4 mails was strained and 2 stiffer than usual" in turned.words
    haggled = souring(talk(*good, *(mail(day, tags=["discount_haggling"]) for day in (41, 43, 45)), days=50))
    assert haggled is not None
    assert haggled.value == 0


def test_a_client_who_has_come_round_has_not_turned_for_ever() -> None:
    bad = [mail(day, tags=["aggression", "distrust"]) for day in range(41, 60, 2)]
    after = [mail(day) for day in range(61, 120, 2)]
    figure = souring(talk(*(mail(day) for day in range(0, 40, 2)), *bad, *after, days=125))
    assert figure is not None
    assert figure.value == 0


def test_who_was_difficult_from_the_start_has_not_turned() -> None:
    assert souring(talk(*(mail(day, tags=["distrust"]) for day in range(12)), days=20)) is None


# --- our side ---


def test_our_slow_answers_open_questions_and_broken_promises_count_against_us() -> None:
    prompt = [mail(day, "Is it done?") for day in (0, 7, 14)] + [
        mail(day + 0.05, "Yes.", ours=True) for day in (0, 7, 14)
    ]
    slow = [mail(day, "Is it done?") for day in (0, 7, 14)] + [mail(day + 4, "Yes.", ours=True) for day in (0, 7, 14)]
    fast, late = (our_side(talk(*mails, days=19), ()) for mails in (prompt, slow))
    waiting = our_side(talk(*prompt, mail(15, "And the price?"), days=25), ())
    assert fast is not None
    assert late is not None
    assert waiting is not None
    scores = [state_of("our_side", figure, []).score for figure in (fast, late, waiting)]
    assert scores[0] == 0
    assert scores[1] > 0.5
    assert 0 < scores[2] < scores[1]


def test_a_promise_that_we_broke_stands_on_our_side() -> None:
    mails = [mail(0, "You will have the sketches on Friday.", ours=True), mail(7, "Where are the sketches?")]
    known = talk(*mails, mail(7.1, "Here.", ours=True, files=["a.pdf"]), days=10)
    figure = our_side(known, promises_of(known))
    assert figure is not None
    assert "1 of our promises was not kept" in figure.words
    assert mails[0][0].message_id in figure.basis


def test_where_we_answered_nothing_no_time_of_answer_is_told() -> None:
    figure = our_side(talk(mail(0, "And the price?"), mail(1, "Hello?"), days=10), ())
    assert figure is not None
    assert figure.words == "2 questions of theirs wait."


def test_a_hostile_mail_of_ours_is_forgotten_after_two_months() -> None:
    harsh = mail(0, "Are you blind?", ours=True, tags=["aggression"])
    assert our_side(talk(harsh, days=20), ()) is not None
    assert our_side(talk(harsh, days=200), ()) is None


# --- scores ---


def test_too_little_is_said_so_and_scores_nothing() -> None:
    state = state_of("chasing", None, [])
    assert (state.value, state.score) == (None, 0)
    assert state.words == "Not enough to say: it takes fifteen recent mails of theirs."


def test_more_than_the_own_past_or_the_others_raises_a_score() -> None:
    same = state_of("chasing", Figure(0.4, "", usual=0.4), [0.4, 0.4, 0.4]).score
    grown = state_of("chasing", Figure(0.4, "", usual=0.1), [0.4, 0.4, 0.4]).score
    beyond = state_of("chasing", Figure(0.4, "", usual=0.1), [0.1, 0.1, 0.1]).score
    assert same < grown < beyond


def test_every_behaviour_signal_is_measured_in_the_order_of_the_catalogue() -> None:
    known = talk(mail(0), mail(1, ours=True))
    states = measure_all([known], None).states("Miramar")
    assert [state.signal for state in states] == list(behaviours())
    assert all(0 <= state.score <= 1 for state in states)


def test_what_was_measured_before_is_what_a_night_of_then_would_have_measured() -> None:
    """The client's own part in what all clients take is that of then, too."""
    mails = [mail(day, QUESTION, ours=True) for day in range(0, 60, 4)] + [mail(day + 0.4) for day in range(0, 60, 4)]
    late = [mail(day, tags=["payment_excuse"]) for day in (50, 55, 64, 66)]
    others = [
        replace(talk(*(mail(day) for day in range(40, 60, 2)), days=70), client=f"Other {number}")
        for number in range(5)
    ]
    now, then = talk(*mails, *late, days=70), talk(*mails, *late, days=63)
    measures = measure_all([now, *others], None)
    at_once = measure_all([then, *(other.until(then.now) for other in others)], None).states("Miramar")
    for name in behaviours():
        before = measures.state_before(name, now, then.now, 0.0)
        state = next(state for state in at_once if state.signal == name)
        assert (before is None) is (state.value is None), name
        if before:
            assert before.value == pytest.approx(state.value, abs=1e-3), name
            assert (before.score, before.basis) == (pytest.approx(state.score, abs=1e-3), state.basis), name


def test_what_was_strong_stays_so_when_others_become_known_who_are_alike() -> None:
    nights = [mail(day + 0.5, "Now!", tags=[]) for day in range(6, 18, 2)]
    now = talk(*nights, days=20)
    others = [
        replace(talk(*(mail(since + hour / 24) for hour in range(10, 16)), days=20), client=f"Other {since}")
        for since in (18, 18.1, 18.2)
    ]
    measures = measure_all([now, *others], None)
    off_hours = next(state for state in measures.states("Miramar") if state.signal == "off_hours_contact")
    assert (off_hours.value, off_hours.others, off_hours.score) == (1, 1, 0.5)
    assert measures.state_before("off_hours_contact", now, now.now - timedelta(days=1), 0.6)
