"""The shipped model on real text that it was not trained on: aggression ranked, and false alarms on business mail.

python benchmarks/real_text.py FOLDER [--model default]

FOLDER holds what is not ours to ship: ``vcu_github_incivility.jsonl`` and ``dkhate_train.jsonl`` (texts with
``labels.aggression``), and ``enron-allen-p.tar.gz`` (raw mails). Every risk tag that is not judged right in
``enron_verdicts.tsv`` is printed with its sentence, for a person to judge, and counts as wrong until then.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import random
import tarfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from figures import Figure, bootstrapped, report, share
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from mailsignals.signals.catalogue import catalogue
from mailsignals.text.message import read_message
from mailsignals.types import Message, RawMessage
from mailsignals.wiring import open_tagger

RANKED = ("vcu_github_incivility", "dkhate_train")
MAILBOX = "enron-allen-p.tar.gz"
VERDICTS = Path(__file__).with_name("enron_verdicts.tsv")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", default="default")
    parser.add_argument("--most", type=int, default=1500, help="texts of a set, drawn with a fixed seed")
    wanted = parser.parse_args()
    tagger = open_tagger(wanted.model)
    found = []
    for name in RANKED:
        rows = [json.loads(line) for line in (wanted.folder / f"{name}.jsonl").read_text("utf-8").splitlines()]
        rows = [row for row in rows if "aggression" in row["labels"]]
        rows = random.Random(0).sample(rows, min(wanted.most, len(rows)))
        scores = [tagging.scores["aggression"] for tagging in tagger.tag_texts([row["text"] for row in rows])]
        found.append(_auc(name, np.array([row["labels"]["aggression"] for row in rows]), np.array(scores)))
    mails = list({mail.content_hash: mail for mail in _mails(wanted.folder / MAILBOX)}.values())
    verdicts = _verdicts()
    wrong = set()
    for mail, tagging in zip(mails, tagger.tag(mails, {}), strict=True):
        for one in tagging.evidence:
            words = " ".join(mail.own_text[one.start : one.end].split())
            digest = hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()[:12]
            verdict = verdicts.get((digest, one.label), "not judged")
            if catalogue()[one.label].protective or verdict == "right":
                continue
            wrong.add(mail.message_id)
            print(f"{digest}\t{one.label}\t{verdict}\t{one.score:.2f}{' sure' * one.is_sure}\t{words}")
    what = "mails of enron-allen-p with a wrong risk tag, in 1,000"
    found.append(share(what, len(wrong), len(mails), "<= 5", per=1000))
    report("real_text", found, "FOLDER")


def _auc(name: str, truth: NDArray[np.int_], scores: NDArray[np.float64]) -> Figure:
    what = f"AUC of aggression, {name}, {len(truth)} texts, none learnt from"
    return bootstrapped(what, lambda rows: float(roc_auc_score(truth[rows], scores[rows])), len(truth), ">= 0.85")


def _verdicts() -> dict[tuple[str, str], str]:
    """(hash of the sentence, tag) -> "right" or "wrong", as a reader found it."""
    with VERDICTS.open(encoding="utf-8", newline="") as lines:
        return {(row["sentence"], row["tag"]): row["verdict"] for row in csv.DictReader(lines, delimiter="\t")}


def _mails(path: Path) -> Iterator[Message]:
    with tarfile.open(path) as archive:
        for number, member in enumerate(archive):
            if (file := archive.extractfile(member)) is not None:
                yield read_message(RawMessage(number, file.read()))


if __name__ == "__main__":
    main()
