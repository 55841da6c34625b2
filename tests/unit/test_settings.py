from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from mailsignals.errors import DataUnreadable, InputMissing, MailsignalsError, SettingsInvalid, UsageFault
from mailsignals.settings import parse_settings, read_settings, write_settings
from mailsignals.wiring import App

GOLDEN = Path(__file__).parents[1] / "golden" / "errors"

GOOD = """
[us]
addresses = ["Ana@Kestrel.example", "bo@kestrel.example"]
time_zone = "Europe/Zagreb"
working_hours = "08:30-16:00"
working_days = ["mon", "thu"]

[mailbox]
host = "imap.example"
user = "ana"
timeout_seconds = 30
folders = ["Klijenti/Miramar"]

[digest]
to = ["ana@kestrel.example"]

[smtp]
host = "smtp.example"
user = "ana"

[clients]
"Hotel Miramar" = ["miramar.example", "owner@gmail.example"]

[alert]
thresholds = { distrust = 0.8, aggression = 1 }

[store]
path = "mail.sqlite3"
"""


def faults(table: dict[str, Any]) -> list[MailsignalsError]:
    table.setdefault("us", {"addresses": ["ana@kestrel.example"]})
    with pytest.raises(SettingsInvalid) as invalid:
        parse_settings(table)
    return list(invalid.value.faults)


def only_fault(table: dict[str, Any]) -> MailsignalsError:
    (fault,) = faults(table)
    return fault


def write(path: Path, content: str) -> Path:
    path.write_text(content, "utf-8")
    return path


# --- A good file ---


def test_a_good_file_is_read_with_sensible_defaults(tmp_path: Path) -> None:
    settings = read_settings(write(tmp_path / "mailsignals.toml", GOOD))
    assert settings.us.addresses == ["ana@kestrel.example", "bo@kestrel.example"]
    assert settings.us.zone.key == "Europe/Zagreb"
    assert settings.mailbox is not None
    assert (settings.mailbox.account, settings.mailbox.port, settings.mailbox.tls) == (
        "ana@imap.example",
        993,
        "implicit",
    )
    assert settings.smtp is not None
    assert (settings.smtp.account, settings.smtp.port, settings.smtp.tls) == ("ana@smtp.example", 587, "starttls")
    assert settings.digest is not None
    assert (settings.digest.send, settings.digest.heartbeat_days) == ("on_change", 7)
    assert settings.alert.thresholds == {"distrust": 0.8, "aggression": 1.0}
    assert settings.store.file == Path("mail.sqlite3")
    assert settings.clients == {"Hotel Miramar": ["miramar.example", "owner@gmail.example"]}


def test_only_our_own_addresses_are_needed() -> None:
    settings = parse_settings({"us": {"addresses": ["ana@kestrel.example"]}})
    assert (settings.mailbox, settings.smtp, settings.digest) == (None, None, None)
    assert settings.store.file.name == "mailsignals.sqlite3"
    assert settings.us.zone.key == "UTC"


def test_mail_on_disk_takes_the_place_of_a_server() -> None:
    settings = parse_settings({"us": {"addresses": ["ana@kestrel.example"]}, "mailbox": {"path": "~/Maildir"}})
    assert settings.mailbox is not None
    assert settings.mailbox.path == "~/Maildir"


def test_the_store_may_lie_in_the_user_s_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    settings = parse_settings({"us": {"addresses": ["a@b.example"]}, "store": {"path": "~/mail.sqlite3"}})
    assert settings.store.file == tmp_path / "mail.sqlite3"


def test_settings_cannot_be_changed() -> None:
    settings = parse_settings({"us": {"addresses": ["ana@kestrel.example"]}})
    with pytest.raises(ValueError, match="frozen"):
        settings.us.time_zone = "UTC"


# --- Faults ---


def test_a_password_in_the_file_is_sent_to_the_keyring_and_not_to_another_line_of_the_file() -> None:
    with pytest.raises(SettingsInvalid) as invalid:
        parse_settings({"us": {"addresses": ["a@b.c"]}, "mailbox": {"host": "h", "user": "u", "password": "hunter2"}})
    assert "mailsignals login" in str(invalid.value)
    assert "hunter2" not in str(invalid.value)


def test_every_fault_is_told_at_once_in_the_order_of_the_file() -> None:
    with pytest.raises(SettingsInvalid) as invalid:
        read_settings(GOLDEN / "faulty.toml")
    assert str(invalid.value) + "\n" == (GOLDEN / "faulty.txt").read_text("utf-8")


@pytest.mark.parametrize(
    ("table", "wrong", "right"),
    [
        ({"mailbox": {"host": "h", "user": "u", "prot": 993}}, "mailbox.prot", "port"),
        ({"digset": {}}, "digset", "digest"),
        ({"store": {"pathe": "x"}}, "store.pathe", "path"),
        ({"alert": {"threshold": {}}}, "alert.threshold", "thresholds"),
        ({"alert": {"thresholds": {"payment_excuses": 0.5}}}, "alert.thresholds.payment_excuses", "payment_excuse"),
        ({"us": {"addresses": ["a@b.example"], "time_zone": "Copenhagen"}}, "us.time_zone", "Europe/Copenhagen"),
        ({"us": {"addresses": ["a@b.example"], "time_zone": "europe/zagreb"}}, "us.time_zone", "Europe/Zagreb"),
    ],
)
def test_a_wrong_name_comes_with_the_nearest_right_one(table: dict[str, Any], wrong: str, right: str) -> None:
    fault = only_fault(table)
    assert fault.what.startswith(f"{wrong} ")
    assert fault.remedy.startswith(f"write {right} instead of ")


def test_a_name_that_is_near_to_nothing_is_to_be_removed_and_the_known_ones_are_listed() -> None:
    assert only_fault({"store": {"zzz": 1}}).remedy == "remove it; here are known: path."


def test_a_password_in_the_settings_is_not_repeated() -> None:
    assert "hunter2" not in str(only_fault({"mailbox": {"host": "h", "user": "u", "password": "hunter2"}}))


def test_a_percentage_is_understood() -> None:
    fault = only_fault({"alert": {"thresholds": {"distrust": 80}}})
    assert fault.what == "alert.thresholds.distrust is 80 in mailsignals.toml."
    assert fault.remedy == "write alert.thresholds.distrust = 0.8 if you meant 80 percent."


@pytest.mark.parametrize("threshold", [-0.1, 101])
def test_other_thresholds_out_of_range_are_no_percentages(threshold: float) -> None:
    assert "percent" not in only_fault({"alert": {"thresholds": {"distrust": threshold}}}).remedy


def test_a_missing_section_is_told() -> None:
    with pytest.raises(SettingsInvalid, match=r"us is missing in mailsignals\.toml") as invalid:
        parse_settings({})
    assert "mailsignals init" in invalid.value.remedy


def test_a_missing_key_is_told_with_its_section() -> None:
    assert only_fault({"digest": {}}).what == "digest.to is missing in mailsignals.toml."


@pytest.mark.parametrize("mailbox", [{}, {"host": "h"}, {"user": "u"}, {"host": "h", "user": "u", "path": "p"}])
def test_a_mailbox_is_either_a_server_or_a_path(mailbox: dict[str, str]) -> None:
    fault = only_fault({"mailbox": mailbox})
    assert "[mailbox]" in fault.what
    assert "either host and user" in fault.why


@pytest.mark.parametrize(
    ("port", "remedy"),
    [
        ("143", "write mailbox.port = 143, without quotes."),
        (993.5, "write it like 993."),
        ("imaps", "write it like 993."),
        (True, "write it like 993."),
    ],
)
def test_a_wrong_type_comes_with_what_to_write(port: object, remedy: str) -> None:
    assert only_fault({"mailbox": {"host": "h", "user": "u", "port": port}}).remedy == remedy


@pytest.mark.parametrize("address", ["", "ana", "@b.example", "ana@", "a@b@c.example", "Ana <ana@b.example>"])
def test_what_is_no_address_is_told(address: str) -> None:
    fault = only_fault({"us": {"addresses": ["ok@b.example", address]}})
    assert fault.what == f"us.addresses.1 is {address!r} in mailsignals.toml."
    assert fault.why == "it is no mail address."


def test_a_wrong_sender_is_one_fault_and_none_is_none() -> None:
    assert only_fault({"digest": {"to": ["a@b.example"], "sender": "nobody"}}).why == "it is no mail address."
    settings = parse_settings({"us": {"addresses": ["a@b.example"]}, "digest": {"to": ["a@b.example"], "sender": ""}})
    assert settings.digest is not None
    assert settings.digest.sender == ""


@pytest.mark.parametrize("hours", ["", "9-5", "17:00-09:00", "09:00-09:00", "09:00", "25:00-26:00"])
def test_working_hours_have_a_form(hours: str) -> None:
    assert '"09:00-17:30"' in only_fault({"us": {"addresses": ["a@b.example"], "working_hours": hours}}).why


# --- The file itself ---


def test_a_file_that_is_not_there_is_told_with_the_way_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(InputMissing, match=r"no settings at .*mailsignals\.toml") as missing:
        read_settings(tmp_path / "mailsignals.toml")
    assert "mailsignals init" in missing.value.remedy


def test_a_slip_in_the_toml_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(DataUnreadable, match="cannot be read as TOML") as unreadable:
        read_settings(write(tmp_path / "mailsignals.toml", "[us]\ntime_zone = Europe/Zagreb\n"))
    assert "line 2" in unreadable.value.why


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    (tmp_path / "mailsignals.toml").write_bytes('x = "blåbær"'.encode("latin-1"))
    with pytest.raises(DataUnreadable, match="cannot be read as TOML"):
        read_settings(tmp_path / "mailsignals.toml")


def test_faults_name_the_file_that_was_read(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match=r"us is missing in other\.toml"):
        read_settings(write(tmp_path / "other.toml", ""))


# --- Writing one ---


def test_what_init_writes_can_be_read_and_is_the_owner_s_only(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "mailsignals.toml"
    table = {
        "us": {"addresses": ["ana@kestrel.example"], "time_zone": "Europe/Zagreb"},
        "mailbox": {"host": "imap.example", "user": 'o"b\\c'},
        "digest": {"to": ["ana@kestrel.example"]},
        "smtp": {"host": "smtp.example", "port": 465, "tls": "implicit"},
    }
    write_settings(path, table)
    assert read_settings(path) == parse_settings(table)
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_examples_in_comments_are_valid_settings(tmp_path: Path) -> None:
    path = tmp_path / "mailsignals.toml"
    write_settings(path, {"us": {"addresses": ["ana@kestrel.example"]}})
    comments = path.read_text("utf-8").partition("Which domains")[2].splitlines()[1:]
    examples = "\n".join(line.removeprefix("# ") for line in comments if "=" in line or "[" in line)
    settings = parse_settings(tomllib.loads(path.read_text("utf-8")) | tomllib.loads(examples))
    assert settings.clients["Hotel Miramar"]
    assert (settings.alert.min_messages, settings.alert.quiet_days) == (2, 14)
    assert settings.store.path


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageFault, match="cannot be written"):
        write_settings(tmp_path / "file" / "mailsignals.toml", {})


@pytest.mark.parametrize(
    ("clients", "words"),
    [
        ({"Miramar": ["gmail.com"]}, "everybody's"),
        ({"Miramar": ["miramar"]}, "neither a domain nor an address"),
        ({"Miramar": ["miramar.example"], "Galeb": ["@Miramar.example"]}, "given to both"),
    ],
)
def test_an_address_belongs_to_one_client(clients: dict[str, list[str]], words: str) -> None:
    with pytest.raises(SettingsInvalid, match=words):
        parse_settings({"us": {"addresses": ["ana@kestrel.example"]}, "clients": clients})


def test_the_public_holidays_of_a_country_are_no_working_days(tmp_path: Path) -> None:
    file = tmp_path / "mailsignals.toml"
    file.write_text('[us]\naddresses = ["ana@kestrel.example"]\nholidays = "HR"\n')
    epiphany = date(2026, 1, 6)
    assert epiphany in App(file, now=datetime(2026, 3, 13, tzinfo=UTC)).house.work.holidays
    file.write_text(file.read_text().replace("HR", "DK"))
    assert epiphany not in App(file, now=datetime(2026, 3, 13, tzinfo=UTC)).house.work.holidays
