"""The nightly job: new mail, tags, clients, alerts, digest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mailsignals.errors import MailsignalsError
from mailsignals.ports import Clock, Mailbox, Outbox, Store, Tagger
from mailsignals.types import Coverage
from mailsignals.workflows.assess import House, load_record
from mailsignals.workflows.digest import Draft, Post, deliver_waiting, draft_digest, is_due, queue_digest
from mailsignals.workflows.fetch import Progress, fetch_new, silent
from mailsignals.workflows.tag import tag_new


@dataclass(frozen=True, slots=True)
class Night:
    """What a scan did.

    Args:
        coverage: The receipt.
        tagged: Messages whose words were read.
        draft: The digest of tonight, whether it left or not, with the alerts and clients that it speaks of.
        sent: Digests that left, those of earlier nights included.
        fault: What kept a folder from being read or the digest from leaving; everything else was done.
    """

    coverage: Coverage
    tagged: int
    draft: Draft
    sent: int = 0
    fault: MailsignalsError | None = None


def scan(
    mailbox: Mailbox,
    folders: Sequence[str],
    store: Store,
    tagger: Tagger,
    house: House,
    clock: Clock,
    *,
    since: datetime | None = None,
    post: Post | None = None,
    outbox: Outbox | None = None,
    progress: Progress = silent,
) -> Night:
    """One night. Running it twice reads nothing twice and sends nothing twice.

    Args:
        since: How far a first scan goes back.
        post: Who gets the digest; None composes it without sending or noting anything.
        outbox: The way out; needed with ``post``.

    Raises:
        MailsignalsError: The mailbox, the model or the store failed. What was done before stays done.
    """
    fetched = fetch_new(mailbox, store, folders, since=since, progress=progress)
    tagged = tag_new(store, tagger, house.roster.is_ours, progress=progress)
    now = clock.now()
    coverage = replace(fetched.coverage, model=tagger.name)
    record = load_record(store, tagger.fingerprint)
    draft = draft_digest(store, record, house, coverage, now, hide_text=bool(post and post.hide_text))
    night = Night(coverage, tagged, draft, fault=next(iter(fetched.faults), None))
    return _send(night, store, outbox, post, house, clock) if post and outbox else night


def _send(night: Night, store: Store, outbox: Outbox, post: Post, house: House, clock: Clock) -> Night:
    """Queue tonight's digest if it is due, then send all that waits. What cannot leave stays in the outbox."""
    now = clock.now()
    if is_due(night.draft, post, store.last_digest_at(), now, house):
        queue_digest(store, night.draft, post, now)
    try:
        return replace(night, sent=deliver_waiting(store, outbox, clock))
    except MailsignalsError as fault:
        return replace(night, fault=fault)
