"""Whether a hold rule stops an order: pure functions of the order, its lines and what was counted before."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from orders.addresses import problems
from orders.kernel.money import text
from orders.models import HoldRule, Order, OrderLine
from orders.states import RuleKind


@dataclass(frozen=True, kw_only=True)
class Match:
    """A rule that stops an order, or only ``lines``; its ``facts`` hold no personal data."""

    rule: HoldRule
    facts: Mapping[str, Any]
    lines: tuple[OrderLine, ...] = field(default=())


def matches(
    rules: Sequence[HoldRule], order: Order, lines: Sequence[OrderLine], counted: Mapping[int, int]
) -> list[Match]:
    """The rules that stop the order, first things first; ``counted`` is the order's part of ``rule_history``."""
    found = []
    for rule in rules:
        match = _JUDGES[RuleKind(rule.kind)](rule, order, lines, counted.get(rule.pk, 0))
        if match is not None:
            found.append(match)
    return found


def _amount_above(rule: HoldRule, order: Order, _lines: Sequence[OrderLine], _counted: int) -> Match | None:
    if rule.amount is None or order.currency != rule.currency or order.total <= rule.amount:
        return None
    return Match(rule=rule, facts={"amount": text(order.total, order.currency), "currency": order.currency})


def _first_order_above(rule: HoldRule, order: Order, lines: Sequence[OrderLine], earlier: int) -> Match | None:
    return None if earlier else _amount_above(rule, order, lines, 0)


def _velocity(rule: HoldRule, _order: Order, _lines: Sequence[OrderLine], counted: int) -> Match | None:
    return Match(rule=rule, facts={"times": counted}) if rule.times and counted >= rule.times else None


def _country_mismatch(rule: HoldRule, order: Order, _lines: Sequence[OrderLine], _counted: int) -> Match | None:
    billing, shipping = _country(order.billing_address), _country(order.shipping_address)
    if not billing or not shipping or billing == shipping:
        return None
    return Match(rule=rule, facts={"billing": billing, "shipping": shipping})


def _countries(rule: HoldRule, order: Order, _lines: Sequence[OrderLine], _counted: int) -> Match | None:
    named = [_country(order.shipping_address), _country(order.billing_address)]
    listed = [country for country in dict.fromkeys(named) if country in rule.countries]
    return Match(rule=rule, facts={"countries": listed}) if listed else None


def _address_incomplete(rule: HoldRule, order: Order, _lines: Sequence[OrderLine], _counted: int) -> Match | None:
    wrong = [problem.field for problem in problems(order.shipping_address)]
    return Match(rule=rule, facts={"fields": wrong}) if wrong else None


def _products(rule: HoldRule, order: Order, lines: Sequence[OrderLine], _counted: int) -> Match | None:
    tags = [tag for tag in order.tags if tag in rule.tags]
    named = tuple(line for line in lines if line.active and _is_named(rule, line))
    if not named and not tags:
        return None
    facts = {"skus": sorted({line.sku for line in named}), "tags": tags}
    return Match(rule=rule, facts=facts, lines=named if rule.only_lines and not tags else ())


def _is_named(rule: HoldRule, line: OrderLine) -> bool:
    if any(line.sku.startswith(sku[:-1]) if sku.endswith("*") else line.sku == sku for sku in rule.skus):
        return True
    if not rule.categories and not rule.tags:
        return False
    data = line.product.metadata if isinstance(line.product.metadata, dict) else {}
    tags = data.get("tags")
    has_tag = isinstance(tags, list) and any(tag in rule.tags for tag in tags if isinstance(tag, str))
    return has_tag or data.get("category") in rule.categories


def _blocked_contact(rule: HoldRule, order: Order, _lines: Sequence[OrderLine], _counted: int) -> Match | None:
    email = order.email.lower()
    domain = f"@{email.rpartition('@')[2]}"
    if email and email in rule.contacts:
        return Match(rule=rule, facts={"by": "address"})
    return Match(rule=rule, facts={"by": "domain"}) if email and domain in rule.contacts else None


def _country(address: Mapping[str, Any] | None) -> str:
    return str((address or {}).get("country") or "").upper()


_JUDGES: dict[RuleKind, Callable[[HoldRule, Order, Sequence[OrderLine], int], Match | None]] = {
    RuleKind.AMOUNT_ABOVE: _amount_above,
    RuleKind.FIRST_ORDER_ABOVE: _first_order_above,
    RuleKind.VELOCITY: _velocity,
    RuleKind.COUNTRY_MISMATCH: _country_mismatch,
    RuleKind.COUNTRIES: _countries,
    RuleKind.ADDRESS_INCOMPLETE: _address_incomplete,
    RuleKind.PRODUCTS: _products,
    RuleKind.BLOCKED_CONTACT: _blocked_contact,
}
