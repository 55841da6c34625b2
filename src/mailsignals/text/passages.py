"""A mail's text cut into passages: own words, quotes, forwards, signatures, footers.

The rules go by structure (a date and a colon before ``>`` lines, three ``Key: value`` lines with an address), because
phrase lists of mail programs exist for few languages. Word lists help only where structure says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from mailsignals.types import Passage, PassageKind

OWN, QUOTED, FORWARDED = PassageKind.OWN, PassageKind.QUOTED, PassageKind.FORWARDED
SIGNATURE, FOOTER = PassageKind.SIGNATURE, PassageKind.FOOTER

_DATE = re.compile(r"\b\d{1,2}[:.]\d{2}\b|\b(?:19|20)\d\d\b")
_KEY = re.compile(r"^[\s>*_]*(?=[^\W\d_])([\w ()/\-]{1,24}?)[*_]*:[*_]*\s*\S")
_RULE = re.compile(r"^\s*(?:_{10,}|-{10,}|={10,})\s*$")
_OLD_MAIL = re.compile(
    r"^\s*-{2,}\s*(?:original|ursprüng|oprindelig|den oprindelige|izvorn|originaln|исходн|orihinal)[^-]*-{2,}\s*$", re.I
)
_FORWARD = re.compile(
    r"^\s*(?:-{2,}\s*(?:forwarded|videresendt|proslijeđ|prosleđ|переслан|пересыла|ipinasa|weitergeleitet|transféré)"
    r"[^-]*-{2,}|begin forwarded message:|start på videresendt besked:|započetak proslijeđene poruke:"
    r"|начало переадресованного сообщения:)\s*$",
    re.IGNORECASE,
)
_PHONE_NOTE = re.compile(
    r"^\s*(?:sent from (?:my|mail for|outlook)|get outlook for|sendt fra|hent outlook|отправлено (?:с|из)|послано с"
    r"|poslano sa?\b|ipinadala mula|skickat från|von meine[mr]|envoyé de)[^.!?]{0,40}\.?\s*$",
    re.IGNORECASE,
)
_LEGAL = re.compile(r"confidential|конфиденциал|povjerljiv|fortrolig|kumpidensyal|kompidensyal", re.IGNORECASE)
_LEGAL_TOPIC = re.compile(
    r"e-?mail|message|recipient|poruk|e-pošt|primatelj|сообщени|письм|mensahe|besked|modtager", re.IGNORECASE
)
_CONTACT = re.compile(
    r"\+?\d[\d ()/.\-]{6,}\d|www\.|https?://|\S@\S+\.\w|\b(?:tel|mob|gsm|tlf|cvr|oib|инн|тел)\b[.:]", re.IGNORECASE
)
_CLOSING = re.compile(
    r"^\s*(?:(?:best|kind|warm|many|with kind)?\s*(?:regards|wishes)|thanks|thank you|cheers|sincerely|yours|best"
    r"|с уважением|спасибо|всего доброго"
    r"|(?:s |srdačan |lijep |lp|puno )?(?:poštovanjem|pozdrav|hvala)|lp"
    r"|(?:med )?(?:venlig|kærlig|bedste|mange)\s?hilsen(?:er)?|mvh|vh|hilsen"
    r"|salamat(?: po)?|lubos na gumagalang|maraming salamat(?: po)?)[\w ,.!]{0,25}$",
    re.IGNORECASE,
)
_SIGNATURE_LINES = 9
"""A signature is at most so many lines long; what is longer is text."""


def split_passages(text: str, *, is_forward: bool = False) -> tuple[Passage, ...]:
    """Cut a text into passages that join to the whole.

    Args:
        text: Decoded text, line ends ``\\n``.
        is_forward: The subject says that the mail forwards another; a header block then starts a forwarded passage.

    >>> mail = "Fine.\\n\\nOn 4 Mar 2026, at 10:15, Ana wrote:\\n> Is it?\\n"
    >>> [passage.kind.value for passage in split_passages(mail)]
    ['own', 'quoted']
    """
    lines = text.splitlines(keepends=True)
    kinds = _classify(lines, is_forward)
    _mark_endings(lines, kinds)
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
        if kinds[number] is not OWN:
            continue
        if _FORWARD.match(line):
            return _rest(kinds, number, FORWARDED)
        if _starts_old_mail(lines, number):
            return _rest(kinds, number, FORWARDED if is_forward else QUOTED)
        length = _attribution_length(lines, number)
        if length:
            after = _next_words(lines, number + length)
            if after < len(lines) and lines[after].startswith(">"):
                kinds[number:after] = [QUOTED] * (after - number)
            elif "@" in "".join(lines[number : number + length]):
                return _rest(kinds, number, QUOTED)
    return kinds


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
    return _is_header_block(lines, number)


def _is_header_block(lines: Sequence[str], number: int) -> bool:
    """Three or more ``Key: value`` lines in a row, with an address and a date among them."""
    end = number
    while end < len(lines) and _KEY.match(lines[end]):
        end += 1
    block = "".join(lines[number:end])
    return end - number >= 3 and "@" in block and bool(_DATE.search(block))


def _attribution_length(lines: Sequence[str], number: int) -> int:
    """Lines of an ``On ... wrote:`` that starts here (mail programs wrap it over up to three), or 0.

    It ends in a colon, holds a date and a name or address, and is no longer than 250 characters.
    """
    joined = ""
    for length in (1, 2, 3):
        if number + length > len(lines) or not lines[number + length - 1].strip():
            return 0
        joined = f"{joined} {lines[number + length - 1].strip()}".strip()
        if joined.endswith(":"):
            has_date = len(_DATE.findall(joined)) > 0 and any(character.isdigit() for character in joined)
            return length if has_date and len(joined) < 250 else 0
    return 0


def _next_words(lines: Sequence[str], number: int) -> int:
    """Index of the next line that is not blank."""
    while number < len(lines) and not lines[number].strip():
        number += 1
    return number


def _mark_endings(lines: Sequence[str], kinds: list[PassageKind]) -> None:
    """Find notes of phones, signatures and legal footers at the end of every stretch of own words."""
    start = 0
    for kind, group in groupby(list(kinds)):
        end = start + len(list(group))
        if kind is OWN:
            end_of_words = _mark_footer(lines, kinds, start, end)
            _mark_signature(lines, kinds, start, end_of_words)
        start = end


def _mark_footer(lines: Sequence[str], kinds: list[PassageKind], start: int, end: int) -> int:
    """Mark phone notes and a legal notice; the end of what is left."""
    for number in range(start, end):
        if _PHONE_NOTE.match(lines[number]):
            kinds[number] = FOOTER
    for number in range(start, end):
        if _is_paragraph_start(lines, number, start) and _is_legal(lines, number, end):
            kinds[number:end] = [FOOTER] * (end - number)
            return number
    return end


def _is_paragraph_start(lines: Sequence[str], number: int, start: int) -> bool:
    return number > start and bool(lines[number].strip()) and not lines[number - 1].strip()


def _is_legal(lines: Sequence[str], number: int, end: int) -> bool:
    """A last paragraph that speaks of confidentiality and of the mail itself."""
    rest = "".join(lines[number:end])
    paragraph = rest.split("\n\n", 1)[0]
    return len(paragraph) > 80 and bool(_LEGAL.search(paragraph)) and bool(_LEGAL_TOPIC.search(paragraph))


def _mark_signature(lines: Sequence[str], kinds: list[PassageKind], start: int, end: int) -> None:
    """Mark what follows ``-- `` (RFC 3676 4.3), or a closing formula with contact lines below it."""
    for number in range(max(start, end - 25), end):
        if lines[number].rstrip("\n") in ("-- ", "--") or _is_closing_with_contact(lines, number, end):
            for line in range(number, end):
                kinds[line] = SIGNATURE if kinds[line] is OWN else kinds[line]
            return


def _is_closing_with_contact(lines: Sequence[str], number: int, end: int) -> bool:
    """A closing formula that is followed by a few short lines, one of them with a phone, address or site."""
    if not _CLOSING.match(lines[number]):
        return False
    below = [line.strip() for line in lines[number + 1 : end] if line.strip() and not _PHONE_NOTE.match(line)]
    is_short = len(below) <= _SIGNATURE_LINES and all(len(line) < 90 for line in below)
    return is_short and any(_CONTACT.search(line) for line in below)


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
