"""Complete an order: called after every delivery and every settled payment, it acts when nothing is left to do."""

from django.db.models import Sum
from django.utils import timezone

from orders.bundles import moving
from orders.events import OrderCompleted
from orders.kernel.actor import Actor
from orders.kernel.money import ZERO
from orders.kernel.work import emit, work
from orders.locks import locked_order
from orders.models import Order, OrderCancellation, OrderLine, PaymentTransaction
from orders.services.promised import promised
from orders.states import OrderStatus, TransactionStatus


def complete_if_done(order_id: int, *, by: Actor) -> bool:
    """Complete the order when all units have arrived or never will, and no money is owed either way."""
    with work(by=by):
        order = locked_order(order_id)
        is_charged = order.captured_total == order.authorized_total
        if order.status != OrderStatus.CONFIRMED or not is_charged or not _owes_nobody(order):
            return False
        lines = moving(OrderLine.objects.filter(order_id=order_id))
        owed = PaymentTransaction.objects.filter(payment__order_id=order_id, status=TransactionStatus.PENDING)
        if any(line.delivered < line.due for line in lines) or owed.exists():
            return False
        order.complete(at=timezone.now())
        order.version += 1
        order.save(update_fields=["status", "completed_at", "version", "updated_at"])
        emit(OrderCompleted(order_id=order.pk, number=order.number))
        return True


def _owes_nobody(order: Order) -> bool:
    """Even, but for what was cancelled with the decision to keep its money."""
    if order.balance >= 0:
        return order.balance == 0
    kept = OrderCancellation.objects.filter(order=order, refund=False).aggregate(sum=Sum("amount"))["sum"] or ZERO
    return -order.balance <= kept and promised(order) == 0
