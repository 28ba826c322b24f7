"""Write down what a gateway said: the third phase of every payment step, and the only place where money counts.

The caller has locked order, payment and transaction. A transaction leaves ``pending`` once; an answer to one
that was settled meanwhile changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from orders.derivation import payment_status
from orders.errors import PaymentDeclined
from orders.events import (
    LineQuantity,
    OrderConfirmed,
    OrderPlaced,
    PaymentActionRequired,
    PaymentAuthorized,
    PaymentCaptured,
    PaymentFailed,
    PaymentRefunded,
    PaymentVoided,
)
from orders.gateways.protocol import Answer, Outcome
from orders.kernel.actor import Actor
from orders.kernel.money import text
from orders.kernel.work import ask, emit
from orders.models import Order, OrderHold, OrderLine, Payment, PaymentTransaction
from orders.questions import ReleaseUnits
from orders.requests import Repeatable
from orders.services.complete import complete_if_done
from orders.services.exception import open_exception, resolve_exceptions
from orders.services.idempotency import answer as store_answer
from orders.services.promise import promise_lines
from orders.states import (
    HoldReason,
    OrderStatus,
    PaymentStatus,
    Severity,
    TransactionKind,
    TransactionStatus,
)

# A capture or refund that is refused is asked for again this often before it counts as failed.
_ATTEMPTS = 5
_RETRY_AFTER = timedelta(minutes=30)


@dataclass(frozen=True, kw_only=True)
class Settled:
    """What became of it: the order, and why the customer's money was refused, if it was."""

    order: Order
    refusal: PaymentDeclined | None = None


def record_answer(
    charge: PaymentTransaction,
    answer: Answer,
    *,
    repeat: Repeatable | None,
    lines: Sequence[OrderLine] | None,
    by: Actor,
) -> Settled:
    """Move transaction, payment and order on; joins the open work. ``lines`` come with a placement, and spare reads."""
    order = charge.payment.order
    if charge.status != TransactionStatus.PENDING:
        return Settled(order=order, refusal=_refusal(charge) if order.status == OrderStatus.DECLINED else None)
    if charge.kind == TransactionKind.AUTHORIZATION:
        known = list(order.lines.all()) if lines is None else list(lines)
        order.remember(lines=known)
        if lines is not None:
            order.remember(payments=[charge.payment], holds=())
            order.share_relations(known[0].order)
        settled = _authorization(charge, answer, known)
        if repeat:
            told = repeat.refused(settled.refusal) if settled.refusal else repeat.told(settled.order)
            store_answer(repeat.once, told)
        return settled
    if answer.outcome == Outcome.DONE:
        _DONE[TransactionKind(charge.kind)](charge, by)
        _finish(charge, answer)
    else:
        _refused(charge, answer, by=by)
    return Settled(order=order)


def _authorization(charge: PaymentTransaction, answer: Answer, lines: list[OrderLine]) -> Settled:
    payment, order = charge.payment, charge.payment.order
    payment.gateway_ref = answer.ref
    if answer.outcome == Outcome.DONE:
        _authorized(charge, answer, lines)
        return Settled(order=order)
    if answer.outcome == Outcome.ACTION_REQUIRED:
        _needs_action(charge, answer, lines)
        return Settled(order=order)
    return _declined(charge, answer, lines)


def _authorized(charge: PaymentTransaction, answer: Answer, lines: list[OrderLine]) -> None:
    payment, order = charge.payment, charge.payment.order
    payment.authorize()
    payment.authorized_amount = charge.amount
    payment.action_url = None
    _save(payment, "status", "authorized_amount", "gateway_ref", "action_url")
    _finish(charge, answer)
    order.authorized_total += charge.amount
    was_submitted = order.status == OrderStatus.SUBMITTED
    if was_submitted:
        order.place_paid(at=timezone.now())
    else:
        order.confirm(at=timezone.now())
    _save_money(order, "status", "placed_at", "confirmed_at")
    if was_submitted:
        announce(order, lines)
    emit(PaymentAuthorized(**_told(payment), amount=charge.amount))
    emit(OrderConfirmed(order_id=order.pk, number=order.number))


def _needs_action(charge: PaymentTransaction, answer: Answer, lines: list[OrderLine]) -> None:
    """The order is received; its authorisation stays pending until the customer has acted."""
    payment, order = charge.payment, charge.payment.order
    if payment.status == PaymentStatus.REQUIRES_ACTION:
        return
    payment.require_action()
    payment.action_url = answer.action_url
    _save(payment, "status", "gateway_ref", "action_url")
    charge.due_at = timezone.now() + timedelta(days=365)
    charge.lease_token = charge.leased_until = None
    charge.save(update_fields=["due_at", "lease_token", "leased_until"])
    order.place(at=timezone.now())
    _save_money(order, "status", "placed_at")
    announce(order, lines)
    emit(PaymentActionRequired(**_told(payment), amount=charge.amount))


def _declined(charge: PaymentTransaction, answer: Answer, lines: list[OrderLine]) -> Settled:
    """Nothing is kept of a submitted order; one that was placed waits for another payment."""
    payment, order = charge.payment, charge.payment.order
    payment.fail()
    payment.error_code = answer.error_code
    _save(payment, "status", "error_code", "gateway_ref")
    _finish(charge, answer)
    if order.status == OrderStatus.SUBMITTED:
        order.decline()
        _save(order, "status")
        ask(ReleaseUnits(order_id=order.pk, units={line.pk: line.ordered for line in lines}))
    else:
        emit(_failure(charge, answer))
    return Settled(order=order, refusal=_refusal(charge))


def _refusal(charge: PaymentTransaction) -> PaymentDeclined:
    return PaymentDeclined(
        "payment: the gateway declined it; ask the customer for another means of payment.",
        gateway_code=charge.error_code,
    )


def announce(order: Order, lines: Sequence[OrderLine]) -> None:
    """The world may know of the order from now on; joins the open work."""
    promise_lines(lines, source="stock")
    emit(
        OrderPlaced(
            order_id=order.pk,
            number=order.number,
            total=order.total,
            currency=order.currency,
            lines=tuple(LineQuantity(line=line.public_id, sku=line.sku, quantity=line.ordered) for line in lines),
        )
    )


def _captured(charge: PaymentTransaction, by: Actor) -> None:
    payment, order = charge.payment, charge.payment.order
    payment.captured_amount += charge.amount
    if payment.captured_amount == payment.authorized_amount:
        payment.capture()
    else:
        payment.capture_part()
    _save(payment, "status", "captured_amount")
    order.captured_total += charge.amount
    _save_money(order)
    emit(PaymentCaptured(**_told(payment), amount=charge.amount))
    resolve_exceptions(
        category="capture_failed", subject_kind="payment", subject_id=payment.public_id, resolution="captured", by=by
    )
    complete_if_done(order.pk, by=by)


def _voided(charge: PaymentTransaction, by: Actor) -> None:
    payment, order = charge.payment, charge.payment.order
    payment.authorized_amount -= charge.amount
    if payment.authorized_amount == 0:
        payment.void()
    elif payment.authorized_amount == payment.captured_amount:
        payment.capture()
    _save(payment, "status", "authorized_amount")
    order.authorized_total -= charge.amount
    _save_money(order, was_voided=payment.authorized_amount == 0)
    emit(PaymentVoided(**_told(payment), amount=charge.amount))
    complete_if_done(order.pk, by=by)


def _refunded(charge: PaymentTransaction, by: Actor) -> None:
    payment, order, refund = charge.payment, charge.payment.order, charge.refund
    if refund is None:
        raise ValueError("a refund's transaction names its refund")
    payment.refunded_amount += charge.amount
    _save(payment, "refunded_amount")
    order.refunded_total += charge.amount
    _save_money(order)
    others = refund.transactions.filter(status=TransactionStatus.PENDING).exclude(pk=charge.pk)
    if not others.exists():
        refund.succeed()
        refund.succeeded_at = timezone.now()
        refund.save(update_fields=["status", "succeeded_at"])
        emit(
            PaymentRefunded(
                order_id=order.pk,
                number=order.number,
                refund=refund.public_id,
                amount=refund.amount,
                currency=refund.currency,
            )
        )
    complete_if_done(order.pk, by=by)


_DONE = {
    TransactionKind.CHARGE: _captured,
    TransactionKind.VOID: _voided,
    TransactionKind.REFUND: _refunded,
}


def _refused(charge: PaymentTransaction, answer: Answer, *, by: Actor) -> None:
    """A person is asked at the first refusal; the gateway is asked again a few times before it counts as failed."""
    payment, order = charge.payment, charge.payment.order
    if charge.attempts <= 1:
        money = f"{text(charge.amount, payment.currency)} {payment.currency}"
        emit(_failure(charge, answer))
        open_exception(
            order_id=order.pk,
            category=f"{_WORD[TransactionKind(charge.kind)]}_failed",
            severity=Severity.HIGH,
            subject_kind="payment",
            subject_id=payment.public_id,
            summary=f"The gateway refused a {charge.get_kind_display().lower()} of {money}.",
            next_action="Ask the customer for another means of payment, or settle it by hand.",
            by=by,
        )
        if charge.kind == TransactionKind.CHARGE:
            _hold_the_rest(order, by=by)
    if charge.attempts >= _ATTEMPTS:
        _finish(charge, answer)
        if charge.refund is not None:
            charge.refund.fail()
            charge.refund.save(update_fields=["status"])
        return
    charge.error_code = answer.error_code
    charge.due_at = timezone.now() + _RETRY_AFTER * max(charge.attempts, 1)
    charge.lease_token = charge.leased_until = None
    charge.attempts = max(charge.attempts, 1)
    charge.save(update_fields=["error_code", "due_at", "lease_token", "leased_until", "attempts"])


_WORD = {TransactionKind.CHARGE: "capture", TransactionKind.VOID: "void", TransactionKind.REFUND: "refund"}


def _hold_the_rest(order: Order, *, by: Actor) -> None:
    """Goods that haven't left wait until the money for those that have is in."""
    unsent = any(line.open for line in order.lines.all())
    held = OrderHold.objects.filter(order=order, reason=HoldReason.AWAITING_PAYMENT, released_at=None).exists()
    if unsent and not held:
        from orders.services.hold import hold_order  # holding derives statuses, which settling must not import

        hold_order(order.pk, reason=HoldReason.AWAITING_PAYMENT, note="A capture failed.", by=by)


def _finish(charge: PaymentTransaction, answer: Answer) -> None:
    if answer.outcome == Outcome.DONE:
        charge.succeed()
    else:
        charge.fail()
    charge.gateway_ref = answer.ref
    charge.error_code = answer.error_code
    charge.finished_at = timezone.now()
    charge.lease_token = charge.leased_until = None
    charge.save(update_fields=["status", "gateway_ref", "error_code", "finished_at", "lease_token", "leased_until"])


def _failure(charge: PaymentTransaction, answer: Answer) -> PaymentFailed:
    return PaymentFailed(**_told(charge.payment), kind=charge.kind, amount=charge.amount, error_code=answer.error_code)


def _told(payment: Payment) -> dict[str, Any]:
    order = payment.order
    return {
        "order_id": order.pk,
        "number": order.number,
        "payment": payment.public_id,
        "currency": payment.currency,
    }


def _save_money(order: Order, *fields: str, was_voided: bool = False) -> None:
    """Save the order's money with the status that follows from it, as a new version."""
    order.payment_status = payment_status(order, was_voided=was_voided)
    order.version += 1
    _save(
        order,
        *fields,
        "payment_status",
        "version",
        "authorized_total",
        "captured_total",
        "refunded_total",
        "updated_at",
    )


def _save(row: Order | Payment, *fields: str) -> None:
    row.save(update_fields=[*fields, "updated_at"])
