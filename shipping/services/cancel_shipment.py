"""Cancel a shipment that hasn't left: its label is given back, its parcels are free for another one."""

from orders.kernel.actor import Actor
from orders.kernel.work import emit, ring, work
from orders.services.exception import open_exception, resolve_exceptions
from shipping.errors import AlreadyDispatched, ShipmentNotReady
from shipping.events import ShipmentCancelled
from shipping.locks import Locked, locked_shipment
from shipping.models import Shipment, ShipmentPackage
from shipping.states import DISPATCHED_SHIPMENTS, PARCELS_WITHOUT_SHIPMENT, ShipmentStatus
from warehouse.models import FulfillmentOrder


def cancel_shipment(shipment_id: int, *, by: Actor) -> Shipment:
    """Stop a shipment; a person is asked to make a new one for its parcels, or to open them.

    Raises ``AlreadyDispatched``, and ``ShipmentNotReady`` when it was cancelled before.
    """
    with work(by=by):
        locked = locked_shipment(shipment_id)
        if locked.shipment.status in DISPATCHED_SHIPMENTS:
            raise AlreadyDispatched("This shipment has left; it can only come back as a return.")
        if locked.shipment.status == ShipmentStatus.CANCELLED:
            raise ShipmentNotReady("This shipment was cancelled before.")
        for asked in give_up_shipment(locked, by=by):
            open_exception(
                order_id=asked.order_id,
                category=PARCELS_WITHOUT_SHIPMENT,
                subject_kind="fulfillment_order",
                subject_id=asked.public_id,
                by=by,
            )
        return locked.shipment


def stop_shipment_of(package_id: int, *, by: Actor) -> None:
    """Give up the waiting shipment that a package is in, if it is in one; the next seal makes a new one."""
    with work(by=by):
        parcel = ShipmentPackage.objects.filter(package_id=package_id).first()
        if parcel is not None:
            give_up_shipment(locked_shipment(parcel.shipment_id), by=by)


def give_up_shipment(locked: Locked, *, by: Actor) -> list[FulfillmentOrder]:
    """Cancel a waiting shipment and owe the carrier its label back; joins the open work.

    Returns the work orders whose parcels are free again. A purchase under way keeps its lease: the void is
    claimed after it, so no label is bought behind the void's back.
    """
    shipment = locked.shipment
    asked = list(FulfillmentOrder.objects.filter(packages__in=locked.packages).distinct().order_by("pk"))
    shipment.cancel()
    shipment.is_void_owed = shipment.attempts > 0
    shipment.version += 1
    shipment.save()
    shipment.lines.update(package_line=None)
    shipment.parcels.all().delete()
    if shipment.is_void_owed:
        ring("carrier")
    for order in locked.orders:
        emit(ShipmentCancelled(order_id=order.pk, number=order.number, shipment=shipment.public_id))
    for category in ("stuck_label", "no_carrier_service"):
        resolve_exceptions(
            category=category,
            subject_kind="shipment",
            subject_id=shipment.public_id,
            resolution="The shipment was cancelled.",
            by=by,
        )
    return asked
