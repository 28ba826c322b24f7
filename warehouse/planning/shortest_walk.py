"""The shortest walk through one block: exact, by going through the aisles from left to right.

Ratliff and Rosenthal, Order-picking in a rectangular warehouse: a solvable case of the traveling salesman problem,
Operations Research 31 (1983). A walk uses some stretches of aisle once or twice; of everything left of an aisle all
that matters is whether its two ends are touched evenly, oddly or not at all, and whether that is one piece or two.
So seven states per aisle are enough, and the work grows with the aisles and stops only: O(aisles + stops log stops).
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from warehouse.planning.blocks import Block, Point, by_aisle, merged

NONE, ODD, EVEN = 0, 1, 2  # how often a cross aisle's node is touched
Node = tuple[int, float]
Edge = tuple[Node, Node]
# How the ends of the newest aisle are touched (front, back), and in how many pieces all that is left of it is.
State = tuple[int, int, int]


@dataclass(frozen=True)
class _Part:
    """Stretches added in one step: how they touch the two ends, whether they join them, and how long they are."""

    front: int
    back: int
    joins: bool
    metres: float
    edges: tuple[Edge, ...]


@dataclass(frozen=True)
class _Partial:
    """The shortest way to reach a state; ``before`` leads back to its beginning."""

    metres: float
    part: _Part | None = None
    before: "_Partial | None" = None


_Combine = Callable[[State, _Part], State | None]


def shortest_order(block: Block, points: Sequence[Point]) -> list[Point]:
    """The points in the order of a shortest round trip from the depot."""
    places = merged(points)
    here = {(point.aisle, point.y): point for point in places}
    if not here:
        return []
    edges = _edges(block, by_aisle([*places, block.depot]))
    visits = dict.fromkeys(_euler((block.first_aisle, 0.0), edges))
    return [here[node] for node in visits if node in here]


def _edges(block: Block, aisles: dict[int, list[Point]]) -> list[Edge]:
    """The stretches of a shortest tour that passes every point."""
    numbers = list(aisles)
    states: dict[State, _Partial] = {(NONE, NONE, 0): _Partial(0.0)}
    for i, number in enumerate(numbers):
        if i:
            states = _advance(states, _crossings(block, numbers[i - 1], number), _cross)
        states = _advance(states, _passages(block, number, [point.y for point in aisles[number]]), _enter)
    ends = [partial for (front, back, pieces), partial in states.items() if pieces == 1 and ODD not in (front, back)]
    step: _Partial | None = min(ends, key=lambda partial: partial.metres)
    edges: list[Edge] = []
    while step is not None and step.part is not None:
        edges += step.part.edges
        step = step.before
    return edges


def _advance(states: dict[State, _Partial], parts: Sequence[_Part], combine: _Combine) -> dict[State, _Partial]:
    """Every state with every part that fits, the shortest way to each new one."""
    reached: dict[State, _Partial] = {}
    for state, partial in states.items():
        for part in parts:
            new = combine(state, part)
            metres = partial.metres + part.metres
            if new is not None and (new not in reached or metres < reached[new].metres):
                reached[new] = _Partial(metres, part, partial)
    return reached


def _enter(state: State, part: _Part) -> State | None:
    """The newest aisle with its own stretches."""
    front, back, pieces = state
    is_joined = part.joins or (pieces == 1 and NONE not in (front, back))
    new_front, new_back = _sum(front, part.front), _sum(back, part.back)
    if new_front == NONE and new_back == NONE:
        return None
    both = NONE not in (new_front, new_back)
    return new_front, new_back, 2 if both and not is_joined else 1


def _cross(state: State, part: _Part) -> State | None:
    """On to the next aisle: both ends left behind must be even, and no piece may stay behind."""
    front, back, pieces = state
    if ODD in (_sum(front, part.front), _sum(back, part.back)):
        return None
    goes_on = [touched != NONE for old, touched in ((front, part.front), (back, part.back)) if old != NONE]
    if not (all(goes_on) if pieces == 2 else any(goes_on)):
        return None
    both = NONE not in (part.front, part.back)
    is_one = pieces == 1 and NONE not in (front, back)
    return part.front, part.back, 2 if both and not is_one else 1


def _sum(one: int, other: int) -> int:
    if NONE in (one, other):
        return one or other
    return EVEN if one == other else ODD


def _passages(block: Block, aisle: int, depths: Sequence[float]) -> list[_Part]:
    """The ways to pass every stop of an aisle: through, from one end, from both but for a gap, or twice through."""
    length = block.layout.aisle_length_m
    nodes = [0.0, *(y for y in depths if 0 < y < length), length]
    steps = list(pairwise(nodes))

    def stretch(parts: Sequence[tuple[float, float]], times: int) -> tuple[float, tuple[Edge, ...]]:
        edges = tuple(((aisle, low), (aisle, high)) for low, high in parts)
        return times * sum(high - low for low, high in parts), edges * times

    through = _Part(ODD, ODD, True, *stretch(steps, 1))
    twice = _Part(EVEN, EVEN, True, *stretch(steps, 2))
    gap = max(range(len(steps)), key=lambda i: steps[i][1] - steps[i][0])
    both_ends = _Part(EVEN, EVEN, False, *stretch(steps[:gap] + steps[gap + 1 :], 2))
    from_front = _Part(EVEN, NONE, False, *stretch(steps[: len(steps) - (length not in depths)], 2))
    from_back = _Part(NONE, EVEN, False, *stretch(steps[int(0.0 not in depths) :], 2))
    return [through, from_front, from_back, both_ends, twice]


def _crossings(block: Block, left: int, right: int) -> list[_Part]:
    """The ways to go on to the next aisle along the cross aisles."""
    metres = block.across(left, right)
    front: Edge = ((left, 0.0), (right, 0.0))
    back: Edge = ((left, block.layout.aisle_length_m), (right, block.layout.aisle_length_m))
    choices = [(ODD, ODD), (EVEN, NONE), (NONE, EVEN), (EVEN, EVEN)]
    return [_Part(f, b, False, metres * (f + b), (front,) * f + (back,) * b) for f, b in choices]


def _euler(start: Node, edges: Sequence[Edge]) -> list[Node]:
    """The nodes of a closed walk that uses every edge once (Hierholzer)."""
    ways: defaultdict[Node, list[int]] = defaultdict(list)
    for i, (one, other) in enumerate(edges):
        ways[one].append(i)
        if other != one:
            ways[other].append(i)
    used = [False] * len(edges)
    stack, walk = [start], []
    while stack:
        node = stack[-1]
        while ways[node] and used[ways[node][-1]]:
            ways[node].pop()
        if not ways[node]:
            walk.append(stack.pop())
            continue
        edge = ways[node].pop()
        used[edge] = True
        one, other = edges[edge]
        stack.append(other if node == one else one)
    return walk[::-1]
