"""Ledger, backtest, export, dossier and hushes over the sample mailbox."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from support.cli import Ran

Sample = Callable[..., Ran]
LEDGER = Path(__file__).parents[2] / "data/sample/invoices.csv"
DIFFICULT = {"Loopnest", "Hotel Galeb", "Арман-Климат", "Vesterlund Kulturforening", "Kusina ni Boyet"}


def test_the_ledger_is_imported_twice_and_stored_once(sample: Sample) -> None:
    for _ in range(2):
        told = sample("ledger", "import", LEDGER, "--json").json
        assert (told["invoices"], told["paid"]) == (6, 3)
        assert not any(
            told[name] for name in ("paid_on_unknown_day", "unknown_clients", "removed", "left_out", "partly_paid")
        )
        assert told["day_first_guessed"] is False
    assert len(sample("ledger", "list", "--json").json) == 6
    assert "1,450.00 EUR" in sample("ledger", "list").out


def test_an_unpaid_bill_stops_work_and_names_the_invoice(sample: Sample) -> None:
    sample("ledger", "import", LEDGER)
    galeb = sample("show", "Hotel Galeb", "--json").json
    assert galeb["verdict"]["stage"] == "stop work until paid"
    assert any("2025-118" in reason for reason in galeb["verdict"]["reasons"])
    assert "Stage: stop work until paid" in sample("show", "Hotel Galeb").out


def test_a_bill_that_was_voided_is_no_longer_a_reason_to_stop_work(sample: Sample, tmp_path: Path) -> None:
    sample("ledger", "import", LEDGER)
    void = tmp_path / "void.csv"
    rows = ["2025-118,Hotel Galeb,2025-12-18,1450,Voided", "2026-007,Hotel Galeb,2026-02-04,980,Deleted"]
    void.write_text("\n".join(["Number,Client,Date,Total,Status", *rows, "9,Hotel Galeb,2026-02-04,9,Draft"]), "utf-8")
    told = sample("ledger", "import", void).out
    numbers = {row["number"] for row in sample("ledger", "list", "--json").json}
    reasons = sample("show", "Hotel Galeb", "--json").json["verdict"]["reasons"]
    sample("ledger", "import", LEDGER)
    assert told.splitlines() == [
        "0 invoices stored, 0 paid in full.",
        "2 stored invoices removed: now void or draft.",
        "Left out: 3 void or draft.",
    ]
    assert len(numbers) == 4
    assert not numbers & {"2025-118", "2026-007"}
    assert not [reason for reason in reasons if "2025-118" in reason or "2026-007" in reason]


def test_an_import_says_what_it_guessed_and_what_it_left_out(sample: Sample, tmp_path: Path) -> None:
    file = tmp_path / "guess.csv"
    file.write_text(
        "Number,Client,Date,Total,Status,Type\n"
        "G-1,Loopnest,03/04/2026,10,partial,Invoice\n"
        "G-2,Loopnest,03/04/2026,10,,Sales credit note\n",
        "utf-8",
    )
    told = sample("ledger", "import", file).out
    file.write_text("Number,Client,Date,Total,Status\nG-1,Loopnest,2026-04-03,10,void\n", "utf-8")
    sample("ledger", "import", file)
    assert "Left out: 1 Sales credit note." in told
    assert "does not say how much: G-1" in told
    assert "Dates such as 03/04/2026 were read with the day first" in told
    assert "write day_first = false under [ledger] in the settings" in told


def test_an_import_says_what_was_paid_on_no_day_that_is_known(sample: Sample, tmp_path: Path) -> None:
    file, head = tmp_path / "undated.csv", "Number,Client,Date,Total,Status"
    undated, void = (
        "\n".join([head, *(f"U-{n},Loopnest,2026-03-0{n},10,{status}" for n in (1, 2))]) for status in ("Paid", "Void")
    )
    file.write_text(undated, "utf-8")
    told, counted = sample("ledger", "import", file).out, sample("ledger", "import", file, "--json").json
    file.write_text(void, "utf-8")
    sample("ledger", "import", file)
    assert "2 were paid on a day that the file does not tell; past nights cannot know of them.\n" in told
    assert counted["paid_on_unknown_day"] == 2


def test_a_backtest_tells_of_the_difficult_clients_early_and_of_no_other(sample: Sample) -> None:
    findings = sample("backtest", "--months", "3", "--json").json
    assert {"client", "at", "stage", "signals", "score", "reasons", "evidence"} == set(findings[0])
    raised = [finding for finding in findings if finding["stage"] not in ("calm", "watch")]
    assert {finding["client"] for finding in raised} == DIFFICULT
    assert [finding["at"] for finding in findings] == sorted(finding["at"] for finding in findings)
    known = {row["message_id"]: row["text"] for row in sample("export", "messages", "--json").json}
    for finding in findings:
        for span in finding["evidence"]:
            assert 0 <= span["start"] < span["end"] <= len(known[span["message_id"]])


def test_a_backtest_shows_every_change_of_stage_and_the_mails_behind_behaviour(sample: Sample) -> None:
    findings = sample("backtest", "--months", "3", "--json").json
    moves: dict[str, list[str]] = {}
    for finding in findings:
        moved = [reason for reason in finding["reasons"] if reason.startswith("Stage ")]
        assert finding["evidence"] or finding["stage"] == "calm"
        if moved:
            moves.setdefault(finding["client"], ["calm"]).append(finding["stage"])
            assert moved == [f"Stage {moves[finding['client']][-2]} → {finding['stage']}."]
    assert moves["Holt Tømrer"] == ["calm", "watch", "calm"]
    assert moves["Vesterlund Kulturforening"] == ["calm", "watch", "set boundaries", "watch", "set boundaries"]
    shown = sample("backtest", "--months", "3").out
    assert "”  Off-hours contact, 26 Feb" in shown
    assert max(map(len, shown.splitlines())) < 200


def test_a_night_of_the_backtest_knows_only_what_was_known_then(sample: Sample) -> None:
    early = sample("backtest", "--months", "3", "--now", "2026-02-15", "--json").json
    late = sample("backtest", "--months", "4", "--json").json
    assert [finding for finding in late if finding["at"] < "2026-02-14"] == [
        finding for finding in early if finding["at"] < "2026-02-14"
    ]


def test_now_without_a_zone_is_a_moment_of_ours(sample: Sample) -> None:
    def exported(now: str) -> list[str]:
        return [row["message_id"] for row in sample("export", "messages", "--json", "--now", now).json]

    newest = max(sample("export", "messages", "--json").json, key=lambda row: datetime.fromisoformat(row["date"]))
    before = datetime.fromisoformat(newest["date"]).astimezone(ZoneInfo("Europe/Zagreb")) - timedelta(minutes=30)
    assert newest["message_id"] not in exported(f"{before:%Y-%m-%dT%H:%M}")
    assert newest["message_id"] in exported(f"{before:%Y-%m-%dT%H:%M}Z")


def test_the_exports_hold_what_the_judgement_stands_on(sample: Sample) -> None:
    promises = sample("export", "promises", "--client", "Vesterlund", "--json").json
    broken = [promise for promise in promises if promise["state"] == "broken" and promise["side"] == "ours"]
    assert [promise["due"] for promise in broken] == ["2026-01-23"]
    assert "tre skitser" in broken[0]["sentence"]
    scope = sample("export", "scope", "--client", "Loopnest", "--json").json
    assert {row["kind"] for row in scope} == {"extra"}
    behaviour = sample("export", "behaviour", "--client", "Loopnest", "--json").json
    assert len(behaviour) == 10
    night = next(row for row in behaviour if row["signal"] == "off_hours_contact")
    assert night["value"] > 0.5
    messages = sample("export", "messages", "--client", "Loopnest", "--json").json
    assert {row["direction"] for row in messages} == {"in", "out"}


def test_an_export_without_json_is_a_table(sample: Sample) -> None:
    rows = list(csv.DictReader(io.StringIO(sample("export", "behaviour", "--client", "Loopnest").out)))
    assert [row["client"] for row in rows] == ["Loopnest"] * 10


@pytest.mark.parametrize("form", ["html", "pdf", "csv"])
def test_a_dossier_gives_the_same_verdicts_when_it_is_judged_again(sample: Sample, tmp_path: Path, form: str) -> None:
    file = tmp_path / f"galeb.{form}"
    assert sample("dossier", "Galeb", "--out", file).status == 0
    again = sample("replay", file)
    assert (again.status, again.out.strip()) == (0, "The same verdicts.")


def test_a_dossier_shows_the_course_since_the_first_mail(sample: Sample, tmp_path: Path) -> None:
    file = tmp_path / "galeb.html"
    sample("dossier", "Galeb", "--out", file)
    page = file.read_text("utf-8")
    assert 'src="data:image/png;base64,' in page
    assert "Urgency week by week, by mail alone:" in page


def test_a_dossier_of_other_mail_is_told_apart(sample: Sample, tmp_path: Path) -> None:
    file, ledger = tmp_path / "galeb.html", tmp_path / "paid.csv"
    sample("ledger", "import", LEDGER)
    sample("dossier", "Galeb", "--out", file)
    text = LEDGER.read_text("utf-8").replace("500.00,2026-02-03", "1450.00,2026-01-10")
    ledger.write_text(text.replace("980.00,EUR,0.00,", "980.00,EUR,980.00,2026-02-19"), "utf-8")
    sample("ledger", "import", ledger)
    told = sample("replay", file)
    sample("ledger", "import", LEDGER)
    assert told.status == 1
    assert "stage: was stop work until paid, is set boundaries" in told.out
    (tmp_path / "none.html").write_text("<p>nothing</p>", "utf-8")
    assert sample("replay", tmp_path / "none.html").status == 65
    assert sample("dossier", "Galeb", "--out", tmp_path / "galeb.doc").status == 64


def test_cells_of_a_dossier_run_no_formulas(sample: Sample, tmp_path: Path) -> None:
    file = tmp_path / "galeb.csv"
    sample("dossier", "Galeb", "--out", file)
    rows = csv.reader(io.StringIO(file.read_text("utf-8-sig")))
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_a_snoozed_client_is_not_told_of_until_it_is_taken_back(sample: Sample) -> None:
    def alerted() -> set[str]:
        return {alert["client"] for alert in sample("scan", "--dry-run", "--json").json["alerts"]}

    assert "Hotel Galeb" in alerted()
    assert sample("snooze", "galeb").out == "Hotel Galeb is quiet until 2026-03-27 18:00.\n"
    assert "Hotel Galeb" not in alerted()
    sample("snooze", "galeb", "--off")
    sample("acknowledge", "galeb")
    assert "Hotel Galeb" not in alerted()
    sample("snooze", "galeb", "--off")
    assert "Hotel Galeb" in alerted()
    assert sample("snooze", "galeb", "--signal", "rudeness").status == 64


def test_a_snoozed_signal_keeps_its_day_when_the_client_is_acknowledged(sample: Sample) -> None:
    sample("snooze", "galeb", "--signal", "payment_hurdle", "--days", "7")
    acknowledged = sample("acknowledge", "galeb").out
    later = sample("scan", "--dry-run", "--json", "--now", "2026-03-21").json["alerts"]
    sample("snooze", "galeb", "--off")
    assert "Payment hurdle" not in acknowledged
    assert "Payment drift" in acknowledged
    assert "Stop work until paid" in acknowledged
    assert "_" not in acknowledged
    assert {alert["tag"] for alert in later if alert["client"] == "Hotel Galeb"} >= {"payment_hurdle"}


def test_the_last_day_of_quiet_is_one_of_our_calendar(sample: Sample) -> None:
    told = sample("snooze", "galeb", "--signal", "payment_drift", "--until", "2026-03-20").out
    zoned = sample("snooze", "galeb", "--until", "2026-03-20T00:00+00:00").out
    sample("snooze", "galeb", "--off")
    assert told == "Hotel Galeb, Payment drift, is quiet until 2026-03-20 00:00.\n"
    assert zoned == "Hotel Galeb is quiet until 2026-03-20 01:00.\n"


def test_a_month_in_which_nothing_was_told_is_no_plural(sample: Sample) -> None:
    assert sample("backtest", "--months", "1", "--now", "2020-01-01").out == (
        "Nothing would have been told in the last month.\n"
    )


def test_a_cold_caller_is_a_prospect_and_a_named_client_is_not(sample: Sample) -> None:
    found = sample("prospects", "--json").json
    assert found
    assert not {prospect["prospect"] for prospect in found} & DIFFICULT
    assert sample("prospects").status == 0


def test_every_person_is_told_with_what_their_own_mail_shows(sample: Sample) -> None:
    lines = sample("show", "Hotel Galeb").out.splitlines()
    told = [line for line in lines if "@" in line and "<" in line]
    assert "Zdravko Perković" in told[0]
    assert "payment hurdle" in told[0]
    assert "Tea Marušić" in told[1]
    assert "payment hurdle" not in told[1]
