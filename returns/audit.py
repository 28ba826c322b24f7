"""The returns floor's invariants: what comes back left before, once, and is paid for."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from orders.audit.lines import counted
from orders.audit.outbox import messages_owed
from orders.derivation import return_status
from orders.kernel.audit import Check, Finding, row_check, sql_check
from returns.selectors import UNDER_WAY
from returns.states import ACTIVE_RETURNS, Reception

_ACTIVE = [status.value for status in ACTIVE_RETURNS]

# What came back and is ours: units that were not accepted are the customer's again.
_OURS = "CASE WHEN x.acceptance = 'pending' THEN x.received ELSE x.accepted END"

_ONCE = f"""
    SELECT o.number AS subject, l.sku, l.shipped, r.units
    FROM (
        SELECT x.line_id, sum(CASE WHEN r.status = ANY(%(active)s) AND x.reception = %(awaiting)s
            THEN x.quantity ELSE {_OURS} END) AS units
        FROM returns_returnline x JOIN returns_return r ON r.id = x.return_request_id GROUP BY x.line_id
    ) r
    JOIN orders_orderline l ON l.id = r.line_id
    JOIN orders_order o ON o.id = l.order_id
    WHERE r.units > l.shipped
"""  # noqa: S608 - our own words

_TOLD = """
    SELECT o.number AS subject, l.sku, l.public_id AS line, l.returned, coalesce(e.units, 0) AS told
    FROM orders_orderline l
    LEFT JOIN (
        SELECT line, sum(units) AS units FROM (
            SELECT told.line, told.quantity AS units FROM orders_orderevent e
            CROSS JOIN LATERAL jsonb_to_recordset(e.data -> 'lines') AS told(line text, quantity int)
            WHERE e.type = 'return.received'
            UNION ALL
            SELECT data ->> 'line', (data ->> 'accepted')::int - (data ->> 'received')::int
            FROM orders_orderevent WHERE type = 'return.inspected') told
        GROUP BY line
    ) e ON e.line = l.public_id
    JOIN orders_order o ON o.id = l.order_id
    WHERE l.kind <> 'bundle' AND l.returned <> coalesce(e.units, 0) AND o.imported_at IS NULL
"""

_OWN = """
    SELECT r.public_id AS subject, l.sku FROM returns_returnline x
    JOIN returns_return r ON r.id = x.return_request_id JOIN orders_orderline l ON l.id = x.line_id
    WHERE l.order_id <> r.order_id
"""

_REFUNDED = """
    SELECT r.public_id AS subject, l.sku, x.accepted, coalesce(c.units, 0) AS credited
    FROM returns_returnline x
    JOIN returns_return r ON r.id = x.return_request_id
    JOIN orders_orderline l ON l.id = x.line_id
    LEFT JOIN (
        SELECT n.refund_id, c.line_id, sum(c.quantity) AS units
        FROM orders_creditnoteline c JOIN orders_creditnote n ON n.id = c.credit_note_id GROUP BY n.refund_id, c.line_id
    ) c ON c.refund_id = x.refund_id AND c.line_id = x.line_id
    WHERE x.refund_id IS NOT NULL AND x.accepted <> coalesce(c.units, 0)
"""

_RECEIVED = """
    SELECT r.public_id AS subject, r.status, x.waiting, x.pending
    FROM returns_return r
    JOIN (
        SELECT return_request_id, count(*) FILTER (WHERE reception = 'awaiting') AS waiting,
            count(*) FILTER (WHERE received > 0 AND acceptance = 'pending') AS pending
        FROM returns_returnline GROUP BY return_request_id
    ) x ON x.return_request_id = r.id
    WHERE (r.status IN ('received', 'closed') AND x.waiting > 0)
        OR (r.status IN ('approved', 'in_transit', 'partially_received') AND x.waiting = 0)
        OR (r.status = 'received' AND x.pending = 0) OR (r.status = 'closed' AND x.pending > 0)
"""

_REPLAY = """
    SELECT r.public_id AS subject, r.status, e.type AS last_event
    FROM returns_return r
    LEFT JOIN (
        SELECT DISTINCT ON (data ->> 'return') data ->> 'return' AS return_,
            CASE WHEN type = 'return.received' AND NOT (data ->> 'is_complete')::boolean
                THEN 'return.partially_received'
                WHEN type = 'return.expected' THEN 'return.in_transit' ELSE type END AS type
        FROM orders_orderevent
        WHERE type IN ('return.requested', 'return.expected', 'return.approved', 'return.declined', 'return.in_transit',
            'return.received', 'return.closed', 'return.cancelled', 'return.expired')
        ORDER BY data ->> 'return', id DESC
    ) e ON e.return_ = r.public_id
    WHERE e.type IS DISTINCT FROM 'return.' || r.status
"""

_LATE = """
    SELECT r.public_id AS subject, r.expires_on::text AS expires_on FROM returns_return r
    WHERE r.status = 'approved' AND r.expires_on < current_date - 1
"""

_ORDERS = """
    SELECT o.number, o.return_status, l.*, EXISTS (
        SELECT FROM returns_return r WHERE r.order_id = o.id AND r.status = ANY(%(under_way)s)) AS is_in_return
    FROM orders_order o
    JOIN (
        SELECT order_id, sum(shipped) AS shipped, sum(returned) AS returned, sum(return_requested) AS return_requested
        FROM orders_orderline WHERE kind <> 'bundle' GROUP BY order_id
    ) l ON l.order_id = o.id
"""


def _judge(row: Mapping[str, Any]) -> Finding | None:
    order: Any = SimpleNamespace(**row)
    derived = return_status([order], is_in_return=order.is_in_return)
    if derived == order.return_status:
        return None
    return Finding(subject=order.number, facts={"return_status": f"{order.return_status} instead of {derived}"})


CHECKS: tuple[Check, ...] = (
    counted(
        "return_requested",
        "A line's requested returns are the units that active returns still wait for.",
        """
        SELECT x.line_id, x.quantity - x.received AS units FROM returns_returnline x
        JOIN returns_return r ON r.id = x.return_request_id
        WHERE r.status = ANY(%(active)s) AND x.reception = %(awaiting)s
        """,
        active=_ACTIVE,
        awaiting=Reception.AWAITING.value,
    ),
    counted(
        "returned",
        "A line's returned units are those that its returns received, without those that were not accepted.",
        f"SELECT x.line_id, {_OURS} AS units FROM returns_returnline x",  # noqa: S608
    ),
    sql_check("events_returned", "The events of returns tell of every unit returned.", _TOLD),
    sql_check(
        "units_return_once",
        "A unit is in one active return, and came back once at most.",
        _ONCE,
        active=_ACTIVE,
        awaiting=Reception.AWAITING.value,
    ),
    sql_check("returns_of_own_lines", "A return names lines of its own order.", _OWN),
    sql_check("returns_are_refunded", "What was accepted and refunded is on the credit note.", _REFUNDED),
    sql_check("return_lines", "A return is received and closed exactly when its lines are.", _RECEIVED),
    sql_check("return_replay", "Replaying a return's events gives its status.", _REPLAY),
    row_check(
        "return_statuses",
        "An order's return status is what follows from its counters and returns.",
        _ORDERS,
        _judge,
        under_way=[status.value for status in UNDER_WAY],
    ),
    messages_owed(
        "return_messages",
        {
            "return.requested": "returns/mail/requested",
            "return.approved": "returns/mail/approved",
            "return.declined": "returns/mail/declined",
            "return.received": "returns/mail/received",
            "return.closed": "returns/mail/closed",
        },
        unless="e.type = 'return.requested' AND (e.data ->> 'is_auto_approved')::boolean",
    ),
    sql_check("returns_in_time", "An approved return that is never sent expires.", _LATE),
)
