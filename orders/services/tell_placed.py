"""Tell of an order that was just placed or confirmed: its events, and the order itself as its answer shows it."""

from collections.abc import Sequence

from orders.bundles import sold
from orders.events import LineQuantity, OrderConfirmed, OrderPlaced
from orders.models import Order, OrderLine
from orders.states import LineKind, OrderStatus


def placed(order: Order, lines: Sequence[OrderLine]) -> OrderPlaced:
    """The event that tells what was bought."""
    return OrderPlaced(
        order_id=order.pk,
        number=order.number,
        total=order.total,
        currency=order.currency,
        lines=tuple(LineQuantity(line=line.public_id, sku=line.sku, quantity=line.ordered) for line in sold(lines)),
    )


def confirmed(order: Order, lines: Sequence[OrderLine]) -> OrderConfirmed:
    """The event that releases the order: goods to the warehouse, digital lines to their buyer."""
    return OrderConfirmed(
        order_id=order.pk,
        number=order.number,
        digital_ids=tuple(line.pk for line in lines if line.kind == LineKind.DIGITAL),
    )


def as_it_is_now(order: Order, lines: Sequence[OrderLine]) -> Order:
    """The order for its answer: what is digital of a confirmed one was just delivered, so it is read anew."""
    if order.status != OrderStatus.CONFIRMED or not any(line.kind == LineKind.DIGITAL for line in lines):
        return order
    return Order.objects.select_related("channel", "shipping_method").get(pk=order.pk)
