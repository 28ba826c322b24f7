"""Runs the two commands on files, and looks at everything that they may have written."""

import csv
import io
import json
from pathlib import Path
from typing import Any

from django.core.management import call_command

from orders.models import (
    Channel,
    Customer,
    Notification,
    Order,
    OrderCancellation,
    OrderEvent,
    OrderLine,
    Partner,
    Payment,
    PaymentTransaction,
    Product,
    Refund,
)
from warehouse.models import Allocation, StockMovement

TABLES = (
    Channel, Partner, Customer, Product, Order, OrderLine, OrderCancellation, Payment, PaymentTransaction, Refund,
    OrderEvent, Notification, StockMovement, Allocation,
)  # fmt: skip


def rows() -> dict[str, int]:
    """How many rows each table has."""
    return {model.__name__: model._default_manager.count() for model in TABLES}


def run(command: str, file: Path, format: str, **options: Any) -> tuple[dict[str, Any], str]:
    """The result and all that was printed."""
    out = io.StringIO()
    call_command(command, file, format=format, json=True, stdout=out, **options)
    return json.loads(out.getvalue().splitlines()[-1]), out.getvalue()


def rejects(path: Path) -> list[tuple[int, str, str]]:
    """Line, rule and reason of each rejected line."""
    with path.open(newline="") as file:
        return [(int(row["line"]), row["rule"], row["reason"]) for row in csv.DictReader(file)]


def changed(source: Path, target: Path, *changes: tuple[str, str, str, str]) -> Path:
    """A copy of a CSV in which rows, found by (column, value), have (column, value) changed."""
    with source.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        found = list(reader)
    for by, name, column, value in changes:
        for row in found:
            if row[by] == name:
                row[column] = value
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, reader.fieldnames or [])
        writer.writeheader()
        writer.writerows(found)
    return target
