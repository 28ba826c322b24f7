"""Expire an order that nobody paid in time: its goods are free again, and its customer is told.

The clock is ``Order.expires_at``: set at placement from the channel, moved by staff (``extend``). It stands still
while the order is on hold for a reason that isn't the customer's money, and while a gateway is being asked.
"""

import structlog
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from orders.bundles import scales
from orders.errors import NotCancellable
from orders.events import OrderExpired
from orders.kernel.actor import SYSTEM, Actor
from orders.kernel.money import text
from orders.kernel.work import emit, work
from orders.locks import locked_lines, locked_order, locked_payments
from orders.models import Order, OrderHold, Payment, PaymentTransaction
from orders.services.await_payment import payment_arrived
from orders.services.call_off_units import Wish, call_off_units
from orders.services.exception import open_exception
from orders.services.give_up_payment import give_up_unmade
from orders.states import CancelReason, HoldReason, OrderStatus, TransactionStatus

_BATCH = 200

log = structlog.get_logger(__name__)


def expire_order(order_id: int, *, by: Actor = SYSTEM) -> bool:
    """End a placed order whose time to pay is over; False when it may not expire (now).

    1 lock 2 guard 3 where part of the money is here, ask a person instead 4 call all units off 5 give up payments
    that nobody made 6 tell.
    """
    with work(by=by):
        order = locked_order(order_id)
        payments = locked_payments(order_id)
        if not _is_due(order) or _is_being_asked(payments):
            return False
        if order.authorized_total > 0:
            _ask_a_person(order, by=by)
            return False
        units = [(scale.line, scale.open) for scale in scales(locked_lines(order_id)).values() if scale.open]
        off = call_off_units(order_id, units, Wish(reason=CancelReason.UNPAID), end=Order.expire, by=by)
        give_up_unmade(off.order, payments)
        payment_arrived(off.order, by=by)
        emit(
            OrderExpired(
                order_id=order.pk,
                number=order.number,
                amount=off.cancellation.amount,
                currency=order.currency,
                lines=off.lines,
            )
        )
        return True


def expire_due_orders(*, by: Actor = SYSTEM) -> int:
    """Expire what is due; called by the beat. Returns how many; one that breaks off never stops the others."""
    expired = 0
    for order_id in list(_due().order_by("expires_at").values_list("pk", flat=True)[:_BATCH]):
        try:
            expired += expire_order(order_id, by=by)
        except NotCancellable:
            log.warning("order.not_expirable", order=order_id)
    return expired


def stopped_clock() -> QuerySet[OrderHold]:
    """Open holds of an outer row's order that stop its clock: we check something, so the time isn't the customer's."""
    holds = OrderHold.objects.filter(order=OuterRef("pk"), released_at=None)
    return holds.exclude(reason=HoldReason.AWAITING_PAYMENT)


def _due() -> QuerySet[Order]:
    orders = Order.objects.filter(status=OrderStatus.PLACED, expires_at__lte=Now())
    return orders.filter(~Exists(stopped_clock()))


def _is_due(order: Order) -> bool:
    is_late = order.status == OrderStatus.PLACED and order.expires_at is not None and order.expires_at <= timezone.now()
    return is_late and not Order.objects.filter(Exists(stopped_clock()), pk=order.pk).exists()


def _is_being_asked(payments: list[Payment]) -> bool:
    """A gateway may answer any moment: then the next round knows more."""
    asked = PaymentTransaction.objects.filter(payment__in=payments, status=TransactionStatus.PENDING)
    return asked.filter(leased_until__gt=Now()).exists()


def _ask_a_person(order: Order, *, by: Actor) -> None:
    """Part of the money is here: the clock is off, and a person decides."""
    order.expires_at = None
    order.version += 1
    order.save(update_fields=["expires_at", "version", "updated_at"])
    open_exception(
        order_id=order.pk,
        category="partly_paid",
        subject_kind="order",
        subject_id=order.public_id,
        facts={
            "paid": text(order.authorized_total - order.refunded_total, order.currency),
            "amount": text(order.total, order.currency),
            "currency": order.currency,
        },
        by=by,
    )
