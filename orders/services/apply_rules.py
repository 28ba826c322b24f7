"""Apply the hold rules: when an order is placed, and again when its address or amount was changed.

The rules are read once per process and version. Whoever changes a rule gives its channels another version, and the
channel's row is read by every placement anyway: so no statement is spent on rules that don't change.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

from django.db.models import Q, prefetch_related_objects
from django.utils import timezone

from orders.bundles import moving, with_components
from orders.derivation import fulfillment_status
from orders.events import OrderHeld
from orders.hold_rules import Match, matches
from orders.kernel.actor import SYSTEM, Actor
from orders.kernel.work import emit, work
from orders.models import Channel, HoldRule, Order, OrderHold, OrderLine
from orders.rule_history import rule_history
from orders.services.hold import hold_order, release_hold
from orders.states import HoldReason, OrderStatus, RuleKind

_HOLDABLE = (OrderStatus.PLACED, OrderStatus.CONFIRMED)


def hold_by_rules(order: Order, lines: Sequence[OrderLine]) -> None:
    """Hold a new order by every rule that stops it. Joins the work that places it, before the warehouse hears of it.

    Nothing is read when no rule asks for the past; three statements write the holds, however many.
    """
    found = _matches(order, lines)
    if not found:
        return
    now = timezone.now()
    holds = [
        OrderHold(
            order=order,
            reason=match.rule.reason,
            rule=match.rule,
            facts=dict(match.facts),
            placed_by=str(SYSTEM),
            release_at=_release_at(match.rule),
            created_at=now,
        )
        for match in found
    ]
    OrderHold.objects.bulk_create(holds)
    through = OrderHold.lines.through
    through.objects.bulk_create(
        through(orderhold_id=hold.pk, orderline_id=line.pk)
        for hold, match in zip(holds, found, strict=True)
        for line in with_components(match.lines, lines)
    )
    order.fulfillment_status = fulfillment_status(moving(lines), is_held=True)
    Order.objects.filter(pk=order.pk).update(fulfillment_status=order.fulfillment_status)
    order.remember(holds=holds)
    for hold in holds:
        emit(OrderHeld(order_id=order.pk, number=order.number, hold=hold.public_id, reason=hold.reason))


def evaluate_holds(order: Order, *, by: Actor) -> None:
    """Judge an order anew whose address, lines or amount were changed: hold it, or let it go on.

    A rule's hold ends when the rule no longer stops the order. What a person has released stays released, unless the
    rule has something new to say. For those who change orders: inside their work, with the order locked.
    """
    with work(by=by):
        if order.status not in _HOLDABLE:
            return
        lines = list(order.lines.order_by("position"))
        if not any(line.open for line in moving(lines)):
            return
        found = {each.rule.pk: each for each in _matches(order, lines)}
        holds = list(OrderHold.objects.filter(order=order, rule__isnull=False).order_by("pk"))
        held = {hold.rule_id for hold in holds if hold.released_at is None}
        for hold in holds:
            if hold.released_at is not None:
                continue
            match = found.get(hold.rule_id or 0)
            if match is None:
                release_hold(hold.public_id, order_id=order.pk, by=SYSTEM)
            elif hold.facts != match.facts:  # it still holds, for what is so now
                OrderHold.objects.filter(pk=hold.pk).update(facts=dict(match.facts))
        answered = {hold.rule_id: hold for hold in holds if hold.released_at is not None}
        for pk, each in found.items():
            if pk not in held and not _is_answered(answered.get(pk), each):
                _hold(order, each)


def rules_of(channel: Channel) -> tuple[HoldRule, ...]:
    """The rules that count in a channel now, in their order; from memory while nobody changes them."""
    return _rules(channel.pk, channel.hold_rules_version)


@lru_cache(maxsize=256)
def _rules(channel_id: int, _version: UUID) -> tuple[HoldRule, ...]:
    counting = Q(channel=None) | Q(channel_id=channel_id)
    return tuple(HoldRule.objects.filter(counting, is_active=True).order_by("priority", "pk"))


def _matches(order: Order, lines: Sequence[OrderLine]) -> list[Match]:
    rules = rules_of(order.channel)
    if not rules:
        return []
    if any(rule.kind == RuleKind.PRODUCTS and (rule.categories or rule.tags) for rule in rules):
        prefetch_related_objects(list(lines), "product")
    asked = [rule for rule in rules if _may_match(rule, order)]
    counted: Mapping[int, int] = rule_history([order.pk], asked).get(order.pk, {})
    return matches(asked, order, lines, counted)


def _may_match(rule: HoldRule, order: Order) -> bool:
    """Nobody asks for the past of an order that is too small, or in another currency."""
    if rule.kind != RuleKind.FIRST_ORDER_ABOVE:
        return True
    return rule.amount is not None and order.currency == rule.currency and order.total > rule.amount


def _release_at(rule: HoldRule) -> datetime | None:
    return timezone.now() + timedelta(hours=rule.release_after_hours) if rule.release_after_hours else None


def _is_answered(hold: OrderHold | None, match: Match) -> bool:
    """Whether a person has looked at just this: how often somebody ordered changes by itself and is no news."""
    if hold is None or hold.released_by == str(SYSTEM):
        return False
    return match.rule.kind == RuleKind.VELOCITY or hold.facts == match.facts


def _hold(order: Order, match: Match) -> None:
    hold_order(
        order.pk,
        reason=HoldReason(match.rule.reason),
        release_at=_release_at(match.rule),
        lines=[line.public_id for line in match.lines if line.open],
        rule=match.rule,
        facts=match.facts,
        by=SYSTEM,
    )
