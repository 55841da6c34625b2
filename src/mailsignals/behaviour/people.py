"""Who at the client carries the trouble: ``hostile_contact``."""

from __future__ import annotations

from collections import Counter

from mailsignals.behaviour.figures import Figure
from mailsignals.behaviour.talk import Talk
from mailsignals.signals.catalogue import catalogue

_LEAST_MAILS = 3
_LEAST_DIFFICULT = 5
_LEAST_SHARE = 0.25
"""Share of one person's own mails that must be difficult: less is chance, or an ordinary month."""


def is_difficult(tags: frozenset[str]) -> bool:
    """Whether a mail with these tags carries a risk signal."""
    return any(tag in catalogue() and not catalogue()[tag].protective for tag in tags)


def hostile_contact(talk: Talk) -> Figure | None:
    """The largest share of the difficult mails that one of several people wrote; usual is their share of all mail."""
    talkers = [person for person, mails in talk.people.items() if len(mails) >= _LEAST_MAILS]
    difficult = [message for message in talk.showing if is_difficult(talk.tags(message))]
    if len(talkers) < 2 or len(difficult) < _LEAST_DIFFICULT:
        return None
    person, count = Counter(message.sender.person for message in difficult).most_common(1)[0]
    written = len(talk.people[person])
    if person not in talkers or count < _LEAST_SHARE * written:
        words = f"{len(difficult)} of their {len(talk.received)} mails were difficult, and nobody stands out."
        return Figure(0.0, words, usual=0.0)
    worst = [message for message in difficult if message.sender.person == person]
    name = worst[0].sender.name or worst[0].sender.email
    of_difficult = f"all {count}" if count == len(difficult) else f"{count} of the {len(difficult)}"
    return Figure(
        value=count / len(difficult),
        words=f"{name} wrote {of_difficult} difficult mails and {written} of all {len(talk.received)}.",
        basis=tuple(message.message_id for message in worst),
        usual=written / len(talk.received),
    )
