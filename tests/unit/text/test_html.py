from __future__ import annotations

import pytest

from mailsignals.text.html import html_to_text


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("One<br>two", "One\ntwo"),
        ("<div>One</div><div>two</div>", "One\ntwo"),
        ("<p>x &gt; y &amp; z&nbsp;&mdash; fine</p>", "x > y & z — fine"),
        ("<a href='https://shop.example'>the shop</a><img alt='a logo' src='x'>", "the shop"),
        ("plain words, no tags", "plain words, no tags"),
        ("", ""),
        ("<", "<"),
        ("\x00", ""),
        ("<p>never closed <b>and nested", "never closed and nested"),
        ("<frameset><frame src=x></frameset>", ""),
    ],
)
def test_visible_text_is_kept(html: str, expected: str) -> None:
    assert html_to_text(html).replace("\xa0", " ") == expected


@pytest.mark.parametrize(
    "hidden",
    [
        "<style>p { color: red }</style>",
        "<script>alert(1)</script>",
        "<title>Mail</title>",
        "<div style='display:none'>preheader</div>",
        "<div style='color:red; Display: None'>preheader</div>",
        "<span style='mso-hide:all'>preheader</span>",
        "<!-- a comment -->",
    ],
)
def test_what_the_reader_never_saw_is_left_out(hidden: str) -> None:
    assert html_to_text(f"<body>{hidden}<p>Fine.</p></body>") == "Fine."


@pytest.mark.parametrize(
    "quote",
    [
        "<div class='gmail_quote'>old</div>",
        "<div class='gmail_quote gmail_quote_container'>old</div>",
        "<blockquote type='cite'>old</blockquote>",
        "<div class='yahoo_quoted'>old</div>",
        "<div id='appendonsend'></div><div>old</div>",
        "<div id='divRplyFwdMsg'>old</div>",
        "<div style='border:none;border-top:solid #E1E1E1 1.0pt'><p>old</p></div>",
        "<div style='border:none;border-top:solid #B5C4DF 1.0pt'><p>old</p></div>",
        "<span id='OLK_SRC_BODY_SECTION'>old</span>",
    ],
)
def test_quotes_of_mail_programs_carry_the_sign(quote: str) -> None:
    assert html_to_text(f"<p>Fine.</p>{quote}") == "Fine.\n\n> old"


def test_words_below_a_quote_are_not_quoted() -> None:
    html = "<blockquote type=cite>Is it?<blockquote type=cite>Was it?</blockquote></blockquote><p>It is.</p>"
    assert html_to_text(html).split("\n\n") == ["> Is it?", "> Was it?", "It is."]


def test_a_quote_that_a_person_set_is_kept() -> None:
    assert html_to_text("<blockquote>All that glitters</blockquote>") == "All that glitters"


def test_marks_of_the_quote_finder_in_a_mail_mean_nothing() -> None:
    assert html_to_text("<p>a\ue000b</p><p>c</p>") == "ab\n\nc"
