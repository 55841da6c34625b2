"""The model card: what a model is for and not for, what it learnt from, how good it is and where it fails."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_LANGUAGE_NAMES = {"en": "English", "ru": "Russian", "hr": "Croatian", "da": "Danish", "tl": "Tagalog/Taglish"}
_SETS = {
    "test": "Held-out writers (test)",
    "dev": "Held-out writers (dev)",
    "cross_validation": "Cross-validation over the writers of the training mails",
}


def card(manifest: Mapping[str, Any], metrics: Mapping[str, Any]) -> str:
    """Markdown of the card.

    Args:
        manifest: The model's ``manifest.json``.
        metrics: Its ``metrics.json``.
    """
    judged = [key for key in _SETS if key in metrics]
    parts = [_head(manifest), _USE, _data(manifest, metrics), _figures(manifest["name"], metrics, judged)]
    if judged:
        parts += [_tag_table(metrics[judged[0]]), _language_table(metrics[judged[0]])]
    if metrics.get("mistakes"):
        parts.append(_mistakes(metrics["mistakes"]))
    return "\n\n".join([*parts, _BEYOND, _LIMITS, _RETRAIN]) + "\n"


def _head(manifest: Mapping[str, Any]) -> str:
    libraries = ", ".join(f"{name} {version}" for name, version in manifest["libraries"].items())
    return (
        f"# Model {manifest['name']} {manifest['version']}\n\n"
        "Finds sentences of client mail that show one of "
        f"{len(manifest['tags'])} signals: a logistic regression a tag on a sentence encoder, TF-IDF and a few marks, "
        f"calibrated on {manifest['calibrated_on']}; a sentence is evidence from a probability of "
        f"{min(manifest['thresholds'].values()):.2f}, and sure from {min(manifest['sure'].values()):.2f}: "
        "clients are judged by what is sure.\n\n"
        f"Trained {manifest['created_at']} with {libraries}; sentence encoder {manifest['encoder']}."
    )


_USE = """## Use
For freelancers and agencies who read their own client mail: it points to sentences worth a second look, and a person
judges them in their context.

Not for judging employees or applicants, for credit or insurance, for ending a contract without a person's decision, or
for reading mail that one has no right to read. A tag says what a sentence does, never what a person is."""


def _data(manifest: Mapping[str, Any], metrics: Mapping[str, Any]) -> str:
    data = manifest["data"]
    languages = ", ".join(f"{_LANGUAGE_NAMES.get(lang, lang)} {count}" for lang, count in data["languages"].items())
    untrained = ", ".join(f"`{tag}`" for tag in metrics.get("untrained", ()))
    sources = ", ".join(f"{source} {count}" for source, count in data["sources"].items())
    lines = [
        "## Data",
        f"{data['mails']} labelled mails by {data['writers']} writers ({languages}); SHA-256 {data['sha256'][:16]}....",
        f"By source: {sources}.",
        "Mails of the splits `dev` and `test` come from other writers and were not learnt from; dev set the threshold.",
    ]
    return "\n".join([*lines, *([f"Too few mails to learn: {untrained}."] if untrained else [])])


def _figures(name: str, metrics: Mapping[str, Any], judged: Sequence[str]) -> str:
    header = ["set", "mails", "macro F1", "micro F1", "sure sentences right", "covers the act", "calibration error"]
    rows = [
        [
            _SETS[key],
            str(metrics[key]["messages"]),
            *(
                _with_interval(metrics[key][figure])
                for figure in ("macro_f1", "micro_f1", "evidence_precision", "evidence_overlap")
            ),
            f"{metrics[key]['calibration_error']:.3f}",
        ]
        for key in judged
    ]
    return (
        "## Figures\n"
        "A mail's tags are those of its evidence, sure or not. Covers the act: of the spans whose tag the mail does\n"
        "have, the share that covers more than half of the labelled one. Brackets: 95 % bootstrap over mails.\n\n"
        + _table(header, rows)
        + f"\n\n`mailsignals evaluate LABELS.jsonl --model {name}` prints these figures for any labelled mail."
    )


def _tag_table(figures: Mapping[str, Any]) -> str:
    rows = [
        [
            f"`{tag}`",
            str(own["support"]),
            *(f"{own[key]:.2f}" for key in ("precision", "recall")),
            _with_interval({"value": own["f1"], "interval": own["f1_interval"]}),
        ]
        for tag, own in figures["per_tag"].items()
    ]
    return "### By tag\n" + _table(["tag", "mails", "precision", "recall", "F1"], rows)


def _language_table(figures: Mapping[str, Any]) -> str:
    rows = [
        [
            _LANGUAGE_NAMES.get(lang, lang),
            str(own["messages"]),
            *(f"{own[key]:.2f}" for key in ("macro_f1", "micro_f1", "evidence_precision")),
            f"{own['calibration_error']:.3f}",
        ]
        for lang, own in figures["per_language"].items()
    ]
    header = ["language", "mails", "macro F1", "micro F1", "sure right", "calibration error"]
    return "### By language\n" + _table(header, rows)


def _mistakes(mistakes: Sequence[Mapping[str, Any]]) -> str:
    lines = [
        f"- {one['id']}, `{one['label']}` {'missed' if one['is_missed'] else 'wrongly shown'} ({one['score']:.2f}): "
        f"“{' '.join(one['words'].split())}”"
        for one in mistakes
    ]
    return "\n".join(["## Where it errs", "The worst mistakes on the dev part, one of each kind and language.", *lines])


def _with_interval(figure: Mapping[str, Any]) -> str:
    low, high = figure["interval"]
    return f"{figure['value']:.2f} [{low:.2f}, {high:.2f}]"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in [header, ["---"] * len(header), *rows])


_BEYOND = """<!-- beyond -->
<!-- /beyond -->"""
"""Where figures of the benchmarks may stand."""

_RETRAIN = """## Retraining
`mailsignals train LABELS.jsonl --out models/mine` fits heads on the shipped encoder; the format is in data/README.md.
`mailsignals evaluate LABELS.jsonl --model models/mine` judges them; `model.name` in mailsignals.toml puts them
to use."""

_LIMITS = """## Limits
- The mails were written for this project by invented writers; real mail differs, and figures on it will be lower.
- It reads a sentence, the one before it and the mail answered, and misses what only the thread shows.
- Irony, very short messages and mixed languages are its weakest places; Tagalog is mostly Taglish.
- Scores are calibrated on invented mails; where such sentences are rarer, a score means less than it says."""
