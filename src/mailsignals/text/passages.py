"""A mail's text cut into passages: own words, quotes, forwards, signatures, footers.

The rules go by structure (a date and a colon before ``>`` lines, three ``Key: value`` lines with an address), because
phrase lists of mail programs exist for few languages. Word lists help only where structure says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby, takewhile

from mailsignals.text.mailwords import any_of
from mailsignals.text.signature import signature_start
from mailsignals.types import Passage, PassageKind

OWN, QUOTED, FORWARDED = PassageKind.OWN, PassageKind.QUOTED, PassageKind.FORWARDED
SIGNATURE, FOOTER = PassageKind.SIGNATURE, PassageKind.FOOTER

_DATE = re.compile(r"\b\d{1,2}[:.]\d{2}\b|\b(?:19|20)\d\d\b")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_ADDRESS = re.compile(r"[<(\[](?:mailto:)?[^\s<>@]+@[^\s<>@]+[>)\]]")
_FROM_KEY = re.compile(rf"^[\s>*_]*{any_of('from_keys')}[*_]*\s*:", re.IGNORECASE)
_SENT_KEY = re.compile(rf"^[\s>*_]*{any_of('sent_keys')}[*_]*\s*:", re.IGNORECASE)
_WROTE = re.compile(rf"\b{any_of('wrote')}\b", re.IGNORECASE)
_KEY = re.compile(r"^[\s>*_]*(?=[^\W\d_])([\w ()/\-]{1,24}?)[*_]*:[*_]*\s*\S")
_RULE = re.compile(r"^\s*(?:_{10,}|-{10,}|={10,})\s*$")
_OLD_MAIL = re.compile(rf"^\s*-{{2,}}\s*{any_of('original')}[^-]*-{{2,}}\s*$", re.IGNORECASE)
_FORWARD = re.compile(
    rf"^\s*(?:-{{2,}}\s*{any_of('forwarded')}[^-]*-{{2,}}|{any_of('forwarded_lines')})\s*$", re.IGNORECASE
)
_NOTES_FORWARD = re.compile(
    r"^\s*-{5,}\s*forwarded by .{3,120}?\s\d\d?[/.]\d\d?[/.]\d{2,4}\s.{0,20}-{5,}\s*$", re.I | re.S
)
_NOTES_DATE = re.compile(r"\b\d\d?/\d\d?/\d{2,4} \d\d?:\d\d(?::\d\d)?(?: [AP]M)?\b")
_NOTES_KEYS = re.compile(r"^\s*To:.*\n(?:.*\n){0,6}?\s*cc:.*\n(?:.*\n){0,6}?\s*Subject:", re.MULTILINE)
_PHONE_NOTE = re.compile(rf"^\s*{any_of('phone_notes')}[^.!?]{{0,40}}\.?\s*$", re.IGNORECASE)
_LEGAL = re.compile(any_of("legal"), re.IGNORECASE)
_LEGAL_TOPIC = re.compile(any_of("legal_topics"), re.IGNORECASE)
_LEGAL_VERB = re.compile(any_of("legal_verbs"), re.IGNORECASE)
_LEGAL_HEADING = re.compile(f"{any_of('legal')}|{any_of('legal_headings')}", re.IGNORECASE)
_HEADER_LINES = 12
"""Lines of a header block that are looked at."""

_NOTES_WORDS = 8
"""Words of the sender's line in a Notes header at most."""

_ATTRIBUTION_LINES = 3
"""Mail programs wrap ``On ... wrote:`` over at most so many lines."""


def split_passages(text: str, *, is_forward: bool = False, names: Sequence[str] = ()) -> tuple[Passage, ...]:
    """Cut a text into passages that join to the whole.

    Args:
        text: Decoded text, line ends ``\\n``.
        is_forward: The subject says that the mail forwards another; a header block then starts a forwarded passage.
        names: How the sender is called (display name, address), for those who sign with nothing but their name.

    >>> mail = "Fine.\\n\\nOn 4 Mar 2026, at 10:15, Ana wrote:\\n> Is it?\\n"
    >>> [passage.kind.value for passage in split_passages(mail)]
    ['own', 'quoted']
    """
    lines = text.splitlines(keepends=True)
    kinds = _classify(lines, is_forward)
    _mark_endings(lines, kinds, names)
    return _passages(lines, kinds)


def own_words(text: str, passages: Sequence[Passage]) -> str:
    """The own passages, each trimmed, joined by a blank line.

    >>> own_words("Fine.\\n> Is it?\\n", split_passages("Fine.\\n> Is it?\\n"))
    'Fine.'
    """
    own = (text[passage.start : passage.end].strip() for passage in passages if passage.kind is OWN)
    return "\n\n".join(words for words in own if words)


def _classify(lines: Sequence[str], is_forward: bool) -> list[PassageKind]:
    """Kind of every line, before signatures and footers are looked for."""
    kinds = [QUOTED if line.startswith(">") else OWN for line in lines]
    for number, line in enumerate(lines):
        if kinds[number] is not OWN or not _may_start(lines, number):
            continue
        if _FORWARD.match(line) or _NOTES_FORWARD.match("".join(lines[number : number + 2])):
            return _rest(kinds, number, FORWARDED)
        if _starts_old_mail(lines, number):
            return _rest(kinds, number, FORWARDED if is_forward else QUOTED)
        length = _attribution_length(lines, number)
        if length:
            after = _next_words(lines, number + length)
            if after < len(lines) and lines[after].startswith(">"):
                kinds[number:after] = [QUOTED] * (after - number)
            elif _names_writer("".join(lines[number : number + length])):
                return _rest(kinds, number, QUOTED)
    return kinds


def _may_start(lines: Sequence[str], number: int) -> bool:
    """Whether it is worth a closer look: all that starts an older mail begins with a rule or has a colon near."""
    is_near_colon = any(":" in line for line in lines[number : number + _ATTRIBUTION_LINES])
    return is_near_colon or lines[number].lstrip().startswith(("-", "_", "="))


def _rest(kinds: list[PassageKind], start: int, kind: PassageKind) -> list[PassageKind]:
    """Everything from ``start`` on is of one kind."""
    return kinds[:start] + [kind] * (len(kinds) - start)


def _starts_old_mail(lines: Sequence[str], number: int) -> bool:
    """Whether an older mail begins here: an Outlook header block, with or without a rule above it."""
    line = lines[number]
    if _OLD_MAIL.match(line):
        return True
    if _RULE.match(line):
        below = _next_words(lines, number + 1)
        return below < len(lines) and _is_header_block(lines, below)
    return _is_header_block(lines, number) or _is_notes_block(lines, number)


def _is_notes_block(lines: Sequence[str], number: int) -> bool:
    """Lotus Notes: a name, a date with its time on the same line or the next, and below it To, cc and Subject."""
    head = [line.strip() for line in lines[number : number + 2]]
    dated = next((at for at, line in enumerate(head) if _NOTES_DATE.search(line)), None)
    if dated is None or not head[0] or (dated and len(head[0].split()) > _NOTES_WORDS):
        return False
    below = lines[number + dated + 1 : number + dated + 5]
    first = next((at for at, line in enumerate(below) if line.lstrip().startswith("To:")), None)
    if first is None:
        return False
    at = number + dated + 1 + first
    return bool(_NOTES_KEYS.match("".join(lines[at : at + _HEADER_LINES])))


def _is_header_block(lines: Sequence[str], number: int) -> bool:
    """Three or more ``Key: value`` lines in a row, with a date and a mailbox in brackets among them.

    Below a ``From`` a bare address will do. With ``Sent`` next none is needed, for Exchange shows names only.
    """
    block = list(takewhile(_KEY.match, lines[number : number + _HEADER_LINES]))
    joined = "".join(block)
    if len(block) < 3 or not _DATE.search(joined):
        return False
    is_whole = "@" in joined and all(any(map(key.match, block)) for key in (_FROM_KEY, _SENT_KEY))
    is_from = bool(_FROM_KEY.match(block[0])) and ("@" in joined or bool(_SENT_KEY.match(block[1])))
    return is_whole or is_from or bool(_ADDRESS.search(joined))


def _names_writer(attribution: str) -> bool:
    """Whether an ``On ... wrote:`` without ``>`` below it is one: an address in brackets, or one and 'wrote'."""
    return bool(_ADDRESS.search(attribution)) or ("@" in attribution and bool(_WROTE.search(attribution)))


def _attribution_length(lines: Sequence[str], number: int) -> int:
    """Lines of an ``On ... wrote:`` that starts here, or 0: it ends in a colon, holds a date and is no long text."""
    joined = ""
    for length, line in enumerate(lines[number : number + _ATTRIBUTION_LINES], start=1):
        if not line.strip():
            return 0
        joined = f"{joined} {line.strip()}".strip()
        if joined.endswith(":"):
            is_one = len(joined) < 250 and bool(_DATE.search(joined))
            return length if is_one and not (length > 1 and _is_above_attribution(lines, number)) else 0
    return 0


def _is_above_attribution(lines: Sequence[str], number: int) -> bool:
    """Whether a line is the end of the own words, and what is attributed starts below it."""
    line = lines[number].strip()
    below = _attribution_length(lines, number + 1)
    if not below or not _DATE.search(line):
        return bool(below)
    return line.endswith((".", "!", "?")) and bool(_YEAR.search("".join(lines[number + 1 : number + 1 + below])))


def _next_words(lines: Sequence[str], number: int) -> int:
    """Index of the next line that is not blank."""
    while number < len(lines) and not lines[number].strip():
        number += 1
    return number


def _mark_endings(lines: Sequence[str], kinds: list[PassageKind], names: Sequence[str]) -> None:
    """Find notes of phones, signatures and legal footers at the end of every stretch of own words."""
    start = 0
    for kind, group in groupby(list(kinds)):
        end = start + len(list(group))
        if kind is OWN:
            end_of_words = _mark_footer(lines, kinds, start, end)
            begin = signature_start(_without_notes(lines, kinds), start, end_of_words, names)
            kinds[begin:end] = [SIGNATURE if kind is OWN else kind for kind in kinds[begin:end]]
        start = end


def _without_notes(lines: Sequence[str], kinds: Sequence[PassageKind]) -> list[str]:
    """The lines, blank where a phone's note stands."""
    return ["" if kind is FOOTER else line for line, kind in zip(lines, kinds, strict=True)]


def _mark_footer(lines: Sequence[str], kinds: list[PassageKind], start: int, end: int) -> int:
    """Mark phone notes and a legal notice; the end of what is left."""
    for number in range(start, end):
        if _is_phone_note(lines, number):
            kinds[number] = FOOTER
    for number in range(start, end):
        if _is_paragraph_start(lines, number, start) and _is_legal(lines, number, end):
            first = _with_heading(lines, number, start)
            kinds[first:end] = [FOOTER] * (end - first)
            return first
    return end


def _is_phone_note(lines: Sequence[str], number: int) -> bool:
    """A ``Sent from my phone`` with no words of the same paragraph below it."""
    is_last = (
        number + 1 >= len(lines) or not lines[number + 1].strip() or lines[number + 1].startswith(("--", ">", "_"))
    )
    return is_last and bool(_PHONE_NOTE.match(lines[number]))


def _is_paragraph_start(lines: Sequence[str], number: int, start: int) -> bool:
    is_below_something = number == start or not lines[number - 1].strip()
    return number > 0 and is_below_something and bool(lines[number].strip())


def _is_legal(lines: Sequence[str], number: int, end: int) -> bool:
    """A paragraph that speaks of confidentiality, of the mail itself, and of who may read it or must delete it."""
    paragraph = "".join(takewhile(str.strip, (lines[at] for at in range(number, end))))
    return len(paragraph) > 80 and all(words.search(paragraph) for words in (_LEGAL, _LEGAL_TOPIC, _LEGAL_VERB))


def _with_heading(lines: Sequence[str], number: int, start: int) -> int:
    """The index of the headings and rules above a legal notice, or of the notice itself; a client's shouting stays."""
    for above in reversed(range(start, number)):
        line = lines[above].strip()
        is_heading = line.isupper() and len(line) < 60 and bool(_LEGAL_HEADING.search(line))
        if line and not is_heading and not _RULE.match(line):
            break
        number = above if line else number
    return number


def _passages(lines: Sequence[str], kinds: Sequence[PassageKind]) -> tuple[Passage, ...]:
    """Neighbouring lines of one kind as one passage; blank lines go with what stands above them."""
    passages: list[Passage] = []
    position = 0
    for line, kind in zip(lines, kinds, strict=True):
        last = passages[-1] if passages else None
        position += len(line)
        if last and (kind is last.kind or not line.strip()):
            passages[-1] = Passage(last.kind, last.start, position)
        else:
            passages.append(Passage(kind, position - len(line), position))
    return tuple(passages)
