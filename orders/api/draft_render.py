"""Drafts as the API shows them."""

from typing import Any

from orders.api import render
from orders.bundles import sold
from orders.drafts import moved_prices, overrides_of
from orders.kernel.money import text
from orders.models import Draft
from orders.states import OrderStatus

_STATUS = {OrderStatus.DRAFT: "draft", OrderStatus.SUBMITTED: "submitted", OrderStatus.EXPIRED: "discarded"}


def draft(row: Draft) -> dict[str, Any]:
    """A draft with its lines; its order, channel and method are loaded."""
    order, currency = row.order, row.order.currency
    everything = list(order.lines.all())
    lines = sold(everything)
    overrides = overrides_of(lines)
    reasons = {line.public_id: overrides[line.pk].reason for line in lines if line.pk in overrides}
    is_open = order.status == OrderStatus.DRAFT
    totals = render.totals(order)
    return {
        "id": row.public_id,
        "order": order.number,
        "external_ref": order.external_ref,
        "channel": order.channel.code,
        "version": order.version,
        "status": "placed" if order.placed_at else _STATUS[OrderStatus(order.status)],
        "currency": currency,
        "prices_include_tax": order.prices_include_tax,
        "totals": {name: totals[name] for name in ("items", "discount", "shipping", "tax", "total")},
        "customer": {
            "email": order.email,
            "name": order.customer_name,
            "phone": order.phone,
            "language": order.language,
        },
        "shipping_address": render.address(order.shipping_address) if order.shipping_address else None,
        "billing_address": render.address(order.billing_address) if order.billing_address else None,
        "shipping_method": order.shipping_method.code if order.shipping_method else None,
        "shipping_tax_rate": render.rate(order.shipping_tax_rate),
        "shipping_reason": row.shipping_reason,
        "discount_reason": row.discount_reason,
        "tax_exemption": order.tax_exemption,
        "buyer_reference": order.buyer_reference,
        "lines": [{**told, "reason": reasons.get(told["id"], "")} for told in render.lines(everything, currency)],
        "price_changes": [
            {
                "line": move.line.public_id,
                "sku": move.line.sku,
                "unit_price": text(move.before, currency),
                "catalogue_price": text(move.now, currency),
            }
            for move in (moved_prices(row, lines) if is_open else ())
        ],
        "frozen": row.is_frozen,
        "reserve_until": render.instant(row.reserve_until),
        "call_back_at": render.instant(row.call_back_at),
        "expires_at": render.instant(row.expires_at),
        "tags": order.tags,
        "note": order.note,
        "metadata": order.metadata,
        "created_at": render.instant(row.created_at),
        "updated_at": render.instant(order.updated_at),
    }
