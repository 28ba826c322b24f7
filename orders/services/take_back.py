"""Take an order back that was only submitted: its gateway said no, and nobody ever heard of it."""

from collections.abc import Sequence

from django.utils import timezone

from orders.bundles import goods
from orders.derivation import payment_status
from orders.kernel.work import ask
from orders.models import Draft, Order, OrderLine
from orders.questions import ReleaseUnits
from orders.services.preorder import free_preorders
from orders.services.reserve_draft import reserve_draft, unreserve_draft
from orders.states import PaymentState


def take_back(order: Order, lines: Sequence[OrderLine]) -> None:
    """A placement is declined and its stock is free; a draft is a draft again, with what it had reserved.

    Joins the open work; the order is locked.
    """
    draft = Draft.objects.filter(order=order).first()
    if draft is None:
        order.decline()
        _save(order)
        _free(lines)
        ask(ReleaseUnits(order_id=order.pk, units={line.pk: line.ordered for line in goods(lines)}))
        return
    order.take_back()
    order.payment_status = payment_status(order, was_voided=order.payment_status == PaymentState.VOIDED)
    order.version += 1
    _save(order)
    draft.order = order
    _free(lines)
    unreserve_draft(order)
    reserve_draft(draft)


def _free(lines: Sequence[OrderLine]) -> None:
    free_preorders({line.pk: line.preordered for line in lines if line.preordered})


def _save(order: Order) -> None:
    order.updated_at = timezone.now()
    order.save(update_fields=["status", "authorized_total", "payment_status", "version", "updated_at"])
