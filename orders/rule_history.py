"""What hold rules ask of the past, for one order or five hundred, and any number of rules: one statement.

Each question is a subquery with a limit and an index of its own, so its cost is that of the few rows it finds:
an OR over all of them would read the table.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import connection

from orders.models import HoldRule
from orders.states import Counted, OrderStatus, RuleKind, Sameness

# Orders that don't make their buyer a known customer.
_NOTHING_CAME_OF = [
    OrderStatus.DRAFT.value,
    OrderStatus.SUBMITTED.value,
    OrderStatus.DECLINED.value,
    OrderStatus.CANCELLED.value,
    OrderStatus.EXPIRED.value,
]
_DOOR = (
    "lower({0}.shipping_address ->> 'line1')",
    "upper({0}.shipping_address ->> 'postal_code')",
    "upper({0}.shipping_address ->> 'country')",
)
_SAME = {
    Sameness.CUSTOMER: "e.customer_id = o.customer_id",
    Sameness.EMAIL: "e.email = o.email AND o.email <> ''",
    Sameness.PHONE: "reverse(e.phone_e164) = reverse(o.phone_e164) AND e.phone_e164 <> '' AND o.phone_e164 <> ''",
    Sameness.ADDRESS: " AND ".join(f"{part.format('e')} = {part.format('o')}" for part in _DOOR),
}
_WHAT = {
    Counted.ORDERS: "e.id",
    Counted.CARDS: "p.gateway, p.token",
    Counted.ADDRESSES: ", ".join(part.format("e") for part in _DOOR),
}
_FIRST = """(SELECT count(*) FROM (
    SELECT FROM orders_order e WHERE e.customer_id = o.customer_id AND e.id <> o.id
        AND e.created_at <= o.created_at AND e.status <> ALL(%s) LIMIT 1) earlier)"""

History = Mapping[int, Mapping[int, int]]


def rule_history(order_ids: Collection[int], rules: Sequence[HoldRule]) -> History:
    """By order and rule: earlier orders of a customer (at most one), or what was counted up to this order.

    Orders that a gateway declined count too: whoever tries stolen cards has many of them. No statement when no rule
    asks for the past.
    """
    asking = [rule for rule in rules if rule.kind in (RuleKind.VELOCITY, RuleKind.FIRST_ORDER_ABOVE)]
    if not asking or not order_ids:
        return {}
    columns, parameters = [], list[Any]()
    for rule in asking:
        sql, asked = _question(rule)
        columns.append(sql)
        parameters += asked
    statement = f"SELECT o.id, {', '.join(columns)} FROM orders_order o WHERE o.id = ANY(%s)"  # noqa: S608 - our own
    with connection.cursor() as cursor:
        cursor.execute(statement, [*parameters, list(order_ids)])
        return {row[0]: dict(zip([rule.pk for rule in asking], row[1:], strict=True)) for row in cursor.fetchall()}


def _question(rule: HoldRule) -> tuple[str, list[Any]]:
    if rule.kind == RuleKind.FIRST_ORDER_ABOVE:
        return _FIRST, [_NOTHING_CAME_OF]
    paid = "JOIN orders_payment p ON p.order_id = e.id AND p.token <> ''" if rule.counted == Counted.CARDS else ""
    sql = f"""(SELECT count(*) FROM (
        SELECT DISTINCT {_WHAT[Counted(rule.counted)]} FROM orders_order e {paid}
        WHERE {_SAME[Sameness(rule.same)]} AND e.created_at <= o.created_at AND e.imported_at IS NULL
            AND e.created_at > o.created_at - make_interval(hours => %s) AND e.status <> %s
            AND (e.status <> %s OR e.placed_at IS NOT NULL) LIMIT %s) counted)"""  # noqa: S608
    return sql, [rule.within_hours, OrderStatus.DRAFT.value, OrderStatus.EXPIRED.value, rule.times]
