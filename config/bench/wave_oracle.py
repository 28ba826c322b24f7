"""Small waves, and the best plan for each found by trying everything: what the planner is compared with."""

import random
from collections.abc import Mapping, Sequence
from itertools import combinations

from warehouse.planning.wave_terms import Demand, Limits, Score, score, total, urgent_first

Shelves = dict[int, dict[int, int]]


def best_of_all(demands: Sequence[Demand], shelves: Mapping[int, Mapping[int, int]], limits: Limits) -> Score:
    """The score of the best plan: every set of orders with every set of aisles."""
    urgent = urgent_first(demands, total(shelves.values()), limits)
    others = [i for i, demand in enumerate(demands) if not demand.is_urgent]
    walks = [aisles for n in range(len(shelves) + 1) for aisles in combinations(shelves, n)]
    held = {aisles: total(shelves[aisle] for aisle in aisles) for aisles in walks}
    best: Score = score(0, 0, limits)
    for n in range(len(others) + 1):
        for more in combinations(others, n):
            chosen = [demands[i] for i in (*urgent, *more)]
            units, wanted = sum(demand.size for demand in chosen), total(demand.units for demand in chosen)
            if limits.allow(units, len(chosen), sum(demand.totes for demand in chosen)):
                fitting = (walk for walk in walks if all(held[walk][p] >= q for p, q in wanted.items()))
                shortest = next(fitting, None)  # of so many aisles as it takes at least
                if shortest is not None:
                    best = max(best, score(units, len(shortest), limits))
    return best


def small_wave(seed: int) -> tuple[list[Demand], Shelves, Limits]:
    """Up to 10 orders and 6 aisles, some tight, some with orders that must go."""
    rng = random.Random(seed)  # noqa: S311 - no secret
    products = range(rng.randint(3, 12))
    shelves = {
        aisle: {p: rng.randint(1, 6) for p in rng.sample(products, rng.randint(1, min(5, len(products))))}
        for aisle in range(rng.randint(2, 6))
    }
    share = rng.choice([0, 0, 0.3])
    demands = [
        Demand(
            key=100 + i,
            units={p: rng.randint(1, 3) for p in rng.sample(products, rng.randint(1, 3))},
            is_urgent=rng.random() < share,
        )
        for i in range(rng.randint(2, 10))
    ]
    limits = Limits(
        max_units=rng.choice([None, 6, 10, 15]),
        max_orders=rng.choice([None, None, 3, 5]),
        max_totes=rng.choice([None, None, 4]),
        min_units=rng.choice([0, 0, 5]),
    )
    return demands, shelves, limits
