"""``scan``, ``digest``, ``import``: mail in, digest out."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mailsignals.cli import now_option, open_app
from mailsignals.cli.output import client_table, console, json_option, print_json, progress_bar, write_private
from mailsignals.text.counts import plural

if TYPE_CHECKING:
    from mailsignals.report.digest import Digest
    from mailsignals.types import Coverage
    from mailsignals.workflows.scan import Night

_HTML_FILE = click.Path(path_type=Path, dir_okay=False, writable=True)


@click.command(short_help="The nightly job: new mail in, digest out.")
@click.option(
    "--preview",
    metavar="FILE.html",
    type=_HTML_FILE,
    help="Write the digest to FILE.html and FILE.txt instead of sending it; its alerts do not count as told.",
)
@click.option("--dry-run", is_flag=True, help="Do it all on a copy of the store and print the digest; nothing is kept.")
@json_option
@now_option
@click.pass_context
def scan(context: click.Context, preview: Path | None, dry_run: bool, as_json: bool) -> int:
    """Read new mail, tag it, judge the clients, send the digest: the nightly job.

    Only new mail is read, and nothing in the mailbox changes. The digest is sent when an alert is due, and once a week
    to show that the watch goes on. Quiet under cron.
    """
    if preview is not None and preview.suffix.lower() not in {".html", ".htm"}:
        raise click.BadParameter(
            f"{str(preview)!r} must end in .html; the text goes beside it as .txt", param_hint="--preview"
        )
    app = open_app(context)
    is_sent = preview is None and not dry_run
    with app.rehearsal() if dry_run else nullcontext(), progress_bar() as progress:
        night = app.scan(send=is_sent, progress=progress)
    files = _write_preview(night.draft.digest, preview) if preview else []
    if as_json:
        print_json(_summary(night, files))
    else:
        _tell(night, files, is_sent=is_sent, is_rehearsal=dry_run, zone=app.settings.us.zone)
    if night.fault:
        click.echo(str(night.fault), err=True)
    return night.fault.exit_code if night.fault else 0


@click.command(short_help="Show the digest as it would be sent now.")
@click.option("--html", "html_file", metavar="FILE.html", type=_HTML_FILE, help="Write it as HTML to a file.")
@click.option("--every", type=click.Choice(["day", "week"]), help="Send it every day or every week from now on.")
@now_option
@click.pass_context
def digest(context: click.Context, html_file: Path | None, every: str | None) -> None:
    """Show the digest as it would be sent now, from the mail that is stored.

    Nothing is fetched, sent or noted as told. --every shows nothing and changes the settings.
    """
    from mailsignals.report.digest import render_html, render_text

    if every:
        from mailsignals.settings import change_setting

        app = open_app(context)
        change_setting(app.path, "digest", "every", every)
        click.echo(f"The digest comes every {every} from now on: digest.every in {app.path}.")
        return
    draft = open_app(context).draft()
    if html_file:
        write_private(html_file, render_html(draft.digest, is_page=True))
        click.echo(str(html_file))
    else:
        click.echo(render_text(draft.digest))


@click.command("import", short_help="Store and tag old mail.")
@click.argument("path", type=click.Path(path_type=Path))
@json_option
@click.pass_context
def import_mail(context: click.Context, path: Path, as_json: bool) -> None:
    """Store and tag old mail from PATH: an mbox file, a Maildir or a folder of .eml files.

    What is stored already is not stored again. PATH itself is only read.
    """
    app = open_app(context)
    with progress_bar() as progress:
        coverage = app.import_mail(path, progress=progress).coverage
    if as_json:
        print_json(asdict(coverage))
    else:
        click.echo(f"{_receipt(coverage)} {coverage.stored} {'was' if coverage.stored == 1 else 'were'} new.")


def _tell(night: Night, files: list[Path], *, is_sent: bool, is_rehearsal: bool, zone: Any) -> None:
    """Words for a terminal; for cron only what a person must know, which is nothing on a good night."""
    from mailsignals.report.digest import render_text

    out = console()
    if is_rehearsal:
        click.echo(render_text(night.draft.digest))
    if not (out.is_terminal or files or is_rehearsal):
        return
    out.print(client_table(night.draft.states, zone))
    click.echo(f"\n{_receipt(night.coverage)}")
    for note in night.coverage.notes:
        click.echo(note)
    click.echo(_outcome(night, files, is_sent=is_sent))


def _receipt(coverage: Coverage) -> str:
    read = coverage.found - coverage.unread
    odd = f", {coverage.defects} with defects" if coverage.defects else ""
    found, folders = plural(coverage.found, "new message"), plural(len(coverage.folders), "folder")
    return f"Read {read:,} of {found} in {folders}{odd}."


def _outcome(night: Night, files: list[Path], *, is_sent: bool) -> str:
    told = plural(len(night.draft.alerts), "alert")
    if files:
        return f"Digest with {told}: {' and '.join(map(str, files))}"
    if not is_sent:
        return f"Nothing was kept or sent. The digest would tell {told}."
    if night.sent:
        return f"Digest sent, with {told}."
    return "The digest waits in the outbox; the next scan sends it." if night.waiting else "No digest was due."


def _summary(night: Night, files: list[Path]) -> Mapping[str, Any]:
    return {
        **asdict(night.coverage),
        "tagged": night.tagged,
        "clients": {state.client: state.score for state in night.draft.states},
        "alerts": [
            {"client": alert.client, "tag": alert.tag, "score": alert.score, "change": alert.change.value}
            for alert in night.draft.alerts
        ],
        "sent": night.sent,
        "files": [str(file) for file in files],
        "fault": night.fault.what if night.fault else None,
    }


def _write_preview(digest: Digest, file: Path) -> list[Path]:
    from mailsignals.report.digest import render_html, render_text

    text_file = file.with_suffix(".txt")
    write_private(file, render_html(digest, is_page=True))
    write_private(text_file, render_text(digest))
    return [file, text_file]


commands = {"scan": scan, "digest": digest, "import": import_mail}
