"""Ask a customer to pay on a page of ours: send a link, take it back, let it run out."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from orders.errors import InvalidRequest, NoAddress, NotPayable, NoWayToPay, PaymentLinkClosed
from orders.events import PaymentLinkExpired, PaymentLinkSent
from orders.kernel.actor import SYSTEM, Actor
from orders.kernel.money import ZERO, is_exact, text
from orders.kernel.work import emit, work
from orders.locks import locked_order
from orders.models import Order, OrderHold, PaymentLink
from orders.selectors import due_by_link
from orders.services.exception import open_exception
from orders.services.follow_links import EXPIRED, answer_expired, close_link
from orders.states import HoldReason, OrderStatus, PaymentLinkStatus
from orders.ways_to_pay import ways_of

LIFETIME = timedelta(days=7)
LONGEST = timedelta(days=365)
_PAYABLE = (OrderStatus.PLACED, OrderStatus.CONFIRMED)
_BATCH = 100


def send_payment_link(
    order_id: int, *, amount: Decimal | None = None, expires_at: datetime | None = None, note: str = "", by: Actor
) -> PaymentLink:
    """Owe the customer a mail with a link to pay ``amount``, or all that is owed when they pay; a week without a date.

    A link that was open before is cancelled: a customer must never wonder which one to use. Raises ``NotPayable``,
    ``NoAddress``, ``NoWayToPay`` and ``InvalidRequest`` for a date that has passed or is more than a year away.
    """
    with work(by=by):
        order = locked_order(order_id)
        now = timezone.now()
        until = expires_at or now + LIFETIME
        _check(order, amount, until, now)
        for old in PaymentLink.objects.filter(order=order, status=PaymentLinkStatus.OPEN):
            close_link(old, order, is_paid=False)
        link = PaymentLink.objects.create(
            order=order, currency=order.currency, amount=amount, note=note, sent_by=str(by), expires_at=until
        )
        answer_expired(order, by=by)
        emit(
            PaymentLinkSent(
                order_id=order.pk,
                number=order.number,
                payment_link=link.public_id,
                amount=amount or order.balance,
                currency=order.currency,
                expires_at=until,
            )
        )
        return link


def cancel_payment_link(link_id: int, *, by: Actor) -> PaymentLink:
    """Take an open link back; who is on its page already can't pay there any more. Raises ``PaymentLinkClosed``."""
    with work(by=by):
        order = locked_order(PaymentLink.objects.values_list("order_id", flat=True).get(pk=link_id))
        link = PaymentLink.objects.get(pk=link_id)
        if link.status != PaymentLinkStatus.OPEN:
            raise PaymentLinkClosed(f"This link is {link.get_status_display().lower()} already.")
        close_link(link, order, is_paid=False)
        return link


def expire_payment_links() -> int:
    """Let links whose time has come run out; called by the beat. Returns how many did."""
    due = PaymentLink.objects.filter(status=PaymentLinkStatus.OPEN, expires_at__lte=timezone.now())
    return sum(_expire(pk, order_id) for pk, order_id in due.values_list("pk", "order_id")[:_BATCH])


def _expire(link_id: int, order_id: int) -> bool:
    with work(by=SYSTEM):
        order = locked_order(order_id)
        link = PaymentLink.objects.filter(pk=link_id, status=PaymentLinkStatus.OPEN).first()
        if link is None:
            return False
        due = due_by_link(order, link)
        link.expire()
        link.closed_at = timezone.now()
        link.save(update_fields=["status", "closed_at"])
        emit(PaymentLinkExpired(order_id=order.pk, number=order.number, payment_link=link.public_id))
        if due > ZERO and _waits(order):
            _ask_a_person(order, due)
        return True


def _waits(order: Order) -> bool:
    """Whether the order can't go on without the money."""
    held = OrderHold.objects.filter(order=order, reason=HoldReason.AWAITING_PAYMENT, released_at=None)
    return order.status == OrderStatus.PLACED or held.exists()


def _ask_a_person(order: Order, due: Decimal) -> None:
    open_exception(
        order_id=order.pk,
        category=EXPIRED,
        subject_kind="order",
        subject_id=order.public_id,
        facts={"amount": text(due, order.currency), "currency": order.currency},
        by=SYSTEM,
    )


def _check(order: Order, amount: Decimal | None, until: datetime, now: datetime) -> None:
    if order.status not in _PAYABLE:
        raise NotPayable(f"A {order.get_status_display().lower()} order takes no payment.")
    if order.balance <= ZERO:
        raise NotPayable("Nothing is owed for this order.")
    if amount is not None and (amount <= ZERO or not is_exact(amount, order.currency)):
        raise NotPayable(f"amount: give a positive amount in {order.currency}.")
    if amount is not None and amount > order.balance:
        raise NotPayable(f"amount: at most {text(order.balance, order.currency)} {order.currency} is owed.")
    if not now < until <= now + LONGEST:
        raise InvalidRequest("expires_at: give a time within the next year.")
    if not order.email:
        raise NoAddress("The customer left no e-mail address to send a link to.")
    if not ways_of(order):
        said = _(
            "Customers of {channel} have no way to pay by a link. Give the channel a bank account (its seller's IBAN), "
            "or allow a gateway in its link gateways."
        )
        raise NoWayToPay(said.format(channel=order.channel.name))
