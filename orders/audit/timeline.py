"""Events: every change has one, with its actor, in order; replaying them gives the present state."""

from orders.kernel.actor import ActorKind
from orders.kernel.audit import sql_check

_SEQUENCE = """
    SELECT (SELECT number FROM orders_order o WHERE o.id = e.order_id) AS subject, e.events, e.lowest, e.highest
    FROM (
        SELECT order_id, count(*) AS events, min(seq) AS lowest, max(seq) AS highest
        FROM orders_orderevent WHERE order_id IS NOT NULL GROUP BY order_id
    ) e
    WHERE e.lowest IS DISTINCT FROM 1 OR e.highest IS DISTINCT FROM e.events
"""

_REPLAY = """
    SELECT o.number AS subject, o.status, e.type AS last_event
    FROM orders_order o
    LEFT JOIN (
        SELECT DISTINCT ON (order_id) order_id, type
        FROM orders_orderevent
        WHERE type IN ('order.placed', 'order.confirmed', 'order.completed', 'order.imported')
            OR (type = 'order.cancelled' AND (data ->> 'whole')::boolean)
        ORDER BY order_id, seq DESC
    ) e ON e.order_id = o.id
    WHERE e.type IS DISTINCT FROM CASE
        WHEN o.imported_at IS NOT NULL THEN 'order.imported'
        WHEN o.status IN ('placed', 'confirmed', 'completed', 'cancelled') THEN 'order.' || o.status
        WHEN o.status = 'expired' AND o.placed_at IS NOT NULL THEN 'order.placed' END
"""

_MONEY_REPLAY = """
    SELECT o.number AS subject, o.captured_total, coalesce(e.captured, 0) AS captured_told,
        coalesce(r.succeeded, 0) AS refunds_succeeded, coalesce(e.refunded, 0) AS refunds_told
    FROM orders_order o
    LEFT JOIN (
        SELECT order_id, sum((data ->> 'amount')::numeric) FILTER (WHERE type = 'payment.captured') AS captured,
            coalesce(sum((data ->> 'amount')::numeric) FILTER (WHERE type = 'payment.refunded'), 0)
                - coalesce(sum((data ->> 'amount')::numeric) FILTER (WHERE data ->> 'kind' = 'refund'), 0) AS refunded
        FROM orders_orderevent WHERE type IN ('payment.captured', 'payment.refunded', 'payment.reversed')
        GROUP BY order_id
    ) e ON e.order_id = o.id
    LEFT JOIN (
        SELECT order_id, sum(CASE WHEN status = 'succeeded' THEN amount ELSE stayed END) AS succeeded
        FROM orders_refund LEFT JOIN (
            SELECT refund_id, sum(amount * CASE kind WHEN 'reversal' THEN -1 ELSE 1 END) AS stayed
            FROM orders_paymenttransaction WHERE refund_id IS NOT NULL AND status = 'success'
            GROUP BY refund_id HAVING bool_or(kind = 'reversal')
        ) t ON t.refund_id = orders_refund.id
        WHERE status = 'succeeded' OR stayed IS NOT NULL GROUP BY order_id
    ) r ON r.order_id = o.id
    WHERE o.imported_at IS NULL AND (o.captured_total <> coalesce(e.captured, 0)
        OR coalesce(r.succeeded, 0) <> coalesce(e.refunded, 0))
"""

_FEED = """
    SELECT feed_position AS subject, previous FROM (
        SELECT feed_position, lag(feed_position, 1, 0) OVER (ORDER BY feed_position) AS previous
        FROM orders_orderevent WHERE feed_position IS NOT NULL
    ) feed WHERE feed_position <> previous + 1
"""

_ACTORS = """
    SELECT e.public_id AS subject, e.type, e.actor_kind FROM orders_orderevent e
    WHERE NOT e.actor_kind = ANY(%(kinds)s)
"""

_OWNERS = """
    SELECT o.number AS subject, e.public_id AS event, e.partner_id AS told_to, o.partner_id AS partner
    FROM orders_orderevent e JOIN orders_order o ON o.id = e.order_id
    WHERE e.partner_id IS DISTINCT FROM o.partner_id
"""

TIMELINE = (
    sql_check("event_sequence", "An order's events count from 1 without a gap.", _SEQUENCE),
    sql_check("event_actors", "Every event says who did it.", _ACTORS, kinds=[kind.value for kind in ActorKind]),
    sql_check("event_owners", "An order's events belong to the order's partner.", _OWNERS),
    sql_check("order_replay", "Replaying an order's events gives its status.", _REPLAY),
    sql_check("money_replay", "Replaying an order's events gives what was captured and refunded.", _MONEY_REPLAY),
    sql_check("feed_positions", "The feed's positions count from 1, unique and without a gap.", _FEED),
)
