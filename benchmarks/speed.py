"""How fast `mailsignals classify` reads with each model, how much memory it takes and how soon it starts, on two cores.

    python benchmarks/speed.py

The mail: the test writers' messages, three quarters of them without any tag. A new process reads them all, with every
tag and its evidence, as a user would call it; another reads a single line, which is the time to start.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from figures import Figure, report

from mailsignals.learning.corpus import read_labels
from mailsignals.signals.modelfile import shipped_names
from mailsignals.signals.segment import sentences
from mailsignals.types import LANGUAGES, LabelledMail

ROOT = Path(__file__).parents[1]
BENIGN = 0.75
"""Share of the messages without any tag."""

CLASSIFY = """
import atexit, sys
from mailsignals.cli import main
@atexit.register
def tell():
    status = open("/proc/self/status").read()
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    print(int(peak.split()[1]) / 1024, file=sys.stderr)
sys.argv = ["mailsignals", "classify", "--model", sys.argv[1]]
main()
"""


def main() -> None:
    mails = mixed(read_labels(ROOT / "data/corpus" / f"{lang}.jsonl" for lang in LANGUAGES))
    count = sum(len(sentences(mail.text)) for mail in mails)
    what = f"{len(mails)} messages, {count} sentences"
    figures = []
    for model in shipped_names():
        started, _ = min(classified(mails[:1], model) for _ in range(3))
        took, peak = min(classified(mails, model) for _ in range(3))
        speed = f"{count / (took - started):.0f}"
        figures += [
            Figure(f"`{model}`: sentences a second after the start, classify, {what}", speed, "best of 3", ">= 1000"),
            Figure(f"`{model}`: peak memory, MB", f"{peak:.0f}", "the same run", "< 600"),
            Figure(f"`{model}`: seconds to start, one message", f"{started:.2f}", "best of 3", "< 2"),
        ]
    report("speed", figures)


def mixed(mails: Sequence[LabelledMail]) -> list[LabelledMail]:
    """The test writers' messages without tags, and as many with tags as make a quarter, in random order."""
    own = [mail for mail in mails if mail.split == "test" and not mail.outgoing]
    chance = random.Random(0)
    benign = [mail for mail in own if not mail.labels]
    tagged = chance.sample([mail for mail in own if mail.labels], round(len(benign) * (1 - BENIGN) / BENIGN))
    return chance.sample(benign + tagged, len(benign) + len(tagged))


def classified(mails: Sequence[LabelledMail], model: str) -> tuple[float, float]:
    """Seconds that a new process takes for the mails, and its peak memory in MB."""
    rows = ({"id": mail.id, "text": mail.text, "lang": mail.lang, "context": mail.context} for mail in mails)
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    begun = time.perf_counter()
    command = [sys.executable, "-c", CLASSIFY, model]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=True)
    took = time.perf_counter() - begun
    assert len(done.stdout.splitlines()) == len(mails)
    return took, float(done.stderr.split()[-1])


if __name__ == "__main__":
    main()
