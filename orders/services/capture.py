"""Owe charges of what is billed on what is reserved. The caller holds the locks of order and payments."""

from decimal import Decimal

from django.db.models import Sum

from orders.kernel.money import ZERO
from orders.kernel.work import ring
from orders.models import Invoice, Order, Payment, PaymentTransaction
from orders.states import PaymentStatus, TransactionKind, TransactionStatus

CAPTURABLE = (PaymentStatus.AUTHORIZED, PaymentStatus.PARTIALLY_CAPTURED)


def owe_charges(invoice: Invoice, payments: list[Payment], owed: Decimal) -> Decimal:
    """Make pending charges for ``owed`` on what is reserved; returns how much they cover. The payments are locked."""
    left = owed
    for payment in payments:
        part = min(left, uncaptured(payment))
        if payment.status not in CAPTURABLE or part <= 0:
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
