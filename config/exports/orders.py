"""Orders for the way back in: what was bought, by whom, and how far money and goods are; one row a line, or one object.

What was called off in part is told as if it had never been ordered; a cancelled order is told as it was ordered.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from orders.bundles import sold
from orders.exports.cells import as_json, joined, money, plain, shortest
from orders.exports.columns import ADDRESS_PARTS
from orders.exports.rows import Cell
from orders.kernel.money import ZERO
from orders.models import Order, OrderLine
from orders.states import INVISIBLE, OrderStatus

ORDER_NAMES = (
    "number", "external_ref", "channel", "status", "sent", "currency", "placed_at", "completed_at", "cancelled_at",
    "email", "name", "phone", "language",
    *(f"shipping_{part}" for part in ADDRESS_PARTS), *(f"billing_{part}" for part in ADDRESS_PARTS),
    "prices_include_tax", "shipping_method", "shipping", "shipping_tax", "shipping_tax_rate", "tax", "total", "paid",
    "refunded", "tags", "note", "metadata",
)  # fmt: skip
LINE_NAMES = (
    "line_sku", "line_name", "line_quantity", "line_unit_price", "line_discount", "line_tax_rate", "line_tax",
    "line_external_ref",
)  # fmt: skip
NAMES = (*ORDER_NAMES, *LINE_NAMES)
_AT_ONCE = 1_000


def exportable(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Those that the world may know of, oldest first."""
    return orders.exclude(status__in=INVISIBLE).order_by("created_at", "id")


def order_rows(orders: QuerySet[Order]) -> Iterator[tuple[Cell, ...]]:
    """One row a line; the order's columns stand on each of them."""
    for order in _with_lines(orders):
        told = order_object(order)
        head = tuple(_cell(told, name) for name in ORDER_NAMES)
        for line in told["lines"]:
            yield (*head, *(_line_cell(line, name.removeprefix("line_")) for name in LINE_NAMES))


def order_objects(orders: QuerySet[Order]) -> Iterator[dict[str, Any]]:
    """One object an order."""
    return (order_object(order) for order in _with_lines(orders))


def order_object(order: Order) -> dict[str, Any]:
    """All of an order that its file tells; amounts are strings, as in the API."""
    is_off = order.status == OrderStatus.CANCELLED
    lines = [line for line in sold(order.lines.all()) if is_off or line.active]
    told = [_line(order, line, is_off=is_off) for line in lines]
    return {
        "number": order.number,
        "external_ref": order.external_ref,
        "channel": order.channel.code,
        "status": order.status,
        "sent": _sent(lines),
        "currency": order.currency,
        "placed_at": plain(order.placed_at or order.created_at),
        "completed_at": plain(order.completed_at),
        "cancelled_at": plain(order.cancelled_at),
        "email": order.email,
        "name": order.customer_name,
        "phone": order.phone,
        "language": order.language,
        "shipping_address": order.shipping_address,
        "billing_address": order.billing_address,
        "prices_include_tax": order.prices_include_tax,
        "shipping_method": order.shipping_method.code if order.shipping_method else "",
        "shipping": _text(order, order.shipping_total),
        "shipping_tax": _text(order, order.shipping_tax),
        "shipping_tax_rate": f"{shortest(order.shipping_tax_rate):f}",
        "tax": _text(order, order.tax_total),
        "total": _text(order, _total(lines) if is_off else order.total),
        "paid": _text(order, order.captured_total),
        "refunded": _text(order, order.refunded_total),
        "tags": order.tags,
        "note": order.note,
        "metadata": order.metadata,
        "lines": told,
    }


def _with_lines(orders: QuerySet[Order]) -> Iterable[Order]:
    rows = exportable(orders).select_related("channel", "shipping_method").prefetch_related("lines")
    return rows.iterator(chunk_size=_AT_ONCE)


def _line(order: Order, line: OrderLine, *, is_off: bool) -> dict[str, Any]:
    quantity = line.ordered if is_off else line.active
    discount = line.discount + line.order_discount if is_off else line.unit_price * quantity - line.amount
    return {
        "sku": line.sku,
        "name": line.name,
        "quantity": quantity,
        "unit_price": _text(order, line.unit_price),
        "discount": _text(order, discount),
        "tax_rate": f"{shortest(line.tax_rate):f}",
        "tax": _text(order, line.tax),
        "external_ref": line.external_ref,
    }


def _total(lines: Iterable[OrderLine]) -> Decimal:
    return sum((line.unit_price * line.ordered - line.discount - line.order_discount for line in lines), ZERO)


def _sent(lines: Iterable[OrderLine]) -> str:
    active, shipped = sum(line.active for line in lines), sum(line.shipped for line in lines)
    if not shipped:
        return "none"
    return "all" if shipped >= active else "some"


def _text(order: Order, amount: Decimal) -> str:
    return f"{money(amount, order.currency):f}"


_NUMBERS = frozenset({"shipping", "shipping_tax", "shipping_tax_rate", "tax", "total", "paid", "refunded"})
_LINE_NUMBERS = frozenset({"unit_price", "discount", "tax_rate", "tax"})


def _line_cell(line: dict[str, Any], name: str) -> Cell:
    return Decimal(line[name]) if name in _LINE_NUMBERS else plain(line[name])


def _cell(told: dict[str, Any], name: str) -> Cell:
    for kind in ("shipping", "billing"):
        part = name.removeprefix(f"{kind}_")
        if part != name and part in ADDRESS_PARTS:
            return str((told[f"{kind}_address"] or {}).get(part, "")) or None
    value = told[name]
    if name in _NUMBERS:
        return Decimal(value)
    if name == "tags":
        return joined(value) or None
    if name == "metadata":
        return as_json(value) if value else None
    return plain(value)
