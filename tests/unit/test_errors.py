from __future__ import annotations

import ast
import inspect
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailsignals import errors
from mailsignals.errors import MailsignalsError, SettingFault, SettingsInvalid

SOURCES = Path(errors.__file__).parent
CLASSES = {
    name: each
    for name, each in inspect.getmembers(errors, inspect.isclass)
    if issubclass(each, MailsignalsError)
}  # fmt: skip
TREE_LINE = re.compile(
    r"^    (?P<lead>[│├└─ ]*)(?P<name>[A-Z]\w+)(?:\s+(?P<code>\d+)\s+(?P<meaning>\S.*))?$", re.MULTILINE
)


def drawn_tree() -> Iterator[tuple[str, str, int]]:
    """Name, parent and exit status as the docstring draws them."""
    above: list[str] = []
    for line in TREE_LINE.finditer(errors.__doc__ or ""):
        depth = len(line["lead"]) // 4
        del above[depth:]
        if above:
            yield line["name"], above[-1], int(line["code"])
        above.append(line["name"])


def test_the_tree_that_is_drawn_is_the_tree_that_is() -> None:
    real = {(name, each.__base__.__name__, each.exit_code) for name, each in CLASSES.items()}
    assert set(drawn_tree()) == {line for line in real if line[0] != "MailsignalsError"}


def test_every_error_says_in_its_docstring_what_the_tree_says_of_it() -> None:
    assert all(each.__doc__ and each.__doc__.splitlines()[0].endswith(".") for each in CLASSES.values())


def test_exit_statuses_are_those_of_sysexits_and_a_child_is_not_less_exact_than_its_parent() -> None:
    known = {value for name, value in vars(os).items() if name.startswith("EX_") and value}
    assert {each.exit_code for each in CLASSES.values()} <= known
    for each in CLASSES.values():
        assert all(child.exit_code == each.exit_code for child in each.__subclasses__() if each is not MailsignalsError)


@pytest.mark.parametrize("name", sorted(set(CLASSES) - {"SettingsInvalid"}))
def test_every_error_is_printed_with_status_reason_and_remedy(name: str) -> None:
    error = CLASSES[name]("It broke.", why="it was old.", remedy="buy a new one.")
    assert str(error) == f"[{error.exit_code}] It broke.\n     why:    it was old.\n     remedy: buy a new one."
    assert (error.what, error.why, error.remedy) == ("It broke.", "it was old.", "buy a new one.")


def test_faults_in_the_settings_are_printed_one_below_the_other() -> None:
    faults = [SettingFault(f"Fault {number}.", why="so.", remedy="mend it.") for number in (1, 2)]
    together = SettingsInvalid(faults)
    assert str(together) == f"{faults[0]}\n{faults[1]}"
    assert together.faults == tuple(faults)
    assert together.exit_code == 78
    assert together.what == "Fault 1."


def written_errors() -> Iterator[tuple[str, ast.Call]]:
    """Every place in the sources that makes an error."""
    for file in sorted(SOURCES.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in set(CLASSES) - {"SettingsInvalid"}:
                yield f"{file.relative_to(SOURCES)}:{node.lineno}", node


@pytest.mark.parametrize(("place", "call"), [pytest.param(*found, id=found[0]) for found in written_errors()])
def test_every_error_in_the_sources_says_what_why_and_what_to_do(place: str, call: ast.Call) -> None:
    parts = {"what": call.args[0]} | {word.arg: word.value for word in call.keywords}
    assert set(parts) == {"what", "why", "remedy"}, place
    for part in (parts["what"], parts["why"]):
        last = part.values[-1] if isinstance(part, ast.JoinedStr) else part
        if isinstance(last, ast.Constant):
            assert str(last.value).endswith("."), f"{place}: {last.value}"
