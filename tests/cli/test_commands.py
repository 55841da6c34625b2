"""Commands that need no mailbox, and what is said when they are used wrongly."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from mailsignals import cli
from mailsignals.signals.shipped import models_folder
from support.cli import run
from support.tiny_corpus import write_corpus

COMMANDS = ["init", "login", "doctor", "scan", "digest", "import", "clients", "show", "explain", "classify", "train"]


def test_help_lists_the_commands_in_the_order_of_need() -> None:
    text = run("--help").out.partition("Commands:")[2]
    positions = [text.index(f"\n  {command} ") for command in [*COMMANDS, "evaluate"]]
    assert positions == sorted(positions)


@pytest.mark.parametrize("command", [*COMMANDS, "evaluate"])
def test_every_command_has_help(command: str) -> None:
    shown = run(command, "--help")
    assert shown.status == 0
    assert len(shown.out.splitlines()) > 4


def test_help_imports_no_numeric_library() -> None:
    code = (
        "import sys, contextlib\n"
        "from mailsignals.cli import main\n"
        "with contextlib.suppress(SystemExit): main(['--help'])\n"
        "heavy = {'numpy', 'pandas', 'sklearn', 'spacy', 'onnxruntime', 'sqlalchemy', 'pydantic', 'rich'}\n"
        "sys.exit(' '.join(sorted(heavy & set(sys.modules))))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == ""


def test_a_wrong_command_or_option_is_a_usage_fault() -> None:
    assert run("scna").status == 64
    assert run("scan", "--loud").status == 64
    assert run("--now", "yesterday", "scan").status == 64


def test_settings_that_are_not_there_send_to_init(tmp_path: Path) -> None:
    ran = run("--settings", tmp_path / "none.toml", "scan")
    assert ran.status == 66
    assert "mailsignals init" in ran.err


def test_a_command_changes_how_often_the_digest_comes_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "mailsignals.toml"
    before = '# mine\n[us]\naddresses = ["ana@kestrel.example"]  # me\n\n[digest]\nto = ["ana@kestrel.example"]\n'
    file.write_text(before)
    assert run("--settings", file, "digest", "--every", "week").status == 0
    assert file.read_text() == before + 'every = "week"\n'
    assert run("--settings", file, "digest", "--every", "hour").status == 64


def test_init_does_not_replace_settings(tmp_path: Path) -> None:
    file = tmp_path / "mailsignals.toml"
    file.write_text("# mine\n")
    ran = run("--settings", file, "init")
    assert ran.status == 64
    assert file.read_text() == "# mine\n"


def test_the_filter_gives_one_line_per_line_and_says_at_the_end_that_some_were_bad() -> None:
    lines = [
        '{"id": "a", "text": "We will never pay you, you idiots!"}',
        "not json",
        '{"id": 7, "text": "Thanks."}',
        "",
    ]
    ran = run("classify", stdin="\n".join(lines) + "\n")
    assert ran.status == 65
    assert [line["id"] for line in ran.lines] == ["a", 2, 7, 4]
    assert [sorted(line) for line in ran.lines][1] == ["error", "id"]
    first = ran.lines[0]
    text = json.loads(lines[0])["text"]
    assert all(0 <= span["start"] < span["end"] <= len(text) for span in first["evidence"])
    assert set(first["scores"]) >= {span["label"] for span in first["evidence"]}


def test_the_filter_reads_an_mbox(tmp_path: Path) -> None:
    mail = "From: a@b.example\nSubject: x\nMessage-ID: <{0}@b.example>\n\nWords number {0} and some more of them.\n\n"
    box = "".join(f"From a@b.example Mon Mar  2 09:00:00 2026\n{mail.format(number)}" for number in (1, 2))
    assert [line["id"] for line in run("classify", stdin=box).lines] == ["1@b.example", "2@b.example"]


def test_a_first_line_that_only_looks_like_a_header_does_not_swallow_the_rest() -> None:
    ran = run("classify", stdin='garbage: yes\n{"id": 2, "text": "hello"}\n')
    assert [line["id"] for line in ran.lines] == [1, 2]
    assert ran.status == 65


def test_nothing_in_gives_nothing_out() -> None:
    ran = run("classify", stdin="")
    assert (ran.status, ran.out) == (0, "")


def test_a_model_is_trained_judged_and_used(tmp_path: Path) -> None:
    labels, folder = write_corpus(tmp_path / "labels.jsonl"), tmp_path / "mine"
    trained = run("train", labels, "--out", folder, "--json")
    assert trained.status == 0, trained.err
    assert {file.name for file in folder.iterdir()} == {
        "heads.npz",
        "examples.jsonl",
        "manifest.json",
        "metrics.json",
        "README.md",
    }
    report = run("evaluate", labels, "--model", folder, "--json").json
    assert report["messages"] == len(labels.read_text("utf-8").splitlines())
    assert "macro f1" in run("evaluate", labels, "--model", folder).out
    line = '{"id": 1, "text": "Accounting forgot the transfer again, sorry."}'
    assert run("classify", "--model", folder, stdin=line).lines[0]["scores"]


def test_a_fast_model_is_trained_and_used_on_the_early_exit(tmp_path: Path) -> None:
    labels, folder = write_corpus(tmp_path / "labels.jsonl"), tmp_path / "fast"
    assert run("train", labels, "--out", folder, "--fast").status == 0
    encoders = [
        json.loads((place / "manifest.json").read_text("utf-8"))["encoder"]
        for place in (folder, models_folder() / "default")
    ]
    assert encoders[0] == f"{encoders[1]}-6"
    line = '{"id": 1, "text": "Accounting forgot the transfer again, sorry."}'
    assert run("classify", "--model", folder, stdin=line).lines[0]["scores"]


def test_a_label_that_is_not_in_the_catalogue_is_named_with_file_and_line(tmp_path: Path) -> None:
    file = tmp_path / "labels.jsonl"
    row = {"id": "1", "lang": "en", "text": "Pay later", "labels": ["payment_excus"]}
    row["spans"] = [{"start": 0, "end": 3, "label": "payment_excus"}]
    file.write_text("\n" + json.dumps(row) + "\n")
    ran = run("train", file, "--out", tmp_path / "model")
    assert ran.status == 65
    assert f"{file}:2" in ran.err
    assert "did you mean 'payment_excuse'" in ran.err


def test_a_model_that_is_none_is_refused_with_a_remedy(tmp_path: Path) -> None:
    ran = run("classify", "--model", tmp_path, stdin='{"text": "x"}')
    assert ran.status == 70
    assert "mailsignals train" in ran.err


@pytest.mark.parametrize(
    ("fault", "status"), [(OSError(28, "No space left on device", "/x"), 74), (BrokenPipeError(), 0)]
)
def test_what_the_system_refuses_ends_without_a_traceback(
    fault: OSError, status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise fault

    monkeypatch.setattr(cli, "cli", refuse)
    monkeypatch.setattr(sys, "stderr", io.StringIO() if not status else sys.stderr)
    with pytest.raises(SystemExit) as end:
        cli.main(["clients"])
    assert end.value.code == status
    if status:
        assert "The system refused /x.\n     why:    No space left on device." in capsys.readouterr().err
