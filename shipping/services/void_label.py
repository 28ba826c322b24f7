"""Give labels back to their carriers: of shipments that were cancelled after a label was asked for."""

from orders.kernel.actor import SYSTEM
from orders.kernel.work import emit, work
from shipping.carriers import adapter
from shipping.carriers.protocol import CarrierError
from shipping.events import LabelVoided
from shipping.locks import claimable_void, leased_shipment
from shipping.models import Shipment
from shipping.services.lease import lease, put_off


def void_label() -> bool:
    """Void what is due next; False when there was nothing to do. A carrier that says no is asked again later."""
    shipment = _claim()
    if shipment is None:
        return False
    try:
        if shipment.carrier is not None:
            adapter(shipment.carrier.adapter).void_label(shipment.label_key)
    except CarrierError as error:
        put_off(shipment, str(error))
    else:
        _finish(shipment)
    return True


def _claim() -> Shipment | None:
    with work(by=SYSTEM):
        shipment = claimable_void()
        if shipment is not None:
            lease(shipment)
    return shipment


def _finish(shipment: Shipment) -> None:
    with work(by=SYSTEM):
        locked = leased_shipment(shipment.pk, shipment.lease_token)
        if locked is None:
            return
        current = locked.shipment
        current.is_void_owed = False
        current.lease_token = current.leased_until = None
        current.version += 1
        current.save()
        for order in locked.orders:
            emit(LabelVoided(order_id=order.pk, number=order.number, shipment=current.public_id))
