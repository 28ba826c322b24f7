"""Five hundred orders of three lines: sent one by one, and in one batch, by one client each, in the same minute."""

from collections.abc import Callable
from dataclasses import dataclass

from config.bench import shop
from config.bench.house import House
from config.bench.load import Load, Plan

ORDERS, LINES, ROUNDS = 500, 3, 2
# A batch must be at least so much faster for each order.
GOAL = 4.0


@dataclass(frozen=True, kw_only=True)
class Batched:
    """One round: ``single`` calls, and the batch (``load``)."""

    orders: int
    single: Load
    load: Load

    def ms_each(self, load: Load) -> float:
        """Milliseconds from the first request to the last answer, for each order."""
        return 1000 * sum(load.answers.values()) / load.per_second / self.orders

    def each(self, load: Load, ms: float | None) -> float | None:
        """CPU of one order, from the CPU of one answer."""
        return None if ms is None else ms * sum(load.answers.values()) / self.orders

    @property
    def ratio(self) -> float:
        return self.ms_each(self.single) / self.ms_each(self.load)

    @property
    def is_sound(self) -> bool:
        """Every order was placed, and the batch is as much faster as it must be."""
        is_placed = self.single.answers == {"201": self.orders} and self.load.answers == {f"{self.orders} x 201": 1}
        return is_placed and self.ratio >= GOAL


def measure(house: House, *, say: Callable[[str], None]) -> list[Batched]:
    """The first round warms the server up."""
    rounds = []
    for i in range(1, ROUNDS + 1):
        say(f"round {i} of {ROUNDS}: {ORDERS} orders one by one, then in a batch")
        single = house.load(_plan(attempts=ORDERS))
        rounds.append(Batched(orders=ORDERS, single=single, load=house.load(_plan(attempts=1, batch=ORDERS))))
    return rounds[1:]


def _plan(*, attempts: int, batch: int = 0) -> Plan:
    return Plan(clients=1, attempts=attempts, order=shop.ORDER, lines=LINES, batch=batch, products=(1, shop.PRODUCTS))
