"""How well the signals are found in a language that nothing was learnt from.

    for lang in en ru hr da tl; do
        python tools/tune_encoder.py data/corpus/*.jsonl --without $lang --epochs 1 --out build/without-$lang.npz
        python tools/make_encoder.py --tuned build/without-$lang.npz --out build/without-$lang
    done
    python benchmarks/unseen_language.py build/without-{en,ru,hr,da,tl}

Encoder and heads learn from the train part of the other four languages, the dev part of the other four calibrates, and
the test part of the fifth is judged.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from figures import Figure, report

from mailsignals.learning.corpus import read_labels
from mailsignals.learning.train import train
from mailsignals.signals.encoder import Encoder
from mailsignals.types import LANGUAGES

ROOT = Path(__file__).parents[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("encoders", type=Path, nargs="+", help="folders named without-LANG")
    wanted = parser.parse_args()
    mails = read_labels(ROOT / "data/corpus" / f"{lang}.jsonl" for lang in LANGUAGES)
    found = []
    for folder in wanted.encoders:
        lang = folder.name.removeprefix("without-")
        own = [mail for mail in mails if (mail.lang == lang) == (mail.split == "test")]
        judged = train(own, Encoder.load(folder), name=lang, now=datetime.now(UTC)).metrics["test"]
        low, high = judged["macro_f1"]["interval"]
        what = f"macro F1 in {lang}, learnt from the other four languages, {judged['messages']} test messages"
        found.append(Figure(what, f"{judged['macro_f1']['value']:.3f}", f"{low:.3f} to {high:.3f}", ">= 0.65"))
    report("unseen_language", found, "build/without-{da,tl,...}")


if __name__ == "__main__":
    main()
