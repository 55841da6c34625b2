"""What the documentation says is what the program does."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import click
import pytest
import write_docs

from mailsignals.cli import cli
from mailsignals.errors import MailsignalsError
from mailsignals.settings import parse_settings

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "data/README.md")]
PAGES += sorted((ROOT / "docs").rglob("*.md"))
README = (ROOT / "README.md").read_text("utf-8")


def code_of(page: Path) -> list[str]:
    """Every piece of a page that is set as code: indented lines and words between backticks."""
    text = page.read_text("utf-8")
    indented = re.findall(r"^ {4}(\S.*)$", text, re.MULTILINE)
    return [*indented, *re.findall(r"`([^`\n]+)`", text)]


def commands_of(page: Path) -> list[list[str]]:
    """Command lines that call mailsignals, as words."""
    found = []
    for code in code_of(page):
        line = code.partition("  #")[0].partition(" | ")[0].partition(" > ")[0]
        words = shlex.split(line) if line.count("'") % 2 == 0 and line.count('"') % 2 == 0 else line.split()
        names = [i for i, word in enumerate(words) if word.rpartition("/")[2] == "mailsignals"]
        if names and not words[0].startswith(("git", "cd", "src")):
            found.append(words[names[0] + 1 :])
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_and_option_that_is_named_exists(page: Path) -> None:
    for words in commands_of(page):
        command, group = cli, True
        for word in words:
            name = word.rstrip(":;,.")
            if group and not name.startswith("-") and name in cli.list_commands(click.Context(cli)):
                found = cli.get_command(click.Context(cli), name)
                assert found is not None
                command, group = found, False  # type: ignore[assignment]
            elif name.startswith("--"):
                options = {option for param in command.params for option in param.opts} | {"--help", "--version"}
                assert name in options, f"{page.name}: {' '.join(words)}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {name for page in PAGES for name in re.findall(r"`make ([\w-]+)`", page.read_text("utf-8"))}
    assert named <= targets


def test_the_page_of_signals_is_the_catalogue() -> None:
    assert (ROOT / "docs/signals.md").read_text("utf-8") == write_docs.signals_page()


def test_the_figures_are_those_of_the_shipped_model_and_corpus() -> None:
    assert write_docs.fill(README, {"figures": write_docs.model_figures()}) == README
    card = (ROOT / "data/README.md").read_text("utf-8")
    assert write_docs.fill(card, write_docs.corpus_blocks()) == card
    card = (ROOT / "models/default/README.md").read_text("utf-8")
    assert write_docs.fill(card, {"beyond": write_docs.beyond()}) == card


def test_the_card_s_figures_were_measured_with_the_shipped_model() -> None:
    from mailsignals.wiring import open_tagger

    for name in ("robustness", "real_text", "speed"):
        kept = json.loads((ROOT / f"docs/figures/{name}.json").read_text("utf-8"))
        assert kept["model"] == open_tagger("default").fingerprint, name
        assert f"| {kept['figures'][0]['what']} |" in (ROOT / "models/default/README.md").read_text("utf-8")


def test_the_demo_prints_what_the_readme_shows(tmp_path: Path) -> None:
    text = (ROOT / "data/sample/mailsignals.toml").read_text("utf-8")
    settings = tmp_path / "mailsignals.toml"
    settings.write_text(
        text.replace('path = "."', f'path = "{ROOT}/data/sample"').replace("../../demo-out/", ""), "utf-8"
    )
    printed, digest = write_docs.demo(settings, tmp_path)
    blocks = {"demo": write_docs.fenced(printed), "digest": write_docs.fenced(digest)}
    assert _without_scores(write_docs.fill(README, blocks)) == _without_scores(README)


def _without_scores(text: str) -> str:
    """The text with its scores and bars masked: another kind of processor may round the last digit otherwise."""
    return re.sub(r"(?:[█·░]+\]? *)?\d\.\d\d(?: *\[[█░]+\])?", "#", text)


def test_the_sentences_at_the_top_get_their_signal() -> None:
    from mailsignals.wiring import open_tagger

    rows = re.findall(r"^\| \w+ \| \"(.+)\" \| `(\w+)` \|$", README, re.MULTILINE)
    taggings = open_tagger("default").tag_texts([sentence for sentence, _ in rows])
    assert len(rows) == 5
    assert [tagging.labels for tagging in taggings] == [(tag,) for _, tag in rows]


def test_the_spacy_example_runs_and_finds_the_excuse() -> None:
    code = re.search(r"## In spaCy\n\n((?:    .*\n)+)", README)
    assert code
    printed: list[tuple[object, ...]] = []
    lines = "\n".join(line[4:] for line in code[1].splitlines())
    exec(lines, {"print": lambda *words: printed.append(words)})
    assert [words[0] for words in printed] == ["payment_excuse"]


def test_every_settings_example_of_the_cookbook_is_accepted() -> None:
    import tomllib

    text = (ROOT / "docs/cookbook.md").read_text("utf-8")
    blocks = re.findall(r"((?:^    .*\n)+)", text, re.MULTILINE)
    tables = [block.replace("\n    ", "\n")[4:] for block in blocks if block.lstrip().startswith("[")]
    assert len(tables) >= 6
    for table in tables:
        read = tomllib.loads(table)
        if "mailbox" in read and "path" not in read["mailbox"]:
            read["mailbox"] |= {"host": "imap.example.org", "user": "ana"}
        try:
            parse_settings({"us": {"addresses": ["ana@example.org"]}} | read)
        except MailsignalsError as fault:
            pytest.fail(str(fault))
