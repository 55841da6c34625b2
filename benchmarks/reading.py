"""Reading mail beside other libraries in one run: own words, signature lines, MIME.

    python benchmarks/reading.py [--real FOLDER] [--json FILE]

Own words are measured on the project's replies in sixteen languages (tests/support/replies.py; the rules were written
with these in sight) and, where FOLDER holds them, on talon's replies of real mail programs and on the signature lines
of mailgun/forge. Two thirds of forge were looked at while the rules were written; the last third, by hash of the file
name, is a row of its own. Signature lines are those that a library drops or marks, of lines that are not blank.
"""

from __future__ import annotations

import argparse
import email
import email.policy
import json
import logging
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from mailsignals.text.message import read_message
from mailsignals.text.passages import own_words, split_passages
from mailsignals.types import RawMessage
from support.replies import replies

Strip = Callable[[str, Sequence[str]], str]
"""A body and the sender's names -> the own words."""

MUTATIONS = 10_000


@dataclass(frozen=True)
class Signed:
    """A mail body whose signature lines are known."""

    name: str
    lines: Sequence[str]
    is_signature: Sequence[bool]
    sender: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--real", type=Path, help="folder with talon/ and forge-signatures/ as their projects have them"
    )
    parser.add_argument("--json", type=Path, help="also write the figures here")
    wanted = parser.parse_args()
    logging.disable()  # mail-parser says of every odd part that it is odd
    words = {name: words_of(strip, wanted.real) for name, strip in strippers().items()}
    table("Own words", words)
    samples = [*mails(wanted.real)]
    parsing = {name: parsing_of(parse, samples) for name, parse in parsers().items()}
    table(f"Parsing {len(samples)} mails, and {MUTATIONS:,} mutations of them", parsing)
    if wanted.json:
        wanted.json.write_text(json.dumps({"own_words": words, "parsing": parsing}, indent=1) + "\n", "utf-8")


def table(title: str, rows: dict[str, dict[str, float | None]]) -> None:
    """Print one table; a dash where something could not be measured."""
    columns = list(next(iter(rows.values())))
    width = max(len(name) for name in rows) + 2
    print(f"\n{title}\n{'':{width}}" + "  ".join(f"{column:>{max(9, len(column))}}" for column in columns))
    for name, row in rows.items():
        cells = (("-" if row[column] is None else f"{row[column]:,.3g}", max(9, len(column))) for column in columns)
        print(f"{name:{width}}" + "  ".join(f"{cell:>{size}}" for cell, size in cells))


# Own words ------------------------------------------------------------------------------------------------------------


def strippers() -> dict[str, Strip]:
    """mailsignals and every other library that is installed."""
    found: dict[str, Strip] = {
        "mailsignals": lambda body, names: own_words(body, split_passages(body, names=names)),
    }
    for name, make in (
        ("mail-parser-reply", _mail_parser_reply),
        ("quotequail", _quotequail),
        ("email-reply-parser", _email_reply_parser),
        ("talon", _talon),
    ):
        try:
            found[name] = make()
        except ImportError as problem:
            print(f"{name} is left out: {problem}", file=sys.stderr)
    return found


def _mail_parser_reply() -> Strip:
    from mailparser_reply import EmailReplyParser

    every = ["en", "de", "cs", "da", "es", "fr", "it", "ja", "ko", "nl", "pl", "sv", "zh"]
    return lambda body, _: EmailReplyParser(languages=every).read(body).latest_reply or ""


def _quotequail() -> Strip:
    import quotequail

    def strip(body: str, _: Sequence[str]) -> str:
        found = quotequail.unwrap(body)
        return str(found.get("text_top") or found.get("text_bottom") or body) if found else body

    return strip


def _email_reply_parser() -> Strip:
    from email_reply_parser import EmailReplyParser

    return lambda body, _: str(EmailReplyParser.parse_reply(body))


def _talon() -> Strip:
    from talon import quotations
    from talon.signature.bruteforce import extract_signature

    return lambda body, _: str(extract_signature(quotations.extract_from(body, "text/plain"))[0])


def words_of(strip: Strip, real: Path | None) -> dict[str, float | None]:
    """Share of replies recovered to the letter, and how well signature lines are told from others."""
    own = [(reply.body, reply.own) for reply in replies()]
    talon = [*talon_replies(real)] if real else []
    row: dict[str, float | None] = {
        "16 languages": _exact(strip, own),
        "of 5": _exact(strip, [(r.body, r.own) for r in replies() if r.language in {"en", "ru", "hr", "da", "tl"}]),
        "talon's": _exact(strip, talon) if talon else None,
    }
    bodies = [*forge(real)] if real else []
    kept = [body for body in bodies if int(sha256(body.name.encode()).hexdigest(), 16) % 3 == 2]
    for label, some in (("forge", bodies), ("last third", kept)):
        precision, recall = _signature_lines(strip, some) if some else (None, None)
        row |= {f"{label} P": precision, "R" if label == "forge" else " R": recall}
    return row


def _exact(strip: Strip, pairs: Sequence[tuple[str, str]]) -> float:
    return sum(" ".join(strip(body, ()).split()) == " ".join(own.split()) for body, own in pairs) / len(pairs)


def _signature_lines(strip: Strip, bodies: Sequence[Signed]) -> tuple[float, float]:
    right = dropped = signed = 0
    for body in bodies:
        left = [line.strip() for line in strip("\n".join(body.lines) + "\n", [body.sender]).split("\n")]
        for line, is_signature in zip(body.lines, body.is_signature, strict=True):
            if not line.strip():
                continue
            is_kept = line.strip() in left
            if is_kept:
                left.remove(line.strip())
            right += is_signature and not is_kept
            dropped += not is_kept
            signed += is_signature
    return right / max(dropped, 1), right / signed


def talon_replies(real: Path) -> Iterator[tuple[str, str]]:
    """The plain text of talon's replies of twelve mail programs; all say "Hello"."""
    for path in sorted((real / "talon" / "tests" / "fixtures" / "standard_replies").glob("*.eml")):
        mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        part = mail.get_body(preferencelist=("plain",))
        yield (part or mail).get_content(), "Hello"


def forge(real: Path) -> Iterator[Signed]:
    """The bodies of mailgun/forge, with and without signatures."""
    for path in sorted((real / "forge-signatures" / "dataset").glob("[NP]/*_body")):
        lines = path.read_text("utf-8", "replace").splitlines()
        sender = path.with_name(path.name.replace("_body", "_sender")).read_text("utf-8", "replace").strip()
        is_signature = [line.startswith("#sig#") for line in lines]
        yield Signed(path.name, [line.removeprefix("#sig#") for line in lines], is_signature, sender)


# MIME -----------------------------------------------------------------------------------------------------------------


def mails(real: Path | None) -> Iterator[bytes]:
    """The replies above as mails, in three encodings, and the real ones of FOLDER."""
    for number, reply in enumerate(replies()):
        mail = email.message.EmailMessage(policy=email.policy.SMTP)
        mail["From"], mail["To"] = "Tom Hall <tom@client.example>", "Ana Kovač <ana@agency.example>"
        mail["Subject"], mail["Date"] = f"Re: Понуда {number} ŽŠ", "Mon, 04 Mar 2024 11:15:00 +0100"
        mail["Message-ID"] = f"<{number}@client.example>"
        mail.set_content(reply.body, cte=("base64", "quoted-printable", "8bit")[number % 3])
        if number % 2:
            mail.add_alternative(f"<p>{reply.body}</p>".replace("\n", "<br>\n"), subtype="html")
        if number % 5 == 0:
            mail.add_attachment(b"%PDF-" + bytes(3000), maintype="application", subtype="pdf", filename="račun.pdf")
        yield mail.as_bytes()
    for path in sorted(real.rglob("*")) if real else ():
        if path.suffix == ".eml":
            yield path.read_bytes()


def parsers() -> dict[str, Callable[[bytes], object]]:
    """Each reads headers, text and attachment names; mailsignals also cuts passages and names the language."""
    found: dict[str, Callable[[bytes], object]] = {
        "mailsignals (own words, language)": lambda raw: read_message(RawMessage(1, raw)),
        "email, policy.default": _stdlib,
    }
    try:
        import mailparser

        def read(raw: bytes) -> object:
            mail = mailparser.parse_from_bytes(raw)
            return mail.subject, mail.from_, mail.to, mail.date, mail.body, [a["filename"] for a in mail.attachments]

        found["mail-parser"] = read
    except ImportError as problem:
        print(f"mail-parser is left out: {problem}", file=sys.stderr)
    try:
        import fast_mail_parser

        def read_fast(raw: bytes) -> object:
            mail = fast_mail_parser.parse_email(raw)
            return mail.subject, mail.date, mail.text_plain, mail.text_html, [a.filename for a in mail.attachments]

        found["fast-mail-parser"] = read_fast
    except ImportError as problem:
        print(f"fast-mail-parser is left out: {problem}", file=sys.stderr)
    return found


def _stdlib(raw: bytes) -> object:
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    body = mail.get_body(preferencelist=("plain", "html"))
    text = body.get_content() if body else ""
    return mail["subject"], mail["from"], mail["to"], mail["date"], text, [a.get_filename() for a in mail.walk()]


def parsing_of(parse: Callable[[bytes], object], samples: Sequence[bytes]) -> dict[str, float | None]:
    """Speed on the mails as they are, exceptions on them and on mutations."""
    raised, begun = 0, time.perf_counter()
    for raw in samples:
        raised += _raises(parse, raw)
    took = time.perf_counter() - begun
    broken = sum(_raises(parse, raw) for raw in mutations(samples))
    return {"mails/s": len(samples) / took, "raised": raised, "raised, mutated": broken}


def _raises(parse: Callable[[bytes], object], raw: bytes) -> bool:
    try:
        parse(raw)
    except Exception:  # any at all is what is counted
        return True
    return False


def mutations(samples: Sequence[bytes]) -> Iterator[bytes]:
    """Seeded: bytes flipped, cut, doubled, charsets and boundaries spoilt."""
    chance = random.Random(1)
    for number in range(MUTATIONS):
        raw = bytearray(samples[number % len(samples)][:20_000])
        for _ in range(chance.randint(1, 8)):
            at, way = chance.randrange(len(raw) or 1), chance.randrange(5)
            if way == 0:
                raw[at : at + 1] = bytes([chance.randrange(256)])
            elif way == 1:
                del raw[at : at + chance.randint(1, 200)]
            elif way == 2:
                raw[at:at] = raw[at : at + chance.randint(1, 80)]
            elif way == 3:
                raw = bytearray(raw.replace(b"utf-8", chance.choice([b"utf-9", b"x", b"'", b"=?", b"\xff"]), 1))
            else:
                raw[at:at] = chance.choice([b"\x00", b"\r\n\r\n", b'"', b"<", b"=?utf-8?b?", b"boundary=", b"(" * 50])
        yield bytes(raw)


if __name__ == "__main__":
    main()
