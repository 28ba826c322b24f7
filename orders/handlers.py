"""What the ground floor does when something happened; called by ``emit`` as ROUTES says."""

from orders.kernel.actor import Actor
from orders.kernel.event import Event
from orders.kernel.work import current
from orders.notifications import template_for
from orders.services.notify import owe_message


def tell_customer(event: Event, _by: Actor) -> None:
    """Owe the order's customer the mail about it, if there is one."""
    if template := template_for(event, so_far=current().events):
        owe_message(order_id=event.order_id, template=template, context=event.data())
