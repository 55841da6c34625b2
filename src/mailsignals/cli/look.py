"""``clients``, ``show``, ``explain``: scores open to dates and sentences."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import click

from mailsignals.cli import now_option, open_app
from mailsignals.cli.output import client_table, console, day_of, json_option, print_json, score_bar, state_as_json
from mailsignals.text.counts import plural

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, tzinfo

    from mailsignals.signals.explain import Explanation
    from mailsignals.types import ClientState, Facts, Message, PersonState, Quote, SignalState

_SHOWN_QUOTES = 5
_SHOWN_RISKS = 3
_SHOWN_TERMS = 5
_LEAST_DROP = 0.02
"""A part of a sentence that carries less is not shown."""


@click.command(short_help="List all clients, most urgent first.")
@json_option
@now_option
@click.pass_context
def clients(context: click.Context, as_json: bool) -> None:
    """List all clients, most urgent first."""
    app = open_app(context)
    states = app.states()
    if as_json:
        print_json([state_as_json(state) for state in states])
    elif states:
        console().print(client_table(states, app.settings.us.zone))
    else:
        click.echo("There is no client yet. `mailsignals scan` reads the mailbox, `mailsignals import PATH` old mail.")


@click.command(short_help="Show one client: signals, dates, sentences.")
@click.argument("client")
@click.option(
    "--all", "show_all", is_flag=True, help=f"Every sentence, not only the {_SHOWN_QUOTES} strongest a signal."
)
@json_option
@now_option
@click.pass_context
def show(context: click.Context, client: str, show_all: bool, as_json: bool) -> None:
    """Show one CLIENT: every signal with dates and sentences, and the facts beside it."""
    app = open_app(context)
    state = find_client(app.states(), client)
    if as_json:
        print_json(state_as_json(state))
        return
    zone = app.settings.us.zone
    click.echo(f"{state.client}  {score_bar(state.score)} {state.score:.2f}")
    for person in state.persons:
        click.echo(_person(person))
    click.echo(_facts(state.facts, zone))
    _show_stage(state)
    _show_ledgers(state, zone)
    for signal in state.signals:
        _show_signal(signal, zone, len(signal.quotes) if show_all else _SHOWN_QUOTES)


@click.command(short_help="Explain why a message has its tags.")
@click.argument("message_id")
@click.option("--tag", help="Explain this signal, also where it was not found.")
@click.pass_context
def explain(context: click.Context, message_id: str, tag: str | None) -> None:
    """Explain why the message MESSAGE-ID has its tags: sentences, words that carry them, and what the tag means."""
    from mailsignals.errors import UsageFault
    from mailsignals.signals.catalogue import tags
    from mailsignals.signals.explain import explain as explain_tag

    app = open_app(context)
    message = _message(app.store.message(message_id.strip("<>")), message_id)
    if tag is not None and tag not in app.model.tags:
        raise UsageFault(
            f"There is no signal {tag}.", why="the model does not know it.", remedy=f"choose from: {', '.join(tags())}."
        )
    tagging = app.store.taggings(app.tagger.fingerprint).get(message.message_id)
    wanted = [tag] if tag else tagging.labels if tagging else ()
    zone = app.settings.us.zone
    click.echo(f"{message.subject}\n{message.sender.email}, {_moment(message.sent_at, zone)}")
    for name in wanted:
        explanation = explain_tag(app.model, message.own_text, name, app.answered_by(message))
        if explanation:
            _show_explanation(explanation, message.own_text)
    if not wanted:
        click.echo(
            "\nNo signal was found in this message, or it is not a client's: our own mail and robots' carry none."
        )
        click.echo("`--tag NAME` explains why a certain one was not.")


def find_client(states: Sequence[ClientState], name: str) -> ClientState:
    """The client of that name; case does not matter, and a part is enough where only one client has it."""
    from mailsignals.errors import InputMissing

    exact = [state for state in states if state.client.lower() == name.lower()]
    part = [state for state in states if name.lower() in state.client.lower()]
    if exact or len(part) == 1:
        return (exact or part)[0]
    names = [state.client for state in part or states]
    near = get_close_matches(name, names, n=1, cutoff=0.5)
    raise InputMissing(
        f"There is no single client {name!r}.",
        why=f"there are {', '.join(names[:20]) or 'none yet'}.",
        remedy=f'run `mailsignals show "{near[0]}"`.' if near else "run `mailsignals clients` to see their names.",
    )


def _message(message: Message | None, message_id: str) -> Message:
    from mailsignals.errors import InputMissing

    if message is None:
        raise InputMissing(
            f"No message {message_id} is stored.",
            why="it was never read, or its Message-ID is written otherwise.",
            remedy="copy it from `mailsignals show CLIENT`.",
        )
    return message


def _person(state: PersonState) -> str:
    """Who writes for the client, with what their own mail alone shows."""
    from mailsignals.signals.catalogue import catalogue

    risks = [f"{catalogue()[tag].title.lower()} {score:.2f}" for tag, score in state.signals.items()]
    shown = f": {', '.join(risks[:_SHOWN_RISKS])}" if risks else ""
    return f"  {state.person.name or state.person.email} <{state.person.email}>  {state.score:.2f}{shown}"


def _show_stage(state: ClientState) -> None:
    """Stage with its reasons, and what dates, people and bills say."""
    from mailsignals.behaviour.figures import behaviours
    from mailsignals.clients.alerts import is_mirror
    from mailsignals.types import Stage

    click.echo(f"\nStage: {state.verdict.stage.value}")
    for reason in state.verdict.reasons:
        click.echo(f"  {reason}")
    is_parting = state.verdict.stage is Stage.CONSIDER_PARTING
    measured = [
        behaviour
        for behaviour in state.behaviour
        if behaviour.value is not None or (is_parting and is_mirror(behaviour))
    ]
    if measured:
        click.echo("\nWhat dates, people and bills say")
    for behaviour in measured:
        click.echo(f"  {behaviours()[behaviour.signal].title}  {behaviour.score:.2f}  {behaviour.words}")


def _show_ledgers(state: ClientState, zone: tzinfo) -> None:
    """Promises, wishes, and approvals taken back."""
    dated = [promise for promise in state.promises if promise.due]
    if dated:
        click.echo("\nPromises")
    for promise in dated:
        side = "we" if promise.is_ours else promise.who
        words = " ".join(promise.words.split())
        click.echo(f"  {promise.due}  {promise.state.value:7} {side}, {promise.matter.value}: “{words}”")
    if state.asks:
        click.echo("\nRequests beyond the agreement")
    for ask in state.asks:
        offered = f" They offered: “{' '.join(ask.offered.split())}”" if ask.offered else ""
        if ask.priced_at and not offered:
            offered = f" We named a price on {_date(ask.priced_at, zone)}: “{' '.join(ask.priced.split())}”"
        thread = f" in “{ask.subject}”" if ask.subject else ""
        click.echo(f"  {_date(ask.asked_at, zone)}  “{' '.join(ask.words.split())}”{thread}{offered}")
    if state.reversals:
        click.echo("\nApproved, then taken back")
    for reversal in state.reversals:
        for said in (reversal.approved, reversal.taken_back):
            click.echo(f"  {_date(said.sent_at, zone)}  “{' '.join(said.words.split())}”")


def _show_signal(signal: SignalState, zone: tzinfo, most: int) -> None:
    from mailsignals.signals.catalogue import catalogue

    known = catalogue()[signal.tag]
    kind = " (protective)" if known.protective else ""
    trend = f", {signal.trend:+.2f} in 30 days" if round(signal.trend, 2) else ""
    mails, days = plural(signal.messages, "mail"), plural(signal.days, "day")
    click.echo(f"\n{known.title}{kind}  {score_bar(signal.score)} {signal.score:.2f}  {mails} on {days}{trend}")
    for quote in signal.quotes[:most]:
        _show_quote(quote, zone)
    if len(signal.quotes) > most:
        click.echo(f"  and {len(signal.quotes) - most} more with `--all`")


def _show_quote(quote: Quote, zone: tzinfo) -> None:
    click.echo(f"  {_moment(quote.sent_at, zone, weekday=True)}  {quote.sender.name or quote.sender.email}")
    click.echo(f"    “{' '.join(quote.words.split())}”")
    click.echo(f"    {quote.score:.2f}, in “{quote.subject}”  {quote.message_id}")


def _facts(facts: Facts, zone: tzinfo) -> str:
    lines = [f"{plural(facts.received, 'mail')} from them, {facts.sent} from us"]
    if facts.first_at and facts.last_at:
        lines[0] += f", {day_of(facts.first_at, zone)} to {day_of(facts.last_at, zone)}"
    if facts.off_hours_share is not None:
        lines.append(f"{facts.off_hours_share:.0%} of their mail comes outside our working hours")
    if facts.their_reply is not None:
        lines.append(f"they answer in {facts.their_reply:.1f} working hours of ours (median of all mail)")
    if facts.our_reply is not None:
        lines.append(f"we answer in {facts.our_reply:.1f} working hours (median of all mail)")
    if facts.unanswered:
        lines.append(f"{plural(facts.unanswered, 'mail')} of theirs at the end without our answer")
    return "\n".join(lines)


def _show_explanation(explanation: Explanation, text: str) -> None:
    sentence = " ".join(text[explanation.start : explanation.end].split())
    click.echo(f"\n{explanation.tag}  {explanation.probability:.2f}, {_verdict(explanation)}")
    click.echo(f"  “{sentence}”")
    if explanation.hostility is not None and explanation.substance is not None:
        click.echo(f"  its tone: {tone(explanation.hostility, explanation.substance, explanation.threshold)}")
    click.echo("  without these words the probability falls by:")
    telling = [piece for piece in explanation.pieces if abs(piece.drop) >= _LEAST_DROP]
    for piece in sorted(telling or explanation.pieces, key=lambda piece: -piece.drop):
        click.echo(f"    {piece.drop:+.2f}  {' '.join(text[piece.start : piece.end].split())}")
    click.echo(f"  strongest terms: {_terms(explanation)}")
    click.echo("  nearest labelled sentences:")
    for neighbour in explanation.nearest:
        told = neighbour.example
        click.echo(f"    {neighbour.likeness:.2f}  {told.id} ({', '.join(told.labels) or 'no signal'})  “{told.text}”")
    click.echo(f"  it is: {explanation.meaning}")
    click.echo(f"  it is not: {explanation.meaning_not}")


def tone(hostility: float, substance: float, threshold: float) -> str:
    """Where a sentence lies on the two axes, in words and figures.

    >>> tone(0.8, 0.7, 0.35)
    'harsh but specific (hostility 0.80, substance 0.70)'
    """
    harsh, specific = (score >= threshold for score in (hostility, substance))
    words = {
        (True, True): "harsh but specific",
        (True, False): "hostile, with nothing to act on",
        (False, True): "civil and specific",
        (False, False): "neither hostile nor a criticism",
    }[harsh, specific]
    return f"{words} (hostility {hostility:.2f}, substance {substance:.2f})"


def _verdict(explanation: Explanation) -> str:
    if explanation.is_ruled_out:
        return "passed over: its words are those of sentences that show nothing"
    if explanation.probability < explanation.threshold:
        return f"not shown below {explanation.threshold:.2f}"
    if explanation.probability < explanation.sure:
        return f"unsure below {explanation.sure:.2f}"
    return f"sure from {explanation.sure:.2f}"


def _terms(explanation: Explanation) -> str:
    return ", ".join(f"{term.term.strip()!r} {term.weight:+.2f}" for term in explanation.terms[:_SHOWN_TERMS]) or "-"


def _date(moment: datetime, zone: tzinfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d}"


def _moment(moment: datetime, zone: tzinfo, *, weekday: bool = False) -> str:
    return f"{day_of(moment, zone, weekday=weekday)} {moment.astimezone(zone):%H:%M}"


commands: dict[str, Any] = {"clients": clients, "show": show, "explain": explain}
