"""The warehouse floor's rows as the API shows them."""

from collections.abc import Iterable
from typing import Any

from orders.api.render import day, instant
from orders.kernel.money import text
from warehouse.models import FulfillmentOrder, FulfillmentOrderLine, StockLevel, SubstitutionProposal
from warehouse.selectors.substitute_card import proposals_of_orders


def stock(row: StockLevel) -> dict[str, Any]:
    """A stock level; product and warehouse are loaded."""
    return {
        "sku": row.product.sku,
        "warehouse": row.warehouse.code,
        "on_hand": row.on_hand,
        "allocated": row.allocated,
        "unavailable": row.unavailable,
        "safety_stock": row.safety_stock,
        "available": row.available,
        "incoming": row.incoming,
    }


def fulfillment_order(row: FulfillmentOrder) -> dict[str, Any]:
    """A work order with its lines, which are loaded (see ``selectors.shown.fulfillment_orders``)."""
    return {
        "id": row.public_id,
        "order": row.order.number,
        "status": row.status,
        "request_status": row.request_status,
        "location": _location(row),
        "promised_on": day(row.promised_on),
        "lines": [_line(each) for each in row.lines.all()],
        "version": row.version,
        "created_at": instant(row.created_at),
        "updated_at": instant(row.updated_at),
        "closed_at": instant(row.closed_at),
    }


def _location(row: FulfillmentOrder) -> dict[str, str]:
    if row.supplier is not None:
        return {"kind": "supplier", "code": row.supplier.code}
    return {"kind": "warehouse", "code": row.warehouse.code if row.warehouse else ""}


def _line(row: FulfillmentOrderLine) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "order_line": row.line.public_id,
        "sku": row.line.sku,
        "quantity": row.quantity,
        "picked": row.picked,
        "packed": row.packed,
        "shipped": row.shipped,
    }


def substitutions_part(order_ids: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
    """The part "substitutions" of ``?expand=``: what the customer was asked to take instead, the newest first."""
    wanted = list(order_ids)
    parts: dict[int, list[dict[str, Any]]] = {pk: [] for pk in wanted}
    for row in proposals_of_orders(wanted):
        parts[row.order_id].append(_substitution(row))
    return parts


def _substitution(row: SubstitutionProposal) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "status": row.status,
        "line": row.line.public_id,
        "sku": row.line.sku,
        "units": row.units,
        "substitute": row.product.sku,
        "quantity": row.quantity,
        "difference": text(row.difference, row.order.currency),
        "answer_until": instant(row.answer_until),
        "answered_by": row.answered_by or None,
        "answered_at": instant(row.answered_at),
    }
