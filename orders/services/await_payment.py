"""Wait for money that should be there: what hasn't left is held, a person is asked, and both end when it is in."""

from decimal import Decimal

from django.db.models import QuerySet

from orders.bundles import moving
from orders.kernel.actor import SYSTEM, Actor
from orders.kernel.money import text
from orders.models import Order, OrderHold
from orders.services.exception import open_exception, resolve_exceptions
from orders.services.hold import hold_order, release_hold
from orders.states import HoldReason, OrderStatus, PaymentTrouble

_CATEGORY = "payment_missing"
# What people are asked about money that isn't here yet.
_ASKED = (_CATEGORY, "partly_paid")
_HOLDABLE = (OrderStatus.PLACED, OrderStatus.CONFIRMED)


def ask_for_payment(order: Order, *, why: PaymentTrouble, by: Actor) -> None:
    """Have a person ask the customer for another payment; the order is locked."""
    hold_for_payment(order, why=why)
    ask_a_person(order, why=why, amount=order.total - order.credited_total, by=by)


def ask_a_person(order: Order, *, why: PaymentTrouble, amount: Decimal, by: Actor) -> None:
    """Have a person ask the customer for ``amount``, whether its goods wait or not; the order is locked."""
    open_exception(
        order_id=order.pk,
        category=_CATEGORY,
        subject_kind="order",
        subject_id=order.public_id,
        facts={"why": why, "amount": text(amount, order.currency), "currency": order.currency},
        by=by,
    )


def hold_for_payment(order: Order, *, why: PaymentTrouble) -> None:
    """Goods that haven't left wait until the money is in."""
    is_unsent = order.status in _HOLDABLE and any(line.open for line in moving(order.lines.all()))
    if is_unsent and not _held(order).exists():
        hold_order(order.pk, reason=HoldReason.AWAITING_PAYMENT, note=str(why.label), by=SYSTEM)


def payment_arrived(order: Order, *, by: Actor) -> None:
    """Nothing is missing any more: what was asked is answered, and what was held by itself goes on by itself."""
    release_for_payment(order)
    for category in _ASKED:
        resolve_exceptions(
            category=category, subject_kind="order", subject_id=order.public_id, resolution="It is settled.", by=by
        )


def release_for_payment(order: Order) -> None:
    """End the holds of ``hold_for_payment``; those that a person placed are that person's."""
    for hold in _held(order).filter(placed_by=str(SYSTEM)):
        release_hold(hold.public_id, by=SYSTEM)


def _held(order: Order) -> QuerySet[OrderHold]:
    return OrderHold.objects.filter(order=order, reason=HoldReason.AWAITING_PAYMENT, released_at=None)
