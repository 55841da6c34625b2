"""The digest: when it is due, what it says, and that it leaves exactly once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal

from mailsignals.clients.alerts import STAGE, due_alerts
from mailsignals.errors import DeliveryRefused, DeliveryUnsure, MailsignalsError, ServerUnavailable
from mailsignals.ports import Clock, Outbox, Store
from mailsignals.report.digest import MAX_SECTIONS, Digest, compose, to_mail
from mailsignals.types import Alert, AlertChange, ClientState, Coverage, Hush, OutboxState, OutgoingMail, Stage
from mailsignals.workflows.assess import House, Record

_A_WEEK = 7

COURSE_WEEKS = 12
"""How far back the pictures of the digest go."""


@dataclass(frozen=True, slots=True)
class Post:
    """Who gets the digest, from whom, and how often.

    Args:
        send: ``on_change`` sends when an alert is due, ``always`` once a day as well.
        heartbeat: After so many days of our calendar without a digest one is sent even when all is calm: silence must
            not look like peace.
        weekday: The only day on which one leaves, Monday is 0; None for every day.
        hour: Hour of our day before which none leaves; the next scan after it sends.
    """

    sender: str
    recipients: tuple[str, ...]
    send: Literal["on_change", "always"] = "on_change"
    heartbeat: timedelta = timedelta(days=7)
    weekday: int | None = None
    hour: int = 0


@dataclass(frozen=True, slots=True)
class Draft:
    """A composed digest, and all clients as they stand, most urgent first.

    Args:
        alerts: All that are due.
        told: Those that the digest spells out, and what has calmed; the rest is only named, and stays due.
    """

    digest: Digest
    alerts: Sequence[Alert]
    told: Sequence[Alert]
    states: Sequence[ClientState]


@dataclass(frozen=True, slots=True)
class Choice:
    """What a digest of one moment tells, before it is put into words.

    Args:
        ranked: All clients, the furthest stage first.
        alerts: All that are due.
        told: Those of the first ``room`` clients, and all that has calmed.
        room: So many clients can still be spelled out on this day of our calendar.
    """

    ranked: Sequence[ClientState]
    alerts: Sequence[Alert]
    told: Sequence[Alert]
    room: int


def draft_digest(
    store: Store,
    record: Record,
    house: House,
    coverage: Coverage,
    now: datetime,
    *,
    hide_text: bool = False,
    most_clients: int = MAX_SECTIONS,
    is_weekly: bool = False,
) -> Draft:
    """Judge all clients and put the digest into words. Nothing is stored or sent.

    What has changed is told against the clients as they stood at the last digest before ``now``.

    Args:
        most_clients: So many a day are spelled out, the furthest stage first; the others are named.
        is_weekly: Whether a digest comes once a week.
    """
    since = store.last_digest_at(until=now)
    judge = record.judge(house)
    states = judge.states(now)
    earlier = {state.client: state for state in judge.states(since)} if since else {}
    past = store.alerts()
    choice = choose(states, past, house, now, most_clients=most_clients, hushes=store.hushes())
    digest = compose(
        choice.ranked,
        earlier,
        choice.alerts,
        coverage,
        now=now,
        since=since,
        zone=house.work.zone,
        hide_text=hide_text,
        most=choice.room,
        courses=judge.courses([now - timedelta(weeks=week) for week in range(COURSE_WEEKS, -1, -1)]),
        told_stages=_told_stages(past, now),
        is_weekly=is_weekly,
    )
    return Draft(digest, choice.alerts, choice.told, states)


def choose(
    states: Iterable[ClientState],
    past: Sequence[Alert],
    house: House,
    now: datetime,
    *,
    most_clients: int,
    hushes: Sequence[Hush] = (),
) -> Choice:
    """Which alerts are due, and which of them a digest tells.

    Args:
        past: All alerts that were told before.
        most_clients: So many a day are spelled out.
    """
    ranked = sorted(states, key=lambda state: (-state.verdict.stage.rank, -state.score, state.client.lower()))
    alerts = due_alerts(ranked, past, house.rules, now, hushes)
    room = max(0, most_clients - len(_told_today(past, now, house)))
    return Choice(ranked, alerts, _told(alerts, room), room)


def _told_today(past: Iterable[Alert], now: datetime, house: House) -> set[str]:
    """The clients that a digest of this day of our calendar has spelled out."""
    today = now.astimezone(house.work.zone).date()
    earlier = (alert for alert in past if alert.raised_at <= now and alert.change is not AlertChange.RECOVERED)
    return {alert.client for alert in earlier if alert.raised_at.astimezone(house.work.zone).date() == today}


def _told_stages(past: Iterable[Alert], now: datetime) -> dict[str, Stage]:
    """Client -> the stage that it was last told to be at."""
    told = (alert for alert in past if alert.tag == STAGE and alert.evidence and alert.raised_at <= now)
    return {alert.client: Stage(alert.evidence[0]) for alert in sorted(told, key=lambda alert: alert.raised_at)}


def _told(alerts: Sequence[Alert], room: int) -> Sequence[Alert]:
    """The alerts of the first ``room`` clients, and all that has calmed."""
    alerted = dict.fromkeys(alert.client for alert in alerts if alert.change is not AlertChange.RECOVERED)
    spelled_out = set(list(alerted)[:room])
    return [alert for alert in alerts if alert.client in spelled_out or alert.change is AlertChange.RECOVERED]


def is_due(told: Sequence[Alert], post: Post, last: datetime | None, now: datetime, house: House) -> bool:
    """Whether a digest shall leave tonight. The first one always does: it shows that the way is open.

    Days are those of the calendar: a scan that ends a minute sooner than the last one still finds a whole day gone.
    Where no scan ever comes after the wanted hour, the digest leaves a day late rather than never.

    Args:
        told: The alerts that it would tell.
        last: When the last one left.
    """
    if last is None:
        return True
    here = now.astimezone(house.work.zone)
    days = (here.date() - last.astimezone(house.work.zone).date()).days
    wait = 1 if post.weekday is None else _A_WEEK
    is_early = here.hour < post.hour and days <= wait
    if is_early or (post.weekday is not None and here.weekday() != post.weekday and days < _A_WEEK):
        return False
    if any(alert.change is not AlertChange.RECOVERED for alert in told):
        return True
    return days >= (1 if post.send == "always" else post.heartbeat.days)


def queue_digest(store: Store, draft: Draft, post: Post, now: datetime) -> OutgoingMail:
    """Put the digest into the outbox and note what it spells out as told, in one transaction."""
    mail = to_mail(
        draft.digest, message_id=_message_id(draft, post, now), sender=post.sender, recipients=post.recipients
    )
    store.queue_digest(mail, draft.told, now)
    return mail


@dataclass(frozen=True, slots=True)
class Delivered:
    """What has left.

    Args:
        sent: Number of mails that are now sent.
        fault: A mail was refused for good, or some recipients were while others got theirs.
    """

    sent: int
    fault: MailsignalsError | None = None


def deliver_waiting(store: Store, outbox: Outbox, clock: Clock) -> Delivered:
    """Send what waits in the outbox, oldest first.

    A mail whose sending broke off after it was handed over is looked for among the stored messages first (the
    recipient's own mailbox is usually the one that is scanned). Sent again, it has the same Message-ID.

    Raises:
        ServerUnavailable, LoginRefused: The rest waits for the next time.
        DeliveryUnsure: As above.
    """
    sent, refused, fault = 0, 0, None
    for mail, state in store.outbox():
        if state is not OutboxState.SENDING or not store.has_message(mail.message_id):
            try:
                refused += len(_send(store, outbox, mail, state, clock))
            except DeliveryRefused as error:
                store.set_outbox_state(mail.message_id, OutboxState.REFUSED, clock.now())
                fault = error
                continue
        store.set_outbox_state(mail.message_id, OutboxState.SENT, clock.now())
        sent += 1
    return Delivered(sent, fault or (_recipients_refused(refused) if refused else None))


def _recipients_refused(count: int) -> MailsignalsError:
    return ServerUnavailable(
        f"The digest did not reach {count} of its recipients.",
        why="the server refused them while it took the mail for the others.",
        remedy="correct digest.to in mailsignals.toml, then run `mailsignals doctor`.",
    )


def _send(store: Store, outbox: Outbox, mail: OutgoingMail, before: OutboxState, clock: Clock) -> Sequence[str]:
    """Note that the mail may leave, then let it; a refusal takes the note back, but not one of an earlier night.

    Returns:
        Recipients that the server refused while it took the mail for others.
    """
    store.set_outbox_state(mail.message_id, OutboxState.SENDING, clock.now())
    try:
        return outbox.send(mail)
    except DeliveryUnsure:
        raise
    except MailsignalsError:
        store.set_outbox_state(mail.message_id, before, clock.now())
        raise


def _message_id(draft: Draft, post: Post, now: datetime) -> str:
    """The same digest of the same moment gets the same Message-ID, so that a second copy is recognised."""
    content = repr((now.isoformat(), post.recipients, draft.alerts))
    domain = post.sender.rpartition("@")[2]
    return f"mailsignals.{now:%Y%m%d}.{sha256(content.encode()).hexdigest()[:16]}@{domain}"
