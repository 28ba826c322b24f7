"""Which orders are fetched together, and from which aisles.

An order is taken whole, out of what lies in the chosen aisles. First come the orders that must go, the most urgent
first, as far as limits and stock allow. Then the plan with the most units per aisle visited wins; of two equal ones,
that with more units. ``min_units`` comes before the ratio: as long as a wave is smaller, more units are better.

The ratio asks for a parametric search (Dinkelbach): aisles are added one by one, each time the one that completes the
most units, and the best ratio on that way is kept; then a local search drops, adds and swaps aisles and prefers other
orders, from a seed, for so many iterations. One iteration is O(order lines + shelves of the aisles). It can be stopped
at any moment. The problem is that of the SBPO Challenge 2025 (Mercado Livre).
"""

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic

from warehouse.planning.wave_search import Search
from warehouse.planning.wave_terms import Aisle, Demand, Limits, cover, total

ITERATIONS = 400


@dataclass(frozen=True, kw_only=True)
class Choice(Generic[Aisle]):
    """The orders of a wave in the order of ``demands``, its aisles, and how many plans were looked at."""

    orders: tuple[int, ...]
    aisles: tuple[Aisle, ...]
    units: int
    iterations: int

    @property
    def ratio(self) -> float:
        """Units per aisle visited."""
        return self.units / len(self.aisles) if self.aisles else 0.0


def choose_wave(
    demands: Sequence[Demand],
    shelves: Mapping[Aisle, Mapping[int, int]],
    limits: Limits,
    *,
    seed: int,
    iterations: int = ITERATIONS,
    is_over: Callable[[], bool] = lambda: False,
) -> Choice[Aisle]:
    """The best wave found; ``demands`` with the most urgent and oldest first, ``shelves``: units by aisle and product.

    The same seed and as many iterations as were done give the same choice. ``is_over`` may end the search before.
    """
    names = list(shelves)
    search = Search(demands, [shelves[name] for name in names], limits, random.Random(seed))  # noqa: S311 - no secret
    done = search.run(iterations, is_over)
    found = search.best
    return Choice(
        orders=tuple(demands[i].key for i in sorted(found.orders)),
        aisles=tuple(names[a] for a in sorted(found.aisles)),
        units=found.units,
        iterations=done,
    )


def oldest_first(demands: Sequence[Demand], shelves: Mapping[Aisle, Mapping[int, int]], *, units: int) -> Choice[Aisle]:
    """A wave without a plan, to compare with: order after order until it has ``units``, from few aisles."""
    stock = total(shelves.values())
    orders: list[int] = []
    wanted: Counter[int] = Counter()
    for demand in demands:
        if wanted.total() >= units:
            break
        if all(wanted[product] + n <= stock[product] for product, n in demand.units.items()):
            orders.append(demand.key)
            wanted.update(demand.units)
    aisles = cover(wanted, shelves)
    return Choice(orders=tuple(orders), aisles=tuple(aisles), units=wanted.total(), iterations=0)
