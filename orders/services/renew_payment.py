"""Renew what is reserved before it lapses, or after it fell away; where that takes the customer, a person asks them.

The new authorisation is a payment of its own. The old one is given back only once the new one stands, so that goods
are never without cover, and a customer is never charged twice.
"""

from datetime import timedelta
from decimal import Decimal

import structlog
from django.db.models import F
from django.utils import timezone

from orders.events import PaymentExpired, PaymentRenewed
from orders.gateways import gateway, online
from orders.gateways.protocol import Answer, Outcome
from orders.kernel.actor import SYSTEM, Actor
from orders.kernel.money import text
from orders.kernel.work import emit, ring, work
from orders.locks import locked_order, locked_payments
from orders.models import Order, Payment, PaymentTransaction
from orders.services.await_payment import ask_for_payment
from orders.services.capture import uncaptured
from orders.services.exception import open_exception, resolve_exceptions
from orders.services.finish_transaction import finish, save, save_money, told
from orders.services.let_go import owe_void
from orders.states import OrderStatus, PaymentStatus, PaymentTrouble, TransactionKind

_RESERVED = (PaymentStatus.AUTHORIZED, PaymentStatus.PARTIALLY_CAPTURED)
_COMING = (PaymentStatus.PENDING, PaymentStatus.REQUIRES_ACTION, *_RESERVED)
_UNFINISHED = (OrderStatus.PLACED, OrderStatus.CONFIRMED)
_AHEAD = timedelta(hours=24)
_EXPIRING = "authorization_expiring"

log = structlog.get_logger(__name__)


def renew_expiring_payments(*, by: Actor) -> int:
    """Renew what lapses within a day while goods are still to leave; called by the beat. Returns how many it was."""
    soon = Payment.objects.filter(status__in=_RESERVED, gateway__in=online(), expires_at__lte=timezone.now() + _AHEAD)
    soon = soon.filter(order__status__in=_UNFINISHED, captured_amount__lt=F("authorized_amount"))
    renewed = 0
    for payment_id, order_id in soon.order_by("expires_at").values_list("pk", "order_id").iterator():
        try:
            with work(by=by):
                renewed += _renew_if_needed(locked_order(order_id), payment_id, by=by)
        except Exception:  # one that breaks off must not keep the others waiting
            log.exception("payment.renewal_broke_off", payment=payment_id)
    return renewed


def fall_away(charge: PaymentTransaction, released: Decimal, *, by: Actor) -> None:
    """With this capture the gateway let go of the rest: what is still to be paid is reserved anew, or asked for.

    Joins the open work; order and payment are locked.
    """
    payment = charge.payment
    gone = min(released, uncaptured(payment))
    if gone <= 0:
        return
    let_lapse(payment, gone, key=f"{charge.idempotency_key}.rest", why="captured_once")
    missing = min(gone, payment.order.balance)
    if missing <= 0:
        return
    if gateway(payment.gateway).is_reusable(payment.token):
        _renew(payment.order, payment, missing)
    else:
        ask_for_payment(payment.order, why=PaymentTrouble.CAPTURED_ONCE, by=by)


def let_lapse(payment: Payment, amount: Decimal, *, key: str, why: str) -> None:
    """Write down that ``amount`` isn't reserved any more, though we didn't ask for it. Joins the open work."""
    row = PaymentTransaction(payment=payment, kind=TransactionKind.VOID, amount=amount, idempotency_key=key)
    payment.authorized_amount -= amount
    if payment.authorized_amount == payment.captured_amount and payment.captured_amount:
        if payment.status != PaymentStatus.CAPTURED:
            payment.capture()
    elif payment.authorized_amount == 0:
        payment.expire()
    save(payment, "status", "authorized_amount")
    finish(row, Answer(outcome=Outcome.DONE, ref=payment.gateway_ref, error_code=why))
    order = payment.order
    order.authorized_total -= amount
    save_money(order, was_voided=order.payments.filter(status=PaymentStatus.VOIDED).exists())
    emit(PaymentExpired(**told(payment), amount=amount, error_code=why))
    _answered(payment, "It has lapsed.")


def let_go(old: Payment, *, by: Actor) -> None:
    """The payment that renews this one stands: what is still reserved here goes back to the customer."""
    rest = uncaptured(old)
    if rest > 0:
        owe_void(old, rest)
        ring("payment")
    _answered(old, "It was renewed.", by=by)


def ask_to_renew(payment: Payment, *, by: Actor) -> None:
    """Have a person see to it that goods don't leave unpaid: what is reserved lapses, and we can't renew it."""
    until = f"{payment.expires_at:%Y-%m-%d %H:%M} UTC" if payment.expires_at else ""
    open_exception(
        order_id=payment.order_id,
        category=_EXPIRING,
        subject_kind="payment",
        subject_id=payment.public_id,
        facts={
            "amount": text(uncaptured(payment), payment.currency),
            "currency": payment.currency,
            "until": until,
        },
        by=by,
    )


def _renew_if_needed(order: Order, payment_id: int, *, by: Actor) -> int:
    """Nothing to do when it was renewed before, or when all that is owed is being charged."""
    payments = locked_payments(order.pk)
    payment = next(row for row in payments if row.pk == payment_id)
    rest = uncaptured(payment)
    if payment.status not in _RESERVED or rest <= 0 or order.status not in _UNFINISHED:
        return 0
    renewals = [row for row in payments if row.renews_id == payment.pk]
    if any(row.status in _COMING for row in renewals):
        return 0
    if renewals or not gateway(payment.gateway).is_reusable(payment.token):
        ask_to_renew(payment, by=by)
        return 0
    _renew(order, payment, rest)
    return 1


def _renew(order: Order, payment: Payment, amount: Decimal) -> None:
    renewal = Payment.objects.create(
        order=order,
        gateway=payment.gateway,
        token=payment.token,
        currency=payment.currency,
        amount=amount,
        renews=payment,
    )
    PaymentTransaction.objects.create(
        payment=renewal,
        kind=TransactionKind.AUTHORIZATION,
        amount=amount,
        idempotency_key=f"{renewal.public_id}.authorize",
        due_at=timezone.now(),
    )
    ring("payment")
    emit(PaymentRenewed(**told(renewal), amount=amount))


def _answered(payment: Payment, resolution: str, *, by: Actor | None = None) -> None:
    resolve_exceptions(
        category=_EXPIRING,
        subject_kind="payment",
        subject_id=payment.public_id,
        resolution=resolution,
        by=by or SYSTEM,
    )
