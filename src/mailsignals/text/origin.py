"""What made a mail: a person, an auto-responder, a list or newsletter, a mail server, a calendar."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from mailsignals.text.decode import DecodedMail
from mailsignals.text.mailwords import any_of
from mailsignals.types import Address, Origin

_AWAY_SUBJECT = re.compile(
    rf"^\s*{any_of('away_subjects')}\b(?:[ -](?:auto-?)?reply)?\s*(?::|$)",
    re.IGNORECASE,
)
_TRACKER_HEADERS = (
    "x-github-reason",
    "x-gitlab-project",
    "x-jira-fingerprint",
    "x-redmine-host",
    "x-bugzilla-type",
    "x-phabricator-sent-this-message",
    "x-trello-notification",
    "x-asana-notification",
)
"""What issue trackers and boards put on notifications; a helpdesk's agent writes as a person, and stays one."""

_LIST_POST = re.compile(r"<mailto:([^<>?\s]+)")
_BOUNCE_SENDER = re.compile(r"^(?:mailer-daemon|postmaster)@", re.IGNORECASE)
_ROBOT_SENDER = re.compile(
    r"^(?:no-?reply|donotreply|notifications?|newsletter|calendar-notification|jira)[@+.\-]", re.IGNORECASE
)


def nobody(_address: Address) -> bool:
    """Whether an address is ours, for who knows none of ours."""
    return False


def origin_of(
    mail: DecodedMail, sender: Address, recipients: Sequence[Address], is_ours: Callable[[Address], bool] = nobody
) -> Origin:
    """Decide by headers what made a mail.

    A list at our own domain is how our firm shares an address (hello@ as a group), and one to which a colleague at its
    own domain writes is how the client's does: what people write there is a person's mail.

    Source: RFC 3834 (Auto-Submitted, Precedence), RFC 2919 and 2369 (List-*), RFC 3464 (delivery reports),
    RFC 6047 (calendar). Subjects are looked at last: Exchange sends some auto-replies without any header.
    """
    if mail.report_type == "delivery-status" or _BOUNCE_SENDER.match(sender.email):
        return Origin.BOUNCE
    if _is_auto_reply(mail):
        return Origin.AUTO_REPLY
    if mail.header("return-path") == "<>":  # after auto-replies, which RFC 3834 3.3 wants to have it too
        return Origin.BOUNCE
    is_bulk = _is_bulk(mail) and not _is_shared_address(mail, sender, recipients, is_ours)
    if is_bulk or _ROBOT_SENDER.match(sender.email):
        return Origin.BULK
    if mail.content_type == "text/calendar" or mail.calendar_method:  # a file without a method is an attachment
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


def _is_shared_address(
    mail: DecodedMail, sender: Address, recipients: Sequence[Address], is_ours: Callable[[Address], bool]
) -> bool:
    """Whether the list that brought the mail is an address that it was written to, at our domain or the writer's."""
    post = _LIST_POST.search(mail.header("list-post"))
    group = next((address for address in recipients if post and address.email == post[1].lower()), None)
    return group is not None and (is_ours(group) or group.domain == sender.domain)


def _is_bulk(mail: DecodedMail) -> bool:
    # No Feedback-ID here: Proton and Fastmail put it on every letter that a person writes.
    is_list = any(mail.header(name) for name in ("list-unsubscribe", "list-id", "list-post", *_TRACKER_HEADERS))
    return is_list or mail.header("precedence").lower() in ("bulk", "list", "junk")
