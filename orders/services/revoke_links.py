"""Close an order's page to everybody who holds a link; staff do it when a link went astray."""

from orders.events import OrderLinksRevoked
from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from orders.locks import locked_order


def revoke_links(order_id: int, *, by: Actor) -> None:
    """Make every link given out so far useless, cookies included; new mails carry new links."""
    with work(by=by):
        order = locked_order(order_id)
        order.link_version += 1
        order.version += 1
        order.save(update_fields=["link_version", "version", "updated_at"])
        emit(OrderLinksRevoked(order_id=order.pk, number=order.number))
