"""Record money that a person sent back: by bank transfer, or in cash."""

from orders.errors import NotRefundable
from orders.gateways import online
from orders.gateways.protocol import Answer, Outcome
from orders.gateways.stored import STORED
from orders.kernel.actor import Actor
from orders.kernel.work import work
from orders.locks import locked_order, locked_payments
from orders.models import PaymentTransaction, Refund
from orders.services.exception import resolve_exceptions
from orders.services.promised import by_hand
from orders.services.refund import owe_parts
from orders.services.settle import apply_answer
from orders.states import RefundStatus, TransactionStatus


def record_refund(refund_id: int, *, note: str = "", by: Actor) -> Refund:
    """Staff sent what no gateway sends of a refund, or refused for good; ``note`` is the bank's reference.

    Raises ``NotRefundable``.
    """
    with work(by=by):
        locked_order(Refund.objects.values_list("order_id", flat=True).get(pk=refund_id))
        refund = Refund.objects.select_for_update().get(pk=refund_id)
        parts = _refused(refund, by=by) if refund.status == RefundStatus.FAILED else _waiting(refund)
        if not parts:
            raise NotRefundable("Nothing of this refund waits to be sent by hand.")
        for part in parts:
            apply_answer(part.pk, Answer(outcome=Outcome.DONE, ref=note[:255]), by=by)
        for category in ("refund_by_hand", "refund_failed"):
            resolve_exceptions(
                category=category,
                subject_kind="refund",
                subject_id=refund.public_id,
                resolution="It was sent.",
                by=by,
            )
        refund.refresh_from_db()
        return refund


def _waiting(refund: Refund) -> list[PaymentTransaction]:
    pending = PaymentTransaction.objects.filter(refund=refund, status=TransactionStatus.PENDING)
    return list(pending.exclude(payment__gateway__in=online()).order_by("pk"))


def _refused(refund: Refund, *, by: Actor) -> list[PaymentTransaction]:
    """New parts for what didn't go out, of payments that a person can send back for."""
    unsent = by_hand(refund)
    refund.execute()
    refund.save(update_fields=["status"])
    payments = [payment for payment in locked_payments(refund.order_id) if payment.gateway not in STORED]
    parts = owe_parts(refund, payments, unsent, past_gateway=True, by=by)
    if sum(part.amount for part in parts) < unsent:
        raise NotRefundable("What was paid has gone back in another way; there is nothing left to send.")
    return parts
