"""Alarm clocks of the warehouse floor."""

from celery import shared_task

from orders.kernel.actor import SYSTEM
from warehouse.selectors.work import fillable_products
from warehouse.services.fill_backorders import fill_backorders


@shared_task
def fill_waiting_backorders() -> int:
    """Fill what goods that came back (cancelled, put back, returned) can fill; receipts do so at once themselves."""
    return sum(fill_backorders(product_id, by=SYSTEM) for product_id in fillable_products())
