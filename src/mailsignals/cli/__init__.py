"""The command line: the only place that prints, and the only one that ends the process.

Only click is imported here. Commands import what they need when they run, so that help is quick.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from mailsignals.errors import MailsignalsError, SystemRefused, UsageFault

if TYPE_CHECKING:
    from mailsignals.wiring import App

INTERRUPTED = 130
"""What shells report of a program that Ctrl-C ended."""

_COMMANDS = {
    "init": "setup",
    "login": "setup",
    "doctor": "setup",
    "scan": "night",
    "digest": "night",
    "import": "night",
    "clients": "look",
    "show": "look",
    "explain": "look",
    "ledger": "ledgers",
    "backtest": "ledgers",
    "export": "ledgers",
    "dossier": "ledgers",
    "replay": "ledgers",
    "snooze": "ledgers",
    "acknowledge": "ledgers",
    "prospects": "ledgers",
    "classify": "labels",
    "train": "labels",
    "evaluate": "labels",
}
"""Command -> module of this package, in the order of the help."""


class _Commands(click.Group):
    """Commands whose modules are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which a newcomer needs them."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module."""
        if cmd_name not in _COMMANDS:
            return None
        module = __import__(f"mailsignals.cli.{_COMMANDS[cmd_name]}", fromlist=["commands"])
        command: click.Command = module.commands[cmd_name]
        return command


class Moment(click.ParamType[datetime]):
    """A date or moment of ISO 8601; without a zone it is one of the user's."""

    name = "moment"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """To a moment, aware if it names a zone."""
        if isinstance(value, datetime):
            return value
        try:
            return datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is no moment such as 2026-03-13 or 2026-03-13T18:00+01:00", param, ctx)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--settings",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Settings file. Otherwise $MAILSIGNALS_SETTINGS, ./mailsignals.toml, or the one in your configuration folder.",
)
@click.option("--now", type=Moment(), help="Pretend that it is this moment, such as 2026-03-13T18:00.")
@click.version_option(package_name="mailsignals")
@click.pass_context
def cli(context: click.Context, settings: Path | None, now: datetime | None) -> None:
    """Read client mail, show difficult-client signals with the sentence that shows them, send one digest.

    Start with `mailsignals init`, then run `mailsignals scan` every night. The mailbox is only ever read, and no word
    of it leaves this machine but in the digest that you get.
    """
    context.obj = (settings, now)


def now_option(function: Any) -> Any:
    """The option ``--now`` at a command that judges; the same as before the command's name."""

    def remember(context: click.Context, _param: click.Parameter, value: datetime | None) -> None:
        if value is not None:
            context.obj = (context.obj[0], value)

    return click.option(
        "--now", type=Moment(), expose_value=False, callback=remember, help="Pretend that it is this moment."
    )(function)


def open_app(context: click.Context) -> App:
    """The program over the settings that the command line names; closed when the command ends.

    Raises:
        InputMissing, DataUnreadable, SettingsInvalid: The settings cannot be used.
    """
    from mailsignals.wiring import App, settings_path

    given, now = context.obj
    app = App(settings_path(given), now=now)
    context.call_on_close(app.close)
    return app


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and end the process with a status of ``sysexits.h``.

    Args:
        arguments: Instead of the process's own.
    """
    try:
        status = cli(arguments, standalone_mode=False)
        sys.exit(status if isinstance(status, int) else 0)
    except click.exceptions.Exit as end:
        sys.exit(end.exit_code)
    except click.Abort:
        sys.exit(INTERRUPTED)
    except click.ClickException as fault:
        fault.show()
        sys.exit(UsageFault.exit_code)
    except MailsignalsError as fault:
        click.echo(str(fault), err=True)
        sys.exit(fault.exit_code)
    except BrokenPipeError:  # the reader of our output has had enough, as in `mailsignals clients | head`
        sys.stderr.close()
        sys.exit(0)
    except OSError as fault:
        refused = SystemRefused(
            f"The system refused {fault.filename or 'a file or connection'}.",
            why=f"{fault.strerror or fault}.",
            remedy="check space, permissions and the path; what was stored before is kept.",
        )
        click.echo(str(refused), err=True)
        sys.exit(refused.exit_code)
