"""Stored messages become tagged messages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from mailsignals.ports import Store, Tagger
from mailsignals.types import Address, Message, Origin, Tagging
from mailsignals.workflows.fetch import Progress, silent

_BATCH = 64
"""Messages that are tagged and saved together: what a night that is cut off has done stays done."""


def tag_new(store: Store, tagger: Tagger, is_ours: Callable[[Address], bool], *, progress: Progress = silent) -> int:
    """Tag every stored message that this model has not tagged yet.

    Only words that a person at a client wrote are read; all other mail gets a tagging without scores.

    Returns:
        Number of messages that were read.
    """
    counts = store.counts()
    total = max(0, counts["messages"] - len(store.taggings(tagger.fingerprint)))
    done = read = 0
    while batch := store.untagged(tagger.fingerprint, limit=_BATCH):
        theirs = [message for message in batch if message.origin is Origin.HUMAN and not is_ours(message.sender)]
        store.save_taggings(_in_order(batch, theirs, tagger))
        done, read = done + len(batch), read + len(theirs)
        progress("tagging", done, total)
    return read


def _in_order(batch: Sequence[Message], theirs: Sequence[Message], tagger: Tagger) -> Iterator[Tagging]:
    tagged = {tagging.message_id: tagging for tagging in tagger.tag(theirs)}
    for message in batch:
        yield tagged.get(message.message_id) or Tagging(message.message_id, tagger.fingerprint, {})
