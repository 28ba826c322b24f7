"""Which warehouse fills which units."""

from itertools import combinations
from random import Random

from warehouse.planning import sourcing
from warehouse.planning.sourcing import Shelf, Want, source

BER, HAM, MUC = 1, 2, 3
MUG, CUP = 11, 12


def shelf(warehouse: int, product: int, sellable: int) -> Shelf:
    return Shelf(warehouse_id=warehouse, product_id=product, sellable=sellable)


def want(product: int, quantity: int) -> Want:
    return Want(product_id=product, quantity=quantity)


def test_one_warehouse_that_fills_everything_wins_over_a_better_ranked_one_that_can_not() -> None:
    shelves = [shelf(BER, MUG, 5), shelf(HAM, MUG, 5), shelf(HAM, CUP, 1)]

    assert source([want(MUG, 2), want(CUP, 1)], shelves, ranked=[BER, HAM]) == [[(HAM, 2)], [(HAM, 1)]]


def test_the_better_ranked_of_two_that_fill_everything_wins() -> None:
    shelves = [shelf(BER, MUG, 5), shelf(HAM, MUG, 500)]

    assert source([want(MUG, 2)], shelves, ranked=[HAM, BER]) == [[(HAM, 2)]]
    assert source([want(MUG, 2)], shelves, ranked=[BER, HAM]) == [[(BER, 2)]]


def test_as_few_warehouses_as_possible() -> None:
    shelves = [shelf(BER, MUG, 3), shelf(HAM, MUG, 4), shelf(MUC, MUG, 6)]

    assert source([want(MUG, 9)], shelves, ranked=[BER, HAM, MUC]) == [[(BER, 3), (MUC, 6)]]


def test_what_nobody_holds_is_missing_from_the_sum() -> None:
    shelves = [shelf(BER, MUG, 3), shelf(HAM, MUG, -2)]

    assert source([want(MUG, 9), want(CUP, 1)], shelves, ranked=[BER, HAM]) == [[(BER, 3)], []]


def test_two_lines_of_one_product_share_its_stock_in_order() -> None:
    assert source([want(MUG, 2), want(MUG, 2)], [shelf(BER, MUG, 3)], ranked=[BER]) == [[(BER, 2)], [(BER, 1)]]


def test_greedy_and_exact_fill_the_same_units_and_exact_needs_no_more_warehouses() -> None:
    random = Random(4)
    for _ in range(300):
        warehouses = list(range(1, random.randint(2, 6)))
        shelves = [shelf(w, p, random.randint(0, 4)) for w in warehouses for p in (MUG, CUP)]
        wants = [want(MUG, random.randint(1, 8)), want(CUP, random.randint(1, 8))]
        exact = source(wants, shelves, ranked=warehouses)
        greedy = greedily(wants, shelves, warehouses)
        assert units(exact) == units(greedy)
        assert len(used(exact)) <= len(used(greedy))
        assert len(used(exact)) == fewest(wants, shelves, warehouses)


def greedily(wants: list[Want], shelves: list[Shelf], ranked: list[int]) -> list[list[tuple[int, int]]]:
    exact_up_to, sourcing.EXACT_UP_TO = sourcing.EXACT_UP_TO, 0
    try:
        return source(wants, shelves, ranked=ranked)
    finally:
        sourcing.EXACT_UP_TO = exact_up_to


def units(drawn: list[list[tuple[int, int]]]) -> list[int]:
    return [sum(n for _w, n in takes) for takes in drawn]


def used(drawn: list[list[tuple[int, int]]]) -> set[int]:
    return {w for takes in drawn for w, _n in takes}


def fewest(wants: list[Want], shelves: list[Shelf], warehouses: list[int]) -> int:
    """Brute force: the size of the smallest set of warehouses that fills all that can be filled."""
    held = {(s.warehouse_id, s.product_id): s.sellable for s in shelves}

    def filled(chosen: tuple[int, ...]) -> int:
        return sum(min(w.quantity, sum(held.get((c, w.product_id), 0) for c in chosen)) for w in wants)

    most = filled(tuple(warehouses))
    return next(n for n in range(len(warehouses) + 1) if any(filled(c) == most for c in combinations(warehouses, n)))
