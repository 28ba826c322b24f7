"""What partners may read of the warehouse, by the API."""

from django.db.models import QuerySet

from orders.models import Partner
from orders.states import INVISIBLE
from warehouse.models import FulfillmentOrder, StockLevel


def stock_levels() -> QuerySet[StockLevel]:
    """Stock as the API shows it, in one statement."""
    return StockLevel.objects.select_related("product", "warehouse")


def fulfillment_orders(partner: Partner) -> QuerySet[FulfillmentOrder]:
    """The work orders for a partner's orders as the API shows them, in three statements whatever their number."""
    mine = FulfillmentOrder.objects.filter(order__partner=partner).exclude(order__status__in=INVISIBLE)
    return mine.select_related("order", "warehouse", "supplier").prefetch_related("lines__line")
