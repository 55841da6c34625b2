"""Stored messages become tagged messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mailsignals.ports import Store, Tagger
from mailsignals.types import LANGUAGES, UNKNOWN_LANGUAGE, Address, Message, Origin, Tagging, read_as
from mailsignals.workflows.fetch import Progress, silent

_BATCH = 64
"""Messages that are tagged and saved together: what a night that is cut off has done stays done."""


_LONG_ENOUGH = 60
"""Characters from which a language is told surely enough to leave a message unread for it."""


_TONE = "aggression"


@dataclass(frozen=True, slots=True)
class Tagged:
    """What one visit to the store read.

    Args:
        read: Messages whose words were read.
        foreign: Language -> messages left unread, because the model has not been measured in it.
    """

    read: int = 0
    foreign: Mapping[str, int] = field(default_factory=dict)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know of it."""
        if not self.foreign:
            return ()
        counts = ", ".join(f"{count} {lang}" for lang, count in sorted(self.foreign.items()))
        return (f"Not judged, in languages that the model does not know: {counts}.",)


def tag_new(store: Store, tagger: Tagger, is_ours: Callable[[Address], bool], *, progress: Progress = silent) -> Tagged:
    """Tag every stored message that this model has not tagged yet.

    Words of people, in a language of the model, are read: a client's for every tag, ours to a client for the tone
    alone, which the mirror shows. All other mail gets a tagging without scores.
    """
    total = max(0, store.counts()["messages"] - len(store.taggings(tagger.fingerprint)))
    done = read = 0
    foreign: Counter[str] = Counter()
    while batch := store.untagged(tagger.fingerprint, limit=_BATCH):
        people = [message for message in batch if message.origin is Origin.HUMAN]
        ours = {message.message_id for message in people if is_ours(message.sender)}
        letters = [m for m in people if m.message_id not in ours or not all(map(is_ours, m.recipients))]
        known = [message for message in letters if not _is_foreign(message)]
        tagged = tagger.tag(known, _answered(known, store, is_ours))
        store.save_taggings(_in_order(batch, tagged, ours, tagger.fingerprint))
        foreign.update(message.lang for message in letters if message not in known and message.message_id not in ours)
        done, read = done + len(batch), read + len(known)
        progress("tagging", done, total)
    return Tagged(read, dict(foreign))


def _is_foreign(message: Message) -> bool:
    return read_as(message.lang) not in (*LANGUAGES, UNKNOWN_LANGUAGE) and len(message.own_text) >= _LONG_ENOUGH


def answered_by(message: Message, store: Store, is_ours: Callable[[Address], bool]) -> str:
    """Own words of the mail of ours that a message answers; empty where there is none."""
    parent = store.message(message.in_reply_to) if message.in_reply_to else None
    return parent.own_text if parent and is_ours(parent.sender) else ""


def _answered(messages: Sequence[Message], store: Store, is_ours: Callable[[Address], bool]) -> Mapping[str, str]:
    told = ((message.message_id, answered_by(message, store, is_ours)) for message in messages)
    return {key: words for key, words in told if words}


def _in_order(
    batch: Sequence[Message], found: Sequence[Tagging], ours: Collection[str], model: str
) -> Iterator[Tagging]:
    tagged = {tagging.message_id: tagging for tagging in found}
    for message in batch:
        tagging = tagged.get(message.message_id) or Tagging(message.message_id, model, {})
        yield _tone_of(tagging) if message.message_id in ours else tagging


def _tone_of(tagging: Tagging) -> Tagging:
    """Of a tagging what can be said of our own mail: whether it attacks."""
    return Tagging(
        tagging.message_id,
        tagging.model,
        {tag: score for tag, score in tagging.scores.items() if tag == _TONE},
        tuple(span for span in tagging.evidence if span.label == _TONE),
    )
