"""``mailsignals.toml`` as frozen values; every fault of the file is listed at once."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import time
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, get_args
from zoneinfo import ZoneInfo, available_timezones

import tomlkit
from platformdirs import user_data_path
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError

from mailsignals.clients.identity import FREE_MAIL
from mailsignals.errors import (
    DataUnreadable,
    InputMissing,
    MailsignalsError,
    SettingFault,
    SettingsInvalid,
    UsageFault,
)
from mailsignals.signals.catalogue import tags

FILE_NAME = "mailsignals.toml"

_EXAMPLES = {
    "bool": "true",
    "int": "993",
    "list": '["ana@example.org"]',
}


def _time_zone(name: str) -> str:
    if name not in available_timezones():
        raise _unknown("it is no time zone of the IANA database", name, available_timezones())
    return name


def _holidays(code: str) -> str:
    from holidays import list_supported_countries  # noqa: PLC0415  # only where it is set

    country, _, region = code.partition("-")
    known = list_supported_countries()
    if code and country not in known:
        raise _unknown("it is no country whose public holidays are known", code, known)
    if region and region not in known[country]:
        raise _unknown(f"{country} has no such region", code, [f"{country}-{name}" for name in known[country]])
    return code


def _address(value: str) -> str:
    if value.count("@") != 1 or value.startswith("@") or value.endswith("@") or " " in value:
        raise ValueError("it is no mail address")
    return value.lower()


def _address_or_nothing(value: str) -> str:
    return _address(value) if value else value


def _hours(value: str) -> str:
    start, dash, end = value.partition("-")
    try:
        if dash and time.fromisoformat(start) < time.fromisoformat(end):
            return value
    except (ValueError, TypeError):  # no time of day; one with a zone and one without
        pass
    raise ValueError('it must look like "09:00-17:30"')


def _tag(name: str) -> str:
    if name not in tags():
        raise _unknown("it is no signal of the catalogue", name, tags())
    return name


def _unknown(problem: str, name: str, names: Iterable[str]) -> PydanticCustomError:
    """A wrong name, with the nearest right one for the remedy."""
    near = difflib.get_close_matches(name, names, n=1)
    return PydanticCustomError("unknown_name", problem, {"near": near[0] if near else ""})


MailAddress = Annotated[str, AfterValidator(_address)]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
LedgerField = Literal[
    "number", "client", "issued", "due", "amount", "currency", "paid_at", "paid_amount", "balance", "status", "email"
]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Login(_Section):
    """Where a password comes from; with neither line, from the keyring."""

    password_env: str = ""
    password_command: str = ""
    ca_file: str = ""
    timeout_seconds: float = Field(60, gt=0, le=3600)


class MailboxSettings(_Login):
    """``[mailbox]``: the IMAP server that is read, or a ``path`` where another program keeps a copy of the mail."""

    host: str = ""
    port: int = Field(993, ge=1, le=65535)
    tls: Literal["implicit", "starttls"] = "implicit"
    user: str = ""
    path: str = ""
    inbox: str = "INBOX"
    sent: str = ""
    folders: list[str] = []
    history_days: int = Field(365, ge=1, le=36500)

    @model_validator(mode="after")
    def _has_a_place(self) -> MailboxSettings:
        if bool(self.path) == bool(self.host and self.user):
            raise ValueError(
                "it must have either host and user (an IMAP server) or path (a Maildir, mbox or folder of .eml)"
            )
        return self

    @property
    def account(self) -> str:
        """Identity of the mailbox: the key of its marks and of its password."""
        return f"{self.user}@{self.host}"


class UsSettings(_Section):
    """``[us]``: who we are, when we work, and how many rounds of changes we agree."""

    addresses: list[MailAddress] = Field(min_length=1)
    time_zone: Annotated[str, AfterValidator(_time_zone)] = "UTC"
    working_hours: Annotated[str, AfterValidator(_hours)] = "09:00-17:00"
    working_days: list[Day] = ["mon", "tue", "wed", "thu", "fri"]
    holidays: Annotated[str, AfterValidator(_holidays)] = ""
    rounds: int | None = Field(None, ge=0, le=100)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone."""
        return ZoneInfo(self.time_zone)


class DigestSettings(_Section):
    """``[digest]``: who gets it, how often at least, how much of it."""

    to: list[MailAddress] = Field(min_length=1)
    sender: Annotated[str, AfterValidator(_address_or_nothing)] = ""
    send: Literal["on_change", "always"] = "on_change"
    heartbeat_days: int = Field(7, ge=1, le=365)
    every: Literal["day", "week"] = "day"
    weekday: Day = "mon"
    hour: int = Field(0, ge=0, le=23)
    show_text: bool = True


class SmtpSettings(_Login):
    """``[smtp]``: the server that sends the digest."""

    host: str = Field(min_length=1)
    port: int = Field(587, ge=1, le=65535)
    tls: Literal["starttls", "implicit"] = "starttls"
    user: str = ""

    @property
    def account(self) -> str:
        """Identity for the password."""
        return f"{self.user}@{self.host}"


class AlertSettings(_Section):
    """``[alert]``: when a client's signal is worth a word."""

    quiet_days: int = Field(14, ge=0, le=365)
    most_clients: int = Field(8, ge=1, le=100)
    min_messages: int = Field(2, ge=1, le=100)
    thresholds: dict[Annotated[str, AfterValidator(_tag)], Annotated[float, Field(ge=0, le=1)]] = {}


class LedgerSettings(_Section):
    """``[ledger]``: how the invoices of an accounting program are to be read where the file does not say so itself."""

    columns: dict[LedgerField, str] = {}
    day_first: bool | None = None
    currency: str = "EUR"


class ModelSettings(_Section):
    """``[model]``: which model tags."""

    name: str = "default"


class StoreSettings(_Section):
    """``[store]``: where mail, taggings and alerts are kept."""

    path: str = ""

    @property
    def file(self) -> Path:
        """The database file."""
        return Path(self.path).expanduser() if self.path else user_data_path("mailsignals") / "mailsignals.sqlite3"


class Settings(_Section):
    """All of ``mailsignals.toml``.

    ``clients`` maps a client's name to the domains and addresses that write for it.
    """

    us: UsSettings
    digest: DigestSettings | None = None
    mailbox: MailboxSettings | None = None
    smtp: SmtpSettings | None = None
    clients: dict[str, list[str]] = {}
    alert: AlertSettings = AlertSettings()
    ledger: LedgerSettings = LedgerSettings()
    model: ModelSettings = ModelSettings()
    store: StoreSettings = StoreSettings()

    @field_validator("clients")
    @classmethod
    def _each_writer_has_one_client(cls, clients: dict[str, list[str]]) -> dict[str, list[str]]:
        owners: dict[str, str] = {}
        for client, keys in clients.items():
            for key in (written.lower().lstrip("@") for written in keys):
                if key in FREE_MAIL:
                    raise ValueError(f"{key} is everybody's; name the addresses at it that write for {client}")
                if "." not in key.rpartition("@")[2]:
                    raise ValueError(f"{key!r} of {client} is neither a domain nor an address")
                if owners.setdefault(key, client) != client:
                    raise ValueError(f"{key} is given to both {owners[key]} and {client}")
        return clients


def read_settings(path: Path) -> Settings:
    """Read and check a settings file.

    Raises:
        InputMissing: There is no such file.
        DataUnreadable: It is no TOML.
        SettingsInvalid: Unknown keys or wrong values; all of them are listed, with the nearest right name.
    """
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise InputMissing(
            f"There are no settings at {path}.",
            why="mailsignals needs to know which mailbox to read and who we are.",
            remedy="run `mailsignals init`, or name the file with `mailsignals --settings FILE`.",
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise DataUnreadable(
            f"{path} cannot be read as TOML.",
            why=f"{error}.",
            remedy="mend that line; strings need quotes, lists need brackets.",
        ) from error
    return parse_settings(table, path.name)


def parse_settings(table: Mapping[str, Any], name: str = FILE_NAME) -> Settings:
    """Check a table that was read from ``name``.

    Raises:
        SettingsInvalid: As for ``read_settings``.

    >>> parse_settings({"us": {"addresses": ["Ana@kestrel.example"]}}).us.addresses
    ['ana@kestrel.example']
    """
    try:
        return Settings.model_validate(table)
    except ValidationError as error:
        details = sorted(error.errors(), key=lambda detail: _position(table, detail["loc"]))
        raise SettingsInvalid([_fault(detail, name) for detail in details]) from error


def write_settings(path: Path, table: Mapping[str, Mapping[str, Any]]) -> None:
    """Write a commented settings file, readable by its owner only.

    Raises:
        UsageFault: The file cannot be written.
    """
    _write(path, _commented(table))


def change_setting(path: Path, section: str, key: str, value: str) -> None:
    """Write one setting into a file that was read; its comments and other lines stay as they are.

    Raises:
        SettingsInvalid: It is no value for that setting; the file stays as it was.
        UsageFault: The file cannot be written.
    """
    document = tomlkit.parse(path.read_text("utf-8"))
    document.setdefault(section, tomlkit.table())[key] = value
    parse_settings(document.unwrap(), path.name)
    _write(path, tomlkit.dumps(document))


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(text, "utf-8")
    except OSError as error:
        raise UsageFault(
            f"{path} cannot be written.",
            why=f"the system says: {error.strerror}.",
            remedy="name another place with `mailsignals --settings FILE init`.",
        ) from error


def _commented(table: Mapping[str, Mapping[str, Any]]) -> str:
    document = tomlkit.document()
    document.add(
        tomlkit.comment("Settings of mailsignals. `mailsignals doctor` checks them; passwords are never kept here.")
    )
    for name, section in table.items():
        document.add(tomlkit.nl())
        document.add(tomlkit.comment(_SECTIONS[name]))
        written = tomlkit.table()
        for key, value in section.items():
            written.add(key, value)
        document.add(name, written)
    document.add(tomlkit.nl())
    for line in _FURTHER.strip().splitlines():
        document.add(tomlkit.comment(line) if line else tomlkit.nl())
    return tomlkit.dumps(document)


_SECTIONS = {
    "us": "Our own addresses (mail from them is ours) and when we work; rounds = 2 where so many rounds are agreed.",
    "mailbox": "The mailbox that is read; nothing in it is ever changed.",
    "digest": 'Who gets it. send = "always" sends it every day, every = "week" weekly; show_text = false hides words.',
    "smtp": "The server that sends the digest.",
}

_FURTHER = """
Which domains and addresses belong to which client. Without an entry a client is its mail domain.
[clients]
"Hotel Miramar" = ["miramar.example", "owner.of.miramar@gmail.com"]

When a signal is worth an alert: on so many messages, not again for so many days, from another score than usual.
[alert]
min_messages = 2
quiet_days = 14
thresholds = { discount_haggling = 0.8 }

How `mailsignals ledger import` reads a file whose headings it does not know.
[ledger]
day_first = true
columns = { number = "Invoice No", paid_at = "Settled" }

Another model than the shipped one, and another place for the store.
[model]
name = "models/mine"
[store]
path = "mail.sqlite3"
"""


def _position(table: Any, location: tuple[int | str, ...]) -> list[int]:
    """Where a setting stands in the file; what is missing stands behind its section."""
    position = []
    for part in location:
        names = list(table) if isinstance(table, Mapping) else []
        index = names.index(part) if part in names else len(names)
        position.append(part if isinstance(part, int) else index)
        table = table[part] if part in names else None
    return position


def _fault(detail: Any, name: str) -> MailsignalsError:
    """One fault of pydantic's in our words."""
    location = [str(part) for part in detail["loc"] if part != "[key]"]
    key = ".".join(location)
    if detail["type"] == "extra_forbidden":
        return SettingFault(
            f"{key} in {name} is no known setting.",
            why="a misspelt name would silently do nothing.",
            remedy=_nearest_key(location),
        )
    if detail["type"] == "missing":
        return SettingFault(
            f"{key} is missing in {name}.",
            why="there is no sensible default for it.",
            remedy=f"add it to {name}, or run `mailsignals init`.",
        )
    problem = str(detail["msg"]).removeprefix("Value error, ").replace("Input should", "it should").rstrip(".")
    is_section = isinstance(detail["input"], Mapping)
    return SettingFault(
        f"[{key}] in {name} is not complete." if is_section else f"{key} is {detail['input']!r} in {name}.",
        why=f"{problem[:1].lower()}{problem[1:]}.",
        remedy=_repair(key, detail),
    )


def _nearest_key(location: list[str]) -> str:
    """The nearest right name for an unknown key."""
    if location[-1] == "password":
        return "remove it; run `mailsignals login`, or set password_command to a command that prints it."
    names = list(_field_names(location[:-1]))
    near = difflib.get_close_matches(location[-1], names, n=1, cutoff=0.5)
    if near:
        return f"write {near[0]} instead of {location[-1]}."
    return f"remove it; here are known: {', '.join(names)}."


def _field_names(section: list[str]) -> Iterator[str]:
    """The names that a section may hold."""
    model: Any = Settings
    for part in section:
        annotation = model.model_fields[part].annotation
        options = get_args(annotation) if isinstance(annotation, UnionType) else (annotation,)
        model = next(option for option in options if option is not type(None))
    yield from model.model_fields


def _repair(key: str, detail: Any) -> str:
    """Something to type: the percent mistake is named, a wrong type gets an example."""
    value, near = detail["input"], detail.get("ctx", {}).get("near")
    if near:
        return f"write {near} instead of {value}."
    if key.startswith("alert.thresholds") and isinstance(value, int | float) and 1 < value <= 100:
        return f"write {key} = {value / 100} if you meant {value:g} percent."
    kind = detail["type"].split("_")[0]
    if kind == "int" and str(value).isdigit():
        return f"write {key} = {value}, without quotes."
    if kind in _EXAMPLES:
        return f"write it like {_EXAMPLES[kind]}."
    return f"change {key}, then run `mailsignals doctor`."
