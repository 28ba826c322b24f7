"""The wave planner: as good as trying everything on small waves, and how many aisles it saves on large ones."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from config.bench.wave_oracle import best_of_all, small_wave
from warehouse.planning.wave_terms import Demand, Limits, score
from warehouse.planning.waves import choose_wave, oldest_first

ORDERS, AISLES = 5_000, 100
SMALL = 1_000  # waves that are tried out in full
GOAL_EQUAL, GOAL_AISLES, GOAL_SECONDS = 0.95, 0.40, 15.0
_SIZES = (250, 1_000, 2_500)  # units of a wave at most


@dataclass(frozen=True, kw_only=True)
class SmallWaves:
    """How many of the small ones are as good as the best plan."""

    waves: int
    equal: int

    @property
    def share(self) -> float:
        return self.equal / self.waves

    @property
    def is_sound(self) -> bool:
        return self.share >= GOAL_EQUAL


@dataclass(frozen=True, kw_only=True)
class LargeWave:
    """One wave of 5,000 orders in 100 aisles, and the oldest orders of as many units."""

    units: int
    orders: int
    aisles: int
    aisles_by_age: int
    iterations: int
    seconds: float

    @property
    def share(self) -> float:
        """Its aisles, of those that the oldest orders visit."""
        return self.aisles / self.aisles_by_age

    @property
    def is_sound(self) -> bool:
        return self.share <= GOAL_AISLES and self.seconds <= GOAL_SECONDS


def measure(*, say: Callable[[str], None]) -> list[SmallWaves | LargeWave]:
    """The small ones, then large ones of three sizes."""
    say(f"trying out {SMALL:,} waves of up to 10 orders and 6 aisles")
    rows: list[SmallWaves | LargeWave] = [_small()]
    for i, size in enumerate(_SIZES):
        say(f"{ORDERS:,} orders, {AISLES} aisles, {size:,} units")
        rows.append(_large(size, seed=i))
    return rows


def told(rows: Sequence[SmallWaves | LargeWave]) -> list[str]:
    """The figures in words."""
    lines = []
    for row in rows:
        if isinstance(row, SmallWaves):
            lines.append(f"{row.equal:,} of {row.waves:,} small waves equal the best of all plans: {row.share:.1%}")
        else:
            lines.append(
                f"{row.units:,} units of {row.orders:,} orders: {row.aisles} aisles, oldest first {row.aisles_by_age} "
                f"({row.share:.0%}); {row.iterations} iterations in {row.seconds:.1f} s"
            )
    return lines


def _small() -> SmallWaves:
    equal = 0
    for seed in range(SMALL):
        demands, shelves, limits = small_wave(seed)
        choice = choose_wave(demands, shelves, limits, seed=seed)
        equal += score(choice.units, len(choice.aisles), limits) == best_of_all(demands, shelves, limits)
    return SmallWaves(waves=SMALL, equal=equal)


def _large(size: int, *, seed: int) -> LargeWave:
    demands, shelves = a_full_house(seed)
    began = time.perf_counter()
    choice = choose_wave(demands, shelves, Limits(max_units=size, min_units=size * 9 // 10), seed=seed)
    seconds = time.perf_counter() - began
    by_age = oldest_first(demands, shelves, units=choice.units)
    return LargeWave(
        units=choice.units,
        orders=len(choice.orders),
        aisles=len(choice.aisles),
        aisles_by_age=len(by_age.aisles),
        iterations=choice.iterations,
        seconds=seconds,
    )


def a_full_house(seed: int) -> tuple[list[Demand], dict[int, dict[int, int]]]:
    """Orders of 1 to 5 products, some products wanted far more than others; most lie in one or two aisles."""
    rng = random.Random(seed)  # noqa: S311 - no secret
    products = list(range(3_000))
    shelves: dict[int, dict[int, int]] = {aisle: {} for aisle in range(AISLES)}
    for product in products:
        for aisle in rng.sample(range(AISLES), rng.choice([1, 1, 2, 3])):
            shelves[aisle][product] = rng.randint(5, 40)
    rng.shuffle(products)
    wanted = [1 / (rank + 10) ** 0.8 for rank in range(len(products))]
    demands = []
    for key in range(ORDERS):
        asked = rng.choices(products, wanted, k=rng.choice([1, 1, 2, 2, 3, 5]))
        demands.append(Demand(key=key, units={product: rng.choice([1, 1, 1, 2, 3]) for product in asked}))
    return demands, shelves
