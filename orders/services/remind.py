"""Remind a customer to pay, once, some time before the order expires."""

from datetime import timedelta

from django.db.models import DurationField, Exists, ExpressionWrapper, F, Q, QuerySet, Value
from django.db.models.functions import Now
from django.utils import timezone

from orders.events import OrderPaymentReminded
from orders.kernel.actor import SYSTEM, Actor
from orders.kernel.work import emit, work
from orders.locks import locked_order
from orders.models import Order
from orders.services.expire import stopped_clock
from orders.states import OrderStatus

_BATCH = 200


def remind_due_customers(*, by: Actor = SYSTEM) -> int:
    """Remind whose time to pay is nearly over; called by the beat. Returns how many."""
    return sum(_remind(pk, by=by) for pk in list(_due().order_by("expires_at").values_list("pk", flat=True)[:_BATCH]))


def _remind(order_id: int, *, by: Actor) -> bool:
    with work(by=by):
        locked_order(order_id)
        order = _due().filter(pk=order_id).first()
        if order is None or order.expires_at is None:
            return False
        order.reminded_at = timezone.now()
        order.save(update_fields=["reminded_at"])
        emit(OrderPaymentReminded(order_id=order.pk, number=order.number, expires_at=order.expires_at))
        return True


def _due() -> QuerySet[Order]:
    """Nothing is here, the time of the reminder has come, that of the end hasn't; what is on hold waits for us."""
    hours = F("channel__reminder_hours_before_expiry") * Value(timedelta(hours=1))
    soon = Now() + ExpressionWrapper(hours, output_field=DurationField())
    orders = Order.objects.filter(status=OrderStatus.PLACED, expires_at__gt=Now(), expires_at__lte=soon)
    return orders.filter(~Exists(stopped_clock()), Q(reminded_at=None), authorized_total=0)
