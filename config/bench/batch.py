"""Five hundred orders of three lines: sent one by one, and in one batch, by one client each, in the same minute."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection

from config.bench import shop
from config.bench.house import House
from config.bench.load import Load, Plan

ORDERS, LINES, ROUNDS = 500, 3, 3
_WORKERS, _FEW = 2, 20
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
    """Both workers and all tables are warm: they are analysed in between, as autovacuum does where orders come in.

    Without, PostgreSQL goes on checking foreign keys as it planned to while the tables were empty: row by row.
    """
    say("warming up")
    house.load(_plan(attempts=ORDERS, clients=_WORKERS))
    house.load(_plan(attempts=2 * _WORKERS, clients=_WORKERS, batch=_FEW))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    rounds = []
    for i in range(1, ROUNDS + 1):
        say(f"round {i} of {ROUNDS}: {ORDERS} orders one by one, then in a batch")
        single = house.load(_plan(attempts=ORDERS))
        rounds.append(Batched(orders=ORDERS, single=single, load=house.load(_plan(attempts=1, batch=ORDERS))))
    return rounds


def _plan(*, attempts: int, clients: int = 1, batch: int = 0) -> Plan:
    return Plan(
        clients=clients,
        attempts=attempts,
        order=shop.ORDER,
        lines=LINES,
        batch=batch,
        products=(1, shop.PRODUCTS),
    )
