"""Close a draft: it was placed, given up, or its time is over. And the lock that every writer of drafts takes."""

from collections.abc import Container

from django.utils import timezone

from orders.errors import NotADraft, NotFound, PaymentInFlight, Stale
from orders.kernel.actor import Actor
from orders.locks import locked_order
from orders.models import Draft, Order, PaymentTransaction
from orders.services.answer_draft import answer_call
from orders.services.reserve_draft import unreserve_draft
from orders.states import OrderStatus, TransactionStatus


def locked_draft(draft_id: int, *, versions: Container[int] | None = None) -> Draft:
    """The draft with its order, which is locked. Raises ``NotFound``, ``NotADraft`` and ``Stale``."""
    order_id = Draft.objects.filter(pk=draft_id).values_list("order", flat=True).first()
    if order_id is None:
        raise NotFound("There is no such draft.")
    order = locked_order(order_id)
    draft = Draft.objects.get(pk=draft_id)
    draft.order = order
    if order.status != OrderStatus.DRAFT:
        said = "is being paid for just now" if order.status == OrderStatus.SUBMITTED else "was placed or given up"
        raise NotADraft(f"This draft {said}; look at order {order.number}.", order=order.number)
    if versions is not None and order.version not in versions:
        raise Stale("The draft was changed meanwhile; read it again.", current_version=order.version)
    return draft


def close_draft(draft: Draft, *, reason: str = "", resolution: str, by: Actor) -> None:
    """Nothing of it is due any more. Joins the open work; the order is locked."""
    draft.reserve_until = draft.call_back_at = draft.expires_at = None
    draft.end_reason = reason[:255]
    draft.ended_at = timezone.now()
    draft.save()
    answer_call(draft, resolution=resolution, by=by)


def end_draft(draft: Draft, *, reason: str = "", resolution: str, by: Actor) -> None:
    """Give up a draft that isn't placed: its goods go back on sale. Joins the open work; the order is locked.

    Raises ``PaymentInFlight`` while money of a refused attempt to place it is still going back.
    """
    if is_being_paid(draft.order):
        raise PaymentInFlight("What an earlier attempt reserved is still going back; try again in a moment.")
    unreserve_draft(draft.order)
    order = locked_order(draft.order_id)
    order.expire()
    order.external_ref = ""  # which may be used for another order
    order.version += 1
    order.save()
    draft.order = order
    close_draft(draft, reason=reason, resolution=resolution, by=by)


def is_being_paid(order: Order) -> bool:
    """Whether a refused attempt to place it left something at a gateway that isn't settled yet."""
    under_way = PaymentTransaction.objects.filter(payment__order=order, status=TransactionStatus.PENDING)
    return bool(order.authorized_total) or under_way.exists()
