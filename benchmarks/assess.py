"""How long it takes to judge 200 clients by 100,000 stored messages, and in how much memory.

    python benchmarks/assess.py [--messages 100000] [--clients 200]

A store is made in a temporary folder, with tags on a tenth of the clients' mail and cues on a third of all; then a new
process reads it and judges all clients once, as a night does.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mailsignals.adapters.sql import SqlStore
from mailsignals.behaviour.cues import READER
from mailsignals.signals.catalogue import tags
from mailsignals.types import Address, Cue, CueKind, Evidence, Mark, Matter, Message, Tagging

NOW = datetime(2026, 3, 13, 18, tzinfo=UTC)
OURS = Address("ana@studio.example", "Ana")
TEXT = "Thanks for the drafts, they look fine. We'll pay the invoice on Friday. Could you send the logo again? " * 3

JUDGE = """
import sys, time
from datetime import UTC, datetime, time as clock
from pathlib import Path
from zoneinfo import ZoneInfo
from mailsignals.adapters.sql import SqlStore
from mailsignals.clients.alerts import AlertRules
from mailsignals.clients.identity import Roster
from mailsignals.types import WorkingTime
from mailsignals.workflows.assess import House, load_record
begin = time.perf_counter()
store = SqlStore(Path(sys.argv[1]))
record = load_record(store, "m")
loaded = time.perf_counter()
work = WorkingTime(ZoneInfo("UTC"), clock(9), clock(17), frozenset(range(5)))
states = record.states(House(Roster(["ana@studio.example"]), work, AlertRules()), datetime(2026, 3, 13, 18, tzinfo=UTC))
done = time.perf_counter()
status = Path("/proc/self/status").read_text("ascii")  # getrusage counts what the parent held before
memory = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024
print(f"{len(record.messages):,} messages of {len(states)} clients: read in {loaded - begin:.1f} s, "
      f"judged in {done - loaded:.1f} s, {memory:.0f} MB")
"""


def fill(store: SqlStore, messages: int, clients: int) -> None:
    """Three years of mail, two thirds of it from clients."""
    rng = random.Random(1)
    known = list(tags())
    for first in range(0, messages, 5000):
        batch, taggings, readings = [], [], {}
        for number in range(first, min(first + 5000, messages)):
            client = f"client{number % clients}.example"
            theirs = Address(f"iva{rng.randrange(3)}@{client}", "Iva")
            ours = rng.random() < 1 / 3
            at = NOW - timedelta(days=1100 * (1 - number / messages), minutes=rng.randrange(600))
            key = f"{number}@{client}"
            sender, to = (OURS, theirs) if ours else (theirs, OURS)
            batch.append(Message(key, key, at, sender, (to,), f"Project {number // 4000}", TEXT, "en"))
            tagged = not ours and rng.random() < 0.1
            spans = (Evidence(rng.choice(known), 0, 40, rng.uniform(0.55, 1)),) if tagged else ()
            taggings.append(Tagging(key, "m", dict.fromkeys(known, 0.01), spans))
            due = (at + timedelta(days=4)).date()
            cue = (
                Cue(CueKind.THEIR_PROMISE, 39, 72, due, Matter.PAYMENT) if not ours else Cue(CueKind.OUR_QUESTION, 0, 9)
            )
            readings[key] = (cue,) if rng.random() < 1 / 3 else ()
        store.save_batch("box", "INBOX", batch, Mark(1, first))
        store.save_taggings(taggings)
        store.save_readings(READER, readings)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--clients", type=int, default=200)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "mail.sqlite3"
        store = SqlStore(file)
        fill(store, options.messages, options.clients)
        store.close()
        subprocess.run([sys.executable, "-c", JUDGE, str(file)], check=True, env=os.environ)


if __name__ == "__main__":
    main()
