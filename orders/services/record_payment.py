"""Record money that came in by hand: a bank transfer, cash at the door."""

from decimal import Decimal

from django.utils import timezone

from orders.derivation import payment_status
from orders.errors import NotPayable
from orders.events import PaymentCaptured
from orders.kernel.actor import Actor
from orders.kernel.money import is_exact, text
from orders.kernel.work import emit, work
from orders.locks import locked_order, locked_payments
from orders.models import Order, Payment, PaymentTransaction
from orders.services.await_payment import payment_arrived
from orders.services.complete import complete_if_done
from orders.services.confirm import confirm_order
from orders.services.deliver_digital import deliver_digital
from orders.services.follow_links import follow_links
from orders.services.give_up_payment import give_up_unmade
from orders.services.surplus import give_back_surplus
from orders.states import OrderStatus, PaymentStatus, TransactionKind

_PAYABLE = (OrderStatus.PLACED, OrderStatus.CONFIRMED)


def record_payment(order_id: int, *, amount: Decimal, note: str = "", by: Actor) -> Payment:
    """Staff saw ``amount`` arrive. Once nothing is owed a placed order is confirmed, and what waited for money goes on.

    Money for an order that has expired is recorded and owed back at once. Raises ``NotPayable``.
    """
    with work(by=by):
        order = locked_order(order_id)
        _check(order, amount)
        payment = _pending_payment(order, amount) or Payment.objects.create(
            order=order, gateway="manual", currency=order.currency, amount=amount
        )
        payment.amount = payment.authorized_amount = payment.captured_amount = amount
        payment.gateway_ref = note[:255]
        payment.capture()
        payment.save()
        charge = PaymentTransaction(
            payment=payment,
            kind=TransactionKind.CHARGE,
            amount=amount,
            idempotency_key=f"{payment.public_id}.recorded",
            finished_at=timezone.now(),
        )
        charge.succeed()
        charge.save()
        order.authorized_total += amount
        order.captured_total += amount
        order.payment_status = payment_status(order)
        order.version += 1
        order.save(update_fields=["authorized_total", "captured_total", "payment_status", "version", "updated_at"])
        emit(
            PaymentCaptured(
                order_id=order.pk,
                number=order.number,
                payment=payment.public_id,
                amount=amount,
                currency=order.currency,
            )
        )
        if order.status == OrderStatus.EXPIRED:
            give_back_surplus(order, locked_payments(order_id), taken=None, reason="surplus", by=by)
            return payment
        if order.balance <= 0:
            give_up_unmade(order, locked_payments(order_id))
            payment_arrived(order, by=by)
            deliver_digital(order.pk, by=by)
            if order.status == OrderStatus.PLACED:
                confirm_order(order.pk, by=by)
        follow_links(order, by=by)
        complete_if_done(order.pk, by=by)
        return payment


def _check(order: Order, amount: Decimal) -> None:
    if amount <= 0 or not is_exact(amount, order.currency):
        raise NotPayable(f"amount: give a positive amount in {order.currency}.")
    if order.status == OrderStatus.EXPIRED and order.placed_at is None:
        raise NotPayable("This draft was given up before anybody ordered it; it takes no payment.")
    if order.status == OrderStatus.EXPIRED:
        return  # it came too late, and goes back
    if order.status not in _PAYABLE:
        raise NotPayable(f"A {order.get_status_display().lower()} order takes no payment.")
    if amount > order.balance:
        raise NotPayable(f"amount: at most {text(order.balance, order.currency)} {order.currency} is owed.")


def _pending_payment(order: Order, amount: Decimal) -> Payment | None:
    """The payment announced at placement, when this is all of it."""
    for payment in locked_payments(order.pk):
        if payment.gateway == "manual" and payment.status == PaymentStatus.PENDING and payment.amount == amount:
            return payment
    return None
