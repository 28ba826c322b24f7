"""Close a return: refund what was accepted and tell everybody; the last step of receiving or inspecting."""

from collections.abc import Sequence

from django.utils import timezone

from orders.events import LineQuantity
from orders.kernel.actor import Actor
from orders.kernel.money import ZERO
from orders.kernel.work import emit
from orders.models import Order, Refund
from orders.services.complete import complete_if_done
from orders.services.count import derive_statuses
from orders.services.refund import credit_units
from returns.events import ReturnClosed
from returns.models import Return, ReturnLine
from returns.selectors import about, is_in_return


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
    """What was accepted is credited with its share of the bill; what of it was paid goes back."""
    accepted = [line for line in lines if line.accepted]
    if not accepted:
        return None
    units = {line.line_id: line.accepted for line in accepted}
    refund = credit_units(order.pk, units, reason="return", cause_kind="return", cause_id=returning.public_id, by=by)
    for line in accepted:
        line.refund = refund
    ReturnLine.objects.bulk_update(accepted, ["refund"])
    return refund
