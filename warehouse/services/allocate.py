"""Reserve units of order lines: at placement, and whenever units are sourced again."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.db import connection
from django.utils import timezone

from orders.kernel.ids import public_id
from orders.kernel.work import current
from orders.questions import TakeUnits, Why
from warehouse.states import MovementKind

# One statement, all or nothing. Levels are locked in the order of their keys (no deadlocks) and read at their
# newest; only when each of them has enough is any of them changed, so a refusal needs no rollback. The guard
# stands in the UPDATE as well, where PostgreSQL evaluates it on the newest row; behind it stands the CHECK.
_ALLOCATE = """
    WITH want AS MATERIALIZED (
        SELECT * FROM unnest(%(lines)s::bigint[], %(products)s::bigint[], %(warehouses)s::bigint[],
            %(quantities)s::int[], %(movements)s::text[])
            AS w(line_id, product_id, warehouse_id, quantity, movement)
    ), demand AS MATERIALIZED (
        SELECT product_id, warehouse_id, sum(quantity)::int AS quantity FROM want GROUP BY product_id, warehouse_id
    ), level AS MATERIALIZED (
        SELECT s.id, d.quantity,
            s.on_hand - s.allocated - s.unavailable - s.safety_stock + s.backorder_limit >= d.quantity AS suffices
        FROM warehouse_stocklevel s JOIN demand d USING (product_id, warehouse_id)
        ORDER BY s.id FOR NO KEY UPDATE OF s
    ), verdict AS MATERIALIZED (
        SELECT count(*) FILTER (WHERE suffices) = (SELECT count(*) FROM demand) AS all_suffice FROM level
    ), taken AS (
        UPDATE warehouse_stocklevel s SET allocated = s.allocated + l.quantity, updated_at = %(now)s
        FROM level l, verdict v
        WHERE s.id = l.id AND v.all_suffice
            AND s.on_hand - s.allocated - s.unavailable - s.safety_stock + s.backorder_limit >= l.quantity
        RETURNING s.id
    ), outcome AS MATERIALIZED (
        SELECT count(*) AS taken, count(*) = (SELECT count(*) FROM demand) AS is_complete FROM taken
    ), allocations AS (
        INSERT INTO warehouse_allocation AS a (line_id, product_id, warehouse_id, quantity, status, created_at)
        SELECT w.line_id, w.product_id, w.warehouse_id, w.quantity, 'open', %(now)s
        FROM want w, outcome o WHERE o.is_complete
        ON CONFLICT (line_id, product_id, warehouse_id) WHERE status = 'open'
        DO UPDATE SET quantity = a.quantity + excluded.quantity
    ), movements AS (
        INSERT INTO warehouse_stockmovement (public_id, kind, product_id, warehouse_id, on_hand_delta,
            allocated_delta, unavailable_delta, bin_delta, line_id, reason, actor_kind, actor_name, created_at)
        SELECT w.movement, %(kind)s, w.product_id, w.warehouse_id, 0,
            w.quantity, 0, 0, CASE WHEN %(names_lines)s THEN w.line_id END, '', %(actor_kind)s, %(actor_name)s, %(now)s
        FROM want w, outcome o WHERE o.is_complete
    ), decisions AS (
        INSERT INTO warehouse_sourcingdecision (order_id, cause, reason, created_at)
        SELECT d.order_id, d.cause, d.reason::jsonb, %(now)s
        FROM unnest(%(orders)s::bigint[], %(causes)s::text[], %(reasons)s::text[])
            AS d(order_id, cause, reason), outcome o
        WHERE o.is_complete
    )
    SELECT is_complete, taken FROM outcome
"""


def allocate_units(
    takes: Iterable[TakeUnits], *, names_lines: bool = True, whys: Mapping[int, Why] | None = None
) -> bool:
    """Reserve all of ``takes``, or nothing and say False when any warehouse can no longer promise its part.

    Joins the open work; line counters are the caller's. One statement, however many lines. Without ``names_lines``
    the movements don't say for which line they are. ``whys``, by order, are kept as its sourcing decisions.
    """
    wanted: defaultdict[tuple[int, int, int], int] = defaultdict(int)
    for take in takes:
        wanted[take.line_id, take.product_id, take.warehouse_id] += take.quantity
    if not wanted:
        return True
    by, whys = current().by, whys or {}
    with connection.cursor() as cursor:
        cursor.execute(
            _ALLOCATE,
            {
                "lines": [line for line, _product, _warehouse in wanted],
                "products": [product for _line, product, _warehouse in wanted],
                "warehouses": [warehouse for _line, _product, warehouse in wanted],
                "quantities": list(wanted.values()),
                "movements": [public_id("mv") for _ in wanted],
                "kind": MovementKind.ALLOCATED.value,
                "actor_kind": by.kind.value,
                "actor_name": by.name,
                "names_lines": names_lines,
                "orders": list(whys),
                "causes": [why.cause for why in whys.values()],
                "reasons": [json.dumps(why.facts) for why in whys.values()],
                "now": timezone.now(),
            },
        )
        is_complete, taken = cursor.fetchone()
    if taken and not is_complete:
        raise AssertionError("a locked stock level changed under its lock")
    return bool(is_complete)
