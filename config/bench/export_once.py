"""One export in a process of its own, so that the most memory it ever had is known: prints what it took, as JSON."""

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any


def main(way: str) -> None:
    """In the process that is measured: production's settings, the list as the back office exports it."""
    import django

    django.setup()
    started = time.monotonic()
    with tempfile.TemporaryFile() as file:
        rows = _export(way, file)
        size = file.tell()
    told = {
        "way": way,
        "rows": rows,
        "seconds": time.monotonic() - started,
        "mib": size / 2**20,
        "peak_mib": _peak_mib(),
    }
    print(json.dumps(told))  # noqa: T201


def _peak_mib() -> float:
    """Of this program alone: ``ru_maxrss`` would begin with what the process had before it became this program."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _export(way: str, file: Any) -> int:
    from django.contrib import admin

    from config.exports import orders as own
    from orders.admin.export import Counted
    from orders.exports.rows import reading, rows_of
    from orders.exports.writers import ndjson_pieces, table_pieces
    from orders.models import Order

    admin.autodiscover()
    page: Any = admin.site._registry[Order]
    listed = Order.objects.order_by(*page.ordering)
    columns = page.export_columns()
    with reading():
        if way == "oms-ndjson":
            rows: Any = Counted(own.order_objects(Order.objects.all()))  # type: ignore[arg-type]
            pieces = ndjson_pieces(rows)
        elif way == "oms-csv":
            rows = Counted(own.order_rows(Order.objects.all()))
            pieces = table_pieces("csv", own.NAMES, rows, title="orders")
        else:
            rows = Counted(rows_of(listed, columns))
            pieces = table_pieces(way, [column.name for column in columns], rows, title="orders")
        for piece in pieces:
            file.write(piece)
    return int(rows.n)


if __name__ == "__main__":
    main(sys.argv[1])
