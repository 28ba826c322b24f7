"""What the warehouse does when something happens below."""

from orders.events import ExceptionResolved, OrderCancelled, OrderChanged, OrderConfirmed, OrderExpired, PreorderDue
from orders.kernel.actor import Actor
from orders.selectors import is_released
from warehouse import notifications
from warehouse.events import SubstitutionDeclined, SubstitutionProposed
from warehouse.services import doubt_bin as doubts
from warehouse.services import end_shortages as shortages
from warehouse.services import open_fulfillment_orders as work_orders
from warehouse.services import withdraw_substitute as questions
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


def withdraw_substitutes(event: OrderCancelled | OrderExpired, by: Actor) -> None:
    """Units that a customer is asked about may be among those called off."""
    if event.order_id is not None:
        questions.withdraw_substitutes(event.order_id, by=by)


def tell_proposed(event: SubstitutionProposed, _by: Actor) -> None:
    """May we send something else? Whoever had said so before reads of the change alone."""
    if event.asks:
        notifications.tell_proposed(event)


def tell_declined(event: SubstitutionDeclined, _by: Actor) -> None:
    """Nothing else is sent; what happens to what is missing."""
    notifications.tell_declined(event)


def end_shortages(event: OrderCancelled | OrderExpired, by: Actor) -> None:
    """Units that were nowhere to be found may be among those called off: nobody has to look for them any more."""
    if event.order_id is not None:
        shortages.end_settled_shortages(event.order_id, resolution="cancelled", by=by)
