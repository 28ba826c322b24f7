"""The ground floor's rows as the API shows them: plain dictionaries, built by hand because they are hot."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.utils.dateparse import parse_datetime

from orders.bundles import components_of, sold
from orders.kernel.money import text
from orders.links import status_url
from orders.models import Order, OrderEvent, OrderHold, OrderLine, Payment, Product, Refund
from orders.states import OrderStatus


def instant(at: datetime | None) -> str | None:
    """RFC 3339 in UTC."""
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def day(on: date | None) -> str | None:
    """YYYY-MM-DD."""
    return None if on is None else on.isoformat()


def rate(value: Decimal) -> str:
    """A tax rate without needless zeros: ``0.19``."""
    shown = format(value.normalize(), "f")
    return shown if value else "0"


def order(row: Order) -> dict[str, Any]:
    """An order with its lines, payments and open holds, which are loaded (see ``selectors.shown_orders``)."""
    currency = row.currency
    return {
        "number": row.number,
        "external_ref": row.external_ref,
        "channel": row.channel.code,
        "version": row.version,
        "status": row.status,
        "payment_status": row.payment_status,
        "fulfillment_status": row.fulfillment_status,
        "return_status": row.return_status,
        "currency": currency,
        "prices_include_tax": row.prices_include_tax,
        "shipping_tax_rate": rate(row.shipping_tax_rate),
        "tax_exemption": row.tax_exemption,
        "buyer_reference": row.buyer_reference,
        "totals": totals(row),
        "customer": {
            "email": row.email,
            "name": row.customer_name,
            "phone": row.phone,
            "language": row.language,
        },
        "shipping_address": address(row.shipping_address),
        "billing_address": address(row.billing_address or row.shipping_address),
        "shipping_method": row.shipping_method.code if row.shipping_method else None,
        "shipping_policy": row.shipping_policy,
        "lines": lines(row.lines.all(), currency),
        "payments": _payments(row),
        "holds": _holds(row),
        "status_url": status_url(row),
        "tags": row.tags,
        "note": row.note,
        "metadata": row.metadata,
        "expires_at": instant(row.expires_at) if row.status == OrderStatus.PLACED else None,
        "placed_at": instant(row.placed_at),
        "created_at": instant(row.created_at),
        "updated_at": instant(row.updated_at),
    }


def totals(row: Order) -> dict[str, str]:
    """The money of what is ordered and not cancelled, and how far it is paid."""
    amounts = {
        "items": row.items_total,
        "discount": row.discount_total,
        "shipping": row.shipping_total,
        "tax": row.tax_total,
        "total": row.total,
        "authorized": row.authorized_total,
        "captured": row.captured_total,
        "refunded": row.refunded_total,
        "balance": row.balance,
    }
    return {name: text(amount, row.currency) for name, amount in amounts.items()}


_ADDRESS = ("name", "company", "line1", "line2", "city", "region", "postal_code", "country", "phone", "vat_id")


def address(kept: Mapping[str, Any]) -> dict[str, str]:
    """An address with every part, empty where it has none."""
    return {part: kept.get(part, "") for part in _ADDRESS}


def lines(rows: Iterable[OrderLine], currency: str) -> list[dict[str, Any]]:
    """What was bought; a bundle with its components."""
    rows = list(rows)
    components = components_of(rows)
    return [line(row, currency, components.get(row.pk, ())) for row in sold(rows)]


def line(row: OrderLine, currency: str, components: Sequence[OrderLine] = ()) -> dict[str, Any]:
    """A line and where its units are."""
    return {
        "id": row.public_id,
        "sku": row.sku,
        "name": row.name,
        "quantity": row.ordered,
        "unit_price": text(row.unit_price, currency),
        "tax_rate": rate(row.tax_rate),
        "discount": text(row.discount, currency),
        "total": text(row.amount, currency),
        "external_ref": row.external_ref,
        "accepts_substitutes": row.accepts_substitutes,
        "promised_on": day(row.promised_on),
        "kind": row.kind,
        "ships_on": day(row.ships_on),
        "quantities": _quantities(row),
        "components": [
            {
                "id": part.public_id,
                "sku": part.sku,
                "name": part.name,
                "per_bundle": part.per_bundle,
                "ships_on": day(part.ships_on),
                "quantities": _quantities(part),
            }
            for part in components
        ],
    }


def _quantities(row: OrderLine) -> dict[str, int]:
    return {
        "ordered": row.ordered,
        "cancelled": row.cancelled,
        "allocated": row.allocated,
        "backordered": row.backordered,
        "picked": row.picked,
        "packed": row.packed,
        "shipped": row.shipped,
        "delivered": row.delivered,
        "return_requested": row.return_requested,
        "returned": row.returned,
        "written_off": row.written_off,
    }


def _payments(row: Order) -> list[dict[str, Any]]:
    shown = getattr(row, "shown_payments", None)
    if shown is None:
        return [payment(each) for each in row.payments.all()]
    return [_payment(**each, currency=row.currency) for each in shown]


def payment(row: Payment) -> dict[str, Any]:
    """One way in which the order is paid."""
    return _payment(
        public_id=row.public_id,
        gateway=row.gateway,
        status=row.status,
        amount=row.amount,
        action_url=row.action_url,
        currency=row.currency,
    )


def _payment(
    *, public_id: str, gateway: str, status: str, amount: Decimal | str, action_url: str | None, currency: str
) -> dict[str, Any]:
    return {
        "id": public_id,
        "gateway": gateway,
        "status": status,
        "amount": text(Decimal(amount), currency),
        "action_url": action_url,
    }


def _holds(row: Order) -> list[dict[str, Any]]:
    shown = getattr(row, "shown_holds", None)
    if shown is None:
        return [hold(each) for each in row.holds.all() if each.released_at is None]
    return [
        {
            "id": each["public_id"],
            "reason": each["reason"],
            "note": each["note"],
            "lines": each["lines"] or None,
            "release_at": _instant_of(each["release_at"]),
            "released_at": None,
            "created_at": _instant_of(each["created_at"]),
        }
        for each in shown
    ]


def _instant_of(kept: str | None) -> str | None:
    return None if kept is None else instant(parse_datetime(kept))


def hold(row: OrderHold) -> dict[str, Any]:
    """One reason to wait; ``lines`` is null when it stops the whole order."""
    return {
        "id": row.public_id,
        "reason": row.reason,
        "note": row.note,
        "lines": [each.public_id for each in row.lines.all()] or None,
        "release_at": instant(row.release_at),
        "released_at": instant(row.released_at),
        "created_at": instant(row.created_at),
    }


def refund(row: Refund) -> dict[str, Any]:
    """Money that goes back."""
    return {
        "id": row.public_id,
        "status": row.status,
        "amount": text(row.amount, row.currency),
        "currency": row.currency,
        "refund_to": row.to,
        "reason": row.reason,
        "note": row.note,
        "created_at": instant(row.created_at),
        "succeeded_at": instant(row.succeeded_at),
    }


def event(row: OrderEvent) -> dict[str, Any]:
    """One fact of an order's timeline."""
    return {
        "id": row.public_id,
        "sequence": row.seq,
        "type": row.type,
        "occurred_at": instant(row.occurred_at),
        "actor": {"kind": row.actor_kind, "name": row.actor_name},
        "public": row.public,
        "data": row.data,
    }


def product(row: Product) -> dict[str, Any]:
    """A product of the catalogue."""
    return {
        "sku": row.sku,
        "name": row.name,
        "description": row.description,
        "gtin": row.gtin,
        "image_url": row.image_url,
        "price": text(row.price, row.currency),
        "currency": row.currency,
        "tax_rate": rate(row.tax_rate),
        "weight_g": row.weight_g,
        "length_mm": row.length_mm,
        "width_mm": row.width_mm,
        "height_mm": row.height_mm,
        "fragility": row.fragility,
        "is_hazmat": row.is_hazmat,
        "ships_alone": row.ships_alone,
        "is_active": row.is_active,
        "out_of_stock_policy": row.out_of_stock_policy,
        "preorder_ships_on": day(row.preorder_ships_on),
        "preorder_cap": row.preorder_cap,
        "preorder_taken": row.preorder_taken,
        "is_digital": row.is_digital,
        "components": getattr(row, "shown_components", None) or [],
        "metadata": row.metadata,
        "version": row.version,
        "created_at": instant(row.created_at),
        "updated_at": instant(row.updated_at),
    }
