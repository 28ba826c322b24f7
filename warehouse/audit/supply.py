"""Supply: what is on its way is what was bought, what waits is tied to it, and what came was counted."""

from orders.kernel.audit import sql_check
from warehouse.states import COMING, UNFILLED, BackorderStatus

_COMING = [status.value for status in COMING]
_UNFILLED = [status.value for status in UNFILLED]
_OPEN = "greatest(l.quantity - l.cancelled - l.received, 0)"

_INCOMING = f"""
    SELECT (SELECT sku FROM orders_product p WHERE p.id = product_id) || ' @ '
        || (SELECT code FROM warehouse_warehouse w WHERE w.id = warehouse_id) AS subject, s.incoming, b.units AS bought
    FROM warehouse_stocklevel s
    FULL JOIN (
        SELECT l.product_id, o.warehouse_id, sum({_OPEN}) AS units
        FROM warehouse_purchaseorderline l JOIN warehouse_purchaseorder o ON o.id = l.purchase_order_id
        WHERE o.status = ANY(%(coming)s) GROUP BY l.product_id, o.warehouse_id
    ) b USING (product_id, warehouse_id)
    WHERE coalesce(s.incoming, 0) <> coalesce(b.units, 0)
"""  # noqa: S608 - our own names

_TIED = """
    SELECT b.public_id AS subject, b.status, b.quantity, t.units AS tied
    FROM warehouse_backorder b
    LEFT JOIN (
        SELECT backorder_id, sum(quantity) AS units FROM warehouse_backordersupply GROUP BY backorder_id
    ) t ON t.backorder_id = b.id
    WHERE CASE WHEN b.status = %(waiting)s THEN coalesce(t.units, 0) > b.quantity
        WHEN b.status = ANY(%(unfilled)s) THEN coalesce(t.units, 0) <> b.quantity
        ELSE coalesce(t.units, 0) > 0 END
"""

_SHARED_OUT = f"""
    SELECT o.number AS subject, l.id AS line, {_OPEN} AS open, t.units AS tied
    FROM warehouse_purchaseorderline l
    JOIN warehouse_purchaseorder o ON o.id = l.purchase_order_id
    JOIN (
        SELECT purchase_line_id, sum(quantity) AS units FROM warehouse_backordersupply GROUP BY purchase_line_id
    ) t ON t.purchase_line_id = l.id
    WHERE t.units > CASE WHEN o.status = ANY(%(coming)s) THEN {_OPEN} ELSE 0 END
"""  # noqa: S608

_RECEIVED = """
    SELECT o.number AS subject, l.id AS line, l.received, coalesce(r.units, 0) AS in_receipts
    FROM warehouse_purchaseorderline l
    JOIN warehouse_purchaseorder o ON o.id = l.purchase_order_id
    LEFT JOIN (
        SELECT purchase_line_id, sum(accepted + damaged) AS units FROM warehouse_receiptline GROUP BY purchase_line_id
    ) r ON r.purchase_line_id = l.id
    WHERE l.received <> coalesce(r.units, 0)
"""

_BOOKED = """
    SELECT r.public_id AS subject, l.units AS counted, coalesce(m.units, 0) AS booked
    FROM warehouse_receipt r
    JOIN (
        SELECT receipt_id, sum(accepted + damaged) AS units FROM warehouse_receiptline GROUP BY receipt_id
    ) l ON l.receipt_id = r.id
    LEFT JOIN (
        SELECT reason, sum(on_hand_delta) AS units FROM warehouse_stockmovement WHERE kind = 'received' GROUP BY reason
    ) m ON m.reason = r.public_id
    WHERE l.units <> coalesce(m.units, 0)
"""

_STATUSES = f"""
    SELECT o.number AS subject, o.status, l.open, l.received
    FROM warehouse_purchaseorder o
    LEFT JOIN (
        SELECT l.purchase_order_id, sum({_OPEN}) AS open, sum(l.received) AS received
        FROM warehouse_purchaseorderline l GROUP BY l.purchase_order_id
    ) l ON l.purchase_order_id = o.id
    WHERE NOT CASE o.status
        WHEN 'draft' THEN coalesce(l.received, 0) = 0
        WHEN 'placed' THEN l.open > 0 AND l.received = 0
        WHEN 'acknowledged' THEN l.open > 0 AND l.received = 0
        WHEN 'partially_received' THEN l.open > 0 AND l.received > 0
        WHEN 'received' THEN l.open = 0 AND l.received > 0
        ELSE coalesce(l.open, 0) = 0 AND coalesce(l.received, 0) = 0 END
"""  # noqa: S608

_PUT_AWAY = """
    SELECT r.public_id AS subject, l.accepted, coalesce(t.units, 0) AS to_put_away
    FROM warehouse_receiptline l
    JOIN warehouse_receipt r ON r.id = l.receipt_id
    LEFT JOIN (
        SELECT receipt_line_id, sum(quantity) AS units FROM warehouse_putawaytask GROUP BY receipt_line_id
    ) t ON t.receipt_line_id = l.id
    WHERE l.accepted <> coalesce(t.units, 0)
"""

# The day after the last on which it could have come has begun some hours ago, wherever the warehouse is.
_LATE = f"""
    SELECT DISTINCT o.number AS subject, l.expected_on::text AS expected_on
    FROM warehouse_purchaseorder o JOIN warehouse_purchaseorderline l ON l.purchase_order_id = o.id
    WHERE o.status = ANY(%(coming)s) AND {_OPEN} > 0 AND l.expected_on < current_date - 1
        AND NOT EXISTS (
            SELECT FROM orders_processexception x
            WHERE x.category = 'supplier_late' AND x.subject_id = o.public_id AND x.status = 'open')
"""  # noqa: S608

SUPPLY = (
    sql_check("incoming_stock", "What is incoming was bought and hasn't come.", _INCOMING, coming=_COMING),
    sql_check(
        "backorder_supplies",
        "What waits is tied to no more than it waits for, and wholly once it is ordered or promised.",
        _TIED,
        waiting=BackorderStatus.WAITING.value,
        unfilled=_UNFILLED,
    ),
    sql_check(
        "deliveries_shared_out", "No more units are promised of a delivery than come.", _SHARED_OUT, coming=_COMING
    ),
    sql_check("purchases_received", "What a purchase order received stands on its receipts.", _RECEIVED),
    sql_check("receipts_booked", "What a receipt counted was booked in.", _BOOKED),
    sql_check("purchase_statuses", "A purchase order is open exactly as long as units of it are to come.", _STATUSES),
    sql_check("put_away_tasks", "Every unit received that can be sold is somebody's to put away.", _PUT_AWAY),
    sql_check("suppliers_in_time", "A supplier past its date is a question to people.", _LATE, coming=_COMING),
)
