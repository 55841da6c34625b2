from __future__ import annotations

import csv
import io

import pytest

from mailsignals.report.table import to_csv


def cell(value: object) -> str:
    return list(csv.reader(io.StringIO(to_csv([{"what": value}]), newline="")))[1][0]


@pytest.mark.parametrize(
    "formula",
    [
        "=1+1",
        "+1",
        "-1+1",
        "@SUM(A1)",
        "\tx",
        "\rx",
        "  =1",
        "\n=1",
        "\r\n@SUM(A1)",
        "\u00a0=1",
        "\ufeff=1",
        "＝1",
        "＋1",
        "－1",
        "＠SUM(A1)",
        " ＝1",
    ],
)
def test_a_cell_that_would_run_gets_an_apostrophe(formula: str) -> None:
    assert cell(formula) == f"'{formula}"


@pytest.mark.parametrize(
    "words", ["a=1", "Cijena je 5+5", "ana@kestrel.example", " plain", "\nplain", "", "2026-03-13"]
)
def test_plain_words_stay_as_they_are(words: str) -> None:
    assert cell(words) == words


def test_a_number_below_zero_stays_a_number() -> None:
    assert cell(-0.5) == "-0.5"


def test_every_cell_stands_in_quotes_so_that_semicolons_do_not_split_it() -> None:
    table = to_csv([{"who": "a;=1", "score": 0.5, "none": None}])
    assert table == '"who","score","none"\r\n"a;=1","0.5",""\r\n'
