"""Find the link by which a customer pays now, or open one where they owe what nobody sent them a link for."""

from collections.abc import Sequence
from decimal import Decimal

from django.utils import timezone

from orders.errors import AmountChanged, PaymentLinkClosed
from orders.events import PaymentLinkOpened
from orders.kernel.actor import Actor
from orders.kernel.money import ZERO, text
from orders.kernel.work import emit
from orders.models import Order, OrderHold, Payment, PaymentLink
from orders.selectors import due_by_link, open_link
from orders.services.follow_links import answer_expired, close_link
from orders.services.send_payment_link import LIFETIME
from orders.states import PaymentLinkStatus
from orders.ways_to_pay import owed_here


def use_link(
    order: Order, link_id: int | None, payments: Sequence[Payment], *, expected: Decimal, by: Actor
) -> tuple[PaymentLink, Decimal]:
    """The link to pay by, and what is due by it: what the customer's page said was ``expected``.

    ``link_id`` is the link that they hold. None: they came by the order's own page, and pay by whatever is open; else
    a link is opened that nobody is sent, so that two clicks are one payment here, too. Joins the open work; the order
    and its ``payments`` are locked. Raises ``PaymentLinkClosed`` and ``AmountChanged``.
    """
    link = open_link(order.pk)
    if link_id is not None and (link is None or link.pk != link_id):
        raise PaymentLinkClosed("Nothing can be paid by this link any more.")
    due = due_by_link(order, link) if link else owed_here(order, holds=_holds(order), payments=payments)
    if link is None and due <= ZERO:
        raise PaymentLinkClosed("Nothing can be paid here right now.")
    if due != expected:
        raise AmountChanged(f"Now {text(due, order.currency)} {order.currency} are to be paid.")
    return link or _opened(order, by=by), due


def _holds(order: Order) -> list[OrderHold]:
    return list(OrderHold.objects.filter(order=order, released_at=None))


def _opened(order: Order, *, by: Actor) -> PaymentLink:
    for old in PaymentLink.objects.filter(order=order, status=PaymentLinkStatus.OPEN):
        close_link(old, order, is_paid=False)  # it has run out, and the beat hasn't said so yet
    link = PaymentLink.objects.create(
        order=order, currency=order.currency, sent_by=str(by), expires_at=timezone.now() + LIFETIME
    )
    answer_expired(order, by=by)
    emit(PaymentLinkOpened(order_id=order.pk, number=order.number, payment_link=link.public_id))
    return link
