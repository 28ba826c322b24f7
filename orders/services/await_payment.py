"""Wait for money that should be there: what hasn't left is held, a person is asked, and both end when it is in."""

from django.db.models import QuerySet

from orders.bundles import moving
from orders.kernel.actor import SYSTEM, Actor
from orders.kernel.money import text
from orders.models import Order, OrderHold
from orders.services.exception import open_exception, resolve_exceptions
from orders.services.hold import hold_order, release_hold
from orders.states import HoldReason, OrderStatus, Severity

_CATEGORY = "payment_missing"
_HOLDABLE = (OrderStatus.PLACED, OrderStatus.CONFIRMED)


def ask_for_payment(order: Order, *, why: str, by: Actor) -> None:
    """Have a person ask the customer for another payment; the order is locked."""
    hold_for_payment(order, why=why)
    open_exception(
        order_id=order.pk,
        category=_CATEGORY,
        severity=Severity.HIGH,
        subject_kind="order",
        subject_id=order.public_id,
        summary=f"{why} {text(order.total - order.credited_total, order.currency)} {order.currency} are due.",
        next_action="Ask the customer for another means of payment and record it, or cancel what hasn't left.",
        by=by,
    )


def hold_for_payment(order: Order, *, why: str) -> None:
    """Goods that haven't left wait until the money is in."""
    is_unsent = order.status in _HOLDABLE and any(line.open for line in moving(order.lines.all()))
    if is_unsent and not _held(order).exists():
        hold_order(order.pk, reason=HoldReason.AWAITING_PAYMENT, note=why, by=SYSTEM)


def payment_arrived(order: Order, *, by: Actor) -> None:
    """Nothing is missing any more: what was asked is answered, and what was held by itself goes on by itself."""
    release_for_payment(order)
    resolve_exceptions(
        category=_CATEGORY, subject_kind="order", subject_id=order.public_id, resolution="It is settled.", by=by
    )


def release_for_payment(order: Order) -> None:
    """End the holds of ``hold_for_payment``; those that a person placed are that person's."""
    for hold in _held(order).filter(placed_by=str(SYSTEM)):
        release_hold(hold.public_id, by=SYSTEM)


def _held(order: Order) -> QuerySet[OrderHold]:
    return OrderHold.objects.filter(order=order, reason=HoldReason.AWAITING_PAYMENT, released_at=None)
