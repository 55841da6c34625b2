"""The shipped model on real text that it was not trained on: aggression ranked, and false alarms on business mail.

python benchmarks/real_text.py FOLDER [--model default] [--show 40]

FOLDER holds what is not ours to ship: ``vcu_github_incivility.jsonl`` and ``dkhate_train.jsonl`` (texts with
``labels.aggression``), and ``enron-allen-p.tar.gz`` (raw mails). The sentences behind every alarm are printed, for a
person to judge.
"""

from __future__ import annotations

import argparse
import json
import random
import tarfile
from collections.abc import Iterator
from pathlib import Path

from sklearn.metrics import roc_auc_score

from mailsignals.signals.catalogue import catalogue
from mailsignals.text.message import read_message
from mailsignals.types import Message, RawMessage
from mailsignals.wiring import open_tagger

RANKED = ("vcu_github_incivility", "dkhate_train")
MAILBOX = "enron-allen-p.tar.gz"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", default="default")
    parser.add_argument("--most", type=int, default=3000, help="texts of a set, drawn with a fixed seed")
    parser.add_argument("--show", type=int, default=1000, help="print at most this many alarms")
    wanted = parser.parse_args()
    tagger = open_tagger(wanted.model)
    print("| texts | AUC of aggression |\n| --- | --- |")
    for name in RANKED:
        rows = [json.loads(line) for line in (wanted.folder / f"{name}.jsonl").read_text("utf-8").splitlines()]
        rows = [row for row in rows if "aggression" in row["labels"]]
        rows = random.Random(0).sample(rows, min(wanted.most, len(rows)))
        scores = [tagging.scores["aggression"] for tagging in tagger.tag_texts([row["text"] for row in rows])]
        auc = roc_auc_score([row["labels"]["aggression"] for row in rows], scores)
        print(f"| {name}, {len(rows)} | {auc:.3f} |", flush=True)
    mails = list({mail.content_hash: mail for mail in _mails(wanted.folder / MAILBOX)}.values())
    risky = [tag for tag, signal in catalogue().items() if not signal.protective]
    alarms = 0
    for mail, tagging in zip(mails, tagger.tag(mails, {}), strict=True):
        shown = [one for one in tagging.evidence if one.label in risky]
        alarms += bool(shown)
        if shown and alarms <= wanted.show:
            print(f"\n{mail.message_id}")
            for one in shown:
                print(f"  {one.label} {one.score:.2f}: {' '.join(mail.own_text[one.start : one.end].split())}")
    print(f"\n{alarms} of {len(mails)} mails have a risk tag: {1000 * alarms / len(mails):.1f} in 1,000")


def _mails(path: Path) -> Iterator[Message]:
    with tarfile.open(path) as archive:
        for number, member in enumerate(archive):
            if (file := archive.extractfile(member)) is not None:
                yield read_message(RawMessage(number, file.read()))


if __name__ == "__main__":
    main()
