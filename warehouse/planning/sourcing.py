"""Which warehouse fills which units: as few parcels as possible, then the warehouse's priority.

Idea: the smallest set of warehouses that fills all that can be filled wins; among sets of one size the one
whose members come first by priority. Up to ``EXACT_UP_TO`` warehouses every set is tried, so the answer is
exact: at most 2^n sets, and one warehouse that holds everything, the usual case, is found at the first few.
Above that a greedy choice (the warehouse that fills most of what is left) stands in.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

EXACT_UP_TO = 10


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """What one warehouse may still promise of one product."""

    warehouse_id: int
    product_id: int
    sellable: int


@dataclass(frozen=True, kw_only=True)
class Want:
    """Units of a product that are to be sourced."""

    product_id: int
    quantity: int


# Units by product, and by (warehouse, product).
Units = Mapping[int, int]
Stock = Mapping[tuple[int, int], int]


def source(wants: Sequence[Want], shelves: Iterable[Shelf], *, ranked: Sequence[int]) -> list[list[tuple[int, int]]]:
    """For each want its (warehouse, units), in order; what is missing from the sum can't be filled.

    ``ranked`` lists the warehouses, best first. Wants of one product share its stock, earlier wants first.
    """
    stock = {(s.warehouse_id, s.product_id): s.sellable for s in shelves if s.sellable > 0}
    demand: defaultdict[int, int] = defaultdict(int)
    for want in wants:
        demand[want.product_id] += want.quantity
    useful = [w for w in ranked if any((w, product) in stock for product in demand)]
    chosen = _exact(demand, stock, useful) if len(useful) <= EXACT_UP_TO else _greedy(demand, stock, useful)
    return [_draw(want, stock, chosen) for want in wants]


def _exact(demand: Units, stock: Stock, ranked: Sequence[int]) -> Sequence[int]:
    """The smallest set that fills whatever all of them together could; sets come in order of priority."""
    possible = _filled(demand, stock, ranked)
    for size in range(1, len(ranked)):
        for chosen in combinations(ranked, size):
            if _filled(demand, stock, chosen) == possible:
                return chosen
    return ranked


def _greedy(demand: Units, stock: Stock, ranked: Sequence[int]) -> Sequence[int]:
    """Warehouse after warehouse the one that fills most of what is left, until nothing more can be filled."""
    left, rest, chosen = dict(demand), list(ranked), []
    while rest:
        best = max(rest, key=lambda w: _filled(left, stock, (w,)))  # the first of equals, so the best ranked
        if not _filled(left, stock, (best,)):
            break
        left = {product: max(0, n - stock.get((best, product), 0)) for product, n in left.items()}
        rest.remove(best)
        chosen.append(best)
    return chosen


def _filled(demand: Units, stock: Stock, warehouses: Sequence[int]) -> int:
    """How many of the demanded units these warehouses can fill."""
    return sum(min(n, sum(stock.get((w, product), 0) for w in warehouses)) for product, n in demand.items())


def _draw(want: Want, stock: dict[tuple[int, int], int], warehouses: Sequence[int]) -> list[tuple[int, int]]:
    """Take a want's units out of ``stock``: from one warehouse when one has them all, else from the first on."""
    drawn: list[tuple[int, int]] = []
    left = want.quantity
    whole = [w for w in warehouses if stock.get((w, want.product_id), 0) >= left]
    for warehouse in whole[:1] or warehouses:
        units = min(left, stock.get((warehouse, want.product_id), 0))
        if units:
            stock[warehouse, want.product_id] -= units
            drawn.append((warehouse, units))
            left -= units
    return drawn
