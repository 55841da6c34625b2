"""The parts of IMAP's grammar that imaplib2 leaves to its user: LIST lines, FETCH items, UID sets, folder names.

Source: RFC 3501 (sections 5.1.3, 7.2.2, 7.4.2), RFC 6154 (special use). Lenient where servers are.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from mailsignals.types import Folder

_LIST = re.compile(
    rb'^\((?P<flags>[^)]*)\)\s+(?:"(?:\\.|[^"\\])*"|NIL)\s+(?P<name>"(?:\\.|[^"\\])*"|\S.*)$', re.IGNORECASE
)
_LIST_FLAGS = re.compile(rb"^\(([^)]*)\)")
_SPECIAL_USES = ("\\All", "\\Archive", "\\Drafts", "\\Flagged", "\\Junk", "\\Sent", "\\Trash")
_UID = re.compile(rb"\bUID\s+(\d+)", re.IGNORECASE)
_SIZE = re.compile(rb"\bRFC822\.SIZE\s+(\d+)", re.IGNORECASE)
_INTERNALDATE = re.compile(rb'\bINTERNALDATE\s+"([^"]+)"', re.IGNORECASE)
_QUOTED_BODY = re.compile(rb'\bBODY\[\](?:<\d+>)?\s+"((?:\\.|[^"\\])*)"', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FetchItem:
    """What one FETCH answer says of one message; None for what it does not say."""

    uid: int
    size: int | None = None
    received_at: datetime | None = None
    body: bytes | None = None


def parse_list(data: Iterable[object]) -> Iterator[tuple[Folder, bytes]]:
    r"""Folders of a LIST answer, each with its raw name as the server wants it back.

    >>> [(folder, raw)] = parse_list([b'(\\HasNoChildren \\Sent) "/" "&BB8EPgRHBEIEMA-"'])
    >>> folder.name, folder.special_use, raw
    ('Почта', '\\Sent', b'&BB8EPgRHBEIEMA-')
    """
    for line in data:
        flags, raw = _list_line(line)
        if raw is None or b"\\NOSELECT" in flags.upper() or b"\\NONEXISTENT" in flags.upper():
            continue
        use = next((use for use in _SPECIAL_USES if use.upper().encode() in flags.upper().split()), "")
        yield Folder(decode_folder(raw), use), raw


def parse_fetch(data: Iterable[object]) -> Sequence[FetchItem]:
    """The items of a FETCH answer, by UID; several answers for one message are merged.

    Items may come in any order, the UID behind the literal too, and a body as literal, quoted string or NIL.
    """
    merged: dict[int, FetchItem] = {}
    for head, literal in _answers(data):
        item = _fetch_item(head, literal)
        if item is None:
            continue
        known = merged.get(item.uid, item)
        merged[item.uid] = FetchItem(
            item.uid,
            item.size if item.size is not None else known.size,
            item.received_at or known.received_at,
            item.body if item.body is not None else known.body,
        )
    return [merged[uid] for uid in sorted(merged)]


def uid_set(uids: Sequence[int]) -> str:
    """Ascending UIDs as a sequence set with ranges.

    >>> uid_set([1, 2, 3, 7, 9, 10])
    '1:3,7,9:10'
    """
    ranges: list[list[int]] = []
    for uid in uids:
        if ranges and uid == ranges[-1][1] + 1:
            ranges[-1][1] = uid
        else:
            ranges.append([uid, uid])
    return ",".join(str(low) if low == high else f"{low}:{high}" for low, high in ranges)


def quoted(raw: bytes) -> bytes:
    """A string between quotes; its bytes go to the server as they came.

    >>> quoted(b'a "b" \\\\ c')
    b'"a \\\\"b\\\\" \\\\\\\\ c"'
    """
    return b'"' + raw.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


def decode_folder(raw: bytes) -> str:
    """A folder name for people: modified UTF-7 undone; what is no modified UTF-7 is taken as UTF-8.

    >>> decode_folder(b"R&AOY-kker &- &AOU-l")
    'Rækker & ål'
    """
    text = raw.decode("utf-8", "replace")

    def decoded(match: re.Match[str]) -> str:
        return _utf7(match[1]) if match[1] else "&"

    try:
        return re.sub(r"&([^-]*)-", decoded, text)
    except ValueError:
        return text


def encode_folder(name: str) -> bytes:
    """A folder name in modified UTF-7.

    >>> encode_folder("Rækker & ål")
    b'R&AOY-kker &- &AOU-l'
    """
    encoded = re.sub(r"&|[^\x20-\x7e]+", lambda match: "&-" if match[0] == "&" else _to_utf7(match[0]), name)
    return encoded.encode("ascii")


def _list_line(line: object) -> tuple[bytes, bytes | None]:
    """Flags and raw name of one LIST line, which imaplib2 gives as bytes or, with a literal, as a tuple."""
    if isinstance(line, tuple):
        flags = _LIST_FLAGS.match(line[0])
        return flags[1] if flags else b"", line[1]
    match = _LIST.match(line) if isinstance(line, bytes) else None
    if not match:
        return b"", None
    name = match["name"]
    if name.startswith(b'"'):
        name = re.sub(rb"\\(.)", rb"\1", name[1:-1])
    return match["flags"], name


def _answers(data: Iterable[object]) -> Iterator[tuple[bytes, bytes | None]]:
    """Each answer's words and its literal; the words behind a literal are joined to those before it."""
    head, literal = b"", None
    for part in data:
        if isinstance(part, tuple):
            if head:
                yield head, literal
            head, literal = bytes(part[0]), bytes(part[1])
        elif isinstance(part, bytes):
            if literal is not None and not re.match(rb"^\d+ \(", part):
                yield head + b" " + part, literal
            else:
                if head:
                    yield head, literal
                yield part, None
            head, literal = b"", None
    if head:
        yield head, literal


def _fetch_item(head: bytes, literal: bytes | None) -> FetchItem | None:
    """One answer, or None where it names no UID. A quoted body is taken out first: it may hold words like ``UID 7``."""
    body = _QUOTED_BODY.search(head)
    if body:
        head = head[: body.start()] + head[body.end() :]
    uid, size, received = _UID.search(head), _SIZE.search(head), _INTERNALDATE.search(head)
    if not uid:
        return None
    return FetchItem(
        int(uid[1]),
        int(size[1]) if size else None,
        _moment(received[1]) if received else None,
        re.sub(rb"\\(.)", rb"\1", body[1]) if body and literal is None else literal,
    )


def _moment(value: bytes) -> datetime | None:
    """``02-Mar-2026 09:15:00 +0100`` as aware UTC."""
    try:
        return parsedate_to_datetime(value.decode("ascii", "replace").replace("-", " ", 2)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None


def _utf7(encoded: str) -> str:
    padded = encoded.replace(",", "/") + "=" * (-len(encoded) % 4)
    return base64.b64decode(padded, validate=True).decode("utf-16-be")


def _to_utf7(text: str) -> str:
    return "&" + base64.b64encode(text.encode("utf-16-be")).decode("ascii").rstrip("=").replace("/", ",") + "-"
