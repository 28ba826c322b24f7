"""The page of 50 orders: the first one, and pages deep in a long list, beside plain SQL by keyset."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone

from config.bench import plain_sql
from config.bench.house import House
from config.bench.load import Load, Plan
from config.bench.many import fill
from config.bench.plain_sql import Floor

LIMIT = 50
MOST_STATEMENTS = 4
_LIST = "/api/v1/orders"
_DEPTHS = 20


@dataclass(frozen=True, kw_only=True)
class Paged:
    """One row of the table."""

    orders: int
    page: str
    clients: int
    statements: int
    load: Load
    floor: Floor

    @property
    def share(self) -> float:
        """Our pages a second over those of plain SQL."""
        return self.load.per_second / self.floor.per_second

    @property
    def is_sound(self) -> bool:
        """Every page came, in as few statements as promised."""
        return set(self.load.answers) == {"200"} and self.statements <= MOST_STATEMENTS


def measure(
    house: House, *, orders: int, clients: Sequence[int], seconds: int, say: Callable[[str], None]
) -> list[Paged]:
    """Fill the shop, then read pages of it."""
    say(f"filling {orders:,} orders")
    orders = fill(house, orders)
    plain_sql.prepare("big", orders=orders)
    kinds = {"first": (f"{_LIST}?limit={LIMIT}",), "deep": _deep_pages(house, orders)}
    rows = []
    for count in clients:
        say(f"{count} clients: the floor")
        floor = house.floor("list_keyset", clients=count, seconds=seconds, orders=orders)
        for page, paths in kinds.items():
            say(f"{count} clients: {page} page")
            load = house.load(Plan(clients=count, seconds=seconds, warmup=max(1.0, seconds / 5), paths=paths))
            needed = house.statements("GET", paths[0])
            rows.append(Paged(orders=orders, page=page, clients=count, statements=needed, load=load, floor=floor))
    return rows


def _deep_pages(house: House, orders: int) -> tuple[str, ...]:
    """Cursors from all over the list: the API gives them, for the first page before a date."""
    newest = timezone.now()
    dates = [newest - timedelta(minutes=orders * depth / (_DEPTHS + 1)) for depth in range(1, _DEPTHS + 1)]
    return tuple(
        f"{_LIST}?{urlencode({'limit': LIMIT, 'cursor': _cursor(house, before.isoformat())})}" for before in dates
    )


def _cursor(house: House, before: str) -> str:
    connection = HTTPConnection("127.0.0.1", house.web.port, timeout=30)
    try:
        query = urlencode({"limit": 1, "created_at__lt": before})
        connection.request("GET", f"{_LIST}?{query}", headers={"Authorization": f"Bearer {house.key}"})
        page: dict[str, Any] = json.load(connection.getresponse())
        return str(page["next_cursor"])
    finally:
        connection.close()
