"""Charge again what was billed, or is taken before the bill, after the gateway had refused to for good."""

from orders.errors import NotPayable
from orders.events import ChargeRetried
from orders.kernel.actor import Actor
from orders.kernel.money import ZERO
from orders.kernel.work import emit, work
from orders.locks import locked_order, locked_payments
from orders.models import Invoice
from orders.services.capture import owe_billed, uncharged
from orders.services.capture_early import is_early, owe_early_charges
from orders.services.surplus import give_back_surplus


def charge_again(order_id: int, *, by: Actor) -> None:
    """Owe the gateway a new charge of what is billed and not paid. Raises ``NotPayable`` when nothing is.

    What was reserved may no longer cover it; then staff give that up and record another payment.
    """
    with work(by=by):
        order = locked_order(order_id)
        payments = locked_payments(order_id)
        is_billed = uncharged(order) > 0
        if not is_billed and not is_early(order):
            raise NotPayable("Nothing that was billed waits to be charged.")
        covered = owe_billed(order, payments) if is_billed else owe_early_charges(order, payments)
        if not covered:
            raise NotPayable("Nothing is reserved any more; record another payment.")
        give_back_surplus(order, payments, taken=ZERO, reason="surplus", by=by)
        emit(
            ChargeRetried(
                order_id=order.pk,
                number=order.number,
                invoice=Invoice.objects.filter(order=order).latest("id").number if is_billed else "",
                amount=covered,
                currency=order.currency,
            )
        )
