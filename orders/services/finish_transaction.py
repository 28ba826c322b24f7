"""Finish a payment's transaction, and save what follows for payment and order: what all answers of gateways share."""

from typing import Any

from django.utils import timezone

from orders.derivation import payment_status
from orders.events import PaymentFailed
from orders.gateways.protocol import Answer, Outcome
from orders.models import Order, Payment, PaymentTransaction


def finish(charge: PaymentTransaction, answer: Answer) -> None:
    """The transaction has its outcome, and never changes again; one that nobody asked for is new."""
    if answer.outcome == Outcome.DONE:
        charge.succeed()
    else:
        charge.fail()
    charge.gateway_ref = answer.ref
    charge.error_code = answer.error_code
    charge.finished_at = timezone.now()
    charge.lease_token = charge.leased_until = None
    outcome = ["status", "gateway_ref", "error_code", "finished_at", "lease_token", "leased_until"]
    charge.save(update_fields=None if charge.pk is None else outcome)


def failure(charge: PaymentTransaction, answer: Answer) -> PaymentFailed:
    """The event of a refusal."""
    return PaymentFailed(**told(charge.payment), kind=charge.kind, amount=charge.amount, error_code=answer.error_code)


def told(payment: Payment) -> dict[str, Any]:
    """What every event about a payment tells."""
    order = payment.order
    return {
        "order_id": order.pk,
        "number": order.number,
        "payment": payment.public_id,
        "currency": payment.currency,
    }


def save_money(order: Order, *fields: str, was_voided: bool = False) -> None:
    """Save the order's money with the status that follows from it, as a new version."""
    order.payment_status = payment_status(order, was_voided=was_voided)
    order.version += 1
    save(
        order,
        *fields,
        "payment_status",
        "version",
        "authorized_total",
        "captured_total",
        "refunded_total",
        "updated_at",
    )


def save(row: Order | Payment, *fields: str) -> None:
    """Save the named fields."""
    row.save(update_fields=[*fields, "updated_at"])
