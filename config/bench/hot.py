"""Many buyers, few units: exactly the stock is sold, everybody else is refused politely, and nobody deadlocks."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection

from config.bench import shop
from config.bench.house import House
from config.bench.load import Load, Plan
from config.bench.place import PAYMENTS
from warehouse.models import StockLevel

CLIENTS, ATTEMPTS = 16, 300
REFUSED = "409 out_of_stock"


@dataclass(frozen=True, kw_only=True)
class Fought:
    """What became of 300 attempts."""

    payment: str
    load: Load
    allocated: int
    deadlocks: int

    @property
    def is_sound(self) -> bool:
        expected = {"201": shop.FEW, REFUSED: ATTEMPTS - shop.FEW}
        return self.load.answers == expected and self.allocated == shop.FEW and not self.deadlocks


def measure(house: House, *, say: Callable[[str], None]) -> list[Fought]:
    """One fight over an unpaid product and one over a paid one."""
    return [_fight(house, name, say=say) for name in PAYMENTS]


def _fight(house: House, payment: str, *, say: Callable[[str], None]) -> Fought:
    say(f"{CLIENTS} clients, {ATTEMPTS} attempts, {shop.FEW} units: {payment}")
    sku = shop.HOT[payment]
    before = _deadlocks()
    load = house.load(
        Plan(
            clients=CLIENTS,
            attempts=ATTEMPTS,
            order={**shop.ORDER, "payment": PAYMENTS[payment]},
            lines=1,
            products=(sku, sku),
        )
    )
    level = StockLevel.objects.get(product__sku=f"SKU-{sku}")
    return Fought(payment=payment, load=load, allocated=level.allocated, deadlocks=_deadlocks() - before)


def _deadlocks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])
