"""Every notebook runs from top to bottom, and is committed without what it printed."""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient
from nbformat import NotebookNode

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SECONDS_A_CELL = 120

every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def test_there_is_a_notebook() -> None:
    assert NOTEBOOKS


@every_notebook
def test_a_notebook_runs_without_error_or_warning(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))  # the user's start-up files are not part of the notebook
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    notebook = read(path)
    run(notebook)
    assert "Warning:" not in stderr_of(notebook)  # such as a letter that the font lacks


@every_notebook
def test_a_notebook_is_kept_without_output(path: Path) -> None:
    for cell in code_cells(read(path)):
        assert cell.outputs == []
        assert cell.execution_count is None


@every_notebook
def test_a_notebook_begins_with_its_question(path: Path) -> None:
    title = read(path).cells[0].source.splitlines()[0]
    assert title.startswith("# ")
    assert title.endswith("?")


def read(path: Path) -> NotebookNode:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    return notebook


def run(notebook: NotebookNode) -> None:
    """Execute in place, in this interpreter's kernel, whatever kernels the user has installed."""
    specs = KernelSpecManager(kernel_dirs=[])
    assert specs.get_kernel_spec("python3").argv[0] == sys.executable
    where = {"metadata": {"path": str(ROOT)}}
    client = NotebookClient(notebook, kernel_name="python3", timeout=SECONDS_A_CELL, resources=where)
    client.create_kernel_manager().kernel_spec_manager = specs  # given from outside, the kernel would not be stopped
    client.execute()


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def stderr_of(notebook: NotebookNode) -> str:
    outputs = (output for cell in code_cells(notebook) for output in cell.outputs)
    return "".join(output.text for output in outputs if output.get("name") == "stderr")
