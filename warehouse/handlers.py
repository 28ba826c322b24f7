"""What the warehouse does when something happens below."""

from orders.events import ExceptionResolved, OrderCancelled, OrderChanged, OrderConfirmed, OrderExpired, PreorderDue
from orders.kernel.actor import Actor
from orders.selectors import is_released
from warehouse.services import doubt_bin as doubts
from warehouse.services import end_shortages as shortages
from warehouse.services import open_fulfillment_orders as work_orders
from warehouse.states import BIN_DOUBTED


def open_fulfillment_orders(event: OrderConfirmed, by: Actor) -> None:
    """Confirmed: what is reserved becomes work."""
    if event.order_id is not None:
        work_orders.open_fulfillment_orders(event.order_id, by=by)


def open_more_work(event: OrderChanged | PreorderDue, by: Actor) -> None:
    """What was reserved in addition, or has come to its day, becomes work too, once the order is released at all."""
    if event.order_id is not None and is_released(event.order_id):
        work_orders.open_fulfillment_orders(event.order_id, by=by)


def trust_bin(event: ExceptionResolved, by: Actor) -> None:
    """A person looked into a bin in doubt: its goods count again."""
    if event.category == BIN_DOUBTED:
        doubts.trust_bin(int(event.subject_id), by=by)


def end_shortages(event: OrderCancelled | OrderExpired, by: Actor) -> None:
    """Units that were nowhere to be found may be among those called off: nobody has to look for them any more."""
    if event.order_id is not None:
        shortages.end_settled_shortages(event.order_id, resolution="cancelled", by=by)
