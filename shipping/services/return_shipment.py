"""Return a shipment to its sender: nobody took it, the carrier brought it back, the dock has it again."""

from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from orders.services.count import Change, count
from orders.services.exception import resolve_exceptions
from shipping.errors import NotOnItsWay
from shipping.events import ShipmentReturnedToSender
from shipping.locks import locked_shipment
from shipping.models import Shipment
from shipping.selectors import contents_by_order
from shipping.services.record_tracking import DELIVERY_TROUBLE
from shipping.states import ShipmentStatus


def return_shipment(shipment_id: int, *, by: Actor) -> Shipment:
    """Take back a dispatched shipment that could not be delivered; its units will never arrive.

    1 lock 2 refuse 3 mark it 4 count its units as written off 5 tell: goods-in, stock and refund are the returns
    floor's, which hears of it. Raises ``NotOnItsWay``.
    """
    with work(by=by):
        locked = locked_shipment(shipment_id)
        shipment = locked.shipment
        if shipment.status != ShipmentStatus.SHIPPED:
            raise NotOnItsWay(f"This shipment is {shipment.status}; only one that is on its way can come back.")
        shipment.return_to_sender()
        shipment.version += 1
        shipment.save()
        inside = contents_by_order(shipment.pk)
        for order in locked.orders:
            contents = inside[order.pk]
            count(order.pk, {pk: Change(written_off=n) for pk, n in contents.units.items()})
            emit(
                ShipmentReturnedToSender(
                    order_id=order.pk,
                    number=order.number,
                    shipment_id=shipment.pk,
                    shipment=shipment.public_id,
                    lines=contents.told,
                )
            )
        resolve_exceptions(
            category=DELIVERY_TROUBLE,
            subject_kind="shipment",
            subject_id=shipment.public_id,
            resolution="It came back.",
            by=by,
        )
        return shipment
