"""Call units of an order off: what a cancellation, an expiry and a change that lowers a quantity have in common.

Joins the open work; order and payments are locked. Bundles go as a whole. Stock goes back by the floors above, the
lines lose the units' share of what isn't billed, and the cancellation is kept. What follows for the money is the
caller's.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from orders.bundles import Scale, goods, scales
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
from orders.services.preorder import free_preorders
from orders.states import CancelReason, PaymentState

# Bought lines, or components whose bundle has left in part, and how many of each.
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
    measures = scales(locked_lines(order_id))
    parts = [_Part.of(line, n, measures) for line, n in units]
    moved = Counter[int]()
    for part in parts:
        moved.update(part.units)
    members = [line for scale in measures.values() for line in scale.members if moved[line.pk]]
    free_preorders({line.pk: moved[line.pk] for line in members if line.preordered})
    here = {line.pk: moved[line.pk] for line in goods(members)}
    ask(ReleaseUnits(order_id=order_id, units=here, restock=wish.restock))
    order = locked_order(order_id)
    before = order.total
    fallen = _lower_amounts(order, parts, measures)
    count(order_id, {pk: Change(cancelled=n) for pk, n in moved.items()})
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


@dataclass(frozen=True, kw_only=True)
class _Part:
    """What is called off of one line: the units that move, and the scale of the line that has their money."""

    scale: Scale
    line: OrderLine
    units: Mapping[int, int]

    @classmethod
    def of(cls, line: OrderLine, n: int, measures: Mapping[int, Scale]) -> "_Part":
        if line.parent_id is not None:
            return cls(scale=measures[line.parent_id], line=line, units={line.pk: n})
        return cls(scale=measures[line.pk], line=line, units=measures[line.pk].units(n))


def _lower_amounts(order: Order, parts: Sequence[_Part], measures: Mapping[int, Scale]) -> dict[int, Decimal]:
    """Each bought line loses the units' share of what isn't billed; returns by how much, by pk of the line named."""
    billed = billed_lines(order, measures)
    fallen = {}
    for part in parts:
        scale, line = part.scale, part.scale.line
        done = billed.get(line.pk, NOTHING)
        points, left = scale.of(part.units), scale.active - done.points
        amount = share(line.amount - done.amount, points, left, order.currency)
        tax = share(line.tax - done.tax, points, left, order.currency)
        line.order_discount -= _order_discount(
            scale, points, amount, left=left, unbilled=line.amount - done.amount, currency=order.currency
        )
        line.amount -= amount
        line.tax -= tax
        for member in scale.members:
            member.cancelled += part.units.get(member.pk, 0)  # in memory: what the next part has left of the line
        fallen[part.line.pk] = amount if order.prices_include_tax else amount + tax
    lowered = {part.scale.line.pk: part.scale.line for part in parts}
    OrderLine.objects.bulk_update(lowered.values(), ["amount", "tax", "order_discount"])
    return fallen


def _order_discount(
    scale: Scale, part: int, amount: Decimal, *, left: int, unbilled: Decimal, currency: str
) -> Decimal:
    """What of the order's discount goes with a part that takes ``amount`` along: price, discounts and amount add up.

    ``part`` and ``left`` are points; the ``left`` with ``unbilled`` money are on no invoice.
    """
    line = scale.line
    if not line.order_discount:
        return ZERO
    price = share(line.unit_price * line.ordered, scale.active, scale.one * line.ordered, currency)
    of_order = share(line.order_discount, left, scale.active, currency)
    of_line = share(share(price, left, scale.active, currency) - of_order - unbilled, part, left, currency)
    return min(max(share(price, part, scale.active, currency) - of_line - amount, ZERO), line.order_discount)
