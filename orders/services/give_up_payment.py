"""Give an authorisation up: the gateway won't charge it, so the customer pays in another way."""

from orders.errors import NotPayable
from orders.events import PaymentGivenUp
from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from orders.locks import locked_order, locked_payments
from orders.models import Payment
from orders.services.cancel import owe_void
from orders.services.capture import uncaptured


def give_up_payment(payment_id: int, *, by: Actor) -> Payment:
    """Owe the gateway the void of what is reserved and not charged; then that is owed by the customer again.

    Raises ``NotPayable`` when nothing of it is reserved, or a charge of it is still being tried.
    """
    with work(by=by):
        order = locked_order(Payment.objects.values_list("order_id", flat=True).get(pk=payment_id))
        payment = next(row for row in locked_payments(order.pk) if row.pk == payment_id)
        reserved = uncaptured(payment)
        if reserved <= 0:
            raise NotPayable("Nothing is reserved on this payment that could be given up.")
        owe_void(payment, reserved)
        emit(
            PaymentGivenUp(
                order_id=order.pk,
                number=order.number,
                payment=payment.public_id,
                amount=reserved,
                currency=payment.currency,
            )
        )
        return payment
