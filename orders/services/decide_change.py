"""Decide what a customer asked to be changed: make it, or decline it with words that they read."""

from django.utils import timezone

from orders.change_requests import as_parsed
from orders.errors import InvalidRequest, NotRequested
from orders.events import ChangeDeclined
from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from orders.locks import locked_order
from orders.models import OrderChange
from orders.services.change import change_order
from orders.services.request_change import close_request
from orders.states import ChangeStatus


def approve_change(change_id: int, *, by: Actor) -> OrderChange:
    """Make what was asked for, as the order is now. Raises ``NotRequested`` and what ``change_order`` raises."""
    with work(by=by):
        change = _requested(change_id)
        actions = [as_parsed(kept) for kept in change.actions]
        change_order(change.order_id, actions, asked=change, by=by)
        close_request(change, resolution="made", by=by)
        return change


def decline_change(change_id: int, *, answer: str, by: Actor) -> OrderChange:
    """Say no, and why: the customer reads ``answer``. Raises ``NotRequested`` and ``InvalidRequest``."""
    if not answer.strip():
        raise InvalidRequest("answer: say why; the customer reads it.")
    with work(by=by):
        change = _requested(change_id)
        change.decline()
        change.answer, change.decided_by, change.decided_at = answer.strip(), str(by), timezone.now()
        change.save(update_fields=["status", "answer", "decided_by", "decided_at"])
        close_request(change, resolution="declined", by=by)
        emit(ChangeDeclined(order_id=change.order_id, number=change.order.number, change=change.public_id))
        return change


def _requested(change_id: int) -> OrderChange:
    """The wish, with its order locked."""
    locked_order(OrderChange.objects.values_list("order_id", flat=True).get(pk=change_id))
    change = OrderChange.objects.select_related("order").get(pk=change_id)
    if change.status != ChangeStatus.REQUESTED:
        raise NotRequested("This was decided before, or taken back.")
    return change
