"""Write down what a gateway said: the third phase of every payment step.

What it said of an authorisation decides about the order; the rest is in ``record_movement``. The caller has locked
order, payment and transaction. A transaction leaves ``pending`` once; an answer to one
that was settled meanwhile changes nothing.

An order that several gateways pay is placed with the last answer, and declined with the first no: then nothing of
the others is kept (``orders.services.drop_others``).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils import timezone

from orders.bundles import sold
from orders.errors import PaymentDeclined
from orders.events import (
    PaymentActionRequired,
    PaymentAuthorized,
)
from orders.gateways import gateway, online
from orders.gateways.protocol import Answer, Outcome
from orders.kernel.actor import SYSTEM, Actor
from orders.kernel.money import ZERO, text
from orders.kernel.work import emit
from orders.locks import locked_payments
from orders.models import Order, OrderLine, Payment, PaymentTransaction
from orders.models.payment import A_PERSONS_TURN, NOT_WANTED
from orders.requests import Repeatable
from orders.services.apply_rules import hold_by_rules
from orders.services.await_payment import ask_for_payment, payment_arrived
from orders.services.capture import owe_billed
from orders.services.capture_early import owe_early_charges
from orders.services.drop_others import drop_others
from orders.services.exception import open_exception
from orders.services.finish_transaction import failure, finish, save, save_money, told
from orders.services.follow_links import follow_links
from orders.services.give_up_payment import give_up_unmade
from orders.services.idempotency import answer as store_answer
from orders.services.let_go import owe_void
from orders.services.promise import promise_lines
from orders.services.record_movement import record_movement
from orders.services.renew_payment import ask_to_renew, let_go
from orders.services.surplus import give_back_surplus
from orders.services.take_back import take_back
from orders.services.tell_placed import as_it_is_now, confirmed, placed
from orders.states import (
    OrderStatus,
    PaymentStatus,
    PaymentTrouble,
    TransactionKind,
    TransactionStatus,
)

# What a gateway's no leaves of an order that was only submitted: nothing, or the draft that it was.
_REFUSED = (OrderStatus.DECLINED, OrderStatus.DRAFT)
# What a draft's earlier attempts to pay may have left.
_GONE = (PaymentStatus.FAILED, PaymentStatus.VOIDED, PaymentStatus.EXPIRED)


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
        if answer.outcome == Outcome.DONE and charge.error_code == NOT_WANTED:
            _ask_about_conflict(charge, by=by)
        is_refused = order.status in _REFUSED or charge.payment.status == PaymentStatus.FAILED
        return Settled(order=order, refusal=_refusal(charge) if is_refused else None)
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
    if order.status == OrderStatus.SUBMITTED:
        _place(order, lines, payment)
        return
    is_confirmed = order.status == OrderStatus.PLACED and order.balance <= 0
    if is_confirmed:
        order.confirm(at=timezone.now())
    save_money(order, "status", "confirmed_at")
    if order.status in _REFUSED:  # another one had declined before this answer came
        owe_void(payment, charge.amount)
        return
    emit(PaymentAuthorized(**told(payment), amount=charge.amount))
    if is_confirmed:
        emit(confirmed(order, lines))
    _settle_down(payment, order, by=by)
    owe_early_charges(order, [payment])


def _default_expiry(payment: Payment) -> datetime | None:
    holds_for = gateway(payment.gateway).holds_for
    return timezone.now() + holds_for if holds_for else None


def _place(order: Order, lines: list[OrderLine], payment: Payment) -> None:
    """Every gateway has answered: the world may know of the order. Until then only the money is noted."""
    payments = [payment if row.pk == payment.pk else row for row in order.payments.all() if row.status not in _GONE]
    if any(row.status == PaymentStatus.PENDING and row.gateway in online() for row in payments):
        save_money(order)
        return
    if order.balance <= 0 or (_is_by_hand(payments) and order.channel.confirms_manual_at_once):
        order.place_paid(at=timezone.now())
    else:
        order.place(at=timezone.now())
        order.expires_at = order.channel.unpaid_until(timezone.now())
    save_money(order, "status", "placed_at", "confirmed_at", "expires_at")
    announce(order, lines)
    tell_reserved(payments)
    for row in payments:
        if row.status == PaymentStatus.REQUIRES_ACTION:
            emit(PaymentActionRequired(**told(row), amount=row.amount))
    if order.status == OrderStatus.CONFIRMED:
        emit(confirmed(order, lines))
    owe_early_charges(order, payments)


def _is_by_hand(payments: Iterable[Payment]) -> bool:
    return any(row.gateway not in online() for row in payments)


def _settle_down(payment: Payment, order: Order, *, by: Actor) -> None:
    """It comes after the order: the payment that it renews goes now; others may have paid, or some was cancelled."""
    payments = locked_payments(order.pk)
    if payment.renews_id is not None:
        let_go(next(old for old in payments if old.pk == payment.renews_id), by=by)
    give_back_surplus(order, payments, taken=ZERO, reason="surplus", by=by)
    owe_billed(order, payments)
    if order.balance <= 0:
        give_up_unmade(order, [row for row in payments if row.pk != payment.pk])
        payment_arrived(order, by=by)
    follow_links(order, by=by)


def _ask_about_conflict(charge: PaymentTransaction, *, by: Actor) -> None:
    """The customer approved while their order ended: the gateway has reserved what nobody wants any more."""
    payment, order = charge.payment, charge.payment.order
    open_exception(
        order_id=order.pk,
        category="payment_conflict",
        subject_kind="payment",
        subject_id=payment.public_id,
        facts={
            "amount": text(charge.amount, payment.currency),
            "currency": payment.currency,
            "status": order.status,
        },
        by=by,
    )


def _needs_action(charge: PaymentTransaction, answer: Answer, lines: list[OrderLine]) -> None:
    """Its authorisation stays pending until the customer has acted; an order that is new is received."""
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
        _place(order, lines, payment)
    elif order.status in _REFUSED:
        give_up_unmade(order, [payment])
    else:
        emit(PaymentActionRequired(**told(payment), amount=charge.amount))


def _declined(charge: PaymentTransaction, answer: Answer, lines: list[OrderLine], *, by: Actor) -> Settled:
    """Nothing is kept of a submitted order. One that was placed waits for another payment, and a person is asked
    for it unless whoever tried was told at once, or has a link by which to try again.
    """
    payment, order = charge.payment, charge.payment.order
    was_awaited = payment.status == PaymentStatus.REQUIRES_ACTION or _was_asked_later(charge, by)
    was_awaited = was_awaited and payment.link_id is None
    payment.fail()
    payment.error_code = answer.error_code
    payment.action_url = None
    save(payment, "status", "error_code", "gateway_ref", "page_ref", "action_url")
    finish(charge, answer)
    if order.status == OrderStatus.SUBMITTED:
        drop_others(order, payment, by=by)
        take_back(order, lines)
    elif order.status not in _REFUSED:
        emit(failure(charge, answer))
        if order.balance > 0 and was_awaited:
            ask_for_payment(order, why=PaymentTrouble.DECLINED, by=by)
        elif payment.renews is not None:
            ask_to_renew(payment.renews, by=by)
    return Settled(order=order, refusal=_refusal(charge))


def _was_asked_later(charge: PaymentTransaction, by: Actor) -> bool:
    """The completer asked, and nobody is there to hear the answer: a preorder's day had come near."""
    return by == SYSTEM and charge.attempts > 0 and charge.payment.renews_id is None


def _refusal(charge: PaymentTransaction) -> PaymentDeclined:
    return PaymentDeclined(
        "payment: the gateway declined it; ask the customer for another means of payment.",
        gateway_code=charge.error_code,
    )


def announce(order: Order, lines: Sequence[OrderLine]) -> None:
    """The world may know of the order from now on; joins the open work."""
    promise_lines(sold(lines), source="stock")
    emit(placed(order, lines))
    hold_by_rules(order, lines)


def tell_reserved(payments: Iterable[Payment]) -> None:
    """Say which payments of a new order are reserved, once the world knows of it; joins the open work."""
    for payment in payments:
        if payment.status == PaymentStatus.AUTHORIZED:
            emit(PaymentAuthorized(**told(payment), amount=payment.authorized_amount))
