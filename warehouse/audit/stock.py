"""Stock: every counter is the sum of its movements, at both grains, and is reserved for somebody."""

from orders.audit.lines import counted
from orders.kernel.audit import sql_check
from warehouse.states import TO_DO, UNFILLED, AllocationStatus, MovementKind, SourcingCause

_NAMES = """
    (SELECT sku FROM orders_product p WHERE p.id = product_id) || ' @ '
        || (SELECT code FROM warehouse_warehouse w WHERE w.id = warehouse_id) AS subject
"""

_LEVELS = f"""
    SELECT {_NAMES}, s.on_hand, m.on_hand AS on_hand_moved, s.allocated, m.allocated AS allocated_moved,
        s.unavailable, m.unavailable AS unavailable_moved
    FROM warehouse_stocklevel s
    FULL JOIN (
        SELECT product_id, warehouse_id, sum(on_hand_delta) AS on_hand, sum(allocated_delta) AS allocated,
            sum(unavailable_delta) AS unavailable
        FROM warehouse_stockmovement GROUP BY product_id, warehouse_id
    ) m USING (product_id, warehouse_id)
    WHERE coalesce(s.on_hand, 0) <> coalesce(m.on_hand, 0) OR coalesce(s.allocated, 0) <> coalesce(m.allocated, 0)
        OR coalesce(s.unavailable, 0) <> coalesce(m.unavailable, 0)
"""  # noqa: S608 - our own names

_BIN_NAMES = """
    (SELECT sku FROM orders_product p WHERE p.id = product_id) || ' in '
        || (SELECT w.code || ' ' || b.code FROM warehouse_bin b JOIN warehouse_warehouse w ON w.id = b.warehouse_id
            WHERE b.id = bin_id) AS subject
"""

_BINS = f"""
    SELECT {_BIN_NAMES}, s.on_hand, m.moved
    FROM (SELECT bin_id, product_id, coalesce(lot_id, 0) AS lot, on_hand FROM warehouse_binstock) s
    FULL JOIN (
        SELECT bin_id, product_id, coalesce(lot_id, 0) AS lot, sum(bin_delta) AS moved
        FROM warehouse_stockmovement WHERE bin_id IS NOT NULL GROUP BY bin_id, product_id, coalesce(lot_id, 0)
    ) m USING (bin_id, product_id, lot)
    WHERE coalesce(s.on_hand, 0) <> coalesce(m.moved, 0)
"""  # noqa: S608

_LEVELS_BY_BIN = f"""
    SELECT {_NAMES}, s.on_hand, b.on_hand AS in_bins
    FROM warehouse_stocklevel s
    FULL JOIN (
        SELECT s.product_id, b.warehouse_id, sum(s.on_hand) AS on_hand
        FROM warehouse_binstock s JOIN warehouse_bin b ON b.id = s.bin_id GROUP BY s.product_id, b.warehouse_id
    ) b USING (product_id, warehouse_id)
    WHERE coalesce(s.on_hand, 0) <> coalesce(b.on_hand, 0)
"""  # noqa: S608

_ALLOCATED = f"""
    SELECT {_NAMES}, s.allocated, a.units AS kept
    FROM warehouse_stocklevel s
    FULL JOIN (
        SELECT product_id, warehouse_id, sum(quantity) AS units FROM (
            SELECT product_id, warehouse_id, quantity FROM warehouse_allocation WHERE status = %(open)s
            UNION ALL
            SELECT product_id, warehouse_id, quantity FROM warehouse_substitutionproposal WHERE status = 'proposed'
        ) kept GROUP BY product_id, warehouse_id
    ) a USING (product_id, warehouse_id)
    WHERE coalesce(s.allocated, 0) <> coalesce(a.units, 0)
"""  # noqa: S608

_OVERSOLD = f"""
    SELECT {_NAMES}, on_hand, allocated, unavailable, backorder_limit FROM warehouse_stocklevel s
    WHERE on_hand < 0 OR allocated < 0 OR unavailable < 0 OR allocated + unavailable > on_hand + backorder_limit
"""  # noqa: S608

_PICKING = f"""
    SELECT {_BIN_NAMES}, s.picking, t.units AS open_tasks
    FROM (SELECT bin_id, product_id, sum(picking) AS picking FROM warehouse_binstock GROUP BY bin_id, product_id) s
    FULL JOIN (
        SELECT bin_id, product_id, sum(quantity - picked) AS units FROM warehouse_picktask
        WHERE status = ANY(%(to_do)s) GROUP BY bin_id, product_id
    ) t USING (bin_id, product_id)
    WHERE coalesce(s.picking, 0) <> coalesce(t.units, 0)
"""  # noqa: S608

_HISTORY = """
    SELECT o.number AS subject, l.sku
    FROM orders_order o JOIN orders_orderline l ON l.order_id = o.id
    WHERE o.imported_at IS NOT NULL AND (
        EXISTS (SELECT FROM warehouse_stockmovement m WHERE m.line_id = l.id)
        OR EXISTS (SELECT FROM warehouse_allocation a WHERE a.line_id = l.id))
"""

# Drafts' lines may vanish, so their movements don't name them.
_DECIDED = """
    SELECT o.number AS subject, t.warehouse, t.product_id AS product, t.units AS decided,
        coalesce(m.units, 0) AS reserved
    FROM (
        SELECT d.order_id, (take->>0)::bigint AS product_id, take->>1 AS warehouse, sum((take->>2)::int) AS units
        FROM warehouse_sourcingdecision d CROSS JOIN jsonb_array_elements(d.reason->'takes') AS take
        WHERE d.cause <> %(draft)s GROUP BY 1, 2, 3
    ) t
    JOIN orders_order o ON o.id = t.order_id
    LEFT JOIN (
        SELECT l.order_id, v.product_id, w.code AS warehouse, sum(v.allocated_delta) AS units
        FROM warehouse_stockmovement v JOIN orders_orderline l ON l.id = v.line_id
        JOIN warehouse_warehouse w ON w.id = v.warehouse_id
        WHERE v.kind = %(allocated)s GROUP BY 1, 2, 3
    ) m USING (order_id, product_id, warehouse)
    WHERE t.units > coalesce(m.units, 0)
"""

STOCK = (
    sql_check("stock_levels", "Every stock level is the sum of its movements.", _LEVELS),
    sql_check("bin_stock", "What lies in a bin is the sum of its movements.", _BINS),
    sql_check("levels_by_bin", "What a warehouse has on hand lies in its bins.", _LEVELS_BY_BIN),
    sql_check(
        "allocated_levels",
        "What is allocated is the sum of the open allocations, and of what is kept for customers' answers.",
        _ALLOCATED,
        open=AllocationStatus.OPEN.value,
    ),
    sql_check("never_oversold", "No more is allocated and set aside than is there.", _OVERSOLD),
    sql_check(
        "bins_picking",
        "Bins keep exactly the units that open pick tasks will take.",
        _PICKING,
        to_do=[status.value for status in TO_DO],
    ),
    counted(
        "allocated",
        "A line's allocated units are those of its open allocations.",
        "SELECT line_id, quantity AS units FROM warehouse_allocation WHERE status = %(open)s",
        open=AllocationStatus.OPEN.value,
    ),
    counted(
        "backordered",
        "A line's backordered units are those of its backorders that wait.",
        "SELECT line_id, quantity AS units FROM warehouse_backorder WHERE status = ANY(%(unfilled)s)",
        unfilled=[status.value for status in UNFILLED],
    ),
    sql_check(
        "sourcing_decisions",
        "What a sourcing decision says is taken was reserved there.",
        _DECIDED,
        draft=SourcingCause.DRAFT.value,
        allocated=MovementKind.ALLOCATED.value,
    ),
    sql_check("history_moved_no_stock", "An imported order moved no stock here.", _HISTORY),
)
