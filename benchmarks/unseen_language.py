"""How well a language is read that nothing was learnt from: the recipe on the other four, judged on the fifth.

    pip install -r requirements/encoder.txt
    python benchmarks/unseen_language.py [--share 0.2] [--epochs 1] [--left-out en ru hr da tl]

For each language the encoder is tuned anew and heads are fitted on mails of the other four, whose dev writers also
calibrate them; then the test writers of the language are judged. The encoder is not packed into whole numbers. By
default it learns from a fifth of the mails in one epoch, a tenth of what the shipped one was given, and languages can
be left out together ("--left-out en,ru hr,da,tl"): both take less time and make the figure a lower bound.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import torch
from figures import Figure, report

from mailsignals.learning.corpus import read_labels
from mailsignals.learning.evaluate import judge, tag_mails
from mailsignals.learning.train import HELD_OUT, train
from mailsignals.signals.tagger import ModelTagger
from mailsignals.types import LANGUAGES, LabelledMail, Tagging

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "tools"))

from make_encoder import PIECES, choose_pieces, read_source, source_path  # noqa: E402
from tune_encoder import AGAIN, Network, tune  # noqa: E402

BAR = ">= 0.65"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--share", type=float, default=0.2, help="share of the mails that is learnt from")
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--left-out", nargs="+", default=LANGUAGES, help="languages, those left out together by commas")
    wanted = parser.parse_args()
    mails = [
        mail for mail in read_labels(ROOT / f"data/corpus/{lang}.jsonl" for lang in LANGUAGES) if not mail.outgoing
    ]
    source = read_source(source_path())
    chosen = choose_pieces(source, size=PIECES)
    judged: list[LabelledMail] = []
    taggings: list[Tagging] = []
    figures = []
    for unseen in (group.split(",") for group in wanted.left_out):
        others = [mail for mail in mails if mail.lang not in unseen]
        taught_by = ", ".join(lang for lang in LANGUAGES if lang not in unseen)
        tagger = taught(Network(source, chosen), others, wanted.share, epochs=wanted.epochs)
        for lang in unseen:
            own = [mail for mail in mails if mail.lang == lang and mail.split == "test"]
            found = tag_mails(tagger, own)
            figures.append(_figure(f"macro F1 on {lang}, taught {taught_by}", own, found, tagger.tags))
            judged += own
            taggings += found
    whole = _figure("macro F1 on a language that was left out", judged, taggings, tagger.tags)
    options = f"--share {wanted.share} --epochs {wanted.epochs} --left-out {' '.join(wanted.left_out)}"
    report("unseen_language", [whole, *figures], options)


def taught(network: Network, mails: Sequence[LabelledMail], share: float, *, epochs: int) -> ModelTagger:
    """A tagger whose encoder and heads know a share of these mails alone; their dev writers calibrate it."""
    random.seed(0)
    torch.manual_seed(0)
    all_learnt = [mail for mail in mails if mail.split not in HELD_OUT]
    learnt = random.sample(all_learnt, round(share * len(all_learnt)))
    dev = [mail for mail in mails if mail.split == "dev"]
    tune(network, network.rows(learnt, again=AGAIN), network.rows(dev), epochs=epochs)
    trained = train([*learnt, *dev], network, name="unseen", now=datetime.now(UTC), folds=0)
    return ModelTagger(trained.model)


def _figure(what: str, mails: Sequence[LabelledMail], taggings: Sequence[Tagging], tags: Sequence[str]) -> Figure:
    macro_f1 = judge(mails, taggings, tags).macro_f1
    low, high = macro_f1["interval"]
    return Figure(f"{what}, {len(mails)} mails", f"{macro_f1['value']:.3f}", f"{low:.3f} to {high:.3f}", BAR)


if __name__ == "__main__":
    main()
