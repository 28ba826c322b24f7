"""The returns floor's rows as the API shows them."""

from collections.abc import Iterable
from typing import Any

from orders.api.render import day, instant
from orders.kernel.money import text
from returns.models import Return, ReturnLine
from returns.selectors import label_url, returns_of_orders


def returns_part(order_ids: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
    """The part "returns" of ``?expand=``: the returns of each order, the newest first."""
    wanted = list(order_ids)
    parts: dict[int, list[dict[str, Any]]] = {pk: [] for pk in wanted}
    for row in returns_of_orders(wanted):
        parts[row.order_id].append(return_(row))
    return parts


def return_(row: Return) -> dict[str, Any]:
    """A return with its lines, which are loaded (see ``selectors.partner_returns``)."""
    return {
        "id": row.public_id,
        "order": row.order.number,
        "kind": "return",
        "status": row.status,
        "currency": row.currency,
        "refund_estimate": text(row.refund_estimate, row.currency),
        "decline_reason": row.decline_reason,
        "expires_on": day(row.expires_on),
        "tracking_number": row.tracking_number or None,
        "label_url": label_url(row),
        "lines": [_line(each) for each in row.lines.all()],
        "version": row.version,
        "created_at": instant(row.created_at),
        "updated_at": instant(row.updated_at),
    }


def _line(row: ReturnLine) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "order_line": row.line.public_id,
        "sku": row.line.sku,
        "quantity": row.quantity,
        "received": row.received,
        "accepted": row.accepted,
        "reason": row.reason,
        "note": row.note,
        "reception": row.reception,
        "acceptance": row.acceptance,
        "condition": row.condition,
        "disposition": row.disposition,
    }
