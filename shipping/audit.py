"""The shipping floor's invariants: what left, left in one shipment, and somebody moves those that haven't."""

from orders.audit.lines import counted, replayed
from orders.audit.outbox import messages_owed
from orders.kernel.audit import Check, sql_check
from shipping.states import DISPATCHED_SHIPMENTS, ShipmentStatus

_DISPATCHED = [status.value for status in DISPATCHED_SHIPMENTS]
_UNITS = """
    SELECT l.line_id, l.quantity AS units FROM shipping_shipmentline l
    JOIN shipping_shipment s ON s.id = l.shipment_id WHERE s.status = ANY(%(statuses)s)
"""

_CONTENTS = """
    SELECT s.public_id AS subject, s.status, l.line_id AS line, l.quantity, c.quantity AS packed,
        f.line_id AS packed_line
    FROM shipping_shipmentline l
    JOIN shipping_shipment s ON s.id = l.shipment_id
    LEFT JOIN warehouse_packageline c ON c.id = l.package_line_id
    LEFT JOIN warehouse_fulfillmentorderline f ON f.id = c.fulfillment_line_id
    WHERE s.status <> %(cancelled)s AND (c.quantity IS DISTINCT FROM l.quantity OR f.line_id <> l.line_id)
"""

_PACKAGES = """
    SELECT p.public_id AS subject, p.status AS package_status, s.public_id AS shipment, s.status
    FROM warehouse_package p
    LEFT JOIN shipping_shipmentpackage x ON x.package_id = p.id
    LEFT JOIN shipping_shipment s ON s.id = x.shipment_id
    WHERE (p.status = 'shipped') <> coalesce(s.status = ANY(%(dispatched)s), false)
        OR (s.status = %(ready)s AND p.status <> 'labelled')
        OR (s.id IS NOT NULL AND p.status IN ('open', 'voided'))
"""

_BILLED = """
    SELECT s.public_id AS subject, o.number AS order
    FROM (SELECT DISTINCT l.shipment_id, ol.order_id FROM shipping_shipmentline l
        JOIN orders_orderline ol ON ol.id = l.line_id) l
    JOIN shipping_shipment s ON s.id = l.shipment_id
    JOIN orders_order o ON o.id = l.order_id
    WHERE s.status = ANY(%(dispatched)s) AND NOT EXISTS (
        SELECT FROM orders_invoice i WHERE i.order_id = l.order_id AND i.cause_id = s.public_id)
"""

_REPLAY = """
    SELECT s.public_id AS subject, s.status, e.type AS last_event
    FROM shipping_shipment s
    LEFT JOIN (
        SELECT DISTINCT ON (shipment) data ->> 'shipment' AS shipment, type
        FROM orders_orderevent
        WHERE type IN ('shipment.created', 'shipment.label_wanted', 'shipment.ready', 'shipment.dispatched',
            'shipment.delivered', 'shipment.cancelled', 'shipment.returned_to_sender')
        ORDER BY shipment, id DESC
    ) e ON e.shipment = s.public_id
    WHERE e.type IS DISTINCT FROM CASE s.status
        WHEN 'pending' THEN 'shipment.created' WHEN 'shipped' THEN 'shipment.dispatched'
        ELSE 'shipment.' || s.status END
"""

_TRACKING = """
    SELECT s.public_id AS subject, s.status, s.tracking_status
    FROM shipping_shipment s
    LEFT JOIN (SELECT shipment_id, bool_or(status = 'delivered') AS arrived FROM shipping_trackingevent
        GROUP BY shipment_id) t ON t.shipment_id = s.id
    WHERE (s.tracking_status = 'delivered') <> coalesce(t.arrived, false)
        OR (s.status = 'delivered') <> (coalesce(t.arrived, false) AND s.status NOT IN (%(ready)s, %(returned)s))
"""

_WAITING = """
    SELECT s.public_id AS subject, s.status, s.due_at::text AS due_at, s.leased_until::text AS leased_until,
        s.label_error
    FROM shipping_shipment s
    WHERE (s.status = 'pending' AND NOT EXISTS (
            SELECT FROM orders_processexception x
            WHERE x.category = 'no_carrier_service' AND x.subject_id = s.public_id AND x.status = 'open'))
        OR ((s.status = 'label_wanted' OR s.is_void_owed) AND (
            greatest(due_at, leased_until) < now() - %(overdue)s::interval
            OR leased_until > now() + interval '1 hour' OR (lease_token IS NULL) <> (leased_until IS NULL)))
"""

_LOOSE = """
    SELECT (SELECT o.number FROM orders_order o WHERE o.id = f.order_id) AS subject, f.public_id AS fulfillment_order
    FROM warehouse_fulfillmentorder f
    WHERE f.status IN ('open', 'in_progress')
        AND EXISTS (SELECT FROM warehouse_package p
            WHERE p.fulfillment_order_id = f.id AND p.status IN ('sealed', 'labelled')
            AND NOT EXISTS (SELECT FROM shipping_shipmentpackage x WHERE x.package_id = p.id))
        AND NOT EXISTS (SELECT FROM warehouse_fulfillmentorderline l
            WHERE l.fulfillment_order_id = f.id AND l.packed < l.quantity)
        AND NOT EXISTS (SELECT FROM warehouse_package p JOIN warehouse_packageline c ON c.package_id = p.id
            WHERE p.fulfillment_order_id = f.id AND p.status = 'open')
        AND NOT EXISTS (SELECT FROM orders_processexception x
            WHERE x.category = 'parcels_without_shipment' AND x.subject_id = f.public_id AND x.status = 'open')
"""

CHECKS: tuple[Check, ...] = (
    counted(
        "shipped",
        "A line's shipped units are those of its shipments that left.",
        _UNITS,
        has_history=False,
        has_digital=False,
        statuses=_DISPATCHED,
    ),
    counted(
        "delivered",
        "A line's delivered units are those of its shipments that arrived.",
        _UNITS,
        has_history=False,
        has_digital=False,
        statuses=[ShipmentStatus.DELIVERED.value],
    ),
    counted(
        "written_off",
        "A line's written off units are those of its shipments that came back undelivered.",
        _UNITS,
        has_history=False,
        has_digital=False,
        statuses=[ShipmentStatus.RETURNED_TO_SENDER.value],
    ),
    replayed("shipped", "shipment.dispatched"),
    replayed("delivered", "shipment.delivered"),
    replayed("written_off", "shipment.returned_to_sender"),
    sql_check(
        "shipment_contents",
        "What is in a shipment is what is in its packages.",
        _CONTENTS,
        cancelled=ShipmentStatus.CANCELLED.value,
    ),
    sql_check(
        "shipment_packages",
        "A package has left exactly when its shipment has.",
        _PACKAGES,
        dispatched=_DISPATCHED,
        ready=ShipmentStatus.READY.value,
    ),
    sql_check(
        "shipments_are_billed", "Every order in a shipment that left has its invoice.", _BILLED, dispatched=_DISPATCHED
    ),
    sql_check("shipment_replay", "Replaying a shipment's events gives its status.", _REPLAY),
    sql_check(
        "tracking",
        "A shipment was delivered when its carrier said so, unless it had come back.",
        _TRACKING,
        ready=ShipmentStatus.READY.value,
        returned=ShipmentStatus.RETURNED_TO_SENDER.value,
    ),
    messages_owed(
        "shipment_messages",
        {
            "shipment.dispatched": "shipping/mail/dispatched",
            "shipment.delivered": "shipping/mail/delivered",
            "shipment.returned_to_sender": "shipping/mail/returned",
        },
    ),
    sql_check("shipments_in_time", "A shipment without its label has a carrier that is asked.", _WAITING),
    sql_check("parcels_are_shipped", "Work that is packed and sealed has its shipment.", _LOOSE),
)
