"""What of an order's lines is on its invoices, and what isn't yet: bills are never changed, only the rest is.

Invoices list what leaves: components. Here it is told by what was bought: their bundle.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Sum

from orders.bundles import Scale
from orders.kernel.money import ZERO
from orders.models import Invoice, InvoiceLine, Order


@dataclass(frozen=True, kw_only=True)
class Billed:
    """What invoices list of a line: in points of its scale, with the money after discounts and the tax of it.

    ``units`` tells them by pk of the moving lines.
    """

    points: int = 0
    units: Mapping[int, int] = field(default_factory=dict)
    amount: Decimal = ZERO
    tax: Decimal = ZERO


NOTHING = Billed()


def billed_lines(order: Order, scales: Mapping[int, Scale]) -> Mapping[int, Billed]:
    """By pk of the bought line; those of which no invoice lists anything are left out."""
    rows = (
        InvoiceLine.objects.filter(invoice__order=order)
        .values("line_id")
        .annotate(units=Sum("quantity"), amount_sum=Sum("amount"), tax_sum=Sum("tax"))
    )
    listed = {row["line_id"]: row for row in rows}
    found = {}
    for pk, scale in scales.items():
        mine = [listed[member.pk] for member in scale.members if member.pk in listed]
        if mine:
            units = {row["line_id"]: row["units"] for row in mine}
            found[pk] = Billed(
                points=scale.of(units),
                units=units,
                amount=sum((row["amount_sum"] for row in mine), ZERO),
                tax=sum((row["tax_sum"] for row in mine), ZERO),
            )
    return found


def billed_shipping(order: Order) -> tuple[Decimal, Decimal]:
    """The shipping on the invoices, and the tax in (or on) it."""
    sums = Invoice.objects.filter(order=order).aggregate(shipping=Sum("shipping"), tax=Sum("shipping_tax"))
    return sums["shipping"] or ZERO, sums["tax"] or ZERO
