"""Expect units: keep ``StockLevel.incoming`` at what is bought for a warehouse and hasn't come."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.utils import timezone

# Goods may be bought for a place where that product never was.
_OPEN_LEVELS = """
    INSERT INTO warehouse_stocklevel (product_id, warehouse_id, on_hand, allocated, unavailable, incoming, safety_stock,
        reorder_point, backorder_limit, updated_at)
    SELECT product_id, warehouse_id, 0, 0, 0, 0, 0, 0, 0, %(now)s::timestamptz
    FROM unnest(%(products)s::bigint[], %(warehouses)s::bigint[]) AS e(product_id, warehouse_id) ON CONFLICT DO NOTHING
"""

# Locked in the house's order: levels by key. The CHECK refuses less than nothing.
_EXPECT = """
    WITH level AS MATERIALIZED (
        SELECT s.id, e.units
        FROM warehouse_stocklevel s
        JOIN unnest(%(products)s::bigint[], %(warehouses)s::bigint[], %(units)s::int[])
            AS e(product_id, warehouse_id, units) USING (product_id, warehouse_id)
        ORDER BY s.id FOR NO KEY UPDATE OF s
    )
    UPDATE warehouse_stocklevel s SET incoming = s.incoming + l.units, updated_at = %(now)s
    FROM level l WHERE s.id = l.id
"""


def expect_units(changes: Iterable[tuple[int, int, int]]) -> None:
    """Expect so many more (or fewer) units: (product, warehouse, units). Joins the open work, as its last step but
    the stock's books; two statements at most."""
    units: defaultdict[tuple[int, int], int] = defaultdict(int)
    for product_id, warehouse_id, n in changes:
        units[product_id, warehouse_id] += n
    wanted = {place: n for place, n in units.items() if n}
    if not wanted:
        return
    parameters: dict[str, Any] = {
        "products": [product for product, _warehouse in wanted],
        "warehouses": [warehouse for _product, warehouse in wanted],
        "units": list(wanted.values()),
        "now": timezone.now(),
    }
    with connection.cursor() as cursor:
        if any(n > 0 for n in wanted.values()):
            cursor.execute(_OPEN_LEVELS, parameters)
        cursor.execute(_EXPECT, parameters)
