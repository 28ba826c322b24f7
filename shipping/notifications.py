"""What the shipping floor tells customers; the words are in ``templates/shipping/mail``."""

from typing import Any

from orders.services.notify import owe_message
from orders.states import MessageKind
from shipping.events import ShipmentDelivered, ShipmentDispatched, ShipmentReturnedToSender
from shipping.models import Shipment, ShipmentLine


def tell_dispatched(event: ShipmentDispatched) -> None:
    """It is on its way: what is in it, who brings it, and where to follow it."""
    owe_message(
        order_id=event.order_id,
        template="shipping/mail/dispatched",
        context=_about(event),
        kind=MessageKind.DELIVERY,
    )


def tell_delivered(event: ShipmentDelivered) -> None:
    """It has arrived: thanks, and the question how it was."""
    owe_message(
        order_id=event.order_id,
        template="shipping/mail/delivered",
        context=_about(event),
        kind=MessageKind.DELIVERY,
    )


def tell_returned(event: ShipmentReturnedToSender) -> None:
    """It came back: what we do with it, and that nothing is asked of them."""
    owe_message(
        order_id=event.order_id,
        template="shipping/mail/returned",
        context=_about(event),
    )


def _about(event: ShipmentDispatched | ShipmentDelivered | ShipmentReturnedToSender) -> dict[str, Any]:
    shipment = Shipment.objects.select_related("carrier").get(pk=event.shipment_id)
    rows = ShipmentLine.objects.filter(shipment=shipment, line__order__number=event.number)
    return {
        "shipment": shipment.public_id,
        "carrier": shipment.carrier.name if shipment.carrier else "",
        "tracking_number": shipment.tracking_number,
        "tracking_url": shipment.tracking_url,
        "parcels": shipment.parcels.count(),
        "promised_on": shipment.promised_on,
        "lines": [
            {"name": row.line.name, "sku": row.line.sku, "quantity": row.quantity}
            for row in rows.select_related("line")
        ],
    }
