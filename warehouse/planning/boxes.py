"""Which box goods fit into, and what protects them.

Idea: items are placed one by one, the largest first, at extreme points (corners left free by what is placed
already), in the rotation that reaches least far (Crainic, Perboli, Tadei 2008). Several orders of items and
directions of growth are tried, and the cheapest box in which one of them works is advised. Every arrangement is checked
by ``is_valid`` before it is believed, so a box that the goods don't fit in is never advised; that a fitting
box is missed is possible, for packing is NP-hard. O(n^3) per box and order of items.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import permutations, product

# Room for protection on each side, in millimetres, by fragility.
PADDING_MM = {"none": 0, "fragile": 15, "very_fragile": 30}
# Above this number of pieces people judge better than an arrangement that takes seconds to find.
MOST_ITEMS = 60
# Which way an arrangement grows last: up, or towards one of the sides. Blocks that don't stack may stand.
GROWTHS = ((2, 1, 0), (0, 1, 2), (1, 0, 2))
# A box of which less than this share is empty needs nothing to fill it.
SNUG = 0.15

Size = tuple[int, int, int]


@dataclass(frozen=True, kw_only=True)
class Item:
    """One piece; sizes in millimetres, in any order, weight in grams."""

    size: Size
    weight_g: int
    fragility: str = "none"

    @property
    def padded(self) -> Size:
        """With its protection on every side."""
        padding = 2 * PADDING_MM.get(self.fragility, 0)
        length, width, height = self.size
        return length + padding, width + padding, height + padding


@dataclass(frozen=True, kw_only=True)
class Box:
    """A carton: inner sizes, own weight and what it carries in all."""

    id: int
    inner: Size
    weight_g: int
    max_weight_g: int
    cost: Decimal = Decimal(0)

    @property
    def volume(self) -> int:
        return volume(self.inner)


@dataclass(frozen=True, kw_only=True)
class Placement:
    """Where a piece lies: its corner nearest to the origin, and its sizes along the box's axes."""

    at: Size
    size: Size


@dataclass(frozen=True, kw_only=True)
class Advice:
    """The box, where everything lies in it, and which protection is needed (``wrap``, ``cushion``, ``fill``)."""

    box_id: int
    placements: tuple[Placement, ...]
    protection: tuple[tuple[str, int], ...]


def volume(size: Size) -> int:
    return size[0] * size[1] * size[2]


def advise_box(items: Sequence[Item], boxes: Iterable[Box]) -> Advice | None:
    """The cheapest, then smallest box that holds all ``items``; None when no box does or a size isn't known."""
    if not items or len(items) > MOST_ITEMS or any(side <= 0 for item in items for side in item.size):
        return None
    weight = sum(item.weight_g for item in items)
    for box in sorted(boxes, key=lambda box: (box.cost, box.volume, box.id)):
        if weight + box.weight_g > box.max_weight_g:
            continue
        placements = arrange([item.padded for item in items], box.inner)
        if placements is not None:
            return Advice(box_id=box.id, placements=tuple(placements), protection=_protection(items, box))
    return None


def arrange(sizes: Sequence[Size], inner: Size) -> list[Placement] | None:
    """Where each piece lies in a box of that inner size, or None when no arrangement was found."""
    if sum(map(volume, sizes)) > volume(inner) or not all(_fits_alone(size, inner) for size in sizes):
        return None
    orders: list[Callable[[Size], object]] = [
        lambda size: (volume(size), max(size)),
        lambda size: (max(size), volume(size)),
        lambda size: (sorted(size)[1] * max(size), volume(size)),
    ]
    for key, growth in product(orders, GROWTHS):
        placements = _place(sorted(sizes, key=key, reverse=True), inner, growth)  # type: ignore[arg-type]
        if placements is not None and is_valid(placements, sizes, inner):
            return placements
    return None


def is_valid(placements: Sequence[Placement], sizes: Sequence[Size], inner: Size) -> bool:
    """Whether these are exactly the pieces, all inside the box, none in another's place."""
    same = sorted(sorted(p.size) for p in placements) == sorted(sorted(size) for size in sizes)
    inside = all(
        start >= 0 and start + side <= limit
        for p in placements
        for start, side, limit in zip(p.at, p.size, inner, strict=True)
    )
    return same and inside and not any(overlap(a, b) for i, a in enumerate(placements) for b in placements[:i])


def overlap(a: Placement, b: Placement) -> bool:
    """Whether two pieces share room; touching is allowed."""
    return all(
        a_at < b_at + b_side and b_at < a_at + a_side
        for a_at, a_side, b_at, b_side in zip(a.at, a.size, b.at, b.size, strict=True)
    )


def _fits_alone(size: Size, inner: Size) -> bool:
    return all(side <= limit for side, limit in zip(sorted(size), sorted(inner), strict=True))


def _place(sizes: Sequence[Size], inner: Size, growth: Size) -> list[Placement] | None:
    placed: list[Placement] = []
    corners: list[Size] = [(0, 0, 0)]
    for size in sizes:
        best = _best(size, corners, placed, inner, growth)
        if best is None:
            return None
        placed.append(best)
        corners.remove(best.at)
        corners = list(dict.fromkeys(corners + _new_corners(best, placed)))
    return placed


def _best(
    size: Size, corners: Sequence[Size], placed: Sequence[Placement], inner: Size, growth: Size
) -> Placement | None:
    """The free place that reaches least far along the axes of ``growth``, the first of them counting most."""
    candidates = [
        Placement(at=corner, size=(length, width, height))
        for corner in corners
        for length, width, height in dict.fromkeys(permutations(size))
        if all(start + side <= limit for start, side, limit in zip(corner, (length, width, height), inner, strict=True))
    ]
    candidates.sort(key=lambda p: tuple(p.at[axis] + p.size[axis] for axis in growth))
    return next((p for p in candidates if not any(overlap(p, other) for other in placed)), None)


def _new_corners(p: Placement, placed: Sequence[Placement]) -> list[Size]:
    """The points that a new piece opens: beside, behind and above it, each slid back until something stops it."""
    (x, y, z), (length, width, height) = p.at, p.size
    return [
        point
        for start, axes in (
            ((x + length, y, z), (1, 2)),
            ((x, y + width, z), (0, 2)),
            ((x, y, z + height), (0, 1)),
        )
        for axis in axes
        for point in (start, _slide(start, axis, placed))
    ]


def _slide(point: Size, axis: int, placed: Sequence[Placement]) -> Size:
    """Move a point towards the origin along one axis, until the wall or a piece's far side."""
    stops = [0]
    for p in placed:
        far_side = p.at[axis] + p.size[axis]
        faces = all(p.at[a] <= point[a] < p.at[a] + p.size[a] for a in range(3) if a != axis)
        if faces and far_side <= point[axis]:
            stops.append(far_side)
    slid = list(point)
    slid[axis] = max(stops)
    return slid[0], slid[1], slid[2]


def _protection(items: Sequence[Item], box: Box) -> tuple[tuple[str, int], ...]:
    """Pieces by purpose: a wrap for each fragile item, a cushion for each very fragile one, a filling if loose."""
    wraps = sum(item.fragility != "none" for item in items)
    cushions = sum(item.fragility == "very_fragile" for item in items)
    empty = 1 - sum(volume(item.padded) for item in items) / box.volume
    wanted = (("wrap", wraps), ("cushion", cushions), ("fill", int(empty > SNUG)))
    return tuple((purpose, pieces) for purpose, pieces in wanted if pieces)
