"""Where passwords come from: an environment variable, a command, or the keyring. Never a file of ours."""

from __future__ import annotations

import os
import shlex
import subprocess
from dataclasses import dataclass

from mailsignals.errors import SecretMissing

_SERVICE = "mailsignals"


@dataclass(frozen=True, slots=True)
class SecretSource:
    """How to get one password; the first that is named is used, the keyring last.

    Args:
        account: ``user@host``: the keyring's user name, and the name in errors.
        variable: Name of an environment variable.
        command: A command whose first line of output is the password, split like a shell would, run without one.
        login: The command that stores a password for this account.
    """

    account: str
    variable: str = ""
    command: str = ""
    login: str = "mailsignals login"


def password(source: SecretSource) -> str:
    """Fetch a password.

    Raises:
        SecretMissing: The variable is empty, the command failed, or the keyring has nothing.
    """
    if source.variable:
        return _from_variable(source)
    if source.command:
        return _from_command(source)
    return _from_keyring(source)


def store_password(account: str, secret: str) -> None:
    """Put a password into the keyring.

    Raises:
        SecretMissing: This machine has no keyring that works.
    """
    import keyring  # noqa: PLC0415  (slow to import, seldom needed)
    from keyring.errors import KeyringError  # noqa: PLC0415

    try:
        keyring.set_password(_SERVICE, account, secret)
    except (KeyringError, RuntimeError) as error:
        raise SecretMissing(
            "The keyring of this machine cannot store a password.",
            why=f"it answered {type(error).__name__}; servers without a desktop often have none.",
            remedy='set password_env = "MAIL_PASSWORD" or password_command = "pass show mail" in mailsignals.toml.',
        ) from error


def _from_variable(source: SecretSource) -> str:
    value = os.environ.get(source.variable, "")
    if not value:
        raise SecretMissing(
            f"The environment variable {source.variable} is empty.",
            why=f"the settings name it as the password of {source.account}.",
            remedy=f"run `export {source.variable}=...` first, or set it in the cron job.",
        )
    return value


def _from_command(source: SecretSource) -> str:
    try:
        done = subprocess.run(  # noqa: S603  (the user's own command, from their own settings)
            shlex.split(source.command), capture_output=True, text=True, timeout=60, check=True
        )
        lines = done.stdout.splitlines()
    except (OSError, ValueError, IndexError, subprocess.SubprocessError) as error:
        raise _command_fault(source, type(error).__name__) from error
    if not lines or not lines[0]:
        raise _command_fault(source, "no output")
    return lines[0]


def _command_fault(source: SecretSource, reason: str) -> SecretMissing:
    return SecretMissing(
        f"The password command for {source.account} gave no password.",
        why=f"running it ended with {reason}.",
        remedy="run the command by hand; its first line of output must be the password.",
    )


def _from_keyring(source: SecretSource) -> str:
    import keyring  # noqa: PLC0415
    from keyring.errors import KeyringError  # noqa: PLC0415

    try:
        value = keyring.get_password(_SERVICE, source.account)
    except (KeyringError, RuntimeError):
        value = None
    if not value:
        raise SecretMissing(
            f"There is no password for {source.account}.",
            why="the keyring has none, and the settings name neither password_env nor password_command.",
            remedy=f"run `{source.login}`, or set password_env or password_command in mailsignals.toml.",
        )
    return value
