"""The export of the list of orders: time, and the most memory that the process ever had, for each kind of file."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from config.bench.house import House
from config.bench.many import fill

MOST_MIB = 300
WAYS = ("csv", "xlsx", "oms-csv", "oms-ndjson")


@dataclass(frozen=True, kw_only=True)
class Exported:
    """One row of the table."""

    way: str
    orders: int
    rows: int
    seconds: float
    mib: float
    peak_mib: float

    @property
    def per_second(self) -> float:
        """Orders a second."""
        return self.orders / self.seconds

    @property
    def is_sound(self) -> bool:
        """Every order is in the file, and memory stayed below what we promise."""
        return self.rows >= self.orders and self.peak_mib < MOST_MIB


def measure(house: House, *, orders: int, say: Callable[[str], None]) -> list[Exported]:
    """Fill the shop, then export all of it, each time in a process of its own."""
    say(f"filling {orders:,} orders")
    orders = fill(house, orders)
    rows = []
    for way in WAYS:
        say(f"exporting {orders:,} orders: {way}")
        rows.append(Exported(orders=orders, **_run(way, house.environment)))
    return rows


def as_json(rows: list[Exported]) -> list[dict[str, Any]]:
    """The same rows for programs."""
    return [asdict(row) | {"per_second": row.per_second, "is_sound": row.is_sound} for row in rows]


def _run(way: str, environment: Mapping[str, str]) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "config.bench.export_once", way],
        stdout=subprocess.PIPE,
        text=True,
        env={"PATH": os.defpath, "PYTHONPATH": os.pathsep.join(sys.path), **environment, "LOG_LEVEL": "WARNING"},
        check=True,
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told
