"""Make a shipment of the packed parcels of a work order; follows the last seal, staff may repeat it after a cancel."""

from collections.abc import Sequence

from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from orders.models import Order, ProcessException
from orders.services.exception import resolve_exceptions
from orders.states import ExceptionStatus
from shipping.errors import NotPacked
from shipping.events import ShipmentCreated
from shipping.locks import locked_loose_packages
from shipping.models import Shipment, ShipmentLine, ShipmentPackage
from shipping.services.want_label import choose_service
from shipping.states import PARCELS_WITHOUT_SHIPMENT
from warehouse.locks import locked_with_order
from warehouse.models import FulfillmentOrder, Package, Warehouse
from warehouse.services.settle_work import is_all_sealed
from warehouse.states import ACTIVE


def create_shipment(fulfillment_order_id: int, *, by: Actor) -> Shipment:
    """Put all closed parcels of a fully packed work order into one shipment and want its label.

    1 lock 2 refuse unless everything is sealed 3 write shipment, parcels and lines 4 choose the carrier.
    Raises ``NotPacked``. When no carrier takes the parcels, the shipment waits and a person is asked.
    """
    shipment = ship_what_is_packed(fulfillment_order_id, by=by)
    if shipment is None:
        raise NotPacked("Pack and seal everything that this work order asks for first.")
    return shipment


def ship_what_is_packed(fulfillment_order_id: int, *, by: Actor) -> Shipment | None:
    """As ``create_shipment``; None when parcels are missing, open or in a shipment already, or a supplier's."""
    with work(by=by):
        order, asked = locked_with_order(fulfillment_order_id)
        packages = locked_loose_packages(fulfillment_order_id)
        if not packages or not is_all_sealed(asked) or asked.warehouse is None:
            return None
        shipment = _write(order, asked.warehouse, asked, packages)
        emit(
            ShipmentCreated(
                order_id=order.pk,
                number=order.number,
                shipment=shipment.public_id,
                packages=tuple(package.public_id for package in packages),
            )
        )
        _answer(asked.public_id, "A new shipment was made.", by=by)
        choose_service(shipment, order, by=by)
        return shipment


def expect_no_shipments(order_id: int, *, by: Actor) -> None:
    """Nobody has to make a shipment for those of an order's work orders that are closed."""
    with work(by=by):
        closed = FulfillmentOrder.objects.filter(order_id=order_id).exclude(status__in=ACTIVE)
        asked = ProcessException.objects.filter(
            category=PARCELS_WITHOUT_SHIPMENT, status=ExceptionStatus.OPEN, subject_id__in=closed.values("public_id")
        )
        for fulfillment_order in asked.order_by("pk").values_list("subject_id", flat=True):
            _answer(fulfillment_order, "Nothing of it is left to send.", by=by)


def _answer(fulfillment_order: str, resolution: str, *, by: Actor) -> None:
    resolve_exceptions(
        category=PARCELS_WITHOUT_SHIPMENT,
        subject_kind="fulfillment_order",
        subject_id=fulfillment_order,
        resolution=resolution,
        by=by,
    )


def _write(order: Order, warehouse: Warehouse, asked: FulfillmentOrder, packages: Sequence[Package]) -> Shipment:
    shipment = Shipment(
        warehouse=warehouse,
        ship_to=order.shipping_address,
        language=order.language,
        promised_on=asked.promised_on,
    )
    shipment.label_key = shipment.public_id
    shipment.save(force_insert=True)
    ShipmentPackage.objects.bulk_create(
        ShipmentPackage(shipment=shipment, package=package, sequence=i) for i, package in enumerate(packages, start=1)
    )
    ShipmentLine.objects.bulk_create(
        ShipmentLine(
            shipment=shipment, line_id=line.fulfillment_line.line_id, package_line=line, quantity=line.quantity
        )
        for package in packages
        for line in package.lines.all()
    )
    return shipment
