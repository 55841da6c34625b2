from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest

from mailsignals.text.decode import MAX_HEADER, MAX_TEXT, DecodedMail, decode_mail, decode_words, parse_date, unflow


def mail(headers: str, body: bytes = b"Fine by us.") -> DecodedMail:
    return decode_mail(headers.encode() + b"\n\n" + body)


def multipart(*parts: str, kind: str = "mixed") -> DecodedMail:
    body = "".join(f"--x\n{part}\n" for part in parts) + "--x--\n"
    return mail(f"Content-Type: multipart/{kind}; boundary=x", body.encode())


def codes(decoded: DecodedMail) -> list[str]:
    return [defect.code for defect in decoded.defects]


# --- headers ---


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Plain words", "Plain words"),
        ("=?utf-8?q?Ra=C4=8Dun?=\n =?utf-8?q?_14?=", "Račun 14"),
        ("=?utf-8?b?0KHRh9GR0YIg?= =?utf-8?b?MTQ=?=", "Счёт 14"),
        ("=?windows-1251?B?0fe48g==?=", "Счёт"),
        ("Re: =?iso-8859-1?q?K=F8b?= nu", "Re: Køb nu"),
        ("=?utf-8?b?w?==?utf-8?b?g?=", "=?utf-8?b?w?==?utf-8?b?g?="),
        ("=?utf-8?b?a?=", "=?utf-8?b?a?="),
        ("=?x-unknown?q?a?=", "=?x-unknown?q?a?="),
        ("=?us-ascii?q?K=F8b?=", "=?us-ascii?q?K=F8b?="),
        ("=?utf\x00-8?q?a?=", "=?utf-8?q?a?="),
        ("a\x00b\u200bc", "abc"),
    ],
)
def test_encoded_words_are_decoded_or_left_as_they_stand(value: str, expected: str) -> None:
    assert decode_words(value) == expected


@pytest.mark.parametrize("raw", ["Račun".encode(), "Køb".encode("latin-1")])
def test_raw_bytes_in_a_header_are_read(raw: bytes) -> None:
    assert decode_mail(b"Subject: " + raw + b"\n\nx").header("subject") in ("Račun", "Køb")


def test_names_of_headers_are_asked_in_any_case() -> None:
    decoded = mail("SUBJECT: one\nTo: a@b.example\nTO: c@d.example")
    assert decoded.header("Subject") == "one"
    assert decoded.all("to") == ["a@b.example", "c@d.example"]
    assert decoded.header("cc") == ""


def test_an_endless_header_is_cut() -> None:
    assert len(mail("Subject: " + "a" * (2 * MAX_HEADER)).header("subject")) == MAX_HEADER


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Mon, 02 Mar 2026 09:15:00 +0100", datetime(2026, 3, 2, 8, 15, tzinfo=UTC)),
        ("2 Mar 2026 09:15 GMT", datetime(2026, 3, 2, 9, 15, tzinfo=UTC)),
        ("Mon, 02 Mar 2026 09:15:00 -0000", datetime(2026, 3, 2, 9, 15, tzinfo=UTC)),
        ("Mon, 02 Mar 2026 09:15:00 +0100 (CET)", datetime(2026, 3, 2, 8, 15, tzinfo=UTC)),
        ("Mon, 02 Mar 26 09:15:00 +0100", datetime(2026, 3, 2, 8, 15, tzinfo=UTC)),
    ],
)
def test_dates_are_moments(value: str, expected: datetime) -> None:
    assert parse_date(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        "",
        "soon",
        "Thu, 31 Feb 2026 09:00:00 +0100",
        "Mon, 02 Mar 2026 25:00:00 +0100",
        "Mon, 02 Mar 99999 09:00:00 +0000",
        "Mon, 02 Mar 2026 09:15:00 +9999999",
        "Fri, 31 Dec 9999 23:00:00 -2300",
        "\x00",
        "1 " * 50,
    ],
)
def test_what_names_no_moment_is_none(value: str) -> None:
    assert parse_date(value) is None


# --- which text ---


def test_plain_text_is_taken_before_html() -> None:
    plain, html = "Content-Type: text/plain\n\nThe plain words of it.", "Content-Type: text/html\n\n<p>The HTML</p>"
    assert multipart(plain, html, kind="alternative").text == "The plain words of it."


def test_html_is_taken_where_the_plain_part_is_a_stub() -> None:
    plain, html = "Content-Type: text/plain\n\nSee HTML.", "Content-Type: text/html\n\n<p>The real words.</p>"
    assert multipart(plain, html, kind="alternative").text == "The real words."


def test_a_stub_stays_where_the_html_is_empty() -> None:
    assert multipart("Content-Type: text/plain\n\nOK.", "Content-Type: text/html\n\n<p></p>").text == "OK."


def test_attachments_are_named_and_not_read() -> None:
    decoded = multipart(
        "Content-Type: text/plain\n\nSee the file.",
        'Content-Type: text/plain; name="notes.txt"\nContent-Disposition: attachment\n\nNot words of the mail.',
        "Content-Type: application/pdf\nContent-Disposition: attachment; filename*=utf-8''ra%C4%8Dun.pdf\n\nx",
    )
    assert decoded.text == "See the file."
    assert [(file.name, file.content_type) for file in decoded.attachments] == [
        ("notes.txt", "text/plain"),
        ("račun.pdf", "application/pdf"),
    ]


def test_an_enclosed_mail_is_an_attachment() -> None:
    decoded = multipart(
        "Content-Type: text/plain\n\nSee below what he wrote.",
        "Content-Type: message/rfc822\n\nSubject: x\n\nYou are thieves.",
    )
    assert decoded.text == "See below what he wrote."
    assert decoded.attachments[0].content_type == "message/rfc822"


def test_encrypted_mail_is_told() -> None:
    assert "encrypted" in codes(mail("Content-Type: application/pkcs7-mime", b"x"))


def test_a_part_cut_off_is_read_to_its_end_and_told() -> None:
    decoded = mail("Content-Type: multipart/mixed; boundary=x", b"--x\nContent-Type: text/plain\n\nThe first words")
    assert decoded.text == "The first words"
    assert "close_boundary_not_found" in codes(decoded)


def test_text_is_cut_at_its_limit_and_told() -> None:
    decoded = mail("Subject: x", b"a" * (MAX_TEXT + 1))
    assert len(decoded.text) == MAX_TEXT
    assert "text_cut" in codes(decoded)


@pytest.mark.parametrize("line_end", ["\r\n", "\r", "\n"])
def test_line_ends_are_one_sign(line_end: str) -> None:
    assert mail("Subject: x", line_end.join(["one", "", "two"]).encode()).text == "one\n\ntwo"


# --- characters ---


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("windows-1250", "šest računa"),
        ("windows-1251", "Счёт"),
        ("koi8-r", "Счёт"),
        ("iso-8859-1", "Køb “nu”"),
        ("utf-16", "Račun"),
        ("us-ascii", "Račun"),
        ("", "Račun"),
        ("UTF8", "Račun"),
        ("'utf-8'", "Račun"),
    ],
)
def test_text_is_decoded_by_its_charset(charset: str, text: str) -> None:
    real = {"iso-8859-1": "cp1252", "us-ascii": "utf-8", "": "utf-8", "'utf-8'": "utf-8"}.get(charset, charset)
    decoded = mail(f"Content-Type: text/plain; charset={charset}", text.encode(real))
    assert decoded.text == text
    assert codes(decoded) == []


@pytest.mark.parametrize("charset", ["uft-8", "iso-8859-8-i", "1", "rot13", "base64", "unicode_escape", '"a\x00b"'])
def test_an_unknown_charset_is_read_as_utf_8(charset: str) -> None:
    assert mail(f"Content-Type: text/plain; charset={charset}", "Račun \\d".encode()).text == "Račun \\d"


def test_bytes_that_fit_no_charset_are_read_as_windows_1252_and_told() -> None:
    decoded = mail("Content-Type: text/plain; charset=utf-8", "Køb".encode("cp1252"))
    assert decoded.text == "Køb"
    assert codes(decoded) == ["charset_wrong"]


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("base64", base64.encodebytes(b"Fine by us.")),
        ("quoted-printable", b"Fine=20by =\nus."),
        ("8bit", b"Fine by us."),
        ("BASE64", b"RmluZSBieSB1cy4"),
        ("x-none", b"Fine by us."),
        ("x-uuencode", b"begin 6 a\n+1FEN92!B>2!U<RX\n`\nend"),
    ],
)
def test_transfer_encodings_are_undone(encoding: str, body: bytes) -> None:
    assert mail(f"Content-Transfer-Encoding: {encoding}", body).text == "Fine by us."


def test_signs_that_nobody_sees_are_taken_out() -> None:
    assert mail("Subject: x", "a\u200bb\x00c\ufeffd\xa0e".encode()).text == "abcd e"


# --- format=flowed ---


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one \ntwo\nthree", "one two\nthree"),
        ("> one \n> two\nthree", "> one two\nthree"),
        ("> one \n>> two", "> one \n>> two"),
        ("one \n-- \nIva", "one \n-- \nIva"),
        (" >own", " >own"),
        (" From here", "From here"),
        ("one \r\ntwo", "one two"),
        ("", ""),
    ],
)
def test_soft_line_breaks_are_joined(text: str, expected: str) -> None:
    assert unflow(text) == expected


def test_the_blank_of_a_soft_break_goes_where_the_mail_says_so() -> None:
    decoded = mail("Content-Type: text/plain; format=flowed; delsp=yes", b"Donau \ndampf \nschiff")
    assert decoded.text == "Donaudampfschiff"


def test_a_flowed_sign_of_the_writers_own_is_no_quote() -> None:
    assert mail("Content-Type: text/plain; format=flowed", b"Is 3\n > 2, or not?").text == "Is 3\n > 2, or not?"
