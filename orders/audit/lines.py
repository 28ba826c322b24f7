"""Lines: their counters are the sums of their children, their money makes the order's.

``counted`` and ``replayed`` are also used by the floors above, each for the counters that it moves.
"""

from typing import Any

from orders.kernel.audit import Check, sql_check
from orders.states import OrderStatus


def counted(counter: str, says: str, children: str, *, has_history: bool = True, **parameters: Any) -> Check:
    """``counter`` of every line is the sum of ``children``, a query of ``line_id`` and ``units``.

    Without ``has_history`` imported orders are left out: their goods moved elsewhere.
    """
    sql = f"""
        SELECT o.number AS subject, l.sku, l.public_id AS line, l.{counter}, coalesce(c.units, 0) AS counted
        FROM orders_orderline l
        LEFT JOIN (SELECT line_id, sum(units) AS units FROM ({children}) c GROUP BY line_id) c ON c.line_id = l.id
        JOIN orders_order o ON o.id = l.order_id
        WHERE l.{counter} <> coalesce(c.units, 0) AND (%(has_history)s OR o.imported_at IS NULL)
    """  # noqa: S608 - our own names
    return sql_check(f"lines_{counter}", says, sql, has_history=has_history, **parameters)


def replayed(counter: str, *events: str) -> Check:
    """Replaying the events of one type gives ``counter`` of every line."""
    sql = f"""
        SELECT o.number AS subject, l.sku, l.public_id AS line, l.{counter}, coalesce(e.units, 0) AS told
        FROM orders_orderline l
        LEFT JOIN (
            SELECT told.line, sum(told.quantity) AS units
            FROM orders_orderevent e
            CROSS JOIN LATERAL jsonb_to_recordset(e.data -> 'lines') AS told(line text, quantity int)
            WHERE e.type = ANY(%(events)s) GROUP BY told.line
        ) e ON e.line = l.public_id
        JOIN orders_order o ON o.id = l.order_id
        WHERE l.{counter} <> coalesce(e.units, 0) AND o.imported_at IS NULL
    """  # noqa: S608
    said = " and ".join(events)
    return sql_check(f"events_{counter}", f"The events {said} tell of every unit {counter}.", sql, events=list(events))


LINES = (
    counted(
        "cancelled",
        "A line's cancelled units are those of its cancellations.",
        "SELECT line_id, quantity AS units FROM orders_ordercancellationline",
    ),
    replayed("cancelled", "order.cancelled", "order.expired"),
    sql_check(
        "line_amounts",
        "A line's money is that of its units that aren't cancelled, after both discounts.",
        """
        SELECT (SELECT number FROM orders_order o WHERE o.id = l.order_id) AS subject, l.sku, l.amount, l.tax
        FROM orders_orderline l
        WHERE (l.cancelled = 0 AND l.amount <> l.unit_price * l.ordered - l.discount - l.order_discount)
            OR (l.cancelled = l.ordered AND (l.amount <> 0 OR l.tax <> 0))
        """,
    ),
    sql_check(
        "order_totals",
        "An order's totals are the sums of its lines and its shipping.",
        """
        SELECT o.number AS subject, o.items_total, l.items, o.discount_total, l.items - l.goods AS discount,
            o.tax_total, l.tax + o.shipping_tax AS tax, o.total, l.goods + o.shipping_total AS goods_and_shipping
        FROM orders_order o
        JOIN (
            SELECT order_id, sum(unit_price * (ordered - cancelled)) AS items, sum(amount) AS goods, sum(tax) AS tax
            FROM orders_orderline GROUP BY order_id
        ) l ON l.order_id = o.id
        WHERE o.items_total <> l.items OR o.discount_total <> l.items - l.goods OR o.tax_total <> l.tax + o.shipping_tax
            OR o.total <> l.goods + o.shipping_total + CASE WHEN o.prices_include_tax THEN 0 ELSE o.tax_total END
        """,
    ),
    sql_check(
        "orders_have_lines",
        "Every order that was placed has lines.",
        """
        SELECT o.number AS subject, o.status FROM orders_order o
        WHERE o.status <> %(draft)s AND (o.placed_at IS NOT NULL OR o.status <> 'expired')
            AND NOT EXISTS (SELECT FROM orders_orderline l WHERE l.order_id = o.id)
        """,
        draft=OrderStatus.DRAFT.value,
    ),
    sql_check(
        "finished_orders_hold_nothing",
        "An order that is over neither reserves goods nor waits for any.",
        """
        SELECT o.number AS subject, o.status, l.sku, l.allocated, l.backordered
        FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
        WHERE l.allocated + l.backordered > 0 AND o.status = ANY(%(over)s)
        """,
        over=[
            OrderStatus.DECLINED.value,
            OrderStatus.CANCELLED.value,
            OrderStatus.EXPIRED.value,
            OrderStatus.COMPLETED.value,
        ],
    ),
)
