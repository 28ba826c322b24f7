"""Dispatch a shipment: the moment at which goods leave the building and the books."""

from collections.abc import Mapping

from django.utils import timezone

from orders.errors import OnHold
from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from orders.models import OrderHold
from orders.services.invoice import issue_invoice
from orders.states import OrderStatus
from shipping.errors import AlreadyDispatched, OrderNotShippable, ShipmentNotReady
from shipping.events import ShipmentDispatched
from shipping.locks import Locked, locked_shipment
from shipping.models import Shipment
from shipping.selectors import Contents, contents_by_order
from shipping.services.record_tracking import apply_tracking
from shipping.states import DISPATCHED_SHIPMENTS, ShipmentStatus
from warehouse.services.ship_packages import ship_packages


def dispatch_shipment(shipment_id: int, *, by: Actor) -> Shipment:
    """Hand a ready shipment to the carrier: stock leaves, each order is billed and its capture owed.

    1 lock orders, packages, shipment 2 refuse 3 mark it shipped 4 take the stock off the books 5 bill
    6 tell. Raises ``AlreadyDispatched``, ``OrderNotShippable``, ``OnHold`` and ``ShipmentNotReady``.
    """
    with work(by=by):
        locked = locked_shipment(shipment_id)
        shipment = locked.shipment
        contents = contents_by_order(shipment.pk)
        _refuse(locked, contents)
        shipment.dispatch()
        shipment.shipped_at = timezone.now()
        shipment.version += 1
        shipment.save()
        ship_packages([package.pk for package in locked.packages], by=by)
        for order in sorted(locked.orders, key=lambda order: order.channel.invoice_series):  # series are locked by code
            issue_invoice(order.pk, units=contents[order.pk].units, cause_id=shipment.public_id, by=by)
            emit(
                ShipmentDispatched(
                    order_id=order.pk,
                    number=order.number,
                    shipment_id=shipment.pk,
                    shipment=shipment.public_id,
                    carrier=shipment.carrier.code if shipment.carrier else "",
                    tracking_number=shipment.tracking_number,
                    tracking_url=shipment.tracking_url,
                    lines=contents[order.pk].told,
                )
            )
        apply_tracking(locked, by=by)
        return shipment


def _refuse(locked: Locked, contents: Mapping[int, Contents]) -> None:
    shipment = locked.shipment
    if shipment.status in DISPATCHED_SHIPMENTS:
        raise AlreadyDispatched("This shipment was dispatched before; it can't leave twice.")
    for order in locked.orders:
        if order.status != OrderStatus.CONFIRMED:
            raise OrderNotShippable(f"Order {order.number} is {order.status}; keep its parcels here.")
    _refuse_held(contents)
    if shipment.status != ShipmentStatus.READY:
        raise ShipmentNotReady(f"This shipment is {shipment.status}; it can leave once its label is there.")


def _refuse_held(contents: Mapping[int, Contents]) -> None:
    """A hold without lines stops the whole order, one with lines only parcels that contain them."""
    holds = OrderHold.objects.filter(order_id__in=contents, released_at=None).select_related("order")
    for hold in holds.prefetch_related("lines"):
        held = {line.pk for line in hold.lines.all()}
        if not held or held & contents[hold.order_id].units.keys():
            raise OnHold(
                f"Order {hold.order.number} is on hold ({hold.get_reason_display().lower()}); release it first.",
                reason=hold.reason,
            )
