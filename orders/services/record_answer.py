"""Write down what a gateway said: the third phase of every payment step.

What it said of an authorisation decides about the order; the rest is in ``record_movement``. The caller has locked
order, payment and transaction. A transaction leaves ``pending`` once; an answer to one
that was settled meanwhile changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils import timezone

from orders.bundles import goods, sold
from orders.errors import PaymentDeclined
from orders.events import (
    LineQuantity,
    OrderConfirmed,
    OrderPlaced,
    PaymentActionRequired,
    PaymentAuthorized,
)
from orders.gateways.protocol import Answer, Outcome
from orders.kernel.actor import Actor
from orders.kernel.money import ZERO
from orders.kernel.work import ask, emit
from orders.locks import locked_payments
from orders.models import Order, OrderLine, PaymentTransaction
from orders.models.payment import A_PERSONS_TURN
from orders.questions import ReleaseUnits
from orders.requests import Repeatable
from orders.services.await_payment import ask_for_payment, payment_arrived
from orders.services.finish_transaction import failure, finish, save, save_money, told
from orders.services.idempotency import answer as store_answer
from orders.services.preorder import free_preorders
from orders.services.promise import promise_lines
from orders.services.record_movement import record_movement
from orders.services.surplus import give_back_surplus
from orders.states import (
    LineKind,
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
        settled = replace(settled, order=as_it_is_now(settled.order, known))
        if repeat:
            told = repeat.refused(settled.refusal) if settled.refusal else repeat.told(settled.order)
            store_answer(repeat.once, told)
        return settled
    record_movement(charge, answer, by=by)
    return Settled(order=order)


def _authorization(charge: PaymentTransaction, answer: Answer, lines: list[OrderLine], *, by: Actor) -> Settled:
    payment, order = charge.payment, charge.payment.order
    payment.gateway_ref = answer.ref
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
    save(payment, "status", "authorized_amount", "gateway_ref", "action_url")
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
        emit(confirmed(order, lines))
    if not was_submitted:
        _settle_down(order, by=by)


def _settle_down(order: Order, *, by: Actor) -> None:
    """The customer acted late: others may have paid meanwhile, or some of it was cancelled."""
    give_back_surplus(order, locked_payments(order.pk), taken=ZERO, reason="surplus", by=by)
    if order.balance <= 0:
        payment_arrived(order, by=by)


def _needs_action(charge: PaymentTransaction, answer: Answer, lines: list[OrderLine]) -> None:
    """The order is received; its authorisation stays pending until the customer has acted."""
    payment, order = charge.payment, charge.payment.order
    if payment.status == PaymentStatus.REQUIRES_ACTION:
        return
    payment.require_action()
    payment.action_url = answer.action_url
    save(payment, "status", "gateway_ref", "action_url")
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
    save(payment, "status", "error_code", "gateway_ref")
    finish(charge, answer)
    if order.status == OrderStatus.SUBMITTED:
        order.decline()
        save(order, "status")
        units = {line.pk: line.ordered for line in goods(lines)}
        free_preorders({line.pk: line.preordered for line in lines if line.preordered})
        ask(ReleaseUnits(order_id=order.pk, units=units))
    else:
        emit(failure(charge, answer))
        if order.balance > 0:
            ask_for_payment(order, why="The payment was declined.", by=by)
    return Settled(order=order, refusal=_refusal(charge))


def _refusal(charge: PaymentTransaction) -> PaymentDeclined:
    return PaymentDeclined(
        "payment: the gateway declined it; ask the customer for another means of payment.",
        gateway_code=charge.error_code,
    )


def announce(order: Order, lines: Sequence[OrderLine]) -> None:
    """The world may know of the order from now on; joins the open work."""
    promise_lines(sold(lines), source="stock")
    emit(placed(order, lines))


def placed(order: Order, lines: Sequence[OrderLine]) -> OrderPlaced:
    """The event that tells what was bought."""
    return OrderPlaced(
        order_id=order.pk,
        number=order.number,
        total=order.total,
        currency=order.currency,
        lines=tuple(LineQuantity(line=line.public_id, sku=line.sku, quantity=line.ordered) for line in sold(lines)),
    )


def as_it_is_now(order: Order, lines: Sequence[OrderLine]) -> Order:
    """The order for its answer: what is digital of a confirmed one was just delivered, so it is read anew."""
    if order.status != OrderStatus.CONFIRMED or not any(line.kind == LineKind.DIGITAL for line in lines):
        return order
    return Order.objects.select_related("channel", "shipping_method").get(pk=order.pk)


def confirmed(order: Order, lines: Sequence[OrderLine]) -> OrderConfirmed:
    """The event that releases the order: goods to the warehouse, digital lines to their buyer."""
    return OrderConfirmed(
        order_id=order.pk,
        number=order.number,
        digital_ids=tuple(line.pk for line in lines if line.kind == LineKind.DIGITAL),
    )
