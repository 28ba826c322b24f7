"""What an invoice and a credit note share: who, what, how much; the sums are computed here and must agree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from orders.addresses import lines_of
from orders.documents.seller import Seller
from orders.kernel.documents import Address, Formats


@dataclass(frozen=True, kw_only=True)
class BillLine:
    """Units of one product; `discount` and `total` are for the whole line, in the tax mode of the bill."""

    sku: str
    name: str
    quantity: int
    unit_price: Decimal
    tax_rate: Decimal
    total: Decimal
    discount: Decimal = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class TaxAmount:
    """What is taxed at one rate, and the tax on it; shipping included."""

    rate: Decimal
    net: Decimal
    tax: Decimal

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax


@dataclass(frozen=True, kw_only=True)
class Bill:
    """A legal paper about money. Raises ValueError when lines, shipping and taxes don't add up."""

    number: str
    language: str
    currency: str
    issued_on: date
    order_number: str
    seller: Seller
    billing_address: Address
    prices_include_tax: bool
    lines: tuple[BillLine, ...]
    taxes: tuple[TaxAmount, ...]
    shipping: Decimal = Decimal(0)
    shipping_name: str = ""
    discount: Decimal = Decimal(0)
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        listed = self.items + self.shipping - self.discount
        taxed = self.total if self.prices_include_tax else self.net
        if listed != taxed:
            raise ValueError(f"{self.number}: lines and shipping come to {listed}, the taxed amounts to {taxed}")

    @property
    def items(self) -> Decimal:
        return sum((line.total for line in self.lines), Decimal(0))

    @property
    def net(self) -> Decimal:
        return sum((tax.net for tax in self.taxes), Decimal(0))

    @property
    def total(self) -> Decimal:
        return sum((tax.gross for tax in self.taxes), Decimal(0))


def bill_data(
    bill: Bill,
    *,
    title: str,
    facts: Mapping[str, str],
    discount: str,
    total: str,
    ship_to: Sequence[str] = (),
) -> dict[str, Any]:
    """The data of `bill.typ` in the active language; `facts` and `ship_to` stand beside the address."""
    formats = Formats(bill.language)
    return {
        "language": bill.language,
        "title": title,
        "number": bill.number,
        "seller": bill.seller.as_data(),
        "address": lines_of(bill.billing_address, language=bill.language),
        "facts": [(label, fact) for label, fact in facts.items() if fact],
        "ship_to": (_("Delivered to"), ship_to),
        "head": {
            "item": _("Item"),
            "quantity": _("Quantity"),
            "unit_price": _("Unit price"),
            "discount": _("Discount"),
            "tax": _("VAT"),
            "total": _("Total"),
        },
        "lines": [_line_data(line, bill.currency, formats) for line in bill.lines],
        "has_discounts": any(line.discount for line in bill.lines),
        "sums": _sums(bill, formats, discount),
        "total": (total, formats.money(bill.total, bill.currency)),
        "taxes": _taxes(bill, formats),
        "tax_head": [_("VAT rate"), _("Net"), _("VAT"), _("Gross")],
        "amounts_in": _amounts_in(bill),
        "notes": bill.notes,
        "page": _("Page {page} of {pages}"),
    }


def _line_data(line: BillLine, currency: str, formats: Formats) -> dict[str, str]:
    return {
        "sku": line.sku,
        "name": line.name,
        "quantity": formats.number(line.quantity),
        "unit_price": formats.amount(line.unit_price, currency),
        "discount": formats.amount(-line.discount, currency) if line.discount else "",
        "tax": formats.percent(line.tax_rate),
        "total": formats.amount(line.total, currency),
    }


def _sums(bill: Bill, formats: Formats, discount: str) -> list[tuple[str, str]]:
    """The way from the lines to the total, one step a row; a step of nothing is left out."""
    shipping = _("Shipping ({method})").format(method=bill.shipping_name) if bill.shipping_name else _("Shipping")
    steps = [(_("Items"), bill.items), (discount, -bill.discount), (shipping, bill.shipping)]
    if not bill.prices_include_tax:
        steps += [(_("VAT {rate}").format(rate=formats.percent(tax.rate)), tax.tax) for tax in bill.taxes]
    return [(label, formats.money(amount, bill.currency)) for label, amount in steps if amount]


def _taxes(bill: Bill, formats: Formats) -> list[list[str]]:
    return [
        [formats.percent(tax.rate)] + [formats.amount(part, bill.currency) for part in (tax.net, tax.tax, tax.gross)]
        for tax in bill.taxes
    ]


def _amounts_in(bill: Bill) -> str:
    if bill.prices_include_tax:
        return _("All amounts in {currency}. Prices include VAT.").format(currency=bill.currency)
    return _("All amounts in {currency}. Prices exclude VAT.").format(currency=bill.currency)
