"""What a wave is planned by: demands of orders, limits, what makes one plan better, and few aisles for goods."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

Aisle = TypeVar("Aisle", bound=Hashable)
Score = tuple[int, float, int]


@dataclass(frozen=True, kw_only=True)
class Demand:
    """An order's units by product. ``key`` is the caller's own name for it; ``totes`` are those it needs on a cart."""

    key: int
    units: Mapping[int, int]
    is_urgent: bool = False
    totes: int = 1

    @property
    def size(self) -> int:
        return sum(self.units.values())


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How large a wave may be; None: as large as it likes."""

    max_units: int | None = None
    max_orders: int | None = None
    max_totes: int | None = None
    min_units: int = 0

    def allow(self, units: int, orders: int, totes: int) -> bool:
        """Whether a wave of this size stays within them."""
        return (
            (self.max_units is None or units <= self.max_units)
            and (self.max_orders is None or orders <= self.max_orders)
            and (self.max_totes is None or totes <= self.max_totes)
        )


def score(units: int, aisles: int, limits: Limits) -> Score:
    """What makes one plan better than another, once the urgent orders are in."""
    return min(units, limits.min_units), units / aisles if aisles else 0.0, units


def urgent_first(demands: Sequence[Demand], stock: Mapping[int, int], limits: Limits) -> list[int]:
    """Places of the urgent orders that go: each, in its turn, that still fits the limits and the stock."""
    taken: list[int] = []
    used: Counter[int] = Counter()
    totes = 0
    for i, demand in enumerate(demands):
        fits = demand.is_urgent and limits.allow(used.total() + demand.size, len(taken) + 1, totes + demand.totes)
        if fits and all(used[product] + n <= stock.get(product, 0) for product, n in demand.units.items()):
            taken.append(i)
            used.update(demand.units)
            totes += demand.totes
    return taken


def cover(wanted: Mapping[int, int], shelves: Mapping[Aisle, Mapping[int, int]]) -> list[Aisle]:
    """Few aisles that hold ``wanted``: always the one that gives most of what is missing; none that isn't needed."""
    missing = Counter(wanted)
    left = dict(shelves)
    chosen: list[Aisle] = []
    while +missing and left:
        gains = {a: sum(min(n, missing[p]) for p, n in shelf.items() if missing[p] > 0) for a, shelf in left.items()}
        best = max(gains, key=lambda aisle: gains[aisle])
        if not gains[best]:
            break
        chosen.append(best)
        missing.subtract({p: n for p, n in left.pop(best).items() if missing[p] > 0})
    return without_needless(chosen, shelves, wanted)


def without_needless(
    aisles: Iterable[Aisle], shelves: Mapping[Aisle, Mapping[int, int]], wanted: Mapping[int, int]
) -> list[Aisle]:
    """The aisles without those whose goods the others have too, looking first at those that give least."""
    kept = list(aisles)
    held = total(shelves[aisle] for aisle in kept)
    for aisle in sorted(kept, key=lambda a: sum(min(n, wanted.get(p, 0)) for p, n in shelves[a].items())):
        if all(held[p] - n >= wanted[p] for p, n in shelves[aisle].items() if p in wanted):
            kept.remove(aisle)
            held.subtract(shelves[aisle])
    return kept


def total(shelves: Iterable[Mapping[int, int]]) -> Counter[int]:
    """All units by product."""
    held: Counter[int] = Counter()
    for shelf in shelves:
        held.update(shelf)
    return held
