"""What an invoice and a credit note share: who, what, how much; the sums are computed here and must agree."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import accumulate
from typing import Any

from orders.addresses import lines_of
from orders.documents.seller import Seller
from orders.documents.words import words
from orders.kernel.documents import Address, Formats
from orders.states import TaxCategory

# Why a rate is 0, as the law wants it on the paper.
_EXEMPT = {
    TaxCategory.REVERSE_CHARGE: "reverse_charge",
    TaxCategory.INTRA_COMMUNITY: "intra_community",
    TaxCategory.EXPORT: "export",
    TaxCategory.EXEMPT: "exempt",
}


@dataclass(frozen=True, kw_only=True)
class BillLine:
    """Units of one product; `discount` and `total` are for the whole line in the bill's tax mode, `tax` in or on it."""

    sku: str
    name: str
    quantity: int
    unit_price: Decimal
    tax_rate: Decimal
    total: Decimal
    tax: Decimal = Decimal(0)
    discount: Decimal = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class TaxAmount:
    """What is taxed at one rate, and the tax on it; shipping included."""

    rate: Decimal
    net: Decimal
    tax: Decimal
    category: str = TaxCategory.STANDARD

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax


@dataclass(frozen=True, kw_only=True)
class Paid:
    """How a bill is paid (`online`, `by_hand` or not told), what of it, and what is still to be paid."""

    kind: str = ""
    paid: Decimal = Decimal(0)
    due: Decimal = Decimal(0)


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
    shipping_tax: Decimal = Decimal(0)
    shipping_tax_rate: Decimal = Decimal(0)
    shipping_name: str = ""
    discount: Decimal = Decimal(0)
    ordered_on: date | None = None
    buyer_reference: str = ""
    buyer_vat_id: str = ""
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
    paid: Paid | None = None,
) -> dict[str, Any]:
    """The data of `bill.typ`; `facts` and `ship_to` stand beside the address."""
    formats, say = Formats(bill.language), words(bill.language)
    more = {
        say["order_number"]: bill.order_number,
        say["ordered_on"]: formats.date(bill.ordered_on) if bill.ordered_on else "",
        say["buyer_reference"]: bill.buyer_reference,
        say["buyer_vat_id"]: bill.buyer_vat_id,
    }
    columns = {name: say[name] for name in ("item", "quantity", "unit_price", "discount", "total")}
    return {
        "language": bill.language,
        "title": title,
        "number": bill.number,
        "seller": bill.seller.as_data(bill.language),
        "address": lines_of(bill.billing_address, language=bill.language),
        "facts": [(label, fact) for label, fact in {**facts, **more}.items() if fact],
        "ship_to": (say["delivered_to"], ship_to),
        "head": {**columns, "tax": say["vat"]},
        "lines": list(_lines(bill, formats)),
        "has_discounts": any(line.discount for line in bill.lines),
        "carried": (say["carried_forward"], say["brought_forward"]),
        "sums": _sums(bill, formats, discount),
        "total": (total, formats.money(bill.total, bill.currency)),
        "paid": _paid(bill, paid, formats) if paid else [],
        "taxes": _taxes(bill, formats),
        "tax_head": [say["vat_rate"], say["net"], say["vat"], say["gross"]],
        "amounts_in": say["includes_vat" if bill.prices_include_tax else "excludes_vat"].format(currency=bill.currency),
        "notes": [
            *filter(None, (exemption_words(bill, tax) for tax in bill.taxes)),
            *_ways_to_pay(bill, paid),
            *bill.notes,
        ],
        "page": say["page"],
    }


def exemption_words(bill: Bill, tax: TaxAmount) -> str:
    """Why a rate is 0, where that is known."""
    key = _EXEMPT.get(TaxCategory(tax.category))
    return words(bill.language)[key] if key else ""


def _exemptions(bill: Bill) -> list[str]:
    return [said for tax in bill.taxes if (said := exemption_words(bill, tax))]


def _lines(bill: Bill, formats: Formats) -> Iterator[dict[str, str]]:
    """Each line, and what all lines so far come to: a page that ends here carries it forward."""
    for line, so_far in zip(bill.lines, accumulate(line.total for line in bill.lines), strict=True):
        yield {
            "sku": line.sku,
            "name": line.name,
            "quantity": formats.number(line.quantity),
            "unit_price": formats.amount(line.unit_price, bill.currency),
            "discount": formats.amount(-line.discount, bill.currency) if line.discount else "",
            "tax": formats.percent(line.tax_rate),
            "total": formats.amount(line.total, bill.currency),
            "so_far": formats.amount(so_far, bill.currency),
        }


def _sums(bill: Bill, formats: Formats, discount: str) -> list[tuple[str, str]]:
    """The way from the lines to the total, one step a row; a step of nothing is left out."""
    say = words(bill.language)
    shipping = say["shipping_by"].format(method=bill.shipping_name) if bill.shipping_name else say["shipping"]
    steps = [(say["items"], bill.items), (discount, -bill.discount), (shipping, bill.shipping)]
    if not bill.prices_include_tax:
        steps += [(say["vat_at"].format(rate=formats.percent(tax.rate)), tax.tax) for tax in bill.taxes]
    return [(label, formats.money(amount, bill.currency)) for label, amount in steps if amount]


def _taxes(bill: Bill, formats: Formats) -> list[list[str]]:
    return [
        [formats.percent(tax.rate)] + [formats.amount(part, bill.currency) for part in (tax.net, tax.tax, tax.gross)]
        for tax in bill.taxes
    ]


def _paid(bill: Bill, paid: Paid, formats: Formats) -> list[tuple[str, str]]:
    say = words(bill.language)
    rows = [(say["paid_online" if paid.kind == "online" else "paid_by_hand"], paid.paid)] if paid.paid else []
    return [(label, formats.money(amount, bill.currency)) for label, amount in [*rows, (say["due"], paid.due)]]


def _ways_to_pay(bill: Bill, paid: Paid | None) -> list[str]:
    if paid is None or not paid.due or not bill.seller.account:
        return []
    return [words(bill.language)["pay_to"].format(account=bill.seller.account, number=bill.number)]
