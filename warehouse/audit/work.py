"""Work: what was picked, packed and shipped adds up, and every unit of a confirmed order is somebody's work."""

from orders.audit.lines import counted
from orders.kernel.audit import sql_check
from warehouse.states import (
    ACTIVE,
    TO_DO,
    AllocationStatus,
    FulfillmentOrderStatus,
    PackageStatus,
    PickListStatus,
    WaveStatus,
)

_ACTIVE = [status.value for status in ACTIVE]

_PACKED = """
    SELECT (SELECT o.number FROM orders_order o WHERE o.id = f.order_id) AS subject, f.public_id AS fulfillment_order,
        l.line_id AS line, l.packed, coalesce(p.units, 0) AS in_packages, l.shipped, coalesce(p.gone, 0) AS gone
    FROM warehouse_fulfillmentorderline l
    JOIN warehouse_fulfillmentorder f ON f.id = l.fulfillment_order_id
    LEFT JOIN (
        SELECT c.fulfillment_line_id, sum(c.quantity) AS units,
            sum(c.quantity) FILTER (WHERE p.status = %(shipped)s) AS gone
        FROM warehouse_packageline c JOIN warehouse_package p ON p.id = c.package_id
        WHERE p.status <> %(voided)s GROUP BY c.fulfillment_line_id
    ) p ON p.fulfillment_line_id = l.id
    WHERE f.warehouse_id IS NOT NULL AND (l.packed <> coalesce(p.units, 0) OR l.shipped <> coalesce(p.gone, 0))
"""

# Units that were picked and then called off lower the work, not the task that fetched them.
_PICKED = """
    SELECT (SELECT o.number FROM orders_order o WHERE o.id = f.order_id) AS subject, f.public_id AS fulfillment_order,
        l.line_id AS line, l.picked, coalesce(t.picked, 0) AS by_tasks
    FROM warehouse_fulfillmentorderline l
    JOIN warehouse_fulfillmentorder f ON f.id = l.fulfillment_order_id
    LEFT JOIN (
        SELECT fulfillment_order_id, line_id, sum(picked) AS picked FROM warehouse_picktask
        GROUP BY fulfillment_order_id, line_id
    ) t ON t.fulfillment_order_id = l.fulfillment_order_id AND t.line_id = l.line_id
    WHERE f.warehouse_id IS NOT NULL AND l.picked > coalesce(t.picked, 0)
"""

_RESERVED_WORK = """
    SELECT o.number AS subject, ol.sku, (SELECT code FROM warehouse_warehouse w WHERE w.id = warehouse_id) AS warehouse,
        a.units AS reserved, f.units AS work
    FROM (
        SELECT line_id, warehouse_id, sum(quantity) AS units FROM warehouse_allocation
        WHERE status = %(open)s GROUP BY line_id, warehouse_id
    ) a
    FULL JOIN (
        SELECT l.line_id, f.warehouse_id, sum(l.quantity - l.shipped) AS units
        FROM warehouse_fulfillmentorderline l JOIN warehouse_fulfillmentorder f ON f.id = l.fulfillment_order_id
        WHERE f.status = ANY(%(active)s) AND f.warehouse_id IS NOT NULL GROUP BY l.line_id, f.warehouse_id
    ) f USING (line_id, warehouse_id)
    JOIN orders_orderline ol ON ol.id = line_id
    JOIN orders_order o ON o.id = ol.order_id
    WHERE coalesce(f.units, 0) <>
        CASE WHEN o.status = 'confirmed' AND ol.ships_on IS NULL THEN coalesce(a.units, 0) ELSE 0 END
"""

_UNSOURCED = """
    SELECT o.number AS subject, l.sku, l.ordered - l.cancelled - l.shipped AS open, l.allocated, l.backordered
    FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
    WHERE o.status IN ('placed', 'confirmed') AND l.kind = 'goods'
        AND l.ordered - l.cancelled - l.shipped <> l.allocated + l.backordered
        AND greatest(o.placed_at, o.confirmed_at, (
            SELECT max(m.created_at) FROM warehouse_stockmovement m WHERE m.line_id = l.id AND m.kind = 'released'
        )) < now() - %(overdue)s::interval
        AND NOT EXISTS (
            SELECT FROM orders_processexception x
            WHERE x.category = 'out_of_stock' AND x.subject_id = l.public_id AND x.status = 'open')
        AND NOT EXISTS (
            SELECT FROM warehouse_substitutionproposal p WHERE p.line_id = l.id AND p.status = 'proposed'
                AND p.units = l.ordered - l.cancelled - l.shipped - l.allocated - l.backordered)
"""

_FINISHED = """
    SELECT (SELECT o.number FROM orders_order o WHERE o.id = f.order_id) AS subject, f.public_id AS fulfillment_order,
        f.status, l.asked, l.shipped
    FROM warehouse_fulfillmentorder f
    JOIN (
        SELECT fulfillment_order_id, sum(quantity) AS asked, sum(shipped) AS shipped
        FROM warehouse_fulfillmentorderline GROUP BY fulfillment_order_id
    ) l ON l.fulfillment_order_id = f.id
    WHERE CASE WHEN f.status = ANY(%(active)s) THEN l.shipped = l.asked
        WHEN f.status = %(closed)s THEN l.shipped <> l.asked OR l.shipped = 0
        WHEN f.status = %(cancelled)s THEN l.shipped > 0 ELSE false END
"""

_LISTS = """
    SELECT p.public_id AS subject, p.status, coalesce(t.open, 0) AS open_tasks
    FROM warehouse_picklist p
    LEFT JOIN (
        SELECT pick_list_id, count(*) AS open FROM warehouse_picktask
        WHERE status = ANY(%(to_do)s) GROUP BY pick_list_id
    ) t ON t.pick_list_id = p.id
    WHERE (p.status = ANY(%(at_work)s)) <> (coalesce(t.open, 0) > 0) AND p.status <> %(draft)s
"""

_WAVES = """
    SELECT w.public_id AS subject, w.status, count(l.id) AS lists,
        count(*) FILTER (WHERE l.status = ANY(%(at_work)s)) AS open_lists
    FROM warehouse_wave w LEFT JOIN warehouse_picklist l ON l.wave_id = w.id
    GROUP BY w.id
    HAVING (w.status = %(released)s) <> (count(*) FILTER (WHERE l.status = ANY(%(at_work)s)) > 0)
        OR (w.status = %(planned)s AND count(l.id) > 0)
"""

_TOTES = """
    SELECT (SELECT code FROM warehouse_warehouse w WHERE w.id = t.warehouse_id) || ' ' || t.code AS subject,
        l.public_id AS pick_list, l.status, f.public_id AS fulfillment_order
    FROM warehouse_tote t
    JOIN warehouse_picklist l ON l.id = t.pick_list_id
    JOIN warehouse_fulfillmentorder f ON f.id = t.fulfillment_order_id
    WHERE l.status <> ALL(%(at_work)s)
        AND NOT EXISTS (
            SELECT FROM warehouse_fulfillmentorderline x WHERE x.fulfillment_order_id = f.id AND x.picked > x.packed)
        AND NOT EXISTS (
            SELECT FROM warehouse_package p WHERE p.fulfillment_order_id = f.id AND p.status = 'open')
"""

_TOTE_TASKS = """
    SELECT p.public_id AS subject, k.public_id AS task, t.code AS tote
    FROM warehouse_picktask k
    JOIN warehouse_picklist p ON p.id = k.pick_list_id
    JOIN warehouse_tote t ON t.id = k.tote_id
    WHERE k.status = ANY(%(to_do)s)
        AND (t.pick_list_id, t.fulfillment_order_id) IS DISTINCT FROM (k.pick_list_id, k.fulfillment_order_id)
"""

_AT_WORK = [PickListStatus.RELEASED.value, PickListStatus.IN_PROGRESS.value]

WORK = (
    counted(
        "picked",
        "A line's picked units are those of its work orders.",
        "SELECT line_id, picked AS units FROM warehouse_fulfillmentorderline",
    ),
    counted(
        "packed",
        "A line's packed units are those of its work orders.",
        "SELECT line_id, packed AS units FROM warehouse_fulfillmentorderline",
    ),
    sql_check(
        "packed_units",
        "What a work order packed lies in its packages, and what it shipped in those that left.",
        _PACKED,
        shipped=PackageStatus.SHIPPED.value,
        voided=PackageStatus.VOIDED.value,
    ),
    sql_check("picked_units", "What a work order picked was fetched by a pick task.", _PICKED),
    sql_check(
        "reserved_work",
        "Exactly the reserved units of confirmed orders are asked for by open work.",
        _RESERVED_WORK,
        open=AllocationStatus.OPEN.value,
        active=_ACTIVE,
    ),
    sql_check(
        "sourced_units",
        "Every unit that has to leave is reserved, waits for goods, is being sourced, or somebody is asked about it.",
        _UNSOURCED,
    ),
    sql_check(
        "finished_work",
        "Work is closed exactly when everything it asked for has left.",
        _FINISHED,
        active=_ACTIVE,
        closed=FulfillmentOrderStatus.CLOSED.value,
        cancelled=FulfillmentOrderStatus.CANCELLED.value,
    ),
    sql_check(
        "pick_lists",
        "A pick list is open exactly as long as it has tasks to do.",
        _LISTS,
        to_do=[status.value for status in TO_DO],
        at_work=_AT_WORK,
        draft=PickListStatus.DRAFT.value,
    ),
    sql_check(
        "waves",
        "A wave is released exactly as long as one of its lists is open, and has none before.",
        _WAVES,
        at_work=_AT_WORK,
        released=WaveStatus.RELEASED.value,
        planned=WaveStatus.PLANNED.value,
    ),
    sql_check(
        "totes",
        "A tote holds an order only until all of it is packed.",
        _TOTES,
        at_work=_AT_WORK,
    ),
    sql_check(
        "tote_tasks",
        "What is still to be fetched into a tote is for the order that it holds.",
        _TOTE_TASKS,
        to_do=[status.value for status in TO_DO],
    ),
)
