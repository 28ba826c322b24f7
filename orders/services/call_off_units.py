"""Call units of an order off: what a cancellation, an expiry and a change that lowers a quantity have in common.

Joins the open work; order and payments are locked. Stock goes back by the floors above, the lines lose the units'
share of what isn't billed, and the cancellation is kept. What follows for the money is the caller's.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from orders.derivation import payment_status
from orders.events import LineQuantity, OrderCancelled
from orders.kernel.actor import Actor
from orders.kernel.money import ZERO, share
from orders.kernel.work import ask
from orders.locks import locked_lines, locked_order
from orders.models import Order, OrderCancellation, OrderCancellationLine, OrderLine
from orders.questions import ReleaseUnits
from orders.services.billed import NOTHING, billed_lines, billed_shipping
from orders.services.count import Change, count
from orders.states import CancelReason, PaymentState

Units = Sequence[tuple[OrderLine, int]]


@dataclass(frozen=True, kw_only=True)
class Wish:
    """Why units are called off, and what shall become of goods, money and customer."""

    reason: CancelReason
    note: str = ""
    restock: bool = True
    refund: bool = True
    notify: bool = True


@dataclass(frozen=True, kw_only=True)
class CalledOff:
    """The order without the units, and the cancellation that was kept."""

    order: Order
    is_whole: bool
    cancellation: OrderCancellation
    lines: tuple[LineQuantity, ...]

    @property
    def event(self) -> OrderCancelled:
        """What the caller tells, once the money is settled."""
        return OrderCancelled(
            order_id=self.order.pk,
            number=self.order.number,
            reason=self.cancellation.reason,
            whole=self.is_whole,
            notify=self.cancellation.notify,
            amount=self.cancellation.amount,
            currency=self.order.currency,
            lines=self.lines,
        )


def call_off_units(
    order_id: int, units: Units, wish: Wish, *, end: Callable[[Order], None] | None, by: Actor
) -> CalledOff:
    """1 let the floors above undo their part 2 lower amounts and counters 3 add the order up anew 4 keep it.

    ``end`` is the transition of an order of which nothing is left; None when something will be added. Raises
    ``NotCancellable`` for units that have left.
    """
    ask(ReleaseUnits(order_id=order_id, units={line.pk: n for line, n in units}, restock=wish.restock))
    order = locked_order(order_id)
    before = order.total
    fallen = _lower_amounts(order, units)
    count(order_id, {line.pk: Change(cancelled=n) for line, n in units})
    order = locked_order(order_id)
    lines = locked_lines(order_id)
    is_whole = end is not None and all(line.active == 0 for line in lines)
    if end is not None and is_whole:
        order.shipping_total = order.shipping_tax = ZERO
        end(order)
    elif end is not None and not any(
        line.open for line in lines
    ):  # nothing else will leave: what isn't billed of the shipping never is
        order.shipping_total, order.shipping_tax = billed_shipping(order)
    sum_up(order, lines)
    order.version += 1
    order.save()
    return CalledOff(
        order=order,
        is_whole=is_whole,
        cancellation=_keep(order, units, fallen, wish, amount=before - order.total, by=by),
        lines=tuple(LineQuantity(line=line.public_id, sku=line.sku, quantity=n) for line, n in units),
    )


def sum_up(order: Order, lines: Sequence[OrderLine]) -> None:
    """Add the order's totals up from its lines and its shipping, and derive its payment status; doesn't save."""
    goods = sum((line.amount for line in lines), ZERO)
    order.items_total = sum((line.unit_price * line.active for line in lines), ZERO)
    order.discount_total = order.items_total - goods
    order.tax_total = sum((line.tax for line in lines), order.shipping_tax)
    order.total = goods + order.shipping_total + (ZERO if order.prices_include_tax else order.tax_total)
    order.payment_status = payment_status(order, was_voided=order.payment_status == PaymentState.VOIDED)


def _keep(
    order: Order, units: Units, fallen: Mapping[int, Decimal], wish: Wish, *, amount: Decimal, by: Actor
) -> OrderCancellation:
    cancellation = OrderCancellation(
        order=order,
        reason=wish.reason,
        note=wish.note,
        restock=wish.restock,
        refund=wish.refund,
        notify=wish.notify,
        amount=amount,
        cancelled_by=str(by),
    )
    cancellation.save(force_insert=True)
    OrderCancellationLine.objects.bulk_create(
        OrderCancellationLine(cancellation=cancellation, line=line, quantity=n, amount=fallen[line.pk])
        for line, n in units
    )
    return cancellation


def _lower_amounts(order: Order, units: Units) -> dict[int, Decimal]:
    """Each line loses the units' share of what isn't billed; returns by how much, by line pk."""
    billed = billed_lines(order)
    fallen = {}
    for line, n in units:
        done = billed.get(line.pk, NOTHING)
        left = line.active - done.units
        amount = share(line.amount - done.amount, n, left, order.currency)
        tax = share(line.tax - done.tax, n, left, order.currency)
        line.order_discount -= _order_discount(
            line, n, amount, left=left, unbilled=line.amount - done.amount, currency=order.currency
        )
        line.amount -= amount
        line.tax -= tax
        fallen[line.pk] = amount if order.prices_include_tax else amount + tax
    OrderLine.objects.bulk_update([line for line, _ in units], ["amount", "tax", "order_discount"])
    return fallen


def _order_discount(
    line: OrderLine, units: int, amount: Decimal, *, left: int, unbilled: Decimal, currency: str
) -> Decimal:
    """What of the order's discount goes with units that take ``amount`` along: price, discounts and amount add up.

    ``left`` units with ``unbilled`` money are on no invoice.
    """
    if not line.order_discount:
        return ZERO
    of_order = share(line.order_discount, left, line.active, currency)
    of_line = share(line.unit_price * left - of_order - unbilled, units, left, currency)
    return min(max(line.unit_price * units - of_line - amount, ZERO), line.order_discount)
