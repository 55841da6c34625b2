"""How a client addresses us: first name or surname, familiar or polite pronoun, a greeting or none."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from mailsignals.types import Message

_HELLO = (
    r"(?:hi|hey|hello|dear|good (?:morning|afternoon|evening|day)|greetings"
    r"|hej|hejsa|kære|kaere|højtærede|goddag|godmorgen|god (?:morgen|dag|aften)"
    r"|bok|čao|cao|ćao|pozdrav|dobar dan|dobro jutro|dobra večer|(?:po)?[šs]tovan\w*|drag[aei]"
    r"|привет\w*|здравствуй\w*|добрый (?:день|вечер)|доброе утро|доброго дня|уважаем\w*|дорог\w+"
    r"|kumusta|magandang \w+|mahal na|mahal kong|uy)\b(?: po\b)?"
)
_TITLE = (
    r"(?:mrs?|ms|miss|mx|dr|prof|madam|hr|fru|frk|frøken|gospodine|gospodin|gospo[đd]j?[aoe]|gosp|g[đd]j?[ao]|gđice"
    r"|господин|госпожа|г-жа|г-н|ginoo|ginang|gng|bb|g(?=\.))\b\.?"
)
_NAME = r"(?-i:[A-ZČĆŽŠĐÆØÅА-ЯЁ][^\W\d_]+)"
_END = r"(?= ?(?:[,!.:;–—-]|$))"
_OPENING = re.compile(
    # To several at once: no sign of how one of us is addressed.
    r"\W*(?:(?P<several>"
    rf"(?:{_HELLO} )?(?:all|both|everyone|everybody|team|colleagues|folks|guys|alle(?: sammen)?|begge|kolleger|venner"
    rf"|svi|svima|ekipo|kolege|dečki|kayong lahat|sa (?:inyong )?lahat|коллеги|друзья|ребята|команда|всем){_END}"
    rf"|{_HELLO}, (?:коллеги|друзья|ребята|команда)\b|{_HELLO} (?:всем|svima|alle|kolege|kolleger)\b"
    r"|уважаемые\b(?! господа)"
    rf"|(?:всем|svima) {_HELLO})"
    rf"|(?P<formal>(?:{_HELLO}[,!]? )?{_TITLE}(?: {_NAME}){{0,2}}{_END}|{_HELLO} {_TITLE}"
    r"|dear (?:sirs?|ma'am)\b|to whom\b|(?:po)?[šs]tovan\w+|cijenjen\w+|уважаем\w+|господин\w*"
    rf"|mahal na {_NAME}"
    # A given name and a patronymic are the Russian title.
    rf"|(?:{_HELLO}[,!]? )?{_NAME} (?-i:[А-ЯЁ]\w*(?:[ое]вна|ична|[ое]вич|ьич)){_END})"
    r"|(?P<familiar>(?:hi|hey|hello|hej|hejsa|bok|čao|cao|ćao|привет\w*|салют|kumusta|uy)\b)"
    rf"|(?P<named>(?:dear|drag[ai]|kære|kaere|дорог(?:ой|ая)|mahal kong) [^\W\d_]|{_HELLO},? {_NAME}{_END})"
    # "Ana, where is it?"; the words are those that most often stand there instead of a name.
    r"|(?P<bare>(?!(?:yes|no|ok|okay|sorry|thanks|right|well|sure|sir|da|ne|hvala|nažalost|evo|može|ja|nej|tak|fint"
    r"|undskyld|да|нет|ой|спасибо|так|слушай|подскажите|opo|oo|sige|noted|naku)\b)"
    rf"{_NAME}(?: {_NAME})?,))",
    re.IGNORECASE,
)
# The first letter stands in front of the test for a word's begin: the engine then skips to it, eight times as fast.
_FAMILIAR_PRONOUN = re.compile(
    r"[тТtTdDmiI](?<!\w.)(?i:(?<=т)(?:ы|еб[яе]|обой|во(?:й|я|ё|е|и|его|ей|их|им|ему|ём))"
    r"|(?<=t)(?:i si|eb[ei]|voj\w*|vog\w*|vom\w*)|(?<=i)kaw|(?<=[^/\w]m)(?<!per m)o|(?<=d)(?:u|it)"
    r"|(?<=d)ig(?! (?:in|into|out|up|a|the|deep\w*|through|this|it|around|holes?)\b)"
    # Tagalog "din" (too) ends its phrase or leads a particle; Danish "din" leads what is yours.
    r"|(?<=d)in(?= [a-zæøå])"
    r"(?! (?:ang|ako|at|ba|kami|kasi|kayo|ko|lang|mo|na|naman|ng|ni|niyo|pala|po|sa|si|siya|yung)\b))\b"
)
_POLITE_PRONOUN = re.compile(
    r"[ВVDn](?<!\w.)(?:(?<=В)(?:ы|ас|ам|ами|аш\w*)|(?<=V)(?:i ste|as|am|ama|aš\w*)|(?<=n)inyo po|(?<=D)e bedes"
    # "De" is "they" where a sentence begins; inside one its capital is for us, names like "De Gule Sider" aside.
    r"|(?<=[a-zæøå,;] D)(?:eres|em|e(?!-| (?:[A-ZČĆŽŠĐÆØÅ\d]|l[aio]s?\b))))\b"
)
_GREETING = re.compile(
    rf"\W*(?:{_HELLO}|{_TITLE} {_NAME}|(?:всем|svima) {_HELLO}|{_NAME}(?: {_NAME})?, {_HELLO}"
    r"|[^\W\d_]{2,20}(?: [^\W\d_]{2,20})?[,!]\s*$)",
    re.IGNORECASE,
)
_HABIT = 4
"""A greeting that stood in so many mails in a row is a habit; its absence is a change."""
_FIRST_LINE = 80
_FIRST_LINES = 600
"""Code points in which the pronoun is looked for: how long a mail is must not decide how long a night takes."""

STIFFER, DROPPED = 1.0, 0.25
"""What a turn from familiar to formal words, and a greeting left out, say of a mail; hurry leaves one out as well."""


class Manner(NamedTuple):
    """How a mail addresses its reader.

    Args:
        greeting: ``formal`` (title, surname, patronymic), ``familiar`` ("hi"), ``named`` ("dear Ana"), ``bare``
            ("Ana, ..."), ``several``, or nothing.
        pronoun: ``formal``, ``familiar`` or nothing.
    """

    greeting: str = ""
    pronoun: str = ""


def cooling(received: Sequence[Message]) -> list[float]:
    """For each mail of a client, by time, how far its writer has just turned colder: 0, ``DROPPED`` or ``STIFFER``.

    Only a turn counts, not a manner: who was always formal, or never greets, tells nothing by it. And only towards the
    same reader: "Dear Ana" to one of us and "Dear Mr Kos" to another is no turn.
    """
    last: dict[tuple[str, str], Manner] = {}
    greeted: dict[str, deque[bool]] = {}
    found = []
    for message in received:
        writer = message.sender.bare
        pair = writer, message.recipients[0].bare if message.recipients else ""
        before, now = last.get(pair, Manner()), read_manner(message.own_text)
        habit = greeted.setdefault(writer, deque(maxlen=_HABIT))
        greets = has_greeting(message.own_text)
        is_stiffer, last[pair] = _turn(before, now)
        is_dropped = len(habit) == _HABIT and all(habit) and not greets
        found.append(STIFFER if is_stiffer else DROPPED if is_dropped else 0.0)
        habit.append(greets)
    return found


@cache
def _turn(before: Manner, now: Manner) -> tuple[bool, Manner]:
    """Whether a mail is stiffer than those before, and what later ones are held against; few manners, many mails."""
    is_stiffer = _is_stiffer(before, now)
    return is_stiffer, _remembered(before, now, is_stiffer=is_stiffer)


def _is_stiffer(before: Manner, now: Manner) -> bool:
    """Whether title or polite pronoun come where a first name or a familiar word stood.

    A first name with the polite pronoun is usual in Russian and Croatian: the pronoun turns only from a familiar one.
    """
    by_greeting = now.greeting == "formal" and (
        before.greeting in {"familiar", "named", "bare"} or (not before.greeting and before.pronoun == "familiar")
    )
    by_pronoun = now.pronoun == "formal" and (
        before.pronoun == "familiar" or (not before.pronoun and before.greeting == "familiar")
    )
    return by_greeting or by_pronoun


def _remembered(before: Manner, now: Manner, *, is_stiffer: bool) -> Manner:
    """What later mails are held against; a turn is told once, and a word that may be no name unsays no title."""
    if is_stiffer:
        return Manner("formal", now.pronoun or "formal")
    is_weak = now.greeting in {"", "several"} or (now.greeting == "bare" and before.greeting == "formal")
    return Manner(before.greeting if is_weak else now.greeting, now.pronoun or before.pronoun)


def manner_of(text: str) -> str:
    """``formal``, ``informal``, or nothing where the words do not say.

    >>> manner_of("Dear Mr Vale, we expect the file."), manner_of("Hej Ana, kan du sende filen?"), manner_of("Send it.")
    ('formal', 'informal', '')
    """
    found = read_manner(text)
    if "formal" in found:
        return "formal"
    return "informal" if "familiar" in found else ""


@lru_cache(maxsize=1 << 17)
def read_manner(text: str) -> Manner:
    """How the first lines of a mail address their reader.

    >>> read_manner("Анна, добрый день! Когда Вы пришлёте макет?")
    Manner(greeting='bare', pronoun='formal')
    """
    opening = _OPENING.match(_first_line(text))
    greeting = (opening and opening.lastgroup) or ""
    if greeting == "several":
        return Manner(greeting)
    if _POLITE_PRONOUN.search(text, 0, _FIRST_LINES):
        return Manner(greeting, "formal")
    return Manner(greeting, "familiar" if _FAMILIAR_PRONOUN.search(text, 0, _FIRST_LINES) else "")


@lru_cache(maxsize=1 << 17)
def has_greeting(text: str) -> bool:
    """Whether the mail begins with a greeting or a name.

    >>> has_greeting("Ana,\\nsend it."), has_greeting("Send it today.")
    (True, False)
    """
    return bool(_GREETING.match(_first_line(text)))


def _first_line(text: str) -> str:
    return text.lstrip()[:_FIRST_LINE].partition("\n")[0].rstrip()
