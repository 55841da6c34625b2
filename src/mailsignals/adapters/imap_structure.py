"""BODYSTRUCTURE: which parts of a mail hold words, and the mail put together again from these alone.

Attachments stay on the server; a part without its bytes stands for each, so that the reader of the mail finds its name.
Source: RFC 3501 (7.4.2), RFC 2046. Servers break the grammar (Exchange: NIL for a type, sizes of -1): what cannot be
understood is ``None``, and the whole mail is fetched instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

MAX_PART_OCTETS = 256 * 1024
"""Octets fetched of one text part."""

ENOUGH_PLAIN_OCTETS = 512
"""A plain text so long is no 'please view as HTML'; the HTML beside it, often ten times as long, stays there."""

_MAX_DEPTH = 40
_MAX_PARTS = 500
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a mail.

    Args:
        section: Its number for ``BODY.PEEK[...]``; empty for the whole of a multipart mail.
        kind: ``text/plain``, in lower case.
        headers: Its MIME headers, made anew.
        size: Octets as the server says, None where it says nonsense: Exchange's is a hint only.
        boundary: Of a multipart.
    """

    section: str
    kind: str
    headers: bytes = b""
    size: int | None = None
    is_attachment: bool = False
    boundary: str = ""
    children: tuple[Part, ...] = ()


def read_structure(tree: object) -> Part | None:
    """The parts of a mail, or None where the server's answer makes no sense.

    Args:
        tree: BODYSTRUCTURE as nested lists of bytes, None for NIL.
    """
    try:
        return _part(tree, "", 0)
    except (TypeError, ValueError, IndexError, AttributeError):
        return None


def text_parts(part: Part) -> Iterator[Part]:
    """The parts whose words are to be read, in order."""
    if not part.children:
        if part.kind in ("text/plain", "text/html") and not part.is_attachment:
            yield part
        return
    has_plain = part.kind == "multipart/alternative" and any(_is_enough(child) for child in part.children)
    for child in part.children:
        if not (has_plain and child.kind == "text/html"):
            yield from text_parts(child)


def assemble(header: bytes, root: Part, texts: Mapping[str, bytes]) -> bytes:
    """The mail from its header and its texts.

    Args:
        texts: Section -> bytes as they were sent, in their transfer encoding.
    """
    if not root.children:
        return header + texts.get(root.section, b"")
    return header + b"".join(_body(root, texts))


def _body(part: Part, texts: Mapping[str, bytes]) -> Iterator[bytes]:
    if not part.children:
        yield texts.get(part.section, b"")
        return
    line = b"--" + part.boundary.encode("utf-8", "surrogateescape")
    for child in part.children:
        yield line + b"\r\n" + child.headers + b"\r\n"
        yield from _body(child, texts)
        yield b"\r\n"
    yield line + b"--\r\n"


def _is_enough(part: Part) -> bool:
    return part.kind == "text/plain" and not part.is_attachment and (part.size or 0) >= ENOUGH_PLAIN_OCTETS


def _part(tree: Any, section: str, depth: int) -> Part:
    if depth > _MAX_DEPTH:
        raise ValueError("nested too deep")
    if not isinstance(tree, list) or not tree:
        raise TypeError("no part")
    return _multipart(tree, section, depth) if isinstance(tree[0], list) else _leaf(tree, section or "1")


def _multipart(tree: Sequence[Any], section: str, depth: int) -> Part:
    count = next((index for index, item in enumerate(tree) if not isinstance(item, list)), len(tree))
    if count > _MAX_PARTS:
        raise ValueError("too many parts")
    numbers = (f"{section}.{number}" if section else str(number) for number in range(1, count + 1))
    children = tuple(_part(child, number, depth + 1) for child, number in zip(tree, numbers, strict=False))
    kind = f"multipart/{_text(tree[count]).lower()}"
    parameters = _pairs(tree[count + 1])
    boundary = next((value for name, value in parameters if name.lower() == "boundary"), "")
    if not boundary:
        raise ValueError("no boundary")
    return Part(section, kind, _header("Content-Type", kind, parameters), None, False, boundary, children)


def _leaf(tree: Sequence[Any], section: str) -> Part:
    kind = f"{_text(tree[0])}/{_text(tree[1])}".lower()
    headers = _header("Content-Type", kind, _pairs(tree[2]))
    if isinstance(tree[5], bytes):
        headers += _header("Content-Transfer-Encoding", _text(tree[5]), ())
    disposition = _disposition(tree[_EXTENSION.get(kind, 8 if kind.startswith("text/") else 7) :])
    name = ""
    if disposition:
        name = _text(disposition[0]).lower()
        headers += _header("Content-Disposition", name, _pairs(disposition[1]))
    return Part(section, kind, headers, _size(tree[6]), name == "attachment")


_EXTENSION = {"message/rfc822": 10, "message/global": 10}
"""Where the extension data of a part begin; behind its MD5 comes the disposition."""


def _disposition(rest: Sequence[Any]) -> Sequence[Any]:
    """The list that reads ``("attachment" ("filename" "a.pdf"))``; servers are not at one where it stands."""
    for item in rest:
        is_pair = isinstance(item, list) and len(item) == 2 and isinstance(item[0], bytes)
        if is_pair and (item[1] is None or isinstance(item[1], list)):
            return cast("Sequence[Any]", item)
    return ()


def _size(value: Any) -> int | None:
    return int(value) if isinstance(value, bytes) and value.isdigit() else None


def _text(value: Any) -> str:
    if not isinstance(value, bytes) or not value:
        raise TypeError("a string was wanted")
    return value.decode("utf-8", "surrogateescape")


def _pairs(value: Any) -> Sequence[tuple[str, str]]:
    """Parameters; those without a value are left out."""
    if not isinstance(value, list):
        return ()
    pairs = zip(value[::2], value[1::2], strict=False)
    return [(_text(name), _text(of)) for name, of in pairs if isinstance(name, bytes) and name and of]


def _header(name: str, value: str, parameters: Sequence[tuple[str, str]]) -> bytes:
    """One MIME header. Whatever a parameter holds stays inside its quotes."""
    words = [f"{name}: {value}", *(f'{key}="{_escaped(of)}"' for key, of in parameters)]
    line = ";\r\n ".join(_CONTROLS.sub(" ", word) for word in words)
    return line.encode("utf-8", "surrogateescape") + b"\r\n"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
