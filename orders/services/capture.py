"""Owe charges on what is reserved: of what is billed, or at once where a channel takes money before dispatch.

The caller holds the locks of order and payments.
"""

from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone

from orders.kernel.money import ZERO
from orders.kernel.work import ring
from orders.models import Invoice, Order, Payment, PaymentTransaction
from orders.models.payment import FRESH
from orders.states import CaptureAt, OrderStatus, PaymentStatus, TransactionKind, TransactionStatus

_GOES_ON = (OrderStatus.CONFIRMED, OrderStatus.COMPLETED)
_CAPTURABLE = (PaymentStatus.AUTHORIZED, PaymentStatus.PARTIALLY_CAPTURED)


def owe_charges(invoice: Invoice, payments: list[Payment], owed: Decimal) -> Decimal:
    """Make pending charges for ``owed`` on what is reserved; returns how much they cover. The payments are locked."""
    left = owed
    for payment in payments:
        part = min(left, uncaptured(payment))
        if payment.status not in _CAPTURABLE or part <= 0:
            continue
        tries = payment.transactions.filter(kind=TransactionKind.CHARGE, invoice=invoice).count()
        PaymentTransaction.objects.create(
            payment=payment,
            kind=TransactionKind.CHARGE,
            amount=part,
            invoice=invoice,
            idempotency_key=f"{payment.public_id}.capture.{invoice.number}" + (f".{tries + 1}" if tries else ""),
        )
        left -= part
        ring("payment")
    return max(owed, ZERO) - max(left, ZERO)


def owe_billed(order: Order, payments: list[Payment]) -> Decimal:
    """Charges of what was billed before there was money reserved for it; returns how much they cover."""
    invoice = Invoice.objects.filter(order=order).order_by("id").last()
    return owe_charges(invoice, payments, uncharged(order)) if invoice is not None else ZERO


def owe_early_charges(order: Order, payments: Sequence[Payment]) -> Decimal:
    """Charges of all that is reserved, where the channel doesn't wait for the bill and its moment has come."""
    if not is_early(order):
        return ZERO
    owed = ZERO
    for payment in payments:
        part = uncaptured(payment)
        if payment.status not in _CAPTURABLE or part <= 0:
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


def uncharged(order: Order) -> Decimal:
    """What was billed and not credited, and is neither charged nor about to be."""
    billed = Invoice.objects.filter(order=order).aggregate(sum=Sum("total"))["sum"] or ZERO
    kept = order.captured_total - order.refunded_total - pending(TransactionKind.REFUND, order_id=order.pk)
    return billed - order.credited_total - kept - pending(TransactionKind.CHARGE, order_id=order.pk)


def pending(kind: TransactionKind, *, order_id: int, payment_id: int | None = None) -> Decimal:
    """What the gateway was or will be asked for and hasn't answered yet."""
    asked = PaymentTransaction.objects.filter(payment__order_id=order_id, kind=kind, status=TransactionStatus.PENDING)
    if payment_id is not None:
        asked = asked.filter(payment_id=payment_id)
    return asked.aggregate(sum=Sum("amount"))["sum"] or ZERO


def uncaptured(payment: Payment) -> Decimal:
    """What is reserved on a payment and neither captured, nor about to be, nor about to be given up."""
    free = payment.authorized_amount - payment.captured_amount
    for kind in (TransactionKind.CHARGE, TransactionKind.VOID):
        free -= pending(kind, order_id=payment.order_id, payment_id=payment.pk)
    return free


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
