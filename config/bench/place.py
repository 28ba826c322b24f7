"""Place orders as fast as the house can: of 3 and of 30 lines, unpaid and paid, beside the same in plain SQL."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from config.bench import shop
from config.bench.house import House
from config.bench.load import Load, Plan
from config.bench.plain_sql import Floor

LINES = (3, 30)
PAYMENTS = {"unpaid": None, "paid": shop.PAID}
# At the same number of lines; the statements of the floor don't grow with them either.
FLOORS = {3: "place_3", 30: "place_30"}


@dataclass(frozen=True, kw_only=True)
class Placed:
    """One row of the table."""

    lines: int
    payment: str
    clients: int
    statements: int
    load: Load
    floor: Floor

    @property
    def share(self) -> float:
        """Our orders a second over those of plain SQL."""
        return self.load.per_second / self.floor.per_second

    @property
    def is_sound(self) -> bool:
        """Every order was placed."""
        return set(self.load.answers) == {"201"}


def measure(house: House, *, clients: Sequence[int], seconds: int, say: Callable[[str], None]) -> list[Placed]:
    """Floor and house alternate, so that both meet the same machine."""
    rows = []
    for lines in LINES:
        needed = {name: _statements(house, lines, name) for name in PAYMENTS}
        for count in clients:
            say(f"{lines} lines, {count} clients: the floor")
            floor = house.floor(FLOORS[lines], clients=count, seconds=seconds)
            for name in PAYMENTS:
                say(f"{lines} lines, {count} clients: {name}")
                load = house.load(_plan(lines, name, clients=count, seconds=seconds))
                rows.append(
                    Placed(lines=lines, payment=name, clients=count, statements=needed[name], load=load, floor=floor)
                )
    return rows


def _plan(lines: int, payment: str, *, clients: int, seconds: int) -> Plan:
    return Plan(
        clients=clients,
        seconds=seconds,
        warmup=max(1.0, seconds / 5),
        order={**shop.ORDER, "payment": PAYMENTS[payment]},
        lines=lines,
        products=(1, shop.PRODUCTS),
    )


def _statements(house: House, lines: int, payment: str) -> int:
    order = {
        **shop.ORDER,
        "payment": PAYMENTS[payment],
        "customer": {"email": "ann@example.com", "name": "Ann Bell"},
        "lines": [{"sku": f"SKU-{i}", "quantity": 1} for i in range(1, lines + 1)],
    }
    return house.statements("POST", "/api/v1/orders", order)
