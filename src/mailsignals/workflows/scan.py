"""The nightly job: new mail, tags, clients, alerts, digest."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mailsignals.errors import MailsignalsError
from mailsignals.ports import Clock, Outbox, Store, Tagger
from mailsignals.report.digest import MAX_SECTIONS
from mailsignals.types import Address, Coverage
from mailsignals.workflows.assess import House, load_record
from mailsignals.workflows.cues import read_cues
from mailsignals.workflows.digest import Draft, Post, deliver_waiting, draft_digest, is_due, queue_digest
from mailsignals.workflows.fetch import Fetched, Progress, Source, fetch_new, silent
from mailsignals.workflows.tag import tag_new


@dataclass(frozen=True, slots=True)
class WayOut:
    """Who gets the digest, and the server that takes it."""

    post: Post
    outbox: Outbox


@dataclass(frozen=True, slots=True)
class Night:
    """What a scan did.

    Args:
        coverage: The receipt.
        tagged: Messages whose words were read.
        draft: The digest of tonight, whether it left or not, with the alerts and clients that it speaks of.
        sent: Digests that left, those of earlier nights included.
        waiting: Digests that are still in the outbox.
        fault: What kept a folder from being read or the digest from leaving; everything else was done.
    """

    coverage: Coverage
    tagged: int
    draft: Draft
    sent: int = 0
    waiting: int = 0
    fault: MailsignalsError | None = None


def scan(
    source: Source,
    store: Store,
    tagger: Tagger,
    house: House,
    clock: Clock,
    *,
    way_out: WayOut | None = None,
    hide_text: bool = False,
    most_clients: int = MAX_SECTIONS,
    is_weekly: bool = False,
    progress: Progress = silent,
) -> Night:
    """One night. Running it twice reads nothing twice and sends nothing twice.

    Args:
        hide_text: Leave clients' words and subjects out of the digest.
        most_clients: So many are spelled out, the others named.
        is_weekly: Whether a digest comes once a week.
        way_out: None composes the digest without sending it or noting its alerts as told.

    Raises:
        MailsignalsError: The mailbox, the model or the store failed. What was done before stays done.
    """
    fetched = fetch_new(source, store, progress=progress)
    tagged = tag_new(store, tagger, house.roster.is_ours, progress=progress)
    read_cues(store, house.roster.is_ours, house.work.zone, progress=progress)
    notes = (*fetched.coverage.notes, *tagged.notes, *_unknown_writers(fetched, house))
    coverage = replace(fetched.coverage, model=tagger.name, notes=notes)
    record = load_record(store, tagger.fingerprint)
    draft = draft_digest(
        store,
        record,
        house,
        coverage,
        clock.now(),
        hide_text=hide_text,
        most_clients=most_clients,
        is_weekly=is_weekly,
    )
    night = Night(coverage, tagged.read, draft, fault=next(iter(fetched.faults), None))
    return _send(night, store, house, clock, way_out) if way_out else night


def _unknown_writers(fetched: Fetched, house: House) -> tuple[str, ...]:
    """An alias of ours that the settings do not know would be taken for a client."""
    unknown = sorted(email for email in fetched.writers if not house.roster.is_ours(Address(email)))
    if not unknown:
        return ()
    return (f"Your sent folder holds mail from {', '.join(unknown)}: add what is yours to addresses under [us].",)


def _send(night: Night, store: Store, house: House, clock: Clock, way_out: WayOut) -> Night:
    """Queue tonight's digest if it is due, then send all that waits. What cannot leave stays in the outbox."""
    now = clock.now()
    if is_due(night.draft.told, way_out.post, store.last_digest_at(), now, house):
        queue_digest(store, night.draft, way_out.post, now)
    try:
        delivered = deliver_waiting(store, way_out.outbox, clock)
    except MailsignalsError as fault:
        return replace(night, waiting=len(store.outbox()), fault=fault)
    return replace(night, sent=delivered.sent, fault=delivered.fault or night.fault)
