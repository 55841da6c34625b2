"""The digest: one mail that says which clients need attention, why, and what was read. Pure: values in, bytes out.

``compose`` decides what is said; two templates only lay it out, for a mail program and for a terminal.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, tzinfo
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from hashlib import sha256

import css_inline
import jinja2

from mailsignals.behaviour.money import overdue
from mailsignals.clients.alerts import STAGE
from mailsignals.report.charts import TREND_HEIGHT, TREND_WIDTH, Course, trend
from mailsignals.report.digest_client import alert_title, calm_name, has_moved, row, section, short_name, show_command
from mailsignals.report.digest_promises import MAX_PRESSING, agenda, pressing
from mailsignals.report.digest_signal import Frame
from mailsignals.report.digest_summary import grouped, headline, news, others, receipt, subject
from mailsignals.report.digest_view import Digest
from mailsignals.report.words import LocalTime, column, listing, wrap
from mailsignals.types import Alert, AlertChange, ClientState, Coverage, OutgoingMail, Stage

__all__ = ["Digest", "compose", "render_html", "render_text", "to_mail"]

MAX_SECTIONS = 8
MAX_ROWS = 25
MAX_CALM = 60

MAX_HTML = 90_000
"""Octets. Gmail clips a message at about 102 kB, and hides the rest behind a link."""


def compose(
    states: Sequence[ClientState],
    earlier: Mapping[str, ClientState],
    alerts: Sequence[Alert],
    coverage: Coverage,
    *,
    now: datetime,
    since: datetime | None,
    zone: tzinfo,
    hide_text: bool = False,
    most: int = MAX_SECTIONS,
    courses: Mapping[str, Course] | None = None,
    told_stages: Mapping[str, Stage] | None = None,
    is_weekly: bool = False,
) -> Digest:
    """Decide what the digest says.

    Args:
        states: All clients now, most urgent first.
        earlier: The same clients as they stood at ``since``, by name.
        alerts: Those that are due now.
        coverage: The receipt of the scan.
        since: When the last digest was made; None for the first.
        zone: Time zone of every time that is shown.
        most: So many clients are spelled out.
        courses: Client -> its score week by week, for the pictures; those without one get none.
        told_stages: Client -> the stage that it was last told to be at; that it is over is told by its name.
        is_weekly: Whether a digest comes once a week, so that its foot tells how to get one every day.
        hide_text: Leave out words and subjects of mail, and who wrote it; signals, counts and dates stay.

    Returns:
        A digest that keeps the order of ``states``. It spells out at most ``most`` clients and names the others, and
        its page has at most ``MAX_HTML`` octets: the least urgent are told in brief until the rest has room.
    """
    frame = Frame(LocalTime(zone, now), since, hide_text)
    groups = grouped(states, alerts)
    pictures = {
        state.client: trend(number, state, (courses or {}).get(state.client, ()), now)
        for number, state in enumerate(groups.alerted[:most])
    }
    sections = [
        section(
            state,
            earlier.get(state.client),
            [alert for alert in alerts if alert.client == state.client],
            frame,
            pictures.get(state.client),
        )
        for state in groups.alerted
    ]
    over = [
        _over(state, alert.tag, (told_stages or {}).get(state.client), frame)
        for state in states
        for alert in alerts
        if alert.client == state.client and alert.change is AlertChange.RECOVERED
    ]
    promises = pressing(states, frame)
    moved = [state for state in (*groups.watched, *groups.calm) if has_moved(state, earlier.get(state.client))]
    fresh = news(len(promises), len(over), len(moved))
    digest = Digest(
        subject=subject(groups, coverage, fresh),
        sent_at=now,
        headline=headline(groups, fresh),
        others=others(groups, fresh),
        date=frame.time.date(now),
        period=f"since {frame.time.moment(since)}" if since else "the first digest",
        zone=str(zone),
        sections=tuple(sections[:most]),
        in_brief=tuple(spare.summary for spare in sections[most:]),
        rows=tuple(row(state, earlier.get(state.client), frame) for state in groups.watched[:MAX_ROWS]),
        more_rows=len(groups.watched[MAX_ROWS:]),
        calm=listing([calm_name(state, earlier.get(state.client)) for state in groups.calm], MAX_CALM),
        receipt=receipt(coverage),
        command=show_command(states[0]) if states else "mailsignals show CLIENT",
        hides_text=hide_text,
        promises=agenda(promises, frame),
        more_promises=len(promises[MAX_PRESSING:]),
        recovered=tuple(over),
        other_rhythm="day" if is_weekly else "week",
    )
    return _fitted(digest)


def _over(state: ClientState, tag: str, told: Stage | None, frame: Frame) -> str:
    """That something is over; of a stage also where the client stands now, and whether work may go on."""
    if tag != STAGE:
        return f"{short_name(state)}: {alert_title(state, tag)} has calmed."
    was = f"no longer at “{told.value}”" if told else "the stage has calmed"
    is_paid = told is Stage.STOP_WORK and state.invoices and not overdue(state.invoices, frame.time.today)
    now = "" if state.verdict.stage is Stage.CALM else f", now at “{state.verdict.stage.value}”"
    return f"{short_name(state)}: {was}{now}.{' No bill is overdue, work may go on.' if is_paid else ''}"


def _fitted(digest: Digest) -> Digest:
    """Trim the digest itself, so that the page, the plain text and the pictures tell of the same clients."""
    while digest.sections and len(render_html(digest).encode()) > MAX_HTML:
        digest = _with_last_in_brief(digest)
    return digest


def _with_last_in_brief(digest: Digest) -> Digest:
    *spelled_out, last = digest.sections
    return replace(digest, sections=tuple(spelled_out), in_brief=(last.summary, *digest.in_brief))


def render_html(digest: Digest, *, is_page: bool = False) -> str:
    """A whole HTML document with its styles on the elements, as Outlook and Gmail want them.

    Args:
        is_page: Put the pictures into the document, for a browser; a mail carries them beside it.
    """
    html = _inliner().inline(_template("digest.html.j2").render(digest=digest))
    return _with_pictures_inside(html, digest) if is_page else html


def render_text(digest: Digest) -> str:
    """Plain text of at most 78 columns, for a terminal and for readers of plain mail."""
    return _template("digest.txt.j2").render(digest=digest)


def to_mail(digest: Digest, *, message_id: str, sender: str, recipients: Sequence[str]) -> OutgoingMail:
    """Pack a digest as a mail in plain text and HTML. The same arguments give the same bytes.

    Args:
        message_id: Without angle brackets.
        sender: Bare address; the mail shows it as ``mailsignals <address>``.

    Raises:
        ValueError: An address or the Message-ID holds a line break.
    """
    needs_utf8 = not "".join([sender, *recipients]).isascii()  # RFC 6532: addresses know no encoded words
    mail = EmailMessage(policy=SMTP.clone(cte_type="7bit", utf8=needs_utf8))
    mail["From"] = f"mailsignals <{sender}>"
    mail["To"] = ", ".join(recipients)
    mail["Subject"] = digest.subject
    mail["Date"] = format_datetime(digest.sent_at)
    mail["Message-ID"] = f"<{message_id}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834 5: holiday notices must not answer
    mail["X-Auto-Response-Suppress"] = "All"  # the same, as Exchange has it
    mail.set_content(render_text(digest))
    mail.add_alternative(render_html(digest), subtype="html")
    _attach_pictures(mail, digest)
    for number, part in enumerate(part for part in mail.walk() if part.is_multipart()):
        part.set_boundary(_boundary(message_id if number == 0 else f"{number} {message_id}"))
    return OutgoingMail(message_id, sender, tuple(recipients), mail.as_bytes())


def _attach_pictures(mail: EmailMessage, digest: Digest) -> None:
    """Put the pictures beside the HTML, which names them by Content-ID (RFC 2387, RFC 2392)."""
    html = mail.get_body(("html",))
    assert isinstance(html, EmailMessage)
    for picture in digest.pictures:
        html.add_related(
            picture.png, "image", "png", cid=f"<{picture.cid}>", filename=f"{picture.cid.split('@')[0]}.png"
        )


def _with_pictures_inside(html: str, digest: Digest) -> str:
    for picture in digest.pictures:
        inside = f"data:image/png;base64,{b64encode(picture.png).decode()}"
        html = html.replace(f"cid:{picture.cid}", inside)
    return html


def _boundary(message_id: str) -> str:
    """Fixed by the Message-ID; ``=_`` cannot stand in quoted-printable or base64 (RFC 2045 6.7)."""
    return f"=_{sha256(message_id.encode()).hexdigest()[:32]}"


def _template(name: str) -> jinja2.Template:
    return _environment().get_template(name)


@cache
def _environment() -> jinja2.Environment:
    """Templates of the package; whatever goes into HTML is escaped."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("mailsignals.report"),
        autoescape=jinja2.select_autoescape(["html.j2"]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"wrap": wrap, "column": column}
    environment.globals |= {"trend_width": TREND_WIDTH, "trend_height": TREND_HEIGHT}
    return environment


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(load_remote_stylesheets=False, minify_css=True)
