"""What of an order's lines is on its invoices, and what isn't yet: bills are never changed, only the rest is."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from orders.kernel.money import ZERO
from orders.models import Invoice, InvoiceLine, Order


@dataclass(frozen=True, kw_only=True)
class Billed:
    """Units of a line that invoices list, with their money after discounts and the tax in (or on) it."""

    units: int = 0
    amount: Decimal = ZERO
    tax: Decimal = ZERO


NOTHING = Billed()


def billed_lines(order: Order) -> Mapping[int, Billed]:
    """By line pk; lines that no invoice lists are left out."""
    rows = (
        InvoiceLine.objects.filter(invoice__order=order)
        .values("line_id")
        .annotate(units=Sum("quantity"), amount_sum=Sum("amount"), tax_sum=Sum("tax"))
    )
    return {row["line_id"]: Billed(units=row["units"], amount=row["amount_sum"], tax=row["tax_sum"]) for row in rows}


def billed_shipping(order: Order) -> tuple[Decimal, Decimal]:
    """The shipping on the invoices, and the tax in (or on) it."""
    sums = Invoice.objects.filter(order=order).aggregate(shipping=Sum("shipping"), tax=Sum("shipping_tax"))
    return sums["shipping"] or ZERO, sums["tax"] or ZERO
