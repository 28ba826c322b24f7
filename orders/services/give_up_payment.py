"""Give up what a customer reserved or announced: the gateway won't charge it, or nobody needs it any more."""

from collections.abc import Sequence

from django.utils import timezone

from orders.derivation import payment_status
from orders.errors import NotPayable
from orders.events import PaymentGivenUp
from orders.gateways import online
from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from orders.locks import locked_order, locked_payments
from orders.models import Order, Payment
from orders.models.payment import NOT_WANTED, asked_later
from orders.services.await_payment import ask_for_payment
from orders.services.capture import uncaptured
from orders.services.let_go import owe_cancellation, owe_void
from orders.states import PaymentStatus, PaymentTrouble, TransactionStatus

_UNMADE = (PaymentStatus.PENDING, PaymentStatus.REQUIRES_ACTION)


def give_up_payment(payment_id: int, *, by: Actor) -> Payment:
    """Owe the gateway the void of what is reserved and not charged; then that is owed by the customer again.

    What hasn't left waits for it. Raises ``NotPayable`` when nothing is reserved, or a charge is still being tried.
    """
    with work(by=by):
        order = locked_order(Payment.objects.values_list("order_id", flat=True).get(pk=payment_id))
        payment = next(row for row in locked_payments(order.pk) if row.pk == payment_id)
        reserved = uncaptured(payment)
        if reserved <= 0:
            raise NotPayable("Nothing is reserved on this payment that could be given up.")
        owe_void(payment, reserved)
        if order.balance + reserved > 0:
            ask_for_payment(order, why=PaymentTrouble.GIVEN_UP, by=by)
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


def give_up_unmade(order: Order, payments: Sequence[Payment]) -> None:
    """Payments that nobody made yet aren't wanted any more. Joins the open work; order and payments are locked.

    What a gateway is being asked for right now is left: only its answer says whether there is something to give back.
    """
    unmade = [payment for payment in payments if payment.status in _UNMADE and not _is_being_asked(payment)]
    for payment in unmade:
        for charge in payment.transactions.filter(status=TransactionStatus.PENDING):
            charge.fail()
            charge.error_code = NOT_WANTED
            charge.finished_at = timezone.now()
            charge.save(update_fields=["status", "error_code", "finished_at"])
        if payment.gateway in online() and payment.status == PaymentStatus.REQUIRES_ACTION:
            owe_cancellation(payment)
        payment.void()
        payment.action_url = None
        payment.save(update_fields=["status", "action_url", "updated_at"])
    if unmade:
        order.payment_status = payment_status(order, was_voided=True)
        order.save(update_fields=["payment_status"])


def _is_being_asked(payment: Payment) -> bool:
    if payment.status != PaymentStatus.PENDING or payment.gateway not in online():
        return False
    return not payment.transactions.filter(asked_later()).exists()
