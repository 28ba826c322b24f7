"""Row locks of the shipping floor, always taken in the house's order: orders, packages, shipment."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Now

from orders.errors import NotFound
from orders.locks import locked_orders
from orders.models import Order
from shipping.models import Shipment, ShipmentLine, ShipmentPackage
from shipping.states import ShipmentStatus
from warehouse.locks import locked_packages
from warehouse.models import Package
from warehouse.states import PackageStatus


@dataclass(frozen=True)
class Locked:
    """A shipment with everything above it in the order of locks."""

    orders: list[Order]
    packages: list[Package]
    shipment: Shipment


def locked_shipment(shipment_id: int) -> Locked:
    """The shipment, its orders and its packages, locked. Raises ``NotFound``."""
    order_ids = ShipmentLine.objects.filter(shipment_id=shipment_id).values_list("line__order_id", flat=True)
    orders = locked_orders(order_ids)
    package_ids = ShipmentPackage.objects.filter(shipment_id=shipment_id).values_list("package_id", flat=True)
    packages = locked_packages(package_ids)
    shipment = Shipment.objects.select_for_update(of=("self",), no_key=True).filter(pk=shipment_id).first()
    if shipment is None:
        raise NotFound("There is no such shipment.")
    return Locked(orders, packages, shipment)


def locked_loose_packages(fulfillment_order_id: int) -> list[Package]:
    """The work order's closed packages that are in no live shipment, locked."""
    packages = Package.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
    return list(
        packages.filter(
            fulfillment_order_id=fulfillment_order_id,
            parcel=None,
            status__in=(PackageStatus.SEALED, PackageStatus.LABELLED),
        ).prefetch_related("lines__fulfillment_line")
    )


def claimable_label(shipment_id: int | None) -> Shipment | None:
    """The next shipment that waits for a label (or this one, when it does), skipping what others hold."""
    return _claimable(Q(status=ShipmentStatus.LABEL_WANTED), shipment_id)


def claimable_void() -> Shipment | None:
    """The next cancelled shipment whose label is to be given back, skipping what others hold."""
    return _claimable(Q(status=ShipmentStatus.CANCELLED, is_void_owed=True), None)


def leased_shipment(shipment_id: int, lease_token: UUID | None) -> Locked | None:
    """The shipment as ``locked_shipment``, unless somebody else has taken the lease over."""
    locked = locked_shipment(shipment_id)
    return locked if locked.shipment.lease_token == lease_token else None


def _claimable(wanted: Q, shipment_id: int | None) -> Shipment | None:
    due = Shipment.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    due = due.filter(wanted, Q(leased_until=None) | Q(leased_until__lt=Now()), due_at__lte=Now())
    if shipment_id is not None:
        due = due.filter(pk=shipment_id)
    return due.order_by("due_at", "pk").first()
