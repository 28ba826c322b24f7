"""The rows of an export: one statement in one snapshot, a few thousand rows in memory, no limit on its time."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from orders.exports.cells import money, plain
from orders.exports.columns import Column

Cell = str | int | Decimal | None
AT_ONCE = 2_000


@contextmanager
def reading() -> Iterator[None]:
    """A read-only transaction that may take as long as it needs; within another one the other's rules hold."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION READ ONLY")
                cursor.execute("SET LOCAL statement_timeout = 0")
        yield


def rows_of(queryset: QuerySet[Any], columns: Sequence[Column]) -> Iterator[tuple[Cell, ...]]:
    """The rows' cells in the order of ``columns``; to be used within ``reading``."""
    worked_out = {column.path: column.expression for column in columns if column.expression is not None}
    currencies = sorted({column.currency for column in columns if column.currency})
    paths = [column.path for column in columns]
    rows = queryset.annotate(**worked_out).values_list(*paths, *currencies)
    amounts = [
        (index, len(paths) + currencies.index(column.currency))
        for index, column in enumerate(columns)
        if column.currency
    ]
    for row in rows.iterator(chunk_size=AT_ONCE):
        cells = [plain(value) for value in row[: len(paths)]]
        for index, currency in amounts:
            cells[index] = money(row[index], row[currency] or "EUR")
        yield tuple(cells)
