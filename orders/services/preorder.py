"""Count preorders against their products' caps: taken by a placement, freed by a cancellation or when the day comes.

The caps are exact whoever else orders at the same moment: products are locked in the order of their keys and read at
their newest, and behind the guard stands the CHECK. Products come before stock in the order of locks.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

from django.db import connection

from orders.models import OrderLine

_TAKE = """
    WITH held AS MATERIALIZED (
        SELECT p.id, w.units, p.preorder_cap IS NULL OR p.preorder_taken + w.units <= p.preorder_cap AS fits
        FROM orders_product p JOIN unnest(%s::bigint[], %s::int[]) AS w(id, units) ON w.id = p.id
        ORDER BY p.id FOR NO KEY UPDATE OF p
    )
    UPDATE orders_product p SET preorder_taken = p.preorder_taken + h.units
    FROM held h WHERE h.id = p.id AND (SELECT bool_and(fits) FROM held)
"""
_FREE = """
    WITH freed AS MATERIALIZED (
        SELECT l.id, l.product_id, least(l.preordered, w.units) AS units
        FROM orders_orderline l JOIN unnest(%s::bigint[], %s::int[]) AS w(id, units) ON w.id = l.id
        WHERE l.preordered > 0
    ), held AS MATERIALIZED (
        SELECT p.id, (SELECT sum(units) FROM freed f WHERE f.product_id = p.id) AS units
        FROM orders_product p WHERE p.id IN (SELECT product_id FROM freed) ORDER BY p.id FOR NO KEY UPDATE
    ), products AS (
        UPDATE orders_product p SET preorder_taken = p.preorder_taken - h.units FROM held h WHERE h.id = p.id
    )
    UPDATE orders_orderline l SET preordered = l.preordered - f.units FROM freed f WHERE f.id = l.id
"""


def take_preorders(lines: Iterable[OrderLine]) -> bool:
    """Count the preordered units of new lines; False, and nothing is counted, when a cap doesn't allow it.

    Joins the open work. No statement when nothing is preordered.
    """
    wanted = Counter[int]()
    for line in lines:
        wanted[line.product_id] += line.preordered
    return take_preordered(wanted)


def take_preordered(wanted: Mapping[int, int]) -> bool:
    """The same for units by product pk."""
    units = {pk: n for pk, n in wanted.items() if n}
    if not units:
        return True
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [list(units), list(units.values())])
        return bool(cursor.rowcount == len(units))


def free_preorders(units: Mapping[int, int]) -> None:
    """Free at most ``units`` (by line pk), as far as they are preordered; joins the open work, one statement."""
    if units:
        with connection.cursor() as cursor:
            cursor.execute(_FREE, [list(units), list(units.values())])
