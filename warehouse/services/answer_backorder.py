"""Answer for units that wait for goods: the customer goes on waiting, or calls them off."""

from django.utils.translation import gettext as _

from orders.bundles import sold
from orders.events import LineQuantity
from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from orders.locks import locked_lines, locked_order
from orders.models import Order, OrderLine
from orders.services.cancel import cancel_order
from orders.states import CancelReason
from warehouse.errors import NotWaiting
from warehouse.events import BackorderAgreed
from warehouse.models import Backorder
from warehouse.states import UNFILLED


def agree_to_wait(order_id: int, *, line: str, by: Actor) -> Backorder:
    """The customer waits for ``line`` (public id) until the day that is expected now; a later one is told anew.

    Saying so twice changes nothing. Raises ``NotWaiting``.
    """
    with work(by=by):
        order, mine, row = _waiting(order_id, line)
        if row.expected_on is None or row.agreed_on == row.expected_on:
            return row
        row.agreed_on = row.expected_on
        row.save(update_fields=["agreed_on"])
        emit(
            BackorderAgreed(
                order_id=order.pk,
                lines=(LineQuantity(line=mine.public_id, sku=mine.sku, quantity=row.quantity),),
                expected_on=row.expected_on,
            )
        )
        return row


def call_off_waiting(order_id: int, *, line: str, by: Actor) -> Order:
    """Cancel the units of ``line`` that wait; what was bought for them is free for others, or for stock.

    A part of a bundle can't be called off by itself. Raises ``NotWaiting``, ``NotCancellable``.
    """
    with work(by=by):
        _order, mine, row = _waiting(order_id, line)
        if mine not in sold([mine]):
            raise NotWaiting(_("This belongs to a bundle, which goes as a whole."))
        return cancel_order(order_id, reason=CancelReason.CUSTOMER, lines={mine.public_id: row.quantity}, by=by)


def _waiting(order_id: int, line: str) -> tuple[Order, OrderLine, Backorder]:
    order = locked_order(order_id)
    mine = next((each for each in locked_lines(order_id) if each.public_id == line), None)
    row = Backorder.objects.filter(line=mine, status__in=UNFILLED).first() if mine else None
    if mine is None or row is None:
        raise NotWaiting(_("This doesn't wait for goods any more."))
    return order, mine, row
