"""A real Dovecot 2.3 on loopback: without root, in a folder of its own, ready in a moment.

Dovecot refuses to read mail as root, so root hands it to ``nobody``. Any user name logs in with ``PASSWORD`` and
finds an empty mailbox of its own, so that every test can have a fresh account.
"""

from __future__ import annotations

import grp
import imaplib
import os
import pwd
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterable, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any, Self

from mailsignals.adapters.imap_grammar import encode_folder, quoted
from support.certificates import HOST, Certificate

PASSWORD = "open-sesame"
SENT = "Отправленные"
"""The sent folder has a local name here, as at many providers; ``\\Sent`` tells what it is."""

ODD_USER, ODD_PASSWORD = "odd", 'blåbær "quoted" \\ back'
"""A password that breaks careless quoting."""

CONNECTIONS = 4
"""How many sessions one user may have at once."""

_CONFIGURATION = r"""
protocols = imap
listen = 127.0.0.1
base_dir = {root}/run
state_dir = {root}/run
log_path = {root}/dovecot.log
auth_debug = yes
stats_writer_socket_path =

default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
first_valid_gid = 1
mail_uid = {user}
mail_gid = {group}
mail_location = sdbox:{root}/home/%u
mail_fsync = never
mail_max_userip_connections = {connections}

ssl = required
ssl_cert = <{certificate}
ssl_key = <{key}
auth_mechanisms = plain login
auth_failure_delay = 0 secs
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {root}/passwords
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={root}/home/%u
}}

namespace inbox {{
  inbox = yes
  separator = /
  mailbox "{sent}" {{
    special_use = \Sent
    auto = create
  }}
}}
service imap-login {{
  chroot =
  user = {user}
  service_count = 0
  inet_listener imap {{
    port = {starttls_port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service auth {{
  user = {user}
  unix_listener auth-userdb {{
    mode = 0600
    user = {user}
  }}
}}
service auth-worker {{
  user = {user}
}}
"""


def missing() -> str:
    """Why there can be no Dovecot here, or the empty string."""
    if not shutil.which("dovecot"):
        return "dovecot-imapd is not installed"
    version = subprocess.run(["dovecot", "--version"], capture_output=True, text=True, check=True).stdout.split()[0]
    return "" if version.startswith("2.3.") else f"Dovecot {version} wants another configuration than 2.3"


class Dovecot:
    """One server; a context manager.

    Args:
        passwords: Users whose password is not ``PASSWORD``.
    """

    def __init__(self, certificate: Certificate, ca_file: Path, passwords: Mapping[str, str] | None = None) -> None:
        self.ca_file = ca_file
        self._root = Path(tempfile.mkdtemp(prefix="dovecot-"))  # pytest's own folder is closed to nobody
        self._owner = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
        self._certificate = certificate
        self._names = (f"user{number}" for number in count())
        lines = (f"{user}:{{PLAIN}}{password}::::::\n" for user, password in (passwords or {}).items())
        (self._root / "passwords").write_text("".join(lines), "utf-8")

    def __enter__(self) -> Self:
        try:
            for attempt in range(3):
                self.tls_port, self.starttls_port = _free_ports(2)
                if self._start(is_last=attempt == 2):
                    return self
        except BaseException:
            self._stop()
            raise
        raise AssertionError("unreachable")

    def __exit__(self, *_fault: object) -> None:
        self._stop()

    def account(self, name: str = "", password: str = PASSWORD) -> Account:
        """A user, with an empty mailbox unless the name was used before."""
        return Account(self, name or next(self._names), password)

    def attempts(self) -> int:
        """How many times a client has sent a password so far."""
        return len(re.findall(rb"client in: AUTH\t", (self._root / "dovecot.log").read_bytes()))

    def doveadm(self, *words: str) -> None:
        done = self._run(["doveadm", "-c", str(self._root / "dovecot.conf"), *words])
        assert done.returncode == 0, done.stderr

    def _start(self, *, is_last: bool) -> bool:
        """Whether it answers; on a machine with other tests somebody may have taken the port meanwhile."""
        self._write_configuration()
        log = self._root / "dovecot.log"
        self._process = self._run(["dovecot", "-F", "-c", str(self._root / "dovecot.conf")], background=True)
        give_up_at = time.monotonic() + 20
        while self._process.poll() is None and time.monotonic() < give_up_at:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.tls_port)) == 0:
                    return True
            time.sleep(0.01)
        assert not is_last, log.read_text("utf-8") if log.exists() else "dovecot said nothing"
        self._end_process()
        return False

    def _write_configuration(self) -> None:
        for folder in ("run", "home"):
            (self._root / folder).mkdir(exist_ok=True)
        certificate = shutil.copy(self._certificate.file, self._root)
        key = shutil.copy(self._certificate.key, self._root)
        words = _CONFIGURATION.format(
            root=self._root,
            user=self._owner.pw_name,
            group=grp.getgrgid(self._owner.pw_gid).gr_name,
            connections=CONNECTIONS,
            certificate=certificate,
            key=key,
            password=PASSWORD,
            sent=SENT,
            starttls_port=self.starttls_port,
            tls_port=self.tls_port,
        )
        (self._root / "dovecot.conf").write_text(words, "utf-8")
        if os.getuid() == 0:
            for path in (self._root, *self._root.rglob("*")):
                os.chown(path, self._owner.pw_uid, self._owner.pw_gid)

    def _run(self, command: list[str], *, background: bool = False) -> Any:
        who: dict[str, Any] = {}
        if os.getuid() == 0:
            who = {"user": self._owner.pw_uid, "group": self._owner.pw_gid, "extra_groups": []}
        how: dict[str, Any] = {"cwd": self._root, "env": {"PATH": os.environ["PATH"], "HOME": str(self._root)}, **who}
        if background:
            return subprocess.Popen(
                command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True, **how
            )
        return subprocess.run(command, capture_output=True, check=False, **how)

    def _end_process(self) -> None:
        """At once: nothing is worth keeping, and an orderly end takes a second."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _stop(self) -> None:
        if hasattr(self, "_process"):
            self._end_process()
        shutil.rmtree(self._root, ignore_errors=True)


@dataclass(frozen=True)
class Account:
    """A user's mailbox, looked at and changed with the standard library's client and with doveadm."""

    server: Dovecot
    name: str
    password: str

    def create(self, folder: str) -> None:
        self.server.doveadm("mailbox", "create", "-u", self.name, folder)

    def deliver(self, folder: str, mails: Iterable[bytes], *, at: datetime | None = None) -> None:
        """Put mails into a folder, all with one INTERNALDATE."""
        date = imaplib.Time2Internaldate(at) if at else ""
        with self._session() as session:
            for mail in mails:
                typ, answer = session.append(_name(folder), "", date, mail)
                assert typ == "OK", answer

    def flags(self, folder: str) -> dict[int, frozenset[str]]:
        r"""UID -> flags, ``\Recent`` among them: EXAMINE leaves that as it is."""
        with self._session() as session:
            session.select(_name(folder), readonly=True)
            _, lines = session.uid("FETCH", "1:*", "(FLAGS)")
        found = (re.search(rb"UID (\d+) FLAGS \(([^)]*)\)", line) for line in lines if isinstance(line, bytes))
        return {int(match[1]): frozenset(match[2].decode().split()) for match in found if match}

    def set_flag(self, folder: str, uid: int, flag: str) -> None:
        self.server.doveadm("flags", "add", "-u", self.name, flag, "mailbox", folder, "uid", str(uid))

    def expunge(self, folder: str, uid: int) -> None:
        self.server.doveadm("expunge", "-u", self.name, "mailbox", folder, "uid", str(uid))

    def renumber(self, folder: str, uidvalidity: int) -> None:
        """As after a move to another server."""
        self.server.doveadm("mailbox", "update", "-u", self.name, "--uid-validity", str(uidvalidity), folder)

    @contextmanager
    def _session(self) -> Any:
        context = ssl.create_default_context(cafile=str(self.server.ca_file))
        with imaplib.IMAP4_SSL(HOST, self.server.tls_port, ssl_context=context) as session:
            session.login(self.name, self.password)
            yield session


def _name(folder: str) -> str:
    return quoted(encode_folder(folder)).decode("ascii")


def _free_ports(wanted: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(wanted)]
    try:
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()
