"""Rules and decisions of sourcing in sentences: for the order's page and the pages of the rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orders.models import Order
from warehouse.models import SourcingDecision, SourcingRule
from warehouse.planning.sourcing_rules import (
    CAPACITY,
    CHEAPEST,
    CLOSEST,
    PARAMETERS,
    PARCELS,
    PRIORITY,
)
from warehouse.states import SourcingCause, SourcingRuleKind


@dataclass(frozen=True, kw_only=True)
class Other:
    """A way that was not chosen: what it would have cost, and what would change the choice."""

    places: str
    costs: tuple[str, ...]
    why_not: str


@dataclass(frozen=True, kw_only=True)
class Told:
    """A decision in words."""

    cause: str
    at: Any
    places: str
    costs: tuple[str, ...]
    why: tuple[str, ...]
    others: tuple[Other, ...]
    rules: str


def rule_sentence(rule: SourcingRule) -> str:
    """What the rule does, as it is told now."""
    told = {**PARAMETERS[rule.kind], **rule.parameters}
    if rule.kind == PARCELS:
        said = _("The fewer parcels, the better.")
        return said if told["split_lines"] else f"{said} {_('A line always comes from one warehouse, or waits.')}"
    if rule.kind == PRIORITY:
        return _("The warehouse with the lowest priority number first.")
    if rule.kind == CLOSEST:
        said = _("The nearer to the customer, the better.")
        step = told["step_km"]
        return said if step == 1 else f"{said} {_('Differences below {n} km do not count.').format(n=step)}"
    if rule.kind == CAPACITY:
        return _("Passes by who is full: {n} parcels left today.").format(n=told["keep_free"])
    if rule.kind == CHEAPEST:
        return _("The cheaper the parcels, the better.")
    return _("Better where {n} units stay on the shelf.").format(n=told["units"])


def told(decision: SourcingDecision, skus: Mapping[int, str]) -> Told:
    """The decision; ``skus`` name the order's products."""
    facts = decision.reason
    chosen, rules = facts["chosen"], [kind for kind, _parameters in facts["rules"]]
    return Told(
        cause=str(SourcingCause(decision.cause).label),
        at=decision.created_at,
        places=_places(chosen["from"]),
        costs=_costs(rules, chosen["scores"]),
        why=tuple(_why(facts, rules, skus)),
        others=tuple(_other(way, chosen, rules) for way in facts["others"]),
        rules=", ".join(str(SourcingRuleKind(kind).label) for kind in rules) or _("none"),
    )


def skus_of(order: Order) -> dict[int, str]:
    """The order's goods by product, from the lines that the page has read."""
    return {line.product_id: line.sku for line in order.lines.all()}


def _places(codes: Sequence[str]) -> str:
    return " + ".join(codes)


def _costs(rules: Sequence[str], scores: Sequence[Any]) -> tuple[str, ...]:
    return tuple(_cost(kind, score) for kind, score in zip(rules, scores, strict=True))


def _cost(kind: str, score: Any) -> str:
    """One rule's score in its own unit."""
    if kind == PARCELS:
        return ngettext("{n} parcel", "{n} parcels", score).format(n=score)
    if kind == PRIORITY:
        return _("priority {n}").format(n=" + ".join(map(str, score)))
    if kind == CLOSEST:
        return _("about {n} km").format(n=score)
    if kind == CAPACITY:
        return _("{n} beyond today's capacity").format(n=score)
    if kind == CHEAPEST:
        return _("shipping for {n}").format(n=score)
    return _("{n} units from what should stay").format(n=score)


def _why(facts: Mapping[str, Any], rules: Sequence[str], skus: Mapping[int, str]) -> list[str]:
    """Why there: what decided, who came first but lacked something, who was left out, what is missing anywhere."""
    said = [_decided(facts, rules)]
    for code, lacks in facts["lacking"].items():
        goods = _goods(lacks, skus)
        said.append(_("{code} comes first by the other rules, but lacks {goods}.").format(code=code, goods=goods))
    if facts["avoided"]:
        said.append(_("{codes} had said no, so nobody asked there.").format(codes=", ".join(facts["avoided"])))
    if facts["missing"]:
        said.append(_("No warehouse had {goods}.").format(goods=_goods(facts["missing"], skus)))
    if not facts["exact"]:
        said.append(_("So many warehouses have goods that not all combinations were looked at."))
    return said


def _goods(units: Mapping[str, int], skus: Mapping[int, str]) -> str:
    return ", ".join(f"{n} × {skus.get(int(product), '?')}" for product, n in units.items())


def _decided(facts: Mapping[str, Any], rules: Sequence[str]) -> str:
    chosen, others = facts["chosen"], facts["others"]
    places = _places(chosen["from"])
    if not others:
        return _("Only {places} had everything that there was.").format(places=places)
    i = _first_difference(chosen["scores"], others[0]["scores"])
    next_best = _places(others[0]["from"])
    if i is None:
        return _("{places} and {other} are equally good by every rule; the older warehouse was taken.").format(
            places=places, other=next_best
        )
    return _("{places}, because the rule «{rule}» puts it before {other}: {cost} instead of {other_cost}.").format(
        places=places,
        rule=SourcingRuleKind(rules[i]).label,
        other=next_best,
        cost=_cost(rules[i], chosen["scores"][i]),
        other_cost=_cost(rules[i], others[0]["scores"][i]),
    )


def _other(way: Mapping[str, Any], chosen: Mapping[str, Any], rules: Sequence[str]) -> Other:
    costs = _costs(rules, way["scores"])
    return Other(
        places=_places(way["from"]), costs=costs, why_not=_would_change(way["scores"], chosen["scores"], rules)
    )


def _would_change(mine: Sequence[Any], best: Sequence[Any], rules: Sequence[str]) -> str:
    """What would have to be otherwise for this way to be preferred to the chosen one."""
    i = _first_difference(best, mine)
    if i is None:
        return _("Equally good: it would be preferred by a better priority, or by any rule that tells the two apart.")
    decisive = SourcingRuleKind(rules[i]).label
    better = next((j for j in range(i + 1, len(rules)) if _key(mine[j]) < _key(best[j])), None)
    if better is None:
        return _("No rule likes it better. It would be preferred if «{rule}» gave it less than {cost}.").format(
            rule=decisive, cost=_cost(rules[i], best[i])
        )
    return _("It would be preferred if «{better}» stood before «{rule}».").format(
        better=SourcingRuleKind(rules[better]).label, rule=decisive
    )


def _first_difference(one: Sequence[Any], other: Sequence[Any]) -> int | None:
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=True)) if a != b), None)


def _key(score: Any) -> Any:
    """Amounts are kept as text."""
    return [float(each) for each in score] if isinstance(score, list) else [float(score)]
