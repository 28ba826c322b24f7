"""Let payment links follow the money: paid when theirs is in, cancelled when nothing is left to pay."""

from decimal import Decimal

from django.utils import timezone

from orders.events import PaymentLinkCancelled, PaymentLinkPaid
from orders.kernel.actor import Actor
from orders.kernel.work import emit
from orders.models import Order, PaymentLink
from orders.selectors import due_by_link
from orders.services.exception import resolve_exceptions
from orders.states import PaymentLinkStatus

EXPIRED = "payment_link_expired"


def follow_links(order: Order, *, by: Actor) -> None:
    """Close the order's open link once nothing is due by it. Joins the open work; the order is locked."""
    for link in PaymentLink.objects.filter(order=order, status=PaymentLinkStatus.OPEN):
        if due_by_link(order, link) <= Decimal(0):
            close_link(link, order)
    if order.balance <= 0:
        answer_expired(order, by=by)


def close_link(link: PaymentLink, order: Order, *, is_paid: bool | None = None) -> None:
    """End a link: paid by it, or not wanted any more. Joins the open work; the order is locked."""
    if is_paid is None:
        is_paid = link.payments.filter(authorized_amount__gt=0).exists()
    link.closed_at = timezone.now()
    if is_paid:
        link.pay()
        event: PaymentLinkPaid | PaymentLinkCancelled = PaymentLinkPaid(
            order_id=order.pk, number=order.number, payment_link=link.public_id
        )
    else:
        link.cancel()
        event = PaymentLinkCancelled(order_id=order.pk, number=order.number, payment_link=link.public_id)
    link.save(update_fields=["status", "closed_at"])
    emit(event)


def answer_expired(order: Order, *, by: Actor) -> None:
    """Nobody need look after a link that ran out: it is paid, called off, or there is a new one."""
    resolve_exceptions(
        category=EXPIRED, subject_kind="order", subject_id=order.public_id, resolution="It is settled.", by=by
    )
