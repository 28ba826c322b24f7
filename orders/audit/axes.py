"""Derived axes: what is stored is what ``orders.derivation`` says now.

It only asks for sums of the lines' counters, and whether they are zero, so an order's lines are judged as one.
"""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from orders.derivation import fulfillment_status, payment_status
from orders.kernel.audit import Finding, row_check

_ORDERS = """
    SELECT o.number, o.status, o.payment_status, o.fulfillment_status, o.total, o.authorized_total, o.captured_total,
        o.refunded_total, o.credited_total, l.*,
        EXISTS (SELECT FROM orders_orderhold h WHERE h.order_id = o.id AND h.released_at IS NULL) AS is_held,
        EXISTS (SELECT FROM orders_payment p WHERE p.order_id = o.id AND p.status = 'voided') AS was_voided
    FROM orders_order o
    JOIN (
        SELECT order_id, sum(ordered) AS ordered, sum(cancelled) AS cancelled,
            coalesce(sum(backordered) FILTER (WHERE ships_on IS NULL), 0) AS backordered,
            CASE WHEN bool_and(ships_on IS NOT NULL) FILTER (WHERE ordered > cancelled + shipped)
                THEN min(ships_on) END AS ships_on,
            sum(picked) AS picked, sum(shipped) AS shipped, sum(delivered) AS delivered,
            sum(written_off) AS written_off
        FROM orders_orderline WHERE kind <> 'bundle' GROUP BY order_id
    ) l ON l.order_id = o.id
"""


def _judge(row: Mapping[str, Any]) -> Finding | None:
    order: Any = SimpleNamespace(**row)
    derived = {
        "payment_status": payment_status(order, was_voided=order.was_voided),
        "fulfillment_status": fulfillment_status([order], is_held=order.is_held),
    }
    wrong = {
        name: f"{getattr(order, name)} instead of {value}"
        for name, value in derived.items()
        if value != getattr(order, name)
    }
    return Finding(subject=order.number, facts=wrong) if wrong else None


AXES = (
    row_check(
        "derived_statuses",
        "Payment and fulfillment status are what follows from money, counters and holds.",
        _ORDERS,
        _judge,
    ),
)
