"""In which order a picker walks the bins of a list, and how far that is.

Each zone is one block of parallel aisles, and zones are walked one after the other, in the order of their names; how
far apart they are nobody knows, so each is a round trip of its own. In a block the walk is the shortest there is
(``shortest_walk``), never longer than location order, which stays where nothing is gained. The three rules of thumb
that people walk by are here to be compared with: O(stops log stops) each.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from warehouse.planning.blocks import Block, Layout, Point, Stop, by_aisle, merged
from warehouse.planning.shortest_walk import shortest_order

Rule = Callable[[Block, Sequence[Point]], list[Point]]
# Nobody walks another way for less; it also swallows what floats can't tell apart.
_WORTH_M = 0.01


@dataclass(frozen=True, kw_only=True)
class Walk:
    """Bins in the order of the walk, its length, and that of location order."""

    bins: tuple[int, ...]
    metres: float
    location_metres: float


def plan_walk(stops: Sequence[Stop], layout: Layout, *, first_aisles: Mapping[str, int]) -> Walk:
    """The walk through all stops; ``first_aisles``: by zone the aisle at whose front its walks begin and end."""
    bins: list[int] = []
    metres = location_metres = 0.0
    for zone in sorted({stop.zone for stop in stops}):
        mine = [stop for stop in stops if stop.zone == zone]
        first = first_aisles.get(zone, min(stop.aisle for stop in mine))
        block = Block(layout=layout, first_aisle=first)
        order, length, by_location = _in_block(block, block.points(mine))
        bins += [bin_id for point in order for bin_id in point.bins]
        metres += length
        location_metres += by_location
    return Walk(bins=tuple(bins), metres=metres, location_metres=location_metres)


def _in_block(block: Block, location: list[Point]) -> tuple[list[Point], float, float]:
    by_location = block.round_trip(location)
    shortest = shortest_order(block, location)
    length = block.round_trip(shortest)
    if length > by_location - _WORTH_M:
        return location, by_location, by_location
    return shortest, length, by_location


def s_shape(_block: Block, points: Sequence[Point]) -> list[Point]:
    """Through every aisle with a stop, up one and down the next."""
    order: list[Point] = []
    for i, mine in enumerate(by_aisle(merged(points)).values()):
        order += mine[::-1] if i % 2 else mine
    return order


def go_and_return(_block: Block, points: Sequence[Point]) -> list[Point]:
    """Into every aisle with a stop from the front, and back out again."""
    return [point for mine in by_aisle(merged(points)).values() for point in mine]


def largest_gap(block: Block, points: Sequence[Point]) -> list[Point]:
    """Up the first aisle and down the last; the others from both ends, as far as their largest gap."""
    aisles = list(by_aisle(merged(points)).values())
    if len(aisles) < 2:
        return [point for mine in aisles for point in mine]
    from_back, from_front = [], []
    for mine in aisles[1:-1]:
        low, high = _around_gap(mine, block.layout.aisle_length_m)
        from_back += high[::-1]
        from_front.append(low)
    back_to_front = [point for low in from_front[::-1] for point in low]
    return [*aisles[0], *from_back, *aisles[-1][::-1], *back_to_front]


# What people walk by where nobody computes; the benchmark compares them with the optimum.
RULES: dict[str, Rule] = {"s-shape": s_shape, "largest gap": largest_gap, "return": go_and_return}


def _around_gap(mine: list[Point], length: float) -> tuple[list[Point], list[Point]]:
    """The stops in front of the largest gap, and those behind it."""
    depths = [0.0, *(point.y for point in mine), length]
    gap = max(range(len(mine) + 1), key=lambda i: depths[i + 1] - depths[i])
    return mine[:gap], mine[gap:]
