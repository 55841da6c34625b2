"""A client takes one screen, light or dark, and what has no room is counted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from mailsignals.report import digest as digest_module
from mailsignals.report.charts import TREND_HEIGHT, TREND_WIDTH, draw_course
from mailsignals.report.digest import render_html, render_text, to_mail
from mailsignals.report.digest_view import ClientSection, Digest
from mailsignals.types import BehaviourState, ClientState, Matter, Promise, PromiseState, Stage, Verdict
from support import digest_example as example

LONG = "We would have paid long ago if only your people had sent the right paper to the right person in time. " * 9


def crowded() -> ClientState:
    """A client that has much of everything, each as long as it comes."""
    tags = ("payment_hurdle", "payment_excuse", "distrust", "antipathy", "aggression", "vague_brief")
    quotes = {tag: [example.quote(tag, LONG, example.JUN, days_ago=1 + day) for day in range(4)] for tag in tags}
    kind = [example.signal(0.4, *quotes["distrust"], tag=tag) for tag in ("appreciation", "constructive_criticism")]
    measured = [
        BehaviourState(name, 1.0, "", 0.9, LONG)
        for name in ("payment_drift", "souring", "chasing", "hostile_contact", "our_side")
    ]
    state = replace(
        example.client("Loopnest", 0.9, *(example.signal(0.8, *quotes[tag]) for tag in tags), *kind),
        behaviour=tuple(measured[:-1]),
        promises=tuple(promised(days) for days in range(-5, 3)),
        asks=example.galeb().asks * 5,
        verdict=Verdict(Stage.STOP_WORK, (LONG, LONG, LONG), ("payment_drift",)),
        people=(example.JUN, example.METTE, example.GLEB, example.PRIYA),
    )
    return replace(state, asks=tuple(replace(ask, words=LONG) for ask in state.asks))


def promised(days: int, made: int = 30, *, ours: bool = False, matter: Matter = Matter.PAYMENT) -> Promise:
    """A promise for so many days from now; those of days gone are broken."""
    return Promise(
        f"{days}@x.example",
        example.JUN.email,
        ours,
        matter,
        example.NOW - timedelta(days=made),
        (example.NOW + timedelta(days=days)).date(),
        PromiseState.BROKEN if days < 0 else PromiseState.OPEN,
        LONG,
    )


def section_of(state: ClientState, **changes: Any) -> ClientSection:
    alerts = [example.alert(state, signal.tag) for signal in state.signals if signal.tag != "appreciation"]
    [section] = example.example_digest(states=[state], alerts=alerts[:4], **changes).sections
    return section


@pytest.mark.parametrize("state", [crowded(), example.galeb()], ids=lambda state: state.client)
def test_a_client_takes_sixty_lines_draft_and_blanks_included_however_much_there_is_of_it(state: ClientState) -> None:
    digest = example.example_digest(states=[state], alerts=[example.alert(state, state.signals[0].tag)])
    assert digest.sections[0].reply
    section = render_text(digest).split(f"\n{state.client}\n")[1].split("\n\n\n")[0]
    assert len(section.splitlines()) <= 60


def test_two_signals_three_promises_three_wishes_and_two_patterns_are_spelled_out() -> None:
    section = section_of(crowded())
    assert [len(part) for part in (section.signals, section.promises, section.asks, section.measures)] == [2, 3, 3, 2]
    assert [len(signal.quotes) for signal in section.signals] == [1, 1]
    assert len(section.fairness) == 1
    assert len(section.reasons) == 2


def test_what_has_no_room_is_told_by_number_with_the_command_that_shows_it() -> None:
    section = section_of(crowded())
    assert section.left_out == (
        "1 reason, 6 sentences, 2 patterns over time, 5 promises, 2 wishes, 1 sign in their favour"
    )
    shown = render_text(replace(example.calm_digest(), sections=(section,)))
    assert 'mailsignals show "Loopnest" --all' in " ".join(shown.split())
    assert section.left_out in " ".join(shown.split())


def test_where_all_is_shown_nothing_is_said_to_be_left_out() -> None:
    shown = example.example_digest(states=[example.severmedia()], alerts=[example.alerts()[5]])
    assert shown.sections[0].left_out == ""
    assert "Not shown" not in render_text(shown) + render_html(shown)


def test_advice_has_two_sentences_one_of_the_stage_and_one_of_the_gravest_signal() -> None:
    section = section_of(crowded())
    stage, signal = section.helps
    assert stage.endswith("no new date, no new work, no long explanations.")
    assert signal == "Let a night pass before you answer, and never answer in the same tone."


def test_where_only_money_is_the_matter_the_stages_own_two_sentences_stand() -> None:
    state = replace(example.galeb(), signals=example.galeb().signals[:1], behaviour=())
    [advice] = section_of(state).helps
    assert advice.count(". ") == 1
    assert advice.endswith("Find out who decides on payments and write to that person.")


def test_a_pattern_that_is_due_alone_brings_its_own_advice() -> None:
    state = replace(
        example.nordlys(),
        signals=(),
        behaviour=(BehaviourState("chasing", 0.8, "", 0.9, "Often."),),
        verdict=Verdict(Stage.SET_BOUNDARIES),
    )
    alert = replace(example.alerts()[2], client=state.client, tag="chasing")
    [section] = example.example_digest(states=[state], alerts=[alert]).sections
    assert section.advice.endswith("an extra costs, when you answer, or which tone you accept. Often it is worry.")


# trimmed once


def test_a_trimmed_mail_has_the_same_clients_in_its_text_its_page_and_its_pictures(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(digest_module, "MAX_HTML", 32_000)
    digest = many(5)
    mail = to_mail(digest, message_id="1@x", sender="a@b.example", recipients=["c@d.example"]).raw
    spelled_out = len(digest.sections)
    assert 0 < spelled_out < 5
    assert len(digest.in_brief) == 5 - spelled_out
    assert len(render_html(digest).encode()) <= 32_000
    assert mail.count(b"Content-ID:") == spelled_out
    assert len(re.findall(r'src="cid:', render_html(digest))) == spelled_out
    assert len(re.findall(r"^A draft in ", render_text(digest), re.MULTILINE)) == spelled_out
    assert render_html(digest).count("Draft, ") == spelled_out


def many(count: int) -> Digest:
    states = [replace(example.galeb(), client=f"Hotel {number}") for number in range(count)]
    courses = {state.client: [(example.NOW - timedelta(weeks=12 - w), w / 20) for w in range(12)] for state in states}
    return digest_module.compose(
        states,
        {},
        [example.alert(state, "payment_excuse") for state in states],
        example.coverage(),
        now=example.NOW,
        since=None,
        zone=example.ZAGREB,
        courses=courses,
    )


# light and dark


def test_the_picture_has_no_ground_of_its_own_so_that_it_fits_a_dark_page() -> None:
    png = draw_course([(example.NOW - timedelta(weeks=12 - week), week / 20) for week in range(12)])
    assert png[25] == 6  # RGBA (PNG specification, 11.2.1)
    assert corner(png)[3] == 0


def corner(png: bytes) -> Sequence[float]:
    import io

    from matplotlib.image import imread

    picture = imread(io.BytesIO(png), format="png")
    assert picture.shape[:2] == (2 * TREND_HEIGHT, 2 * TREND_WIDTH)
    return list(picture[1, 1])


def test_the_picture_is_small_and_its_caption_does_not_say_its_alt_text_again() -> None:
    html = render_html(example.example_digest())
    [image] = re.findall(r"<img[^>]*>", html)
    assert f'width="{TREND_WIDTH}"' in image
    alt = re.search(r'alt="([^"]+)"', image)
    assert alt
    assert html.count(alt[1]) == 1
    assert "2 Sep to 25 Nov" in html


def test_every_stage_has_colours_of_its_own_on_a_dark_page() -> None:
    dark = render_html(example.example_digest()).split("prefers-color-scheme: dark")[1].split("</style>")[0]
    for stage in ("watch", "set-boundaries", "stop-work-until-paid", "consider-parting"):
        assert re.search(rf"\.{stage} {{ background-color: #\w+ !important; color: #\w+ !important", dark)


def test_a_sentence_of_a_promise_or_a_wish_carries_its_language() -> None:
    state = replace(example.galeb(), our_lang="de")
    section = section_of(state)
    assert [entry.lang for entry in (*section.promises, *section.asks)] == ["de", "hr", "hr"]
    html = render_html(replace(example.calm_digest(), sections=(section,)))
    assert re.search(r'<span[^>]*lang="de"[^>]*>“Naslovnica', html)
    assert re.search(r'<span[^>]*lang="hr"[^>]*>“Fotografije', html)
