"""Write down that money moved, or that the gateway refused to move it: captures, voids and refunds.

Joins the open work; order, payment and transaction are locked.
"""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone

from orders.events import PaymentCaptured, PaymentRefunded, PaymentVoided
from orders.gateways.keys import next_key
from orders.gateways.protocol import Answer, Outcome
from orders.gateways.stored import STORED
from orders.kernel.actor import SYSTEM, Actor
from orders.kernel.money import ZERO, text
from orders.kernel.work import current, emit
from orders.locks import locked_payments
from orders.models import Order, OrderCancellation, PaymentTransaction, Refund
from orders.services.await_payment import hold_for_payment, release_for_payment
from orders.services.balance import give_value_back
from orders.services.capture import pending, uncharged
from orders.services.complete import complete_if_done
from orders.services.exception import open_exception, resolve_exceptions
from orders.services.finish_transaction import failure, finish, save, save_money, told
from orders.services.renew_payment import fall_away
from orders.services.surplus import give_back_surplus
from orders.states import (
    MovementKind,
    OrderStatus,
    PaymentTrouble,
    RefundStatus,
    RefundTarget,
    TransactionKind,
    TransactionStatus,
)

# A capture or refund that is refused is asked for again this often before it counts as failed.
_ATTEMPTS = 5
_RETRY_AFTER = timedelta(minutes=30)
_NEWS_AFTER = timedelta(hours=6)


def record_movement(charge: PaymentTransaction, answer: Answer, *, by: Actor) -> None:
    """Count what the gateway did. A refusal is asked again later; a person is told at the first one."""
    if answer.outcome is Outcome.PENDING:
        _wait(charge, answer)
        return
    if answer.outcome is not Outcome.DONE:
        _refused(charge, answer, by=by)
        return
    finish(charge, answer)
    _DONE[TransactionKind(charge.kind)](charge)
    if charge.kind == TransactionKind.CHARGE:
        fall_away(charge, answer.released, by=by)
    _nothing_to_do_for_people(charge, by=by)
    complete_if_done(charge.payment.order_id, by=by)


def _captured(charge: PaymentTransaction) -> None:
    payment, order = charge.payment, charge.payment.order
    payment.captured_amount += charge.amount
    if payment.captured_amount == payment.authorized_amount:
        payment.capture()
    else:
        payment.capture_part()
    save(payment, "status", "captured_amount")
    order.captured_total += charge.amount
    save_money(order)
    emit(PaymentCaptured(**told(payment), amount=charge.amount))
    if uncharged(order) <= 0:
        release_for_payment(order)
    if order.credited_total:  # goods came back before their money was in
        owed_back = order.credited_total - order.refunded_total - pending(TransactionKind.REFUND, order_id=order.pk)
        give_back_surplus(order, locked_payments(order.pk), taken=max(owed_back, ZERO), reason="return", by=SYSTEM)
    elif charge.invoice_id is None and order.captured_total > order.total:  # cancelled before the money was in
        back = order.captured_total - order.refunded_total - order.total - _kept(charge)
        give_back_surplus(order, locked_payments(order.pk), taken=max(back, ZERO), reason="cancelled", by=SYSTEM)


def _kept(charge: PaymentTransaction) -> Decimal:
    """What was cancelled while the charge was under way, and is not to be given back."""
    meanwhile = OrderCancellation.objects.filter(order=charge.payment.order, created_at__gte=charge.created_at)
    return meanwhile.filter(refund=False).aggregate(sum=Sum("amount"))["sum"] or ZERO


def _voided(charge: PaymentTransaction) -> None:
    payment, order = charge.payment, charge.payment.order
    payment.authorized_amount -= charge.amount
    if payment.authorized_amount == 0:
        payment.void()
    elif payment.authorized_amount == payment.captured_amount:
        payment.capture()
    save(payment, "status", "authorized_amount")
    order.authorized_total -= charge.amount
    save_money(order, was_voided=payment.authorized_amount == 0)
    if payment.gateway in STORED:
        give_value_back(payment, charge.amount, kind=MovementKind.RELEASED, refund=None, by=current().by)
    if order.status not in (OrderStatus.DECLINED, OrderStatus.DRAFT):  # nobody heard that it was reserved
        emit(PaymentVoided(**told(payment), amount=charge.amount))


def _refunded(charge: PaymentTransaction) -> None:
    payment, order, refund = charge.payment, charge.payment.order, charge.refund
    if refund is None:
        raise ValueError("a refund's transaction names its refund")
    payment.refunded_amount += charge.amount
    save(payment, "refunded_amount")
    order.refunded_total += charge.amount
    save_money(order)
    if payment.gateway in STORED and refund.to == RefundTarget.ORIGINAL:
        give_value_back(payment, charge.amount, kind=MovementKind.RETURNED, refund=refund, by=current().by)
    _end_refund(refund, order)


def _end_refund(refund: Refund, order: Order) -> None:
    """When no part of it is pending any more it has succeeded, or a person sends the rest."""
    parts = list(refund.transactions.all())
    if any(part.status == TransactionStatus.PENDING for part in parts):
        return
    done = [part for part in parts if part.status == TransactionStatus.SUCCESS]
    back = sum((part.amount for part in done if part.kind == TransactionKind.REVERSAL), ZERO)
    if sum((part.amount for part in done if part.kind == TransactionKind.REFUND), ZERO) - back < refund.amount:
        refund.fail()
        refund.save(update_fields=["status"])
        return
    new = [part for part in done if part.kind == TransactionKind.REFUND and _is_new(part, refund)]
    sent = sum((part.amount for part in new), ZERO)
    refund.succeed()
    refund.succeeded_at = timezone.now()
    refund.save(update_fields=["status", "succeeded_at"])
    emit(
        PaymentRefunded(
            order_id=order.pk,
            number=order.number,
            refund=refund.public_id,
            amount=sent,  # what came back from the customer's bank was told before
            currency=refund.currency,
            to=refund.to,
        )
    )


def _is_new(part: PaymentTransaction, refund: Refund) -> bool:
    """Not told before: a refund may succeed again after it came back from the customer's bank."""
    at = part.finished_at
    return refund.succeeded_at is None or (at is not None and at > refund.succeeded_at)


def _closed(charge: PaymentTransaction) -> None:
    """The gateway knows that nobody wants the payment any more; no money moved."""


_DONE: dict[TransactionKind, Callable[[PaymentTransaction], None]] = {
    TransactionKind.CHARGE: _captured,
    TransactionKind.VOID: _voided,
    TransactionKind.REFUND: _refunded,
    TransactionKind.CANCELLATION: _closed,
}


def _wait(charge: PaymentTransaction, answer: Answer) -> None:
    """The gateway took it and will say later what became of it; should its news get lost, it is asked."""
    charge.gateway_ref = answer.ref
    charge.due_at = timezone.now() + _NEWS_AFTER
    charge.lease_token = charge.leased_until = None
    charge.attempts = max(charge.attempts, 1)
    charge.save(update_fields=["gateway_ref", "due_at", "lease_token", "leased_until", "attempts"])


def _refused(charge: PaymentTransaction, answer: Answer, *, by: Actor) -> None:
    """A person is asked at the first refusal; the gateway is asked again a few times before it counts as failed,
    unless it can't ever do it.
    """
    payment, order = charge.payment, charge.payment.order
    if not charge.error_code:  # attempts count silences too
        emit(failure(charge, answer))
        open_exception(
            order_id=order.pk,
            facts={"amount": text(charge.amount, payment.currency), "currency": payment.currency},
            **_trouble(charge),
            by=by,
        )
        if charge.kind == TransactionKind.CHARGE:
            hold_for_payment(order, why=PaymentTrouble.CAPTURE_FAILED)
    if answer.is_final or charge.attempts >= _ATTEMPTS:
        finish(charge, answer)
        if charge.refund is not None:
            _end_refund(charge.refund, order)
        return
    charge.error_code = answer.error_code
    charge.due_at = timezone.now() + _RETRY_AFTER * max(charge.attempts, 1)
    charge.lease_token = charge.leased_until = None
    charge.attempts = max(charge.attempts, 1)
    charge.idempotency_key = next_key(charge.idempotency_key)  # gateways repeat a no that they said to a key
    charge.gateway_ref = ""
    charge.save(
        update_fields=[
            "error_code",
            "due_at",
            "lease_token",
            "leased_until",
            "attempts",
            "idempotency_key",
            "gateway_ref",
        ]
    )


_WORD = {
    TransactionKind.CHARGE: "capture",
    TransactionKind.VOID: "void",
    TransactionKind.CANCELLATION: "void",
    TransactionKind.REFUND: "refund",
}


def _trouble(charge: PaymentTransaction) -> dict[str, str]:
    """What a person is asked about: the refund, or else the payment."""
    kind, subject = ("payment", charge.payment) if charge.refund is None else ("refund", charge.refund)
    category = f"{_WORD[TransactionKind(charge.kind)]}_failed"
    return {"category": category, "subject_kind": kind, "subject_id": subject.public_id}


def _nothing_to_do_for_people(charge: PaymentTransaction, *, by: Actor) -> None:
    """Close the question that an earlier refusal has opened, unless another part of it is still unanswered."""
    if charge.refund is None or charge.refund.status == RefundStatus.SUCCEEDED:
        resolve_exceptions(resolution="done by the gateway", by=by, **_trouble(charge))
