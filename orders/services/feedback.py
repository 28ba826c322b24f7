"""Take the customer's word on how it went."""

from collections.abc import Sequence

from orders.errors import FeedbackRefused
from orders.events import FeedbackReceived
from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from orders.locks import locked_order
from orders.models import Feedback
from orders.states import FeedbackTag, FulfillmentState

_ARRIVED = (FulfillmentState.PARTIALLY_DELIVERED, FulfillmentState.DELIVERED)


def give_feedback(order_id: int, *, rating: int, tags: Sequence[str] = (), comment: str = "", by: Actor) -> Feedback:
    """Keep one rating (1 to 5) per order. Raises ``FeedbackRefused`` before delivery, or a second time."""
    with work(by=by):
        order = locked_order(order_id)
        if order.fulfillment_status not in _ARRIVED:
            raise FeedbackRefused("Feedback can be given once something has arrived.")
        if not 1 <= rating <= 5:
            raise FeedbackRefused("rating: choose 1 to 5.")
        if unknown := set(tags) - set(FeedbackTag.values):
            raise FeedbackRefused(f"tags: {len(unknown)} of them are not on the list.")
        if Feedback.objects.filter(order=order, line=None).exists():
            raise FeedbackRefused("We already have your feedback on this order. Thank you!")
        feedback = Feedback.objects.create(order=order, rating=rating, tags=sorted(tags), comment=comment[:2000])
        emit(FeedbackReceived(order_id=order.pk, number=order.number, rating=rating, tags=tuple(feedback.tags)))
        return feedback
