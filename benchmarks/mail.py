"""Reading mail, measured beside others in one run: first scan, nothing new, fifty new, a slow line.

A Dovecot of its own on loopback over TLS is filled with generated mail; then mailsignals (fetch, parse, own words,
store; no tagging), mbsync, imaplib and imap-tools read the same box, in turn. Every reader is a process of its own, so
that interpreter start and peak memory are in the numbers. Needs dovecot-imapd and isync; see `make bench-mail`.
"""

from __future__ import annotations

import argparse
import base64
import imaplib
import json
import os
import random
import resource
import select
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from email.utils import formatdate
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from support.certificates import HOST, make_certificates
from support.dovecot import PASSWORD, Dovecot

WORDS = (
    "the meeting invoice project client please review attached contract tomorrow deadline thank you regards update "
    "delivery order payment schedule call team design draft feedback issue problem molim vas ponuda račun rok hvala "
    "спасибо встреча договор оплата срок пожалуйста vedhæftet faktura mødet tak salamat po kumusta bayad bukas"
).split()
FOLDERS = 10
ROW = 78


def mails(count: int, seed: int = 1) -> Iterator[bytes]:
    """Mail as an agency gets it: about 40 kB each, two thirds with HTML, one in eleven with a PDF."""
    chance = random.Random(seed)
    blob = base64.encodebytes(chance.randbytes(6 << 20)).replace(b"\n", b"\r\n")
    for number in range(count):
        client = chance.randrange(40)
        yield _header(number, client, seed) + _body(chance, number, blob)


def _header(number: int, client: int, seed: int) -> bytes:
    date = formatdate(1_700_000_000 + number * 600)
    signature = base64.b64encode(random.Random(number).randbytes(130)).decode()
    return (
        f"Return-Path: <c{client}@client{client}.example>\r\nReceived: from mx{number % 7}.example by in.example;"
        f" {date}\r\n"
        f"DKIM-Signature: v=1; a=rsa-sha256; d=client{client}.example; s=k1;\r\n\tb={signature}\r\n"
        f"From: Client {client} <c{client}@client{client}.example>\r\nTo: ana@agency.example\r\n"
        f"Subject: =?utf-8?q?Ponuda_{number}_=C5=BDivjo?=\r\nDate: {date}\r\n"
        f"Message-ID: <{seed}.{number}@client{client}.example>\r\nMIME-Version: 1.0\r\n"
    ).encode()


def _body(chance: random.Random, number: int, blob: bytes) -> bytes:
    words = _text(chance, min(60_000, int(chance.lognormvariate(7.8, 1.0)))).encode()
    part = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + words + b"\r\n"
    if chance.random() < 0.65:
        lines = _text(chance, min(150_000, int(chance.lognormvariate(9.2, 0.9))))
        lines = lines.replace("\r\n", "<br>\r\n").encode()
        html = (
            b"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n<p>"
            + lines
            + b"</p>\r\n"
        )
        part = _multipart(b"alternative", b"A%d" % number, part, html)
    if chance.random() < 0.09:
        rows = min(len(blob) // ROW, max(20, int(chance.lognormvariate(11.9, 1.1)) // ROW))
        start = chance.randrange(len(blob) // ROW - rows + 1) * ROW
        pdf = b'Content-Type: application/pdf; name="f.pdf"\r\nContent-Disposition: attachment; filename="f.pdf"\r\n'
        pdf += b"Content-Transfer-Encoding: base64\r\n\r\n" + blob[start : start + rows * ROW]
        part = _multipart(b"mixed", b"M%d" % number, part, pdf)
    return part


def _multipart(kind: bytes, boundary: bytes, *parts: bytes) -> bytes:
    inner = b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts)
    return b"Content-Type: multipart/%s; boundary=%s\r\n\r\n%s--%s--\r\n" % (kind, boundary, inner, boundary)


def _text(chance: random.Random, octets: int) -> str:
    count = octets // 7 + 1
    words = chance.choices(WORDS, k=count)
    return "\r\n".join(" ".join(words[start : start + 12]) for start in range(0, count, 12))


# --- The readers; each runs as `python benchmarks/mail.py --reader NAME`, a process of its own ---


def read_mailsignals(where: dict[str, Any]) -> int:
    from mailsignals.adapters.imap import ImapMailbox
    from mailsignals.adapters.sql import SqlStore
    from mailsignals.workflows.fetch import Source, fetch_new

    store = SqlStore(Path(where["out"]) / "store.sqlite3")
    mailbox = ImapMailbox(HOST, where["port"], where["user"], PASSWORD, ca_file=Path(where["ca"]))
    try:
        return fetch_new(Source(mailbox, where["folders"]), store).coverage.stored
    finally:
        mailbox.close()
        store.close()


def read_without_words(where: dict[str, Any]) -> int:
    """The fetching alone: nothing is parsed or stored."""
    from mailsignals.adapters.imap import ImapMailbox

    mailbox = ImapMailbox(HOST, where["port"], where["user"], PASSWORD, ca_file=Path(where["ca"]))
    try:
        return sum(len(batch) for folder in where["folders"] for batch in mailbox.fetch(folder, after=0))
    finally:
        mailbox.close()


def read_imaplib(where: dict[str, Any]) -> int:
    count = 0
    context = ssl.create_default_context(cafile=where["ca"])
    with imaplib.IMAP4_SSL(HOST, where["port"], ssl_context=context) as session:
        session.login(where["user"], PASSWORD)
        for folder in where["folders"]:
            total = int(session.select(folder, readonly=True)[1][0])
            for start in range(1, total + 1, 500):
                _, data = session.fetch(f"{start}:{min(total, start + 499)}", "(UID BODY.PEEK[])")
                count += sum(isinstance(part, tuple) for part in data)
    return count


def read_imap_tools(where: dict[str, Any]) -> int:
    from imap_tools import MailBox

    count = 0
    context = ssl.create_default_context(cafile=where["ca"])
    with MailBox(HOST, where["port"], ssl_context=context).login(where["user"], PASSWORD) as mailbox:
        for folder in where["folders"]:
            mailbox.folder.set(folder, readonly=True)
            count += sum(bool(mail.uid) for mail in mailbox.fetch(mark_seen=False, bulk=500))
    return count


def read_mbsync(where: dict[str, Any]) -> int:
    out = Path(where["out"])
    (out / "mail").mkdir(exist_ok=True)
    patterns = " ".join(f'"{folder}"' for folder in where["folders"])
    (out / "mbsyncrc").write_text(
        f"FSync no\n\nIMAPAccount a\nHost {HOST}\nPort {where['port']}\nUser {where['user']}\nPass {PASSWORD}\n"
        f"SSLType IMAPS\nCertificateFile {where['ca']}\nDisableExtension COMPRESS=DEFLATE\nAuthMechs PLAIN\n\n"
        f"IMAPStore far\nAccount a\n\n"
        f"MaildirStore near\nPath {out}/mail/\nInbox {out}/mail/INBOX\nSubFolders Verbatim\n\n"
        f"Channel c\nFar :far:\nNear :near:\nPatterns {patterns}\nSync {where['sync']}\nCreate Near\n"
        f"SyncState {out}/state-\n",
        "utf-8",
    )
    subprocess.run(["mbsync", "-q", "-c", str(out / "mbsyncrc"), "c"], check=True)
    return sum(len(list(cur.iterdir())) for part in ("cur", "new") for cur in out.glob(f"mail/*/{part}"))


READERS = {
    "mailsignals": read_mailsignals,
    "mailsignals, fetch only": read_without_words,
    "mbsync": read_mbsync,
    "imaplib": read_imaplib,
    "imap-tools": read_imap_tools,
}


def run_reader(name: str, where: dict[str, Any]) -> dict[str, float]:
    """Seconds with interpreter start, messages, and peak memory of the process and its children in MB."""
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, __file__, "--reader", name, "--where", json.dumps(where)],
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - started
    if done.returncode:
        raise SystemExit(f"{name}: {done.stderr[-2000:]}")
    return {"seconds": seconds, **json.loads(done.stdout)}


def peak_mb() -> float:
    """Of this process since it began (getrusage counts what the parent held before), or of mbsync."""
    status = Path("/proc/self/status").read_text("ascii")
    own = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    return (resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss or own) / 1024


def time_mbsync(where: dict[str, Any]) -> float:
    """A run of mbsync without the Python around it."""
    started = time.perf_counter()
    subprocess.run(["mbsync", "-q", "-c", f"{where['out']}/mbsyncrc", "c"], check=True)
    return time.perf_counter() - started


class SlowLine:
    """A proxy that delivers every byte a while later, both ways; how much is under way at once is not limited."""

    def __init__(self, port: int, one_way: float) -> None:
        self._target, self._delay = port, one_way
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            near, _ = self._listener.accept()
            far = socket.create_connection(("127.0.0.1", self._target))
            for source, sink in ((near, far), (far, near)):
                source.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._carry_on, args=(source, sink), daemon=True).start()

    def _carry_on(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            self._carry(source, sink)
            sink.shutdown(socket.SHUT_WR)

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        waiting: list[tuple[float, bytes]] = []
        is_open = True
        while is_open or waiting:
            rest = max(0.0, waiting[0][0] - time.monotonic()) if waiting else None
            if is_open and select.select([source], [], [], rest)[0]:
                data = source.recv(1 << 18)
                is_open = bool(data)
                waiting.append((time.monotonic() + self._delay, data))
            elif not is_open and rest:
                time.sleep(rest)
            while waiting and waiting[0][0] <= time.monotonic():
                sink.sendall(waiting.pop(0)[1])


# --- The server ---


def fill(server: Dovecot, user: str, folder: str, generated: Iterator[bytes]) -> int:
    """One APPEND of many messages at a time (MULTIAPPEND, LITERAL+); the octets."""
    context = ssl.create_default_context(cafile=str(server.ca_file))
    octets = 0
    with (
        socket.create_connection((HOST, server.tls_port)) as plain,
        context.wrap_socket(plain, server_hostname=HOST) as line,
    ):
        answers = line.makefile("rb")
        answers.readline()

        def say(words: bytes) -> None:
            line.sendall(b"a " + words + b"\r\n")
            while not (answer := answers.readline()).startswith(b"a "):
                pass
            if not answer.startswith(b"a OK") and b"ALREADYEXISTS" not in answer:
                raise SystemExit(answer.decode())

        say(b'LOGIN "%s" "%s"' % (user.encode(), PASSWORD.encode()))
        if folder != "INBOX":
            say(b'CREATE "%s"' % folder.encode())
        batch: list[bytes] = []
        for mail in generated:
            octets += len(mail)
            batch.append(b" {%d+}\r\n%s" % (len(mail), mail))
            if len(batch) == 200:
                say(b'APPEND "%s"%s' % (folder.encode(), b"".join(batch)))
                batch.clear()
        if batch:
            say(b'APPEND "%s"%s' % (folder.encode(), b"".join(batch)))
    return octets


def tiny(count: int, seed: int) -> Iterator[bytes]:
    for number in range(count):
        yield _header(number, number % 40, seed) + b"\r\nFine by us.\r\n"


# --- The rows ---


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--messages", type=int, default=20_000)
    options.add_argument("--folder-messages", type=int, default=10_000, help="in each of ten folders")
    options.add_argument("--rounds", type=int, default=2)
    options.add_argument("--json", type=Path)
    options.add_argument("--reader", choices=READERS)
    options.add_argument("--where", type=json.loads)
    given = options.parse_args()
    if given.reader:
        count = READERS[given.reader](given.where)
        print(json.dumps({"messages": count, "peak_mb": peak_mb()}))
        return
    with tempfile.TemporaryDirectory(prefix="bench-mail-") as scratch:
        certificates = make_certificates(Path(scratch))
        with Dovecot(certificates.good, certificates.ca_file) as server:
            results = measure(server, Path(scratch), given)
    if given.json:
        given.json.write_text(json.dumps(results, indent=1) + "\n", "utf-8")


def measure(server: Dovecot, scratch: Path, given: argparse.Namespace) -> dict[str, Any]:
    places = iter(range(10_000))

    def where(user: str, *folders: str, port: int = server.tls_port, sync: str = "PullNew") -> dict[str, Any]:
        out = scratch / str(next(places))
        out.mkdir()
        ca = str(server.ca_file)
        return {"port": port, "user": user, "ca": ca, "out": str(out), "folders": folders, "sync": sync}

    octets = fill(server, "big", "INBOX", mails(given.messages))
    fill(server, "small", "INBOX", mails(given.messages // 10))
    for number in range(FOLDERS):
        fill(server, "folders", f"F{number}", tiny(given.folder_messages, number + 10))
    results: dict[str, Any] = {"messages": given.messages, "octets": octets, "cores": os.cpu_count()}
    print(f"{given.messages} messages, {octets / 1e6:.0f} MB, over TLS, {os.cpu_count()} cores shared with the server")

    print("\n| first scan | s | messages/s | of mbsync's time | peak MB |\n|---|---|---|---|---|")
    rounds = [{name: run_reader(name, where("big", "INBOX")) for name in READERS} for _ in range(given.rounds)]
    results["first"] = rounds
    for name in READERS:
        seconds = statistics.mean(each[name]["seconds"] for each in rounds)
        ratio = statistics.mean(each[name]["seconds"] / each["mbsync"]["seconds"] for each in rounds)
        peak = max(each[name]["peak_mb"] for each in rounds)
        print(f"| {name} | {seconds:.1f} | {given.messages / seconds:,.0f} | {ratio:.2f} | {peak:.0f} |", flush=True)
    small = results["small"] = run_reader("mailsignals", where("small", "INBOX"))
    print(f"| mailsignals, {given.messages // 10} messages | {small['seconds']:.1f} | | | {small['peak_mb']:.0f} |")

    names = [f"F{number}" for number in range(FOLDERS)]
    ours, new_only, mirror = (where("folders", *names, sync=sync) for sync in ("PullNew", "PullNew", "Pull"))
    for reader, place in (("mailsignals", ours), ("mbsync", new_only), ("mbsync", mirror)):
        run_reader(reader, place)
    print(f"\n| next scan, {FOLDERS} folders, {FOLDERS * given.folder_messages} messages | s |\n|---|---|")
    for label, new in (("nothing new", 0), ("50 new", 50)):
        if new:
            fill(server, "folders", "F3", tiny(new, 77))
        seconds = results[label] = {
            "mbsync, new mail only": time_mbsync(new_only),
            "mbsync, new, deleted and flags (its default)": time_mbsync(mirror),
            "mailsignals": run_reader("mailsignals", ours)["seconds"],
        }
        for name, took in seconds.items():
            print(f"| {label}: {name} | {took:.2f} |", flush=True)

    slow = SlowLine(server.tls_port, 0.025)
    print("\n| 50 ms there and back | s | messages/s |\n|---|---|---|")
    for name in ("mailsignals", "mailsignals, fetch only"):
        far = results[f"50 ms: {name}"] = run_reader(name, where("big", "INBOX", port=slow.port))
        print(f"| {name} | {far['seconds']:.1f} | {given.messages / far['seconds']:,.0f} |", flush=True)
    return results


if __name__ == "__main__":
    main()
