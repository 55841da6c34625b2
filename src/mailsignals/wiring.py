"""Settings become adapters and workflows: the one place where they meet.

Everything heavy is imported when it is first needed, so that ``mailsignals --help`` answers at once.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mailsignals.errors import SettingFault, SettingsInvalid, UsageFault
from mailsignals.settings import FILE_NAME, MailboxSettings, Settings, SmtpSettings, read_settings

if TYPE_CHECKING:
    from mailsignals.adapters.shelf import ModelShelf
    from mailsignals.adapters.sql import SqlStore
    from mailsignals.ports import Clock, Lock, Mailbox, Outbox
    from mailsignals.signals.model import Model
    from mailsignals.signals.tagger import ModelTagger
    from mailsignals.types import ClientState, Message, RawMessage
    from mailsignals.workflows.assess import House, Record
    from mailsignals.workflows.backtest import Finding
    from mailsignals.workflows.checkup import Finding as Probed
    from mailsignals.workflows.digest import Draft, Post
    from mailsignals.workflows.fetch import Fetched, Progress
    from mailsignals.workflows.ledger import Ledger
    from mailsignals.workflows.prospects import Prospect
    from mailsignals.workflows.scan import Night

SETTINGS_VARIABLE = "MAILSIGNALS_SETTINGS"
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def settings_path(given: Path | None = None) -> Path:
    """The settings file: the one that was named, here, or in the user's configuration folder.

    Args:
        given: From the command line; the environment variable ``MAILSIGNALS_SETTINGS`` comes next.
    """
    from platformdirs import user_config_path

    named = given or (Path(os.environ[SETTINGS_VARIABLE]) if os.environ.get(SETTINGS_VARIABLE) else None)
    here = Path(FILE_NAME)
    return named or (here if here.is_file() else user_config_path("mailsignals") / FILE_NAME)


def new_settings_path(given: Path | None = None) -> Path:
    """Where ``init`` writes: the file that was named, or one in this folder."""
    return given or Path(os.environ.get(SETTINGS_VARIABLE) or FILE_NAME)


def model_shelf() -> ModelShelf:
    """Where models come from and go to; needs no settings."""
    from mailsignals.adapters.shelf import ModelShelf
    from mailsignals.signals.shipped import open_encoders

    return ModelShelf(*open_encoders())


def open_tagger(name_or_path: str) -> ModelTagger:
    """A model ready to tag; needs no settings.

    Raises:
        ModelUnreadable: There is no such model, or its files are not what they should be.
    """
    from mailsignals.signals.tagger import ModelTagger

    return ModelTagger(model_shelf().load(name_or_path))


def system_clock() -> Clock:
    """The machine's clock."""
    from mailsignals.adapters.clock import SystemClock

    return SystemClock()


class App:
    """One run of the program over one settings file. Parts are made when they are first asked for.

    Args:
        path: The settings file; relative paths in it count from its folder.
        now: Stand the clock still at this moment; without a zone it is one of ours.

    Raises:
        InputMissing, DataUnreadable, SettingsInvalid: As ``read_settings``.
    """

    def __init__(self, path: Path, *, now: datetime | None = None) -> None:
        self.path = path
        self.settings: Settings = read_settings(path)
        self._now = now

    @cached_property
    def clock(self) -> Clock:
        """The clock that all parts go by."""
        from mailsignals.adapters.clock import FixedClock

        return FixedClock(self.moment(self._now)) if self._now else system_clock()

    def moment(self, said: datetime) -> datetime:
        """A moment that a person has named, who means our own zone unless another is told."""
        return said if said.tzinfo else said.replace(tzinfo=self.settings.us.zone)

    @cached_property
    def store(self) -> SqlStore:
        """The store, made where it is missing."""
        from mailsignals.adapters.sql import SqlStore

        return SqlStore(self._place(self.settings.store.file))

    @cached_property
    def model(self) -> Model:
        """The model that the settings name."""
        return model_shelf().load(self._model_name)

    @cached_property
    def tagger(self) -> ModelTagger:
        """The model, ready to tag; the store keeps what its encoder made of each sentence."""
        from mailsignals.signals.memory import RememberingEncoder
        from mailsignals.signals.tagger import ModelTagger

        return ModelTagger(replace(self.model, encoder=RememberingEncoder(self.model.encoder, self.store)))

    @cached_property
    def lock(self) -> Lock:
        """What keeps two scans of one store apart."""
        from mailsignals.adapters.lock import FileLock

        return FileLock(self._place(self.settings.store.file).with_suffix(".lock"))

    @cached_property
    def house(self) -> House:
        """Who we are, when we work, when a signal is worth a word."""
        from mailsignals.clients.alerts import AlertRules
        from mailsignals.clients.identity import Roster
        from mailsignals.types import WorkingTime
        from mailsignals.workflows.assess import House

        us, alert = self.settings.us, self.settings.alert
        start, end = (time.fromisoformat(part) for part in us.working_hours.split("-"))
        return House(
            Roster(us.addresses, self.settings.clients),
            WorkingTime(
                us.zone,
                start,
                end,
                frozenset(_DAYS.index(day) for day in us.working_days),
                public_holidays(us.holidays, self.clock.now().year),
            ),
            AlertRules(timedelta(days=alert.quiet_days), alert.min_messages, alert.thresholds),
            us.rounds,
        )

    @cached_property
    def post(self) -> Post:
        """Who gets the digest.

        Raises:
            SettingsInvalid: ``[digest]`` is missing.
        """
        from mailsignals.workflows.digest import Post

        digest = self.settings.digest
        if digest is None:
            raise _section_missing("digest", "nobody is named who gets the digest")
        return Post(
            sender=digest.sender or self.settings.us.addresses[0],
            recipients=tuple(digest.to),
            send=digest.send,
            heartbeat=timedelta(days=digest.heartbeat_days),
            weekday=_DAYS.index(digest.weekday) if digest.every == "week" else None,
            hour=digest.hour,
        )

    def open_mailbox(self) -> Mailbox:
        """Connect and log in, or open the mail on disk.

        Raises:
            MailsignalsError: As the adapters say.
        """
        mailbox = self._mailbox_settings()
        if mailbox.path:
            return open_mail_on_disk(self._place(Path(mailbox.path)))
        return open_imap(mailbox, self._password(mailbox, "mailsignals login"), base=self.path.parent)

    def open_outbox(self) -> Outbox:
        """The way out for the digest.

        Raises:
            SettingsInvalid: ``[smtp]`` is missing.
            SecretMissing: There is no password for its user.
        """
        smtp = self._smtp_settings()
        password = self._password(smtp, "mailsignals login --smtp") if smtp.user else ""
        return open_smtp(smtp, password, base=self.path.parent)

    def folders(self, mailbox: Mailbox) -> tuple[str, ...]:
        """The folders to read: inbox, sent folder, and those that the settings name; each once.

        Without an own sent folder in the settings, the one with the special use is taken. Mail on disk is read whole
        where the settings name no folders.
        """
        wanted = self._mailbox_settings()
        if wanted.path and not wanted.folders:
            return tuple(folder.name for folder in mailbox.folders())
        sent = [wanted.sent] if wanted.sent else sent_folders(mailbox)[:1]
        return tuple(dict.fromkeys([wanted.inbox, *sent, *wanted.folders]))

    def scan(self, *, send: bool, progress: Progress) -> Night:
        """The nightly job. Without ``send`` the digest is only composed, and nothing counts as told."""
        from mailsignals.workflows.fetch import Source
        from mailsignals.workflows.scan import WayOut, scan

        with self.lock.hold():
            way_out = WayOut(self.post, self.open_outbox()) if send else None
            mailbox = self.open_mailbox()
            try:
                sent = frozenset([self._mailbox_settings().sent, *sent_folders(mailbox)])
                is_ours = self.house.roster.is_ours
                source = Source(mailbox, self.folders(mailbox), self._history_start(), sent, is_ours)
                return scan(
                    source,
                    self.store,
                    self.tagger,
                    self.house,
                    self.clock,
                    way_out=way_out,
                    hide_text=self._hides_text,
                    most_clients=self.settings.alert.most_clients,
                    is_weekly=self._is_weekly,
                    progress=progress,
                )
            finally:
                mailbox.close()

    def import_mail(self, path: Path, *, progress: Progress) -> Fetched:
        """Store and tag the mail of a file or folder on disk."""
        from mailsignals.workflows.cues import read_cues
        from mailsignals.workflows.fetch import Source, fetch_new
        from mailsignals.workflows.tag import tag_new

        with self.lock.hold():
            mailbox = open_mail_on_disk(path)
            is_ours = self.house.roster.is_ours
            source = Source(mailbox, [folder.name for folder in mailbox.folders()], is_ours=is_ours)
            fetched = fetch_new(source, self.store, progress=progress)
            tag_new(self.store, self.tagger, self.house.roster.is_ours, progress=progress)
            read_cues(self.store, self.house.roster.is_ours, self.house.work.zone, progress=progress)
            return fetched

    def record(self) -> Record:
        """Everything that is stored, with the taggings of the model; what has no cues yet is read now."""
        from mailsignals.workflows.assess import load_record
        from mailsignals.workflows.cues import read_cues

        read_cues(self.store, self.house.roster.is_ours, self.house.work.zone)
        return load_record(self.store, self.tagger.fingerprint)

    def states(self) -> Sequence[ClientState]:
        """Every client today, most urgent first."""
        return self.record().states(self.house, self.clock.now())

    def draft(self) -> Draft:
        """The digest as it would be sent now from what is stored."""
        from mailsignals.types import Coverage
        from mailsignals.workflows.digest import draft_digest

        coverage = Coverage(model=self.tagger.name)
        return draft_digest(
            self.store,
            self.record(),
            self.house,
            coverage,
            self.clock.now(),
            hide_text=self._hides_text,
            most_clients=self.settings.alert.most_clients,
            is_weekly=self._is_weekly,
        )

    def import_ledger(self, path: Path) -> tuple[Ledger, int]:
        """Store the invoices of an accounting program's export: what it says, and how many void ones were removed.

        Raises:
            InputMissing, DataUnreadable: As ``read_export``; nothing was stored.
        """
        from mailsignals.adapters.ledgerfile import LedgerFormat, read_export
        from mailsignals.workflows.ledger import import_ledger

        known = self.settings.ledger
        columns = {str(key): name for key, name in known.columns.items()}
        read = partial(read_export, path, layout=LedgerFormat(columns, known.day_first, known.currency))
        today = self.clock.now().astimezone(self.house.work.zone).date()
        return import_ledger(read, self.store, self.house.roster, self.settings.clients, today)

    def backtest(self, months: int, *, progress: Progress) -> Iterator[Finding]:
        """Alerts and changes of stage that the present settings would have raised in the last months, oldest first."""
        from mailsignals.workflows.backtest import EVERY_NIGHT, backtest

        now = self.clock.now()
        return backtest(
            self.record(),
            self.house,
            now - timedelta(days=round(months * 30.44)),
            now,
            post=self.post if self.settings.digest else EVERY_NIGHT,
            most_clients=self.settings.alert.most_clients,
            progress=progress,
        )

    def answered_by(self, message: Message) -> str:
        """Own words of the mail of ours that a message answers; empty where there is none."""
        from mailsignals.workflows.tag import answered_by

        return answered_by(message, self.store, self.house.roster.is_ours)

    def prospects(self) -> Sequence[Prospect]:
        """Who has written lately and is not yet a client."""
        from mailsignals.workflows.prospects import prospects

        return prospects(self.record(), self.house, self.clock.now())

    def dossier(self, client: str, form: str) -> bytes:
        """The record of a client as a file's content.

        Args:
            form: ``.html``, ``.pdf`` or ``.csv``.

        Raises:
            UsageFault: Another form.
        """
        from mailsignals.clients.identity import correspondences
        from mailsignals.report.dossier import FORMATS, Dossier, render

        if form not in FORMATS:
            raise UsageFault(
                f"A dossier cannot be written as {form or 'a file without an ending'}.",
                why="its form is told by the file's ending.",
                remedy=f"name a file that ends in {', '.join(FORMATS)}.",
            )
        record, now = self.record(), self.clock.now()
        known = [message for message in record.messages if message.sent_at <= now]
        talk = next(talk for talk in correspondences(known, self.house.roster) if talk.client == client)
        mails = [(message, False) for message in talk.received] + [(message, True) for message in talk.sent]
        mails.sort(key=lambda pair: (pair[0].sent_at, pair[0].message_id))
        judge = record.judge(self.house)
        state = next(state for state in judge.states(now) if state.client == client)
        weeks = range((now - mails[0][0].sent_at).days // 7, -1, -1)
        course = judge.courses([now - timedelta(weeks=week) for week in weeks], only=client)[client]
        name, fingerprint = self.tagger.name, self.tagger.fingerprint
        return render(Dossier(state, now, name, fingerprint, mails, record.taggings, self.house.work, course), form)

    def replay(self, path: Path) -> Sequence[str]:
        """What a dossier's verdict and today's judgement of the same moment disagree on; nothing if they are the same.

        Raises:
            DataUnreadable: The file carries no verdict.
        """
        from mailsignals.errors import DataUnreadable
        from mailsignals.report.dossier import differences, verdict_in, verdict_of

        told = verdict_in(path.read_bytes())
        if told is None:
            raise DataUnreadable(
                f"{path} carries no verdict.",
                why="it is no dossier of mailsignals, or it was changed.",
                remedy="write one with `mailsignals dossier CLIENT --out FILE.html`.",
            )
        at = datetime.fromisoformat(str(told["at"]))
        states = {state.client: state for state in self.record().states(self.house, at)}
        if told["client"] not in states:
            return [f"client: {told['client']} is not among the stored mail"]
        now = verdict_of(states[told["client"]], at, self.tagger.fingerprint)
        return differences(told, now)

    def hush(self, state: ClientState, signals: Sequence[str], until: datetime | None) -> None:
        """Note that these signals of a client need not be told; empty stands for all of them."""
        from mailsignals.types import Hush

        scores = {signal.tag: signal.score for signal in state.signals}
        scores |= {measured.signal: measured.score for measured in state.behaviour}
        scores["stage"] = state.verdict.stage.rank / 4
        for signal in signals:
            hush = Hush(state.client, signal, self.clock.now(), until, scores.get(signal, state.score))
            self.store.save_hush(hush)

    def told_signals(self, state: ClientState) -> Sequence[str]:
        """The signals of a client that alerts speak of, told before or due now."""
        from mailsignals.clients.alerts import due_alerts

        told = [alert.tag for alert in self.store.alerts() if alert.client == state.client]
        due = [alert.tag for alert in due_alerts([state], [], self.house.rules, self.clock.now())]
        return sorted({*told, *due})

    def account(self, *, smtp: bool = False) -> str:
        """The keyring's name for the mailbox or for the server that sends."""
        return (self._smtp_settings() if smtp else self._mailbox_settings()).account

    def check_up(self) -> Sequence[Probed]:
        """Try every part, for the doctor."""
        from mailsignals.workflows.checkup import check_up

        return check_up(self._probes())

    @contextmanager
    def rehearsal(self) -> Iterator[None]:
        """Work on a copy of the store that is thrown away: what happens inside has not happened."""
        from mailsignals.adapters.sql import SqlStore

        original = self.store
        with tempfile.TemporaryDirectory(prefix="mailsignals-") as folder:
            copy = Path(folder) / "rehearsal.sqlite3"
            original.copy_to(copy)
            self.store = SqlStore(copy)
            self.__dict__.pop("tagger", None)  # it keeps vectors in the store that it knows
            try:
                yield
            finally:
                self.store.close()
                self.store = original
                self.__dict__.pop("tagger", None)

    def close(self) -> None:
        """Release the store, if it was opened."""
        if "store" in self.__dict__:
            self.store.close()

    @property
    def _hides_text(self) -> bool:
        return bool(self.settings.digest and not self.settings.digest.show_text)

    @property
    def _is_weekly(self) -> bool:
        return bool(self.settings.digest and self.settings.digest.every == "week")

    @property
    def _model_name(self) -> str:
        name = self.settings.model.name
        return str(self._place(Path(name))) if "/" in name else name

    def _place(self, path: Path) -> Path:
        """A path of the settings: ``~`` is the user's home, relative ones count from the settings' folder."""
        return self.path.parent / path.expanduser()

    def _history_start(self) -> datetime:
        return self.clock.now() - timedelta(days=self._mailbox_settings().history_days)

    def _mailbox_settings(self) -> MailboxSettings:
        if self.settings.mailbox is None:
            raise _section_missing("mailbox", "there is no mailbox to read")
        return self.settings.mailbox

    def _smtp_settings(self) -> SmtpSettings:
        if self.settings.smtp is None:
            raise _section_missing("smtp", "there is no server to send the digest")
        return self.settings.smtp

    def _password(self, login: MailboxSettings | SmtpSettings, command: str) -> str:
        return secret_of(login, command)

    def _probes(self) -> list[tuple[str, Callable[[], str]]]:
        from mailsignals.workflows.checkup import check_clock

        def log_in() -> str:
            mailbox = self.open_mailbox()
            try:
                folders = self.folders(mailbox)
                for folder in folders:
                    mailbox.examine(folder)
            finally:
                mailbox.close()
            way = "on disk" if self._mailbox_settings().path else "over TLS, certificate verified"
            return f"{mailbox.name}, {way}: {', '.join(folders)}"

        def way_out() -> str:
            from mailsignals.adapters.smtp import SmtpOutbox

            outbox = self.open_outbox()
            assert isinstance(outbox, SmtpOutbox)
            outbox.check()
            return f"{self._smtp_settings().host}, to {', '.join(self.post.recipients)}"

        def stored() -> str:
            return ", ".join(f"{count} {kind}" for kind, count in self.store.counts().items())

        def clock() -> str:
            newest = self.store.newest_message_at()
            return check_clock(self.clock.now(), datetime.fromisoformat(self.model.manifest["created_at"]), newest)

        return [
            ("settings", lambda: str(self.path)),
            ("log-in", log_in),
            ("sending", way_out),
            ("model", lambda: f"{self.model.name} {self.model.version}, {len(self.model.tags)} signals"),
            ("store", stored),
            ("clock", clock),
        ]


def public_holidays(code: str, year: int) -> frozenset[date]:
    """The public holidays of a country or region (``HR``, ``US-CA``) from ten years ago to the next one.

    Args:
        code: ISO 3166; empty for none.
    """
    if not code:
        return frozenset()
    from holidays import country_holidays

    country, _, region = code.partition("-")
    return frozenset(country_holidays(country, subdiv=region or None, years=range(year - 10, year + 2)))


def open_imap(settings: MailboxSettings, password: str, *, base: Path = Path()) -> Mailbox:
    """Connect to an IMAP server over verified TLS and log in."""
    from mailsignals.adapters.imap import ImapMailbox

    return ImapMailbox(
        settings.host,
        settings.port,
        settings.user,
        password,
        name=settings.account,
        tls=settings.tls,
        ca_file=base / settings.ca_file if settings.ca_file else None,
        timeout=settings.timeout_seconds,
    )


def open_smtp(settings: SmtpSettings, password: str, *, base: Path = Path()) -> Outbox:
    """The way out over verified TLS; nothing is connected yet."""
    from mailsignals.adapters.smtp import SmtpOutbox

    return SmtpOutbox(
        settings.host,
        settings.port,
        tls=settings.tls,
        user=settings.user,
        password=password,
        ca_file=base / settings.ca_file if settings.ca_file else None,
        timeout=settings.timeout_seconds,
    )


def open_mail_on_disk(path: Path) -> Mailbox:
    """An mbox file, a Maildir or a folder of ``.eml`` files."""
    from mailsignals.adapters.mailfolder import MailFolder

    return MailFolder(path)


def sent_folders(mailbox: Mailbox) -> list[str]:
    """Names of the folders whose special use is sent mail (RFC 6154)."""
    return [folder.name for folder in mailbox.folders() if folder.special_use == "\\Sent"]


def secret_of(login: MailboxSettings | SmtpSettings, command: str = "mailsignals login") -> str:
    """The password of a log-in.

    Args:
        command: What to type to store it, for the error's remedy.

    Raises:
        SecretMissing: There is none.
    """
    from mailsignals.adapters.secrets import SecretSource, password

    source = SecretSource(login.account, login.password_env, login.password_command, command)
    return password(source)


def mails_of_mbox(content: bytes) -> Iterator[RawMessage]:
    """The mails of an mbox that is in memory, such as one from standard input."""
    with tempfile.NamedTemporaryFile(prefix="mailsignals-", suffix=".mbox") as file:
        file.write(content)
        file.flush()
        mailbox = open_mail_on_disk(Path(file.name))
        for folder in mailbox.folders():
            for batch in mailbox.fetch(folder.name, after=0):
                yield from batch


def train_model(label_paths: Sequence[Path], out: Path, *, fast: bool = False) -> Mapping[str, Any]:
    """Fit a model on labelled files and write its folder; the metrics.

    Args:
        fast: Fit it on the encoder's early exit.
    """
    from mailsignals.workflows.train import train_model as train

    shelf = model_shelf()
    whole, early = shelf.encoders
    encoder = early if fast else whole
    return train(label_paths, out, out.resolve().name, encoder=encoder, shelf=shelf, now=system_clock().now())


def _section_missing(section: str, why: str) -> SettingsInvalid:
    return SettingsInvalid(
        [
            SettingFault(
                f"[{section}] is missing in the settings.",
                why=f"{why}.",
                remedy="run `mailsignals init`; `mailsignals scan --preview FILE.html` works without a way to send.",
            )
        ]
    )
