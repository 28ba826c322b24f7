"""Stop an order that ships complete until all of it is there, and say what is missing."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from orders.models import Order
from warehouse.errors import NotComplete
from warehouse.selectors.work import lacking_lines


def refuse_if_incomplete(orders: Collection[Order]) -> None:
    """Raises ``NotComplete`` when one of the orders ships complete and has units that no shelf holds for it yet."""
    waiting = {order.pk: order for order in orders if order.ships_complete}
    if not waiting:
        return
    lines = lacking_lines(waiting)
    if lines:
        order = waiting[lines[0].order_id]
        skus = ", ".join(sorted({line.sku for line in lines if line.order_id == order.pk}))
        raise NotComplete(
            _("Order {number} ships complete and waits for {skus}.").format(number=order.number, skus=skus)
        )
