"""Close a return: refund what was accepted and tell everybody; the last step of receiving or inspecting."""

from collections.abc import Sequence

from django.utils import timezone

from orders.events import LineQuantity
from orders.kernel.actor import Actor
from orders.kernel.money import ZERO, text
from orders.kernel.work import emit
from orders.models import Order, Refund
from orders.services.complete import complete_if_done
from orders.services.count import derive_statuses
from orders.services.exception import open_exception
from orders.services.refund import grant_refund, refundable
from orders.states import Severity
from returns.events import ReturnClosed
from returns.models import Return, ReturnLine
from returns.selectors import about, is_in_return
from returns.services.request_return import refund_estimate


def close_return(order: Order, returning: Return, lines: Sequence[ReturnLine], *, by: Actor) -> None:
    """Grant the refund of all accepted units in one, with its credit note, and close. Joins the open work."""
    refund = _refund(order, returning, lines, by=by)
    returning.close()
    returning.closed_at = timezone.now()
    returning.version += 1
    returning.save()
    derive_statuses(order.pk, is_in_return=is_in_return(order))
    emit(
        ReturnClosed(
            **about(order, returning),
            refund=refund.public_id if refund else "",
            amount=refund.amount if refund else ZERO,
            currency=returning.currency,
            lines=tuple(
                LineQuantity(line=line.line.public_id, sku=line.line.sku, quantity=line.accepted)
                for line in lines
                if line.accepted
            ),
        )
    )
    complete_if_done(order.pk, by=by)


def _refund(order: Order, returning: Return, lines: Sequence[ReturnLine], *, by: Actor) -> Refund | None:
    """What was accepted is worth its share of the bill; money that we never got can't go back by itself."""
    accepted = [line for line in lines if line.accepted]
    units = {line.line_id: line.accepted for line in accepted}
    worth = refund_estimate(order, units) if units else ZERO
    if worth == ZERO:
        return None
    if worth > refundable(order):
        open_exception(
            order_id=order.pk,
            category="return_not_refunded",
            severity=Severity.HIGH,
            subject_kind="return",
            subject_id=returning.public_id,
            summary=f"{text(worth, order.currency)} {order.currency} are due, but less was captured.",
            next_action="See why the payment is missing, then grant the refund by hand.",
            by=by,
        )
        return None
    refund = grant_refund(
        order.pk, units=units, reason="return", cause_kind="return", cause_id=returning.public_id, by=by
    )
    for line in accepted:
        line.refund = refund
    ReturnLine.objects.bulk_update(accepted, ["refund"])
    return refund
