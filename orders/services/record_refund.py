"""Record money that a person sent back: by bank transfer, or in cash."""

from orders.errors import NotRefundable
from orders.gateways import online
from orders.gateways.protocol import Answer, Outcome
from orders.kernel.actor import Actor
from orders.kernel.work import work
from orders.locks import locked_order
from orders.models import PaymentTransaction, Refund
from orders.services.exception import resolve_exceptions
from orders.services.settle import apply_answer
from orders.states import TransactionStatus


def record_refund(refund_id: int, *, note: str = "", by: Actor) -> Refund:
    """Staff sent what no gateway sends of a refund; ``note`` is the bank's reference. Raises ``NotRefundable``."""
    with work(by=by):
        refund = Refund.objects.get(pk=refund_id)
        locked_order(refund.order_id)
        pending = PaymentTransaction.objects.filter(refund=refund, status=TransactionStatus.PENDING)
        by_hand = list(pending.exclude(payment__gateway__in=online()).order_by("pk"))
        if not by_hand:
            raise NotRefundable("Nothing of this refund waits to be sent by hand.")
        for part in by_hand:
            apply_answer(part.pk, Answer(outcome=Outcome.DONE, ref=note[:255]), by=by)
        resolve_exceptions(
            category="refund_by_hand",
            subject_kind="refund",
            subject_id=refund.public_id,
            resolution="It was sent.",
            by=by,
        )
        refund.refresh_from_db()
        return refund
