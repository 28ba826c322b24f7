"""The warehouse's part of the order's pages, in the back office and for the customer."""

from functools import partial
from typing import Any

from orders.bundles import goods
from orders.models import Order
from warehouse.models import Backorder, FulfillmentOrder, PutBackTask, SourcingDecision
from warehouse.selectors.waiting import waiting_lines
from warehouse.sourcing_words import skus_of, told
from warehouse.states import UNFILLED, PutBackStatus

# The page tells the newest decisions; all of them have a page of their own.
_TOLD = 5


def work_panel(order: Order) -> dict[str, Any]:
    """Its work orders with their lists and boxes, what waits for goods, what must be put back; six statements.

    The customer's page shows ``waiting`` only, one statement.
    """
    work = FulfillmentOrder.objects.filter(order=order).select_related("warehouse", "supplier")
    backorders = Backorder.objects.filter(line__order=order, status__in=UNFILLED).select_related("line")
    put_backs = PutBackTask.objects.filter(line__order=order, status=PutBackStatus.OPEN)
    return {
        "waiting": partial(waiting_lines, order),
        "work_orders": work.prefetch_related("lines", "pick_lists", "packages__box"),
        "backorders": backorders.prefetch_related("supplies__purchase_line__purchase_order"),
        "put_backs": put_backs.select_related("line", "bin"),
    }


def sourcing_panel(order: Order) -> dict[str, Any]:
    """Why its units come from where they come from, the newest decision first, and what it waits for.

    One statement, and one more where goods are to be named, whatever their number.
    """
    rows = list(SourcingDecision.objects.filter(order=order).order_by("-pk")[:_TOLD])
    names_goods = any(row.reason.get("lacking") or row.reason.get("missing") for row in rows)
    skus = skus_of(order) if names_goods else {}
    here = [line for line in goods(order.lines.all()) if line.open] if order.ships_complete else []
    return {
        "decisions": [told(row, skus) for row in rows if row.reason.get("chosen")],
        "ships_complete": bool(here),
        "lacking": sorted({line.sku for line in here if line.open > line.allocated or line.ships_on}),
    }
