"""Write down what happened at a gateway without us: refunds on its own pages, refunds that failed later, disputes.

Joins the open work; order and payments are locked. Each is booked once, whatever the order of its news.
"""

from decimal import Decimal
from typing import Any

from django.utils import timezone

from orders.events import PaymentChargedBack, PaymentRefunded, PaymentReversed, RefundGranted
from orders.gateways.keys import is_same_call
from orders.gateways.protocol import Answer, Dispute, Movement, Outcome
from orders.kernel.actor import Actor
from orders.kernel.money import text
from orders.kernel.work import emit
from orders.models import Invoice, Payment, PaymentTransaction, ProcessException, Refund
from orders.services.await_payment import hold_for_payment, payment_arrived
from orders.services.capture import pending
from orders.services.credit import credit_for_amount, issue_credit_note, uncredited
from orders.services.exception import open_exception, resolve_exceptions
from orders.services.finish_transaction import finish, save, save_money, told
from orders.states import DisputeKind, PaymentTrouble, RefundReason, RefundStatus, TransactionKind, TransactionStatus

_ANSWER = {"category": "chargeback", "subject_kind": "payment"}


def record_refund_news(payment: Payment, movement: Movement, *, by: Actor) -> None:
    """A refund that the gateway knows: one of ours that failed after all, or one that somebody made over there."""
    rows = [row for row in _of(payment, TransactionKind.REFUND) if _is_it(row, movement)]
    sent = [row for row in rows if row.status == TransactionStatus.SUCCESS]
    if movement.outcome is Outcome.REFUSED:
        for row in sent:
            if row.gateway_ref == movement.ref:
                _came_back(payment, row, movement, by=by)
    elif movement.outcome is Outcome.DONE and not rows:
        _made_elsewhere(payment, movement, by=by)


def record_dispute(payment: Payment, dispute: Dispute, *, by: Actor) -> None:
    """The customer's bank took money, asks about it, gave it back, or keeps it for good."""
    rows = [row for row in _of(payment, TransactionKind.CHARGEBACK) if row.gateway_ref == dispute.ref]
    order = payment.order
    if dispute.is_won:
        reversed_before = {row.idempotency_key for row in _of(payment, TransactionKind.REVERSAL)}
        for row in rows:
            key = f"{row.idempotency_key}.won"
            if key not in reversed_before:
                _reverse(payment, row, key=key, ref=dispute.ref)
        _answer(payment, "The bank decided for us.", by=by)
        if rows and order.balance <= 0:
            payment_arrived(order, by=by)
        return
    if dispute.is_withdrawn:
        _charge_back(payment, dispute, rows)
        if not rows:
            hold_for_payment(order, why=PaymentTrouble.CHARGED_BACK)
    if dispute.needs_answer:
        _ask(payment, dispute, by=by)
    elif dispute.is_lost:
        _lose(payment, dispute, by=by)
    else:
        _answer(payment, "It was answered; the bank decides.", by=by)


def given_back(payment: Payment) -> Decimal:
    """What our rows say was refunded and stayed refunded; chargebacks apart."""
    rows = [row for row in _of(payment, TransactionKind.REFUND) if not row.past_gateway]
    sent = sum((row.amount for row in rows if row.status == TransactionStatus.SUCCESS), Decimal(0))
    came_back = [row for row in _of(payment, TransactionKind.REVERSAL) if row.refund_id is not None]
    return sent - sum((row.amount for row in came_back), Decimal(0))


def _of(payment: Payment, kind: TransactionKind) -> list[PaymentTransaction]:
    return list(payment.transactions.filter(kind=kind))


def _is_it(row: PaymentTransaction, movement: Movement) -> bool:
    by_key = bool(movement.key) and is_same_call(row.idempotency_key, movement.key)
    return by_key or (bool(row.gateway_ref) and row.gateway_ref == movement.ref)


def _came_back(payment: Payment, row: PaymentTransaction, movement: Movement, *, by: Actor) -> None:
    """The bank could not deliver it: the customer hasn't got the money, and a person sends it another way."""
    key = f"{row.idempotency_key}.back"
    if payment.transactions.filter(idempotency_key=key).exists():
        return
    _reverse(payment, row, key=key, ref=movement.ref)
    refund = row.refund
    if refund is None:
        return
    if refund.status == RefundStatus.SUCCEEDED:
        refund.fail()
        refund.save(update_fields=["status"])
    open_exception(
        order_id=payment.order_id,
        category="refund_failed",
        subject_kind="refund",
        subject_id=refund.public_id,
        facts=_money(payment, row.amount) | {"status": "came_back"},
        by=by,
    )


def _reverse(payment: Payment, undone: PaymentTransaction, *, key: str, ref: str) -> None:
    row = PaymentTransaction(
        payment=payment,
        kind=TransactionKind.REVERSAL,
        amount=undone.amount,
        idempotency_key=key,
        refund=undone.refund,
    )
    _book(payment, row, ref=ref, by=-undone.amount)
    emit(PaymentReversed(**told(payment), kind=undone.kind, amount=undone.amount))


def _made_elsewhere(payment: Payment, movement: Movement, *, by: Actor) -> None:
    """Money has moved, so it is booked; a credit note goes with it as far as something is billed."""
    order, amount = payment.order, min(movement.amount, payment.captured_amount - payment.refunded_amount)
    if amount <= 0:
        return
    refund = Refund(
        order=order,
        currency=order.currency,
        amount=amount,
        reason=RefundReason.OTHER,
        note=f"{payment.gateway} {movement.ref}",
        granted_by=payment.gateway,
    )
    refund.execute()
    refund.succeed()
    refund.succeeded_at = timezone.now()
    refund.save()
    row = PaymentTransaction(
        payment=payment,
        kind=TransactionKind.REFUND,
        amount=amount,
        refund=refund,
        idempotency_key=f"{refund.public_id}.{payment.public_id}",
    )
    _book(payment, row, ref=movement.ref, by=amount)
    facts: dict[str, Any] = {
        "order_id": order.pk,
        "number": order.number,
        "refund": refund.public_id,
        "currency": order.currency,
    }
    emit(RefundGranted(**facts, amount=amount, reason=refund.reason))
    emit(PaymentRefunded(**facts, amount=amount))
    if Invoice.objects.filter(order=order).exists() and amount <= uncredited(order):
        issue_credit_note(order, credit_for_amount(order, amount), reason=refund.reason, refund=refund)
    open_exception(
        order_id=order.pk,
        category="refunded_at_gateway",
        subject_kind="refund",
        subject_id=refund.public_id,
        facts=_money(payment, amount),
        by=by,
    )


def _charge_back(payment: Payment, dispute: Dispute, booked: list[PaymentTransaction]) -> None:
    """What isn't booked of it yet, and was neither given back nor is about to be: no money goes back twice in our
    books. A refund that is under way may succeed late; when it fails instead, the next news of the dispute books more.
    """
    on_its_way = pending(TransactionKind.REFUND, order_id=payment.order_id, payment_id=payment.pk)
    free = payment.captured_amount - payment.refunded_amount - on_its_way
    amount = min(dispute.amount - sum(row.amount for row in booked), free)
    if amount <= 0:
        return
    nth = f".{len(booked) + 1}" if booked else ""
    key = f"dispute.{dispute.ref}"[: 60 - len(nth)] + nth
    row = PaymentTransaction(payment=payment, kind=TransactionKind.CHARGEBACK, amount=amount, idempotency_key=key)
    _book(payment, row, ref=dispute.ref, by=amount)
    emit(PaymentChargedBack(**told(payment), amount=amount, error_code=dispute.reason[:64]))


def _book(payment: Payment, row: PaymentTransaction, *, ref: str, by: Decimal) -> None:
    """A successful transaction, and what of payment and order was given back ``by`` it."""
    finish(row, Answer(outcome=Outcome.DONE, ref=ref))
    payment.refunded_amount += by
    save(payment, "refunded_amount")
    payment.order.refunded_total += by
    save_money(payment.order)


def _ask(payment: Payment, dispute: Dispute, *, by: Actor) -> None:
    facts = {
        "kind": DisputeKind.TAKES_BACK if dispute.is_withdrawn else DisputeKind.ASKS,
        "reason": dispute.reason.replace("_", " ")[:64],
        "until": f"{dispute.answer_by:%Y-%m-%d %H:%M} UTC" if dispute.answer_by else "",
    }
    open_exception(
        order_id=payment.order_id,
        subject_id=payment.public_id,
        facts=_money(payment, dispute.amount) | facts,
        **_ANSWER,
        by=by,
    )


def _lose(payment: Payment, dispute: Dispute, *, by: Actor) -> None:
    """Asked once: what comes of it is a person's decision, and no later news brings it up again."""
    _answer(payment, "The bank decided against us.", by=by)
    subject = {"category": "chargeback_lost", "subject_kind": "payment", "subject_id": payment.public_id}
    if ProcessException.objects.filter(**subject).exists():
        return
    open_exception(
        order_id=payment.order_id,
        facts=_money(payment, dispute.amount),
        **subject,
        by=by,
    )


def _answer(payment: Payment, resolution: str, *, by: Actor) -> int:
    return resolve_exceptions(subject_id=payment.public_id, resolution=resolution, **_ANSWER, by=by)


def _money(payment: Payment, amount: Decimal) -> dict[str, str]:
    return {"amount": text(amount, payment.currency), "currency": payment.currency}
