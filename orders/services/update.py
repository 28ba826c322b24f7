"""Change what an order merely carries: tags, note, metadata."""

from collections.abc import Mapping, Sequence
from typing import Any

from orders.errors import Stale
from orders.events import OrderUpdated
from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from orders.locks import locked_order
from orders.models import Order


def update_order(
    order_id: int,
    *,
    version: int | None,
    tags: Sequence[str] | None = None,
    note: str | None = None,
    metadata: Mapping[str, Any] | None = None,
    by: Actor,
) -> Order:
    """Set what is given, if ``version`` is still the order's (None: whatever it is). Raises ``Stale``."""
    with work(by=by):
        order = locked_order(order_id)
        if version is not None and order.version != version:
            raise Stale("The order was changed meanwhile; read it again.", current_version=order.version)
        wanted: dict[str, Any] = {"tags": tags, "note": note, "metadata": metadata}
        changed = [k for k, v in wanted.items() if v is not None and getattr(order, k) != v]
        if not changed:
            return order
        for name in changed:
            value = wanted[name]
            setattr(order, name, list(value) if name == "tags" else value)
        order.version += 1
        order.save(update_fields=[*changed, "version", "updated_at"])
        emit(OrderUpdated(order_id=order.pk, number=order.number, fields=tuple(changed)))
        return order
