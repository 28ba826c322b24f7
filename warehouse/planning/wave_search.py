"""The search behind ``choose_wave``: grow the aisles, then drop, add and swap some."""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from warehouse.planning.wave_terms import Demand, Limits, Score, cover, score, total, urgent_first, without_needless

_STALE = 60  # iterations without a gain after which the search goes back to the best plan
_DARING = 0.05  # how often it goes on with a worse one
_HOPELESS = 15  # aisles in a row that made the plan worse, after which growing ends


@dataclass(frozen=True)
class Plan:
    """Places of orders and aisles; ``sequence`` is the order in which the orders that needn't go were asked to join."""

    score: Score
    orders: tuple[int, ...]
    aisles: frozenset[int]
    units: int
    sequence: tuple[int, ...]


class Search:
    """One run. Places stand for orders and aisles, so that equal seeds walk equal ways."""

    def __init__(
        self, demands: Sequence[Demand], shelves: Sequence[Mapping[int, int]], limits: Limits, rng: random.Random
    ) -> None:
        self._limits, self._rng = limits, rng
        self._shelves = dict(enumerate(shelves))
        self._items = [tuple(demand.units.items()) for demand in demands]
        self._size = [demand.size for demand in demands]
        self._totes = [demand.totes for demand in demands]
        stock = total(shelves)
        self._urgent = urgent_first(demands, stock, limits)
        self._others = tuple(
            i
            for i, demand in enumerate(demands)
            if not demand.is_urgent
            and limits.allow(demand.size, 1, demand.totes)
            and all(n <= stock[product] for product, n in self._items[i])
        )
        self._aisles_of: defaultdict[int, list[int]] = defaultdict(list)
        for aisle, shelf in self._shelves.items():
            for product in shelf:
                self._aisles_of[product].append(aisle)
        self._base = frozenset(cover(total(demands[i].units for i in self._urgent), self._shelves))
        self.best = Plan((0, 0.0, 0), (), frozenset(), 0, self._others)

    def run(self, iterations: int, is_over: Callable[[], bool]) -> int:
        """Grow, then search; returns how many plans were looked at."""
        by_size = tuple(sorted(self._others, key=lambda i: (-self._size[i], i)))
        growth = chain(self._grow(self._others), self._grow(by_size))
        current, stale, done = self.best, 0, 0
        while done < iterations and not is_over():
            done += 1
            plan = next(growth, None)
            if plan is None:
                plan = self._evaluate(*self._neighbour(current)) or current
                if plan.score >= current.score or self._rng.random() < _DARING:
                    current = plan
            if plan.score > self.best.score:
                self.best = current = plan
                stale = 0
            stale += 1
            if stale % _STALE == 0:
                current = self.best
        return done

    def _grow(self, sequence: tuple[int, ...]) -> Iterator[Plan]:
        """Plans of ever more aisles: always the one that completes most units, whole orders before begun ones."""
        aisles, best, worse = set(self._base), (0, 0.0, 0), 0
        while worse < _HOPELESS:
            plan = self._evaluate(frozenset(aisles), sequence)
            if plan is None:
                return
            yield plan
            worse = 0 if plan.score > best else worse + 1
            best = max(best, plan.score)
            gains = {} if self._is_full(plan) else self._gains(aisles)
            if not gains:
                return
            aisles.add(max(gains, key=lambda aisle: (gains[aisle], -aisle)))

    def _is_full(self, plan: Plan) -> bool:
        totes = sum(self._totes[i] for i in plan.orders)
        return not self._limits.allow(plan.units + 1, len(plan.orders) + 1, totes + 1)

    def _gains(self, aisles: set[int]) -> dict[int, float]:
        """By aisle the units of the orders that it would complete, and a share of those that it would bring nearer."""
        held = total(self._shelves[aisle] for aisle in aisles)
        gains: defaultdict[int, float] = defaultdict(float)
        for i in self._others:
            missing = [(product, n - held[product]) for product, n in self._items[i] if held[product] < n]
            if not missing:
                continue
            helps: Counter[int] = Counter()
            for product, n in missing:
                helps.update(a for a in self._aisles_of[product] if a not in aisles and self._shelves[a][product] >= n)
            for aisle, products in helps.items():
                gains[aisle] += self._size[i] / (1 + len(missing) - products) ** 2
        if not gains:  # only several aisles together have enough of something
            gains |= {a: 1.0 for i in self._others for p, _n in self._items[i] for a in self._aisles_of[p]}
            gains = defaultdict(float, {a: gain for a, gain in gains.items() if a not in aisles})
        return gains

    def _neighbour(self, plan: Plan) -> tuple[frozenset[int], tuple[int, ...]]:
        """Aisles and a sequence a little different from those of ``plan``."""
        rng, aisles, sequence = self._rng, set(plan.aisles), plan.sequence
        move = rng.random()
        if move < 0.7 and len(self._shelves) > 1:
            if move < 0.45 and aisles:
                aisles.remove(rng.choice(sorted(aisles)))
            if move > 0.2:
                aisles.add(self._promising(plan))
        if move > 0.55 and sequence:
            place = rng.randrange(len(sequence))
            joined = set(plan.orders)
            others = [k for k in range(len(sequence)) if sequence[k] not in joined] if len(sequence) < 200 else []
            place = rng.choice(others) if others and rng.random() < 0.7 else place
            rest = sequence[:place] + sequence[place + 1 :]
            sequence = (sequence[place], *rest) if rng.random() < 0.8 else (*rest, sequence[place])
        return frozenset(aisles), sequence

    def _promising(self, plan: Plan) -> int:
        """An aisle with goods of an order that didn't join, or any."""
        if plan.sequence and self._rng.random() < 0.7:
            items = self._items[self._rng.choice(plan.sequence)]
            return self._rng.choice(self._aisles_of[self._rng.choice(items)[0]])
        return self._rng.randrange(len(self._shelves))

    def _evaluate(self, aisles: frozenset[int], sequence: tuple[int, ...]) -> Plan | None:
        """The orders that fit when they are asked in this order; None: the urgent ones don't find their goods."""
        left = total(self._shelves[aisle] for aisle in aisles)
        taken: list[int] = []
        units = totes = 0
        for i in chain(self._urgent, sequence):
            items = self._items[i]
            if all(left[product] >= n for product, n in items) and self._limits.allow(
                units + self._size[i], len(taken) + 1, totes + self._totes[i]
            ):
                taken.append(i)
                units += self._size[i]
                totes += self._totes[i]
                for product, n in items:
                    left[product] -= n
            elif len(taken) < len(self._urgent):
                return None
        wanted: Counter[int] = Counter()
        for i in taken:
            for product, n in self._items[i]:
                wanted[product] += n
        needed = frozenset(without_needless(sorted(aisles), self._shelves, wanted))
        return Plan(score(units, len(needed), self._limits), tuple(taken), needed, units, sequence)
