"""Turn what is reserved for a confirmed order into work: one fulfillment order per warehouse."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import F

from orders.events import LineQuantity
from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from warehouse.events import FulfillmentOrderOpened
from warehouse.models import FulfillmentOrder, FulfillmentOrderLine
from warehouse.states import ACTIVE, AllocationStatus, FulfillmentOrderStatus, RequestStatus


def open_fulfillment_orders(
    order_id: int, *, onto: FulfillmentOrder | None = None, by: Actor
) -> list[FulfillmentOrder]:
    """Open work for every reserved unit that no fulfillment order asks for yet; returns the new ones.

    Preorders wait for their day (``OrderLine.ships_on``).

    New units join ``onto`` (units found again in the same warehouse), else one that nobody has started, else
    they get one of their own: what is being picked and packed doesn't grow behind the packer's back. The caller
    holds the order's lock. A location that a partner runs is asked at once whether it will do it. Three statements for
    a new order, however many lines.
    """
    with work(by=by):
        missing: defaultdict[int, list[_Uncovered]] = defaultdict(list)
        for row in _uncovered(order_id):
            missing[row.warehouse_id].append(row)
        opened: list[tuple[FulfillmentOrder, list[_Uncovered]]] = []
        for warehouse_id, mine in missing.items():
            growing = onto.pk if onto and onto.warehouse_id == warehouse_id else mine[0].growing
            if growing:
                _grow(growing, mine)
                continue
            promised_on = max((row.promised_on for row in mine if row.promised_on), default=None)
            new = FulfillmentOrder(
                order_id=order_id,
                warehouse_id=warehouse_id,
                promised_on=promised_on,
                request_status=RequestStatus.SUBMITTED if mine[0].is_asked else RequestStatus.UNSUBMITTED,
            )
            opened.append((new, mine))
        FulfillmentOrder.objects.bulk_create(new for new, _mine in opened)
        FulfillmentOrderLine.objects.bulk_create(
            FulfillmentOrderLine(fulfillment_order=new, line_id=row.line_id, quantity=row.missing)
            for new, mine in opened
            for row in mine
        )
        for new, mine in opened:
            emit(
                FulfillmentOrderOpened(
                    order_id=order_id,
                    fulfillment_order_id=new.pk,
                    fulfillment_order=new.public_id,
                    warehouse=mine[0].warehouse,
                    lines=tuple(LineQuantity(line=row.line, sku=row.sku, quantity=row.missing) for row in mine),
                )
            )
        return [new for new, _mine in opened]


# Tables that grow fast have old statistics, so nothing here can be led astray by them: the order's key is the only way
# in (no index answers ``warehouse + 0``), and what is missing is computed for the order's own rows alone. A constant
# statement, since every confirmation asks: to compile such a query anew costs more than to run it.
_UNCOVERED = """
    SELECT l.id AS line_id, l.public_id AS line, l.sku, l.promised_on, a.warehouse_id, w.code AS warehouse,
        w.run_by_id IS NOT NULL AS is_asked,
        a.quantity - coalesce((
            SELECT sum(fl.quantity - fl.shipped) FROM warehouse_fulfillmentorderline fl
            JOIN warehouse_fulfillmentorder f ON f.id = fl.fulfillment_order_id
            WHERE f.order_id = l.order_id AND fl.line_id = l.id AND f.warehouse_id + 0 = a.warehouse_id
                AND f.status = ANY(%(active)s)
        ), 0)::int AS missing,
        (
            SELECT max(f.id) FROM warehouse_fulfillmentorder f
            WHERE f.order_id = l.order_id AND f.warehouse_id + 0 = a.warehouse_id AND f.status = %(open)s
        ) AS growing
    FROM orders_orderline l
    JOIN warehouse_allocation a ON a.line_id = l.id
    JOIN warehouse_warehouse w ON w.id = a.warehouse_id
    WHERE l.order_id = %(order)s AND l.ships_on IS NULL AND a.status = %(reserved)s
    ORDER BY l.position, a.id
"""


@dataclass(frozen=True, kw_only=True)
class _Uncovered:
    """Units of a line reserved in a warehouse that no work asks for; ``growing``: work that nobody has started."""

    line_id: int
    line: str
    sku: str
    promised_on: date | None
    warehouse_id: int
    warehouse: str
    is_asked: bool
    missing: int
    growing: int | None


def _uncovered(order_id: int) -> list[_Uncovered]:
    """Open allocations with more units than active fulfillment orders of their warehouse still have to send."""
    with connection.cursor() as cursor:
        cursor.execute(
            _UNCOVERED,
            {
                "order": order_id,
                "active": [status.value for status in ACTIVE],
                "open": FulfillmentOrderStatus.OPEN.value,
                "reserved": AllocationStatus.OPEN.value,
            },
        )
        names = [column.name for column in cursor.description or ()]
        rows = [_Uncovered(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]
    return [row for row in rows if row.missing > 0]


def _grow(fulfillment_order_id: int, rows: list[_Uncovered]) -> None:
    for row in rows:
        line, _made = FulfillmentOrderLine.objects.get_or_create(
            fulfillment_order_id=fulfillment_order_id, line_id=row.line_id, defaults={"quantity": 0}
        )
        FulfillmentOrderLine.objects.filter(pk=line.pk).update(quantity=F("quantity") + row.missing)
