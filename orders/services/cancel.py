"""Cancel an order, a line or part of a line, as long as it hasn't left."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from orders.derivation import payment_status
from orders.errors import NotCancellable
from orders.events import LineQuantity, OrderCancelled
from orders.kernel.actor import Actor
from orders.kernel.errors import at
from orders.kernel.money import ZERO, share
from orders.kernel.work import ask, emit, work
from orders.locks import locked_lines, locked_order, locked_payments
from orders.models import (
    InvoiceLine,
    Order,
    OrderCancellation,
    OrderCancellationLine,
    OrderLine,
)
from orders.questions import ReleaseUnits
from orders.services.await_payment import payment_arrived
from orders.services.complete import complete_if_done
from orders.services.confirm import confirm_order
from orders.services.count import Change, count
from orders.services.follow_links import follow_links
from orders.services.give_up_payment import give_up_unmade
from orders.services.surplus import give_back_surplus
from orders.states import CancelReason, OrderStatus

_CANCELLABLE = (OrderStatus.PLACED, OrderStatus.CONFIRMED)


def cancel_order(
    order_id: int,
    *,
    reason: CancelReason,
    lines: Mapping[str, int] | None = None,
    note: str = "",
    restock: bool = True,
    refund: bool = True,
    notify: bool = True,
    by: Actor,
) -> Order:
    """Call off the whole order, or ``lines`` (public id -> units): stock goes back, and money that is no longer owed.

    Without ``refund`` what was charged stays with us; what is only reserved goes back all the same. 1 lock 2 choose
    the units 3 let the floors above undo their part 4 lower counters and totals 5 owe money back 6 tell 7 go on when
    the rest is paid. Raises ``NotCancellable`` for units that have left, or when none is left.
    """
    with work(by=by):
        order = locked_order(order_id)
        payments = locked_payments(order_id)
        if order.status not in _CANCELLABLE:
            raise NotCancellable(f"This order is {order.get_status_display().lower()} and can't be cancelled.")
        mine = locked_lines(order_id)
        units = _units(mine, lines)
        ask(ReleaseUnits(order_id=order_id, units={line.pk: n for line, n in units}, restock=restock))
        before = order.total
        fallen = _lower_amounts(order, units)
        count(order_id, {line.pk: Change(cancelled=n) for line, n in units})
        order = locked_order(order_id)
        is_whole = all(line.cancelled + n == line.ordered for line, n in _all_units(mine, units))
        _lower_totals(order, is_whole=is_whole)
        if is_whole:
            give_up_unmade(order, payments)
            payment_arrived(order, by=by)
        give_back_surplus(order, payments, taken=None if refund else ZERO, reason=reason, by=by)
        follow_links(order, by=by)
        row = OrderCancellation(
            order=order,
            reason=reason,
            note=note,
            restock=restock,
            refund=refund,
            notify=notify,
            amount=before - order.total,
            cancelled_by=str(by),
        )
        _keep(row, units, fallen)
        emit(_cancelled(row, units, is_whole=is_whole))
        if order.status == OrderStatus.PLACED and order.balance <= 0:
            confirm_order(order_id, by=by)
        complete_if_done(order_id, by=by)
        return locked_order(order_id)


def _units(mine: list[OrderLine], wanted: Mapping[str, int] | None) -> list[tuple[OrderLine, int]]:
    if wanted is None:
        if any(line.shipped for line in mine):
            raise NotCancellable("Part of this order has left; cancel the lines that haven't.")
        units = [(line, line.active) for line in mine if line.active]
    else:
        by_id = {line.public_id: line for line in mine}
        errors = [
            at(f"#/lines/{i}", "not_cancellable", "Units of this line that can be cancelled: " + str(_open(by_id, key)))
            for i, (key, n) in enumerate(wanted.items())
            if not 1 <= n <= _open(by_id, key)
        ]
        if errors:
            raise NotCancellable("lines: some units have left, were cancelled before or don't exist.", errors=errors)
        units = [(by_id[key], n) for key, n in wanted.items()]
    if not units:
        raise NotCancellable("Nothing of this order is left to cancel.")
    return units


def _open(by_id: Mapping[str, OrderLine], key: str) -> int:
    return by_id[key].open if key in by_id else 0


def _all_units(mine: list[OrderLine], units: list[tuple[OrderLine, int]]) -> list[tuple[OrderLine, int]]:
    chosen = {line.pk: n for line, n in units}
    return [(line, chosen.get(line.pk, 0)) for line in mine]


def _lower_amounts(order: Order, units: list[tuple[OrderLine, int]]) -> dict[int, Decimal]:
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


def _lower_totals(order: Order, *, is_whole: bool) -> None:
    """Add the order up anew from its lines; shipping goes too when nothing is left."""
    lines = locked_lines(order.pk)
    if is_whole:
        order.shipping_total = order.shipping_tax = ZERO
        order.cancel(at=timezone.now())
    goods = sum((line.amount for line in lines), ZERO)
    order.items_total = sum((line.unit_price * line.active for line in lines), ZERO)
    order.discount_total = order.items_total - goods
    order.tax_total = sum((line.tax for line in lines), order.shipping_tax)
    order.total = goods + order.shipping_total + (ZERO if order.prices_include_tax else order.tax_total)
    order.payment_status = payment_status(order, was_voided=order.payment_status == "voided")
    order.version += 1
    order.save()


def _cancelled(row: OrderCancellation, units: list[tuple[OrderLine, int]], *, is_whole: bool) -> OrderCancelled:
    order = row.order
    return OrderCancelled(
        order_id=order.pk,
        number=order.number,
        reason=row.reason,
        whole=is_whole,
        notify=row.notify,
        amount=row.amount,
        currency=order.currency,
        lines=tuple(LineQuantity(line=line.public_id, sku=line.sku, quantity=n) for line, n in units),
    )


def _keep(row: OrderCancellation, units: list[tuple[OrderLine, int]], fallen: Mapping[int, Decimal]) -> None:
    row.save(force_insert=True)
    OrderCancellationLine.objects.bulk_create(
        OrderCancellationLine(cancellation=row, line=line, quantity=n, amount=fallen[line.pk]) for line, n in units
    )
