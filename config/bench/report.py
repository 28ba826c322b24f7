"""What was measured: aligned columns for people, and the same as JSON for programs."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from config.bench.batch import Batched
from config.bench.exporting import MOST_MIB, Exported
from config.bench.hot import ATTEMPTS, CLIENTS, Fought
from config.bench.pages import LIMIT, Paged
from config.bench.place import Placed
from config.bench.shop import FEW
from config.bench.source import FURTHER, LINES, ORDERS, Sourced

_LEGEND = [
    "share: orders (or pages) a second over those of plain SQL in the same minute, by pgbench.",
    "CPU ms: web and database processes for one answer, from the operating system; client: the load generator's own.",
]


def placements(rows: Sequence[Placed]) -> list[str]:
    """The table of `bench place`."""
    head = ["lines", "payment", "clients", "SQL", *_LOAD]
    body = [[row.lines, row.payment, row.clients, row.statements, *_load(row)] for row in rows]
    return [*_table(head, body), "", *_LEGEND]


def fights(rows: Sequence[Fought]) -> list[str]:
    """The words of `bench hot`."""
    told = [f"{CLIENTS} clients, {ATTEMPTS} attempts, {FEW} units"]
    for row in rows:
        answers = ", ".join(f"{count} x {answer}" for answer, count in sorted(row.load.answers.items()))
        verdict = "exactly the stock was sold" if row.is_sound else "WRONG"
        told.append(
            f"{row.payment:>8}: {answers}; {row.allocated} allocated, {row.deadlocks} deadlocks, "
            f"p50 {row.load.p50:.1f} ms, p95 {row.load.p95:.1f} ms: {verdict}"
        )
    return told


def pages(rows: Sequence[Paged]) -> list[str]:
    """The table of `bench list`."""
    head = ["orders", "page", "clients", "SQL", *_LOAD]
    body = [[f"{row.orders:,}", row.page, row.clients, row.statements, *_load(row)] for row in rows]
    return [f"pages of {LIMIT} orders", *_table(head, body), "", *_LEGEND]


def exports(rows: Sequence[Exported]) -> list[str]:
    """The table of `bench export`."""
    head = ["file", "orders", "rows", "seconds", "orders/s", "MiB", "peak RSS, MiB"]
    body = [
        [
            row.way,
            f"{row.orders:,}",
            f"{row.rows:,}",
            f"{row.seconds:.1f}",
            f"{row.per_second:,.0f}",
            f"{row.mib:.1f}",
            f"{row.peak_mib:.0f}",
        ]
        for row in rows
    ]
    legend = f"peak RSS: the most memory of the exporting process, Django and all; sound below {MOST_MIB} MiB."
    return [*_table(head, body), "", legend]


def batches(rows: Sequence[Batched]) -> list[str]:
    """The table of `bench batch`."""
    head = ["orders", "requests", "orders/s", "ms an order", "CPU ms an order", "web", "database"]
    body = [
        [
            row.orders,
            sum(load.answers.values()),
            f"{1000 / row.ms_each(load):.1f}",
            f"{row.ms_each(load):.2f}",
            *(_milliseconds(row.each(load, ms)) for ms in (load.cpu_ms, load.web_ms, load.database_ms)),
        ]
        for row in rows
        for load in (row.single, row.load)
    ]
    ratios = ", ".join(f"{row.ratio:.1f}" for row in rows)
    return [*_table(head, body), "", f"times as fast in a batch as by itself, round by round: {ratios}"]


def sourced(rows: Sequence[Sourced]) -> list[str]:
    """The table of `bench source`."""
    head = ["decide, µs", "read, µs", "place, µs", "parcels", "other ways", "times as fast"]
    body = [
        [
            f"{row.decide_us:.1f}",
            f"{row.read_us:.1f}",
            f"{row.place_us:,.0f}",
            f"{row.parcels:.2f}",
            f"{row.others:.2f}",
            f"{row.ratio:,.0f}",
        ]
        for row in rows
    ]
    legend = "of one order, on average; read: its part of the one statement that reads the shelves of all of them."
    return [f"{ORDERS:,} orders of {LINES} lines over {1 + len(FURTHER)} warehouses", *_table(head, body), "", legend]


def as_json(rows: Sequence[Placed | Fought | Paged | Batched | Sourced]) -> list[dict[str, Any]]:
    """The same rows with all figures that were taken, and what follows from them."""
    told = []
    for row in rows:
        figures = asdict(row) | {"is_sound": row.is_sound}
        figures["load"]["cpu_ms"] = row.load.cpu_ms
        if isinstance(row, Batched | Sourced):
            figures["ratio"] = row.ratio
        elif not isinstance(row, Fought):
            figures["share"] = row.share
        told.append(figures)
    return told


_LOAD = ["/s", "floor/s", "share", "CPU ms", "web", "database", "client", "p50 ms", "p95 ms"]


def _load(row: Placed | Paged) -> list[str]:
    load = row.load
    return [
        f"{load.per_second:.1f}",
        f"{row.floor.per_second:.0f}",
        f"{row.share:.1%}",
        _milliseconds(load.cpu_ms),
        _milliseconds(load.web_ms),
        _milliseconds(load.database_ms),
        _milliseconds(load.client_ms),
        f"{load.p50:.1f}",
        f"{load.p95:.1f}",
    ]


def _milliseconds(value: float | None) -> str:
    return "?" if value is None else f"{value:.2f}"


def _table(head: Sequence[str], body: Sequence[Sequence[object]]) -> list[str]:
    rows = [[str(cell) for cell in row] for row in [head, *body]]
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
