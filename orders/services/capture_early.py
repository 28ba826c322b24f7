"""Owe charges of what is reserved before anything is billed, where the channel says so.

The caller holds the locks of order and payments. The bills that follow find their money taken.
"""

from collections.abc import Sequence
from decimal import Decimal

from orders.kernel.money import ZERO
from orders.kernel.work import ring
from orders.models import Order, Payment, PaymentTransaction
from orders.services.capture import CAPTURABLE, uncaptured
from orders.states import CaptureAt, OrderStatus, TransactionKind

_GOES_ON = (OrderStatus.CONFIRMED, OrderStatus.COMPLETED)


def owe_early_charges(order: Order, payments: Sequence[Payment]) -> Decimal:
    """Charges of all that is reserved, where the channel doesn't wait for the bill and its moment has come."""
    if not is_early(order):
        return ZERO
    owed = ZERO
    for payment in payments:
        part = uncaptured(payment)
        if payment.status not in CAPTURABLE or part <= 0:
            continue
        tries = payment.transactions.filter(kind=TransactionKind.CHARGE, invoice=None).count()
        PaymentTransaction.objects.create(
            payment=payment,
            kind=TransactionKind.CHARGE,
            amount=part,
            idempotency_key=f"{payment.public_id}.capture.{tries + 1}",
        )
        owed += part
        ring("payment")
    return owed


def is_early(order: Order) -> bool:
    """Whether what is reserved for the order is to be taken now, billed or not."""
    if order.channel.capture_at == CaptureAt.PLACEMENT:
        return order.status in (OrderStatus.PLACED, *_GOES_ON)
    return order.channel.capture_at == CaptureAt.CONFIRMATION and order.status in _GOES_ON
