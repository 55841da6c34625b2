"""``init``, ``login``, ``doctor``: from nothing to a first scan, and what to do when it fails."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import click

from mailsignals.cli import open_app
from mailsignals.cli.output import json_option, print_json
from mailsignals.errors import MailsignalsError, SecretMissing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mailsignals.types import Folder

_OK, _BAD = "ok", "FAILED"


@click.command(short_help="Ask, try the log-in, write mailsignals.toml.")
@click.option("--ca-file", type=click.Path(path_type=Path, exists=True), help="Trust this PEM file, not the system's.")
@click.option("--force", is_flag=True, help="Replace settings that are there.")
@click.pass_context
def init(context: click.Context, ca_file: Path | None, force: bool) -> None:
    """Ask for mailbox, our side and digest, check the log-in, write mailsignals.toml.

    The password goes to the keyring, or is named as an environment variable or a command; it is never written into the
    file.
    """
    from mailsignals.settings import parse_settings, write_settings
    from mailsignals.wiring import new_settings_path

    path = new_settings_path(context.obj[0])
    _refuse_to_replace(path, force=force)
    table: dict[str, Any] = {"us": {}, "mailbox": _ask_mailbox(ca_file)}
    table["mailbox"] |= _log_in(table["mailbox"])
    table["us"] = _ask_us(table["mailbox"]["user"])
    table["digest"], table["smtp"] = _ask_digest(table, ca_file)
    parse_settings(table)
    write_settings(path, table)
    click.echo(f"\nWritten: {path}. Every setting is explained in it.")
    click.echo(
        "Next: `mailsignals scan --preview digest.html` reads your mail and shows the digest without sending it."
    )
    program = Path(sys.argv[0]).resolve()
    click.echo(f'Then a line for `crontab -e`, such as: 15 5 * * *  {program} --settings "{path.resolve()}" scan')


@click.command(short_help="Store a password in the keyring.")
@click.option("--smtp", is_flag=True, help="The password for sending, where it is another one.")
@click.pass_context
def login(context: click.Context, smtp: bool) -> None:
    """Store the password of the mailbox (or of [smtp]) in this machine's keyring."""
    from mailsignals.adapters.secrets import store_password

    app = open_app(context)
    account = app.account(smtp=smtp)
    store_password(account, click.prompt(f"Password for {account}", hide_input=True))
    click.echo("Stored. `mailsignals doctor` tries it.")


@click.command(short_help="Try every part; say how to mend what fails.")
@json_option
@click.pass_context
def doctor(context: click.Context, as_json: bool) -> int:
    """Check settings, log-in, TLS, sending, model, store and clock; say how to mend what fails."""
    findings = open_app(context).check_up()
    worst = next((finding.fault for finding in findings if finding.fault), None)
    if as_json:
        print_json(
            [
                {"part": finding.part, "ok": finding.fault is None, "detail": finding.detail}
                | (
                    {"what": finding.fault.what, "why": finding.fault.why, "remedy": finding.fault.remedy}
                    if finding.fault
                    else {}
                )
                for finding in findings
            ]
        )
    else:
        for finding in findings:
            click.echo(f"{finding.part:9} {_BAD if finding.fault else _OK:7} {finding.detail}".rstrip())
            if finding.fault:
                click.echo(str(finding.fault))
    return worst.exit_code if worst else 0


def _refuse_to_replace(path: Path, *, force: bool) -> None:
    from mailsignals.errors import UsageFault

    if path.exists() and not force:
        raise UsageFault(
            f"{path} is there already.",
            why="init would replace what you have set.",
            remedy="edit it, or run `mailsignals init --force` to begin anew.",
        )


def _ask_mailbox(ca_file: Path | None) -> dict[str, Any]:
    """Server and user. The host is guessed from the address, the port from the kind of TLS."""
    click.echo("The mailbox that holds the mail with your clients (it is only ever read):")
    user = click.prompt("  Mail address or user name")
    host = click.prompt("  IMAP server", default=f"imap.{user.rpartition('@')[2]}")
    tls = click.prompt("  TLS", type=click.Choice(["implicit", "starttls"]), default="implicit")
    port = click.prompt("  Port", type=click.IntRange(1, 65535), default=993 if tls == "implicit" else 143)
    return {"host": host, "port": port, "tls": tls, "user": user} | _ca(ca_file)


def _ca(ca_file: Path | None) -> dict[str, str]:
    return {"ca_file": str(ca_file.resolve())} if ca_file else {}


def _log_in(table: dict[str, Any]) -> dict[str, Any]:
    """Ask for the password, try it, ask for the folders. A refused one is asked for again."""
    from mailsignals.settings import MailboxSettings
    from mailsignals.wiring import open_imap, secret_of

    while True:
        named, typed = _ask_password()
        settings = MailboxSettings.model_validate(table | named)
        try:
            mailbox = open_imap(settings, typed or secret_of(settings))
        except MailsignalsError as fault:
            click.echo(str(fault), err=True)
            click.confirm("Try another password?", default=True, abort=True)
            continue
        try:
            folders = mailbox.folders()
        finally:
            mailbox.close()
        click.echo(f"  The log-in works; {len(folders)} folders.")
        return named | _keep(settings.account, typed) | _ask_folders(folders)


def _ask_password() -> tuple[dict[str, str], str]:
    """Where the password lives: a setting that names it, or the password itself for the keyring."""
    click.echo("The password (many providers want an app password here):")
    kind = click.prompt("  Keep it in", type=click.Choice(["keyring", "environment", "command"]), default="keyring")
    if kind == "environment":
        return {"password_env": click.prompt("  Name of the variable", default="MAILSIGNALS_PASSWORD")}, ""
    if kind == "command":
        return {"password_command": click.prompt("  Command that prints it", default="pass show mail")}, ""
    return {}, click.prompt("  Password", hide_input=True)


def _keep(account: str, typed: str) -> dict[str, str]:
    """Put a typed password into the keyring; on a machine without one, name a variable for it instead."""
    from mailsignals.adapters.secrets import store_password

    if not typed:
        return {}
    try:
        store_password(account, typed)
    except SecretMissing as fault:
        click.echo(str(fault), err=True)
        variable = click.prompt("  Variable that will hold it", default="MAILSIGNALS_PASSWORD")
        return {"password_env": variable}
    return {}


def _ask_folders(folders: Sequence[Folder]) -> dict[str, Any]:
    """Inbox, sent folder (found by its special use, RFC 6154) and further ones."""
    names = [folder.name for folder in folders]
    special = [folder.name for folder in folders if folder.special_use == "\\Sent"]
    likely = [*special, *(name for name in names if "sent" in name.lower()), "Sent"][0]
    return {
        "inbox": "INBOX",
        "sent": click.prompt("  Folder of sent mail", default=likely, value_proc=_among(names)),
        "folders": click.prompt(
            "  Further folders with client mail, separated by commas",
            default="",
            show_default=False,
            value_proc=lambda text: [_among(names)(name) for name in _parts(text)],
        ),
    }


def _among(names: list[str]) -> Callable[[str], str]:
    """A prompt's check that a folder is there."""

    def check(name: str) -> str:
        if name not in names:
            raise click.BadParameter(f"there is no folder {name}; there are: {', '.join(names)}")
        return name

    return check


def _ask_us(user: str) -> dict[str, Any]:
    from mailsignals.settings import UsSettings

    click.echo("Our side:")
    return {
        "addresses": click.prompt(
            "  Our own addresses, separated by commas",
            default=user if "@" in user else None,
            value_proc=_checked(UsSettings, "addresses", _parts),
        ),
        "time_zone": click.prompt("  Time zone", default=_zone_here(), value_proc=_checked(UsSettings, "time_zone")),
        "working_hours": click.prompt(
            "  Working hours", default="09:00-17:00", value_proc=_checked(UsSettings, "working_hours")
        ),
        "working_days": click.prompt(
            "  Working days", default="mon, tue, wed, thu, fri", value_proc=_checked(UsSettings, "working_days", _days)
        ),
    }


def _ask_digest(table: dict[str, Any], ca_file: Path | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """Who gets the digest and which server sends it; same user and password as the mailbox unless told otherwise."""
    from mailsignals.settings import DigestSettings

    click.echo("The digest:")
    mailbox = table["mailbox"]
    to = click.prompt(
        "  Send it to", default=table["us"]["addresses"][0], value_proc=_checked(DigestSettings, "to", _parts)
    )
    host = click.prompt("  SMTP server", default=mailbox["host"].replace("imap", "smtp", 1))
    tls = click.prompt("  TLS", type=click.Choice(["starttls", "implicit"]), default="starttls")
    port = click.prompt("  Port", type=click.IntRange(1, 65535), default=587 if tls == "starttls" else 465)
    user = click.prompt("  User", default=mailbox["user"])
    smtp = {"host": host, "port": port, "tls": tls, "user": user} | _ca(ca_file)
    return {"to": to}, smtp | _ask_sending_password(mailbox, smtp)


def _ask_sending_password(mailbox: dict[str, Any], smtp: dict[str, Any]) -> dict[str, str]:
    """The same password as for reading, which is usual, or one of its own."""
    from mailsignals.settings import MailboxSettings, SmtpSettings
    from mailsignals.wiring import secret_of

    account = SmtpSettings.model_validate(smtp).account
    if smtp["user"] == mailbox["user"] and click.confirm("  Same password as for reading?", default=True):
        known = {key: str(mailbox[key]) for key in mailbox if key in ("password_env", "password_command")}
        return known or _keep(account, secret_of(MailboxSettings.model_validate(mailbox)))
    named, typed = _ask_password()
    return named | _keep(account, typed)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _days(text: str) -> list[str]:
    return [day[:3].lower() for day in _parts(text)]


def _zone_here() -> str:
    """The machine's time zone where its usual file names one."""
    from zoneinfo import available_timezones

    target = str(Path("/etc/localtime").resolve()).partition("zoneinfo/")[2]
    return target if target in available_timezones() else "UTC"


def _checked(section: Any, field: str, parse: Callable[[str], Any] = str) -> Callable[[str], Any]:
    """A prompt's check by the rule of the settings; what breaks it is asked for again."""
    from pydantic import TypeAdapter, ValidationError

    info = section.model_fields[field]
    rule: Any = TypeAdapter(Annotated[info.annotation, info])  # type: ignore[arg-type]

    def check(value: str) -> Any:
        try:
            return rule.validate_python(parse(value))
        except ValidationError as fault:
            reason = fault.errors()[0]["msg"].removeprefix("Value error, ")
            raise click.BadParameter(f"{value!r}: {reason}") from fault

    return check


commands: dict[str, Any] = {"init": init, "login": login, "doctor": doctor}
