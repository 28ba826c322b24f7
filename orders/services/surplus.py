"""Give back what is reserved or was taken beyond what is owed: after a cancellation, a credit, one payment too many."""

from collections.abc import Sequence
from decimal import Decimal

from orders.kernel.actor import Actor
from orders.kernel.money import ZERO
from orders.models import Order, Payment
from orders.services.capture import pending, uncaptured
from orders.services.let_go import owe_void
from orders.services.promised import promised
from orders.services.refund import owe_refund
from orders.states import TransactionKind


def give_back_surplus(
    order: Order, payments: Sequence[Payment], *, taken: Decimal | None, reason: str, by: Actor
) -> None:
    """Void what is reserved beyond what is owed; refund what was taken beyond it, at most ``taken`` (None: all of it).

    What was reserved last goes first. Joins the open work; the order and its ``payments`` are locked.
    """
    left = _surplus(order)
    for payment in reversed(payments):
        part = min(left, uncaptured(payment)) if left > 0 else ZERO
        if part > 0:
            owe_void(payment, part)
            left -= part
    back = left if taken is None else min(left, taken)
    if back > 0:
        owe_refund(order, back, reason=reason, by=by)


def _surplus(order: Order) -> Decimal:
    """No statement when there is none, as on the way of every placement."""
    extra = order.authorized_total - order.refunded_total - (order.total - order.credited_total)
    if extra > 0:
        extra -= pending(TransactionKind.VOID, order_id=order.pk) + promised(order)
    return extra
