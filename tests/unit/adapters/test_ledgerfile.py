# ruff: noqa: E501  # headings and rows as the programs write them
from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from mailsignals.adapters.ledgerfile import LedgerFormat, read_export
from mailsignals.errors import DataUnreadable, InputMissing
from mailsignals.types import Invoice
from mailsignals.workflows.ledger import Ledger

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


def export(tmp_path: Path, text: str | bytes, layout: LedgerFormat | None = None) -> Ledger:
    """What a file says, where Miramar and its address are known."""
    file = tmp_path / "invoices.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())

    def name_client(name: str, email: str) -> str | None:
        return "Miramar" if name == "Miramar" or email.endswith("miramar.example") else None

    return read_export(file, name_client, layout or LedgerFormat())


def read(tmp_path: Path, text: str | bytes, layout: LedgerFormat | None = None) -> tuple[list[Invoice], list[str]]:
    """The invoices of a file, and the clients that are not known."""
    ledger = export(tmp_path, text, layout)
    return list(ledger.invoices), list(ledger.strangers)


def plain(*rows: str) -> str:
    """A file of plain headings: number, client, date, sum and status."""
    return "\n".join(["Number;Client;Date;Amount;Status", *rows])


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


@pytest.mark.parametrize("currency", ["Danish Krone - DKK", "DKK - Danish Krone", "DKK"])
def test_a_currency_that_is_written_with_its_name_is_its_code(tmp_path: Path, currency: str) -> None:
    [invoice], _ = read(tmp_path, HARVEST.replace(",EUR,", f",{currency},"))
    assert invoice.currency == "DKK"


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
        read_export(tmp_path / "none.csv", lambda name, _: name, LedgerFormat())


# --- what is owed no more ---


@pytest.mark.parametrize("status", ["Voided", "void", "Deleted", "Draft"])
def test_void_deleted_and_draft_bills_are_named_for_removal(tmp_path: Path, status: str) -> None:
    ledger = export(tmp_path, plain(f"7;Miramar;2026-02-04;980;{status}", "8;Miramar;2026-02-04;980;Sent"))
    assert [invoice.number for invoice in ledger.invoices] == ["8"]
    assert ledger.void == {("Miramar", "7")}
    assert ledger.left_out == {"void or draft": 1}


def test_a_void_bill_is_removed_also_under_the_name_it_had_before_its_client_was_known(tmp_path: Path) -> None:
    text = "Number,Client,Email,Date,Amount,Status\n7,Miramar d.o.o.,iva@miramar.example,2026-02-04,980,Void\n"
    assert export(tmp_path, text).void == {("Miramar", "7"), ("Miramar d.o.o.", "7")}


def test_a_number_that_was_void_and_is_used_again_is_not_removed(tmp_path: Path) -> None:
    ledger = export(tmp_path, plain("7;Miramar;2026-02-04;980;Voided", "7;Miramar;2026-02-05;990;Sent"))
    assert (ledger.invoices[0].amount, ledger.void) == (990, frozenset())


# --- how much came in ---


def test_freshbooks_partial_with_a_day_of_payment_is_not_paid_and_is_told(tmp_path: Path) -> None:
    ledger = export(tmp_path, FRESHBOOKS.replace(",paid,", ",partial,"))
    (invoice,) = ledger.invoices
    assert (invoice.amount, invoice.paid_amount, invoice.is_paid) == (1000, 0, False)
    assert invoice.paid_at == date(2026, 2, 20)
    assert ledger.partly_paid == ["0000007"]


def test_partly_paid_takes_the_sum_that_the_file_names(tmp_path: Path) -> None:
    text = "Number,Client,Date,Amount,Amount Paid,Date Paid,Status\n7,Miramar,2026-02-04,980,300,2026-02-20,partial\n"
    ledger = export(tmp_path, text)
    assert (ledger.invoices[0].paid_amount, ledger.partly_paid) == (300, [])


@pytest.mark.parametrize("status", ["Paid", "Deposited", "Closed", "auto-paid"])
def test_a_bill_marked_paid_without_a_day_is_paid_on_a_day_unknown(tmp_path: Path, status: str) -> None:
    (invoice,), _ = read(tmp_path, plain(f"7;Miramar;2026-02-04;980;{status}"))
    assert (invoice.paid_at, invoice.paid_amount, invoice.is_paid) == (None, 980, True)


def test_a_bill_settled_by_a_credit_note_is_not_owed(tmp_path: Path) -> None:
    text = XERO.replace("1250.00,250.00,250.00,1000.00", "1250.00,250.00,250.00,0.00")
    assert read(tmp_path, text)[0][0].is_paid


# --- reports of QuickBooks ---

REPORT = (
    "Kestrel Vale,,,,,,\n"
    "Invoices by customer\n"
    '"January 1 - March 31, 2026"\n'
    "\n"
    ",Date,Transaction Type,Num,Due Date,Amount,Open Balance,Balance\n"
    "Miramar\n"
    ',02/04/2026,Invoice,1007,02/18/2026,"1,250.00",250.00,"1,250.00"\n'
    ',02/20/2026,Payment,771,,"-1,000.00",0.00,250.00\n'
    'Total for Miramar,,,,,"$1,250.00",$250.00,\n'
    "Firm,,,,,,,\n"
    ",03/01/2026,Invoice,1008,03/15/2026,80.00,80.00,80.00\n"
    ",03/01/2026,Credit Memo,1009,,-10.00,-10.00,70.00\n"
    ",03/02/2026,Estimate,12,,500.00,,\n"
    ",03/02/2026,Journal Entry,3,,500.00,,\n"
    "Total for Firm,,,,,$80.00,$80.00,\n"
    'TOTAL,,,,,"$1,330.00",$330.00,\n'
    "\n"
    '"Accrual Basis Tuesday, March 31, 2026 09:12 AM GMT"\n'
)


def test_a_report_is_read_below_its_titles_by_customer_and_only_its_invoices(tmp_path: Path) -> None:
    ledger = export(tmp_path, REPORT)
    assert [(bill.number, bill.client, bill.amount, bill.paid_amount) for bill in ledger.invoices] == [
        ("1007", "Miramar", 1250, 1000),
        ("1008", "Firm", 80, 0),
    ]
    assert ledger.left_out == {"Payment": 1, "Credit Memo": 1, "Estimate": 1, "Journal Entry": 1}


def test_a_group_of_a_report_names_the_client_where_the_customer_cell_is_empty(tmp_path: Path) -> None:
    text = "Date,Num,Customer,Amount\nMiramar,,,\n2026-02-04,7,,980\nTotal for Miramar,,,980\n"
    assert read(tmp_path, text)[0][0].client == "Miramar"


def test_a_sales_report_by_line_adds_up_its_lines_and_its_running_balance_is_no_open_one(tmp_path: Path) -> None:
    text = (
        ",Date,Transaction Type,Num,Product/Service,Amount,Balance\nMiramar,,,,,,\n"
        ",02/24/2026,Invoice,7,Logo,800.00,800.00\n,02/24/2026,Invoice,7,Cards,200.00,1000.00\n"
    )
    (invoice,), _ = read(tmp_path, text)
    assert (invoice.amount, invoice.paid_amount) == (1000, 0)


def test_a_type_that_tells_of_no_transaction_leaves_nothing_out(tmp_path: Path) -> None:
    text = "Number,Client,Date,Amount,Type\n7,Miramar,2026-02-04,980,Design\n"
    assert len(read(tmp_path, text)[0]) == 1


def test_rows_without_a_number_or_a_client_are_counted_and_totals_are_not(tmp_path: Path) -> None:
    rows = [";Miramar;2026-02-04;980;", "8;;2026-02-04;980;", "TOTAL;;;1960;", ";Total;;1960;", "", ";;;;"]
    ledger = export(tmp_path, plain(*rows))
    assert (ledger.invoices, ledger.strangers) == ([], [])
    assert ledger.left_out == {"without a number": 1, "without a client": 1}


# --- Xero ---


def test_credit_notes_are_no_bills_by_their_type_or_their_sum_and_are_counted_once(tmp_path: Path) -> None:
    credit = [line.replace("INV-7", "CN-1").replace("Sales invoice", "Sales credit note") for line in XERO.splitlines()]
    negative = [line.replace("INV-7", "CN-2").replace("1250.00,", "-1250.00,") for line in XERO.splitlines()]
    ledger = export(tmp_path, "\n".join([*XERO.splitlines(), *credit[1:3], *negative[1:3]]))
    assert [invoice.number for invoice in ledger.invoices] == ["INV-7"]
    assert ledger.left_out == {"void or draft": 1, "Sales credit note": 1, "with a negative sum": 1}


def test_a_credit_of_several_lines_is_left_out_by_its_sum(tmp_path: Path) -> None:
    text = FRESHBOOKS.replace(",800.00,EUR", ",-800.00,EUR")
    assert export(tmp_path, text).left_out == {"with a negative sum": 1}


def test_two_clients_may_have_the_same_number_in_one_file(tmp_path: Path) -> None:
    invoices, _ = read(tmp_path, plain("7;Miramar;2026-02-04;980;", "7;Firm;2026-02-05;70;"))
    assert {(invoice.client, invoice.amount) for invoice in invoices} == {("Miramar", 980), ("Firm", 70)}


def test_another_sum_under_a_number_that_came_before_is_counted(tmp_path: Path) -> None:
    ledger = export(tmp_path, plain("7;Miramar;2026-02-04;980;", "7;Miramar;2026-02-05;70;"))
    assert ([bill.amount for bill in ledger.invoices], sum(ledger.left_out.values())) == ([980], 1)


# --- sums and dates ---


@pytest.mark.parametrize(
    ("words", "amount"),
    [
        ("1.250", 1250),
        ("1,250", 1250),
        ("1.250.000", 1250000),
        ("1250.500", 1250.5),
        ("0.500", 0.5),
        ("kr. 500", 500),
        ("kr.500", 500),
        ("$.50", 0.5),
        ("1.250,00 kr.", 1250),
        ("500,- kr", 500),
        ("1 250,00 Kč", 1250),
        ("1\u00a0250,00 €", 1250),
        ("€1.250,00", 1250),
        ("₱1,250.00", 1250),
        ("₹1,25,000.00", 125000),
        ("CHF 1'250.00", 1250),
    ],
)
def test_sums_are_read_with_any_currency_and_separators(tmp_path: Path, words: str, amount: float) -> None:
    assert read(tmp_path, plain(f"7;Miramar;2026-02-04;{words};"))[0][0].amount == amount


@pytest.mark.parametrize(("other", "amount"), [("980.50", 1.25), ("980,50", 1250)])
def test_the_other_sums_of_a_file_tell_what_its_dots_are(tmp_path: Path, other: str, amount: float) -> None:
    text = plain("7;Miramar;2026-02-04;1.250;", f"8;Miramar;2026-02-04;{other};")
    assert read(tmp_path, text)[0][0].amount == amount


@pytest.mark.parametrize("words", ["12.03.2026", "12 / 30", "1.2.3"])
def test_what_is_no_sum_is_not_taken_for_one(tmp_path: Path, words: str) -> None:
    with pytest.raises(DataUnreadable, match="column 'Amount'"):
        read(tmp_path, plain(f"7;Miramar;2026-02-04;{words};"))


@pytest.mark.parametrize(
    "words",
    [
        "04-Feb-2026",
        "Feb 4, 2026",
        "February 4, 2026",
        "4 Feb 2026",
        "2026-02-04T00:00:00",
        "2026-02-04 10:30",
        "2026/02/04",
        "4.2.2026.",
        "04/02/2026 00:00",
    ],
)
def test_dates_are_read_as_programs_write_them(tmp_path: Path, words: str) -> None:
    assert read(tmp_path, plain(f"7;Miramar;{words};980;"))[0][0].issued == date(2026, 2, 4)


@pytest.mark.parametrize(
    ("dates", "day_first", "guessed"),
    [
        (("03/04/2026", "05/06/2026"), None, "03/04/2026"),
        (("03/04/2026", "05/26/2026"), None, ""),
        (("04/04/2026", "2026-05-06"), None, ""),
        (("03/04/2026", "05/06/2026"), True, ""),
    ],
)
def test_a_file_whose_dates_could_be_read_either_way_says_so(
    tmp_path: Path, dates: tuple[str, str], day_first: bool | None, guessed: str
) -> None:
    text = plain(*(f"{number};Miramar;{day};980;" for number, day in enumerate(dates)))
    assert export(tmp_path, text, LedgerFormat(day_first=day_first)).either_way == guessed
