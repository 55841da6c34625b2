"""Invoices from the CSV exports of accounting programs: Xero, QuickBooks, FreshBooks, Harvest, or any other by name."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

from mailsignals.errors import DataUnreadable, InputMissing
from mailsignals.types import Invoice
from mailsignals.workflows.ledger import Ledger, NameClient

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
    "balance": ("openbalance", "balance", "invoiceamountdue", "amountdue", "balancedue", "dueamount"),
    "status": ("status", "invoicestatus"),
    "email": ("email", "emailaddress", "customeremail", "clientemail", "contactemail"),
    # No field of the settings: QuickBooks' transactions, Xero's credit notes, Harvest's documents.
    "kind": ("transactiontype", "documenttype", "type"),
}
_LINE_TOTAL = "linetotal"
"""FreshBooks writes a row for every line of an invoice, and no total."""

_LINE_ITEM = "productservice"
"""QuickBooks' sales reports have a row for every line too, and a balance that runs over all rows."""

_NEEDED = ("number", "client", "issued", "amount")
_DATES = ("issued", "due", "paid_at")
_SUMS = ("amount", "paid_amount", "balance")
_MOST_TITLES = 20
"""Rows above the headings of a report: the company, the report, its days."""

_OTHER_KIND = re.compile(
    "credit|payment|estimate|quote|journal|receipt|refund|deposit|expense|charge|che(?:ck|que)|bill|transfer"
)
_NOT_SENT = frozenset({"draft", "void", "voided", "deleted", "cancelled", "canceled"})
_PAID = ("paid", "fully paid", "closed", "auto-paid", "deposited")
_PARTLY = ("partial", "partly", "part paid", "part-paid")
_OPEN = (*_PARTLY, "overdue", "unpaid", "not paid", "open", "sent", "viewed", "awaiting", "due", "disputed")
"""How a status begins: QuickBooks writes ``Overdue 3 days``."""

_VOID, _NEGATIVE = "void or draft", "with a negative sum"
_CLOCK = re.compile(r"[T ]\d{1,2}:\d\d.*")
_SLASHED = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d\d)")
_FORMATS = ("%Y %m %d", "%d %m %Y", "%d %b %Y", "%d %B %Y", "%b %d %Y", "%B %d %Y", "%d %m %y", "%d %b %y")
"""All that stands between is a space by then."""

_SUM = re.compile(r"(?:(?<!\w)[.,])?\d[\d.,'’\s]*")
"""The dot of ``kr.500`` belongs to the word, that of ``.50`` to the sum."""

_WHOLE = re.compile(r"\d*(?:(?:[.,]\d{2,3})*[.,]\d{3})?")
"""Thousands in threes; in India in twos but for the last."""


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


def read_export(path: Path, name_client: NameClient, layout: LedgerFormat) -> Ledger:
    """Read the invoices of a CSV file; what is no bill is left out and counted.

    Raises:
        InputMissing: There is no such file.
        DataUnreadable: A needed column is missing, or a date or sum cannot be read; row and column are named.
    """
    sheet = _sheet(path, layout)
    found: dict[tuple[str, str], Invoice] = {}
    void: set[tuple[str, str]] = set()
    strangers: dict[str, None] = {}
    partly_paid: dict[str, None] = {}
    left_out: dict[tuple[str, str, str], None] = {}  # a credit note of three lines is one
    for row in _rows(sheet):
        number, known = row.text("number"), name_client(row.client, row.text("email"))
        client = known or row.client
        if reason := _reason(row, client):
            left_out[reason, client, number or f"row {row.at}"] = None
            if reason == _VOID:
                void |= {(client, number), (row.client, number)}  # it may have come before its client was known
            continue
        if known is None:
            strangers[client] = None
        if row.is_partly_paid:
            partly_paid[number] = None
        if not _add(found, _invoice(row, client, layout), is_line=sheet.is_by_line):
            left_out["with a number that came before", client, number] = None
    for key in [key for key, invoice in found.items() if invoice.amount < 0]:
        left_out[_NEGATIVE, *key] = None
        del found[key]
    return Ledger(
        invoices=list(found.values()),
        void=frozenset(void - found.keys()),
        strangers=list(strangers),
        left_out=Counter(reason for reason, _, _ in left_out),
        either_way=sheet.either_way,
        partly_paid=list(partly_paid),
    )


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The rows below the headings, and how the whole file writes its dates and sums.

    Args:
        columns: Field -> index.
        rows: Each with its number in the file.
        kinds: What stands in the column of transaction types, in small letters.
        is_by_line: Whether a row is a line of an invoice.
        either_way: As in ``Ledger``.
        decimal: Comma or dot; None where no sum tells.
    """

    path: Path
    headings: Sequence[str]
    columns: Mapping[str, int]
    rows: Sequence[tuple[int, Sequence[str]]]
    kinds: frozenset[str]
    is_by_line: bool
    day_first: bool
    either_way: str
    decimal: str | None


@dataclass(frozen=True, slots=True)
class _Row:
    """One row, by field; ``client`` is that of its group where its own cell is empty."""

    sheet: _Sheet
    at: int
    cells: Sequence[str]
    group: str

    def text(self, name: str) -> str:
        """A field's text, empty where there is no such column."""
        return _cell(self.cells, self.sheet.columns.get(name))

    @property
    def client(self) -> str:
        return self.text("client") or self.group

    @property
    def status(self) -> str:
        return self.text("status").lower()

    @property
    def is_partly_paid(self) -> bool:
        """Whether it is paid in part, and the file does not say how much."""
        return self.status.startswith(_PARTLY) and not self.text("paid_amount") and not self.text("balance")

    def day(self, name: str) -> date | None:
        """A field as a day, None where it is empty."""
        words = self.text(name)
        if not words or not any(letter.isdigit() for letter in words):
            return None
        if day := _day(words, day_first=self.sheet.day_first):
            return day
        raise self.fault(name, words, "it is no date", "write it like 2026-03-14")

    def sum(self, name: str) -> float | None:
        """A field as a sum of money, None where it is empty."""
        words = self.text(name)
        if not words:
            return None
        number = _number(words, self.sheet.decimal)
        if number is None:
            raise self.fault(name, words, "it is no sum of money", "write it like 1450.00")
        return number

    def fault(self, name: str, words: str, why: str, remedy: str) -> DataUnreadable:
        """That a cell cannot be read."""
        heading = self.sheet.headings[self.sheet.columns[name]]
        return DataUnreadable(
            f"{words!r} in row {self.at}, column {heading!r} of {self.sheet.path} cannot be read.",
            why=f"{why}; nothing of the file was stored.",
            remedy=f"{remedy}, or name another column in [ledger] of the settings.",
        )


def _sheet(path: Path, layout: LedgerFormat) -> _Sheet:
    headings, rows = _table(_text(path), layout)
    columns = _columns(headings, layout)
    if missing := [name for name in _NEEDED if name not in columns]:
        raise DataUnreadable(
            f"{path} has no column for {', '.join(missing)}.",
            why=f"its headings are: {', '.join(headings)}.",
            remedy=f'name the column in the settings, such as [ledger.columns] {missing[0]} = "{headings[0]}".',
        )
    if not rows:
        raise _empty(path)

    def cells(*names: str) -> list[str]:
        return [_cell(row, columns.get(name)) for _, row in rows for name in names]

    day_first, either_way = _reading(cells(*_DATES), layout.day_first)
    return _Sheet(
        path=path,
        headings=headings,
        columns=columns,
        rows=rows,
        kinds=frozenset(map(str.lower, cells("kind"))),
        is_by_line=_plain(headings[columns["amount"]]) == _LINE_TOTAL or _has_line_items(headings),
        day_first=day_first,
        either_way=either_way,
        decimal=_decimal(cells(*_SUMS)),
    )


def _text(path: Path) -> str:
    """The file's text: UTF-8, or the old Windows code page."""
    try:
        raw = path.read_bytes()
    except OSError as fault:
        raise InputMissing(
            f"{path} cannot be read.", why=f"the system says: {fault.strerror}.", remedy="check the path."
        ) from fault
    if not raw.strip():
        raise _empty(path)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _empty(path: Path) -> DataUnreadable:
    return DataUnreadable(
        f"{path} has no rows.", why="it has no line below its headings.", remedy="export the invoices again."
    )


def _table(text: str, layout: LedgerFormat) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The headings, and the rows below them that are not empty, each with its number in the file.

    Of the first rows, those are the headings in which most needed fields are known; comma, semicolon or tab between.
    """
    tables = [list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)) for delimiter in ",;\t"]
    places = [(table, at) for table in tables for at in range(min(len(table), _MOST_TITLES))]

    def fit(place: tuple[list[list[str]], int]) -> tuple[int, int]:
        headings = place[0][place[1]]
        return len(_columns(headings, layout).keys() & set(_NEEDED)), len(headings)

    table, at = max(places, key=fit)
    rows = [(number, cells) for number, cells in enumerate(table[at + 1 :], at + 2) if any(map(str.strip, cells))]
    return table[at], rows


def _columns(headings: Sequence[str], layout: LedgerFormat) -> dict[str, int]:
    """Field -> index of its column."""
    columns = {name: headings.index(heading) for name, heading in layout.columns.items() if heading in headings}
    plain = {_plain(heading): at for at, heading in reversed(list(enumerate(headings)))}
    for name, known in _KNOWN.items():
        if name in layout.columns:
            continue
        free = (plain[candidate] for candidate in known if candidate in plain)
        at = next((at for at in free if at not in columns.values()), None)
        if at is not None:
            columns[name] = at
    if "amount" not in columns and "amount" not in layout.columns and _LINE_TOTAL in plain:
        columns["amount"] = plain[_LINE_TOTAL]
    is_grouped = "client" not in columns and "client" not in layout.columns and not _cell(headings, 0)
    if is_grouped:
        columns["client"] = 0
    if (is_grouped or _has_line_items(headings)) and "balance" in plain and columns.get("balance") == plain["balance"]:
        del columns["balance"]  # it runs over all rows
    return columns


def _has_line_items(headings: Sequence[str]) -> bool:
    return any(_plain(heading).startswith(_LINE_ITEM) for heading in headings)


def _plain(heading: str) -> str:
    return re.sub(r"[^a-z]", "", heading.lower())


def _cell(cells: Sequence[str], at: int | None) -> str:
    return cells[at].strip() if at is not None and at < len(cells) else ""


def _rows(sheet: _Sheet) -> Iterator[_Row]:
    """All rows but totals and names of groups: QuickBooks writes a customer's name alone above the customer's rows."""
    group = ""
    for at, cells in sheet.rows:
        row = _Row(sheet, at, cells, group)
        first, *others = filter(None, map(str.strip, cells))
        if not others and _cell(cells, 0) and sheet.columns["number"] > 0:
            group = first
        elif row.text("number") not in ("", first) or not first.lower().startswith(("total", "grand total")):
            yield row


def _reason(row: _Row, client: str) -> str:
    """Why a row is no bill; empty where it is one."""
    if not _is_bill(row.text("kind").lower(), row.sheet.kinds):
        return row.text("kind")
    if not row.text("number"):
        return "without a number"
    if not client:
        return "without a client"
    if row.status in _NOT_SENT:
        return _VOID
    return _NEGATIVE if not row.sheet.is_by_line and (row.sum("amount") or 0) < 0 else ""


def _is_bill(kind: str, kinds: frozenset[str]) -> bool:
    """Whether a transaction is an invoice; where the column tells of design and print instead, all are."""
    if not kind or "credit" in kind or "invoice" in kind:
        return "credit" not in kind
    return not _OTHER_KIND.search(kind) and not any("invoice" in other for other in kinds)


def _invoice(row: _Row, client: str, layout: LedgerFormat) -> Invoice:
    amount = row.sum("amount") or 0.0
    issued = row.day("issued")
    if issued is None:
        raise row.fault("issued", row.text("issued"), "it is no date", "write it like 2026-03-14")
    return Invoice(
        number=row.text("number"),
        client=client,
        issued=issued,
        due=row.day("due"),
        amount=round(amount, 2),
        currency=_currency(row.text("currency")) or layout.currency,
        paid_at=row.day("paid_at"),
        paid_amount=round(_paid(row, amount), 2),
    )


def _paid(row: _Row, amount: float) -> float:
    """What has come in: by the sums, else by the status, else by whether there is a day of payment."""
    paid, balance = row.sum("paid_amount"), row.sum("balance")
    if balance is not None:
        return max(paid or 0.0, amount - balance)  # a bill settled by a credit note is not owed either
    if row.status.startswith(_PAID):
        return max(paid or 0.0, amount)
    if paid is not None:
        return paid
    return amount if row.day("paid_at") and not row.status.startswith(_OPEN) else 0.0


def _add(found: dict[tuple[str, str], Invoice], invoice: Invoice, *, is_line: bool) -> bool:
    """Keep an invoice; of its further rows the sums of lines are added (FreshBooks), the same total (Xero) is not.

    Returns:
        False for another total under a known number.
    """
    key = (invoice.client, invoice.number)
    known = found.setdefault(key, invoice)
    if known is invoice:
        return True
    if is_line:
        found[key] = replace(
            known,
            amount=round(known.amount + invoice.amount, 2),
            paid_amount=round(known.paid_amount + invoice.paid_amount, 2),
        )
    return is_line or known.amount == invoice.amount


def _reading(dates: Iterable[str], told: bool | None) -> tuple[bool, str]:
    """Whether slashed dates begin with the day, and one that could be read either way where nothing tells.

    A number above 12 tells; without one they do.
    """
    if told is not None:
        return told, ""
    either_way = ""
    for words in dates:
        if match := _SLASHED.fullmatch(_CLOCK.sub("", words)):
            first, second = int(match[1]), int(match[2])
            if max(first, second) > 12:
                return first > 12, ""
            if first != second:
                either_way = either_way or words
    return True, either_way


def _day(words: str, *, day_first: bool) -> date | None:
    """A date, with or without a time of day behind.

    >>> [str(_day(words, day_first=True)) for words in ("04-Feb-2026", "Feb 4, 2026", "2026-02-04T00:00:00")]
    ['2026-02-04', '2026-02-04', '2026-02-04']
    """
    words = _CLOCK.sub("", words)
    if match := _SLASHED.fullmatch(words):
        first, second, year = (int(part) for part in match.groups())
        day, month = (first, second) if day_first else (second, first)
        try:
            return date(year + 2000 if year < 100 else year, month, day)
        except ValueError:
            return None
    spaced = re.sub(r"[\s,./-]+", " ", words).strip()
    for pattern in _FORMATS:
        try:
            return datetime.strptime(spaced, pattern).date()  # noqa: DTZ007  # a day has no zone
        except ValueError:
            continue
    return None


def _currency(words: str) -> str:
    """The code of a currency that is written with its name, as Harvest does; otherwise as it is written.

    >>> _currency("Danish Krone - DKK"), _currency("eur"), _currency("kr.")
    ('DKK', 'eur', 'kr.')
    """
    codes = re.findall(r"\b[A-Z]{3}\b", words)
    return codes[0] if len(codes) == 1 else words


def _number(words: str, decimal: str | None = None) -> float | None:
    """A sum with or without thousands separators and currency: 1,450.00 and 1.450,00 kr. and 1 450.

    Args:
        decimal: The mark before cents in the file's other sums; without one, three digits behind a mark are thousands.

    >>> _number("1.450,50 kr."), _number("$1,450.50"), _number("1 450"), _number("1.450"), _number("1.450", ".")
    (1450.5, 1450.5, 1450.0, 1450.0, 1.45)
    """
    found = list(_SUM.finditer(words))
    if len(found) != 1:
        return None
    digits = _bare(found[0][0])
    mark = _decimal_mark(digits) or decimal
    whole, _, cents = digits.rpartition(mark) if mark and mark in digits else (digits, "", "")
    if not _WHOLE.fullmatch(whole) or not f"0{cents}".isdecimal():
        return None
    sign = -1 if re.search("[-−(]", words[: found[0].start()]) else 1
    return sign * float(f"{re.sub('[.,]', '', whole)}.{cents}" if cents else re.sub("[.,]", "", whole))


def _decimal(sums: Iterable[str]) -> str | None:
    """The mark before cents in a file's sums; None where none tells, or they differ."""
    marks = {_decimal_mark(_bare(match[0])) for words in sums for match in _SUM.finditer(words)} - {None}
    return marks.pop() if len(marks) == 1 else None


def _bare(digits: str) -> str:
    return re.sub(r"[\s'’]", "", digits).rstrip(".,")


def _decimal_mark(digits: str) -> str | None:
    """The mark before cents, where a sum tells by itself: 1.450 and 1,450 do not."""
    marks = re.findall("[.,]", digits)
    if not marks:
        return None
    if len(marks) > 1:
        return marks[-1] if marks[-1] != marks[0] else "," if marks[0] == "." else "."
    head, _, tail = digits.partition(marks[0])
    return None if len(tail) == 3 and 1 <= len(head) <= 3 and head != "0" else str(marks[0])
