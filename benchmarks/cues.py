"""How well the rules find what mail does for the ledgers: promises and their days, payments, reminders, approvals.

    python benchmarks/cues.py

Two tables: our own mail (the outgoing messages of the corpus) and clients' mail (data/client_cues.jsonl), language by
language. A cue counts as found where a sentence that the rules mark overlaps one that is labelled; a day counts where
the rules name the labelled one, and so does what a promise is about. The rules were revised on the train and dev parts.
Of our own mail's test part three wrong finds were seen while they were; of the clients' test part nothing.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from mailsignals.behaviour.cues import our_cues, their_cues
from mailsignals.learning.corpus import read_labels
from mailsignals.types import LANGUAGES, Cue, CueKind, Matter

ROOT = Path(__file__).parents[1]
OURS = ("our_reminder", "our_question", "our_promise", "our_apology", "quote_sent", "invoice_sent")


THEIRS = ("their_promise", "paid", "acceptance", "approval", "taken_back", "offer", "their_question")

Found = Sequence[Cue]


@dataclass(frozen=True)
class Read:
    """One labelled message and what the rules find in it."""

    lang: str
    split: str
    gold: Found
    found: Found


def main() -> None:
    _print("our own mail", OURS, list(_our_mail()))
    _print("clients' mail", THEIRS, list(_client_mail()))


def _our_mail() -> Iterator[Read]:
    for mail in read_labels(ROOT / "data/corpus" / f"{lang}.jsonl" for lang in LANGUAGES):
        if mail.outgoing and mail.date:
            gold = [Cue(CueKind(span.label), span.start, span.end, span.due) for span in mail.spans]
            yield Read(mail.lang, mail.split or "train", gold, our_cues(mail.text, mail.lang, mail.date))


def _client_mail() -> Iterator[Read]:
    for line in (ROOT / "data/client_cues.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        gold = [
            Cue(
                CueKind(span["label"]),
                span["start"],
                span["end"],
                date.fromisoformat(span["due"]) if span.get("due") else None,
                Matter(span["matter"]) if span.get("matter") else None,
            )
            for span in row["spans"]
        ]
        found = their_cues(row["text"], row["lang"], date.fromisoformat(row["date"]))
        yield Read(row["lang"], row["split"], gold, found)


def _print(title: str, cues: Sequence[str], mails: Sequence[Read]) -> None:
    print(f"\n| {title} | messages | {' | '.join(cues)} | all | days right | matters right |")
    print("| --- " * (len(cues) + 5) + "|")
    groups = [(lang, [mail for mail in mails if mail.lang == lang]) for lang in LANGUAGES]
    held = [mail for mail in mails if mail.split == "test"]
    for name, group in [*groups, ("all", mails), ("test part", held)]:
        counts, right = _counts(group, cues)
        cells = [_cell(counts, cue) for cue in cues]
        everything = Counter(
            {kind: sum(n for (_, k), n in counts.items() if k == kind) for kind in ("hit", "wrong", "missed")}
        )
        shares = [f"{right[what, 'right']} of {right[what, 'labelled']}" for what in ("day", "matter")]
        print(f"| {name} | {len(group)} | {' | '.join(cells)} | {_f1(everything):.2f} | {' | '.join(shares)} |")


def _cell(counts: Counter[tuple[str, str]], cue: str) -> str:
    own = Counter({kind: counts[cue, kind] for kind in ("hit", "wrong", "missed")})
    precision = own["hit"] / max(1, own["hit"] + own["wrong"])
    recall = own["hit"] / max(1, own["hit"] + own["missed"])
    return f"{_f1(own):.2f} ({precision:.2f}/{recall:.2f})"


def _f1(counts: Counter[str]) -> float:
    return 2 * counts["hit"] / max(1, 2 * counts["hit"] + counts["wrong"] + counts["missed"])


def _counts(mails: Sequence[Read], cues: Sequence[str]) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, str]]]:
    """How often each cue was hit, missed or found wrongly, and how many days and matters of those hit are right."""
    counts: Counter[tuple[str, str]] = Counter()
    right: Counter[tuple[str, str]] = Counter()
    for mail in mails:
        for cue in cues:
            gold = [one for one in mail.gold if one.kind.value == cue]
            own = [one for one in mail.found if one.kind.value == cue]
            for span in gold:
                partners = [one for one in own if _overlap(one, span)]
                counts[cue, "hit" if partners else "missed"] += 1
                for what, wanted in (("day", span.due), ("matter", span.matter)):
                    if wanted and partners:
                        right[what, "labelled"] += 1
                        right[what, "right"] += any(wanted in (one.due, one.matter) for one in partners)
            counts[cue, "wrong"] += sum(not any(_overlap(one, span) for span in gold) for one in own)
    return counts, right


def _overlap(one: Cue, other: Cue) -> bool:
    return one.start < other.end and other.start < one.end


if __name__ == "__main__":
    main()
