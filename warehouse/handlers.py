"""What the warehouse does when something happens below."""

from orders.events import OrderConfirmed
from orders.kernel.actor import Actor
from warehouse.services import open_fulfillment_orders as work_orders


def open_fulfillment_orders(event: OrderConfirmed, by: Actor) -> None:
    """Confirmed: what is reserved becomes work."""
    if event.order_id is not None:
        work_orders.open_fulfillment_orders(event.order_id, by=by)
