"""Factories of the shipping floor, and the way of an order from the shop to the door, through the real services."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from orders.kernel.actor import SYSTEM, Actor, ActorKind
from orders.models import Order, Product
from orders.requests import WantedLine
from orders.services.place import place_order
from orders.services.settle import settle_payments
from shipping.carriers.protocol import News
from shipping.models import Carrier, CarrierService, Shipment
from shipping.services.buy_label import buy_label
from shipping.services.dispatch_shipment import dispatch_shipment
from shipping.services.record_tracking import record_tracking
from tests.factories.orders import ShippingMethodFactory
from tests.factories.warehouse import BinFactory, BoxTypeFactory, WarehouseFactory
from tests.orders.requests import PAID, an_order
from warehouse.models import FulfillmentOrder, Package, PickTask, Warehouse
from warehouse.services.adjust_stock import adjust_stock
from warehouse.services.open_package import open_package
from warehouse.services.pack import pack_units
from warehouse.services.pick import pick_units
from warehouse.services.release_pick_list import release_pick_list
from warehouse.services.seal_package import seal_package
from warehouse.states import AdjustmentReason

PACKER = Actor(kind=ActorKind.STAFF, name="packer")
DRIVER = Actor(kind=ActorKind.CARRIER, name="house")


class CarrierFactory(DjangoModelFactory[Carrier]):
    """Our own vans."""

    class Meta:
        model = Carrier
        django_get_or_create = ("code",)

    code = "house"
    name = "House Vans"
    adapter = "house"
    tracking_url = "https://vans.example.com/{tracking_number}"


class CarrierServiceFactory(DjangoModelFactory[CarrierService]):
    """Standard shipping everywhere, up to 31.5 kg."""

    class Meta:
        model = CarrierService
        django_get_or_create = ("carrier", "method", "code")

    carrier = factory.SubFactory(CarrierFactory)
    method = factory.SubFactory(ShippingMethodFactory)
    code = "standard"
    name = "Standard"


def stocked(product: Product, units: int = 10, *, warehouse: str = "BER") -> Product:
    """Units of the product on a shelf of the warehouse."""
    place = WarehouseFactory(code=warehouse)
    shelf = BinFactory(warehouse=place)
    adjust_stock(
        product.sku,
        warehouse=place.code,
        counted=units,
        reason=AdjustmentReason.INITIAL,
        bin=shelf.code,
        by=SYSTEM,
    )
    return product


def confirmed_order(wanted: Sequence[tuple[Product, int]], **changes: Any) -> Order:
    """An order of products in stock, authorised and released to the warehouse."""
    ShippingMethodFactory()
    lines = [WantedLine(sku=product.sku, quantity=units) for product, units in wanted]
    order = place_order(an_order(*lines, payment=PAID, **changes), by=SYSTEM)
    assert order.status == "confirmed"
    return order


def picked(order: Order) -> FulfillmentOrder:
    """Everything the order's first work order asks for lies at the packing station."""
    return picked_at(FulfillmentOrder.objects.filter(order=order).order_by("pk")[0])


def picked_at(asked: FulfillmentOrder) -> FulfillmentOrder:
    """Everything that a work order asks for lies at the packing station."""
    release_pick_list([asked.pk], by=PACKER)
    for task in PickTask.objects.filter(fulfillment_order=asked):
        pick_units(task.pk, quantity=task.quantity, by=PACKER)
    return asked


def packed(order: Order, *, parcels: int = 1) -> list[Package]:
    """Picked, packed and sealed, the lines spread over so many parcels; the last seal makes the shipment."""
    return packed_at(FulfillmentOrder.objects.filter(order=order).order_by("pk")[0], parcels=parcels)


def packed_at(asked: FulfillmentOrder, *, parcels: int = 1) -> list[Package]:
    """The same for one work order."""
    box, asked = BoxTypeFactory(), picked_at(asked)
    lines = list(asked.lines.select_related("line__product").order_by("pk"))
    return [_sealed(asked, lines[i::parcels], box.code, box.weight_g) for i in range(parcels)]


def _sealed(asked: FulfillmentOrder, lines: Sequence[Any], box: str, weight_g: int) -> Package:
    package = open_package(asked.pk, by=PACKER)
    for line in lines:
        pack_units(package.pk, fulfillment_line_id=line.pk, quantity=line.quantity, by=PACKER)
        weight_g += line.quantity * line.line.product.weight_g
    return seal_package(package.pk, box=box, weight_g=weight_g, by=PACKER)


def ready(order: Order, *, parcels: int = 1) -> Shipment:
    """Packed, with its labels."""
    CarrierServiceFactory()
    packed(order, parcels=parcels)
    assert buy_label()
    return Shipment.objects.distinct().get(lines__line__order=order, status="ready")


def dispatched(order: Order, *, parcels: int = 1) -> Shipment:
    """On its way; its money was captured."""
    shipment = dispatch_shipment(ready(order, parcels=parcels).pk, by=PACKER)
    settle_payments(order.pk)
    return shipment


def dispatched_at(asked: FulfillmentOrder) -> Shipment:
    """The same for one work order."""
    CarrierServiceFactory()
    (package,) = packed_at(asked)
    assert buy_label()
    shipment = dispatch_shipment(Shipment.objects.get(parcels__package=package).pk, by=PACKER)
    settle_payments(asked.order_id)
    return shipment


def delivered(order: Order, *, at: datetime | None = None) -> Shipment:
    """At the customer's door, the day after it left when ``at`` is told."""
    shipment = dispatched(order)
    if at is not None:
        Shipment.objects.filter(pk=shipment.pk).update(shipped_at=at - timedelta(days=1))
    tell(shipment, "delivered", at=at)
    shipment.refresh_from_db()
    return shipment


def delivered_days_ago(days: int) -> None:
    """Every shipment: at noon, ``days`` calendar days ago where its warehouse is; summer time moves no border."""
    noon = timezone.localtime(timezone=ZoneInfo(Warehouse.objects.get().timezone)).replace(hour=12)
    Shipment.objects.update(delivered_at=noon - timedelta(days=days))


def tell(shipment: Shipment, status: str, *, at: datetime | None = None, event_id: str = "") -> None:
    """The driver reports."""
    news = News(event_id=event_id or f"{status}-1", status=status, occurred_at=at or timezone.now(), place="Berlin")
    record_tracking(shipment.pk, news, by=DRIVER)
