"""The rules by which sourcing judges locations: what they may be told, and each location's value under one of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

PARCELS, PRIORITY, CLOSEST = "fewest_parcels", "priority", "closest"
CAPACITY, CHEAPEST, SAFETY = "capacity", "cheapest", "safety_stock"
# Scores of these are compared location by location, the best first; those of all others are added up.
LEXICAL = frozenset([PRIORITY])
# What a rule of each kind may be told, with what holds when it isn't.
PARAMETERS: dict[str, dict[str, Any]] = {
    PARCELS: {"split_lines": True},
    PRIORITY: {},
    CLOSEST: {"step_km": 1},
    CAPACITY: {"keep_free": 0},
    CHEAPEST: {"costs": {}},
    SAFETY: {"units": 1},
}
_RANGES = {"step_km": (1, 20_000), "keep_free": (0, 1_000_000), "units": (1, 1_000_000)}
_DEAREST = Decimal(1_000_000)
ANYWHERE = "*"

Score = int | Decimal | tuple[int | Decimal, ...]


class Location(NamedTuple):
    """A warehouse, for one destination; ``capacity_left``: parcels that it can still send today, None: any number."""

    id: int
    priority: int = 0
    km: int = 0
    capacity_left: int | None = None
    cost: Decimal | int = 0


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule, and what it was told: see ``PARAMETERS``."""

    kind: str
    split_lines: bool = True
    step_km: int = 1
    keep_free: int = 0
    units: int = 1
    costs: Mapping[str, Mapping[str, Decimal]] = field(default_factory=dict, hash=False)


# What holds while there is no rule at all.
DEFAULT = (Rule(kind=PARCELS), Rule(kind=PRIORITY), Rule(kind=CLOSEST))


class BadParameter(ValueError):
    """A rule can't be told that; ``name`` is the parameter."""

    def __init__(self, name: str, code: str, *, value: Any = "") -> None:
        self.name, self.code, self.value = name, code, value
        super().__init__(f"{name}: {code}")


def value_of(rule: Rule, place: Location) -> int | Decimal:
    """What a parcel from there costs under the rule."""
    if rule.kind == PARCELS:
        return 1
    if rule.kind == PRIORITY:
        return place.priority
    if rule.kind == CLOSEST:
        return place.km // rule.step_km * rule.step_km
    if rule.kind == CAPACITY:
        return int(place.capacity_left is not None and place.capacity_left <= rule.keep_free)
    return place.cost if rule.kind == CHEAPEST else 0


def cost_of(rules: tuple[Rule, ...], *, code: str, country: str) -> Decimal | int:
    """What a parcel from the warehouse of that code to that country costs; one that nobody told of is the dearest."""
    for rule in rules:
        if rule.kind == CHEAPEST:
            to = rule.costs.get(code, {})
            return to.get(country, to.get(ANYWHERE, _DEAREST))
    return 0


def rule_of(kind: str, parameters: Mapping[str, Any]) -> Rule:
    """The rule as the planner takes it. Raises ``BadParameter``."""
    known = PARAMETERS[kind]
    for name in parameters:
        if name not in known:
            raise BadParameter(name, "unknown")
    told = {**known, **parameters}
    for name, value in told.items():
        if name in _RANGES:
            low, high = _RANGES[name]
            if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
                raise BadParameter(name, "out_of_range", value=f"{low} – {high}")
        elif name == "split_lines" and not isinstance(value, bool):
            raise BadParameter(name, "not_yes_or_no")
    if "costs" in told:
        told["costs"] = _costs(told["costs"])
    return Rule(kind=kind, **told)


def _costs(told: Any) -> dict[str, dict[str, Decimal]]:
    """Costs of a parcel by warehouse and country; * stands for all other countries."""
    if not isinstance(told, dict) or not all(isinstance(to, dict) for to in told.values()):
        raise BadParameter("costs", "not_a_table")
    costs: dict[str, dict[str, Decimal]] = {}
    for code, to in told.items():
        for country, amount in to.items():
            try:
                cost = Decimal(str(amount))
            except InvalidOperation:
                raise BadParameter("costs", "not_an_amount", value=amount) from None
            if not cost.is_finite() or not 0 <= cost < _DEAREST:
                raise BadParameter("costs", "not_an_amount", value=amount)
            costs.setdefault(code, {})[country] = cost
    return costs
