"""How well the rules find what our own mail does: reminders, questions, promises and their days, apologies, bills.

    python benchmarks/cues.py

Read from the outgoing messages of the corpus, language by language. A cue counts as found where a sentence that the
rules mark overlaps one that is labelled; a day counts where the rules name the labelled one. The rules were written
before these messages and are not tuned on those of the test part.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from mailsignals.behaviour.cues import our_cues
from mailsignals.learning.corpus import read_labels
from mailsignals.types import LANGUAGES, LabelledMail

ROOT = Path(__file__).parents[1]
CUES = ("our_reminder", "our_question", "our_promise", "our_apology", "quote_sent", "invoice_sent")


def main() -> None:
    mails = [
        mail
        for mail in read_labels(ROOT / "data/corpus" / f"{lang}.jsonl" for lang in LANGUAGES)
        if mail.outgoing and mail.date
    ]
    print("| | messages | " + " | ".join(CUES) + " | all | days right |")
    print("| --- " * (len(CUES) + 4) + "|")
    for name, group in [*((lang, [m for m in mails if m.lang == lang]) for lang in LANGUAGES), ("all", mails)]:
        print(_row(name, group))
    held = [mail for mail in mails if mail.split == "test"]
    print(_row("test part", held))


def _row(name: str, mails: Sequence[LabelledMail]) -> str:
    counts, days = _counts(mails)
    cells = [_cell(counts, cue) for cue in CUES]
    everything = Counter(
        {kind: sum(n for (_, k), n in counts.items() if k == kind) for kind in ("hit", "wrong", "missed")}
    )
    share = f"{days['right']} of {days['labelled']}"
    return f"| {name} | {len(mails)} | {' | '.join(cells)} | {_f1(everything):.2f} | {share} |"


def _cell(counts: Counter[tuple[str, str]], cue: str) -> str:
    own = Counter({kind: counts[cue, kind] for kind in ("hit", "wrong", "missed")})
    precision = own["hit"] / max(1, own["hit"] + own["wrong"])
    recall = own["hit"] / max(1, own["hit"] + own["missed"])
    return f"{_f1(own):.2f} ({precision:.2f}/{recall:.2f})"


def _f1(counts: Counter[str]) -> float:
    return 2 * counts["hit"] / max(1, 2 * counts["hit"] + counts["wrong"] + counts["missed"])


def _counts(mails: Sequence[LabelledMail]) -> tuple[Counter[tuple[str, str]], Counter[str]]:
    counts: Counter[tuple[str, str]] = Counter()
    days: Counter[str] = Counter()
    for mail in mails:
        assert mail.date
        found = our_cues(mail.text, mail.lang, mail.date)
        for cue in CUES:
            gold = [span for span in mail.spans if span.label == cue]
            own = [one for one in found if one.kind.value == cue]
            for span in gold:
                partners = [one for one in own if one.start < span.end and span.start < one.end]
                counts[cue, "hit" if partners else "missed"] += 1
                if span.due and partners:
                    days["labelled"] += 1
                    days["right"] += any(one.due == span.due for one in partners)
            counts[cue, "wrong"] += sum(all(one.start >= s.end or s.start >= one.end for s in gold) for one in own)
    return counts, days


if __name__ == "__main__":
    main()
