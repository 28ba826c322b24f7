"""Write the stock's books: the only place where counters of stock change, besides ``allocate``.

An entry is one movement. Levels, bins and allocations are changed by the sums of their entries, in the same
statement that writes the movements, so the books can't disagree.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection
from django.utils import timezone

from orders.kernel.ids import public_id
from orders.kernel.work import current
from warehouse.errors import StockChanged
from warehouse.states import AllocationStatus, MovementKind


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What one movement does: to the warehouse's level, to one bin, and to a line's allocation.

    ``bin`` speaks of units in one bin and ``picking`` of those that open pick tasks will take from there.
    ``allocated`` with a ``line_id`` lowers that line's allocation in the warehouse too.
    """

    kind: MovementKind
    product_id: int
    warehouse_id: int
    on_hand: int = 0
    allocated: int = 0
    unavailable: int = 0
    bin_id: int | None = None
    bin: int = 0
    picking: int = 0
    line_id: int | None = None
    package_id: int | None = None
    reason: str = ""
    names_line: bool = True  # lines of drafts may vanish, so movements don't name them


_ENTRY = """
    entry AS MATERIALIZED (
        SELECT * FROM unnest(%(movements)s::text[], %(kinds)s::text[], %(products)s::bigint[],
            %(warehouses)s::bigint[], %(on_hand)s::int[], %(allocated)s::int[], %(unavailable)s::int[],
            %(bins)s::bigint[], %(bin)s::int[], %(picking)s::int[], %(lines)s::bigint[], %(packages)s::bigint[],
            %(reasons)s::text[], %(names_line)s::bool[])
            AS e(public_id, kind, product_id, warehouse_id, on_hand, allocated, unavailable, bin_id, bin, picking,
                line_id, package_id, reason, names_line)
    )
"""

# Rows are locked in the house's order: levels by key, then bins by key. The CHECKs refuse what can't be.
_BOOK = f"""
    WITH {_ENTRY}, level_change AS (
        SELECT product_id, warehouse_id, sum(on_hand)::int AS on_hand, sum(allocated)::int AS allocated,
            sum(unavailable)::int AS unavailable
        FROM entry WHERE on_hand <> 0 OR allocated <> 0 OR unavailable <> 0 GROUP BY product_id, warehouse_id
    ), level AS MATERIALIZED (
        SELECT s.id, c.on_hand, c.allocated, c.unavailable
        FROM warehouse_stocklevel s JOIN level_change c USING (product_id, warehouse_id)
        ORDER BY s.id FOR NO KEY UPDATE OF s
    ), booked_level AS (
        UPDATE warehouse_stocklevel s SET on_hand = s.on_hand + l.on_hand, allocated = s.allocated + l.allocated,
            unavailable = s.unavailable + l.unavailable, updated_at = %(now)s
        FROM level l WHERE s.id = l.id RETURNING s.id
    ), bin_change AS (
        SELECT bin_id, product_id, sum(bin)::int AS bin, sum(picking)::int AS picking
        FROM entry WHERE bin <> 0 OR picking <> 0 GROUP BY bin_id, product_id
    ), bin AS MATERIALIZED (
        SELECT b.id, c.bin, c.picking FROM warehouse_binstock b JOIN bin_change c USING (bin_id, product_id)
        WHERE b.lot_id IS NULL AND (SELECT count(*) FROM level) >= 0
        ORDER BY b.id FOR NO KEY UPDATE OF b
    ), booked_bin AS (
        UPDATE warehouse_binstock b SET on_hand = b.on_hand + c.bin, picking = b.picking + c.picking
        FROM bin c WHERE b.id = c.id RETURNING b.id
    ), allocation_change AS (
        SELECT line_id, product_id, warehouse_id, sum(allocated)::int AS units, bool_or(kind = 'shipped') AS has_left
        FROM entry WHERE allocated <> 0 AND line_id IS NOT NULL GROUP BY line_id, product_id, warehouse_id
    ), booked_allocation AS (
        UPDATE warehouse_allocation a SET quantity = a.quantity + c.units,
            status = CASE WHEN a.quantity + c.units <> 0 THEN a.status
                WHEN c.has_left THEN '{AllocationStatus.CONSUMED}' ELSE '{AllocationStatus.RELEASED}' END
        FROM allocation_change c
        WHERE a.line_id = c.line_id AND a.product_id = c.product_id AND a.warehouse_id = c.warehouse_id
            AND a.status = '{AllocationStatus.OPEN}'
        RETURNING a.id
    ), movement AS (
        INSERT INTO warehouse_stockmovement (public_id, kind, product_id, warehouse_id, on_hand_delta,
            allocated_delta, unavailable_delta, bin_id, bin_delta, line_id, package_id, reason, actor_kind,
            actor_name, created_at)
        SELECT public_id, kind, product_id, warehouse_id, on_hand, allocated, unavailable, bin_id, bin,
            CASE WHEN names_line THEN line_id END, package_id, reason, %(actor_kind)s, %(actor_name)s, %(now)s
        FROM entry WHERE on_hand <> 0 OR allocated <> 0 OR unavailable <> 0 OR bin <> 0
    )
    SELECT (SELECT count(*) FROM level_change) = (SELECT count(*) FROM booked_level)
        AND (SELECT count(*) FROM bin_change) = (SELECT count(*) FROM booked_bin)
        AND (SELECT count(*) FROM allocation_change) = (SELECT count(*) FROM booked_allocation)
"""  # noqa: S608 - our own constants

# Goods may come to a place where that product never was.
_OPEN_ROWS = f"""
    WITH {_ENTRY}, level AS (
        INSERT INTO warehouse_stocklevel (product_id, warehouse_id, on_hand, allocated, unavailable, incoming,
            safety_stock, reorder_point, backorder_limit, updated_at)
        SELECT DISTINCT product_id, warehouse_id, 0, 0, 0, 0, 0, 0, 0, %(now)s::timestamptz
        FROM entry WHERE on_hand > 0 ON CONFLICT DO NOTHING
    )
    INSERT INTO warehouse_binstock (bin_id, product_id, on_hand, picking)
    SELECT DISTINCT bin_id, product_id, 0, 0 FROM entry WHERE bin > 0 ON CONFLICT DO NOTHING
"""  # noqa: S608


def book_stock(entries: Sequence[Entry]) -> None:
    """Book all ``entries``, or raise ``StockChanged`` when a level, bin or allocation hasn't what they take.

    Joins the open work; one statement, and one before it where goods come to a new place.
    """
    if not entries:
        return
    by = current().by
    parameters: dict[str, Any] = {
        "movements": [public_id("mv") for _ in entries],
        "kinds": [entry.kind.value for entry in entries],
        "products": [entry.product_id for entry in entries],
        "warehouses": [entry.warehouse_id for entry in entries],
        "on_hand": [entry.on_hand for entry in entries],
        "allocated": [entry.allocated for entry in entries],
        "unavailable": [entry.unavailable for entry in entries],
        "bins": [entry.bin_id for entry in entries],
        "bin": [entry.bin for entry in entries],
        "picking": [entry.picking for entry in entries],
        "lines": [entry.line_id for entry in entries],
        "packages": [entry.package_id for entry in entries],
        "reasons": [entry.reason for entry in entries],
        "names_line": [entry.names_line for entry in entries],
        "actor_kind": by.kind.value,
        "actor_name": by.name,
        "now": timezone.now(),
    }
    with connection.cursor() as cursor:
        if any(entry.on_hand > 0 or entry.bin > 0 for entry in entries):
            cursor.execute(_OPEN_ROWS, parameters)
        try:
            cursor.execute(_BOOK, parameters)
        except IntegrityError as error:
            raise StockChanged("Somebody moved the same goods meanwhile. Look again and repeat.") from error
        (is_booked,) = cursor.fetchone()
    if not is_booked:
        raise StockChanged("Somebody moved the same goods meanwhile. Look again and repeat.")
