# ruff: noqa: E501  # headings and rows as the programs write them
from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from mailsignals.adapters.ledgerfile import LedgerFormat, read_ledger
from mailsignals.errors import DataUnreadable, InputMissing
from mailsignals.types import Invoice

XERO = (
    "*ContactName,EmailAddress,POCity,*InvoiceNumber,Reference,*InvoiceDate,*DueDate,Total,TaxTotal,InvoiceAmountPaid,"
    "InvoiceAmountDue,Description,*Quantity,LineAmount,Currency,Type,Sent,Status\n"
    "Miramar d.o.o.,iva@miramar.example,Split,INV-7,Logo,04/02/2026,18/02/2026,1250.00,250.00,250.00,1000.00,Logo,1,800.00,"
    "EUR,Sales invoice,Sent,Awaiting Payment\n"
    "Miramar d.o.o.,iva@miramar.example,Split,INV-7,Logo,04/02/2026,18/02/2026,1250.00,250.00,250.00,1000.00,Cards,1,200.00,"
    "EUR,Sales invoice,Sent,Awaiting Payment\n"
    "Miramar d.o.o.,iva@miramar.example,Split,INV-8,Logo,04/02/2026,18/02/2026,10.00,0,0,10.00,Draft,1,10.00,EUR,,,Draft\n"
)
QUICKBOOKS = (
    "Date,Transaction Type,Num,Customer,Memo,Due Date,Amount,Open Balance\n"
    '02/04/2026,Invoice,1007,Miramar,Logo,02/18/2026,"1,250.00",0.00\n'
)
FRESHBOOKS = (
    "Client Name,Invoice #,Date Issued,Date Due,Invoice Status,Date Paid,Item Name,Item Description,Rate,Quantity,"
    "Discount Percentage,Line Subtotal,Tax 1 Type,Tax 1 Amount,Tax 2 Type,Tax 2 Amount,Line Total,Currency\n"
    "Miramar,0000007,2026-02-04,2026-02-18,paid,2026-02-20,Logo,,800,1,0,800,,0,,0,800.00,EUR\n"
    "Miramar,0000007,2026-02-04,2026-02-18,paid,2026-02-20,Cards,,200,1,0,200,,0,,0,200.00,EUR\n"
)
HARVEST = (
    "Issue Date,Last Payment Date,ID,PO Number,Client,Subject,Invoice Amount,Paid Amount,Balance,Subtotal,Discount,Tax,Tax2,"
    "Currency,Currency Symbol,Document Type,Client Address\n"
    "2026-02-04,2026-02-20,7,,Miramar,Logo,1250.00,250.00,1000.00,1000.00,0,250.00,0,EUR,€,Invoice,Split\n"
)


def read(tmp_path: Path, text: str | bytes, layout: LedgerFormat | None = None) -> tuple[list[Invoice], list[str]]:
    """The invoices of a file, where Miramar and its address are known."""
    file = tmp_path / "invoices.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())

    def name_client(name: str, email: str) -> str | None:
        return "Miramar" if name == "Miramar" or email.endswith("miramar.example") else None

    invoices, strangers = read_ledger(file, name_client, layout or LedgerFormat())
    return list(invoices), list(strangers)


def test_xero_repeats_its_total_on_every_line_and_drafts_are_no_bills(tmp_path: Path) -> None:
    (invoice,), strangers = read(tmp_path, XERO)
    assert invoice == Invoice("INV-7", "Miramar", date(2026, 2, 4), date(2026, 2, 18), 1250, "EUR", None, 250)
    assert strangers == []


def test_quickbooks_tells_what_is_still_open_and_puts_the_month_first(tmp_path: Path) -> None:
    (invoice,), _ = read(tmp_path, QUICKBOOKS)
    assert (invoice.issued, invoice.due, invoice.amount, invoice.paid_amount) == (
        date(2026, 2, 4),
        date(2026, 2, 18),
        1250,
        1250,
    )


def test_freshbooks_has_a_row_for_every_line_and_their_sum_is_the_invoice(tmp_path: Path) -> None:
    (invoice,), _ = read(tmp_path, FRESHBOOKS)
    assert (invoice.amount, invoice.paid_amount, invoice.paid_at) == (1000, 1000, date(2026, 2, 20))


def test_harvest_has_no_due_date_and_knows_part_payments(tmp_path: Path) -> None:
    (invoice,), _ = read(tmp_path, HARVEST)
    assert (invoice.due, invoice.amount, invoice.paid_amount, invoice.is_paid) == (None, 1250, 250, False)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_other_programs_are_read_by_plain_headings_whatever_stands_between(tmp_path: Path, delimiter: str) -> None:
    rows = [
        ["Number", "Client", "Issued", "Due", "Amount", "Paid at"],
        ["7", "Miramar", "4.2.2026", "18.2.2026", "980", ""],
    ]
    (invoice,), _ = read(tmp_path, "\n".join(delimiter.join(row) for row in rows), LedgerFormat(currency="DKK"))
    assert invoice == Invoice("7", "Miramar", date(2026, 2, 4), date(2026, 2, 18), 980, "DKK")


def test_columns_that_are_named_in_the_settings_win(tmp_path: Path) -> None:
    text = "Nr,Kunde,Dato,Sum\n7,Miramar,2026-02-04,980\n"
    columns = {"number": "Nr", "client": "Kunde", "issued": "Dato", "amount": "Sum"}
    assert read(tmp_path, text, LedgerFormat(columns))[0][0].number == "7"


def test_old_windows_files_are_read(tmp_path: Path) -> None:
    text = "Number,Client,Issued,Amount\n7,Møbler,2026-02-04,980\n".encode("cp1252")
    assert read(tmp_path, text)[1] == ["Møbler"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Number,Client,Issued\n7,Miramar,2026-02-04\n", "no column for amount"),
        ("Number,Client,Issued,Amount\n", "no rows"),
        ("Number,Client,Issued,Amount\n7,Miramar,2026-02-31,980\n", "'2026-02-31' in row 2, column 'Issued'"),
        ("Number,Client,Issued,Amount\n7,Miramar,2026-02-04,lots\n", "'lots' in row 2, column 'Amount'"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_row_and_column(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(DataUnreadable, match=told):
        read(tmp_path, text)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputMissing):
        read_ledger(tmp_path / "none.csv", lambda name, _: name, LedgerFormat())
