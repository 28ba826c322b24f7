"""Walks through random warehouses: how far from the shortest are those that people walk by rules of thumb."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from warehouse.planning.blocks import Block, Layout, Point, Stop, merged
from warehouse.planning.routes import RULES, plan_walk
from warehouse.planning.shortest_walk import shortest_order

LAYOUTS = 200
GOAL = 1.07  # of the optimum, on average
_MOST_TRIED = 9  # stops whose every order is tried, apart from our own way to the optimum
_STOPS = (8, 20, 45)
OURS, LOCATION, BEST = "ours", "location order", "best of the three"


@dataclass(frozen=True, kw_only=True)
class Walked:
    """How long the walks by one rule are, as a multiple of the shortest; ``longer`` of ours than location order."""

    stops: int
    rule: str
    mean: float
    worst: float
    longer: int = 0

    @property
    def is_sound(self) -> bool:
        return self.rule != OURS or (self.mean <= GOAL and self.longer == 0)


def measure(*, say: Callable[[str], None]) -> list[Walked]:
    """Few, some and many stops, each through as many layouts."""
    rows = []
    for stops in _STOPS:
        say(f"{LAYOUTS} layouts, {stops} stops")
        rows += _walk(stops)
    return rows


def told(rows: Sequence[Walked]) -> list[str]:
    """The figures in words."""
    return [
        f"{row.stops:>3} stops, {row.rule:<17} {row.mean:.3f} of the shortest on average, {row.worst:.3f} at worst"
        + (f"; longer than location order: {row.longer} of {LAYOUTS}" if row.rule == OURS else "")
        for row in rows
    ]


def _walk(stops: int) -> list[Walked]:
    lengths: dict[str, list[float]] = {}
    longer = 0
    for seed in range(LAYOUTS):
        block, mine = a_block(random.Random(1000 * stops + seed), stops)  # noqa: S311 - no secret
        points = block.points(mine)
        walk = plan_walk(mine, block.layout, first_aisles={"A": block.first_aisle})
        tried = shortest_of_all(block, merged(points)) if stops <= _MOST_TRIED else None
        shortest = tried or block.round_trip(shortest_order(block, points))
        metres = {name: block.round_trip(rule(block, points)) for name, rule in RULES.items()}
        metres = {OURS: walk.metres, BEST: min(metres.values()), **metres, LOCATION: walk.location_metres}
        longer += walk.metres > walk.location_metres
        for name, length in metres.items():
            lengths.setdefault(name, []).append(length / shortest)
    return [
        Walked(
            stops=stops,
            rule=name,
            mean=sum(found) / len(found),
            worst=max(found),
            longer=longer if name == OURS else 0,
        )
        for name, found in lengths.items()
    ]


def a_block(rng: random.Random, stops: int) -> tuple[Block, list[Stop]]:
    """A warehouse of 3 to 15 aisles, and stops all over it; location order goes up every aisle from the front."""
    layout = Layout(
        aisle_length_m=rng.choice([10, 20, 30, 50]), aisle_distance_m=rng.choice([2.5, 4, 6]), bay_pitch_m=1.2
    )
    aisles, bays = rng.randint(3, 15), int(layout.aisle_length_m / layout.bay_pitch_m)
    found = []
    for i in range(stops):
        aisle, bay = rng.randint(1, aisles), rng.randint(1, bays)
        found.append(Stop(bin_id=i, zone="A", aisle=aisle, bay=bay, walk=(aisle * 100 + bay, str(i))))
    return Block(layout=layout, first_aisle=1), found


def shortest_of_all(block: Block, points: Sequence[Point]) -> float:
    """The length of the shortest round trip: every set of points with every last one (Held and Karp)."""
    best = {(1 << i, i): block.metres(block.depot, point) for i, point in enumerate(points)}
    for visited in range(1, 1 << len(points)):
        for last in range(len(points)):
            for new in range(len(points)):
                if (visited, last) in best and not visited >> new & 1:
                    key = visited | 1 << new, new
                    metres = best[visited, last] + block.metres(points[last], points[new])
                    best[key] = min(metres, best.get(key, metres))
    everything = (1 << len(points)) - 1
    return min(best[everything, i] + block.metres(point, block.depot) for i, point in enumerate(points))
