"""Which of the newest orders a rule would have held, had it counted then: for the page that tries a rule out."""

from collections.abc import Sequence
from dataclasses import dataclass

from orders.hold_rules import Match, matches
from orders.models import HoldRule, Order, OrderHold
from orders.rule_history import rule_history
from orders.rule_words import why
from orders.selectors import visible_orders

MOST = 500


@dataclass(frozen=True, kw_only=True)
class Hit:
    """An order that would have been held, and why."""

    order: Order
    why: str


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What came of it."""

    looked_at: int
    hits: tuple[Hit, ...]


def trial(rule: HoldRule) -> Trial:
    """Try a rule on the newest orders of its channel, as they are now; the past is counted as it was at each of them.

    Four statements, however many orders.
    """
    orders = visible_orders().filter(imported_at=None).select_related("customer")
    if rule.channel_id:
        orders = orders.filter(channel_id=rule.channel_id)
    newest = list(orders.prefetch_related("lines__product").order_by("-created_at", "-pk")[:MOST])
    counted = rule_history([order.pk for order in newest], [rule])
    found = [(order, matches([rule], order, list(order.lines.all()), counted.get(order.pk, {}))) for order in newest]
    return Trial(looked_at=len(newest), hits=tuple(_hit(order, match) for order, match in found if match))


def _hit(order: Order, found: Sequence[Match]) -> Hit:
    match = found[0]
    return Hit(order=order, why=why(OrderHold(rule=match.rule, facts=dict(match.facts))))
