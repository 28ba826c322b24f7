"""Finish what the customer was asked to do at the gateway: approve the payment, or decline it."""

from orders.errors import NotPayable
from orders.gateways.protocol import Answer, Outcome
from orders.kernel.actor import Actor
from orders.models import Payment, PaymentTransaction
from orders.services.record_answer import Settled
from orders.services.settle import apply_answer
from orders.states import PaymentStatus, TransactionKind, TransactionStatus


def complete_action(payment_public_id: str, *, approved: bool, token: str = "", by: Actor) -> Settled:
    """Tell how the customer decided, and by which ``token`` they pay if they chose it there; once.

    Raises ``NotPayable`` for a second telling.
    """
    charge = PaymentTransaction.objects.filter(
        payment__public_id=payment_public_id,
        payment__status=PaymentStatus.REQUIRES_ACTION,
        kind=TransactionKind.AUTHORIZATION,
        status=TransactionStatus.PENDING,
    ).first()
    if charge is None:
        raise NotPayable("This payment waits for nothing; look at your order to see how it stands.")
    if token:
        Payment.objects.filter(pk=charge.payment_id, status=PaymentStatus.REQUIRES_ACTION).update(token=token)
    if approved:
        answer = Answer(outcome=Outcome.DONE, ref=charge.payment.gateway_ref)
    else:
        answer = Answer(outcome=Outcome.REFUSED, error_code="customer_declined")
    return apply_answer(charge.pk, answer, by=by)
