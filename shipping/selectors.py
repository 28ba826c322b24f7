"""What is read of shipments: which carrier service fits, what is in a parcel, and what an order's pages show."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.functional import Promise

from orders.events import LineQuantity
from orders.models import Order, Partner
from shipping.models import Carrier, CarrierService, Shipment, ShipmentLine, ShipmentPackage, ShippingDocument
from shipping.states import (
    DISPATCHED_SHIPMENTS,
    LEFT_WORDS,
    RETURNED_WORDS,
    TRACKING_WORDS,
    TROUBLE,
    WAITING_SHIPMENTS,
    WAITING_WORDS,
    ShipmentStatus,
    TrackingStatus,
)


def fitting_service(*, method_id: int | None, country: str, weight_g: int) -> CarrierService | None:
    """The first service by priority that fills the method in that country for a parcel of that weight."""
    services = CarrierService.objects.select_related("carrier").filter(
        Q(countries=[]) | Q(countries__contains=[country]),
        method_id=method_id,
        carrier__is_active=True,
        max_weight_g__gte=weight_g,
    )
    return services.order_by("priority", "pk").first()


def orders_of_shipment(shipment_id: int) -> list[Order]:
    """Whose goods are in it, with channel and customer."""
    orders = Order.objects.filter(lines__shipment_lines__shipment_id=shipment_id).distinct()
    return list(orders.select_related("channel", "customer").order_by("pk"))


def orders_by_tracking_number(text: str) -> set[int]:
    """The orders (by pk) whose goods travel under that number."""
    lines = ShipmentLine.objects.filter(shipment__tracking_number=text)
    return set(lines.values_list("line__order_id", flat=True)) if text else set()


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What a shipment holds of one order: units by line pk, and the same as events tell it."""

    units: Mapping[int, int]
    told: tuple[LineQuantity, ...]


def contents_by_order(shipment_id: int) -> dict[int, Contents]:
    """What is in a shipment, by order pk."""
    rows = ShipmentLine.objects.filter(shipment_id=shipment_id).select_related("line").order_by("line__position", "pk")
    lines = {row.line_id: row.line for row in rows}
    units: defaultdict[int, dict[int, int]] = defaultdict(dict)
    for row in rows:
        mine = units[row.line.order_id]
        mine[row.line_id] = mine.get(row.line_id, 0) + row.quantity
    return {
        order_id: Contents(
            units=mine,
            told=tuple(LineQuantity(line=lines[pk].public_id, sku=lines[pk].sku, quantity=n) for pk, n in mine.items()),
        )
        for order_id, mine in units.items()
    }


def returned_goods(shipment_id: int, *, order_id: int) -> tuple[int, Mapping[int, int]]:
    """The warehouse that a shipment came back to, and what is in it of one order: units by line pk."""
    return Shipment.objects.get(pk=shipment_id).warehouse_id, contents_by_order(shipment_id)[order_id].units


def contents_by_package(shipment_ids: Iterable[int]) -> dict[int | None, list[ShipmentLine]]:
    """What is in each parcel, by package pk; None holds what was never packed by us."""
    rows = ShipmentLine.objects.filter(shipment_id__in=list(shipment_ids)).select_related("line", "package_line")
    contents: defaultdict[int | None, list[ShipmentLine]] = defaultdict(list)
    for row in rows.order_by("line__position", "pk"):
        contents[row.package_line.package_id if row.package_line else None].append(row)
    return contents


def shipments_of_orders(order_ids: Iterable[int]) -> QuerySet[Shipment]:
    """All shipments with units of these orders, the newest first, ready to be shown."""
    return _shown(Shipment.objects.filter(lines__line__order_id__in=list(order_ids)).distinct())


def partner_shipments(partner: Partner) -> QuerySet[Shipment]:
    """All shipments with units of orders that a partner created, ready to be shown."""
    mine = ShipmentLine.objects.filter(shipment=OuterRef("pk"), line__order__partner=partner)
    return _shown(Shipment.objects.filter(Exists(mine)))


def packed_shipments() -> QuerySet[Shipment]:
    """Shipments that were packed in this house, ready to be shown at the packing station."""
    return _shown(Shipment.objects.filter(parcels__isnull=False).distinct()).prefetch_related(
        "parcels__package__fulfillment_order"
    )


def _shown(shipments: QuerySet[Shipment]) -> QuerySet[Shipment]:
    papers = ShippingDocument.objects.defer("content")
    return shipments.select_related("carrier", "service").prefetch_related(
        "parcels__package__box",
        "lines__line__order",
        "lines__package_line",
        "tracking_events",
        Prefetch("documents", papers),
    )


def house_carrier() -> Carrier | None:
    """The account of our own vans, if we have any."""
    return Carrier.objects.filter(adapter="house", is_active=True).first()


def last_warehouse_of(line_ids: Iterable[int]) -> int | None:
    """The warehouse that sent the latest parcel with any of these lines."""
    rows = ShipmentLine.objects.filter(line_id__in=list(line_ids), shipment__status__in=DISPATCHED_SHIPMENTS)
    return rows.order_by("-shipment_id").values_list("shipment__warehouse_id", flat=True).first()


def delivered_at_by_line(order_id: int) -> dict[int, datetime]:
    """When the last units of each line arrived, by line pk, on the clock of the warehouse that sent them.

    Lines that didn't arrive yet are left out.
    """
    rows = ShipmentLine.objects.filter(line__order_id=order_id, shipment__status=ShipmentStatus.DELIVERED)
    told = rows.order_by("shipment__delivered_at").values_list(
        "line_id", "shipment__delivered_at", "shipment__warehouse__timezone"
    )
    return {line_id: at.astimezone(ZoneInfo(zone)) for line_id, at, zone in told if at is not None}


@dataclass(frozen=True, kw_only=True)
class Step:
    """One piece of news, in the customer's words."""

    words: str | Promise
    occurred_at: datetime
    place: str


@dataclass(frozen=True, kw_only=True)
class ParcelCard:
    """One parcel as the customer sees it; ``tone`` colours its words: good, busy, wait, bad."""

    number: int
    status: str
    words: str | Promise
    tone: str
    carrier: str
    tracking_number: str
    tracking_url: str
    promised_on: date | None
    shipped_at: datetime | None
    delivered_at: datetime | None
    lines: tuple[ShipmentLine, ...]
    steps: tuple[Step, ...]


def shipments_panel(order: Order) -> dict[str, Any]:
    """The panel "shipments": one card per parcel for the customer, whole shipments for staff."""
    shipments = list(shipments_of_orders([order.pk]))
    live = [shipment for shipment in reversed(shipments) if shipment.status != ShipmentStatus.CANCELLED]
    boxes = [(shipment, parcel) for shipment in live for parcel in _parcels(shipment)]
    return {
        "shipments": shipments,
        "parcels": [_card(shipment, parcel, order, i) for i, (shipment, parcel) in enumerate(boxes, start=1)],
    }


def _parcels(shipment: Shipment) -> list[ShipmentPackage | None]:
    """The boxes of a shipment; None for one that was never packed by us."""
    return list(shipment.parcels.all()) or [None]


def _card(shipment: Shipment, parcel: ShipmentPackage | None, order: Order, number: int) -> ParcelCard:
    lines = [line for line in shipment.lines.all() if line.line.order_id == order.pk]
    tracking = (parcel.tracking_number if parcel else "") or shipment.tracking_number
    page = shipment.carrier.tracking_url if shipment.carrier else ""
    return ParcelCard(
        number=number,
        status=shipment.status,
        words=_words(shipment),
        tone=_tone(shipment),
        carrier=shipment.carrier.name if shipment.carrier else "",
        tracking_number=tracking,
        tracking_url=page.replace("{tracking_number}", tracking) if page else shipment.tracking_url,
        promised_on=shipment.promised_on,
        shipped_at=shipment.shipped_at,
        delivered_at=shipment.delivered_at,
        lines=tuple(_inside(parcel.package_id, lines) if parcel else lines),
        steps=tuple(
            Step(words=TRACKING_WORDS[news.status], occurred_at=news.occurred_at, place=news.place)
            for news in reversed(shipment.tracking_events.all())
        ),
    )


def _inside(package_id: int, lines: list[ShipmentLine]) -> list[ShipmentLine]:
    return [line for line in lines if line.package_line and line.package_line.package_id == package_id]


def _words(shipment: Shipment) -> str | Promise:
    if shipment.status in WAITING_SHIPMENTS:
        return WAITING_WORDS
    if shipment.status == ShipmentStatus.RETURNED_TO_SENDER:
        return RETURNED_WORDS
    if shipment.tracking_status in (TrackingStatus.PRE_TRANSIT, TrackingStatus.UNKNOWN):
        return LEFT_WORDS
    return TRACKING_WORDS[shipment.tracking_status]


def _tone(shipment: Shipment) -> str:
    if shipment.status == ShipmentStatus.DELIVERED:
        return "good"
    if shipment.status == ShipmentStatus.RETURNED_TO_SENDER or shipment.tracking_status in TROUBLE:
        return "bad"
    return "wait" if shipment.status in WAITING_SHIPMENTS else "busy"
