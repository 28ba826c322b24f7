"""Which location fills which units: the merchant's rules, one after the other, decide among the ways that there are.

Idea: a way is a set of locations that together fill all that can be filled, none of which could be left out. Each rule
gives a way a score, the lower the better; the first rule decides, the next one among its equals, and so on; the last
word have the locations' keys. Up to ``EXACT_UP_TO`` locations every set is looked at, the smallest first, so the choice
is exact: at most 2^n sets, each in one addition and one comparison, since what a location has of all goods is packed
into one number. Above that the way is built greedily, and ways without each of its locations stand beside it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import NamedTuple

from warehouse.planning.sourcing_rules import LEXICAL, PARCELS, SAFETY, Location, Rule, Score, value_of

EXACT_UP_TO = 10
# So many ways that were not chosen are told.
ALTERNATIVES = 3
# Bits for each product in a packed number; the highest says whether there is enough, so sums must stay below it.
_BITS = 64
_ENOUGH = 1 << (_BITS - 1)


class Shelf(NamedTuple):
    """What one location may still promise of one product; safety stock is off already."""

    warehouse_id: int
    product_id: int
    sellable: int


class Want(NamedTuple):
    """Units of a product that are to be sourced; those that may not be split come from one location or wait."""

    product_id: int
    quantity: int
    may_split: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """Locations that fill all that can be filled, best first, and each rule's score of it."""

    locations: tuple[int, ...]
    scores: tuple[Score, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Sourced:
    """The choice. ``takes`` are the (location, units) of each want, in order; what is missing can't be filled.

    ``lacking``: what locations that the rules like better, and that aren't chosen, lack of each product.
    """

    takes: list[list[tuple[int, int]]]
    chosen: Way | None = None
    alternatives: tuple[Way, ...] = ()
    lacking: Mapping[int, Mapping[int, int]] = field(default_factory=dict)
    is_exact: bool = True


# Units by product; by product, then location.
Units = Mapping[int, int]
Stock = Mapping[int, dict[int, int]]


def source(
    wants: Sequence[Want], shelves: Iterable[Shelf], *, locations: Iterable[Location], rules: Sequence[Rule]
) -> Sourced:
    """Choose where each want is filled from, and tell the best other ways.

    Wants of one product share its stock, earlier wants first. A want that may not be split is filled by one location,
    as far as the one that has most of it can; that is exact while no other want is for the same product.
    """
    demand: dict[int, int] = {}
    for want in wants:
        demand[want.product_id] = demand.get(want.product_id, 0) + want.quantity
    named = {place.id: place for place in locations}
    stock: dict[int, dict[int, int]] = {product: {} for product in demand}
    for shelf in shelves:
        if shelf.sellable > 0 and shelf.product_id in stock and shelf.warehouse_id in named:
            stock[shelf.product_id][shelf.warehouse_id] = shelf.sellable
    held = set().union(*stock.values())
    if not held:
        return Sourced(takes=[[] for _ in wants])
    ground = _Ground(wants, demand, stock, [named[pk] for pk in held], rules)
    is_exact = len(held) <= EXACT_UP_TO
    ways = ground.every_way() if is_exact else ground.greedy_ways()
    ranked = sorted((ground.scores(chosen), sorted(chosen), chosen) for chosen in ways)
    best, *others = [Way(locations=chosen, scores=scores) for scores, _pks, chosen in ranked[: 1 + ALTERNATIVES]]
    return Sourced(
        takes=ground.draw(best.locations),
        chosen=best,
        alternatives=tuple(others),
        lacking=ground.lacking(best),
        is_exact=is_exact,
    )


class _Ground:
    """The locations that have anything, best first, and what each of them could give."""

    def __init__(
        self, wants: Sequence[Want], demand: Units, stock: Stock, locations: list[Location], rules: Sequence[Rule]
    ) -> None:
        self.wants, self.demand, self.stock, self.rules = wants, demand, stock, rules
        values = {place.id: tuple(value_of(rule, place) for rule in rules) for place in locations}
        self.values = values
        self._kinds = [rule.kind for rule in rules]
        self.ids = sorted(values, key=lambda pk: (values[pk], pk))
        self._kept = max((rule.units for rule in rules if rule.kind == SAFETY), default=0)
        self._floors = (self._kept, 0) if self._kept else (0,)
        self._pack()

    def _pack(self) -> None:
        """One number for each location, and the one that says of a sum whether it suffices.

        Each product has its field of bits for its units. Added to the slack, a sum that suffices carries into the
        field's highest bit, and none carries into the next field: 2^63 is far more than there are units. A want that
        may not be split has a field of its own, full or empty.
        """
        fields: list[tuple[int, Iterable[tuple[int, int]]]] = []
        whole = [want for want in self.wants if not want.may_split]
        parted = {want.product_id for want in self.wants if want.may_split} if whole else self.demand
        for product in parted:
            row = self.stock[product]
            if row:
                fields.append((min(self.demand[product], sum(row.values())), row.items()))
        for want in whole:
            row = self.stock[want.product_id]
            if row:
                most = min(want.quantity, max(row.values()))
                fields.append((1, [(place, int(units >= most)) for place, units in row.items()]))
        gives = dict.fromkeys(self.ids, 0)
        slack = enough = shift = 0
        for target, row_items in fields:
            for place, units in row_items:
                gives[place] += units << shift
            slack += (_ENOUGH - target) << shift
            enough |= _ENOUGH << shift
            shift += _BITS
        self._gives, self._slack, self._enough = gives, slack, enough

    def suffices(self, chosen: Iterable[int]) -> bool:
        """Whether these locations fill all that can be filled."""
        return self._has_enough(sum(map(self._gives.__getitem__, chosen)))

    def _has_enough(self, given: int) -> bool:
        return (given + self._slack) & self._enough == self._enough

    def every_way(self) -> list[tuple[int, ...]]:
        """All ways, the smallest first; where their size decides first, those only that come close to the smallest."""
        found: list[tuple[int, ...]] = [(place,) for place in self.ids if self._has_enough(self._gives[place])]
        alone = {way[0] for way in found}
        rest = [place for place in self.ids if place not in alone]  # no larger way has one that suffices alone
        may_stop = bool(self.rules) and self.rules[0].kind == PARCELS
        for size in range(2, len(rest) + 1):
            if may_stop and found and (len(found) > ALTERNATIVES or size > len(found[0]) + 1):
                break
            smaller = [set(way) for way in found if len(way) > 1]
            found += [
                chosen
                for chosen in combinations(rest, size)
                if self.suffices(chosen) and not any(way.issubset(chosen) for way in smaller)
            ]
        return found

    def greedy_ways(self) -> list[tuple[int, ...]]:
        """A way built greedily, and the ones that are built without each of its locations."""
        first = self._greedy(self.ids)
        others = (self._greedy([place for place in self.ids if place != without]) for without in first)
        return list(dict.fromkeys([first, *(way for way in others if self.suffices(way))]))

    def _greedy(self, ids: Sequence[int]) -> tuple[int, ...]:
        """Location after location the one that fills most of what is left; then those that aren't needed go."""
        left, rest, chosen = dict(self.demand), list(ids), []
        while rest:
            best = max(rest, key=lambda place: self._filled(left, place))  # the first of equals, so the best one
            if not self._filled(left, best):
                break
            left = {product: max(0, n - self.stock.get(product, {}).get(best, 0)) for product, n in left.items()}
            rest.remove(best)
            chosen.append(best)
            if self.suffices(chosen):
                break
        missing = [place for place in ids if place not in chosen]
        while missing and not self.suffices(chosen):  # what may not be split can need one that fills no more units
            chosen.append(missing.pop(0))
        for place in sorted(chosen, key=lambda pk: (self.values[pk], pk), reverse=True):
            without = [each for each in chosen if each != place]
            if without and self.suffices(without):
                chosen = without
        return tuple(sorted(chosen, key=self.ids.index))

    def _filled(self, demand: Units, place: int) -> int:
        return sum(min(n, self.stock.get(product, {}).get(place, 0)) for product, n in demand.items())

    def scores(self, chosen: tuple[int, ...]) -> tuple[Score, ...]:
        """The parcels' values added up, or all of them in order, or the units that should have stayed."""
        scores: list[Score] = []
        for kind, values in zip(self._kinds, zip(*map(self.values.__getitem__, chosen), strict=True), strict=True):
            if kind in LEXICAL:
                scores.append(tuple(sorted(values)))
            else:
                scores.append(self._dug(chosen) if kind == SAFETY else sum(values))
        return tuple(scores)

    def _dug(self, chosen: Sequence[int]) -> int:
        """Units that can only be taken from what should stay on a shelf."""
        missed = 0
        for product, n in self.demand.items():
            row = [self.stock.get(product, {}).get(place, 0) for place in chosen]
            above = sum(max(0, units - self._kept) for units in row)
            missed += max(0, min(n, sum(row)) - above)
        return missed

    def draw(self, chosen: Sequence[int]) -> list[list[tuple[int, int]]]:
        """Take the wants off the chosen locations' stock, those first that may not be split."""
        left = {product: dict(row) for product, row in self.stock.items()}
        takes: list[list[tuple[int, int]]] = [[] for _ in self.wants]
        for i in sorted(range(len(takes)), key=lambda i: self.wants[i].may_split):
            takes[i] = _drawn(self.wants[i], left[self.wants[i].product_id], chosen, floors=self._floors)
        return takes

    def lacking(self, way: Way) -> dict[int, dict[int, int]]:
        """Locations that come before all of the chosen ones by themselves, and what each lacks to be the only one."""
        found: dict[int, dict[int, int]] = {}
        for place in self.ids:
            if place in way.locations or len(found) == ALTERNATIVES:
                break
            lacks = {
                product: units
                for product, n in self.demand.items()
                if (units := n - self.stock.get(product, {}).get(place, 0)) > 0
            }
            if lacks:
                found[place] = lacks
        return found


def _drawn(want: Want, row: dict[int, int], chosen: Sequence[int], *, floors: Sequence[int]) -> list[tuple[int, int]]:
    """A want's units: from one location that has them all, else from the first on; above each floor first."""
    here = [place for place in chosen if row.get(place, 0) > 0]
    for floor in floors:
        whole = next((place for place in here if row[place] - floor >= want.quantity), None)
        if whole is not None:
            row[whole] -= want.quantity
            return [(whole, want.quantity)]
    if not want.may_split:
        here = sorted(here, key=lambda place: -row[place])[:1]
    drawn: dict[int, int] = {}
    left = want.quantity
    for floor in floors:
        for place in here:
            units = min(left, max(0, row[place] - floor))
            if units:
                row[place] -= units
                left -= units
                drawn[place] = drawn.get(place, 0) + units
    return list(drawn.items())
