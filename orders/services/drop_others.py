"""Keep nothing of a placement that was declined: give back what its other payments have reserved.

Joins the open work; the order is locked, and nobody else has heard of it.
"""

from django.utils import timezone

from orders.derivation import payment_status
from orders.gateways.stored import STORED
from orders.kernel.actor import Actor
from orders.locks import locked_payments, locked_values
from orders.models import Order, Payment, PaymentTransaction
from orders.services.balance import give_value_back
from orders.services.let_go import owe_void
from orders.states import MovementKind, PaymentStatus, TransactionKind, TransactionStatus

# What a draft's earlier attempts to pay may have left.
_GONE = (PaymentStatus.FAILED, PaymentStatus.VOIDED, PaymentStatus.EXPIRED)


def drop_others(order: Order, declined: Payment, *, by: Actor) -> None:
    """Gift cards and credit get theirs back now; gateways are owed a void, or are not asked any more.

    A gateway that is being asked right now is left: its yes is answered with a void (``record_answer``).
    """
    if len(order.payments.all()) <= 1:  # known from the placement: no statement
        return
    others = [row for row in locked_payments(order.pk) if row.pk != declined.pk and row.status not in _GONE]
    stored = [payment for payment in others if payment.gateway in STORED]
    locked_values(cards=[row.gift_card_id for row in stored], credits=[row.store_credit_id for row in stored])
    for payment in others:
        if payment.gateway in STORED:
            _give_back(order, payment, by=by)
        elif payment.status == PaymentStatus.AUTHORIZED:
            owe_void(payment, payment.authorized_amount)
        else:
            _forget(payment)
    order.payment_status = payment_status(order, was_voided=True)


def _give_back(order: Order, payment: Payment, *, by: Actor) -> None:
    amount = payment.authorized_amount
    void = PaymentTransaction(
        payment=payment,
        kind=TransactionKind.VOID,
        amount=amount,
        idempotency_key=f"{payment.public_id}.void.1",
        finished_at=timezone.now(),
    )
    void.succeed()
    void.save(force_insert=True)
    payment.void()
    payment.authorized_amount -= amount
    payment.save(update_fields=["status", "authorized_amount", "updated_at"])
    order.authorized_total -= amount
    give_value_back(payment, amount, kind=MovementKind.RELEASED, refund=None, by=by)


def _forget(payment: Payment) -> None:
    """What waits for the customer, or was never asked for, won't be; a manual payment has no transaction at all."""
    charges = list(payment.transactions.select_for_update().filter(status=TransactionStatus.PENDING))
    is_asked = payment.status == PaymentStatus.PENDING and any(charge.attempts for charge in charges)
    if is_asked:
        return
    for charge in charges:
        charge.fail()
        charge.error_code = "not_wanted"
        charge.finished_at = timezone.now()
        charge.save(update_fields=["status", "error_code", "finished_at"])
    payment.void()
    payment.action_url = None
    payment.save(update_fields=["status", "action_url", "updated_at"])
