"""Which location fills which units, and why: against brute force, and rule by rule."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import combinations
from typing import Any
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from tests.properties import many
from warehouse.planning import sourcing
from warehouse.planning.sourcing import Shelf, Sourced, Want, source
from warehouse.planning.sourcing_rules import (
    CAPACITY,
    CHEAPEST,
    CLOSEST,
    DEFAULT,
    PARCELS,
    PRIORITY,
    SAFETY,
    Location,
    Rule,
)

BER, HAM, MUC = 1, 2, 3
MUG, CUP = 11, 12


def shelf(warehouse: int, product: int, sellable: int) -> Shelf:
    return Shelf(warehouse_id=warehouse, product_id=product, sellable=sellable)


def want(product: int, quantity: int, *, may_split: bool = True) -> Want:
    return Want(product_id=product, quantity=quantity, may_split=may_split)


def place(pk: int, **facts: Any) -> Location:
    return Location(id=pk, **facts)


def chosen(
    wants: Sequence[Want], shelves: Iterable[Shelf], locations: Iterable[Location], *kinds: str | Rule
) -> Sourced:
    rules = tuple(Rule(kind=kind) if isinstance(kind, str) else kind for kind in kinds)
    return source(wants, shelves, locations=locations, rules=rules or DEFAULT)


def ranked(*pks: int) -> list[Location]:
    """Locations of these keys, the best priority first."""
    return [place(pk, priority=i) for i, pk in enumerate(pks)]


class TestWays:
    def test_one_that_fills_everything_wins_over_a_better_ranked_one_that_can_not(self) -> None:
        shelves = [shelf(BER, MUG, 5), shelf(HAM, MUG, 5), shelf(HAM, CUP, 1)]

        found = chosen([want(MUG, 2), want(CUP, 1)], shelves, ranked(BER, HAM))

        assert found.takes == [[(HAM, 2)], [(HAM, 1)]]
        assert found.lacking == {BER: {CUP: 1}}

    def test_the_better_ranked_of_two_that_fill_everything_wins(self) -> None:
        shelves = [shelf(BER, MUG, 5), shelf(HAM, MUG, 500)]

        assert chosen([want(MUG, 2)], shelves, ranked(HAM, BER)).takes == [[(HAM, 2)]]
        found = chosen([want(MUG, 2)], shelves, ranked(BER, HAM))
        assert (found.takes, [way.locations for way in found.alternatives]) == ([[(BER, 2)]], [(HAM,)])
        assert found.alternatives[0].scores == (1, (1,), 0)

    def test_as_few_as_possible(self) -> None:
        shelves = [shelf(BER, MUG, 3), shelf(HAM, MUG, 4), shelf(MUC, MUG, 6)]

        assert chosen([want(MUG, 9)], shelves, ranked(BER, HAM, MUC)).takes == [[(BER, 3), (MUC, 6)]]

    def test_what_nobody_holds_is_missing_from_the_sum(self) -> None:
        shelves = [shelf(BER, MUG, 3), shelf(HAM, MUG, -2)]

        assert chosen([want(MUG, 9), want(CUP, 1)], shelves, ranked(BER, HAM)).takes == [[(BER, 3)], []]

    def test_nothing_anywhere_is_no_choice(self) -> None:
        found = chosen([want(MUG, 1)], [], ranked(BER))
        assert (found.takes, found.chosen, found.alternatives) == ([[]], None, ())

    def test_two_wants_of_one_product_share_its_stock_in_order(self) -> None:
        assert chosen([want(MUG, 2), want(MUG, 2)], [shelf(BER, MUG, 3)], ranked(BER)).takes == [[(BER, 2)], [(BER, 1)]]

    def test_equals_are_told_apart_by_their_keys(self) -> None:
        shelves = [shelf(pk, MUG, 5) for pk in (MUC, HAM, BER)]
        found = chosen([want(MUG, 1)], shelves, [place(MUC), place(BER), place(HAM)])
        assert [found.chosen.locations if found.chosen else None, *(w.locations for w in found.alternatives)] == [
            (BER,),
            (HAM,),
            (MUC,),
        ]

    def test_a_line_that_may_not_be_split_comes_from_one_or_waits(self) -> None:
        shelves = [shelf(BER, MUG, 3), shelf(HAM, MUG, 4)]
        whole = want(MUG, 5, may_split=False)

        assert chosen([whole], shelves, ranked(BER, HAM)).takes == [[(HAM, 4)]]
        assert chosen([want(MUG, 5)], shelves, ranked(BER, HAM)).takes == [[(BER, 3), (HAM, 2)]]

    def test_a_location_that_is_not_named_gives_nothing(self) -> None:
        assert chosen([want(MUG, 1)], [shelf(BER, MUG, 5), shelf(HAM, MUG, 5)], ranked(HAM)).takes == [[(HAM, 1)]]


class TestRules:
    def test_the_first_rule_decides_and_the_next_among_its_equals(self) -> None:
        """All of it from far away in one parcel, or from two places near by in two."""
        shelves = [shelf(BER, MUG, 1), shelf(HAM, CUP, 1), shelf(MUC, MUG, 1), shelf(MUC, CUP, 1)]
        wants = [want(MUG, 1), want(CUP, 1)]
        places = [place(BER, km=30), place(HAM, km=40), place(MUC, km=400)]

        assert chosen(wants, shelves, places, PARCELS, CLOSEST).takes == [[(MUC, 1)], [(MUC, 1)]]
        assert chosen(wants, shelves, places, CLOSEST, PARCELS).takes == [[(BER, 1)], [(HAM, 1)]]

    def test_priority_before_closeness_and_the_other_way_round(self) -> None:
        shelves = [shelf(BER, MUG, 1), shelf(HAM, MUG, 1)]
        places = [place(BER, km=300, priority=1), place(HAM, km=100, priority=2)]

        assert chosen([want(MUG, 1)], shelves, places, PRIORITY, CLOSEST).takes == [[(BER, 1)]]
        assert chosen([want(MUG, 1)], shelves, places, CLOSEST, PRIORITY).takes == [[(HAM, 1)]]

    def test_small_differences_of_distance_need_not_count(self) -> None:
        shelves = [shelf(BER, MUG, 1), shelf(HAM, MUG, 1)]
        places = [place(BER, km=140, priority=1), place(HAM, km=110, priority=2)]

        assert chosen([want(MUG, 1)], shelves, places, CLOSEST, PRIORITY).takes == [[(HAM, 1)]]
        step = Rule(kind=CLOSEST, step_km=50)
        assert chosen([want(MUG, 1)], shelves, places, step, PRIORITY).takes == [[(BER, 1)]]

    def test_a_warehouse_without_capacity_is_passed_by_while_another_has_some(self) -> None:
        shelves = [shelf(BER, MUG, 1), shelf(HAM, MUG, 1)]
        places = [place(BER, capacity_left=5), place(HAM, priority=9)]

        assert chosen([want(MUG, 1)], shelves, places, CAPACITY, PRIORITY).takes == [[(BER, 1)]]
        kept = Rule(kind=CAPACITY, keep_free=5)
        assert chosen([want(MUG, 1)], shelves, places, kept, PRIORITY).takes == [[(HAM, 1)]]
        full = [place(BER, capacity_left=0)]
        assert chosen([want(MUG, 1)], shelves, full, CAPACITY).takes == [[(BER, 1)]], "better late than not at all"

    def test_the_cheapest_parcels(self) -> None:
        shelves = [shelf(BER, MUG, 1), shelf(HAM, CUP, 1), shelf(MUC, MUG, 1), shelf(MUC, CUP, 1)]
        wants = [want(MUG, 1), want(CUP, 1)]

        def places(dear: str) -> list[Location]:
            return [
                place(BER, cost=Decimal("4.10")),
                place(HAM, cost=Decimal("3.90")),
                place(MUC, cost=Decimal(dear)),
            ]

        assert chosen(wants, shelves, places("7.99"), CHEAPEST).takes == [[(MUC, 1)], [(MUC, 1)]]
        found = chosen(wants, shelves, places("8.01"), CHEAPEST)
        assert found.takes == [[(BER, 1)], [(HAM, 1)]]
        assert found.chosen is not None
        assert found.chosen.scores == (Decimal("8.00"),)

    def test_something_stays_on_the_shelf_where_another_can_give_it(self) -> None:
        shelves = [shelf(BER, MUG, 4), shelf(HAM, MUG, 9)]
        rule = Rule(kind=SAFETY, units=3)

        assert chosen([want(MUG, 2)], shelves, ranked(BER, HAM), rule, PRIORITY).takes == [[(HAM, 2)]]
        assert chosen([want(MUG, 1)], shelves, ranked(BER, HAM), rule, PRIORITY).takes == [[(BER, 1)]]

    def test_without_any_rule_the_keys_decide(self) -> None:
        shelves = [shelf(BER, MUG, 1), shelf(HAM, MUG, 1)]
        found = source([want(MUG, 1)], shelves, locations=[place(HAM), place(BER)], rules=())
        assert found.takes == [[(BER, 1)]]


stocks = st.dictionaries(st.tuples(st.integers(1, 5), st.integers(1, 3)), st.integers(0, 4), max_size=15)
demands = st.dictionaries(st.integers(1, 3), st.integers(1, 8), min_size=1)
places = st.lists(
    st.builds(
        Location,
        id=st.just(0),
        priority=st.integers(0, 2),
        km=st.integers(0, 3),
        capacity_left=st.none() | st.integers(0, 1),
        cost=st.integers(0, 3),
    ),
    min_size=5,
    max_size=5,
)
pipelines = st.permutations([PARCELS, PRIORITY, CLOSEST, CAPACITY, CHEAPEST, SAFETY]).flatmap(
    lambda kinds: st.integers(0, 6).map(lambda n: tuple(Rule(kind=kind) for kind in kinds[:n]))
)


def numbered(found: list[Location]) -> list[Location]:
    return [
        Location(id=i, priority=p.priority, km=p.km, capacity_left=p.capacity_left, cost=p.cost)
        for i, p in enumerate(found, start=1)
    ]


def given_units(stock: dict[tuple[int, int], int], demand: dict[int, int], ids: Iterable[int]) -> int:
    return sum(min(n, sum(stock.get((pk, product), 0) for pk in ids)) for product, n in demand.items())


def judged(
    ids: tuple[int, ...],
    rules: tuple[Rule, ...],
    by_id: dict[int, Location],
    stock: dict[tuple[int, int], int],
    demand: dict[int, int],
) -> tuple[Any, ...]:
    """What the rules say of a set of locations, written down a second time, as plainly as can be."""
    scores: list[Any] = []
    for rule in rules:
        mine = [by_id[pk] for pk in ids]
        if rule.kind == PARCELS:
            scores.append(len(mine))
        elif rule.kind == PRIORITY:
            scores.append(tuple(sorted(p.priority for p in mine)))
        elif rule.kind == CLOSEST:
            scores.append(sum(p.km for p in mine))
        elif rule.kind == CAPACITY:
            scores.append(sum(p.capacity_left == 0 for p in mine))
        elif rule.kind == CHEAPEST:
            scores.append(sum(p.cost for p in mine))
        else:
            above = {key: max(0, n - 1) for key, n in stock.items()}
            scores.append(given_units(stock, demand, ids) - given_units(above, demand, ids))
    return (tuple(scores), ids)


def best_by_brute_force(
    stock: dict[tuple[int, int], int], demand: dict[int, int], found: list[Location], rules: tuple[Rule, ...]
) -> tuple[Any, ...] | None:
    ids = [p.id for p in found]
    most = given_units(stock, demand, ids)
    full = [
        chosen
        for size in range(1, len(ids) + 1)
        for chosen in combinations(ids, size)
        if given_units(stock, demand, chosen) == most
    ]
    needed = [
        chosen
        for chosen in full
        if all(given_units(stock, demand, [pk for pk in chosen if pk != out]) < most for out in chosen)
    ]
    by_id = {p.id: p for p in found}
    return min((judged(way, rules, by_id, stock, demand) for way in needed), default=None) if most else None


class TestBruteForce:
    @many(300)
    @given(stock=stocks, demand=demands, found=places, rules=pipelines)
    def test_the_choice_is_the_best_of_all(
        self,
        stock: dict[tuple[int, int], int],
        demand: dict[int, int],
        found: list[Location],
        rules: tuple[Rule, ...],
    ) -> None:
        located = numbered(found)
        shelves = [shelf(pk, product, n) for (pk, product), n in stock.items()]
        result = source([want(p, n) for p, n in demand.items()], shelves, locations=located, rules=rules)

        best = best_by_brute_force(stock, demand, located, rules)
        if best is None:
            assert result.chosen is None
            return
        assert result.chosen is not None
        assert (result.chosen.scores, tuple(sorted(result.chosen.locations))) == best
        told = [(way.scores, tuple(sorted(way.locations))) for way in result.alternatives]
        assert told == sorted(told)
        assert not told or told[0] > best
        check_takes(result, stock, demand)

    @many(300)
    @given(stock=stocks, demand=demands, found=places, rules=pipelines)
    def test_greedy_fills_as_much_and_never_with_a_parcel_too_many(
        self,
        stock: dict[tuple[int, int], int],
        demand: dict[int, int],
        found: list[Location],
        rules: tuple[Rule, ...],
    ) -> None:
        located = numbered(found)
        shelves = [shelf(pk, product, n) for (pk, product), n in stock.items()]
        with patch.object(sourcing, "EXACT_UP_TO", 0):
            result = source([want(p, n) for p, n in demand.items()], shelves, locations=located, rules=rules)

        if result.chosen is None:
            assert given_units(stock, demand, [p.id for p in located]) == 0
            return
        assert not result.is_exact
        ids = result.chosen.locations
        most = given_units(stock, demand, [p.id for p in located])
        assert given_units(stock, demand, ids) == most
        assert all(given_units(stock, demand, [pk for pk in ids if pk != out]) < most for out in ids)
        check_takes(result, stock, demand)


def check_takes(result: Sourced, stock: dict[tuple[int, int], int], demand: dict[int, int]) -> None:
    """Nothing is taken twice, all that can be filled is, and every chosen location sends something."""
    assert result.chosen is not None
    taken: dict[tuple[int, int], int] = {}
    for (product, n), takes in zip(demand.items(), result.takes, strict=True):
        assert sum(units for _pk, units in takes) == min(n, sum(u for (_pk, p), u in stock.items() if p == product))
        for pk, units in takes:
            assert units > 0
            taken[pk, product] = taken.get((pk, product), 0) + units
    assert all(n <= stock[key] for key, n in taken.items())
    assert {pk for pk, _product in taken} == set(result.chosen.locations)
