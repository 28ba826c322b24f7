"""The outbox: every event has exactly the messages that it should have, and no message tells of nothing.

``messages_owed`` is also used by the floors above, each for its own events.
"""

from collections.abc import Mapping
from typing import Any

from orders.kernel.audit import Check, sql_check
from orders.notifications import TEMPLATES, TOLD_WITH_PLACED


def messages_owed(name: str, templates: Mapping[str, str], *, unless: str = "false", **parameters: Any) -> Check:
    """Every event of these types has its message, by template, ``unless`` (SQL about the event ``e``)."""
    sql = f"""
        SELECT (SELECT number FROM orders_order o WHERE o.id = e.order_id) AS subject, e.type AS event, t.template
        FROM unnest(%(types)s::text[], %(templates)s::text[]) AS t(type, template)
        JOIN orders_orderevent e ON e.type = t.type
        WHERE NOT ({unless}) AND NOT EXISTS (
            SELECT FROM orders_notification n
            WHERE n.change_set = e.change_set AND n.order_id = e.order_id AND n.template = t.template)
    """  # noqa: S608 - our own words
    return sql_check(
        name,
        "Every event that the customer must hear of has its message.",
        sql,
        types=list(templates),
        templates=list(templates.values()),
        **parameters,
    )


# An order that is placed and goes on in the same change gets one mail, a cancellation or a change may be a quiet one,
# papers are mailed where their channel wanted that, a customer who pays right now is sent to the gateway, not written
# to, and what ends a hold by cancelling the order lets nothing go on. The mail about a change tells new dates and what
# is to be paid, too. Of a hold that comes and goes at once nobody hears, nor of one that goes while another stays.
_TOLD_OTHERWISE = """
    (e.type IN ('order.cancelled', 'order.changed') AND NOT (e.data ->> 'notify')::boolean)
    OR (e.type IN ('order.held', 'promise.changed') AND EXISTS (
        SELECT FROM orders_orderevent c WHERE c.order_id = e.order_id AND c.change_set = e.change_set
            AND c.type = 'order.changed' AND (c.data ->> 'notify')::boolean AND c.seq > e.seq))
    OR (e.type IN ('order.held', 'order.released') AND EXISTS (
        SELECT FROM orders_orderevent h WHERE h.order_id = e.order_id AND h.change_set = e.change_set
            AND h.type IN ('order.held', 'order.released') AND h.type <> e.type
            AND CASE WHEN h.data ->> 'hold' = e.data ->> 'hold' THEN true
                WHEN e.type = 'order.released' THEN h.seq > e.seq
                ELSE h.data ->> 'reason' = e.data ->> 'reason' AND h.seq < e.seq END))
    OR (e.type = 'order.released' AND EXISTS (
        SELECT FROM orders_orderhold h WHERE h.order_id = e.order_id AND h.public_id <> e.data ->> 'hold'
            AND h.created_at <= e.occurred_at AND coalesce(h.released_at, 'infinity') >= e.occurred_at))
    OR (e.type = 'payment.action_required' AND e.actor_kind = 'customer')
    OR (e.type = 'order.released' AND EXISTS (
        SELECT FROM orders_orderevent c WHERE c.order_id = e.order_id AND c.change_set = e.change_set
            AND c.type = 'order.cancelled' AND (c.data ->> 'whole')::boolean))
    OR (e.type = ANY(%(told_with_placed)s) AND EXISTS (
        SELECT FROM orders_orderevent p
        WHERE p.order_id = e.order_id AND p.change_set = e.change_set AND p.type = 'order.placed' AND p.seq < e.seq))
    OR (e.type = 'invoice.issued' AND NOT EXISTS (
        SELECT FROM orders_invoice i
        WHERE i.number = e.data ->> 'invoice' AND i.snapshot ->> 'papers_by_mail' = 'attach'))
    OR (e.type = 'credit_note.issued' AND NOT EXISTS (
        SELECT FROM orders_creditnote c
        WHERE c.number = e.data ->> 'credit_note' AND c.snapshot ->> 'papers_by_mail' = 'attach'))
"""

OUTBOX = (
    messages_owed(
        "order_messages",
        {event.type: template for event, template in TEMPLATES.items()},
        unless=_TOLD_OTHERWISE,
        told_with_placed=[event.type for event in TOLD_WITH_PLACED],
    ),
    sql_check(
        "messages_tell_facts",
        "Every message tells of a change that was committed.",
        """
        SELECT n.id AS subject, n.template, n.change_set::text AS change_set FROM orders_notification n
        WHERE NOT EXISTS (SELECT FROM orders_orderevent e WHERE e.change_set = n.change_set)
        """,
    ),
    sql_check(
        "history_told_nobody",
        "Nobody gets a message about an imported order's past.",
        """
        SELECT o.number AS subject, n.template FROM orders_notification n
        JOIN orders_orderevent e ON e.change_set = n.change_set AND e.type = 'order.imported'
        JOIN orders_order o ON o.id = n.order_id
        """,
    ),
)
