"""Choose a carrier's service and want its label: with the shipment, or when staff repeat it after a change."""

from orders.kernel.actor import Actor
from orders.kernel.work import emit, ring, work
from orders.models import Order
from orders.services.exception import open_exception, resolve_exceptions
from shipping.errors import NoCarrierService, ShipmentNotReady
from shipping.events import LabelWanted
from shipping.locks import locked_shipment
from shipping.models import Shipment
from shipping.selectors import fitting_service
from shipping.states import ShipmentStatus


def want_label(shipment_id: int, *, by: Actor) -> Shipment:
    """Choose anew for a shipment that no carrier took, or ask at once again for a label that failed.

    Raises ``NoCarrierService``, and ``ShipmentNotReady`` when it has its label or is gone.
    """
    with work(by=by):
        locked = locked_shipment(shipment_id)
        shipment = locked.shipment
        if shipment.status == ShipmentStatus.LABEL_WANTED:
            # The past: earlier than any clock of a worker, so that the next one takes it.
            shipment.due_at = shipment.created_at
            shipment.save(update_fields=["due_at", "updated_at"])
            ring("carrier")
            return shipment
        if shipment.status != ShipmentStatus.PENDING:
            raise ShipmentNotReady("Only a shipment that waits for its label can ask for one.")
        if not choose_service(shipment, locked.orders[0], by=by):
            raise NoCarrierService("Add a carrier service for this shipping method, country and weight first.")
        return shipment


def choose_service(shipment: Shipment, order: Order, *, by: Actor) -> bool:
    """Take the first service that fits, and owe the label; without one, ask a person. Joins the open work."""
    weights = [parcel.package.weight_g or 0 for parcel in shipment.parcels.select_related("package")]
    service = fitting_service(
        method_id=order.shipping_method_id, country=shipment.ship_to.get("country", ""), weight_g=max(weights)
    )
    if service is None:
        open_exception(
            order_id=order.pk,
            category="no_carrier_service",
            subject_kind="shipment",
            subject_id=shipment.public_id,
            by=by,
        )
        return False
    shipment.service = service
    shipment.carrier = service.carrier
    shipment.want_label()
    shipment.save(update_fields=["service", "carrier", "status", "updated_at"])
    emit(
        LabelWanted(
            order_id=order.pk,
            number=order.number,
            shipment=shipment.public_id,
            carrier=service.carrier.code,
            service=service.code,
        )
    )
    ring("carrier")
    resolve_exceptions(
        category="no_carrier_service",
        subject_kind="shipment",
        subject_id=shipment.public_id,
        resolution="A carrier service was found.",
        by=by,
    )
    return True
