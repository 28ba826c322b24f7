"""The shipping floor's rows as the API shows them."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings

from orders.api.render import day, instant
from shipping.models import Shipment, ShipmentLine, ShipmentPackage, ShippingDocument, TrackingEvent
from shipping.selectors import shipments_of_orders


def shipments_part(order_ids: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
    """The part "shipments" of ``?expand=``: the shipments of each order, the newest first."""
    wanted = set(order_ids)
    parts: dict[int, list[dict[str, Any]]] = {pk: [] for pk in wanted}
    for row in shipments_of_orders(wanted):
        inside = {line.line.order_id: line.line.order.partner_id for line in row.lines.all()}
        for order_id in wanted.intersection(inside):
            parts[order_id].append(shipment(row, partner_id=inside[order_id]))
    return parts


def shipment(row: Shipment, *, partner_id: int | None) -> dict[str, Any]:
    """A shipment (see ``selectors.partner_shipments``), as far as its goods are the partner's."""
    lines = [line for line in row.lines.all() if line.line.order.partner_id == partner_id]
    return {
        "id": row.public_id,
        "status": row.status,
        "tracking_status": row.tracking_status,
        "carrier": row.carrier.code if row.carrier else None,
        "service": row.service.code if row.service else None,
        "tracking_number": row.tracking_number or None,
        "tracking_url": row.tracking_url or None,
        "promised_on": day(row.promised_on),
        "orders": sorted({line.line.order.number for line in lines}),
        "packages": [_package(parcel, lines) for parcel in row.parcels.all()],
        "documents": [_document(row, each) for each in row.documents.all()],
        "tracking_events": [tracking_event(each) for each in row.tracking_events.all()],
        "version": row.version,
        "shipped_at": instant(row.shipped_at),
        "delivered_at": instant(row.delivered_at),
        "created_at": instant(row.created_at),
        "updated_at": instant(row.updated_at),
    }


def tracking_event(row: TrackingEvent) -> dict[str, Any]:
    """One piece of news from the carrier."""
    return {
        "event_id": row.event_id,
        "status": row.status,
        "occurred_at": instant(row.occurred_at),
        "place": row.place,
        "detail": row.detail,
    }


def _package(parcel: ShipmentPackage, lines: list[ShipmentLine]) -> dict[str, Any]:
    package = parcel.package
    inside = [line for line in lines if line.package_line and line.package_line.package_id == package.pk]
    return {
        "id": package.public_id,
        "box": package.box.code if package.box else None,
        "weight_g": package.weight_g,
        "tracking_number": parcel.tracking_number or None,
        "lines": [
            {"order_line": line.line.public_id, "sku": line.line.sku, "quantity": line.quantity} for line in inside
        ],
    }


def _document(row: Shipment, document: ShippingDocument) -> dict[str, Any]:
    path = f"/api/v1/shipments/{row.public_id}/documents/{document.public_id}"
    return {"kind": document.kind, "content_type": document.content_type, "url": f"{settings.SITE_URL}{path}"}
