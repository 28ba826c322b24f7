"""Undo for a cancellation what was done for units that haven't left: packages, shipments, and the rest."""

from collections.abc import Mapping

from orders.kernel.actor import Actor
from orders.kernel.work import work
from shipping.services.create_shipment import ship_what_is_packed
from warehouse.models import FulfillmentOrder
from warehouse.services import release_units as warehouse
from warehouse.states import ACTIVE


def release_units(order_id: int, units: Mapping[int, int], *, restock: bool, by: Actor) -> None:
    """Free ``units`` (by line pk) of an order whose lock the caller holds. Raises ``NotCancellable``.

    The warehouse voids the packages that they are in, and each voided package stops its shipment
    (``stop_shipment_of``). Parcels of such a shipment that nobody touched are still packed, and nobody will
    seal them again: they get a new shipment here.
    """
    with work(by=by):
        warehouse.release_units(order_id, units, restock=restock, by=by)
        asked = FulfillmentOrder.objects.filter(order_id=order_id, status__in=ACTIVE)
        for pk in asked.order_by("pk").values_list("pk", flat=True):
            ship_what_is_packed(pk, by=by)
