"""Alarm clocks of the warehouse floor: each looks for what is due itself, so it may ring twice, late, or not at all."""

from celery import shared_task

from orders.kernel.actor import SYSTEM
from warehouse.selectors.work import fillable_products, refillable_orders
from warehouse.services.fill_backorders import fill_backorders
from warehouse.services.source_missing import source_missing


@shared_task
def fill_waiting_backorders() -> int:
    """Fill what goods that came back (cancelled, put back, returned) can fill; receipts do so at once themselves."""
    return sum(fill_backorders(product_id, by=SYSTEM) for product_id in fillable_products())


@shared_task
def source_missing_units() -> int:
    """Look again for units that were nowhere to be found, now that some shelf has them."""
    orders = refillable_orders()
    for order_id in orders:
        source_missing(order_id, by=SYSTEM)
    return len(orders)
