"""Extend: staff give an unpaid order more time."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from orders.errors import InvalidRequest, NotExtendable
from orders.events import OrderExtended
from orders.kernel.actor import Actor
from orders.kernel.errors import at
from orders.kernel.work import emit, work
from orders.locks import locked_order
from orders.models import Order
from orders.services.exception import resolve_exceptions
from orders.states import OrderStatus


def extend_order(order_id: int, *, expires_at: datetime, by: Actor) -> Order:
    """Let a placed order wait for its money until ``expires_at``; its customer is reminded once more.

    Raises ``NotExtendable``, ``InvalidRequest`` for a time that has passed.
    """
    if expires_at <= timezone.now():
        passed = at("#/expires_at", "passed", _("Give a time that is still to come."))
        raise InvalidRequest("expires_at: " + passed.detail, errors=[passed])
    with work(by=by):
        order = locked_order(order_id)
        if order.status != OrderStatus.PLACED:
            raise NotExtendable(_("Only an order that waits for its payment can get more time."))
        order.expires_at = expires_at
        order.reminded_at = None
        order.version += 1
        order.save(update_fields=["expires_at", "reminded_at", "version", "updated_at"])
        emit(OrderExtended(order_id=order.pk, number=order.number, expires_at=expires_at))
        resolve_exceptions(
            category="partly_paid",
            subject_kind="order",
            subject_id=order.public_id,
            resolution="It got more time.",
            by=by,
        )
        return order
