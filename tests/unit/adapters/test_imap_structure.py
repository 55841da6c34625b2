from __future__ import annotations

from email import message_from_bytes
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailsignals.adapters.imap_grammar import parse_values
from mailsignals.adapters.imap_structure import assemble, read_structure, text_parts

PLAIN = b'("text" "plain" ("charset" "utf-8") NIL NIL "8bit" %d 3 NIL NIL NIL NIL)'
HTML = b'("text" "html" ("charset" "utf-8") NIL NIL "quoted-printable" 9000 90 NIL NIL NIL NIL)'
PDF = b'("application" "pdf" ("name" "a \\"b\\".pdf") NIL NIL "base64" 900000 NIL ("attachment" ("filename" "a.pdf")))'
NOTE = b'("text" "plain" ("name" "log.txt") NIL NIL "7bit" 90 2 NIL ("attachment" ("filename" "log.txt")) NIL NIL)'


def structure(words: bytes) -> Any:
    (tree,) = parse_values([words])
    return read_structure(tree)


def sections(words: bytes) -> list[str]:
    return [part.section for part in text_parts(structure(words))]


def alternative(plain_octets: int) -> bytes:
    return b"(" + PLAIN % plain_octets + HTML + b' "alternative" ("boundary" "ALT") NIL NIL NIL)'


def mixed(*parts: bytes) -> bytes:
    return b"(" + b"".join(parts) + b' "mixed" ("boundary" "MIX") NIL NIL)'


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (PLAIN % 30, ["1"]),
        (PDF, []),
        (alternative(4000), ["1"]),
        (alternative(100), ["1", "2"]),
        (mixed(alternative(4000), PDF, PLAIN % 20), ["1.1", "3"]),
        (mixed(PLAIN % 30, NOTE), ["1"]),
    ],
)
def test_only_parts_with_words_are_wanted(words: bytes, wanted: list[str]) -> None:
    assert sections(words) == wanted


def test_an_enclosed_message_is_one_part_that_stays_on_the_server() -> None:
    envelope = b'("date" "subject" NIL NIL NIL NIL NIL NIL NIL "<id>")'
    enclosed = b'("message" "rfc822" NIL NIL NIL "7bit" 900 ' + envelope + PLAIN % 30 + b' 20 NIL ("attachment" NIL))'
    assert sections(mixed(PLAIN % 30, enclosed)) == ["1"]


@pytest.mark.parametrize(
    "words",
    [
        b'(NIL "plain" NIL NIL NIL "7bit" 5 1)',
        b'("text")',
        b"NIL",
        b"()",
        b'(("text" "plain" NIL NIL NIL "7bit" 5 1) "mixed" NIL)',
        b'(NIL NIL "mixed" ("boundary" "x"))',
        b"(" * 90,
    ],
)
def test_a_structure_that_makes_no_sense_is_none(words: bytes) -> None:
    assert structure(words) is None


@pytest.mark.parametrize("size", [b"-1", b"NIL", b"many"])
def test_a_size_that_makes_no_sense_is_unknown(size: bytes) -> None:
    assert structure(b'("text" "plain" NIL NIL NIL "7bit" ' + size + b" 3)").size is None


def test_a_mail_put_together_again_has_its_words_and_the_names_of_what_stayed_behind() -> None:
    header = b'Subject: Hi\r\nContent-Type: multipart/mixed; boundary="MIX"\r\n\r\n'
    root = structure(mixed(alternative(4000), PDF))
    mail = message_from_bytes(assemble(header, root, {"1.1": "Čaj\r\n".encode()}))
    leaves = [part for part in mail.walk() if not part.is_multipart()]
    assert [part.get_content_type() for part in leaves] == ["text/plain", "text/html", "application/pdf"]
    assert leaves[0].get_payload(decode=True) == "Čaj\r\n".encode()
    assert leaves[2].get_filename() == "a.pdf"
    assert leaves[2].get_param("name") == 'a "b".pdf'
    assert [part.defects for part in mail.walk()] == [[]] * 5


def test_a_mail_of_one_part_is_its_header_and_its_words() -> None:
    assert assemble(b"Subject: Hi\r\n\r\n", structure(PLAIN % 5), {"1": b"words"}) == b"Subject: Hi\r\n\r\nwords"


TREES = st.recursive(
    st.one_of(st.none(), st.binary(max_size=9), st.sampled_from([b"text", b"plain", b"mixed", b"boundary", b"7"])),
    lambda children: st.lists(children, max_size=9),
    max_leaves=40,
)


@given(TREES)
def test_no_structure_can_stop_the_reader(tree: object) -> None:
    root = read_structure(tree)
    if root is not None:
        texts = {part.section: b"words" for part in text_parts(root)}
        assert assemble(b"Subject: x\r\n\r\n", root, texts).startswith(b"Subject: x\r\n\r\n")
