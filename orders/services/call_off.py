"""Call units of an order off: what a cancellation and an expiry share."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from orders.derivation import payment_status
from orders.kernel.money import ZERO, share
from orders.kernel.work import ask
from orders.locks import locked_lines, locked_order
from orders.models import InvoiceLine, Order, OrderCancellation, OrderCancellationLine, OrderLine
from orders.questions import ReleaseUnits
from orders.services.count import Change, count

Units = Sequence[tuple[OrderLine, int]]


@dataclass(frozen=True, kw_only=True)
class CalledOff:
    """The order without the units; ``amount`` less it is worth, ``fallen`` by how much each line (by pk)."""

    order: Order
    is_whole: bool
    amount: Decimal
    fallen: Mapping[int, Decimal]


def call_off(
    order: Order, mine: Sequence[OrderLine], units: Units, *, restock: bool, end: Callable[[Order], None]
) -> CalledOff:
    """Let the floors above undo their part, then lower counters and totals; ``end`` when nothing of it is left.

    Joins the open work; the order and its payments are locked, ``mine`` are its lines.
    """
    ask(ReleaseUnits(order_id=order.pk, units={line.pk: n for line, n in units}, restock=restock))
    before = order.total
    fallen = _lower_amounts(order, units)
    count(order.pk, {line.pk: Change(cancelled=n) for line, n in units})
    order = locked_order(order.pk)
    chosen = {line.pk: n for line, n in units}
    is_whole = all(line.cancelled + chosen.get(line.pk, 0) == line.ordered for line in mine)
    _lower_totals(order, end if is_whole else None)
    return CalledOff(order=order, is_whole=is_whole, amount=before - order.total, fallen=fallen)


def keep_cancellation(row: OrderCancellation, units: Units, fallen: Mapping[int, Decimal]) -> None:
    """Write down which units were called off, and by how much their lines fell."""
    row.save(force_insert=True)
    OrderCancellationLine.objects.bulk_create(
        OrderCancellationLine(cancellation=row, line=line, quantity=n, amount=fallen[line.pk]) for line, n in units
    )


def _lower_amounts(order: Order, units: Units) -> dict[int, Decimal]:
    """Each line loses the cancelled units' share of what isn't billed; returns by how much, by line pk."""
    billed = {
        row["line_id"]: row
        for row in InvoiceLine.objects.filter(invoice__order=order)
        .values("line_id")
        .annotate(units=Sum("quantity"), amount=Sum("amount"), tax=Sum("tax"))
    }
    nothing: dict[str, Any] = {"units": 0, "amount": ZERO, "tax": ZERO}
    fallen = {}
    for line, n in units:
        done: Mapping[str, Any] = billed.get(line.pk, nothing)
        left = line.active - done["units"]
        amount = share(line.amount - done["amount"], n, left, order.currency)
        tax = share(line.tax - done["tax"], n, left, order.currency)
        line.order_discount -= share(line.order_discount, n, line.active, order.currency)
        line.amount -= amount
        line.tax -= tax
        fallen[line.pk] = amount if order.prices_include_tax else amount + tax
    OrderLine.objects.bulk_update([line for line, _ in units], ["amount", "tax", "order_discount"])
    return fallen


def _lower_totals(order: Order, end: Callable[[Order], None] | None) -> None:
    """Add the order up anew from its lines; shipping goes too when nothing is left."""
    lines = locked_lines(order.pk)
    if end is not None:
        order.shipping_total = order.shipping_tax = ZERO
        end(order)
    goods = sum((line.amount for line in lines), ZERO)
    order.items_total = sum((line.unit_price * line.active for line in lines), ZERO)
    order.discount_total = order.items_total - goods
    order.tax_total = sum((line.tax for line in lines), order.shipping_tax)
    order.total = goods + order.shipping_total + (ZERO if order.prices_include_tax else order.tax_total)
    order.payment_status = payment_status(order, was_voided=order.payment_status == "voided")
    order.version += 1
    order.save()
