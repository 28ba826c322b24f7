"""Liveness: whatever isn't finished has somebody who acts next, or a job that is due. Stuck is a bug."""

from orders.kernel.audit import sql_check

_SUBMITTED = """
    SELECT o.number AS subject, o.created_at::text AS since FROM orders_order o
    WHERE o.status = 'submitted' AND o.created_at < now() - %(overdue)s::interval AND NOT EXISTS (
        SELECT FROM orders_paymenttransaction t JOIN orders_payment p ON p.id = t.payment_id
        WHERE p.order_id = o.id AND t.kind = 'authorization' AND t.status = 'pending')
"""

# A lease lasts minutes; one without an end, or one that lasts for hours, keeps everybody else away for ever.
_FORGOTTEN = """greatest(due_at, leased_until) < now() - %(overdue)s::interval
    OR leased_until > now() + interval '1 hour' OR (lease_token IS NULL) <> (leased_until IS NULL)"""

_TRANSACTIONS = f"""
    SELECT (SELECT o.number FROM orders_payment p JOIN orders_order o ON o.id = p.order_id WHERE p.id = t.payment_id)
        AS subject, t.kind, t.idempotency_key, t.due_at::text AS due_at, t.leased_until::text AS leased_until
    FROM orders_paymenttransaction t WHERE t.status = 'pending' AND ({_FORGOTTEN})
"""  # noqa: S608

_MESSAGES = f"""
    SELECT n.id AS subject, n.template, n.status, n.due_at::text AS due_at, n.leased_until::text AS leased_until
    FROM orders_notification n WHERE n.status IN ('pending', 'leased') AND ({_FORGOTTEN})
"""  # noqa: S608

_NOTICES = f"""
    SELECT event_id AS subject, gateway, type, due_at::text AS due_at, leased_until::text AS leased_until
    FROM orders_gatewaynotice WHERE status = 'pending' AND ({_FORGOTTEN})
"""  # noqa: S608

_HOLDS = """
    SELECT (SELECT number FROM orders_order o WHERE o.id = h.order_id) AS subject, h.public_id AS hold,
        h.release_at::text AS release_at
    FROM orders_orderhold h WHERE h.released_at IS NULL AND h.release_at < now() - %(overdue)s::interval
"""

_UNPAID = """
    SELECT o.number AS subject, o.expires_at::text AS expires_at FROM orders_order o
    WHERE o.status = 'placed' AND o.expires_at < now() - %(overdue)s::interval
        AND NOT EXISTS (
            SELECT FROM orders_orderhold h
            WHERE h.order_id = o.id AND h.released_at IS NULL AND h.reason <> 'awaiting_payment')
        AND NOT EXISTS (
            SELECT FROM orders_paymenttransaction t JOIN orders_payment p ON p.id = t.payment_id
            WHERE p.order_id = o.id AND t.status = 'pending' AND t.leased_until > now())
"""

_DRAFTS = """
    SELECT o.number AS subject, d.public_id AS draft, d.reserve_until::text AS reserve_until,
        d.expires_at::text AS expires_at
    FROM orders_draft d JOIN orders_order o ON o.id = d.order_id
    WHERE o.status = 'draft' AND least(d.reserve_until, d.expires_at) < now() - %(overdue)s::interval
"""

_CALLS = """
    SELECT x.public_id AS subject, x.call_back_at::text AS call_back_at FROM (
        SELECT c.public_id, c.call_back_at FROM orders_contactlog c
        WHERE c.call_back_asked_at IS NULL AND c.called_back_at IS NULL
        UNION ALL
        SELECT d.public_id, d.call_back_at FROM orders_draft d JOIN orders_order o ON o.id = d.order_id
        WHERE d.call_back_asked_at IS NULL AND o.status = 'draft'
    ) x WHERE x.call_back_at < now() - %(overdue)s::interval
"""

_FEED = """
    SELECT e.public_id AS subject, e.type, e.occurred_at::text AS occurred_at FROM orders_orderevent e
    WHERE e.feed_position IS NULL AND e.occurred_at < now() - %(overdue)s::interval
"""

_KEYS = """
    SELECT k.key AS subject, k.created_at::text AS since, o.number AS order
    FROM orders_idempotencykey k
    JOIN orders_apikey a ON a.id = k.api_key_id
    LEFT JOIN orders_order o ON o.id = k.order_id
    WHERE (k.status IS NULL AND k.order_id IS NULL) OR o.partner_id <> a.partner_id
"""

_PAID = """
    SELECT o.number AS subject, o.total, o.authorized_total FROM orders_order o
    WHERE o.status = 'placed' AND o.total > 0 AND o.updated_at < now() - %(overdue)s::interval
        AND o.total - o.credited_total - o.authorized_total + o.refunded_total <= 0
"""

_UNCAPTURED = """
    SELECT o.number AS subject, i.billed, o.authorized_total, o.captured_total
    FROM orders_order o
    JOIN (SELECT order_id, sum(total) AS billed FROM orders_invoice GROUP BY order_id) i ON i.order_id = o.id
    WHERE o.captured_total < least(i.billed, o.authorized_total) AND o.status = 'confirmed'
        AND NOT EXISTS (
            SELECT FROM orders_paymenttransaction t JOIN orders_payment p ON p.id = t.payment_id
            WHERE p.order_id = o.id AND t.kind = 'charge' AND t.status = 'pending')
        AND NOT EXISTS (
            SELECT FROM orders_processexception x
            WHERE x.order_id = o.id AND x.category = 'capture_failed' AND x.status = 'open')
"""

_REFUNDS = """
    SELECT (SELECT number FROM orders_order o WHERE o.id = r.order_id) AS subject, r.public_id AS refund, r.status
    FROM orders_refund r
    WHERE (r.status = 'granted' AND r.created_at < now() - %(overdue)s::interval)
        OR (r.status = 'pending' AND NOT EXISTS (
            SELECT FROM orders_paymenttransaction t WHERE t.refund_id = r.id AND t.status = 'pending'))
"""

_DELIVERED = """
    SELECT o.number AS subject, o.fulfillment_status, o.payment_status
    FROM orders_order o
    JOIN (
        SELECT order_id FROM orders_orderline WHERE kind <> 'bundle' GROUP BY order_id
        HAVING sum(ordered - cancelled) > 0 AND bool_and(delivered >= ordered - cancelled)
    ) arrived ON arrived.order_id = o.id
    WHERE o.status = 'confirmed' AND o.captured_total = o.authorized_total
        AND o.total - o.credited_total - o.authorized_total + o.refunded_total = 0
        AND NOT EXISTS (
            SELECT FROM orders_paymenttransaction t JOIN orders_payment p ON p.id = t.payment_id
            WHERE p.order_id = o.id AND t.status = 'pending')
"""

_JOBS = """
    SELECT j.public_id AS subject, j.kind, j.status, j.created_at::text AS since, j.leased_until::text AS leased_until
    FROM orders_job j
    WHERE j.status IN ('queued', 'running') AND NOT j.is_streamed
        AND coalesce(j.leased_until, j.created_at) < now() - %(overdue)s::interval
"""

LIVENESS = (
    sql_check("submitted_orders", "A submitted order waits for its gateway's answer, and somebody asks.", _SUBMITTED),
    sql_check("payments_in_time", "What is owed at a gateway is asked for when it is due.", _TRANSACTIONS),
    sql_check("messages_in_time", "Messages go out when they are due.", _MESSAGES),
    sql_check("notices_in_time", "What gateways tell us is worked off when it is due.", _NOTICES),
    sql_check("jobs_in_time", "Imports and exports are taken by a worker, and kept until they are done.", _JOBS),
    sql_check("holds_in_time", "Holds end when they are due.", _HOLDS),
    sql_check("unpaid_orders", "An order that nobody paid expires when its time is over.", _UNPAID),
    sql_check("drafts_in_time", "What drafts keep, and drafts themselves, end when they are due.", _DRAFTS),
    sql_check("calls_in_time", "Whoever was promised a call is on somebody's list when it is due.", _CALLS),
    sql_check("feed_in_time", "Events get their place in the feed soon after they happened.", _FEED),
    sql_check("idempotency_keys", "A key was answered or names the order that will be, of its own partner.", _KEYS),
    sql_check("paid_orders", "An order that nothing is owed for is confirmed.", _PAID),
    sql_check("bills_are_captured", "What was billed and authorised is captured, or a person is asked.", _UNCAPTURED),
    sql_check("refunds_in_time", "A granted refund is executed.", _REFUNDS),
    sql_check("delivered_orders", "An order that was delivered and settled is completed.", _DELIVERED),
)
