"""Hold rules as staff make them."""

from decimal import Decimal
from typing import Any

from orders.kernel.actor import Actor, ActorKind
from orders.models import HoldRule
from orders.services.keep_rule import keep_rule
from orders.states import RuleKind

BOSS = Actor(kind=ActorKind.STAFF, name="boss")


def a_rule(kind: RuleKind, **columns: Any) -> HoldRule:
    """A rule of that kind, called like it unless told otherwise."""
    return keep_rule(HoldRule(**({"name": str(kind), "kind": kind} | columns)), by=BOSS)


def above(amount: str = "20.00", *, first: bool = False, currency: str = "EUR", **columns: Any) -> HoldRule:
    kind = RuleKind.FIRST_ORDER_ABOVE if first else RuleKind.AMOUNT_ABOVE
    return a_rule(kind, amount=Decimal(amount), currency=currency, **columns)


def velocity(counted: str = "orders", same: str = "email", times: int = 2, **columns: Any) -> HoldRule:
    wanted = {"counted": counted, "same": same, "times": times, "within_hours": 24} | columns
    return a_rule(RuleKind.VELOCITY, **wanted)
