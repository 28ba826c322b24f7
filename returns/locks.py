"""Row locks of the returns floor: the order first, its payments when money is about to move, then the return."""

from orders.errors import NotFound
from orders.locks import locked_order, locked_payments
from orders.models import Order
from returns.models import Return


def locked_return(return_id: int, *, with_payments: bool = False) -> tuple[Order, Return]:
    """The return and its order, locked. Raises ``NotFound``."""
    order_id = Return.objects.filter(pk=return_id).values_list("order_id", flat=True).first()
    if order_id is None:
        raise NotFound("There is no such return.")
    order = locked_order(order_id)
    if with_payments:
        locked_payments(order_id)
    return order, Return.objects.select_for_update(of=("self",), no_key=True).get(pk=return_id)
