"""How a client addresses us: first name or surname, familiar or polite pronoun, a greeting or none."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from functools import lru_cache

from mailsignals.types import Message

_INFORMAL = re.compile(
    r"^\W*(?:hi|hey|hello|hej|hejsa|bok|čao|cao|ćao|привет|салют|kumusta|hi po|uy)\b"
    r"|\b(?:ты|тебя|тебе|твой|твоя|твои|ti si|tebe|tebi|tvoj|tvoja|du|dig|din|dit|mo|ikaw)\b",
    re.IGNORECASE,
)
_FORMAL = re.compile(
    r"^\W*(?:dear (?:mr|mrs|ms|miss|dr|sir|madam|team|all)|to whom|poštovan\w+|postovan\w+|уважаем\w+|господин\w*|г-жа"
    r"|kære (?:hr|fru)|mahal na|ginoo|ginang)\b"
    r"|\b(?:Вы|Вас|Вам|Ваш\w*|Vi ste|Vas|Vam|Vaš\w*|Deres|De har|ninyo po)\b"
)
_FORMAL_GREETING = re.compile(_FORMAL.pattern.partition(r"|\b")[0], re.IGNORECASE)
_GREETING = re.compile(
    r"^\W*(?:hi|hey|hello|dear|good (?:morning|afternoon|evening|day)|greetings|hej|hejsa|kære|god (?:morgen|dag|aften)"
    r"|bok|čao|cao|ćao|pozdrav|dobar dan|dobro jutro|dobra večer|poštovan\w*|drag[aiu]"
    r"|привет|здравствуй\w*|добрый (?:день|вечер)|доброе утро|доброго дня|уважаем\w*|дорог\w+"
    r"|kumusta|magandang|mahal na|uy)\b|^\W*[^\W\d_]{2,20}(?: [^\W\d_]{2,20})?[,!]\s*$",
    re.IGNORECASE | re.MULTILINE,
)
_HABIT = 4
"""A greeting that stood in so many mails in a row is a habit; its absence is a change."""

STIFFER, DROPPED = 1.0, 0.25
"""What a turn from familiar to formal words, and a greeting left out, say of a mail; hurry leaves one out as well."""


def cooling(received: Sequence[Message]) -> list[float]:
    """For each mail of a client, by time, how far its writer has just turned colder: 0, ``DROPPED`` or ``STIFFER``.

    Only a turn counts, not a manner: who was always formal, or never greets, tells nothing by it.
    """
    manners: dict[str, str] = {}
    greeted: dict[str, deque[bool]] = {}
    found = []
    for message in received:
        writer, now = message.sender.bare, manner_of(message.own_text)
        habit = greeted.setdefault(writer, deque(maxlen=_HABIT))
        greets = has_greeting(message.own_text)
        is_stiffer = manners.get(writer) == "informal" and now == "formal"
        is_dropped = len(habit) == _HABIT and all(habit) and not greets
        found.append(STIFFER if is_stiffer else DROPPED if is_dropped else 0.0)
        habit.append(greets)
        if now:
            manners[writer] = now
    return found


@lru_cache(maxsize=1 << 17)
def manner_of(text: str) -> str:
    """``formal``, ``informal``, or nothing where the words do not say.

    >>> manner_of("Dear Mr Vale, we expect the file."), manner_of("Hej Ana, kan du sende filen?"), manner_of("Send it.")
    ('formal', 'informal', '')
    """
    if _FORMAL_GREETING.search(text) or _FORMAL.search(text):
        return "formal"
    return "informal" if _INFORMAL.search(text) else ""


@lru_cache(maxsize=1 << 17)
def has_greeting(text: str) -> bool:
    """Whether the mail begins with a greeting or a name.

    >>> has_greeting("Ana,\\nsend it."), has_greeting("Send it today.")
    (True, False)
    """
    return bool(_GREETING.search(text.lstrip()[:80].partition("\n")[0]))
