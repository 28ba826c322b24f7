"""The box adviser: an advised box always holds the goods."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.planning.boxes import Box, Item, Placement, advise_box, arrange, is_valid

S = Box(id=1, inner=(200, 150, 100), weight_g=80, max_weight_g=5000, cost=Decimal("0.30"))
M = Box(id=2, inner=(300, 200, 150), weight_g=150, max_weight_g=15000, cost=Decimal("0.50"))
L = Box(id=3, inner=(600, 400, 400), weight_g=600, max_weight_g=30000, cost=Decimal("1.40"))


def item(length: int, width: int, height: int, fragility: str = "none", weight: int = 300) -> Item:
    return Item(size=(length, width, height), weight_g=weight, fragility=fragility)


def box_for(*items: Item) -> int | None:
    advice = advise_box(items, [L, S, M])
    return advice.box_id if advice else None


def test_the_cheapest_box_that_fits() -> None:
    assert box_for(item(100, 80, 60)) == S.id
    assert box_for(*[item(100, 100, 150)] * 6) == M.id
    assert box_for(*[item(100, 100, 150)] * 7) == L.id


def test_goods_are_turned_until_they_fit() -> None:
    assert box_for(item(100, 150, 200)) == S.id
    assert box_for(item(300, 1, 1)) == M.id


def test_volume_alone_does_not_make_a_box_fit() -> None:
    assert box_for(item(210, 10, 10)) == M.id
    assert box_for(item(601, 10, 10)) is None


def test_a_box_carries_only_so_much() -> None:
    assert box_for(item(10, 10, 10, weight=4921)) == M.id
    assert box_for(item(10, 10, 10, weight=29401)) is None


def test_protection_takes_room() -> None:
    assert box_for(item(190, 140, 90)) == S.id
    assert box_for(item(190, 140, 90, "fragile")) == M.id


def test_protection_by_fragility_and_filling_for_what_is_loose() -> None:
    advice = advise_box([item(50, 50, 50, "very_fragile"), item(50, 50, 50, "fragile")], [M])
    assert advice is not None
    assert dict(advice.protection) == {"wrap": 2, "cushion": 1, "fill": 1}
    snug = advise_box([item(300, 200, 150)], [M])
    assert snug is not None
    assert snug.protection == ()


def test_no_advice_without_sizes_or_for_too_many_pieces() -> None:
    assert box_for(item(0, 10, 10)) is None
    assert box_for() is None
    assert box_for(*[item(1, 1, 1)] * 500) is None


def test_the_checker_finds_every_kind_of_fault() -> None:
    inner, size = (10, 10, 10), (6, 10, 10)
    good = [Placement(at=(0, 0, 0), size=(6, 10, 10))]
    assert is_valid(good, [size], inner)
    assert not is_valid([*good, Placement(at=(4, 0, 0), size=(6, 10, 10))], [size, size], inner)
    assert not is_valid([Placement(at=(5, 0, 0), size=(6, 10, 10))], [size], inner)
    assert not is_valid([Placement(at=(0, 0, 0), size=(5, 10, 10))], [size], inner)
    assert not is_valid([], [size], inner)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(*[st.integers(10, 220)] * 3), min_size=1, max_size=9))
def test_an_arrangement_that_is_found_is_a_valid_one(sizes: list[tuple[int, int, int]]) -> None:
    placements = arrange(sizes, L.inner)
    assert placements is None or is_valid(placements, sizes, L.inner)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 4), st.integers(1, 3), st.integers(1, 3))
def test_boxes_cut_into_equal_blocks_are_filled_to_the_brim(across: int, deep: int, high: int) -> None:
    block = (120, 80, 60)
    inner = (120 * across, 80 * deep, 60 * high)
    assert arrange([block] * (across * deep * high), inner) is not None
