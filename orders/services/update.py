"""Change what an order merely carries: tags, note, metadata, and whether it waits until all of it is there."""

from collections.abc import Container, Mapping, Sequence
from typing import Any

from orders.errors import NotChangeable, Stale
from orders.events import OrderUpdated
from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from orders.locks import locked_order
from orders.models import Order
from orders.states import OrderStatus

_NOT_OVER = (OrderStatus.DRAFT, OrderStatus.PLACED, OrderStatus.CONFIRMED)


def update_order(
    order_id: int,
    *,
    versions: Container[int] | None = None,
    tags: Sequence[str] | None = None,
    note: str | None = None,
    metadata: Mapping[str, Any] | None = None,
    shipping_policy: str | None = None,
    by: Actor,
) -> Order:
    """Set what is given, if the order's version is one of ``versions`` (None: whatever it is).

    The shipping policy counts for what hasn't left yet. Raises ``Stale``, ``NotChangeable``.
    """
    with work(by=by):
        order = locked_order(order_id)
        if versions is not None and order.version not in versions:
            raise Stale("The order was changed meanwhile; read it again.", current_version=order.version)
        wanted: dict[str, Any] = {"tags": tags, "note": note, "metadata": metadata, "shipping_policy": shipping_policy}
        changed = [k for k, v in wanted.items() if v is not None and getattr(order, k) != v]
        if not changed:
            return order
        if "shipping_policy" in changed:
            _expect_something_to_ship(order)
        for name in changed:
            value = wanted[name]
            setattr(order, name, list(value) if name == "tags" else value)
        order.version += 1
        order.save(update_fields=[*changed, "version", "updated_at"])
        emit(OrderUpdated(order_id=order.pk, number=order.number, fields=tuple(changed)))
        return order


def _expect_something_to_ship(order: Order) -> None:
    if order.status not in _NOT_OVER:
        raise NotChangeable("shipping_policy: nothing of this order is still to be shipped.")
    if any(line.shipped for line in order.lines.all()):
        raise NotChangeable("shipping_policy: some of this order has left already.")
