"""Change what an order merely carries: tags, note, metadata."""

from collections.abc import Container, Mapping, Sequence
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
    versions: Container[int] | None = None,
    tags: Sequence[str] | None = None,
    note: str | None = None,
    metadata: Mapping[str, Any] | None = None,
    by: Actor,
) -> Order:
    """Set what is given, if the order's version is one of ``versions`` (None: whatever it is). Raises ``Stale``."""
    with work(by=by):
        order = locked_order(order_id)
        if versions is not None and order.version not in versions:
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
