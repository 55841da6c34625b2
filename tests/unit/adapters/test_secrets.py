from __future__ import annotations

import sys
from collections.abc import Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import PasswordDeleteError

from mailsignals.adapters.secrets import SecretSource, password, store_password
from mailsignals.errors import SecretMissing

ACCOUNT = "ana@imap.example"
ODD = 'blåbær "quoted" \\ back'


class MemoryKeyring(KeyringBackend):
    """A keyring that works, without a desktop."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self._kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self._kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        raise PasswordDeleteError


@pytest.fixture(autouse=True)
def _own_keyring() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(MemoryKeyring())
    yield
    keyring.set_keyring(before)


def command(code: str) -> str:
    return f"'{sys.executable}' -c '{code}'"


def test_the_keyring_gives_back_what_login_stored() -> None:
    store_password(ACCOUNT, ODD)
    assert password(SecretSource(ACCOUNT)) == ODD


def test_another_account_does_not_get_the_password() -> None:
    store_password(ACCOUNT, ODD)
    with pytest.raises(SecretMissing, match=r"There is no password for bo@imap\.example"):
        password(SecretSource("bo@imap.example"))


def test_a_machine_without_a_keyring_is_told_the_other_ways() -> None:
    keyring.set_keyring(NoKeyring())
    with pytest.raises(SecretMissing) as refused:
        store_password(ACCOUNT, ODD)
    assert "password_command" in refused.value.remedy
    assert ODD not in str(refused.value)
    with pytest.raises(SecretMissing, match="There is no password") as missing:
        password(SecretSource(ACCOUNT, login="mailsignals login --smtp"))
    assert "mailsignals login --smtp" in missing.value.remedy


def test_an_environment_variable_that_is_named_comes_before_all_else(monkeypatch: pytest.MonkeyPatch) -> None:
    store_password(ACCOUNT, "from the keyring")
    monkeypatch.setenv("MAIL_PASSWORD", ODD)
    assert password(SecretSource(ACCOUNT, "MAIL_PASSWORD", "false")) == ODD


@pytest.mark.parametrize("value", [None, ""])
def test_an_empty_variable_is_told_and_nothing_else_is_tried(
    monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    store_password(ACCOUNT, "from the keyring")
    monkeypatch.delenv("MAIL_PASSWORD", raising=False)
    if value is not None:
        monkeypatch.setenv("MAIL_PASSWORD", value)
    with pytest.raises(SecretMissing, match="MAIL_PASSWORD is empty") as missing:
        password(SecretSource(ACCOUNT, "MAIL_PASSWORD"))
    assert "export MAIL_PASSWORD=" in missing.value.remedy


def test_the_first_line_of_a_command_s_output_is_the_password() -> None:
    assert password(SecretSource(ACCOUNT, command=command('print("two words"); print("url: x")'))) == "two words"


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        (command("print()"), "no output"),
        (command("pass"), "no output"),
        (command('print("half a secret"); raise SystemExit(3)'), "CalledProcessError"),
        ("/no/such/program show mail", "FileNotFoundError"),
        ("echo 'never closed", "ValueError"),
        ("  ", "IndexError"),
        (command('import sys; sys.stdout.buffer.write(b"\\xff\\xfe")'), "UnicodeDecodeError"),
    ],
)
def test_a_command_that_gives_no_password_is_told_without_its_output(what: str, reason: str) -> None:
    with pytest.raises(SecretMissing, match=ACCOUNT) as missing:
        password(SecretSource(ACCOUNT, command=what))
    assert reason in missing.value.why
    assert "half a secret" not in str(missing.value)


def test_a_command_is_run_without_a_shell() -> None:
    assert password(SecretSource(ACCOUNT, command="echo $HOME; echo other")) == "$HOME; echo other"
