"""The wave planner on paper: as good as trying everything, within its limits, and the same from the same seed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.bench.wave_oracle import best_of_all, small_wave
from tests.properties import many
from warehouse.planning.wave_terms import Demand, Limits, score, total, urgent_first
from warehouse.planning.waves import choose_wave, oldest_first


def test_it_is_as_good_as_trying_everything() -> None:
    equal = 0
    for seed in range(100):
        demands, shelves, limits = small_wave(seed)
        choice = choose_wave(demands, shelves, limits, seed=seed)
        found, best = score(choice.units, len(choice.aisles), limits), best_of_all(demands, shelves, limits)
        assert found <= best
        equal += found == best
    assert equal >= 95


@many(60)
@given(st.integers(0, 10**6))
def test_a_plan_can_be_carried_out(seed: int) -> None:
    demands, shelves, limits = small_wave(seed)
    by_key = {demand.key: demand for demand in demands}

    choice = choose_wave(demands, shelves, limits, seed=seed, iterations=100)

    chosen = [by_key[key] for key in choice.orders]
    held = total(shelves[aisle] for aisle in choice.aisles)
    assert all(held[p] >= n for p, n in total(demand.units for demand in chosen).items())
    assert choice.units == sum(demand.size for demand in chosen)
    assert limits.allow(choice.units, len(chosen), sum(demand.totes for demand in chosen))
    must = [demands[i].key for i in urgent_first(demands, total(shelves.values()), limits)]
    assert [key for key in choice.orders if by_key[key].is_urgent] == must


def test_the_same_seed_gives_the_same_plan() -> None:
    demands, shelves, limits = small_wave(7)
    plans = [choose_wave(demands, shelves, limits, seed=5, iterations=80) for _ in range(2)]
    assert plans[0] == plans[1]
    assert plans[0].iterations == 80


def test_it_can_be_stopped_at_any_moment_and_repeated_to_there() -> None:
    demands, shelves, limits = small_wave(3)
    left = iter(range(25))

    stopped = choose_wave(demands, shelves, limits, seed=1, is_over=lambda: next(left, None) is None)

    assert stopped.iterations == 25
    assert stopped == choose_wave(demands, shelves, limits, seed=1, iterations=25)


def test_units_per_aisle_decide() -> None:
    near, both = {1: 9}, {1: 9, 2: 9}
    demands = [Demand(key=1, units={3: 2}), Demand(key=2, units={1: 3}), Demand(key=3, units={2: 2})]

    choice = choose_wave(demands, {"A 1": near, "A 2": both, "A 3": {3: 9}}, Limits(), seed=1)

    assert (choice.orders, choice.aisles, choice.ratio) == ((2, 3), ("A 2",), 5.0)


def test_a_wave_that_is_too_small_takes_another_aisle() -> None:
    demands = [Demand(key=1, units={3: 2}), Demand(key=2, units={1: 5})]

    choice = choose_wave(demands, {"A 1": {1: 9}, "A 2": {3: 9}}, Limits(min_units=6), seed=1)

    assert (choice.orders, len(choice.aisles)) == ((1, 2), 2)


def test_what_must_go_goes_first_the_most_urgent_before_others() -> None:
    demands = [
        Demand(key=1, units={1: 4}, is_urgent=True),
        Demand(key=2, units={2: 4}, is_urgent=True),
        Demand(key=3, units={3: 2}, is_urgent=True),
        Demand(key=4, units={4: 6}),
    ]
    shelves = {"A 1": {1: 9}, "A 2": {2: 9}, "A 3": {3: 9}, "A 4": {4: 9}}

    choice = choose_wave(demands, shelves, Limits(max_units=6), seed=1)

    assert choice.orders == (1, 3), "the second doesn't fit any more, the third does"


def test_an_order_is_taken_whole_or_not_at_all() -> None:
    demands = [Demand(key=1, units={1: 2, 2: 2}), Demand(key=2, units={1: 1})]
    choice = choose_wave(demands, {"A 1": {1: 2, 2: 1}}, Limits(), seed=1)
    assert (choice.orders, choice.units) == ((2,), 1)


@pytest.mark.parametrize(("demands", "shelves"), [([], {}), ([Demand(key=1, units={1: 1})], {}), ([], {"A": {1: 1}})])
def test_there_may_be_nothing_to_plan(demands: list[Demand], shelves: dict[str, dict[int, int]]) -> None:
    choice = choose_wave(demands, shelves, Limits(), seed=1, iterations=20)
    assert (choice.orders, choice.aisles, choice.units, choice.ratio) == ((), (), 0, 0.0)


def test_few_aisles_for_the_oldest_orders() -> None:
    demands = [Demand(key=1, units={1: 1}), Demand(key=2, units={2: 1}), Demand(key=3, units={3: 1})]
    shelves = {"A 1": {1: 1}, "A 2": {1: 5, 2: 5}, "A 3": {3: 5}}

    choice = oldest_first(demands, shelves, units=2)

    assert (choice.orders, choice.aisles, choice.units) == ((1, 2), ("A 2",), 2)
