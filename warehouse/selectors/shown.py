"""What partners may read of the warehouse, by the API."""

from django.db.models import Q, QuerySet

from orders.models import Partner
from orders.states import INVISIBLE
from warehouse.models import FulfillmentOrder, StockLevel


def stock_levels() -> QuerySet[StockLevel]:
    """Stock as the API shows it, in one statement."""
    return StockLevel.objects.select_related("product", "warehouse")


def fulfillment_orders(partner: Partner) -> QuerySet[FulfillmentOrder]:
    """The work orders for a partner's orders, and of the locations it runs; three statements whatever their number."""
    mine = Q(order__partner=partner) | Q(warehouse__run_by=partner) | Q(supplier__run_by=partner)
    shown = FulfillmentOrder.objects.filter(mine).exclude(order__status__in=INVISIBLE)
    return shown.select_related("order", "warehouse", "supplier").prefetch_related("lines__line")
