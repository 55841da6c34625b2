"""RFC 5322 bytes to headers and text. Total: any bytes at all give a ``DecodedMail``.

The standard parser runs in its compat32 policy behind guards: of 4,000 seeded mutations of real mails that
policy with guards raised on none, while ``policy.default`` raised on 120 (Python 3.11).
"""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message as MimePart
from email.parser import BytesHeaderParser
from email.policy import Compat32
from email.utils import parsedate_to_datetime

from mailsignals.text.html import html_to_text
from mailsignals.types import Attachment, Defect

MAX_PARTS = 500
"""MIME parts looked at; a mail with more is an attack or a digest of digests."""

MAX_TEXT = 256 * 1024
"""Code points of text kept of one mail."""

MAX_HEADER = 32 * 1024
"""Code points kept of one header; parameters of a longer one take the standard library minutes to part."""

_ADDRESS_HEADERS = ("from", "sender", "to", "cc")
"""These stay encoded until they are parsed: a comma in an encoded name parts no addresses (RFC 2047 6.2)."""

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u200e\u200f\ufeff\ud800-\udfff]")

_STUB = 20
"""A plain part shorter than this beside an HTML part says 'please view as HTML' at most."""


@dataclass
class DecodedMail:
    """A mail's headers and text, decoded; ``defects`` says what had to be guessed."""

    headers: dict[str, list[str]]
    content_type: str = "text/plain"
    report_type: str = ""
    calendar_method: str = ""
    text: str = ""
    attachments: list[Attachment] = field(default_factory=list)
    defects: list[Defect] = field(default_factory=list)

    def header(self, name: str) -> str:
        """The first value of a header, unfolded and decoded; empty where it is missing."""
        values = self.headers.get(name.lower())
        return values[0] if values else ""

    def all(self, name: str) -> list[str]:
        """All values of a header."""
        return self.headers.get(name.lower(), [])


@dataclass
class _Texts:
    """Text parts by kind, in the order of the mail."""

    plain: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)


def decode_mail(raw: bytes) -> DecodedMail:
    """Decode headers and the text to be read; attachments are named, never decoded.

    The plain text is taken where there is one that is more than a stub, otherwise the HTML (RFC 2046 5.1.4 leaves
    the choice to the reader; writers' plain parts carry quotes as ``>`` lines, which HTML does not).
    """
    try:
        root = email.message_from_bytes(raw, policy=_POLICY)
    except RecursionError:  # the standard parser goes down a thousand levels at most
        root = BytesHeaderParser(policy=_POLICY).parsebytes(raw)
        return DecodedMail(_headers(root), _content_type(root), defects=[Defect("nested_too_deep")])
    mail = DecodedMail(_headers(root), _content_type(root), _parameter(root, "report-type"))
    texts = _Texts()
    for part in _leaves(root, mail.defects):
        _take_part(part, texts, mail)
    mail.text = _choose_text(texts, mail.defects)
    _note_parser_defects(root, mail.defects)
    return mail


def decode_words(value: str) -> str:
    """Decode RFC 2047 encoded words and unfold; what cannot be decoded stays as it stands.

    >>> decode_words("=?utf-8?q?Ra=C4=8Dun?=  14")
    'Račun 14'
    """
    try:
        text = str(make_header(decode_header(value))) if "=?" in value else value
    except (LookupError, ValueError, TypeError, MessageError):  # unknown charset, bad base64, NUL in charset
        text = value
    return " ".join(_printable(text).split())


def parse_date(value: str) -> datetime | None:
    """A Date header as aware UTC, or None where it names no moment.

    >>> parse_date("Mon, 02 Mar 2026 09:15:00 +0100").isoformat()
    '2026-03-02T08:15:00+00:00'
    """
    try:
        moment = parsedate_to_datetime(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def stated_offset(value: str) -> int | None:
    """Minutes by which a Date header's clock is ahead of UTC; None for ``-0000`` (RFC 5322 3.3) and what is no date.

    >>> stated_offset("Tue, 10 Mar 2026 06:30:00 +0800"), stated_offset("Tue, 10 Mar 2026 06:30:00 -0000")
    (480, None)
    """
    try:
        offset = parsedate_to_datetime(value).utcoffset()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return None if offset is None else round(offset.total_seconds() / 60)


class _Policy(Compat32):
    """The lenient policy of old, with headers of bounded length and raw 8-bit bytes in them kept."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:MAX_HEADER]

    def header_fetch_parse(self, name: str, value: str) -> str:
        return _surrogates_to_text(value)


_POLICY = _Policy()


def _headers(root: MimePart) -> dict[str, list[str]]:
    """All headers by lower-case name, decoded but for those with addresses."""
    found: dict[str, list[str]] = {}
    for name, value in root.items():
        key = name.lower()
        words = " ".join(value.split()) if key in _ADDRESS_HEADERS else decode_words(value)
        found.setdefault(key, []).append(words)
    return found


def _surrogates_to_text(value: str) -> str:
    """Raw 8-bit header bytes, which the parser keeps as surrogates, read as UTF-8 or else as Latin-1."""
    raw = value.encode("utf-8", "surrogateescape")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _leaves(root: MimePart, defects: list[Defect]) -> Iterator[MimePart]:
    """Parts without children, in order. An enclosed message is one leaf: its words are somebody else's."""
    stack = [root]
    for _ in range(MAX_PARTS):
        if not stack:
            return
        part = stack.pop()
        enclosed = _content_type(part).startswith("message/") and part is not root
        if part.is_multipart() and not enclosed:
            stack.extend(reversed(_children(part)))
        else:
            yield part
    if stack:
        defects.append(Defect("too_many_parts", f"more than {MAX_PARTS}"))


def _take_part(part: MimePart, texts: _Texts, mail: DecodedMail) -> None:
    """Put a leaf where it belongs: text to read, or an attachment to name."""
    kind = _content_type(part)
    if kind in ("text/plain", "text/html") and _disposition(part) != "attachment":
        (texts.html if kind == "text/html" else texts.plain).append(_part_text(part, mail.defects))
    else:
        mail.attachments.append(Attachment(_file_name(part), kind))
        if kind == "text/calendar":
            mail.calendar_method = _parameter(part, "method")
        if kind in ("application/pgp-encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"):
            mail.defects.append(Defect("encrypted", kind))


def _choose_text(texts: _Texts, defects: list[Defect]) -> str:
    """The plain text unless it is missing or a stub; the HTML otherwise; line ends as ``\\n``."""
    plain = "\n".join(texts.plain).strip()
    if texts.html and len(plain) < _STUB:
        html = "\n".join(html_to_text(part) for part in texts.html).strip()
        plain = html or plain
    text = _printable(plain.replace("\r\n", "\n").replace("\r", "\n"))
    if len(text) > MAX_TEXT:
        defects.append(Defect("text_cut", f"{len(text)} characters"))
    return text[:MAX_TEXT]


def _part_text(part: MimePart, defects: list[Defect]) -> str:
    """A text part's characters: transfer encoding, charset, then format=flowed undone."""
    text = _characters(_payload(part, defects), _parameter_charset(part), defects)
    if _parameter(part, "format").lower() == "flowed":
        return unflow(text, delete_space=_parameter(part, "delsp").lower() == "yes")
    return text


def unflow(text: str, *, delete_space: bool = False) -> str:
    """Join the soft-broken lines of ``format=flowed`` (RFC 3676 4.2), quote depth by quote depth.

    A ``>`` of the writer's own keeps the blank that says so (4.4).

    >>> unflow("> a \\n> b\\nc \\nd")
    '> a b\\nc d'
    """
    paragraphs: list[list[str]] = []
    open_depth = -1
    for line in text.replace("\r\n", "\n").split("\n"):
        depth, words = _quote_depth(line)
        is_signature = words in ("-- ", "--")
        is_soft = words.endswith(" ") and not is_signature
        if depth != open_depth or is_signature:
            paragraphs.append([">" * depth + (" " if depth or words.startswith(">") else "")])
        paragraphs[-1].append(words[:-1] if is_soft and delete_space else words)
        open_depth = depth if is_soft else -1
    return "\n".join("".join(lines) for lines in paragraphs)


def _quote_depth(line: str) -> tuple[int, str]:
    """Number of leading ``>`` and the rest, space-stuffing removed."""
    words = line.lstrip(">")
    return len(line) - len(words), words.removeprefix(" ")


def _payload(part: MimePart, defects: list[Defect]) -> bytes:
    """Bytes after the transfer encoding; undecodable ones as they stand."""
    try:
        payload = part.get_payload(decode=True)
    except (ValueError, TypeError, LookupError, AssertionError):
        payload = None
    if isinstance(payload, bytes):
        return payload
    defects.append(Defect("encoding_broken", _content_type(part)))
    try:
        return str(part.get_payload()).encode("utf-8", "surrogateescape")
    except (ValueError, TypeError, LookupError):
        return b""


def _characters(raw: bytes, charset: str, defects: list[Defect]) -> str:
    """Decode by the stated charset, else UTF-8, else Windows-1252 with replacement."""
    for name in (charset, "utf-8"):
        try:
            return raw.decode(name)
        except (LookupError, ValueError):  # unknown name, wrong bytes, NUL in the name
            if not any(defect.code == "charset_wrong" for defect in defects):
                defects.append(Defect("charset_wrong", charset[:40]))
    return raw.decode("cp1252", "replace")


def _parameter_charset(part: MimePart) -> str:
    charset = _parameter(part, "charset").strip("\"' ").lower()
    if charset.replace("-", "_").endswith("unicode_escape"):  # Python's own, no charset of mail
        return "utf-8"
    # Mail that says ASCII or Latin-1 is often Windows-1252 (WHATWG Encoding, "latin1" label).
    return {"": "utf-8", "us-ascii": "utf-8", "iso-8859-1": "cp1252", "latin1": "cp1252"}.get(charset, charset)


def _parameter(part: MimePart, name: str) -> str:
    """A Content-Type parameter, RFC 2231 undone; empty where missing or broken."""
    try:
        value = part.get_param(name, "")
        return value[2] if isinstance(value, tuple) else str(value or "")
    except (ValueError, TypeError, LookupError, AttributeError):
        return ""


def _content_type(part: MimePart) -> str:
    try:
        return part.get_content_type()
    except (ValueError, TypeError, LookupError, AttributeError):
        return "text/plain"


def _disposition(part: MimePart) -> str:
    try:
        return part.get_content_disposition() or ""
    except (ValueError, TypeError, LookupError, AttributeError):
        return ""


def _file_name(part: MimePart) -> str:
    try:
        return decode_words(part.get_filename() or "")[:200]
    except (ValueError, TypeError, LookupError, AttributeError):
        return ""


def _note_parser_defects(root: MimePart, defects: list[Defect]) -> None:
    """What the parser found broken in the MIME structure, by its own names."""
    for part in (root, *_children(root)):
        for defect in part.defects:
            name = re.sub(r"(?<!^)(?=[A-Z])", "_", type(defect).__name__.removesuffix("Defect")).lower()
            defects.append(Defect(name))


def _children(root: MimePart) -> list[MimePart]:
    """The parts of a part; asked with care, for the payload of a single part is decoded on the way and may raise."""
    payload = root.get_payload() if root.is_multipart() else []
    return [part for part in payload if isinstance(part, MimePart)]


def _printable(text: str) -> str:
    """Without NULs, lone surrogates and other controls that no writer meant; tabs and line ends stay."""
    return _UNPRINTABLE.sub("", text).replace("\xa0", " ")
