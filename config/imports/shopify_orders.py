"""Shopify's orders export: one row per line item; the first row of an order also says everything else about it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from config.imports import values
from config.imports.faults import Fault, Refused, Remark
from config.imports.foreign import ForeignLine, ForeignOrder
from config.imports.orders import OrderOptions, Read, Told
from config.imports.table import Row, rows
from orders.countries import COUNTRIES
from orders.currencies import CURRENCIES
from orders.history import PastBuyer
from orders.kernel.money import ZERO

FORMAT = "Shopify orders"
_NEEDED = (
    "Name", "Email", "Financial Status", "Fulfillment Status", "Currency", "Subtotal", "Shipping", "Taxes",
    "Total", "Created at", "Lineitem quantity", "Lineitem name", "Lineitem price", "Lineitem sku",
)  # fmt: skip
REQUIRED = tuple((name,) for name in _NEEDED)
MOST_LINES = 10_000
_RATE = re.compile(r"(\d{1,2}(?:[.,]\d{1,4})?)\s*%")
_SENT = {"fulfilled": "all", "partial": "some", "": "none", "unfulfilled": "none", "restocked": "none"}
# What each financial status says of the money that came in; what went back has a column of its own.
_PAID = {
    "paid": "total", "partially_refunded": "total", "refunded": "total",
    "partially_paid": "less outstanding",
    "pending": "none", "authorized": "none", "expired": "none", "voided": "none", "unpaid": "none",
}  # fmt: skip


@dataclass
class Group:
    """The rows of one order."""

    rows: list[Row] = field(default_factory=list)

    @property
    def head(self) -> Row:
        return self.rows[0]


def read_orders(path: Path) -> Iterator[Group | tuple[int, str, Refused]]:
    """The rows of each order; they stand together. A row that can't be read takes only itself away."""
    group = Group()
    for row in rows(path, required=REQUIRED, format=FORMAT):
        if isinstance(row, tuple):
            yield row
            continue
        name = row.get("name")
        if not name:
            yield row.number, row.text, Refused(Fault.MISSING_VALUE, "Name")
            continue
        if group.rows and name != group.head.get("name"):
            yield group
            group = Group()
        if len(group.rows) >= MOST_LINES:
            yield row.number, row.text, Refused(Fault.BAD_VALUE, "Name: more lines than an order can have")
            continue
        group.rows.append(row)
    if group.rows:
        yield group


def order_of(group: Group, rates: Sequence[Decimal] = ()) -> ForeignOrder:
    """The order that the rows tell. ``rates``: the tax rate to use where the export names none. Raises ``Refused``."""
    head = group.head
    if not head.get("total") or not head.get("created at"):
        raise Refused(Fault.NO_FIRST_ROW, head.get("name"))
    currency = head.get("currency")
    if currency not in CURRENCIES:
        raise values.bad("Currency", currency, "is no ISO 4217 code")
    placed_at = values.instant(head.get("created at"), "Created at")
    if placed_at is None:
        raise Refused(Fault.MISSING_VALUE, "Created at")
    money = _Money(head, currency)
    rate = _tax_rate(head, money, rates)
    lines = [_line(row, currency, rate, number) for number, row in enumerate(group.rows, start=1)]
    made = [Remark.SKU_MADE] if any(is_made for _line_, is_made in lines) else []
    shipping, discount, remarks = _reconciled(money, [line for line, _made in lines])
    paid, refunded = money.moved(head)
    return ForeignOrder(
        external_ref=values.line(head.get("name"), "Name", longest=128),
        placed_at=placed_at,
        completed_at=values.instant(head.get("fulfilled at"), "Fulfilled at"),
        cancelled_at=values.instant(head.get("cancelled at"), "Cancelled at"),
        currency=currency,
        lines=tuple(line for line, _made in lines),
        sent=_sent(head),
        paid=paid,
        refunded=refunded,
        includes_tax=money.includes_tax,
        shipping=shipping,
        shipping_tax_rate=rate if money.tax else ZERO,
        discount=discount,
        tax=money.tax,
        total=money.total,
        shipping_method=values.line(head.get("shipping method"), "Shipping Method", longest=100),
        buyer=_buyer(head),
        shipping_address=_address(head, "shipping") or _address(head, "billing"),
        billing_address=_address(head, "billing") or None,
        tags=tuple(tag[:64] for tag in values.words(head.get("tags"), "Tags")),
        note=head.get("notes")[:2000],
        metadata=_metadata(head),
        remarks=(*made, *remarks),
    )


class _Money:
    """The amounts of the first row. Whether prices include the taxes follows from which sum is the total."""

    def __init__(self, head: Row, currency: str) -> None:
        def amount(column: str) -> Decimal:
            return values.amount(head.get(column.casefold()), column, currency)

        self.subtotal, self.shipping = amount("Subtotal"), amount("Shipping")
        self.tax, self.total = amount("Taxes"), amount("Total")
        self.duties, self.refunded = amount("Duties"), amount("Refunded Amount")
        self.outstanding = amount("Outstanding Balance")
        self.discount = amount("Discount Amount")
        if self.duties:
            raise Refused(Fault.SUMS_DIFFER, f"Duties: {self.duties:f} can't be kept apart")
        goods = self.subtotal + self.shipping
        self.free_shipping = ZERO
        for off in (ZERO, min(self.discount, self.shipping)):
            if self.total in (goods - off, goods - off + self.tax):
                self.free_shipping = off
                self.includes_tax = self.total == goods - off
                return
        raise Refused(
            Fault.SUMS_DIFFER,
            f"Subtotal {self.subtotal:f} + Shipping {self.shipping:f} + Taxes {self.tax:f} is not Total {self.total:f}",
        )

    def moved(self, head: Row) -> tuple[Decimal, Decimal]:
        """What came in, and what went back."""
        status = head.get("financial status").casefold()
        if status not in _PAID:
            raise values.bad("Financial Status", status, f"is none of {', '.join(_PAID)}")
        paid = {"total": self.total, "less outstanding": self.total - self.outstanding, "none": ZERO}[_PAID[status]]
        refunded = paid if status == "refunded" and not self.refunded else self.refunded
        return max(paid, ZERO), min(refunded, max(paid, ZERO))


def _reconciled(money: _Money, lines: Sequence[ForeignLine]) -> tuple[Decimal, Decimal, list[Remark]]:
    """Shipping, and the discount on the whole order: what the subtotal is below the lines."""
    discount = sum((line.value for line in lines), ZERO) - money.subtotal
    if discount < 0:
        raise Refused(Fault.SUMS_DIFFER, f"the lines come to less than the Subtotal {money.subtotal:f}")
    remarks = [Remark.DISCOUNTED_SHIPPING] if money.free_shipping else []
    return money.shipping - money.free_shipping, discount, remarks


def _line(row: Row, currency: str, rate: Decimal, number: int) -> tuple[ForeignLine, bool]:
    """A line item, and whether its SKU had to be made."""
    name = values.line(row.get("lineitem name"), "Lineitem name", longest=255)
    if not name:
        raise Refused(Fault.MISSING_VALUE, "Lineitem name")
    sku = values.code(row.get("lineitem sku"), "Lineitem sku", longest=64)
    is_taxed = values.flag(row.get("lineitem taxable"), "Lineitem taxable", default=True)
    line = ForeignLine(
        sku=sku or values.sku_from(name),
        name=name,
        quantity=values.whole(row.get("lineitem quantity"), "Lineitem quantity", least=1, most=1_000_000),
        unit_price=values.amount(row.get("lineitem price"), "Lineitem price", currency),
        discount=values.amount(row.get("lineitem discount"), "Lineitem discount", currency),
        tax_rate=rate if is_taxed else ZERO,
        is_taxed=is_taxed,
        external_ref=str(number),
    )
    if line.value < 0:
        raise values.bad("Lineitem discount", row.get("lineitem discount"), "is more than the line")
    return line, not sku


def _tax_rate(head: Row, money: _Money, rates: Sequence[Decimal]) -> Decimal:
    """The rates in the names of the taxes (``DE VAT 19%``) added up; else the one that the command names."""
    if not money.tax:
        return ZERO
    found = [
        Decimal(match[1].replace(",", ".")) / 100
        for n in range(1, 6)
        if (match := _RATE.search(head.get(f"tax {n} name"))) and head.get(f"tax {n} value") not in ("", "0.00", "0")
    ]
    total = sum(found, ZERO) or next(iter(rates), ZERO)
    if total >= 1:
        raise values.bad("Tax 1 Name", head.get("tax 1 name"), "is a rate of 100 % or more")
    return total


def _sent(head: Row) -> str:
    status = head.get("fulfillment status").casefold()
    if status not in _SENT:
        raise values.bad("Fulfillment Status", status, f"is none of {', '.join(filter(None, _SENT))}")
    return _SENT[status]


def _buyer(head: Row) -> PastBuyer:
    email = values.line(head.get("email"), "Email", longest=254)
    if email and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
        raise values.bad("Email", email, "is no mail address")
    phone = values.unquoted(head.get("phone", "shipping phone", "billing phone"))
    return PastBuyer(
        email=email,
        name=values.line(head.get("billing name", "shipping name"), "Billing Name", longest=255),
        phone=values.code(phone, "Phone", longest=32),
    )


def _address(head: Row, kind: str) -> dict[str, str]:
    """An address; postal codes and phones come with an apostrophe before them. Empty when there is none."""

    def part(name: str, longest: int = 255) -> str:
        text = values.unquoted(head.get(f"{kind} {name}"))
        return values.code(text, f"{kind.title()} {name.title()}", longest=longest)

    country = part("country").upper()
    address = {
        "name": part("name"),
        "company": part("company"),
        "line1": part("address1") or part("street"),
        "line2": part("address2"),
        "city": part("city"),
        "region": part("province"),
        "postal_code": part("zip", 32),
        "country": country if country in COUNTRIES else "",
        "phone": part("phone", 32),
    }
    return address if any(address.values()) else {}


def _metadata(head: Row) -> dict[str, str]:
    told = {
        "shopify_id": head.get("id"),
        "discount_code": head.get("discount code"),
        "payment_method": head.get("payment method"),
        "payment_reference": head.get("payment reference", "payment id"),
        "note_attributes": head.get("note attributes"),
    }
    return {name: value[:500] for name, value in told.items() if value}


def told(path: Path, options: OrderOptions) -> Iterator[Read]:
    """The orders of the file, as ``OrderImport`` wants them."""
    for group in read_orders(path):
        if isinstance(group, Group):
            rows_of = [(row.number, row.text) for row in group.rows]
            yield Told(rows=rows_of, read=lambda group=group: order_of(group, options.tax_rates))  # type: ignore[misc]
        else:
            yield group
