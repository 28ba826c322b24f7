"""How the shipping floor reacts to what happens."""

from orders.events import OrderCancelled
from orders.kernel.actor import Actor
from shipping import notifications
from shipping.events import ShipmentDelivered, ShipmentDispatched, ShipmentReturnedToSender
from shipping.services import cancel_shipment as cancellations
from shipping.services import create_shipment as services
from warehouse.events import PackageSealed, PackageVoided


def create_shipment(event: PackageSealed, by: Actor) -> None:
    """The last parcel of a work order is sealed: it can go."""
    if event.is_last:
        services.ship_what_is_packed(event.fulfillment_order_id, by=by)


def stop_shipment(event: PackageVoided, by: Actor) -> None:
    """A parcel was opened again: the shipment that it was in can't leave as it is."""
    cancellations.stop_shipment_of(event.package_id, by=by)


def expect_no_shipments(event: OrderCancelled, by: Actor) -> None:
    """All of a work order may have been called off: none of its parcels waits for a shipment any more."""
    if event.order_id is not None:
        services.expect_no_shipments(event.order_id, by=by)


def tell_dispatched(event: ShipmentDispatched, _by: Actor) -> None:
    """The customer hears that it is on its way."""
    notifications.tell_dispatched(event)


def tell_delivered(event: ShipmentDelivered, _by: Actor) -> None:
    """The customer hears that it arrived, and is asked how it was."""
    notifications.tell_delivered(event)


def tell_returned(event: ShipmentReturnedToSender, _by: Actor) -> None:
    """The customer hears that it came back, and what happens now."""
    notifications.tell_returned(event)
