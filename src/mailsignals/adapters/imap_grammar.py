"""The parts of IMAP's grammar that imaplib2 leaves to its user: LIST lines, FETCH items, UID sets, folder names.

Source: RFC 3501 (sections 5.1.3, 7.2.2, 7.4.2), RFC 6154 (special use). Lenient where servers are.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from mailsignals.types import Folder

_LIST = re.compile(
    rb'^\((?P<flags>[^)]*)\)\s+(?:"(?:\\.|[^"\\])*"|NIL)\s+(?P<name>"(?:\\.|[^"\\])*"|\S.*)$', re.IGNORECASE
)
_LIST_FLAGS = re.compile(rb"^\(([^)]*)\)")
_SPECIAL_USES = ("\\All", "\\Archive", "\\Drafts", "\\Flagged", "\\Junk", "\\Sent", "\\Trash")
_UID = re.compile(rb"\bUID\s+(\d+)", re.IGNORECASE)
_QUOTED = re.compile(rb'"(?:\\.|[^"\\])*"', re.DOTALL)
_ORIGIN = re.compile(r"<\d+>$")
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_TOKEN = re.compile(rb'("(?:\\.|[^"\\])*")|\{\d+\+?\}|([^\s()"{]+)|([()])', re.DOTALL)


@dataclass(frozen=True, slots=True)
class FetchItem:
    """What one FETCH answer says of one message; None for what it does not say.

    Args:
        bodies: ``BODY[...]`` in capitals, without its origin -> bytes, None for NIL: the message is gone.
        structure: BODYSTRUCTURE as nested lists.
        identity: X-GM-MSGID (Gmail) or EMAILID (RFC 8474): the same for a message in all its folders.
    """

    uid: int
    size: int | None = None
    received_at: datetime | None = None
    bodies: Mapping[str, bytes | None] = field(default_factory=dict)
    structure: Any = None
    identity: str = ""


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


def parse_fetch(answers: Iterable[Sequence[bytes]]) -> Mapping[int, FetchItem]:
    """What FETCH answers say, by UID; several answers for one message are merged.

    Items may come in any order, the UID behind the literals too, and a body as literal, quoted string or NIL.

    Args:
        answers: Each as lines and the literals between them in turn.
    """
    merged: dict[int, FetchItem] = {}
    for answer in answers:
        item = _fetch_item(answer)
        if item is not None:
            known = merged.get(item.uid)
            merged[item.uid] = _merged(known, item) if known else item
    return merged


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


def _fetch_item(answer: Sequence[bytes]) -> FetchItem | None:
    """One answer, or None where it names no UID."""
    found = _items(answer)
    uid = _number(found.get("UID")) or _uid_in(answer)
    if not uid:
        return None
    received, gmail, email_id = found.get("INTERNALDATE"), found.get("X-GM-MSGID"), found.get("EMAILID")
    email_id = email_id[0] if isinstance(email_id, list) and email_id else email_id
    return FetchItem(
        uid,
        _number(found.get("RFC822.SIZE")),
        _moment(received) if isinstance(received, bytes) else None,
        {name: body for name, body in found.items() if name.startswith("BODY[")},
        found.get("BODYSTRUCTURE"),
        next((_words(value) for value in (gmail, email_id) if isinstance(value, bytes)), ""),
    )


def _items(answer: Sequence[bytes]) -> dict[str, Any]:
    """Name -> value of one answer; a body's name without its ``<origin>``."""
    tree = parse_values(answer)
    items = next((value for value in tree if isinstance(value, list)), [])
    return {_item_name(name): value for name, value in zip(items[::2], items[1::2], strict=False)}


def parse_values(answer: Sequence[bytes]) -> list[Any]:
    """Lines with literals between them as nested lists of bytes, None for NIL. Lenient: what is open gets closed.

    >>> parse_values([b'(BODY[] {2}', b'hi', b' UID 7 X (NIL "a b"))'])
    [[b'BODY[]', b'hi', b'UID', b'7', b'X', [None, b'a b']]]
    """
    root: list[Any] = []
    stack = [root]
    for position, piece in enumerate(answer):
        if position % 2:
            stack[-1].append(piece)
            continue
        for quoted_words, atom, sign in _TOKEN.findall(piece):
            if atom:
                stack[-1].append(None if atom.upper() == b"NIL" else atom)
            elif sign == b"(":
                stack[-1].append([])
                stack.append(stack[-1][-1])
            elif sign == b")":
                if len(stack) > 1:
                    stack.pop()
            elif quoted_words:
                stack[-1].append(_ESCAPED.sub(rb"\1", quoted_words[1:-1]))
    return root


def _uid_in(answer: Sequence[bytes]) -> int:
    """The UID of an answer whose brackets do not match (Exchange); looked for where no body's words can be."""
    found = _UID.search(_QUOTED.sub(b"", answer[0]))
    return int(found[1]) if found else 0


def _item_name(name: object) -> str:
    return _ORIGIN.sub("", _words(name).upper()) if isinstance(name, bytes) else ""


def _number(value: object) -> int | None:
    return int(value) if isinstance(value, bytes) and value.isdigit() else None


def _words(value: bytes) -> str:
    return value.decode("ascii", "replace")


def _merged(known: FetchItem, more: FetchItem) -> FetchItem:
    """Two answers for one message; a body that came stays when a later answer has none."""
    bodies = {**known.bodies, **{name: body for name, body in more.bodies.items() if body is not None}}
    return FetchItem(
        known.uid,
        more.size if more.size is not None else known.size,
        more.received_at or known.received_at,
        bodies,
        more.structure or known.structure,
        more.identity or known.identity,
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
