"""From bins to be emptied to lists: which orders share a walk, and in which order their bins are walked."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from warehouse.planning.bins import Grip
from warehouse.planning.blocks import Layout, Stop
from warehouse.planning.routes import Walk, plan_walk


@dataclass(frozen=True, kw_only=True)
class Floor:
    """Where the bins are (by key), how the aisles lie, and where each zone's walks begin."""

    stops: Mapping[int, Stop]
    layout: Layout
    first_aisles: Mapping[str, int]

    def walk(self, bin_ids: Iterable[int]) -> Walk:
        """The walk through some of the bins."""
        stops = [self.stops[bin_id] for bin_id in set(bin_ids)]
        return plan_walk(stops, self.layout, first_aisles=self.first_aisles)


@dataclass(frozen=True, kw_only=True)
class PlannedList:
    """One list: its grips in walk order, the orders that they are for, its zone where it is of one, and its length."""

    grips: tuple[Grip, ...]
    orders: tuple[int, ...]
    zone: str
    metres: float


def make_lists(
    grips: Sequence[Grip], *, owners: Mapping[int, int], floor: Floor, most: int, by_zone: bool
) -> list[PlannedList]:
    """Share the grips out among lists of at most ``most`` orders; ``owners``: the order of each grip's ``key``, by age.

    Orders that need the same aisles share a list. By zone, each has lists of its own, and an order may be on several.
    """
    zones = sorted({floor.stops[grip.bin_id].zone for grip in grips}) if by_zone else [""]
    lists = []
    for zone in zones:
        mine = [grip for grip in grips if not by_zone or floor.stops[grip.bin_id].zone == zone]
        aisles: dict[int, set[tuple[str, int]]] = {order: set() for order in owners.values()}
        for grip in mine:
            stop = floor.stops[grip.bin_id]
            aisles[owners[grip.key]].add((stop.zone, stop.aisle))
        for orders in share_walks({order: visited for order, visited in aisles.items() if visited}, most):
            together = [grip for grip in mine if owners[grip.key] in set(orders)]
            walk = floor.walk(grip.bin_id for grip in together)
            place = {bin_id: i for i, bin_id in enumerate(walk.bins)}
            ordered = sorted(together, key=lambda grip: (place[grip.bin_id], grip.key))
            lists.append(PlannedList(grips=tuple(ordered), orders=tuple(orders), zone=zone, metres=walk.metres))
    return lists


def share_walks(aisles: Mapping[int, Set[tuple[str, int]]], most: int) -> list[list[int]]:
    """Orders in groups of at most ``most``; ``aisles`` by order, the oldest first.

    Each group begins with the oldest order left and takes in the one that adds the fewest aisles, of equals the one
    that shares most, then the oldest. O(orders squared).
    """
    left = dict(aisles)
    groups = []
    while left:
        first = next(iter(left))
        group, visited = [first], set(left.pop(first))
        while left and len(group) < most:
            joining = min(left, key=lambda order: (len(left[order] - visited), -len(left[order] & visited)))
            group.append(joining)
            visited |= left.pop(joining)
        groups.append(group)
    return groups
