"""Money: never more back than was taken, never more taken than was promised, and every cent explained."""

from orders.history import GATEWAY
from orders.kernel.audit import sql_check
from orders.states import PaymentStatus, RefundStatus

_CURRENCY = """
    SELECT o.number AS subject, x.kind, x.name, x.currency, o.currency AS order_currency
    FROM (
        SELECT order_id, 'payment' AS kind, public_id AS name, currency FROM orders_payment
        UNION ALL SELECT order_id, 'refund', public_id, currency FROM orders_refund
        UNION ALL SELECT order_id, 'invoice', number, currency FROM orders_invoice
        UNION ALL SELECT order_id, 'credit note', number, currency FROM orders_creditnote
    ) x JOIN orders_order o ON o.id = x.order_id
    WHERE x.currency <> o.currency
"""

# Money that came in by hand was never authorised apart: its charge is its authorisation.
_PAYMENTS = """
    SELECT (SELECT number FROM orders_order o WHERE o.id = p.order_id) AS subject, p.public_id AS payment,
        p.authorized_amount, p.captured_amount, p.refunded_amount,
        t.authorized - t.voided AS authorized, t.captured, t.refunded
    FROM orders_payment p
    LEFT JOIN (
        SELECT payment_id,
            coalesce(sum(amount) FILTER (WHERE kind = 'authorization'), sum(amount) FILTER (WHERE kind = 'charge'), 0)
                AS authorized,
            coalesce(sum(amount) FILTER (WHERE kind = 'void'), 0) AS voided,
            coalesce(sum(amount) FILTER (WHERE kind = 'charge'), 0) AS captured,
            coalesce(sum(amount) FILTER (WHERE kind IN ('refund', 'chargeback')), 0)
                - coalesce(sum(amount) FILTER (WHERE kind = 'reversal'), 0) AS refunded
        FROM orders_paymenttransaction WHERE status = 'success' GROUP BY payment_id
    ) t ON t.payment_id = p.id
    WHERE p.authorized_amount <> coalesce(t.authorized - t.voided, 0)
        OR p.captured_amount <> coalesce(t.captured, 0) OR p.refunded_amount <> coalesce(t.refunded, 0)
"""

_ORDERS = """
    SELECT o.number AS subject, o.authorized_total, o.captured_total, o.refunded_total,
        p.authorized, p.captured, p.refunded
    FROM orders_order o
    LEFT JOIN (
        SELECT order_id, sum(authorized_amount) AS authorized, sum(captured_amount) AS captured,
            sum(refunded_amount) AS refunded
        FROM orders_payment GROUP BY order_id
    ) p ON p.order_id = o.id
    WHERE o.authorized_total <> coalesce(p.authorized, 0) OR o.captured_total <> coalesce(p.captured, 0)
        OR o.refunded_total <> coalesce(p.refunded, 0)
"""

_IN_ORDER = """
    SELECT o.number AS subject, '' AS payment, o.authorized_total AS authorized, o.captured_total AS captured,
        o.refunded_total AS refunded
    FROM orders_order o WHERE NOT (0 <= refunded_total AND refunded_total <= captured_total
        AND captured_total <= authorized_total)
    UNION ALL
    SELECT (SELECT number FROM orders_order o WHERE o.id = p.order_id), p.public_id, p.authorized_amount,
        p.captured_amount, p.refunded_amount
    FROM orders_payment p WHERE NOT (0 <= refunded_amount AND refunded_amount <= captured_amount
        AND captured_amount <= authorized_amount AND authorized_amount <= amount)
"""

_STATUSES = """
    SELECT (SELECT number FROM orders_order o WHERE o.id = p.order_id) AS subject, p.public_id AS payment, p.status,
        p.authorized_amount, p.captured_amount
    FROM orders_payment p
    WHERE NOT CASE p.status
        WHEN %(captured)s THEN captured_amount > 0 AND captured_amount = authorized_amount
        WHEN %(partially_captured)s THEN captured_amount > 0 AND captured_amount < authorized_amount
        WHEN %(authorized)s THEN captured_amount = 0 AND authorized_amount > 0
        WHEN %(expired)s THEN captured_amount = 0
        ELSE captured_amount = 0 AND authorized_amount = 0 END
"""

_REFUNDS = """
    SELECT (SELECT number FROM orders_order o WHERE o.id = r.order_id) AS subject, r.public_id AS refund, r.status,
        r.amount, t.sent, t.pending
    FROM orders_refund r
    LEFT JOIN (
        SELECT refund_id, coalesce(sum(amount * CASE kind WHEN 'reversal' THEN -1 ELSE 1 END)
                FILTER (WHERE status = 'success'), 0) AS sent,
            coalesce(sum(amount) FILTER (WHERE status = 'pending'), 0) AS pending,
            count(*) FILTER (WHERE status = 'failure' OR kind = 'reversal') AS refused
        FROM orders_paymenttransaction WHERE refund_id IS NOT NULL GROUP BY refund_id
    ) t ON t.refund_id = r.id
    WHERE NOT CASE r.status
        WHEN %(succeeded)s THEN coalesce(t.sent, 0) = r.amount
        WHEN %(pending)s THEN coalesce(t.sent + t.pending, 0) = r.amount
            OR (t.refused > 0 AND t.sent + t.pending < r.amount)
        WHEN %(failed)s THEN coalesce(t.sent, 0) < r.amount
        ELSE coalesce(t.sent + t.pending, 0) = 0 END
"""

_PROMISED = """
    SELECT o.number AS subject, o.captured_total, r.promised
    FROM orders_order o
    JOIN (SELECT order_id, sum(amount) AS promised FROM orders_refund WHERE status <> %(cancelled)s GROUP BY order_id) r
        ON r.order_id = o.id
    WHERE r.promised > o.captured_total
"""

_HISTORY = """
    SELECT o.number AS subject, p.public_id AS payment, p.gateway
    FROM orders_order o JOIN orders_payment p ON p.order_id = o.id
    WHERE o.imported_at IS NOT NULL AND p.gateway <> %(by_hand)s
"""

MONEY = (
    sql_check("one_currency", "An order, its payments, refunds and papers are in one currency.", _CURRENCY),
    sql_check("payment_amounts", "A payment's amounts are the sums of its successful transactions.", _PAYMENTS),
    sql_check(
        "payment_statuses",
        "A payment's status says how far its money is.",
        _STATUSES,
        captured=PaymentStatus.CAPTURED.value,
        partially_captured=PaymentStatus.PARTIALLY_CAPTURED.value,
        authorized=PaymentStatus.AUTHORIZED.value,
        expired=PaymentStatus.EXPIRED.value,
    ),
    sql_check("order_money", "An order's money is that of its payments.", _ORDERS),
    sql_check("money_in_order", "Refunded is at most captured, and captured at most authorised.", _IN_ORDER),
    sql_check(
        "refund_amounts",
        "A refund's transactions make its amount.",
        _REFUNDS,
        succeeded=RefundStatus.SUCCEEDED.value,
        pending=RefundStatus.PENDING.value,
        failed=RefundStatus.FAILED.value,
    ),
    sql_check(
        "refunds_are_covered",
        "No more is promised back than was captured.",
        _PROMISED,
        cancelled=RefundStatus.CANCELLED.value,
    ),
    sql_check(
        "history_moved_no_money",
        "An imported order was paid elsewhere: no gateway knows it.",
        _HISTORY,
        by_hand=GATEWAY,
    ),
)
