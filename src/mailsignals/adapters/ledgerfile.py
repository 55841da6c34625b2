"""Invoices from the CSV exports of accounting programs: Xero, QuickBooks, FreshBooks, Harvest, or any other by name."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

from mailsignals.errors import DataUnreadable, InputMissing
from mailsignals.types import Invoice

FIELDS = (
    "number",
    "client",
    "issued",
    "due",
    "amount",
    "currency",
    "paid_at",
    "paid_amount",
    "balance",
    "status",
    "email",
)
"""What a column can be. ``balance`` is what is still open; ``email`` helps to find the client."""

_KNOWN: Mapping[str, tuple[str, ...]] = {
    # The names as the programs write them, and plain ones; small letters, signs left out.
    "number": ("number", "invoice", "invoicenumber", "invoiceno", "invoiceid", "num", "no", "id"),
    "client": (
        "client",
        "clientname",
        "contactname",
        "customer",
        "customername",
        "customerfullname",
        "name",
        "company",
    ),
    "issued": ("issued", "invoicedate", "dateissued", "issuedate", "date", "transactiondate", "createddate"),
    "due": ("due", "duedate", "datedue", "dueon"),
    "amount": ("amount", "total", "invoiceamount", "totalamount", "invoicetotal", "amounttotal"),
    "currency": ("currency", "currencycode"),
    "paid_at": ("paidat", "datepaid", "lastpaymentdate", "paiddate", "paidon", "paymentdate", "fullypaidondate"),
    "paid_amount": ("paidamount", "amountpaid", "invoiceamountpaid", "paid"),
    "balance": ("balance", "openbalance", "invoiceamountdue", "amountdue", "balancedue", "dueamount"),
    "status": ("status", "invoicestatus"),
    "email": ("email", "emailaddress", "customeremail", "clientemail", "contactemail"),
}
_LINE_TOTAL = "linetotal"
"""FreshBooks writes a row for every line of an invoice, and no total."""

_NEEDED = ("number", "client", "issued", "amount")
_NOT_SENT = frozenset({"draft", "void", "voided", "deleted", "cancelled", "canceled"})
_PAID = frozenset({"paid", "closed", "auto-paid"})
_FORMATS = ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%Y.", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%Y/%m/%d")
_SLASHED = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{2,4})")


@dataclass(frozen=True, slots=True)
class LedgerFormat:
    """How a file is to be read where it does not say so itself.

    Args:
        columns: Field -> heading of its column; those left out are recognised by their usual headings.
        day_first: Whether 03/04/2026 is the third of April; None decides by the file's other dates, else yes.
        currency: For rows without one.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    day_first: bool | None = None
    currency: str = "EUR"


def read_ledger(
    path: Path, name_client: Callable[[str, str], str | None], layout: LedgerFormat
) -> tuple[Sequence[Invoice], Sequence[str]]:
    """Read the invoices of a CSV file.

    Args:
        name_client: Client's name and mail address in the file -> the client, or None for an unknown one.

    Returns:
        The invoices in the file's order, and the names that are no known client; their invoices keep those names.

    Raises:
        InputMissing: There is no such file.
        DataUnreadable: A needed column is missing, or a date or sum cannot be read; row and column are named.
    """
    rows = list(_rows(path))
    if not rows:
        raise DataUnreadable(
            f"{path} has no rows.", why="it has no line below its headings.", remedy="export the invoices again."
        )
    columns = _columns(list(rows[0]), layout, path)
    day_first = _is_day_first(rows, columns, layout)
    found: dict[str, Invoice] = {}
    strangers: dict[str, None] = {}
    for number, row in enumerate(rows, 2):
        cell = _Row(row, columns, path, number, day_first)
        if not cell.text("number") or cell.text("status").lower() in _NOT_SENT:
            continue
        client = name_client(cell.text("client"), cell.text("email"))
        if client is None:
            client = cell.text("client")
            strangers[client] = None
        _add(found, _invoice(cell, client, layout), is_line=columns["amount"] == _heading(row, _LINE_TOTAL))
    return list(found.values()), list(strangers)


@dataclass(frozen=True, slots=True)
class _Row:
    """One row, by field."""

    cells: Mapping[str, str]
    columns: Mapping[str, str]
    path: Path
    number: int
    day_first: bool

    def text(self, name: str) -> str:
        """A field's text, empty where there is no such column."""
        return (self.cells.get(self.columns.get(name, "")) or "").strip()

    def day(self, name: str) -> date | None:
        """A field as a day, None where it is empty."""
        words = self.text(name)
        if not words or not any(letter.isdigit() for letter in words):
            return None
        if day := _day(words, day_first=self.day_first):
            return day
        raise self._fault(name, words, "it is no date", "write it like 2026-03-14")

    def sum(self, name: str) -> float | None:
        """A field as a sum of money, None where it is empty."""
        words = self.text(name)
        if not words:
            return None
        number = _number(words)
        if number is None:
            raise self._fault(name, words, "it is no sum of money", "write it like 1450.00")
        return number

    def _fault(self, name: str, words: str, why: str, remedy: str) -> DataUnreadable:
        return DataUnreadable(
            f"{words!r} in row {self.number}, column {self.columns[name]!r} of {self.path} cannot be read.",
            why=f"{why}; nothing of the file was stored.",
            remedy=f"{remedy}, or name another column in [ledger] of the settings.",
        )


def _rows(path: Path) -> Iterator[dict[str, str]]:
    """The file's rows by heading; comma, semicolon or tab between, UTF-8 or the old Windows code page."""
    try:
        raw = path.read_bytes()
    except OSError as fault:
        raise InputMissing(
            f"{path} cannot be read.", why=f"the system says: {fault.strerror}.", remedy="check the path."
        ) from fault
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", "replace")
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    for row in reader:
        yield {heading: cell for heading, cell in row.items() if heading and isinstance(cell, str)}


def _columns(headings: Sequence[str], layout: LedgerFormat, path: Path) -> dict[str, str]:
    """Field -> heading."""
    columns = dict(layout.columns)
    plain = {_plain(heading): heading for heading in reversed(headings)}
    for name, known in _KNOWN.items():
        for candidate in known:
            if name not in columns and candidate in plain and plain[candidate] not in columns.values():
                columns[name] = plain[candidate]
    if "amount" not in columns and _LINE_TOTAL in plain:
        columns["amount"] = plain[_LINE_TOTAL]
    missing = [name for name in _NEEDED if columns.get(name) not in headings]
    if missing:
        raise DataUnreadable(
            f"{path} has no column for {', '.join(missing)}.",
            why=f"its headings are: {', '.join(headings)}.",
            remedy=f'name the column in the settings, such as [ledger.columns] {missing[0]} = "{headings[0]}".',
        )
    return columns


def _heading(row: Mapping[str, str], plain: str) -> str | None:
    return next((heading for heading in row if _plain(heading) == plain), None)


def _plain(heading: str) -> str:
    return re.sub(r"[^a-z]", "", heading.lower())


def _invoice(row: _Row, client: str, layout: LedgerFormat) -> Invoice:
    amount = row.sum("amount") or 0.0
    issued = row.day("issued")
    if issued is None:
        raise row._fault("issued", row.text("issued"), "it is no date", "write it like 2026-03-14")
    paid, balance = row.sum("paid_amount"), row.sum("balance")
    if paid is None and balance is not None:
        paid = amount - balance
    if paid is None:
        paid = amount if row.text("status").lower() in _PAID or row.day("paid_at") else 0.0
    return Invoice(
        number=row.text("number"),
        client=client,
        issued=issued,
        due=row.day("due"),
        amount=round(amount, 2),
        currency=row.text("currency") or layout.currency,
        paid_at=row.day("paid_at"),
        paid_amount=round(paid, 2),
    )


def _add(found: dict[str, Invoice], invoice: Invoice, *, is_line: bool) -> None:
    """Keep an invoice; of its further rows the sums of lines are added (FreshBooks), totals (Xero) are not."""
    known = found.get(invoice.number)
    if known is None:
        found[invoice.number] = invoice
    elif is_line:
        found[invoice.number] = replace(
            known,
            amount=round(known.amount + invoice.amount, 2),
            paid_amount=round(known.paid_amount + invoice.paid_amount, 2),
        )


def _is_day_first(rows: Sequence[Mapping[str, str]], columns: Mapping[str, str], layout: LedgerFormat) -> bool:
    """Whether slashed dates begin with the day: a number above 12 tells; without one they do."""
    if layout.day_first is not None:
        return layout.day_first
    for row in rows:
        for name in ("issued", "due", "paid_at"):
            if match := _SLASHED.fullmatch((row.get(columns.get(name, "")) or "").strip()):
                if int(match[1]) > 12:
                    return True
                if int(match[2]) > 12:
                    return False
    return True


def _day(words: str, *, day_first: bool) -> date | None:
    if match := _SLASHED.fullmatch(words):
        first, second, year = (int(part) for part in match.groups())
        day, month = (first, second) if day_first else (second, first)
        try:
            return date(year + 2000 if year < 100 else year, month, day)
        except ValueError:
            return None
    for pattern in _FORMATS:
        for candidate in (words, words[:10]):
            try:
                return datetime.strptime(candidate, pattern).date()  # noqa: DTZ007  # a day has no zone
            except ValueError:
                continue
    return None


def _number(words: str) -> float | None:
    """A sum with or without thousands separators: 1,450.00 and 1.450,00 and 1 450.

    >>> _number("1.450,50"), _number("$1,450.50"), _number("1 450")
    (1450.5, 1450.5, 1450.0)
    """
    digits = re.sub(r"[^\d,.\-()]", "", words)
    sign = -1 if digits.startswith(("-", "(")) else 1
    digits = digits.strip("-()")
    if "," in digits and "." in digits:
        thousands = "," if digits.rfind(".") > digits.rfind(",") else "."
        digits = digits.replace(thousands, "")
    elif digits.count(",") == 1 and len(digits.partition(",")[2]) == 3:
        digits = digits.replace(",", "")  # 1,450
    digits = digits.replace(",", ".")
    if digits.count(".") > 1:
        digits = digits.replace(".", "")
    try:
        return sign * float(digits)
    except ValueError:
        return None
