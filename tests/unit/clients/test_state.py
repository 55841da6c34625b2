from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest

from mailsignals.behaviour.cues import our_cues
from mailsignals.clients.alerts import AlertRules
from mailsignals.clients.identity import Roster
from mailsignals.clients.stage import HOLD
from mailsignals.clients.state import Judge, client_states
from mailsignals.types import Address, ClientState, Evidence, Invoice, Message, Stage, Tagging, WorkingTime
from mailsignals.workflows.assess import House, Record
from support.mails import ANA, IVA, MONDAY, message

WORK = WorkingTime(ZoneInfo("Europe/Zagreb"), time(9), time(17, 30), frozenset(range(5)))
ROSTER = Roster([ANA.email], {"Miramar": ["miramar.example"], "Firm": ["firm.example"], "atelier": ["atelier.example"]})
TEA = Address("tea@miramar.example")
JO = Address("jo@firm.example")
NOW = MONDAY + timedelta(days=10)


def states(messages: list[Message], *troubled: int, now_after: timedelta = timedelta(days=10)) -> list[ClientState]:
    """The clients, where these messages hold a payment excuse."""
    ids = [f"{number}@miramar.example" for number in troubled]
    taggings = {key: Tagging(key, "m", {}, (Evidence("payment_excuse", 0, 4, 0.9),)) for key in ids}
    return list(client_states(messages, taggings, ROSTER, WORK, MONDAY + now_after))


def test_the_most_urgent_client_comes_first() -> None:
    found = states([message(1), message(2, sender=JO)], 2)
    assert [state.client for state in found] == ["Firm", "Miramar"]
    assert found[0].score > found[1].score == 0


def test_clients_of_one_score_come_by_name_whatever_its_capitals() -> None:
    mails = [message(1), message(2, sender=JO), message(3, sender=Address("a@atelier.example"))]
    assert [state.client for state in states(mails)] == ["atelier", "Firm", "Miramar"]


def test_evidence_counts_for_the_client_who_wrote_it() -> None:
    found = {state.client: state for state in states([message(1), message(2, sender=JO)], 1)}
    assert [quote.words for quote in found["Miramar"].signals[0].quotes] == ["Fine"]
    assert found["Firm"].signals == ()


def test_our_own_words_are_no_evidence() -> None:
    found = states([message(1), message(2, sender=ANA, recipients=(IVA,))], 2)
    assert found[0].signals == ()


def test_what_came_later_is_not_known_yet() -> None:
    mails = [message(1), message(2, sender=JO), message(50, sender=JO)]
    found = {state.client: state for state in states(mails, 50, now_after=timedelta(hours=10))}
    assert found["Firm"].facts.received == 1
    assert found["Firm"].signals == ()


def test_people_come_by_number_of_messages_with_their_fullest_name() -> None:
    mails = [
        message(1, sender=IVA),
        message(2, sender=TEA),
        message(3, sender=Address(TEA.email, "Tea Marić")),
        message(4, sender=Address(TEA.email, "Tea")),
    ]
    assert states(mails)[0].people == (Address(TEA.email, "Tea Marić"), IVA)


def test_the_language_is_the_usual_one_of_those_that_are_known() -> None:
    mails = [message(1, lang="und"), message(2, lang="und"), message(3, lang="hr"), message(4, lang="hr")]
    assert states([*mails, message(5, lang="en")])[0].lang == "hr"
    assert states(mails[:2])[0].lang == "und"


def test_the_facts_of_a_client_are_beside_its_signals() -> None:
    facts = states([message(1), message(2), message(3, sender=ANA, recipients=(IVA,)), message(4)])[0].facts
    assert (facts.received, facts.sent, facts.unanswered) == (3, 1, 1)


def test_a_mailbox_without_clients_has_no_states() -> None:
    assert states([]) == []


@pytest.mark.parametrize(
    ("name", "line", "greets"),
    [
        ("Ivana Horvat", "Poštovana Ivana,", True),
        ("Ivana Horvat", "Ivana,", True),
        ("Геннадий Рогов", "Геннадий Петрович,", True),
        ("Ivana Horvat", "Thanks, Ivana!", False),
        ("Ivana Horvat", "Happy birthday, Ivana!", False),
    ],
)
def test_how_we_greet_a_person_is_kept_and_what_only_names_them_is_not(name: str, line: str, greets: bool) -> None:
    them = Address("them@miramar.example", name)
    ours = message(2, f"{line}\nthe file is here.", sender=ANA, recipients=(them,))
    (state,) = states([message(1, sender=them, recipients=(ANA,)), ours])
    assert state.greetings == ({them.person: line} if greets else {})


def test_a_stage_that_was_reached_stays_two_weeks_on_whatever_day_it_is_looked_at() -> None:
    """Night calls on two days earn a stage that decay alone would take back within days."""
    mails = [message(number, sent_at=MONDAY + timedelta(days=number)) for number in (0, 1)]
    mails.append(message(3, sender=ANA, recipients=(TEA,), sent_at=MONDAY))
    spans = (Evidence("boundary_violation", 0, 4, 0.8),)
    taggings = {mail.message_id: Tagging(mail.message_id, "m", {}, spans) for mail in mails[:2]}
    nights = [MONDAY + timedelta(days=days, hours=12) for days in range(1, 120)]
    ranks = [client_states(mails, taggings, ROSTER, WORK, night)[0].verdict.stage.rank for night in nights]
    assert ranks == sorted(ranks, reverse=True)
    assert ranks[0] > ranks[-1]
    assert ranks.count(ranks[0]) >= HOLD.days


def test_work_rests_until_the_bill_is_paid_and_not_a_day_longer() -> None:
    mails = [message(1, sent_at=MONDAY), message(2, sender=ANA, recipients=(TEA,), sent_at=MONDAY)]
    due = MONDAY.date() - timedelta(days=50)
    paid_at = MONDAY.date() + timedelta(days=3)
    bills = [Invoice(number, "Miramar", due, due, 500.0, "EUR", paid_at, 500.0) for number in ("7", "8")]
    nights = [MONDAY + timedelta(days=days, hours=12) for days in range(30)]
    stages = [Judge(mails, {}, ROSTER, WORK, invoices=bills).states(night)[0].verdict.stage for night in nights]
    assert [stage is Stage.STOP_WORK for stage in stages] == [True] * 3 + [False] * 27


REMINDER = "A short reminder: invoice 7 was due on 10 February and is still open."


@pytest.mark.parametrize(
    ("words", "answer", "stops"),
    [
        (REMINDER, None, True),
        (REMINDER, "I will ask the accountant.", False),
        ("A short reminder: the texts are still missing.", None, False),
    ],
)
def test_a_reminder_of_the_payment_that_nobody_answered_stops_work(words: str, answer: str | None, stops: bool) -> None:
    due = MONDAY.date() - timedelta(days=10)
    sent_at = MONDAY + timedelta(days=1)
    mails = [message(1), message(2, words, sender=ANA, recipients=(IVA,), sent_at=sent_at, subject="Logo", lang="en")]
    if answer:
        mails.append(message(3, answer, sent_at=sent_at + timedelta(days=1), subject="Re: Logo", lang="en"))
    readings = {mail.message_id: our_cues(mail.own_text, "en", MONDAY.date()) for mail in mails if mail.sender == ANA}
    judge = Judge(mails, {}, ROSTER, WORK, readings=readings, invoices=(Invoice("7", "Miramar", due, due, 300, "EUR"),))
    nights = [MONDAY + timedelta(days=days, hours=12) for days in range(12)]
    stages = [judge.states(night)[0].verdict.stage for night in nights]
    rests = [stage is Stage.STOP_WORK for stage in stages]
    assert rests == [False] * 6 + [stops] * 6


def test_parting_stays_two_weeks_on_after_the_sign_that_a_paid_bill_was_is_gone() -> None:
    mails = [message(number, sent_at=MONDAY + timedelta(days=day)) for number, day in enumerate((0, 1, 12, 20, 29))]
    mails.append(message(9, sender=ANA, recipients=(TEA,), sent_at=MONDAY))
    spans = tuple(Evidence(tag, 0, 4, 0.95) for tag in ("micromanagement", "unpaid_extra_work"))
    taggings = {mail.message_id: Tagging(mail.message_id, "m", {}, spans) for mail in mails[:-1]}
    due, paid = (MONDAY.date() + timedelta(days=days) for days in (10, 31))
    excused = mails[2].message_id
    taggings[excused] = replace(taggings[excused], evidence=(*spans, Evidence("payment_excuse", 0, 4, 0.9)))
    judge = Judge(
        mails, taggings, ROSTER, WORK, invoices=(Invoice("7", "Miramar", due, due, 500.0, "EUR", paid, 500.0),)
    )
    nights = [MONDAY + timedelta(days=days, hours=12) for days in range(20, 50)]
    parts = [judge.states(night)[0].verdict.stage is Stage.CONSIDER_PARTING for night in nights]
    held = 2 + HOLD.days  # the story is four weeks long from day 29 on
    assert parts == [False] * 9 + [True] * held + [False] * (len(nights) - 9 - held)


def test_behaviour_that_wavers_around_the_bar_keeps_its_stage_and_what_is_gone_is_gone_at_once() -> None:
    mails = [message(90, sender=ANA, recipients=(TEA,), sent_at=MONDAY)]
    mails += [message(n, sent_at=MONDAY + timedelta(days=n, hours=12)) for n in range(8)]
    mails += [message(n, sent_at=MONDAY + timedelta(days=n, hours=2)) for n in range(8, 12)]
    nights = _nights_of_late_mail(mails)[1:]
    strong = [score >= 0.6 for score, _ in nights]
    assert strong == sorted(strong, reverse=True)
    assert [is_watched for _, is_watched in nights].count(True) == strong.count(True) + HOLD.days
    gone = _nights_of_late_mail([*mails, message(14, sent_at=MONDAY + timedelta(days=14, hours=2))])
    assert {is_watched for score, is_watched in gone if score < 0.45} == {False}


@pytest.mark.parametrize("strong_for", [1, 4, 5, 7])
def test_a_short_strong_run_does_not_come_and_go(strong_for: int) -> None:
    mails = [message(90, sender=ANA, recipients=(TEA,), sent_at=MONDAY)]
    mails += [message(n, sent_at=MONDAY + timedelta(days=3, hours=12, minutes=n)) for n in range(5)]
    mails += [message(n, sent_at=MONDAY + timedelta(days=3 + strong_for, hours=1, minutes=n)) for n in (80, 81)]
    nights = _nights_of_late_mail(mails)
    assert 0.45 <= nights[-1][0] < 0.6
    watched = [is_watched for _, is_watched in nights]
    assert watched == sorted(watched, reverse=True)
    assert watched.count(True) == sum(score >= 0.6 for score, _ in nights) + HOLD.days


def test_agreed_rounds_reach_the_score_of_a_client() -> None:
    mails, taggings = [], {}
    for day in range(5):
        sent_at = MONDAY + timedelta(days=day)
        ours = message(100 + day, sender=ANA, recipients=(IVA,), sent_at=sent_at, subject="Logo")
        wish = message(day, sent_at=sent_at + timedelta(hours=3), subject="Logo")
        mails += [ours, wish]
        spans = (Evidence("vague_brief", 0, 4, 0.9),)
        taggings[wish.message_id] = Tagging(wish.message_id, "m", {}, spans)
    scores = []
    for rounds in (None, 2, 8):
        house = House(ROSTER, WORK, AlertRules(), rounds)
        (state,) = Record(mails, taggings).states(house, MONDAY + timedelta(days=9))
        scores.append(next(found.score for found in state.behaviour if found.signal == "revision_churn"))
    assert scores[1] > scores[0] > scores[2] == 0


def test_a_mail_from_a_far_future_spoils_no_score() -> None:
    mails = [message(number, sent_at=MONDAY + timedelta(days=number)) for number in range(6)]
    lost = message(7, sent_at=MONDAY.replace(year=2900))
    assert [state.score for state in states([*mails, lost], 1, 2)] == [state.score for state in states(mails, 1, 2)]
    assert states([*mails, lost], 1, 2)[0].score > 0


def _nights_of_late_mail(mails: list[Message]) -> list[tuple[float, bool]]:
    """The score of off-hours contact, and whether the client is watched, from the third night to the fortieth."""
    judge, found = Judge(mails, {}, ROSTER, WORK), []
    for day in range(3, 40):
        (state,) = judge.states(MONDAY + timedelta(days=day, hours=23))
        score = next(measured.score for measured in state.behaviour if measured.signal == "off_hours_contact")
        found.append((score, state.verdict.stage is Stage.WATCH))
    return found


def test_no_stage_is_held_that_was_never_reached() -> None:
    """What is usual among the clients falls when the others write ordinary mail; an earlier night goes by its own."""
    others = [Address(f"eva@{name}.example") for name in ("luz", "galeb", "arno", "brod")]
    roster = Roster([ANA.email], {"Miramar": [TEA.email], **{who.email: [who.email] for who in others}})
    days = [(TEA, day) for day in (*range(0, 80, 8), 82, 84)]
    days += [(who, day) for who in others for day in (*range(60, 82, 2), *[86] * 40)]
    mails = [
        message(number, sender=who, sent_at=MONDAY + timedelta(days=day)) for number, (who, day) in enumerate(days)
    ]
    told = Evidence("boundary_violation", 0, 4, 0.88)
    taggings = {
        mail.message_id: Tagging(
            mail.message_id, "m", {}, (told,) if on in {(TEA, 82), (TEA, 84)} or on[1] == 80 else ()
        )
        for mail, on in zip(mails, days, strict=True)
    }
    judge = Judge(mails, taggings, roster, WORK)
    nights = [MONDAY + timedelta(days=day, hours=12) for day in range(84, 92)]
    stages = [state.verdict.stage for night in nights for state in judge.states(night) if state.client == "Miramar"]
    assert stages == [Stage.WATCH] * 8
