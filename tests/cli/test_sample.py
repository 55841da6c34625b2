"""Commands over the sample mailbox."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from support.cli import Ran

Sample = Callable[..., Ran]
DIFFICULT = {"Loopnest", "Hotel Galeb", "Арман-Климат", "Vesterlund Kulturforening", "Kusina ni Boyet"}
GOOD = {"Dunmore Cycles", "OPG Medena dolina", "Лукоморье", "Holt Tømrer", "Tindahan ni Luz"}


def test_every_client_of_the_settings_is_listed_and_nobody_else(sample: Sample) -> None:
    states = sample("clients", "--json").json
    assert {state["client"] for state in states} == DIFFICULT | GOOD
    scores = [state["score"] for state in states]
    assert scores == sorted(scores, reverse=True)
    assert "Hotel Galeb" in sample("clients").out


def test_difficult_clients_are_told_from_good_ones(sample: Sample) -> None:
    alerts = sample("scan", "--dry-run", "--json").json["alerts"]
    alerted = {alert["client"] for alert in alerts}
    assert len(alerted & DIFFICULT) >= 2
    assert not alerted & GOOD
    most_urgent = [state["client"] for state in sample("clients", "--json").json][:5]
    assert len(set(most_urgent) & DIFFICULT) >= 4


def test_a_client_is_found_by_a_part_of_its_name_and_opens_to_sentences(sample: Sample) -> None:
    shown = sample("show", "galeb").out
    assert "Zdravko Perković" in shown
    assert ".hotel-galeb.example" in shown
    assert "“" in shown


def test_an_unknown_client_is_answered_with_the_nearest_name(sample: Sample) -> None:
    asked = sample("show", "Lopnest")
    assert asked.status == 66
    assert 'mailsignals show "Loopnest"' in asked.err


def test_a_message_is_explained_by_its_words_and_the_definition(sample: Sample) -> None:
    state = sample("show", "Hotel Galeb", "--json").json
    quote = state["signals"][0]["quotes"][0]
    explained = sample("explain", quote["message_id"]).out
    assert quote["label"] in explained
    assert "it is not:" in explained
    assert "its tone: " in explained
    assert sample("explain", "nobody@nowhere").status == 66
    assert sample("explain", quote["message_id"], "--tag", "rudeness").status == 64


def test_the_digest_is_shown_from_the_store_without_sending(sample: Sample, tmp_path: Path) -> None:
    page = tmp_path / "digest.html"
    assert "Hotel Galeb" in sample("digest").out
    assert sample("digest", "--html", page).status == 0
    assert "<html" in page.read_text("utf-8")


def test_importing_what_is_stored_stores_nothing_twice(sample: Sample) -> None:
    folder = Path(__file__).parents[2] / "data/sample"
    imported = sample("import", folder / "INBOX", "--json").json
    assert (imported["found"], imported["stored"]) == (116, 0)


def test_scanning_again_reads_nothing(sample: Sample) -> None:
    assert sample("scan", "--dry-run", "--json").json["found"] == 0


def test_sending_without_a_server_names_the_missing_section(sample: Sample) -> None:
    refused = sample("scan")
    assert refused.status == 78
    assert "[smtp] is missing" in refused.err
    assert "--preview" in refused.err


def test_a_raw_mail_of_the_sample_goes_through_the_filter(sample: Sample) -> None:
    file = Path(__file__).parents[2] / "data/sample/INBOX/001.eml"
    (line,) = sample("classify", file).lines
    assert line["lang"] == "en"
    assert "happy new year" in line["text"]
    assert set(line) == {"id", "lang", "text", "labels", "scores", "evidence"}
    assert json.dumps(line) == json.dumps(sample("classify", stdin=file.read_bytes()).lines[0])
