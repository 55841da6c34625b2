"""What a client does over time: ledger, backtest, export, dossier, and what need not be told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mailsignals.cli import Moment, now_option, open_app
from mailsignals.cli.look import find_client
from mailsignals.cli.output import console, day_of, json_option, print_json, progress_bar, write_private
from mailsignals.report.words import calendar_day, shorten
from mailsignals.text.counts import plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mailsignals.types import ClientState
    from mailsignals.workflows.backtest import Finding
    from mailsignals.workflows.ledger import Ledger

_CSV = click.Path(path_type=Path, dir_okay=False)


@click.group(short_help="The invoices that `payment_drift` is measured by.")
def ledger() -> None:
    """The ledger: which invoices were sent, when they were due, and when they were paid."""


@ledger.command("import", short_help="Read invoices from an accounting program's CSV.")
@click.argument("file", type=_CSV)
@json_option
@click.pass_context
def import_ledger(context: click.Context, file: Path, as_json: bool) -> None:
    """Store the invoices of FILE, a CSV export of Xero, QuickBooks, FreshBooks, Harvest or any other program.

    Columns are recognised by their headings; `[ledger]` in the settings names others. Importing a newer export replaces
    what is known of the same invoice, so payments come in by importing again, and void invoices go out.
    """
    found, removed = open_app(context).import_ledger(file)
    paid = sum(invoice.is_paid for invoice in found.invoices)
    undated = sum(invoice.is_paid and invoice.paid_by is None for invoice in found.invoices)
    if as_json:
        print_json(
            {
                "invoices": len(found.invoices),
                "paid": paid,
                "paid_on_unknown_day": undated,
                "unknown_clients": list(found.strangers),
                "removed": removed,
                "left_out": dict(found.left_out),
                "partly_paid": list(found.partly_paid),
                "day_first_guessed": bool(found.either_way),
            }
        )
        return
    click.echo(f"{plural(len(found.invoices), 'invoice')} stored, {paid} paid in full.")
    if undated:
        were, them = ("was", "it") if undated == 1 else ("were", "them")
        click.echo(f"{undated:,} {were} paid on a day that the file does not tell; past nights cannot know of {them}.")
    for line in _import_notes(found, removed):
        click.echo(line)


@ledger.command("list", short_help="Show the stored invoices.")
@json_option
@click.pass_context
def list_ledger(context: click.Context, as_json: bool) -> None:
    """Show all invoices by issue date."""
    from dataclasses import asdict

    invoices = open_app(context).store.invoices()
    if as_json:
        print_json([asdict(invoice) for invoice in invoices])
        return
    for invoice in invoices:
        paid = f"paid {invoice.paid_amount:,.2f}" + (f" by {invoice.paid_at}" if invoice.paid_at else "")
        due = f"due {invoice.due}" if invoice.due else "no due date"
        click.echo(f"{invoice.issued}  {invoice.number:12} {invoice.amount:>12,.2f} {invoice.currency}  {due}, {paid}")
        click.echo(f"            {invoice.client}")


@click.command(short_help="What the present settings would have raised.")
@click.option("--months", type=click.IntRange(1, 120), default=12, show_default=True, help="How far back.")
@json_option
@now_option
@click.pass_context
def backtest(context: click.Context, months: int, as_json: bool) -> None:
    """Show which alerts and stages the present settings would have raised, night by night, with their sentences.

    Each simulated night knows only the mail sent and the payments made by then. A digest leaves on the days that
    `[digest]` names and tells the alerts of as many clients as `[alert]` allows; every change of stage is shown, up or
    down. Nothing is sent or noted as told.
    """
    app = open_app(context)
    with progress_bar() as progress:
        findings = list(app.backtest(months, progress=progress))
    if as_json:
        print_json([finding.as_json() for finding in findings])
        return
    for finding in findings:
        _show_finding(finding, app.settings.us.zone)
    if not findings:
        click.echo(f"Nothing would have been told in the last {'month' if months == 1 else f'{months} months'}.")


@click.command(short_help="What the judgement stands on, for other programs.")
@click.argument("what", type=click.Choice(["messages", "promises", "scope", "behaviour"]))
@click.option("--client", help="Only this client.")
@json_option
@now_option
@click.pass_context
def export(context: click.Context, what: str, client: str | None, as_json: bool) -> None:
    """Print WHAT the judgement stands on: messages, promises, scope or behaviour; CSV, or one JSON list."""
    from mailsignals.workflows.export import STATE_ROWS, message_rows

    app = open_app(context)
    record, now = app.record(), app.clock.now()
    states = record.states(app.house, now)
    wanted = [find_client(states, client)] if client else states
    names = [state.client for state in wanted]
    rows = list(message_rows(record, app.house, names) if what == "messages" else STATE_ROWS[what](wanted))
    rows = [row for row in rows if what != "messages" or datetime.fromisoformat(row["date"]) <= now]
    if as_json:
        print_json(rows)
    else:
        from mailsignals.report.table import to_csv

        click.echo(to_csv(rows), nl=False)


@click.command(short_help="The record of one client, to keep or to hand on.")
@click.argument("client")
@click.option("--out", "out", required=True, metavar="FILE", type=_CSV, help="FILE.html, FILE.pdf or FILE.csv.")
@now_option
@click.pass_context
def dossier(context: click.Context, client: str, out: Path) -> None:
    """Write the record of one CLIENT: timeline, evidence, promises, invoices, with Message-IDs and the model.

    It is what one wants when attacked in public or chasing a bill. `mailsignals replay` checks later that the same mail
    still gives the same verdicts.
    """
    app = open_app(context)
    states = app.states()
    state = find_client(states, client)
    write_private(out, app.dossier(state.client, out.suffix.lower()))
    click.echo(str(out))


@click.command(short_help="Check a dossier against the stored mail.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.pass_context
def replay(context: click.Context, file: Path) -> int:
    """Judge again what FILE, a dossier, tells, at its moment, and say whether the verdicts are the same."""
    differences = open_app(context).replay(file)
    for difference in differences:
        click.echo(difference)
    click.echo("Not the same." if differences else "The same verdicts.")
    return 1 if differences else 0


@click.command(short_help="Keep a client, or one signal, quiet for a while.")
@click.argument("client")
@click.option("--signal", default="", help="Only this signal, such as payment_excuse or payment_drift.")
@click.option("--days", type=click.IntRange(1, 3650), help="For so many days from now.")
@click.option("--until", type=Moment(), help="Until this day or moment.")
@click.option("--off", is_flag=True, help="Take back all that was said of this client.")
@now_option
@click.pass_context
def snooze(  # noqa: PLR0917  # one argument an option
    context: click.Context, client: str, signal: str, days: int | None, until: datetime | None, off: bool
) -> None:
    """Do not tell of CLIENT for a while, whatever its numbers do. Two weeks, if nothing else is said."""
    app = open_app(context)
    state = find_client(app.states(), client)
    if off:
        dropped = app.store.drop_hushes(state.client)
        click.echo(f"{plural(dropped, 'note')} on {state.client} taken back.")
        return
    end = app.moment(until) if until else app.clock.now() + timedelta(days=days or 14)
    app.hush(state, _known_signals(state, [signal] if signal else [""]), end.astimezone(UTC))
    what = f", {_named(state, signal)}," if signal else ""
    click.echo(f"{state.client}{what} is quiet until {end.astimezone(app.settings.us.zone):%Y-%m-%d %H:%M}.")


@click.command(short_help="Say that an alert is known.")
@click.argument("client")
@click.option("--signal", default="", help="Only this signal; otherwise all that is told now.")
@now_option
@click.pass_context
def acknowledge(context: click.Context, client: str, signal: str) -> None:
    """Do not tell of what CLIENT shows now again until it grows clearly worse, or was over. Others are told as ever.

    What goes on as bad with new evidence is told again after the quiet time. What is snoozed keeps its day, unless
    --signal names it.
    """
    app = open_app(context)
    state = find_client(app.states(), client)
    now = app.clock.now()
    own = [hush for hush in app.store.hushes() if hush.client == state.client]
    snoozed = {hush.tag for hush in own if hush.until is not None and hush.until > now}
    names = _known_signals(
        state, [signal] if signal else [name for name in app.told_signals(state) if name not in snoozed]
    )
    app.hush(state, names, None)
    titles = [_named(state, name) for name in names]
    click.echo(f"{state.client}: {', '.join(titles) or 'nothing to acknowledge'}.")


@click.command(short_help="Who is not yet a client, and what their first mails show.")
@json_option
@now_option
@click.pass_context
def prospects(context: click.Context, as_json: bool) -> None:
    """Show who has written in the last two months and is no client yet, with the red flags of their first mails."""
    from mailsignals.behaviour.prospects import flags
    from mailsignals.signals.catalogue import catalogue

    app = open_app(context)
    found = app.prospects()
    if as_json:
        print_json([prospect.as_json() for prospect in found])
        return
    for prospect in found:
        last = calendar_day(prospect.last_at.astimezone(app.settings.us.zone))
        click.echo(f"{prospect.name}, {plural(prospect.received, 'mail')}, last {last}")
        if not prospect.quotes:
            click.echo("  no red flags")
        for quote in prospect.quotes:
            known = flags().get(quote.label) or catalogue()[quote.label]
            click.echo(f"  {known.title}: “{' '.join(quote.words.split())}”")
            click.echo(f"    {' '.join(known.advice.split())}")
    if not found:
        click.echo("Nobody who is not yet a client has written in the last two months.")


def _import_notes(found: Ledger, removed: int) -> Iterator[str]:
    """What an import did beside storing invoices, and what it had to guess."""
    if removed:
        yield f"{plural(removed, 'stored invoice')} removed: now void or draft."
    if found.left_out:
        yield f"Left out: {', '.join(f'{count:,} {reason}' for reason, count in found.left_out.items())}."
    if found.partly_paid:
        yield f"Partly paid, but the file does not say how much: {', '.join(found.partly_paid)}; held as open in full."
    if found.either_way:
        yield f"Dates such as {found.either_way} were read with the day first, for no date of the file tells."
        yield "If the month is first, write day_first = false under [ledger] in the settings, and import again."
    for name in found.strangers:
        yield f"No client is called {name!r}; add it to [clients] in the settings, under that name, to count it."


def _known_signals(state: ClientState, names: Sequence[str]) -> Sequence[str]:
    """The names, where each is a signal of the catalogue or of behaviour, ``stage``, or empty for all."""
    from mailsignals.behaviour.figures import behaviours
    from mailsignals.clients.alerts import STAGE
    from mailsignals.errors import UsageFault
    from mailsignals.signals.catalogue import tags

    known = {"", STAGE, *tags(), *behaviours()}
    for name in names:
        if name not in known:
            raise UsageFault(
                f"There is no signal {name}.",
                why="neither words nor behaviour have one of that name.",
                remedy=f"choose from: {', '.join(sorted(known - {''}))}.",
            )
    return names


def _named(state: ClientState, signal: str) -> str:
    """A signal by its title; the stage with our side, where it is to part."""
    from mailsignals.clients.alerts import STAGE
    from mailsignals.report.digest_client import alert_title
    from mailsignals.report.digest_facts import our_side_beside

    beside = our_side_beside(state) if signal == STAGE else ""
    return f"{alert_title(state, signal)} ({beside})" if beside else alert_title(state, signal)


def _show_finding(finding: Finding, zone: Any) -> None:
    from mailsignals.behaviour.figures import behaviours
    from mailsignals.report.digest_signal import QUOTE_LENGTH
    from mailsignals.signals.catalogue import catalogue

    day = day_of(finding.at, zone, weekday=True)
    console().print(f"{day}  {finding.client}  {finding.score:.2f}  {finding.stage.value}", style="bold")
    for reason in finding.reasons:
        click.echo(f"  {reason}")
    for quote in finding.quotes[-3:]:
        title = (catalogue().get(quote.label) or behaviours()[quote.label]).title
        sent = calendar_day(quote.sent_at.astimezone(zone))
        click.echo(f"    “{shorten(quote.words, QUOTE_LENGTH)}”  {title}, {sent}")


commands: dict[str, Any] = {
    "ledger": ledger,
    "backtest": backtest,
    "export": export,
    "dossier": dossier,
    "replay": replay,
    "snooze": snooze,
    "acknowledge": acknowledge,
    "prospects": prospects,
}
