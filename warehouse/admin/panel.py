"""The warehouse's part of the order's pages, in the back office and for the customer."""

from functools import partial
from typing import Any

from orders.models import Order
from warehouse.models import Backorder, FulfillmentOrder, PutBackTask
from warehouse.selectors.waiting import waiting_lines
from warehouse.states import UNFILLED, PutBackStatus


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
