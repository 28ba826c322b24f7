"""Let the customer send it back: by rule with the request, or by support."""

from datetime import timedelta

from django.utils import timezone

from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from orders.services.count import derive_statuses
from returns.errors import WrongReturnStatus
from returns.events import ReturnApproved
from returns.locks import locked_return
from returns.models import Return
from returns.selectors import about, rule_for, today_at
from returns.states import ReturnStatus
from shipping.selectors import house_carrier

DEFAULT_DAYS = 21  # to send it back, when support approves where no rule is left


def approve_return(return_id: int, *, by: Actor) -> Return:
    """Approve a requested return and say until when it must be sent. Raises ``WrongReturnStatus``."""
    with work(by=by):
        order, returning = locked_return(return_id)
        if returning.status != ReturnStatus.REQUESTED:
            raise WrongReturnStatus(f"This return is {returning.status}; only a requested one can be approved.")
        rule = rule_for(order)
        returning.approve()
        returning.approved_at = timezone.now()
        returning.expires_on = today_at(returning.warehouse) + timedelta(
            days=rule.send_back_days if rule else DEFAULT_DAYS
        )
        returning.has_label = returning.warehouse_id is not None and house_carrier() is not None
        returning.version += 1
        returning.save()
        derive_statuses(order.pk, is_in_return=True)
        emit(ReturnApproved(**about(order, returning), expires_on=returning.expires_on))
        return returning
