"""The purchase order on paper: what the supplier is asked for, when and where to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from orders.addresses import lines_of
from orders.kernel.documents import Formats, barcode_svg, render_pdf


@dataclass(frozen=True, kw_only=True)
class PurchaseLine:
    """Units of one product; ``sku`` is the supplier's name for it where we know it."""

    sku: str
    our_sku: str
    name: str
    quantity: int
    cost: Decimal
    expected_on: date | None


@dataclass(frozen=True, kw_only=True)
class PurchasePaper:
    """What is on a purchase order; ``address`` is where the goods go, in JSON as warehouses keep it."""

    number: str
    language: str
    supplier: str
    warehouse: str
    address: Mapping[str, Any]
    currency: str
    placed_on: date
    note: str
    lines: tuple[PurchaseLine, ...]


def render_purchase_order(paper: PurchasePaper) -> bytes:
    """The purchase order as PDF/A-3b; its number as Code 128, so that goods-in can scan the delivery note."""
    formats = Formats(paper.language)
    total = sum((line.cost * line.quantity for line in paper.lines), Decimal(0))
    with override(paper.language):
        facts = {
            _("Supplier"): paper.supplier,
            _("Date"): formats.date(paper.placed_on),
            _("Deliver to"): ", ".join(lines_of(paper.address, language=paper.language)) or paper.warehouse,
            _("Note"): paper.note,
        }
        data = {
            "language": paper.language,
            "title": _("Purchase order"),
            "number": paper.number,
            "barcode": barcode_svg(paper.number, "Code128"),
            "facts": [(label, fact) for label, fact in facts.items() if fact],
            "head": [_("Item"), _("Expected"), _("Quantity"), _("Each"), _("Amount")],
            "lines": [_line_data(line, paper.currency, formats) for line in paper.lines],
            "total": [_("Total without tax"), formats.money(total, paper.currency)],
            "page": _("Page {page} of {pages}"),
        }
    return render_pdf(Path(__file__).with_suffix(".typ"), data, on=paper.placed_on)


def _line_data(line: PurchaseLine, currency: str, formats: Formats) -> dict[str, str]:
    names = [line.sku] if line.sku == line.our_sku or not line.our_sku else [line.sku, line.our_sku]
    return {
        "name": line.name,
        "sku": " · ".join(name for name in names if name),
        "expected": formats.date(line.expected_on) if line.expected_on else "",
        "quantity": formats.number(line.quantity),
        "cost": formats.amount(line.cost, currency),
        "amount": formats.amount(line.cost * line.quantity, currency),
    }
