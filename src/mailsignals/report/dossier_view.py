"""What a dossier tells of, before it takes a form: the record itself, and the work that it shows we delivered."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailsignals.report.charts import Course, draw_record
from mailsignals.types import ClientState, Matter, Message, Promise, PromiseState, Tagging, WorkingTime

_PAPERS = re.compile(
    r"invoice|\bbill|ra[cč]un|faktur|с?ч[её]т|schet|singil|resibo"  # what we want paid
    r"|quot|estimate|offer|ponud|tilbud|смет|smeta|предложени|kotasyon"  # what we offer
    r"|reminder|opomen|rykker|напоминани",
    re.IGNORECASE,
)
"""Names of files that ask for money or offer work, in the five languages; the file of a delivery has another."""

_WRAPPERS = re.compile(r"image\d{3}\.\w+|smime\.p7[ms]|signature\.asc|winmail\.dat|invite\.ics|.*\.vcf", re.IGNORECASE)
"""Files that mail programs add."""

_NO_WORK = ("text/calendar", "message/", "application/pgp-", "application/pkcs7-", "text/vcard", "text/rfc822")


@dataclass(frozen=True, slots=True)
class Dossier:
    """What the record tells.

    Args:
        at: The moment of the judgement.
        model: Name and version of the model, for people.
        fingerprint: Identity of its files.
        mails: Every mail of both directions, oldest first, with whether it is ours.
        course: The client's score week by week since the first mail.
    """

    state: ClientState
    at: datetime
    model: str
    fingerprint: str
    mails: Sequence[tuple[Message, bool]]
    taggings: Mapping[str, Tagging]
    work: WorkingTime
    course: Course = ()

    @property
    def picture(self) -> bytes:
        """The course as PNG."""
        return draw_record(self.course)

    def lang_of(self, message_id: str) -> str:
        """The language of a mail's words."""
        return next((mail.lang for mail, _ in self.mails if mail.message_id == message_id), self.state.lang)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A mail of ours that delivered something.

    Args:
        files: Names of what came with it, invoices and quotes left out.
        kept: Our promises of work that it kept.
    """

    mail: Message
    files: tuple[str, ...]
    kept: tuple[Promise, ...]


def deliveries(dossier: Dossier) -> Sequence[Delivery]:
    """Our mails with files that are work, and those that kept a promise of work; oldest first."""
    kept: dict[str, list[Promise]] = {}
    for promise in dossier.state.promises:
        if promise.is_ours and promise.matter is Matter.WORK and promise.state is PromiseState.KEPT:
            kept.setdefault(promise.settled_by, []).append(promise)
    found = [
        Delivery(mail, work_files(mail), tuple(kept.get(mail.message_id, ())))
        for mail, is_ours in dossier.mails
        if is_ours
    ]
    return [delivery for delivery in found if delivery.files or delivery.kept]


def work_files(mail: Message) -> tuple[str, ...]:
    """Names of the files of a mail that are neither invoices nor quotes nor a mail program's own.

    >>> from mailsignals.types import Address, Attachment
    >>> files = (Attachment("Racun-2026-007.pdf", "application/pdf"), Attachment("home-v2.png", "image/png"))
    >>> us = Address("ana@kestrel.example")
    >>> work_files(Message("1@x", "", datetime(2026, 3, 1), us, (), "", "", attachments=files))
    ('home-v2.png',)
    """
    return tuple(
        part.name
        for part in mail.attachments
        if part.name
        and not part.content_type.startswith(_NO_WORK)
        and not _WRAPPERS.fullmatch(part.name)
        and not _PAPERS.search(part.name)
    )
