"""Which events of the ground floor customers get a mail about, and by which template."""

from collections.abc import Sequence

from orders.events import (
    AccessCodeRequested,
    OrderCancelled,
    OrderConfirmed,
    OrderHeld,
    OrderLinkRequested,
    OrderPlaced,
    PaymentActionRequired,
    PaymentRefunded,
    PromiseChanged,
)
from orders.kernel.event import Event

TEMPLATES: dict[type[Event], str] = {
    OrderPlaced: "orders/mail/placed",
    OrderConfirmed: "orders/mail/confirmed",
    OrderHeld: "orders/mail/held",
    OrderCancelled: "orders/mail/cancelled",
    OrderLinkRequested: "orders/mail/link",
    AccessCodeRequested: "orders/mail/code",
    PaymentActionRequired: "orders/mail/payment_action",
    PaymentRefunded: "orders/mail/refunded",
    PromiseChanged: "orders/mail/promise_changed",
}

# An order that is placed and goes on in the same change gets one mail: the first says how the order stands.
TOLD_WITH_PLACED: frozenset[type[Event]] = frozenset({OrderConfirmed, OrderHeld, PaymentActionRequired, PromiseChanged})


def template_for(event: Event, *, so_far: Sequence[Event]) -> str | None:
    """The mail that ``event`` deserves, given what happened ``so_far`` in the same change; None: no mail."""
    if isinstance(event, OrderCancelled) and not event.notify:
        return None
    if type(event) in TOLD_WITH_PLACED and any(
        isinstance(earlier, OrderPlaced) and earlier.order_id == event.order_id for earlier in so_far
    ):
        return None
    return TEMPLATES[type(event)]
