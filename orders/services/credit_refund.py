"""Pay a refund as store credit: what gateways took stays with us, and the customer may spend it here."""

from orders.gateways.protocol import Answer, Outcome
from orders.kernel.actor import Actor
from orders.kernel.work import work
from orders.locks import locked_order
from orders.models import PaymentTransaction, Refund
from orders.services.balance import credit_customer
from orders.services.record_movement import record_movement
from orders.states import MovementKind, RefundTarget, TransactionStatus


def credit_refund(refund_id: str, *, by: Actor) -> None:
    """Give what was granted to the customer now; nothing for a refund (public id) that goes the way it came."""
    with work(by=by):
        refund = Refund.objects.select_related("order").get(public_id=refund_id)
        if refund.to != RefundTarget.STORE_CREDIT:
            return
        order = locked_order(refund.order_id)
        parts = refund.transactions.filter(status=TransactionStatus.PENDING).values_list("pk", flat=True)
        credit = credit_customer(
            order.customer_id,
            refund.currency,
            refund.amount,
            kind=MovementKind.CREDITED,
            refund=refund,
            reason=refund.reason,
            by=by,
        )
        said = Answer(outcome=Outcome.DONE, ref=credit.public_id)
        for pk in list(parts):  # one by one: each reads the order's money as the one before has left it
            part = PaymentTransaction.objects.select_related("payment__order", "refund").get(pk=pk)
            record_movement(part, said, by=by)
