"""Owe the gateway the end of what it holds for us: reserved money goes back, a payment never made is closed.

The caller holds the locks of order and payment.
"""

from decimal import Decimal

from django.utils import timezone

from orders.kernel.work import ring
from orders.models import Payment, PaymentTransaction
from orders.models.payment import FRESH
from orders.states import TransactionKind


def owe_void(payment: Payment, amount: Decimal) -> None:
    """Give ``amount`` of what is reserved back to the customer; the payment is locked."""
    voids = payment.transactions.filter(kind=TransactionKind.VOID).count()
    PaymentTransaction.objects.create(
        payment=payment,
        kind=TransactionKind.VOID,
        amount=amount,
        idempotency_key=f"{payment.public_id}.void.{voids + 1}",
        due_at=timezone.now() + FRESH,
    )


def owe_cancellation(payment: Payment) -> None:
    """Tell the gateway that nobody wants this payment: what the customer may still do there must come to nothing."""
    cancellations = payment.transactions.filter(kind=TransactionKind.CANCELLATION).count()
    PaymentTransaction.objects.create(
        payment=payment,
        kind=TransactionKind.CANCELLATION,
        amount=payment.amount,
        idempotency_key=f"{payment.public_id}.cancel.{cancellations + 1}",
    )
    ring("payment")
