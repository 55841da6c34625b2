"""How much work one client makes: ``revision_churn``, ``approver_sprawl``, ``attention_share``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from mailsignals.behaviour.figures import Figure, middle_of
from mailsignals.behaviour.talk import RECENT, Talk
from mailsignals.text.counts import plural
from mailsignals.types import CueKind, Message

_CHANGES = frozenset(
    """constructive_criticism vague_brief conflicting_instructions micromanagement unpaid_extra_work diy_override
    advice_rejection""".split()
)
"""Tags of a mail that asks for another round."""

_THREAD_WITHIN = timedelta(days=90)
_LEAST_MAILS = 3
_LEAST_THREADS = 2
_LEAST_CLIENTS = 4
_LEAST_AGENCY = 20


@dataclass(frozen=True, slots=True)
class Agency:
    """What all clients share at one moment.

    Args:
        mails: Recent mails of all clients, both directions.
        mails_before: Those of the time before.
        words: Words that we wrote to all of them recently: what answering costs.
        clients: Clients with recent mail.
        revenue: What was invoiced to all clients within a year; 0 where the bills are in several currencies.
        rounds: Rounds of changes that are agreed; None where that is not known.
    """

    mails: int = 0
    mails_before: int = 0
    words: int = 0
    clients: int = 0
    revenue: float = 0.0
    rounds: int | None = None


def revision_churn(talk: Talk, agreed: int | None) -> Figure | None:
    """Most rounds in one recent thread: mails that want changes, each after a mail of ours.

    Args:
        agreed: Rounds that belong to the work and count for nothing; None for those of the catalogue.
    """
    rounds: dict[str, list[Message]] = {}
    delivered: set[str] = set()
    for message, is_ours in talk.mails:
        thread = talk.threads[message.message_id]
        if is_ours:
            delivered.add(thread)
        elif thread in delivered and (talk.tags(message) & _CHANGES or talk.has_cue(message, CueKind.TAKEN_BACK)):
            rounds.setdefault(thread, []).append(message)
            delivered.discard(thread)  # the next round begins with our next mail
    since = talk.now - _THREAD_WITHIN
    recent = [found for found in rounds.values() if found[-1].sent_at > since]
    past = [len(found) for found in rounds.values() if found[-1].sent_at <= since]
    if not recent:
        return None
    longest = max(recent, key=len)
    agreement = "" if agreed is None else f", where {agreed or 'none'} {'is' if agreed in {0, 1} else 'are'} agreed"
    return Figure(
        value=float(len(longest)),
        words=f"{plural(len(longest), 'round')} of changes under “{longest[0].subject}”{agreement}.",
        basis=tuple(message.message_id for message in longest),
        usual=middle_of(past, _LEAST_THREADS),
        low=agreed,
    )


def approver_sprawl(talk: Talk) -> Figure | None:
    """People who wanted something recently; contradictions among what they want weigh on top."""
    if len(talk.recent) < _LEAST_MAILS:
        return None
    recent = _instructing(talk, talk.recent)
    past = _instructing(talk, talk.past)
    torn = [message for message in talk.recent if "conflicting_instructions" in talk.tags(message)]
    contradictions = f", {plural(len(torn), 'mail')} with instructions that contradict" if torn else ""
    return Figure(
        value=float(len(recent)),
        words=f"{plural(len(recent), 'person gives', 'people give')} instructions{contradictions}.",
        basis=tuple(dict.fromkeys(message.message_id for message in [*recent.values(), *torn])),
        usual=float(len(past)) if past else None,
        extra=min(0.4, 0.2 * len(torn)) if len(recent) > 1 else 0.0,
    )


def _instructing(talk: Talk, messages: Sequence[Message]) -> Mapping[str, Message]:
    """Person -> their last mail that wants something; where no cue was read, any mail may."""
    return {
        message.sender.person: message
        for message in messages
        if not talk.was_read(message)
        or talk.has_cue(message, CueKind.THEIR_QUESTION, CueKind.TAKEN_BACK)
        or talk.tags(message) & _CHANGES
    }


def attention_share(talk: Talk, agency: Agency) -> Figure | None:
    """Their share of our mail and of what we wrote, as a multiple of their share of revenue.

    The two shares count alike: ten short notes and one long answer both take an hour. Without a ledger in one currency
    an equal share stands in for that of revenue.
    """
    if agency.clients < _LEAST_CLIENTS or agency.mails < _LEAST_AGENCY:
        return None
    mails = [message for message, _ in talk.lately]
    before = talk.count(talk.now - 2 * RECENT, talk.now - RECENT)
    of_mails = len(mails) / agency.mails
    of_words = words_to(talk) / agency.words if agency.words else of_mails
    share = (of_mails + of_words) / 2
    revenue = sum(i.amount for i in talk.invoices if i.issued > talk.today - timedelta(days=365))
    if agency.revenue > 0 and revenue > 0:
        fair, against = revenue / agency.revenue, f"{revenue / agency.revenue:.0%} of what was invoiced in a year"
    else:
        fair, against = 1 / agency.clients, f"an equal share of {1 / agency.clients:.0%}"
    return Figure(
        value=share / fair,
        words=f"{of_mails:.0%} of our recent mail and {of_words:.0%} of the words we wrote, beside {against}.",
        basis=tuple(message.message_id for message in mails),
        usual=before / agency.mails_before / fair if before and agency.mails_before >= _LEAST_AGENCY else None,
    )


def words_to(talk: Talk) -> int:
    """How many words we wrote to a client lately."""
    return sum(len(message.own_text.split()) for message in talk.sent_lately)
