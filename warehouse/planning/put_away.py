"""Where received goods belong: with what lies there already, else into an empty bin near it, else into bulk."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A bin that goods may be put into. ``mine`` and ``others`` are the units of this and of other products in it."""

    bin_id: int
    is_pick: bool
    walk: tuple[int, str]
    mine: int = 0
    others: int = 0


def suggest_bin(spots: Sequence[Spot]) -> int | None:
    """The best of a warehouse's pick and bulk bins; None when there is none.

    1 the pick bin that has most of the product 2 the empty pick bin that is nearest to a home of it by the walk (to
    its start when it has none) 3 bulk: where it lies already, else the first empty one, else the first 4 any pick bin.
    """
    homes = [spot for spot in spots if spot.is_pick and spot.mine]
    if homes:
        return min(homes, key=lambda spot: (-spot.mine, spot.walk)).bin_id
    near = min((spot.walk[0] for spot in spots if spot.mine), default=0)
    empty = [spot for spot in spots if spot.is_pick and not spot.others]
    if empty:
        return min(empty, key=lambda spot: (abs(spot.walk[0] - near), spot.walk)).bin_id
    bulk = [spot for spot in spots if not spot.is_pick]
    if bulk:
        return min(bulk, key=lambda spot: (-spot.mine, spot.others > 0, spot.walk)).bin_id
    return min(spots, key=lambda spot: spot.walk).bin_id if spots else None
