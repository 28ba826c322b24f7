"""Walks on paper: the shortest there is, and never longer than location order."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.bench.routes import shortest_of_all
from tests.properties import many
from warehouse.planning.bins import Grip
from warehouse.planning.blocks import Block, Layout, Point, Stop, merged
from warehouse.planning.pick_lists import Floor, make_lists, share_walks
from warehouse.planning.routes import RULES, plan_walk
from warehouse.planning.shortest_walk import shortest_order

LAYOUT = Layout(aisle_length_m=10, aisle_distance_m=4, bay_pitch_m=1)

layouts = st.builds(
    Layout,
    aisle_length_m=st.sampled_from([5.0, 10.0, 20.0, 30.0]),
    aisle_distance_m=st.sampled_from([1.0, 2.5, 4.0, 15.0]),
    bay_pitch_m=st.sampled_from([0.9, 1.2, 2.5]),
)
places = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 30), st.integers(0, 99)), min_size=1, max_size=7)


def stops(found: Sequence[tuple[int, int, int]], zone: str = "A") -> list[Stop]:
    return [
        Stop(bin_id=i, zone=zone, aisle=aisle, bay=bay, walk=(sequence, str(i)))
        for i, (aisle, bay, sequence) in enumerate(found)
    ]


@many(300)
@given(layouts, places, st.integers(0, 6))
def test_the_walk_is_the_shortest_there_is(layout: Layout, found: list[tuple[int, int, int]], first: int) -> None:
    block = Block(layout=layout, first_aisle=first)
    points = block.points(stops(found))

    order = shortest_order(block, points)

    assert sorted(bin_id for point in order for bin_id in point.bins) == list(range(len(found)))
    assert block.round_trip(order) == pytest.approx(shortest_of_all(block, merged(points)))


@many(200)
@given(
    layouts, st.lists(st.tuples(st.integers(1, 12), st.integers(0, 30), st.integers(0, 99)), min_size=1, max_size=40)
)
def test_no_order_is_shorter(layout: Layout, found: list[tuple[int, int, int]]) -> None:
    block, mine = Block(layout=layout, first_aisle=1), stops(found)
    points = block.points(mine)

    walk = plan_walk(mine, layout, first_aisles={"A": 1})

    assert sorted(walk.bins) == list(range(len(found)))
    assert walk.metres <= walk.location_metres
    for rule in RULES.values():
        order = rule(block, points)
        assert sorted(bin_id for point in order for bin_id in point.bins) == list(range(len(found)))
        assert walk.metres <= block.round_trip(order) + 0.011


def test_metres_are_those_of_the_floor() -> None:
    block = Block(layout=LAYOUT, first_aisle=1)
    front, back, next_door = Point(1, 2), Point(1, 9), Point(3, 8)
    assert block.metres(front, back) == 7
    assert block.metres(front, next_door) == 8 + 10, "around by the front or the back is as far"
    assert block.metres(back, next_door) == 8 + 3, "around by the back"
    assert block.depth(99) == 10, "a bay beyond the end stands at it"
    assert block.round_trip([front, back]) == 18


def test_location_order_stays_where_nothing_is_gained() -> None:
    walk = plan_walk(stops([(1, 3, 2), (1, 5, 1), (1, 5, 3)]), LAYOUT, first_aisles={"A": 1})
    assert (walk.metres, walk.location_metres) == (10.0, 14.0)
    walk = plan_walk(stops([(1, 3, 2), (1, 5, 1), (1, 4, 3)]), LAYOUT, first_aisles={"A": 1})
    assert (walk.metres, walk.location_metres) == (10.0, 12.0)
    walk = plan_walk(stops([(1, 3, 3), (1, 5, 1), (1, 4, 2)]), LAYOUT, first_aisles={"A": 1})
    assert (walk.bins, walk.metres) == ((1, 2, 0), 10.0)
    unknown = plan_walk(stops([(0, 0, 9), (0, 0, 1)]), LAYOUT, first_aisles={"A": 0})
    assert (unknown.bins, unknown.metres) == ((1, 0), 0.0)


def test_zones_are_walked_one_after_the_other() -> None:
    mine = [*stops([(1, 5, 1)], "B"), *[Stop(bin_id=7, zone="A", aisle=4, bay=2, walk=(9, "x"))]]

    walk = plan_walk(mine, LAYOUT, first_aisles={"A": 4, "B": 1})

    assert (walk.bins, walk.metres) == ((7, 0), 2 * 2 + 2 * 5)


def test_rules_of_thumb() -> None:
    block = Block(layout=LAYOUT, first_aisle=1)
    points = [Point(1, 2, (1,)), Point(1, 8, (2,)), Point(2, 1, (3,)), Point(2, 9, (4,)), Point(3, 5, (5,))]
    walks = {name: [point.bins[0] for point in rule(block, points)] for name, rule in RULES.items()}
    assert walks == {"s-shape": [1, 2, 4, 3, 5], "return": [1, 2, 3, 4, 5], "largest gap": [1, 2, 4, 5, 3]}


def test_orders_of_the_same_aisles_share_a_list() -> None:
    aisles = {1: {("A", 1)}, 2: {("A", 9)}, 3: {("A", 1)}, 4: {("A", 9), ("A", 1)}}
    assert share_walks(aisles, 2) == [[1, 3], [2, 4]]
    assert share_walks(aisles, 1) == [[1], [2], [3], [4]]
    assert share_walks({}, 3) == []


def test_a_zone_has_lists_of_its_own() -> None:
    places = {
        1: Stop(bin_id=1, zone="A", aisle=1, bay=5, walk=(2, "a")),
        2: Stop(bin_id=2, zone="B", aisle=1, bay=1, walk=(1, "b")),
    }
    floor = Floor(stops=places, layout=LAYOUT, first_aisles={"A": 1, "B": 1})
    grips = [Grip(key=k, bin_id=bin_id, quantity=1) for k, bin_id in ((10, 1), (11, 2), (20, 1))]
    owners = {10: 1, 11: 1, 20: 2}

    by_zone = make_lists(grips, owners=owners, floor=floor, most=5, by_zone=True)
    together = make_lists(grips, owners=owners, floor=floor, most=5, by_zone=False)

    assert [(each.zone, each.orders, each.metres) for each in by_zone] == [("A", (1, 2), 10.0), ("B", (1,), 2.0)]
    assert [[grip.key for grip in each.grips] for each in together] == [[10, 20, 11]]
    alone = make_lists(grips, owners={20: 2, **owners}, floor=floor, most=1, by_zone=False)
    assert [each.orders for each in alone] == [(2,), (1,)], "the older one first"
