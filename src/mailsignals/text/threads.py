"""Which messages belong together: by their references, and by subject, people and time where those are missing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from mailsignals.types import Message

_PREFIX = re.compile(
    r"^\s*(?:(?:re|fwd?|fw|aw|antw|wg|sv|vs|vb|odg|odp|ynt|rif|r|rv|tr|res|enc|prosl|отв|ответ|на|пер|прос|vedr)"
    r"\s*(?:\[\d+\]|\(\d+\)|\^\d+)?\s*:\s*|\[[^\]]{1,30}\]\s*)+",
    re.IGNORECASE,
)

_SAME_SUBJECT = timedelta(days=60)
"""A subject that rests longer is a new matter of the same name ("Invoice")."""


def subject_of(message: Message) -> str:
    """A subject without "Re:" and its kin in many languages, without lists' tags, in small letters."""
    return _bare(message.subject)


@lru_cache(maxsize=1 << 14)
def _bare(subject: str) -> str:
    return " ".join(_PREFIX.sub("", subject).lower().split())


def threads(messages: Sequence[Message]) -> Mapping[str, str]:
    """Message-ID -> name of its thread, the same for all messages of a thread.

    References and In-Reply-To link messages, those that are not there among them (two answers to a mail that was never
    fetched are one thread). A message without any is put to the latest of the same subject that its writer wrote or
    got, as did somebody it goes to, if that is no older than sixty days; so an answer of a program that sets no
    references finds its thread, with a colleague more in Cc or a list less.

    Source: Jamie Zawinski, Message Threading, 1997-2002; RFC 5256 (THREAD=REFERENCES). A tree is not built: who asks
    wants to know what belongs together.

    Args:
        messages: By time.
    """
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while (above := parent.setdefault(name, name)) != name:
            parent[name] = parent[above]
            name = above
        return name

    latest: dict[str, list[tuple[datetime, str, frozenset[str]]]] = {}
    for message in messages:
        links = (*message.references, message.in_reply_to) if message.in_reply_to else message.references
        for link in links:
            parent[root(message.message_id)] = root(link)
        subject = subject_of(message)
        if not subject:
            continue
        writer = message.sender.bare
        others = [address.bare for address in message.recipients if address.bare != writer]
        same = latest.setdefault(subject, [])
        if not links:
            for sent_at, before, people in reversed(same):
                if message.sent_at - sent_at > _SAME_SUBJECT:
                    break
                if writer in people and not people.isdisjoint(others):
                    parent[root(message.message_id)] = root(before)
                    break
        same.append((message.sent_at, message.message_id, frozenset((writer, *others))))
    return {message.message_id: root(message.message_id) for message in messages}
