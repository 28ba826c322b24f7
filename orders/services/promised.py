"""What goes back to customers: granted and not sent yet, and how much more could be."""

from decimal import Decimal

from django.db.models import QuerySet, Sum

from orders.gateways import online
from orders.kernel.money import ZERO
from orders.models import Order, PaymentTransaction, Refund
from orders.states import RefundStatus, TransactionKind, TransactionStatus

_PROMISED = (RefundStatus.GRANTED, RefundStatus.PENDING, RefundStatus.FAILED)


def refundable(order: Order) -> Decimal:
    """The most that can be given back: captured, not refunded, and not promised to be."""
    return order.captured_total - order.refunded_total - promised(order)


def promised(order: Order) -> Decimal:
    """What of granted refunds hasn't gone out; what a gateway refused is still promised."""
    granted = Refund.objects.filter(order=order, status__in=_PROMISED)
    whole = granted.aggregate(sum=Sum("amount"))["sum"] or ZERO
    return whole - sent(granted) if whole else ZERO


def sent(refunds: QuerySet[Refund]) -> Decimal:
    """What of ``refunds`` went out and stayed out: a part that came back from the customer's bank didn't."""
    done = PaymentTransaction.objects.filter(refund__in=refunds, status=TransactionStatus.SUCCESS)
    sums: dict[str, Decimal] = dict(done.order_by().values_list("kind").annotate(sum=Sum("amount")))
    return sums.get(TransactionKind.REFUND, ZERO) - sums.get(TransactionKind.REVERSAL, ZERO)


def by_hand(refund: Refund) -> Decimal:
    """What of a refund a person can send: what no gateway does, and what a gateway has refused for good."""
    if refund.status == RefundStatus.FAILED:
        return refund.amount - sent(Refund.objects.filter(pk=refund.pk))
    waiting = refund.transactions.filter(status=TransactionStatus.PENDING).exclude(payment__gateway__in=online())
    return waiting.aggregate(sum=Sum("amount"))["sum"] or ZERO
