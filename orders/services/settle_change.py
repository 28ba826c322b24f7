"""What a change of an order means for its money."""

from decimal import Decimal

from orders.errors import NotChangeable
from orders.kernel.actor import Actor
from orders.kernel.money import ZERO
from orders.locks import locked_order
from orders.models import Order, Payment, PaymentTransaction
from orders.models.payment import asked_later
from orders.services.await_payment import hold_for_payment, payment_arrived
from orders.services.complete import complete_if_done
from orders.services.confirm import confirm_order
from orders.services.give_up_payment import give_up_unmade
from orders.services.refund import credit_last_shipping
from orders.services.surplus import give_back_surplus
from orders.states import Difference, OrderStatus, PaymentStatus, PaymentTrouble, TransactionKind, TransactionStatus


def settle_change(order_id: int, payments: list[Payment], *, was: Decimal, was_owed: bool, by: Actor) -> Difference:
    """Surplus goes back; what is owed now and wasn't holds what hasn't left, until it is paid.

    ``was`` is the total before. Joins the open work; order and ``payments`` are locked. Raises ``NotChangeable``
    while the customer approves a payment of the old amount.
    """
    order = locked_order(order_id)
    if order.total != was and _is_being_paid(order_id):
        raise NotChangeable("The customer is just approving a payment; wait for it, or give that payment up first.")
    if order.balance <= 0:
        unmade = [p for p in payments if p.status == PaymentStatus.PENDING]
        give_up_unmade(order, unmade)
        is_back = order.balance < 0
        give_back_surplus(order, payments, taken=max(was - order.total, ZERO), reason="change", by=by)
        credit_last_shipping(order, payments, reason="change", by=by)
        payment_arrived(order, by=by)
        if order.status == OrderStatus.PLACED:
            confirm_order(order_id, by=by)
        complete_if_done(order_id, by=by)
        return Difference.GIVEN_BACK if is_back else Difference.NONE
    _follow(order, payments)
    if order.status == OrderStatus.CONFIRMED and not was_owed:
        hold_for_payment(order, why=PaymentTrouble.CHANGED)
    return Difference.OWED if order.total > was else Difference.NONE


def _is_being_paid(order_id: int) -> bool:
    """A preorder's gateway is asked later, and for what is owed then."""
    pending = PaymentTransaction.objects.filter(payment__order_id=order_id, status=TransactionStatus.PENDING)
    return pending.filter(kind=TransactionKind.AUTHORIZATION).exclude(asked_later()).exists()


def _follow(order: Order, payments: list[Payment]) -> None:
    """A payment that is only announced (cash on delivery, a transfer) is about what is owed now."""
    announced = [p for p in payments if p.status == PaymentStatus.PENDING and not p.authorized_amount]
    if len(announced) == 1 and announced[0].amount != order.balance:
        announced[0].amount = order.balance
        announced[0].save(update_fields=["amount", "updated_at"])
        PaymentTransaction.objects.filter(asked_later(), payment=announced[0]).update(amount=order.balance)
