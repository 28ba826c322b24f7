"""One line of an Online Retail file: read into values, or rejected by the rule that names its fault."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from config.imports.rules import Rule
from config.imports.source import LONGEST_LINE
from orders.kernel.money import rounded

COLUMNS = (
    "InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country",
)  # fmt: skip
LONGEST_COLUMN = 200
LONGEST_CODE = 64
LARGEST_QUANTITY = 1_000_000
LARGEST_PRICE = Decimal(1_000_000)
HUGE_AMOUNT = Decimal(10_000_000)
PENNY = Decimal("0.01")

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_INVOICE = re.compile(r"[A-Z]?\d{1,20}", re.ASCII | re.IGNORECASE)
_WHOLE = re.compile(r"-?\d{1,7}", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?", re.ASCII)
_DECIMAL = re.compile(r"-?\d{1,12}(\.\d{1,12})?", re.ASCII)
_CUSTOMER = re.compile(r"\d{0,20}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Line:
    """A line whose every column could be read."""

    number: int
    text: str
    invoice: str
    sku: str
    description: str
    quantity: int
    invoiced_at: datetime
    unit_price: Decimal
    customer: str
    country: str

    @property
    def amount(self) -> Decimal:
        return self.quantity * self.unit_price


@dataclass(frozen=True, slots=True)
class Verdict:
    """What happened to one line of the file; `amount` is its money as far as it could be read."""

    number: int
    text: str
    rule: Rule
    reason: str
    amount: Decimal = Decimal(0)


def read_line(number: int, raw: bytes, *, order: Sequence[int], until: datetime) -> Line | Verdict:
    """The values of a physical line whose columns stand in `order`, or the verdict on what is wrong."""
    text = raw[:LONGEST_LINE].decode("utf-8", "backslashreplace")
    rule = _fault_of_text(raw, text)
    reason = ""
    if rule is None:
        columns, reason = _columns(text, order)
        rule = Rule.BAD_COLUMNS if reason else _fault_of_columns(columns, until)
    if rule is not None:
        return Verdict(number, text, rule, reason or rule.sentence)
    return _line(number, text, columns)


def _fault_of_text(raw: bytes, text: str) -> Rule | None:
    if not raw.strip():
        return Rule.BLANK_LINE
    if len(raw) > LONGEST_LINE:
        return Rule.TOO_LONG
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return Rule.BAD_ENCODING
    return Rule.CONTROL_CHARACTER if _CONTROL.search(text) else None


def _columns(text: str, order: Sequence[int]) -> tuple[list[str], str]:
    """The columns in our order, and what is wrong with them.

    Each physical line is parsed by itself: with one reader for the whole file, a single open quotation mark
    would swallow the rest of it.
    """
    try:
        (row,) = csv.reader([text], strict=True)
    except csv.Error:
        return [], "A quotation mark isn't closed, or stands in the wrong place."
    if len(row) != len(COLUMNS):
        return [], f"{len(row)} columns instead of {len(COLUMNS)}."
    return [row[index].strip() for index in order], ""


def _fault_of_columns(columns: Sequence[str], until: datetime) -> Rule | None:
    invoice, stock_code, _, quantity, moment, price, customer, _ = columns
    checks = (
        (Rule.TOO_LONG, max(map(len, columns)) > LONGEST_COLUMN or len(stock_code) > LONGEST_CODE),
        (Rule.BAD_INVOICE_NUMBER, not _INVOICE.fullmatch(invoice)),
        (Rule.BAD_STOCK_CODE, not stock_code),
        (Rule.BAD_QUANTITY, not _WHOLE.fullmatch(quantity) or not 0 < abs(int(quantity)) <= LARGEST_QUANTITY),
        (Rule.BAD_DATE, not _MOMENT.fullmatch(moment) or not _is_past(moment, until)),
        (Rule.BAD_PRICE, not _DECIMAL.fullmatch(price) or abs(Decimal(price)) >= LARGEST_PRICE),
        (Rule.BAD_CUSTOMER, not _CUSTOMER.fullmatch(customer)),
    )
    for rule, applies in checks:
        if applies:
            return rule
    if Decimal(price) % PENNY:
        return Rule.SUB_PENNY_PRICE
    return Rule.HUGE_AMOUNT if abs(int(quantity) * Decimal(price)) >= HUGE_AMOUNT else None


def _is_past(moment: str, until: datetime) -> bool:
    try:
        return moment >= "1970" and _instant(moment) <= until
    except ValueError:
        return False


def _instant(moment: str) -> datetime:
    """In UTC, for the file names no zone: so a month in the database is a month of the file."""
    return datetime.fromisoformat(moment).replace(tzinfo=UTC)


def _line(number: int, text: str, columns: Sequence[str]) -> Line:
    invoice, stock_code, description, quantity, moment, price, customer, country = columns
    return Line(
        number=number,
        text=text,
        invoice=invoice.upper(),
        sku=stock_code.upper(),  # `85123a` is `85123A` typed in a hurry: 82 such pairs, one article each
        description=description,
        quantity=int(quantity),
        invoiced_at=_instant(moment),
        unit_price=rounded(Decimal(price), "GBP"),
        customer=customer,
        country=country,
    )
