"""Write down what a gateway said: the third phase of every payment step.

What it said of an authorisation decides about the order; the rest is in ``record_movement``. The caller has locked
order, payment and transaction. A transaction leaves ``pending`` once; an answer to one
that was settled meanwhile changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from orders.errors import PaymentDeclined
from orders.events import (
    LineQuantity,
    OrderConfirmed,
    OrderPlaced,
    PaymentActionRequired,
    PaymentAuthorized,
)
from orders.gateways import gateway
from orders.gateways.protocol import Answer, Outcome
from orders.kernel.actor import Actor
from orders.kernel.money import ZERO
from orders.kernel.work import ask, emit
from orders.locks import locked_payments
from orders.models import Order, OrderLine, Payment, PaymentTransaction
from orders.models.payment import A_PERSONS_TURN
from orders.questions import ReleaseUnits
from orders.requests import Repeatable
from orders.services.await_payment import ask_for_payment, payment_arrived
from orders.services.capture import owe_billed
from orders.services.capture_early import owe_early_charges
from orders.services.finish_transaction import failure, finish, save, save_money, told
from orders.services.idempotency import answer as store_answer
from orders.services.promise import promise_lines
from orders.services.record_movement import record_movement
from orders.services.renew_payment import ask_to_renew, let_go
from orders.services.surplus import give_back_surplus
from orders.states import (
    OrderStatus,
    PaymentStatus,
    TransactionKind,
    TransactionStatus,
)


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
        settled = _authorization(charge, answer, known, by=by)
        if repeat:
            told = repeat.refused(settled.refusal) if settled.refusal else repeat.told(settled.order)
            store_answer(repeat.once, told)
        return settled
    record_movement(charge, answer, by=by)
    return Settled(order=order)


def _authorization(charge: PaymentTransaction, answer: Answer, lines: list[OrderLine], *, by: Actor) -> Settled:
    payment, order = charge.payment, charge.payment.order
    payment.gateway_ref, payment.page_ref = answer.ref, answer.page_ref or payment.page_ref
    if answer.outcome == Outcome.DONE:
        _authorized(charge, answer, lines, by=by)
        return Settled(order=order)
    if answer.outcome == Outcome.ACTION_REQUIRED:
        _needs_action(charge, answer, lines)
        return Settled(order=order)
    return _declined(charge, answer, lines, by=by)


def _authorized(charge: PaymentTransaction, answer: Answer, lines: list[OrderLine], *, by: Actor) -> None:
    payment, order = charge.payment, charge.payment.order
    payment.authorize()
    payment.authorized_amount = charge.amount
    payment.action_url = None
    payment.expires_at = answer.expires_at or _default_expiry(payment)
    save(payment, "status", "authorized_amount", "gateway_ref", "page_ref", "action_url", "expires_at")
    finish(charge, answer)
    order.authorized_total += charge.amount
    was_submitted = order.status == OrderStatus.SUBMITTED
    is_confirmed = was_submitted or (order.status == OrderStatus.PLACED and order.balance <= 0)
    if was_submitted:
        order.place_paid(at=timezone.now())
    elif is_confirmed:
        order.confirm(at=timezone.now())
    save_money(order, "status", "placed_at", "confirmed_at")
    if was_submitted:
        announce(order, lines)
    emit(PaymentAuthorized(**told(payment), amount=charge.amount))
    if is_confirmed:
        emit(OrderConfirmed(order_id=order.pk, number=order.number))
    if not was_submitted:
        _settle_down(payment, by=by)
    owe_early_charges(order, [payment])


def _default_expiry(payment: Payment) -> datetime | None:
    holds_for = gateway(payment.gateway).holds_for
    return timezone.now() + holds_for if holds_for else None


def _settle_down(payment: Payment, *, by: Actor) -> None:
    """It comes after the order: the payment that it renews goes now; others may have paid, or some was cancelled."""
    order, payments = payment.order, locked_payments(payment.order_id)
    if payment.renews_id is not None:
        let_go(next(old for old in payments if old.pk == payment.renews_id), by=by)
    give_back_surplus(order, payments, taken=ZERO, reason="surplus", by=by)
    owe_billed(order, payments)
    if order.balance <= 0:
        payment_arrived(order, by=by)


def _needs_action(charge: PaymentTransaction, answer: Answer, lines: list[OrderLine]) -> None:
    """The order is received; its authorisation stays pending until the customer has acted."""
    payment, order = charge.payment, charge.payment.order
    if payment.status == PaymentStatus.REQUIRES_ACTION:
        return
    payment.require_action()
    payment.action_url = answer.action_url
    save(payment, "status", "gateway_ref", "page_ref", "action_url")
    charge.due_at = timezone.now() + A_PERSONS_TURN
    charge.lease_token = charge.leased_until = None
    charge.save(update_fields=["due_at", "lease_token", "leased_until"])
    if order.status == OrderStatus.SUBMITTED:
        order.place(at=timezone.now())
        save_money(order, "status", "placed_at")
        announce(order, lines)
    emit(PaymentActionRequired(**told(payment), amount=charge.amount))


def _declined(charge: PaymentTransaction, answer: Answer, lines: list[OrderLine], *, by: Actor) -> Settled:
    """Nothing is kept of a submitted order; one that was placed waits for another payment."""
    payment, order = charge.payment, charge.payment.order
    payment.fail()
    payment.error_code = answer.error_code
    payment.action_url = None
    save(payment, "status", "error_code", "gateway_ref", "page_ref", "action_url")
    finish(charge, answer)
    if order.status == OrderStatus.SUBMITTED:
        order.decline()
        save(order, "status")
        ask(ReleaseUnits(order_id=order.pk, units={line.pk: line.ordered for line in lines}))
    else:
        emit(failure(charge, answer))
        if order.balance > 0:
            ask_for_payment(order, why="The payment was declined.", by=by)
        elif payment.renews is not None:
            ask_to_renew(payment.renews, by=by)
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
