"""Write the parts of the documentation that are printed by the program: README's blocks, docs/signals.md.

python tools/write_docs.py          # after a change of catalogue, model or digest; a test compares them
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import agreement
import corpus_report

from mailsignals.behaviour.figures import behaviours
from mailsignals.behaviour.prospects import Flag, flags
from mailsignals.signals.catalogue import Signal, catalogue, families

ROOT = Path(__file__).resolve().parents[1]
NOW = "2026-03-13T18:00+01:00"
DIGEST_LINES = 42
BENCHMARKS = ("robustness", "real_text", "speed")
LANGUAGES = {"en": "English", "ru": "Russian", "hr": "Croatian", "da": "Danish", "tl": "Tagalog"}


def signals_page() -> str:
    """The catalogue for people."""
    head = (
        "# The signals\n\n"
        "What each tag means, with sentences that count (+) and sentences that look like it and do not (-).\n"
        "Written from `src/mailsignals/signals/catalogue.toml` by `python tools/write_docs.py`.\n"
    )
    parts = [head]
    for family in families():
        parts.append(f"\n## {family.capitalize()}\n")
        parts += [_signal(signal) for signal in catalogue().values() if signal.family == family]
    parts.append(
        "\n## What no single mail shows\n\nMeasured from dates, people, directions and invoices "
        "(`src/mailsignals/behaviour/catalogue.toml`). Below the first figure the score is 0, at the second it is 1;\n"
        "more than is usual for this client, or for the others, raises it.\n\n"
        "| signal | what the client does | figure | 0 at | 1 at | needs |\n| --- | --- | --- | --- | --- | --- |\n"
    )
    parts += [
        f"| `{known.signal}` | {known.does} | {known.unit} | {known.low:g} | {known.high:g} | {known.minimum} |\n"
        for known in behaviours().values()
    ]
    parts.append(
        "\n## Prospects\n\nThe red flags in the first mails of somebody who is not yet a client, by rules "
        "(`src/mailsignals/behaviour/prospects.toml`).\n"
    )
    parts += [_flag(flag) for flag in flags().values()]
    return "".join(parts)


def _flag(flag: Flag) -> str:
    examples = [f"- {'+' if one['counts'] else '-'} ({one['lang']}) {one['text']}" for one in flag.examples]
    return (
        f"\n### {flag.title} `{flag.name}`\n\nIt is: {flag.does}.\n\n" + "\n".join(examples) + "\n\n"
        f"What helps: {flag.advice}\n"
    )


def _signal(signal: Signal) -> str:
    kind = " (protective: it lowers a client's urgency)" if signal.protective else ""
    examples = [f"- {'+' if example.counts else '-'} ({example.lang}) {example.text}" for example in signal.examples]
    advice = " ".join(signal.advice.split())
    alert = "" if signal.protective else f" Alert from a score of {signal.alert_at:.2f}."
    return (
        f"\n### {signal.title} `{signal.tag}`{kind}\n\n"
        f"It is: {signal.meaning}.\n\nIt is not: {signal.meaning_not}.\n\n" + "\n".join(examples) + "\n\n"
        f"What helps: {advice}\n\n"
        f"Half-life {signal.half_life_days:g} days.{alert} Source: {signal.source}.\n"
    )


def figures(metrics: dict[str, object], manifest: dict[str, object]) -> str:
    """The table of README: the test writers, each language."""
    test = metrics["test"]
    rows = [
        f"| {LANGUAGES.get(lang, lang)} | {own['messages']} | {own['macro_f1']:.2f} | {own['evidence_precision']:.0%} |"
        for lang, own in test["per_language"].items()
    ]
    low, high = test["macro_f1"]["interval"]
    learnt, name = manifest["data"], f"Model {manifest['name']} {manifest['version']}"
    total = f"| **all** | {test['messages']} | **{test['macro_f1']['value']:.2f}** [{low:.2f}, {high:.2f}]"
    return (
        f"{name}, learnt from {learnt['mails']} messages by {learnt['writers']} writers; here judged on the "
        f"{test['messages']} messages of the test writers:\n\n"
        "| language | messages | macro F1 over 19 signals | shown sentences that are right |\n|---|---|---|---|\n"
        + "\n".join(rows)
        + f"\n{total} | {test['evidence_precision']['value']:.0%} |"
    )


def demo(settings: Path, out: Path) -> tuple[str, str]:
    """What `make demo` prints, and how its digest begins."""
    command = [sys.executable, "-m", "mailsignals", "--settings", str(settings), "--now", NOW]
    env = os.environ | {"COLUMNS": "80"}
    steps = ["ledger", "import", "data/sample/invoices.csv"], ["scan", "--preview", str(out / "digest.html")]
    printed = "".join(
        subprocess.run([*command, *step], capture_output=True, text=True, check=True, env=env, cwd=ROOT).stdout
        for step in steps
    )
    shown = "\n".join(line.rstrip() for line in printed.replace(f"{out}/", "demo-out/").strip().splitlines())
    digest = (out / "digest.txt").read_text("utf-8").splitlines()[:DIGEST_LINES]
    return shown, "\n".join(line.rstrip() for line in digest)


def fill(readme: str, blocks: dict[str, str]) -> str:
    """Put texts between their marks."""
    for name, text in blocks.items():
        mark = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        readme = mark.sub(lambda match, text=text: f"{match[1]}{text}\n{match[2]}", readme)
    return readme


def fenced(text: str) -> str:
    """A text as it was printed."""
    return f"```text\n{text}\n```"


def model_figures() -> str:
    """The figures of the shipped model."""
    folder = ROOT / "models/default"
    return figures(*(json.loads((folder / name).read_text("utf-8")) for name in ("metrics.json", "manifest.json")))


def beyond() -> str:
    """The figures that the benchmarks kept: robustness, real text, speed."""
    kept = [json.loads((ROOT / f"docs/figures/{name}.json").read_text("utf-8")) for name in BENCHMARKS]
    rows = [
        [one["what"], one["value"], one["interval"], one["bar"], f"`{run['command']}`"]
        for run in kept
        for one in run["figures"]
    ]
    return "### Beyond the test part\n" + corpus_report.table(["what", "figure", "95 %", "bar", "command"], rows)


def corpus_blocks() -> dict[str, str]:
    """The tables of the data card."""
    mails = corpus_report.read_corpus()
    return {
        "corpus": corpus_report.counts(mails),
        "lengths": corpus_report.lengths(mails),
        "keyword-free": corpus_report.keyword_free(mails),
        "agreement": agreement.table(agreement.pairs(mails)),
    }


def main() -> None:
    """Write all of it."""
    (ROOT / "docs/signals.md").write_text(signals_page(), "utf-8")
    out = ROOT / "demo-out"
    shutil.rmtree(out, ignore_errors=True)
    printed, digest = demo(ROOT / "data/sample/mailsignals.toml", out)
    blocks = {"demo": fenced(printed), "digest": fenced(digest), "figures": model_figures()} | corpus_blocks()
    blocks |= {"beyond": beyond()}
    for page in (ROOT / name for name in ("README.md", "data/README.md", "models/default/README.md")):
        page.write_text(fill(page.read_text("utf-8"), blocks), "utf-8")


if __name__ == "__main__":
    main()
