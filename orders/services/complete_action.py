"""Finish what the customer was asked to do at the gateway: approve the payment, or decline it."""

from orders.errors import NotPayable
from orders.gateways.protocol import Answer, Outcome
from orders.kernel.actor import Actor
from orders.models import PaymentTransaction
from orders.services.record_answer import Settled
from orders.services.settle import apply_answer
from orders.states import PaymentStatus, TransactionKind, TransactionStatus


def complete_action(payment_public_id: str, *, approved: bool, by: Actor) -> Settled:
    """Tell how the customer decided; a second telling is refused. Raises ``NotPayable``."""
    charge = PaymentTransaction.objects.filter(
        payment__public_id=payment_public_id,
        payment__status=PaymentStatus.REQUIRES_ACTION,
        kind=TransactionKind.AUTHORIZATION,
        status=TransactionStatus.PENDING,
    ).first()
    if charge is None:
        raise NotPayable("This payment waits for nothing; look at your order to see how it stands.")
    if approved:
        answer = Answer(outcome=Outcome.DONE, ref=charge.payment.gateway_ref)
    else:
        answer = Answer(outcome=Outcome.REFUSED, error_code="customer_declined")
    return apply_answer(charge.pk, answer, by=by)
