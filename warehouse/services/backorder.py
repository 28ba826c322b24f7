"""Let units wait for goods: at placement, and when a shelf turns out to be empty."""

from collections.abc import Sequence

from django.db import connection
from django.utils import timezone

from orders.kernel.ids import public_id
from orders.questions import WaitingUnits
from warehouse.states import BackorderStatus

# A line waits in one row; what it waits for besides joins that row and keeps its place in the queue. Nothing is bought
# for the new units yet, so it waits again; the tick looks for what comes.
_WAIT = """
    INSERT INTO warehouse_backorder AS b (public_id, line_id, product_id, quantity, status, expected_on, created_at,
        filled)
    SELECT w.public_id, w.line_id, w.product_id, w.quantity, %(waiting)s, w.expected_on, %(now)s, 0
    FROM unnest(%(ids)s::text[], %(lines)s::bigint[], %(products)s::bigint[], %(quantities)s::int[],
        %(expected)s::date[]) AS w(public_id, line_id, product_id, quantity, expected_on)
    ON CONFLICT (line_id) WHERE status IN ('waiting', 'ordered', 'promised')
    DO UPDATE SET quantity = b.quantity + excluded.quantity, status = %(waiting)s,
        expected_on = greatest(b.expected_on, excluded.expected_on)
"""


def backorder_units(waiting: Sequence[WaitingUnits]) -> None:
    """Write down which units wait, in one statement. Joins the open work; line counters are the caller's."""
    if not waiting:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _WAIT,
            {
                "ids": [public_id("bo") for _ in waiting],
                "lines": [units.line_id for units in waiting],
                "products": [units.product_id for units in waiting],
                "quantities": [units.quantity for units in waiting],
                "expected": [units.expected_on for units in waiting],
                "waiting": BackorderStatus.WAITING.value,
                "now": timezone.now(),
            },
        )
