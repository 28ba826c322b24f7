"""Value that customers hold: balances are the sums of their ledger, and payments took what they say."""

from orders.kernel.audit import sql_check
from orders.states import PaymentLinkStatus, RefundTarget

_BALANCES = """
    SELECT v.name AS subject, v.balance, coalesce(m.moved, 0) AS moved
    FROM (
        SELECT 'gift_card' AS kind, id, public_id AS name, balance FROM orders_giftcard
        UNION ALL SELECT 'store_credit', id, public_id, balance FROM orders_storecredit
    ) v
    LEFT JOIN (
        SELECT CASE WHEN gift_card_id IS NULL THEN 'store_credit' ELSE 'gift_card' END AS kind,
            coalesce(gift_card_id, store_credit_id) AS id, sum(amount) AS moved
        FROM orders_balancemovement GROUP BY 1, 2
    ) m ON m.kind = v.kind AND m.id = v.id
    WHERE v.balance <> coalesce(m.moved, 0)
"""

# What became store credit by a refund didn't go back to where it was taken from.
_TAKEN = """
    SELECT (SELECT number FROM orders_order o WHERE o.id = p.order_id) AS subject, p.public_id AS payment,
        p.authorized_amount, coalesce(r.returned, 0) AS returned, coalesce(m.moved, 0) AS moved
    FROM orders_payment p
    LEFT JOIN (SELECT payment_id, sum(amount) AS moved FROM orders_balancemovement GROUP BY payment_id) m
        ON m.payment_id = p.id
    LEFT JOIN (
        SELECT t.payment_id, sum(t.amount) AS returned
        FROM orders_paymenttransaction t JOIN orders_refund f ON f.id = t.refund_id
        WHERE t.kind = 'refund' AND t.status = 'success' AND f."to" = %(original)s GROUP BY t.payment_id
    ) r ON r.payment_id = p.id
    WHERE (p.gift_card_id IS NOT NULL OR p.store_credit_id IS NOT NULL)
        AND -coalesce(m.moved, 0) <> p.authorized_amount - coalesce(r.returned, 0)
"""

_CREDITED = """
    SELECT (SELECT number FROM orders_order o WHERE o.id = r.order_id) AS subject, r.public_id AS refund, r.amount,
        coalesce(m.moved, 0) AS moved
    FROM orders_refund r
    LEFT JOIN (
        SELECT refund_id, sum(amount) AS moved FROM orders_balancemovement WHERE kind = 'credited' GROUP BY refund_id
    ) m ON m.refund_id = r.id
    WHERE r."to" = %(credit)s AND r.amount <> coalesce(m.moved, 0)
"""

_CURRENCIES = """
    SELECT (SELECT number FROM orders_order o WHERE o.id = p.order_id) AS subject, p.public_id AS payment, p.currency,
        coalesce(c.currency, s.currency) AS taken_from
    FROM orders_payment p
    LEFT JOIN orders_giftcard c ON c.id = p.gift_card_id
    LEFT JOIN orders_storecredit s ON s.id = p.store_credit_id
    JOIN orders_order o ON o.id = p.order_id
    WHERE c.currency <> p.currency OR s.currency <> p.currency OR s.customer_id <> o.customer_id
"""

_LINKS = """
    SELECT o.number AS subject, l.public_id AS link, o.status
    FROM orders_paymentlink l JOIN orders_order o ON o.id = l.order_id
    WHERE l.status = %(open)s AND (
        o.status NOT IN ('placed', 'confirmed')
        OR o.total - o.credited_total - o.authorized_total + o.refunded_total <= 0
        OR l.expires_at < now() - %(overdue)s::interval)
"""

VALUE = (
    sql_check("balances", "A balance is the sum of its movements.", _BALANCES),
    sql_check(
        "value_taken",
        "A payment has taken what it says from its gift card or credit.",
        _TAKEN,
        original=RefundTarget.ORIGINAL.value,
    ),
    sql_check(
        "refunds_credited", "A refund as credit gave its amount.", _CREDITED, credit=RefundTarget.STORE_CREDIT.value
    ),
    sql_check("value_owners", "Value pays in its own currency, and credit its own customer's orders.", _CURRENCIES),
    sql_check(
        "links_in_time",
        "A payment link is open only while something is owed and its time lasts.",
        _LINKS,
        open=PaymentLinkStatus.OPEN.value,
    ),
)
