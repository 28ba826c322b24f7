"""Answer what people were asked about a draft: its customer was called, or nobody needs to call any more."""

from orders.kernel.actor import Actor
from orders.models import Draft, Order
from orders.services.exception import resolve_exceptions

CALL_BACK = "draft_callback"
EXPIRED = "draft_expired"


def answer_call(draft: Draft, *, resolution: str, by: Actor) -> None:
    """Nobody has to call about it any more. Joins the open work; the order is locked."""
    resolve_exceptions(
        category=CALL_BACK, subject_kind="draft", subject_id=draft.public_id, resolution=resolution, by=by
    )


def answer_expired_draft(order: Order, *, by: Actor) -> None:
    """The customer of a draft that expired was called, or it is begun again. Joins the open work; it is locked."""
    resolve_exceptions(category=EXPIRED, subject_kind="order", subject_id=order.public_id, resolution="called", by=by)
