"""How the returns floor reacts to what happens."""

from orders.events import FeedbackReceived
from orders.kernel.actor import Actor
from orders.services.exception import open_exception
from returns import notifications
from returns.events import (
    ReturnApproved,
    ReturnClosed,
    ReturnDeclined,
    ReturnEvent,
    ReturnReceived,
    ReturnRequested,
)
from returns.services import chase_return as chases
from returns.services import expect_return as services
from shipping.events import ShipmentReturnedToSender
from shipping.selectors import returned_goods

UNHAPPY = 2  # a rating up to this is answered by a person


def triage_feedback(event: FeedbackReceived, by: Actor) -> None:
    """Somebody is unhappy: support writes to them before they write about us."""
    if event.rating <= UNHAPPY:
        open_exception(
            order_id=event.order_id,
            category="low_rating",
            subject_kind="order",
            subject_id=event.number,
            facts={"rating": event.rating, "tags": list(event.tags)},
            by=by,
        )


def expect_return(event: ShipmentReturnedToSender, by: Actor) -> None:
    """A parcel came back undelivered: its goods are counted in, inspected and refunded like any other return."""
    if event.order_id is not None:
        warehouse_id, units = returned_goods(event.shipment_id, order_id=event.order_id)
        services.expect_return(event.order_id, units=units, warehouse_id=warehouse_id, by=by)


def tell_requested(event: ReturnRequested, _by: Actor) -> None:
    """We have the request; when it was approved at once, that mail says it all."""
    if not event.is_auto_approved:
        notifications.tell("returns/mail/requested", event)


def tell_approved(event: ReturnApproved, _by: Actor) -> None:
    """How to send it back, and until when."""
    notifications.tell("returns/mail/approved", event)


def tell_declined(event: ReturnDeclined, _by: Actor) -> None:
    """Why not."""
    notifications.tell("returns/mail/declined", event)


def tell_received(event: ReturnReceived, _by: Actor) -> None:
    """It has arrived, in whole or in part."""
    notifications.tell("returns/mail/received", event)


def tell_closed(event: ReturnClosed, _by: Actor) -> None:
    """What was accepted, and how much money comes back."""
    notifications.tell("returns/mail/closed", event)


def stop_chasing(event: ReturnEvent, by: Actor) -> None:
    """It moves: whoever was asked about it needn't look."""
    chases.stop_chasing(event.return_, by=by)
