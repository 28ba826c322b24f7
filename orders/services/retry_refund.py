"""Send a failed refund again, once a person has seen why the gateway refused it."""

from orders.errors import NotRefundable
from orders.events import RefundRetried
from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from orders.locks import locked_order, locked_payments
from orders.models import Refund
from orders.services.promised import sent
from orders.services.refund import owe_parts
from orders.states import RefundStatus


def retry_refund(refund_id: int, *, by: Actor) -> Refund:
    """Owe the gateway what it hasn't sent of a failed refund. Raises ``NotRefundable`` unless it has failed."""
    with work(by=by):
        order = locked_order(Refund.objects.values_list("order_id", flat=True).get(pk=refund_id))
        payments = locked_payments(order.pk)
        refund = Refund.objects.select_for_update().get(pk=refund_id)
        if refund.status != RefundStatus.FAILED:
            raise NotRefundable(f"Only a failed refund is sent again; this one is {refund.get_status_display()}.")
        refund.execute()
        refund.save(update_fields=["status"])
        unsent = refund.amount - sent(Refund.objects.filter(pk=refund.pk))
        if sum(part.amount for part in owe_parts(refund, payments, unsent, by=by)) < unsent:
            raise NotRefundable("What was paid has gone back in another way; there is nothing left to send.")
        emit(
            RefundRetried(
                order_id=order.pk,
                number=order.number,
                refund=refund.public_id,
                amount=unsent,
                currency=refund.currency,
            )
        )
        return refund
