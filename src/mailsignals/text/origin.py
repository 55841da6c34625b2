"""What made a mail: a person, an auto-responder, a list or newsletter, a mail server, a calendar."""

from __future__ import annotations

import re

from mailsignals.text.decode import DecodedMail
from mailsignals.types import Origin

_AWAY_SUBJECT = re.compile(
    r"^\s*(?:automatic reply|auto(?:matic)?[- ]?reply|out of (?:the )?office|autosvar|automatisk svar|fraværsbesked|"
    r"automatski odgovor|odsutan|автоответ|автоматический ответ|awtomatikong tugon|abwesenheit|réponse automatique)\b",
    re.IGNORECASE,
)
_BOUNCE_SENDER = re.compile(r"^(?:mailer-daemon|postmaster)@", re.IGNORECASE)
_ROBOT_SENDER = re.compile(r"^(?:no-?reply|donotreply|notifications?|newsletter)[@+.\-]", re.IGNORECASE)


def origin_of(mail: DecodedMail, sender: str) -> Origin:
    """Decide by headers what made a mail.

    Source: RFC 3834 (Auto-Submitted, Precedence), RFC 2919 and 2369 (List-*), RFC 3464 (delivery reports),
    RFC 5546 (calendar). Subjects are looked at last: Exchange sends some auto-replies without any header.
    """
    if mail.report_type == "delivery-status" or _BOUNCE_SENDER.match(sender) or mail.header("return-path") == "<>":
        return Origin.BOUNCE
    if _is_auto_reply(mail):
        return Origin.AUTO_REPLY
    if _is_bulk(mail) or _ROBOT_SENDER.match(sender):
        return Origin.BULK
    if mail.content_type == "text/calendar" or any(part.content_type == "text/calendar" for part in mail.attachments):
        return Origin.CALENDAR
    return Origin.HUMAN


def _is_auto_reply(mail: DecodedMail) -> bool:
    submitted = mail.header("auto-submitted").lower()
    return (
        submitted.startswith(("auto-replied", "auto-generated", "auto-notified"))
        or mail.header("x-autoreply").lower() in ("yes", "true")
        or mail.header("precedence").lower() == "auto_reply"
        or any(mail.header(name) for name in ("x-autorespond", "x-autoresponder"))
        or bool(_AWAY_SUBJECT.match(mail.header("subject")))
    )


def _is_bulk(mail: DecodedMail) -> bool:
    is_list = any(mail.header(name) for name in ("list-unsubscribe", "list-id", "list-post", "feedback-id"))
    return is_list or mail.header("precedence").lower() in ("bulk", "list", "junk")
