"""From which bins units are fetched, and in which order a picker walks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Place:
    """Free units of a product in one bin; ``rank`` is lower for bins that are better to pick from."""

    bin_id: int
    product_id: int
    free: int
    rank: int
    walk: tuple[int, str]


@dataclass(frozen=True, kw_only=True)
class Fetch:
    """Units that somebody wants; ``key`` is the caller's own name for them."""

    key: int
    product_id: int
    quantity: int


@dataclass(frozen=True, kw_only=True)
class Grip:
    """Take so many units for ``key`` out of one bin."""

    key: int
    bin_id: int
    quantity: int


def choose_bins(wanted: Iterable[Fetch], places: Sequence[Place]) -> list[Grip]:
    """Grips for ``wanted`` in walk order; what no bin has is missing from them.

    Each fetch takes the best-ranked bin that has all of its units, so that nobody walks twice; else it takes
    bin after bin, best rank first, then by the walk. O(fetches x bins of the product).
    """
    free = {(place.bin_id, place.product_id): place.free for place in places}
    by_rank = sorted(places, key=lambda place: (place.rank, place.walk))
    walk = {place.bin_id: place.walk for place in places}
    grips = []
    for fetch in wanted:
        left = fetch.quantity
        held = [p for p in by_rank if p.product_id == fetch.product_id]
        whole = [p for p in held if free[p.bin_id, p.product_id] >= left]
        for place in whole[:1] or held:
            units = min(left, max(0, free[place.bin_id, place.product_id]))
            if units:
                free[place.bin_id, place.product_id] -= units
                left -= units
                grips.append(Grip(key=fetch.key, bin_id=place.bin_id, quantity=units))
    return sorted(grips, key=lambda grip: (walk[grip.bin_id], grip.key))
