"""Lines: their counters are the sums of their children, their money makes the order's.

``counted`` and ``replayed`` are also used by the floors above, each for the counters that it moves.
"""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from orders.bundles import counters
from orders.kernel.audit import Check, Finding, row_check, sql_check
from orders.states import OrderStatus


def counted(
    counter: str, says: str, children: str, *, has_history: bool = True, has_digital: bool = True, **parameters: Any
) -> Check:
    """``counter`` of every line but bundles is the sum of ``children``, a query of ``line_id`` and ``units``.

    Without ``has_digital`` only lines of goods are looked at; without ``has_history`` imported orders are left out:
    their goods moved elsewhere.
    """
    sql = f"""
        SELECT o.number AS subject, l.sku, l.public_id AS line, l.{counter}, coalesce(c.units, 0) AS counted
        FROM orders_orderline l
        LEFT JOIN (SELECT line_id, sum(units) AS units FROM ({children}) c GROUP BY line_id) c ON c.line_id = l.id
        JOIN orders_order o ON o.id = l.order_id
        WHERE l.kind <> 'bundle' AND l.{counter} <> coalesce(c.units, 0) AND (%(has_history)s OR o.imported_at IS NULL)
            AND (%(has_digital)s OR l.kind <> 'digital')
    """  # noqa: S608 - our own names
    return sql_check(f"lines_{counter}", says, sql, has_history=has_history, has_digital=has_digital, **parameters)


def replayed(counter: str, *events: str) -> Check:
    """Replaying the events of one type gives ``counter`` of every line of goods."""
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
        WHERE l.kind = 'goods' AND l.{counter} <> coalesce(e.units, 0) AND o.imported_at IS NULL
    """  # noqa: S608
    said = " and ".join(events)
    return sql_check(f"events_{counter}", f"The events {said} tell of every unit {counter}.", sql, events=list(events))


_COUNTERS = "cancelled allocated backordered picked packed shipped delivered return_requested returned written_off"
_BUNDLES = f"""
    SELECT o.number, l.sku, l.ordered, {", ".join(f"l.{name}" for name in _COUNTERS.split())}, (
        SELECT coalesce(json_agg(to_json(part)), '[]') FROM orders_orderline part WHERE part.parent_id = l.id
    ) AS components
    FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id WHERE l.kind = 'bundle'
"""  # noqa: S608 - our own columns


def _judge_bundle(row: Mapping[str, Any]) -> Finding | None:
    components: list[Any] = [SimpleNamespace(**part) for part in row["components"]]
    if not components:
        return Finding(subject=row["number"], facts={"sku": row["sku"], "components": 0})
    wrong = {name: f"{row[name]} instead of {n}" for name, n in counters(components).items() if row[name] != n}
    if any(part.ordered != row["ordered"] * part.per_bundle for part in components):
        wrong["ordered"] = f"{row['ordered']} bundles have {[part.ordered for part in components]} units"
    return Finding(subject=row["number"], facts={"sku": row["sku"], **wrong}) if wrong else None


LINES = (
    counted(
        "cancelled",
        "A line's cancelled units are those of its cancellations, and of its bundle's.",
        """
        SELECT coalesce(part.id, c.line_id) AS line_id, c.quantity * coalesce(part.per_bundle, 1) AS units
        FROM orders_ordercancellationline c LEFT JOIN orders_orderline part ON part.parent_id = c.line_id
        """,
    ),
    sql_check(
        "events_cancelled",
        "The events order.cancelled and order.expired tell of every unit cancelled, of bundles as a whole.",
        """
        SELECT o.number AS subject, l.sku, l.public_id AS line, l.cancelled, coalesce(e.units, 0) AS told
        FROM orders_orderline l
        JOIN orders_order o ON o.id = l.order_id
        LEFT JOIN (
            SELECT coalesce(part.id, l.id) AS line_id,
                sum(told.quantity * coalesce(part.per_bundle, 1)) AS units
            FROM orders_orderevent e
            CROSS JOIN LATERAL jsonb_to_recordset(e.data -> 'lines') AS told(line text, quantity int)
            JOIN orders_orderline l ON l.public_id = told.line
            LEFT JOIN orders_orderline part ON part.parent_id = l.id
            WHERE e.type IN ('order.cancelled', 'order.expired') GROUP BY 1
        ) e ON e.line_id = l.id
        WHERE l.kind <> 'bundle' AND l.cancelled <> coalesce(e.units, 0) AND o.imported_at IS NULL
        """,
    ),
    row_check(
        "bundles",
        "A bundle is as far as the slowest of its components, and ordered as often as they say.",
        _BUNDLES,
        _judge_bundle,
    ),
    sql_check(
        "preorders",
        "What is taken of a product's preorders is what its lines wait for.",
        """
        SELECT p.sku AS subject, p.preorder_taken, coalesce(l.units, 0) AS preordered
        FROM orders_product p
        LEFT JOIN (SELECT product_id, sum(preordered) AS units FROM orders_orderline WHERE preordered > 0
            GROUP BY product_id) l ON l.product_id = p.id
        WHERE p.preorder_taken <> coalesce(l.units, 0)
        """,
    ),
    sql_check(
        "products_are_bundles",
        "A product is a bundle exactly when it has components, none of which is a bundle or digital.",
        """
        SELECT p.sku AS subject, p.is_bundle, c.components, c.odd
        FROM orders_product p
        LEFT JOIN (
            SELECT b.bundle_id, count(*) AS components, count(*) FILTER (WHERE p.is_bundle OR p.is_digital) AS odd
            FROM orders_bundlecomponent b JOIN orders_product p ON p.id = b.component_id GROUP BY b.bundle_id
        ) c ON c.bundle_id = p.id
        WHERE p.is_bundle <> (c.components IS NOT NULL) OR c.odd > 0
        """,
    ),
    sql_check(
        "line_amounts",
        "A line's money is that of its units that aren't cancelled, after both discounts.",
        """
        SELECT (SELECT number FROM orders_order o WHERE o.id = l.order_id) AS subject, l.sku, l.amount, l.tax
        FROM orders_orderline l
        WHERE (l.cancelled = 0 AND NOT EXISTS (
                SELECT FROM orders_orderline part WHERE part.parent_id = l.id AND part.cancelled > 0
            ) AND l.amount <> l.unit_price * l.ordered - l.discount - l.order_discount)
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
