from __future__ import annotations

import email
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import pytest

from mailsignals.report.digest import compose, render_html, render_text, to_mail
from mailsignals.report.digest_facts import pace
from mailsignals.types import (
    Alert,
    AlertChange,
    BehaviourState,
    ClientState,
    Coverage,
    Facts,
    Invoice,
    OutgoingMail,
    Stage,
    Verdict,
)
from support import digest_example as example

BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")


class Page(HTMLParser):
    """The elements of a page, and the text a reader sees."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._hidden = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._hidden = tag in ("style", "title")

    def handle_endtag(self, tag: str) -> None:
        self._hidden = False

    def handle_data(self, data: str) -> None:
        self.text += "" if self._hidden else data

    def all(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.elements if tag == name]


def mail_of(**changes: object) -> EmailMessage:
    digest = example.example_digest(**changes)
    mail = to_mail(digest, message_id="1@kestrel.example", sender="night@kestrel.example", recipients=["a@b.example"])
    return parsed(mail)


def parsed(mail: OutgoingMail) -> EmailMessage:
    message = email.message_from_bytes(mail.raw, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def at_stage(state: ClientState, stage: Stage = Stage.WATCH) -> ClientState:
    return replace(state, verdict=Verdict(stage))


def many_clients(count: int) -> list[ClientState]:
    return [replace(example.galeb(), client=f"Hotel {number:03}", promises=()) for number in range(count)]


def alerts_of(states: list[ClientState]) -> list[object]:
    return [example.alert(state, tag) for state in states for tag in ("payment_excuse", "boundary_violation")]


# what it says


def test_the_first_line_names_the_clients_that_need_a_word() -> None:
    digest = example.example_digest(states=[example.galeb(), at_stage(example.loopnest())], alerts=example.alerts()[:2])
    assert digest.headline == "1 client needs attention: Hotel Galeb."
    assert digest.others == "1 to keep an eye on."
    assert digest.subject == "mailsignals: Hotel Galeb needs attention"


def test_several_clients_stand_in_the_subject_in_order_of_urgency() -> None:
    states = [example.galeb(), example.severmedia()]
    digest = example.example_digest(states=states, alerts=example.alerts())
    assert digest.subject == "mailsignals: Hotel Galeb, Север Медиа need attention"


def test_a_subject_counts_the_clients_behind_the_third() -> None:
    states = many_clients(5)
    digest = example.example_digest(states=states, alerts=alerts_of(states))
    assert digest.subject == "mailsignals: Hotel 000, Hotel 001, Hotel 002 and 2 more need attention"


def test_without_alerts_the_digest_is_short_and_still_tells_how_all_stand_and_what_was_read() -> None:
    digest = example.calm_digest()
    assert digest.subject == "mailsignals: all calm"
    assert digest.headline == "All calm: 1 client, nothing to tell."
    text = render_text(digest)
    assert "Brightwell Clinics" in text
    assert "Read 214 of 214 new messages in 3 folders, 2 with defects; log-in valid; model\ndefault 2026.11.25." in text
    assert len(text.splitlines()) < 30


def test_clients_told_before_are_not_called_calm() -> None:
    states = [replace(at_stage(state), promises=()) for state in example.states()[:5]]
    states += [example.brightwell()]
    before = {state.client: state for state in states}
    digest = example.example_digest(states=states, alerts=[], earlier=before, coverage=example.coverage())
    assert digest.subject == "mailsignals: nothing new, 5 to keep an eye on"
    assert digest.headline == "Nothing new to tell."
    before |= {"Brightwell Clinics": at_stage(example.brightwell())}
    digest = example.example_digest(states=states, alerts=[], earlier=before, coverage=example.coverage())
    assert digest.subject == "mailsignals: 1 stage changed, 5 to keep an eye on"
    assert digest.headline == "No new alert; 1 stage changed."
    assert digest.calm == "Brightwell Clinics (watch → calm)"


def test_a_client_at_watch_is_not_called_calm_even_where_no_sentence_stands_out() -> None:
    watched = replace(
        example.brightwell(), client="Holt", verdict=Verdict(Stage.WATCH, ("Chasing: ...",), ("chasing",))
    )
    digest = example.example_digest(states=[watched, example.brightwell()], alerts=[])
    assert (digest.others, digest.calm) == ("1 to keep an eye on. 1 is calm.", "Brightwell Clinics")
    assert [(row.name, row.stage, row.signal) for row in digest.rows] == [("Holt", "watch", "Chasing")]


def test_a_client_whose_stage_is_calm_is_called_calm_whatever_faint_echo_there_is() -> None:
    digest = example.example_digest(
        states=[example.client("Dunmore", 0.04, example.signal(0.29, tag="distrust"))], alerts=[]
    )
    assert (digest.rows, digest.calm) == ((), "Dunmore")


def test_the_watched_stand_by_stage_before_urgency() -> None:
    states = [at_stage(example.nordlys()), at_stage(example.loopnest(), Stage.SET_BOUNDARIES)]
    digest = example.example_digest(states=states, alerts=[], earlier={})
    assert [(row.name, row.stage) for row in digest.rows] == [("Loopnest", "set boundaries"), ("Nordlys ApS", "watch")]


def test_a_digest_without_any_client_says_so() -> None:
    digest = example.example_digest(states=[], alerts=[])
    assert digest.headline == "No client has written yet."
    assert "mailsignals show CLIENT" in render_text(digest)


def test_messages_that_were_not_read_stand_on_top_and_in_a_calm_subject() -> None:
    digest = example.example_digest(states=[example.brightwell()], alerts=[])
    assert digest.subject == "mailsignals: all calm, 3 messages not read"
    assert "3 new messages could not be read and were not judged." in render_text(digest)[:400]
    assert Page(render_html(digest)).text.count("3 new messages could not be read") == 2


def test_notes_of_the_scan_are_passed_on() -> None:
    assert "Klijenti/Hoteli was renumbered by the server" in render_text(example.example_digest())


def test_a_digest_from_the_store_alone_claims_no_scan() -> None:
    digest = example.example_digest(coverage=Coverage(model="default 1.0"))
    assert digest.receipt.line == "No mailbox was read for this digest; model default 1.0."


def test_changes_are_told_against_the_last_digest() -> None:
    (galeb, _, parcelry) = example.example_digest().sections
    assert galeb.changes == ("score 0.42 → 0.71, worse", "5 new messages", "Distrust quieter, 0.48 → 0.22")
    assert parcelry.changes == ("a new client, 4 messages so far",)


def test_the_first_digest_compares_with_nothing() -> None:
    states = [*example.states()[:3], *map(at_stage, example.states()[3:])]
    digest = example.example_digest(states=states, since=None, earlier={})
    assert digest.period == "the first digest"
    assert {section.changes for section in digest.sections} == {()}
    assert {row.change for row in digest.rows} == {""}
    assert "Since the last digest" not in render_text(digest)
    assert not [line for line in render_text(digest).splitlines() if line != line.rstrip()]


def test_every_alert_says_why_it_is_told_now() -> None:
    (galeb, sever, _) = example.example_digest().sections
    assert [signal.news for signal in galeb.signals] == ["worse, 0.55 → 0.82 high", "still going on, 0.66 high"]
    assert [signal.news for signal in sever.signals] == ["new, 0.61 high"]


def test_quotes_keep_their_language_and_tell_local_time_sender_and_subject() -> None:
    [quote] = example.example_digest().sections[0].signals[1].quotes
    assert quote.words.startswith("Zvala sam vas sinoć")
    assert quote.lang == "hr"
    assert quote.at == "Sun 22 Nov, 21:24"  # 20:24 UTC
    assert quote.sender == "Ivana Kovačević"
    assert quote.subject == "HITNO!!! naslovnica"


def test_one_quote_a_signal_is_shown_and_the_rest_counted() -> None:
    [section, *_] = example.example_digest().sections
    assert [len(signal.quotes) for signal in section.signals] == [1, 1]
    assert section.signals[0].extent == "4 messages on 4 days"
    assert section.left_out == "4 sentences"
    assert section.command == 'mailsignals show "Hotel Galeb" --all'


def test_a_new_quote_is_shown_even_if_older_ones_are_stronger() -> None:
    old = [example.quote("distrust", f"Old doubt {day}.", example.JUN, days_ago=day) for day in (20, 30, 40, 50)]
    new = example.quote("distrust", "New doubt.", example.JUN, days_ago=1)
    state = example.client("Loopnest", 0.5, example.signal(0.7, *old, new))
    digest = example.example_digest(states=[state], alerts=[example.alert(state, "distrust")])
    words = [quote.words for quote in digest.sections[0].signals[0].quotes]
    assert words == ["New doubt."]


def test_a_very_long_quote_ends_at_a_word_with_an_ellipsis() -> None:
    words = example.example_digest().sections[0].signals[0].quotes[0].words
    assert 100 < len(words) <= 136
    assert words.endswith("čim nam sjedne …")


def test_signals_that_are_not_due_stand_on_one_line() -> None:
    assert example.example_digest().sections[0].others == "Vague brief, Distrust"


def test_praise_is_shown_with_its_words() -> None:
    (praise,) = example.example_digest().sections[0].fairness
    assert praise.title == "Appreciation"
    assert praise.quotes[0].words.startswith("Fotografije terase su predivne")


def test_our_side_is_told_before_the_verdict() -> None:
    galeb, sever, parcelry = example.example_digest().sections
    assert galeb.pace == "On the whole we answer in 3 working hours, they in 53 working hours; 1 message waits for us."
    assert sever.our_side == "We take our time here; part of their tone may come from that."
    assert parcelry.pace == "Not enough mail to say how fast either side answers; no mail of ours to them was read."
    assert parcelry.our_side.startswith("Without our own mail, our side cannot be judged.")


def test_what_speaks_against_us_is_told_with_what_it_means() -> None:
    mirror = BehaviourState("our_side", 28.3, "hours", 0.6, "We answer in 28.3 working hours.")
    state = replace(example.severmedia(), behaviour=(mirror,))
    [section] = example.example_digest(states=[state], alerts=[example.alert(state, "aggression")]).sections
    assert section.our_side == (
        "We answer in 28.3 working hours. Set our own side right first: it may explain much of this."
    )


@pytest.mark.parametrize(
    ("ours", "theirs", "begins"),
    [
        (3.0, None, "On the whole we answer in 3 working hours, of them there is not enough mail to say;"),
        (None, 30.0, "They answer in 30 working hours, of us there is not enough mail to say;"),
    ],
)
def test_a_pace_that_is_known_of_one_side_only_says_so(ours: float | None, theirs: float | None, begins: str) -> None:
    assert pace(Facts(received=3, sent=3, our_reply=ours, their_reply=theirs)).startswith(begins)


def in_order(**facts: Any) -> ClientState:
    """A client that we answered soon, and whom nothing of ours waits for."""
    return example.client("Loopnest", 0.5, *example.galeb().signals, sent=4, our_reply=2.0, **facts)


def our_side_of(state: ClientState) -> str:
    digest = example.example_digest(states=[state], alerts=[example.alert(state, "payment_excuse")])
    return digest.sections[0].our_side


def test_only_a_side_without_fault_is_said_to_have_nothing_against_it() -> None:
    assert our_side_of(in_order()) == "Nothing shows against us."
    broken = replace(example.galeb().promises[0], is_ours=True)
    assert our_side_of(in_order(promises=(broken,))) == (
        "Not every promise of ours was kept; part of their tone may come from that."
    )


@pytest.mark.parametrize(
    ("mirror", "said"),
    [
        (
            BehaviourState("our_side", 0.0, "", 0.4, "2 of our promises not kept.", basis=("p1", "p2")),
            "2 of our promises not kept. Part of their tone may come from that.",
        ),
        (BehaviourState("our_side", 12.0, "", 0.1, "We answer in 12 hours."), "We answer in 12 hours."),
        (
            BehaviourState("our_side", 2.0, "", 0.0, "We answer in 2 hours."),
            "We answer in 2 hours. Nothing shows against us.",
        ),
        (BehaviourState("our_side", None, "", 0.0, "Not enough to say."), "Nothing shows against us."),
    ],
)
def test_what_the_mirror_says_is_told_however_little_it_weighs(mirror: BehaviourState, said: str) -> None:
    assert our_side_of(in_order(behaviour=(mirror,))) == said


def test_when_they_write_is_no_part_of_our_side() -> None:
    assert pace(Facts(received=3, sent=3, our_reply=2.0, their_reply=30.0, off_hours_share=0.68)) == (
        "On the whole we answer in 2 working hours, they in 30 working hours; nothing waits for us."
    )


# parting


REASONS = (
    "Work takes longer because of their constant involvement. (until lately; a stage is kept for two weeks)",
    "Rework is frequent and unpaid.",
    "Scope grows (12 wishes without an offer) while the will to pay does not.",
    "They leave no time for other clients.",
)
MIRROR = BehaviourState("our_side", 2.3, "", 0.0, "Lately we answer in 2.3 working hours (median of two months).")
BESIDE = "our side: lately we answer in 2.3 working hours"


def parting(client: str = "Loopnest") -> ClientState:
    behaviour = (BehaviourState("chasing", 0.8, "", 0.9, "Often."), MIRROR)
    verdict = Verdict(Stage.CONSIDER_PARTING, REASONS, ("micromanagement", "unpaid_extra_work"))
    return replace(in_order(behaviour=behaviour, verdict=verdict), client=client)


def due(*states: ClientState) -> list[Alert]:
    return [Alert(state.client, tag, 0.9, example.NOW, AlertChange.NEW, ()) for state in states for tag in DUE]


DUE = ("payment_excuse", "chasing", "stage")


def test_whoever_is_to_be_parted_from_has_all_reasons_our_side_and_no_other_advice() -> None:
    [section] = example.example_digest(states=[parting()], alerts=due(parting())).sections
    assert section.reasons == REASONS
    assert section.our_side == f"{MIRROR.words} Nothing shows against us."
    [advice] = section.helps
    assert advice.startswith("Decide in calm, with somebody who does not write to this client. Finish")
    assert advice.endswith("give no reasons that can be argued with.")
    assert "reason" not in section.left_out


def test_parting_is_never_named_without_our_side_beside_it() -> None:
    row = example.example_digest(states=[parting()], alerts=[])
    assert row.rows[0].our_side_beside == BESIDE
    states = [parting(f"Client {number}") for number in range(10)]
    brief = example.example_digest(states=states, alerts=due(*states))
    assert brief.in_brief[-1] == f"Client 9 (0.50): Payment excuse, Chasing, Consider parting; {BESIDE}"
    for digest in (row, brief):
        for shown in (" ".join(render_text(digest).split()), Page(render_html(digest)).text):
            named = shown.lower().count("consider parting")
            assert named - shown.lower().count(BESIDE) <= len(digest.sections)  # a section has a line of its own for it


def test_before_parting_our_pace_stands_in_for_a_mirror_that_cannot_say() -> None:
    digest = example.example_digest(states=[replace(parting(), behaviour=())], alerts=[])
    assert digest.rows[0].our_side_beside == (
        "our side: on the whole we answer in 2 working hours, of them there is not enough mail to say; "
        "nothing waits for us"
    )


# what is over


def recovered(state: ClientState, tag: str = "stage") -> list[Alert]:
    return [Alert(state.client, tag, 0.1, example.NOW, AlertChange.RECOVERED, ())]


def test_that_work_may_go_on_is_told_once_no_bill_is_overdue() -> None:
    day = example.NOW.date()
    paid = Invoice("7", "Loopnest", day - timedelta(days=60), day - timedelta(days=30), 500.0, "EUR", day, 500.0)
    digest = example.example_digest(
        states=[in_order(invoices=(paid,))],
        alerts=recovered(in_order()),
        told_stages={"Loopnest": Stage.STOP_WORK},
        coverage=example.coverage(),
    )
    [line] = digest.recovered
    assert line == "Loopnest: no longer at “stop work until paid”. No bill is overdue, work may go on."
    assert "OVER" in render_text(digest)
    assert line in Page(render_html(digest)).text
    assert digest.headline == "No new alert; 1 matter over."
    assert digest.subject == "mailsignals: 1 matter over"


def test_a_stage_that_is_over_tells_where_the_client_stands_now() -> None:
    state = at_stage(in_order(), Stage.SET_BOUNDARIES)
    told = {"Loopnest": Stage.CONSIDER_PARTING}
    digest = example.example_digest(states=[state], alerts=recovered(state), told_stages=told)
    assert digest.recovered == ("Loopnest: no longer at “consider parting”, now at “set boundaries”.",)
    digest = example.example_digest(states=[state], alerts=recovered(state))
    assert digest.recovered == ("Loopnest: the stage has calmed, now at “set boundaries”.",)


def test_the_foot_tells_how_to_get_it_at_the_other_rhythm() -> None:
    for is_weekly, other in ((True, "day"), (False, "week")):
        digest = example.example_digest(is_weekly=is_weekly)
        for shown in (render_text(digest), Page(render_html(digest)).text):
            assert f"mailsignals digest --every {other}" in shown


def test_other_clients_stand_in_a_table_and_calm_ones_by_name() -> None:
    watched, calm = [at_stage(example.nordlys()), at_stage(example.loopnest())], example.brightwell()
    before = {name: at_stage(state) for name, state in example.earlier().items()} | {"Brightwell Clinics": calm}
    digest = example.example_digest(states=[example.galeb(), *watched, calm], earlier=before)
    assert [(row.name, row.signal, row.messages, row.last, row.change) for row in digest.rows] == [
        ("Nordlys ApS", "Micromanagement", "18 messages in all", "20 Nov", "0.33 → 0.21, quieter"),
        ("Loopnest", "Discount haggling", "9 messages in all", "5 Nov", "unchanged"),
    ]
    assert digest.calm == "Brightwell Clinics"


@pytest.mark.parametrize("hide_text", [False, True])
def test_a_stage_that_has_changed_without_an_alert_is_told_with_its_first_reason(hide_text: bool) -> None:
    reasons = ("Micromanagement (fading): 2 mails on 2 days.", "Antipathy: 1 mail.")
    state = replace(example.nordlys(), verdict=Verdict(Stage.STOP_WORK, reasons, ("micromanagement",)))
    before = {"Nordlys ApS": at_stage(example.earlier()["Nordlys ApS"], Stage.CONSIDER_PARTING)}
    digest = example.example_digest(states=[state], alerts=[], earlier=before, hide_text=hide_text)
    reason = "Micromanagement." if hide_text else reasons[0]
    lines = render_text(digest).splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("Nordlys ApS"))
    assert lines[at].endswith("0.21 consider parting → stop work until paid")
    assert lines[at + 1].strip() == reason
    assert lines[at + 2].strip() == "18 messages in all, last 20 Nov"
    assert max(map(len, lines)) <= 78
    page = Page(render_html(digest)).text
    assert "consider parting → stop work until paid" in page
    assert reason in page
    assert "unchanged" not in page + render_text(digest)


def test_clients_beyond_the_eighth_are_told_in_brief() -> None:
    states = many_clients(10)
    digest = example.example_digest(states=states, alerts=alerts_of(states))
    assert len(digest.sections) == 8
    assert digest.in_brief == (
        "Hotel 008 (0.71): Payment excuse, Boundary violation",
        "Hotel 009 (0.71): Payment excuse, Boundary violation",
    )
    assert "Not spelled out here, to keep this mail short; mailsignals show CLIENT has all." in render_text(digest)


def test_a_third_alert_of_a_client_is_named_beside_the_others() -> None:
    tags = ("conflicting_instructions", "distrust", "vague_brief", "antipathy", "diy_override")
    signals = [example.signal(0.8, example.quote(tag, "No.", example.JUN)) for tag in tags]
    state = example.client("Loopnest", 0.9, *signals)
    digest = example.example_digest(states=[state], alerts=[example.alert(state, tag) for tag in tags])
    assert [signal.title for signal in digest.sections[0].signals] == ["Conflicting instructions", "Distrust"]
    assert digest.sections[0].others == "Vague brief, Antipathy, DIY override"


def test_a_fresh_insult_is_quoted_beside_the_strongest_signal_though_three_are_stronger() -> None:
    tags = ("payment_hurdle", "payment_excuse", "distrust", "aggression")
    signals = [
        example.signal(0.8 - place / 10, example.quote(tag, "No.", example.JUN)) for place, tag in enumerate(tags)
    ]
    state = example.client("Loopnest", 0.9, *signals)
    digest = example.example_digest(states=[state], alerts=[example.alert(state, tag) for tag in tags[:3]])
    assert [signal.title for signal in digest.sections[0].signals] == ["Payment hurdle", "Aggression"]


def test_the_watched_beyond_the_twentyfifth_are_counted() -> None:
    digest = example.example_digest(states=many_clients(30), alerts=[])
    assert (len(digest.rows), digest.more_rows) == (25, 5)
    assert "and 5 more" in render_text(digest)


def test_days_of_another_year_carry_it() -> None:
    def last_of(moment: datetime) -> str:
        state = at_stage(replace(example.loopnest(), facts=replace(example.loopnest().facts, last_at=moment)))
        return example.example_digest(states=[state], alerts=[]).rows[0].last

    assert last_of(datetime(2025, 12, 31, 23, 30, tzinfo=UTC)) == "1 Jan"
    assert last_of(datetime(2025, 12, 31, 22, 30, tzinfo=UTC)) == "31 Dec 2025"


# hidden text


def test_with_hidden_text_no_word_subject_or_sender_of_a_mail_is_shown() -> None:
    digest = example.example_digest(hide_text=True)
    shown = render_text(digest) + Page(render_html(digest)).text
    for state in example.states():
        for signal in state.signals:
            for quote in signal.quotes:
                assert quote.words[:20] not in shown
                assert not quote.subject or quote.subject[:12] not in shown
                assert quote.sender.name not in shown


def test_with_hidden_text_signals_dates_and_counts_stay() -> None:
    text = render_text(example.example_digest(hide_text=True))
    assert "* Payment excuse · worse, 0.55 → 0.82 high · 4 messages on 4 days" in text
    assert "Seen Mon 23 Nov, 23:19; Wed 18 Nov, 09:24; Thu 5 Nov, 21:24" in text
    assert "Words of mail are left out, as your settings ask." in text


# HTML


def test_the_page_runs_and_loads_nothing() -> None:
    html = render_html(example.example_digest())
    page = Page(html)
    for name in ("script", "link", "iframe", "form", "a"):
        assert not page.all(name)
    assert all(picture["src"].startswith("cid:") and picture["alt"] for picture in page.all("img"))
    names = {name for element, attributes in page.elements for name in attributes if element != "img"}
    assert not [name for name in names if name in ("src", "href", "background") or name.startswith("on")]
    assert "@import" not in html
    assert "url(" not in html


def test_nothing_of_a_mail_becomes_markup() -> None:
    page = Page(render_html(example.example_digest()))
    assert '<script>alert("pay")</script>' in page.text
    assert "Re: Bcc: everyone@evil.example" in page.text
    assert len(page.all("h1")) == 1
    assert {attributes["lang"] for attributes in page.all("blockquote")} == {"hr", "ru", 'en" onload="x'}
    assert not [attributes for _, attributes in page.elements if "onload" in attributes]


def test_quotes_and_replies_carry_their_language() -> None:
    page = Page(render_html(example.example_digest()))
    assert page.all("html")[0]["lang"] == "en"
    assert [cell["lang"] for cell in page.all("td") if "lang" in cell] == ["hr", "ru", "en"]


def test_layout_tables_are_hidden_from_screen_readers_and_data_tables_have_headers() -> None:
    states = [*example.states()[:3], *map(at_stage, example.states()[3:])]
    page = Page(render_html(example.example_digest(states=states)))
    data = [table for table in page.all("table") if table.get("role") != "presentation"]
    assert len(data) == 4  # the table of others, and what there is of three clients
    assert {header["scope"] for header in page.all("th")} == {"col", "row"}


def test_headings_step_down_one_level_at_a_time() -> None:
    levels = [
        int(tag[1]) for tag, _ in Page(render_html(example.example_digest())).elements if tag in ("h1", "h2", "h3")
    ]
    assert levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


def test_styles_stand_on_the_elements_without_flex_or_grid() -> None:
    html = render_html(example.example_digest())
    page = Page(html)
    assert all(cell.get("style") for cell in page.all("td"))
    assert "flex" not in html
    assert "grid" not in html
    assert "prefers-color-scheme: dark" in html
    assert {"name": "color-scheme", "content": "light dark"} in page.all("meta")


def test_a_page_of_many_talkative_clients_stays_below_what_gmail_clips() -> None:
    quotes = [
        example.quote("distrust", "&<Щ>" * 100, example.GLEB, days_ago=day, subject="<&>" * 90) for day in range(3)
    ]
    tags = ("aggression", "distrust", "vague_brief", "antipathy")
    signals = [example.signal(0.8, *quotes, tag=tag) for tag in tags]
    states = [example.client(f"<Client> {number}", 0.9, *signals) for number in range(12)]
    digest = example.example_digest(
        states=states, alerts=[example.alert(state, tag) for state in states for tag in tags]
    )
    html = render_html(digest)
    assert len(html.encode()) <= 90_000
    assert "Not spelled out here" in html
    for state in states:
        assert state.client in Page(html).text


# plain text


@pytest.mark.parametrize("hide_text", [False, True])
def test_plain_text_has_at_most_78_columns_and_no_trailing_blanks(hide_text: bool) -> None:
    lines = render_text(example.example_digest(hide_text=hide_text)).splitlines()
    assert max(map(len, lines)) <= 78
    assert not [line for line in lines if line != line.rstrip()]


def test_plain_text_carries_no_escapes_and_no_turned_reading_direction() -> None:
    for shown in (render_text(example.example_digest()), render_html(example.example_digest())):
        assert not BIDI.search(shown)
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", shown)


def test_a_quote_cannot_leave_its_block() -> None:
    words = "Hi\n\nWHAT WAS READ\n" + "-" * 78 + "\nRead 0 of 0"
    state = example.client("Loopnest", 0.5, example.signal(0.7, example.quote("distrust", words, example.JUN)))
    text = render_text(example.example_digest(states=[state], alerts=[example.alert(state, "distrust")]))
    assert text.count("\nWHAT WAS READ") == 1
    assert "  | Hi WHAT WAS READ" in text


def test_a_long_name_keeps_tables_and_commands_in_line() -> None:
    state = replace(example.nordlys(), client="x" * 200 + "@nordlys.example")
    text = render_text(example.example_digest(states=[state], alerts=[]))
    assert max(map(len, text.splitlines())) <= 78
    assert "mailsignals show CLIENT" in text


def test_a_name_that_a_shell_would_run_is_quoted_for_it() -> None:
    digest = example.example_digest(states=[replace(example.galeb(), client='a"$(reboot)"@x.example')])
    assert digest.command == """mailsignals show 'a"$(reboot)"@x.example'"""


# the mail


def test_the_mail_has_the_headers_of_an_automatic_one() -> None:
    mail = mail_of()
    assert mail["From"] == "mailsignals <night@kestrel.example>"
    assert mail["To"] == "a@b.example"
    assert mail["Message-ID"] == "<1@kestrel.example>"
    assert mail["Date"].datetime == example.NOW
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["MIME-Version"] == "1.0"


def test_the_mail_is_plain_text_and_html_of_the_same_digest() -> None:
    mail = mail_of()
    plain, related = mail.iter_parts()
    html, picture = related.iter_parts()
    assert mail.get_content_type() == "multipart/alternative"
    assert (plain.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert picture["Content-ID"].strip("<>") in html.get_content()
    assert picture.get_content().startswith(b"\x89PNG")
    assert {part.get_content_charset() for part in (plain, html)} == {"utf-8"}
    assert plain.get_content().replace("\r\n", "\n") == render_text(example.example_digest())
    assert html.get_content().replace("\r\n", "\n").strip() == render_html(example.example_digest()).strip()


def test_lines_of_the_mail_end_in_crlf_and_keep_to_998_octets_of_ascii() -> None:
    raw = to_mail(example.example_digest(), message_id="1@x", sender="a@b.example", recipients=["c@d.example"]).raw
    assert raw.isascii()
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", raw)
    assert max(map(len, raw.split(b"\r\n"))) <= 998


def test_the_same_digest_gives_the_same_bytes() -> None:
    first, second = (
        to_mail(example.example_digest(), message_id="1@x", sender="a@b.example", recipients=["c@d.example"])
        for _ in range(2)
    )
    assert first.raw == second.raw


def test_a_clients_name_cannot_add_a_header() -> None:
    state = replace(example.galeb(), client="Hotel\r\nBcc: everyone@evil.example\r\n\r\nHi")
    mail = mail_of(states=[state], alerts=[example.alert(state, "payment_excuse")])
    assert mail["Bcc"] is None
    assert mail["Subject"] == "mailsignals: Hotel Bcc: everyone@evil.example Hi needs attention"


def test_an_address_with_a_line_break_is_refused() -> None:
    with pytest.raises(ValueError, match="linefeed"):
        to_mail(
            example.calm_digest(),
            message_id="1@x",
            sender="a@b.example\r\nBcc: c@d.example",
            recipients=["e@f.example"],
        )


def test_several_recipients_stand_in_one_header() -> None:
    mail = to_mail(
        example.calm_digest(), message_id="1@x", sender="a@b.example", recipients=["c@d.example", "e@f.example"]
    )
    assert parsed(mail)["To"] == "c@d.example, e@f.example"
    assert mail.recipients == ("c@d.example", "e@f.example")


def test_an_address_beyond_ascii_stands_as_it_is() -> None:
    mail = to_mail(example.calm_digest(), message_id="1@x", sender="a@b.example", recipients=["ána@d.example"])
    assert "To: ána@d.example\r\n".encode() in mail.raw


def test_compose_is_the_same_for_the_same_arguments() -> None:
    def digest() -> object:
        return compose(
            example.states(),
            {},
            [example.alert(example.galeb(), "payment_excuse", AlertChange.AGAIN)],
            example.coverage(),
            now=example.NOW,
            since=example.NOW - timedelta(days=1),
            zone=example.ZAGREB,
        )

    assert digest() == digest()
