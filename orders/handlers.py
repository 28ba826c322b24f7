"""What the ground floor does when something happened; called by ``emit`` as ROUTES says."""

from orders.events import OrderHeld, OrderReleased
from orders.kernel.actor import Actor
from orders.kernel.event import Event
from orders.kernel.work import current
from orders.notifications import KINDS, TEMPLATES, template_for
from orders.selectors import goes_on
from orders.services.notify import owe_message, withdraw_message
from orders.states import MessageKind


def tell_customer(event: Event, _by: Actor) -> None:
    """Owe the order's customer the mail about it, if there is one."""
    if template := template_for(event, so_far=current().events):
        kind = KINDS.get(type(event), MessageKind.ORDER)
        owe_message(order_id=event.order_id, template=template, context=event.data(), kind=kind)


def tell_held(event: OrderHeld, by: Actor) -> None:
    """Why it waits; that it went on for a moment in between is nothing to write about."""
    withdraw_message(order_id=event.order_id, template=TEMPLATES[OrderReleased])
    tell_customer(event, by)


def tell_released(event: OrderReleased, by: Actor) -> None:
    """It goes on, unless something else still holds it; of a hold that came and went at once nobody hears."""
    withdraw_message(order_id=event.order_id, template=TEMPLATES[OrderHeld], about={"hold": event.hold})
    if event.order_id and goes_on(event.order_id):
        tell_customer(event, by)
