"""The warehouse's part of the order's page in the back office."""

from typing import Any

from orders.models import Order
from warehouse.models import Backorder, FulfillmentOrder, PutBackTask
from warehouse.states import BackorderStatus, PutBackStatus

WAITING = (BackorderStatus.WAITING, BackorderStatus.ORDERED, BackorderStatus.PROMISED)


def work_panel(order: Order) -> dict[str, Any]:
    """Its work orders with their lists and boxes, what waits for goods, what must be put back; six statements."""
    work = FulfillmentOrder.objects.filter(order=order).select_related("warehouse", "supplier")
    backorders = Backorder.objects.filter(line__order=order, status__in=WAITING).select_related("line")
    put_backs = PutBackTask.objects.filter(line__order=order, status=PutBackStatus.OPEN)
    return {
        "work_orders": work.prefetch_related("lines", "pick_lists", "packages__box"),
        "backorders": backorders,
        "put_backs": put_backs.select_related("line", "bin"),
    }
