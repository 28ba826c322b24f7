"""Confirm an order: staff release an unpaid or manually paid one to the warehouse."""

from django.utils import timezone

from orders.derivation import payment_status
from orders.errors import NotConfirmable
from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from orders.locks import locked_lines, locked_order, locked_payments
from orders.models import Order
from orders.services.await_payment import payment_arrived
from orders.services.capture_early import is_early, owe_early_charges
from orders.services.tell_placed import confirmed
from orders.states import OrderStatus, PaymentState


def confirm_order(order_id: int, *, by: Actor) -> Order:
    """Approve a placed order, paid or not, and release it to the warehouse. Raises ``NotConfirmable``."""
    with work(by=by):
        order = locked_order(order_id)
        if order.status != OrderStatus.PLACED:
            raise NotConfirmable(f"Only a placed order can be confirmed; this one is {order.get_status_display()}.")
        order.confirm(at=timezone.now())
        order.version += 1
        order.payment_status = payment_status(order, was_voided=order.payment_status == PaymentState.VOIDED)
        order.save(update_fields=["status", "confirmed_at", "payment_status", "version", "updated_at"])
        emit(confirmed(order, locked_lines(order_id)))
        payment_arrived(order, by=by)  # or somebody decided not to wait for it
        if is_early(order):
            owe_early_charges(order, locked_payments(order_id))
        return order
