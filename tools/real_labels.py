"""Public labelled text in the format of data/README.md, so that a model can learn from it beside the corpus.

    python tools/real_labels.py FOLDER > build/real-encoder.jsonl
    python tools/real_labels.py FOLDER parakweet_email_intent > build/real-heads.jsonl

The encoder learns from all three sets. The heads are better without the rude ones, whose labels are wider than our
signals: with them, blunt English insults of clients were missed.

FOLDER holds JSON Lines that are not part of this project (`text`, `labels`, perhaps `pair`), all under licences that
allow training: requests from business mail (parakweet_email_intent, Apache-2.0), taken as ordinary mail without tags;
rude lines at someone and their civil rewrites (paradetox_en, CC0); comments on issues (raman_github_toxicity, MIT).
Their labels stand for a whole text and for one tag, so only short texts are taken, and `asked` names the tag.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

LONGEST = 300
"""Code points; of a longer text nobody knows which sentence earned the label."""
TO_SOMEONE = re.compile(r"\b(?:you|your|u|ur|yourself)\b", re.IGNORECASE)
MOST = {
    "paradetox_en": 800,
    "raman_github_toxicity": 500,
    "parakweet_email_intent": 2400,
}


def rows(folder: Path, names: Collection[str] = tuple(MOST)) -> Iterator[dict[str, Any]]:
    """Labelled mails of the named sets, the same ones each time."""
    for name, most in MOST.items():
        if name not in names:
            continue
        lines = (json.loads(line) for line in (folder / f"{name}.jsonl").read_text("utf-8").splitlines())
        usable = [row for row in (_row(name, line) for line in lines) if row]
        picked = random.Random(0).sample(usable, min(most, len(usable)))
        yield from _joined(picked) if name == "parakweet_email_intent" else picked


def _joined(sentences: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Three sentences to a mail; alone, they would teach that a sentence without another before means nothing."""
    for first in range(0, len(sentences), 3):
        own = sentences[first : first + 3]
        yield own[0] | {"text": "\n\n".join(row["text"] for row in own)}


def _row(name: str, line: Mapping[str, Any]) -> dict[str, Any] | None:
    text, labels = line["text"].strip(), line["labels"]
    own = {"id": f"{name}-{line['id']}", "lang": line["lang"], "writer": name, "source": name, "text": text}
    if not 0 < len(text) <= LONGEST:
        return None
    if name == "parakweet_email_intent":
        return own | {"labels": [], "spans": []}
    if "aggression" not in labels or (name == "paradetox_en" and not TO_SOMEONE.search(text)):
        return None
    spans = [{"start": 0, "end": len(text), "label": "aggression"}] if labels["aggression"] else []
    return own | {"labels": ["aggression"] if spans else [], "spans": spans, "asked": ["aggression"]}


if __name__ == "__main__":
    for found in rows(Path(sys.argv[1]), sys.argv[2:] or tuple(MOST)):
        print(json.dumps(found, ensure_ascii=False))
