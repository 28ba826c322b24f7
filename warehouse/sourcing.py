"""Where an order's units come from, and why: shelves, rules and destination put together for the planner.

Used by the answers to the floor below, by backorders that are filled, and by the page that tries rules out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from orders.questions import Need, PlanStock
from warehouse.planning.distance import km_between
from warehouse.planning.rule_book import RuleBook
from warehouse.planning.sourcing import Shelf, Sourced, Want, Way, source
from warehouse.planning.sourcing_rules import PARAMETERS, PARCELS, Location, Rule, Score, cost_of
from warehouse.selectors.stock import ShelfRow


@dataclass(frozen=True, kw_only=True)
class Destination:
    """Where it goes, in which channel, whether all of it goes at once, and which warehouses have said no."""

    country: str
    postal_code: str = ""
    channel_id: int | None = None
    ships_complete: bool = False
    avoids: frozenset[int] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """The plan, with what it was made from."""

    sourced: Sourced
    rules: tuple[Rule, ...]
    codes: Mapping[int, str]
    avoids: frozenset[int]

    @property
    def may_split(self) -> bool:
        """Whether a line may come from several warehouses."""
        return all(rule.split_lines for rule in self.rules if rule.kind == PARCELS)

    def facts(self, needs: Sequence[Need]) -> dict[str, Any]:
        """What is kept of the decision: plain data, told in words by ``sourcing_words``."""
        best = self.sourced.chosen
        missing: dict[str, int] = {}
        for need, takes in zip(needs, self.sourced.takes, strict=True):
            left = need.quantity - sum(units for _place, units in takes)
            if left:
                missing[str(need.product_id)] = missing.get(str(need.product_id), 0) + left
        return {
            "rules": [[rule.kind, _parameters(rule)] for rule in self.rules],
            "exact": self.sourced.is_exact,
            "chosen": self._way(best) if best else None,
            "others": [self._way(way) for way in self.sourced.alternatives],
            "lacking": {
                self.codes[place]: {str(product): units for product, units in lacks.items()}
                for place, lacks in self.sourced.lacking.items()
            },
            "takes": [
                [need.product_id, self.codes[place], units]
                for need, takes in zip(needs, self.sourced.takes, strict=True)
                for place, units in takes
            ],
            "missing": missing,
            "avoided": sorted(self.codes[place] for place in self.avoids if place in self.codes),
        }

    def _way(self, way: Way) -> dict[str, Any]:
        return {"from": [self.codes[place] for place in way.locations], "scores": [_plain(s) for s in way.scores]}


def destination_of(question: PlanStock) -> Destination:
    """Where the asked units go."""
    return Destination(
        country=question.country,
        postal_code=question.postal_code,
        channel_id=question.channel_id,
        ships_complete=question.ships_complete,
        avoids=question.avoids,
    )


def choose_locations(
    needs: Sequence[Need], rows: Iterable[ShelfRow], book: RuleBook, destination: Destination
) -> Chosen:
    """Let the rules decide."""
    rows = list(rows)
    rules = book.pipeline(destination.channel_id, ships_complete=destination.ships_complete)
    may_split = all(rule.split_lines for rule in rules if rule.kind == PARCELS)
    places = {row.warehouse_id: row for row in rows}
    sourced = source(
        [Want(product_id=need.product_id, quantity=need.quantity, may_split=may_split) for need in needs],
        [Shelf(warehouse_id=row.warehouse_id, product_id=row.product_id, sellable=row.sellable) for row in rows],
        locations=[_location(row, rules, destination) for pk, row in places.items() if pk not in destination.avoids],
        rules=rules,
    )
    codes = {pk: row.code for pk, row in places.items()}
    return Chosen(sourced=sourced, rules=rules, codes=codes, avoids=destination.avoids)


def _location(row: ShelfRow, rules: tuple[Rule, ...], destination: Destination) -> Location:
    return Location(
        id=row.warehouse_id,
        priority=row.priority,
        km=km_between(
            row.country,
            row.postal_code,
            to_country=destination.country,
            to_postal_code=destination.postal_code,
            at=row.at,
        ),
        capacity_left=row.capacity_left,
        cost=cost_of(rules, code=row.code, country=destination.country),
    )


def _parameters(rule: Rule) -> dict[str, Any]:
    return {name: getattr(rule, name) for name in PARAMETERS[rule.kind] if name != "costs"}


def _plain(score: Score) -> Any:
    if isinstance(score, tuple):
        return [_plain(each) for each in score]
    return str(score) if isinstance(score, Decimal) else score
