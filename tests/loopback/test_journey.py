"""The whole journey on loopback: Dovecot, ``mailsignals``, and an SMTP server that receives the digest."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from support.certificates import Certificates
from support.cli import Ran, run
from support.dovecot import PASSWORD, Account
from support.mails import raw_mail
from support.smtp import SmtpServer

pytestmark = pytest.mark.dovecot

NOW = datetime(2026, 3, 13, 17, tzinfo=UTC)
EXCUSE = "I know the invoice is three weeks overdue, but our accountant is on holiday again and the bank has trouble."
INSULT = "You people are incompetent idiots and a bunch of crooks, and I will ruin your reputation."


@dataclass
class Night:
    """A mailbox, a way to send, and the settings that name both."""

    account: Account
    smtp: SmtpServer
    settings: Path

    def run(self, *arguments: object, now: datetime = NOW, stdin: str = "") -> Ran:
        env = {"MAIL_PASSWORD": PASSWORD}
        return run("--settings", self.settings, "--now", now.isoformat(), *arguments, env=env, stdin=stdin)

    def words_sent(self) -> list[str]:
        """The text of every digest that has arrived."""
        mails = [email.message_from_bytes(mail.raw, policy=email.policy.default) for mail in self.smtp.received]
        return [str(mail.get_body(("plain",)).get_content()) for mail in mails]  # type: ignore[union-attr]


@pytest.fixture
def night(account: Account, certificates: Certificates, tmp_path: Path) -> Iterator[Night]:
    bodies = [f"Dear Ana,\n\n{EXCUSE}\n\nIva", "Thank you, we got the file.", f"Ana,\n\n{INSULT}\n", EXCUSE]
    mails = [raw_mail(number, body, sent_at=NOW - timedelta(days=9 - number)) for number, body in enumerate(bodies)]
    account.deliver("INBOX", mails)
    with SmtpServer(certificates.good, users={"ana": "send"}) as smtp:
        settings = tmp_path / "mailsignals.toml"
        settings.write_text(_settings(account, smtp, certificates.ca_file), "utf-8")
        yield Night(account, smtp, settings)


def _settings(account: Account, smtp: SmtpServer, ca_file: Path) -> str:
    return f"""
[us]
addresses = ["ana@kestrel.example"]
[mailbox]
host = "localhost"
port = {account.server.tls_port}
user = "{account.name}"
password_env = "MAIL_PASSWORD"
ca_file = "{ca_file}"
[digest]
to = ["ana@kestrel.example"]
[smtp]
host = "localhost"
port = {smtp.port}
user = "ana"
password_command = "echo send"
ca_file = "{ca_file}"
[clients]
"Hotel Miramar" = ["miramar.example"]
[store]
path = "store.sqlite3"
"""


def test_a_night_ends_with_a_digest_that_quotes_the_sentence(night: Night) -> None:
    before = night.account.flags("INBOX")
    ran = night.run("scan", "--json")
    assert ran.status == 0, ran.err
    assert (ran.json["found"], ran.json["stored"], ran.json["sent"]) == (4, 4, 1)
    (words,) = night.words_sent()
    assert "Hotel Miramar" in words
    assert "incompetent idiots" in " ".join(words.split())
    assert "4 of 4 new messages" in " ".join(words.split())
    assert night.account.flags("INBOX") == before
    (mail,) = night.smtp.received
    assert mail.recipients == ("ana@kestrel.example",)
    assert b"Auto-Submitted: auto-generated" in mail.raw


def test_a_second_scan_reads_nothing_and_sends_nothing(night: Night) -> None:
    night.run("scan")
    again = night.run("scan", "--json", now=NOW + timedelta(hours=1)).json
    assert (again["found"], again["sent"], again["alerts"]) == (0, 0, [])
    assert len(night.smtp.received) == 1


def test_the_second_night_fetches_exactly_the_new_mail(night: Night) -> None:
    night.run("scan")
    night.account.deliver("INBOX", [raw_mail(number, "A new fact.") for number in (11, 12, 13)])
    second = night.run("scan", "--json", now=NOW + timedelta(days=1)).json
    assert (second["found"], second["stored"], second["known"]) == (3, 3, 0)


def test_a_digest_that_cannot_leave_waits_and_leaves_once(night: Night) -> None:
    night.smtp.answers = {"DATA": "452 4.3.1 no room"}
    refused = night.run("scan", "--json")
    assert refused.status == 69
    assert "[69]" in refused.err
    assert refused.json["stored"] == 4
    night.smtp.answers = {}
    assert night.run("scan", "--json", now=NOW + timedelta(hours=1)).json["sent"] == 1
    assert night.run("scan", "--json", now=NOW + timedelta(hours=2)).json["sent"] == 0
    assert len(night.smtp.received) == 1


def test_a_folder_that_vanished_is_told_and_the_others_are_read(night: Night) -> None:
    text = night.settings.read_text("utf-8").replace("[digest]", 'folders = ["Projects"]\n[digest]')
    night.settings.write_text(text, "utf-8")
    ran = night.run("scan", "--json")
    assert ran.status == 69
    assert "Projects" in ran.err
    assert ran.json["stored"] == 4
    assert "Projects" in night.words_sent()[0]


def test_a_renumbered_folder_is_read_anew_and_nothing_is_doubled(night: Night) -> None:
    night.run("scan")
    night.account.renumber("INBOX", 4_000_000_000)
    again = night.run("scan", "--json", now=NOW + timedelta(days=1)).json
    assert (again["stored"], again["known"]) == (0, 4)
    assert "INBOX has new numbers" in again["notes"][0]


def test_a_dry_run_keeps_and_sends_nothing(night: Night) -> None:
    rehearsal = night.run("scan", "--dry-run")
    assert "Hotel Miramar" in rehearsal.out
    assert night.smtp.received == []
    assert night.run("scan", "--json").json["stored"] == 4


def test_a_preview_writes_files_for_their_owner_and_tells_nothing(night: Night, tmp_path: Path) -> None:
    page = tmp_path / "out" / "digest.html"
    shown = night.run("scan", "--preview", page)
    assert shown.status == 0
    assert "incompetent idiots" in page.read_text("utf-8")
    assert page.stat().st_mode & 0o077 == 0
    assert night.smtp.received == []
    assert night.run("scan", "--json").json["sent"] == 1


def test_wrong_password_unknown_host_and_refused_certificate_each_have_their_status(
    night: Night, certificates: Certificates
) -> None:
    good = night.settings.read_text("utf-8")
    faults = {
        77: ("MAIL_PASSWORD", "PATH"),
        68: ('host = "localhost"\nport = ' + str(night.account.server.tls_port), 'host = "nowhere.invalid"'),
        69: (str(certificates.ca_file), str(certificates.unknown_ca.file)),
    }
    for status, (right, wrong) in faults.items():
        night.settings.write_text(good.replace(right, wrong), "utf-8")
        ran = night.run("scan")
        assert ran.status == status, ran.err
        assert "remedy:" in ran.err
        assert PASSWORD not in ran.err


def test_the_doctor_finds_all_well_and_then_what_is_not(night: Night) -> None:
    well = run("--settings", night.settings, "doctor", env={"MAIL_PASSWORD": PASSWORD})
    assert well.status == 0, well.out
    assert "FAILED" not in well.out
    night.settings.write_text(night.settings.read_text("utf-8").replace("echo send", "echo wrong"), "utf-8")
    ill = night.run("doctor", "--json", now=datetime(1980, 1, 1, tzinfo=UTC))
    assert ill.status == 77
    assert [finding["part"] for finding in ill.json if not finding["ok"]] == ["sending", "clock"]
    assert all(finding["remedy"] for finding in ill.json if not finding["ok"])


def test_init_asks_checks_and_writes_settings_that_scan(
    night: Night, certificates: Certificates, tmp_path: Path
) -> None:
    server, file = night.account.server, tmp_path / "mine" / "mailsignals.toml"
    answers = [night.account.name, "localhost", "implicit", server.tls_port, "environment", "MAIL_PASSWORD"]
    answers += ["", "", "ana@kestrel.example", "Europe/Zagreb", "9-17", "09:00-17:00", "mon,tue,wed", ""]
    answers += ["localhost", "starttls", night.smtp.port, "ana", "command", "echo send"]
    env = {"MAIL_PASSWORD": PASSWORD, "XDG_DATA_HOME": str(tmp_path / "data")}
    stdin = "".join(f"{answer}\n" for answer in answers)
    made = run("--settings", file, "init", "--ca-file", certificates.ca_file, stdin=stdin, env=env)
    assert made.status == 0, made.out + made.err
    text = file.read_text("utf-8")
    assert PASSWORD not in text
    assert 'working_hours = "09:00-17:00"' in text
    scanned = run("--settings", file, "--now", NOW.isoformat(), "scan", "--json", env=env)
    assert (scanned.status, scanned.json["found"], scanned.json["sent"]) == (0, 4, 1), scanned.err
