"""A block of parallel aisles between a front and a back cross aisle: where its bins are, and how far apart."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How a warehouse's aisles lie: their length, the distance of two neighbours, and of two bays in one."""

    aisle_length_m: float
    aisle_distance_m: float
    bay_pitch_m: float


@dataclass(frozen=True, kw_only=True)
class Stop:
    """A bin to go to. ``walk`` is its place in location order."""

    bin_id: int
    zone: str
    aisle: int
    bay: int
    walk: tuple[int, str]


@dataclass(frozen=True)
class Point:
    """A place in a block: the aisle, and the metres from the front. ``bins`` are the stops there, in location order."""

    aisle: int
    y: float
    bins: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Block:
    """One zone: a walk begins and ends at the front of its first aisle. Levels cost no way."""

    layout: Layout
    first_aisle: int

    @property
    def depot(self) -> Point:
        return Point(self.first_aisle, 0.0)

    def across(self, one: int, other: int) -> float:
        """The metres along a cross aisle."""
        return abs(one - other) * self.layout.aisle_distance_m

    def depth(self, bay: int) -> float:
        """How far from the front a bay is; bays beyond the aisle's end stand at its end."""
        return min(bay * self.layout.bay_pitch_m, self.layout.aisle_length_m)

    def metres(self, one: Point, other: Point) -> float:
        """The shortest way: within an aisle, or around by the front or the back."""
        if one.aisle == other.aisle:
            return abs(one.y - other.y)
        by_front = one.y + other.y
        by_back = 2 * self.layout.aisle_length_m - by_front
        return self.across(one.aisle, other.aisle) + min(by_front, by_back)

    def round_trip(self, points: Iterable[Point]) -> float:
        """From the depot through ``points`` in their order, and back."""
        way = [self.depot, *points, self.depot]
        return sum(self.metres(one, other) for one, other in pairwise(way))

    def points(self, stops: Sequence[Stop]) -> list[Point]:
        """The stops as places, in location order; neighbours in that order at the same place are one."""
        found: list[Point] = []
        for stop in sorted(stops, key=lambda stop: stop.walk):
            place = Point(stop.aisle, self.depth(stop.bay), (stop.bin_id,))
            if found and (found[-1].aisle, found[-1].y) == (place.aisle, place.y):
                found[-1] = Point(place.aisle, place.y, (*found[-1].bins, stop.bin_id))
            else:
                found.append(place)
        return found


def merged(points: Iterable[Point]) -> list[Point]:
    """Every place once, with all of its bins."""
    bins: dict[tuple[int, float], tuple[int, ...]] = {}
    for point in points:
        bins[point.aisle, point.y] = (*bins.get((point.aisle, point.y), ()), *point.bins)
    return [Point(aisle, y, found) for (aisle, y), found in bins.items()]


def by_aisle(points: Iterable[Point]) -> dict[int, list[Point]]:
    """The points of each aisle from the front to the back, aisles from the first."""
    aisles: dict[int, list[Point]] = {}
    for point in sorted(points, key=lambda point: (point.aisle, point.y)):
        aisles.setdefault(point.aisle, []).append(point)
    return aisles
