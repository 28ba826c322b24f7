"""Which events of the ground floor customers get a mail about, and by which template."""

from collections.abc import Sequence

from orders.events import (
    AccessCodeRequested,
    ChangeDeclined,
    ChangeRequested,
    ChangeWithdrawn,
    CreditNoteIssued,
    DigitalDelivered,
    InvoiceIssued,
    OrderCancelled,
    OrderChanged,
    OrderConfirmed,
    OrderExpired,
    OrderHeld,
    OrderLinkRequested,
    OrderPaymentReminded,
    OrderPlaced,
    OrderReleased,
    PaymentActionRequired,
    PaymentLinkSent,
    PaymentRefunded,
    PromiseChanged,
)
from orders.kernel.event import Event
from orders.states import MessageKind

TEMPLATES: dict[type[Event], str] = {
    OrderPlaced: "orders/mail/placed",
    OrderConfirmed: "orders/mail/confirmed",
    DigitalDelivered: "orders/mail/digital",
    OrderHeld: "orders/mail/held",
    OrderReleased: "orders/mail/released",
    OrderCancelled: "orders/mail/cancelled",
    OrderChanged: "orders/mail/changed",
    OrderExpired: "orders/mail/expired",
    OrderPaymentReminded: "orders/mail/payment_reminder",
    ChangeRequested: "orders/mail/change_requested",
    ChangeDeclined: "orders/mail/change_declined",
    ChangeWithdrawn: "orders/mail/change_withdrawn",
    OrderLinkRequested: "orders/mail/link",
    AccessCodeRequested: "orders/mail/code",
    PaymentActionRequired: "orders/mail/payment_action",
    PaymentLinkSent: "orders/mail/payment_link",
    PaymentRefunded: "orders/mail/refunded",
    InvoiceIssued: "orders/mail/invoiced",
    CreditNoteIssued: "orders/mail/credited",
    PromiseChanged: "orders/mail/promise_changed",
}

# All others are about the order itself: they can't be refused.
KINDS: dict[type[Event], MessageKind] = {PromiseChanged: MessageKind.PROMISE}

# An order that is placed and goes on in the same change gets one mail: the first says how the order stands.
TOLD_WITH_PLACED: frozenset[type[Event]] = frozenset({OrderConfirmed, OrderHeld, PaymentActionRequired, PromiseChanged})


def template_for(event: Event, *, so_far: Sequence[Event]) -> str | None:
    """The mail that ``event`` deserves, given what happened ``so_far`` in the same change; None: no mail."""
    if isinstance(event, OrderCancelled | OrderChanged) and not event.notify:
        return None
    if isinstance(event, OrderHeld | OrderReleased) and _as_before(event, so_far):
        return None
    if type(event) in TOLD_WITH_PLACED and any(
        isinstance(earlier, OrderPlaced) and earlier.order_id == event.order_id for earlier in so_far
    ):
        return None
    return TEMPLATES[type(event)]


def _as_before(event: OrderHeld | OrderReleased, so_far: Sequence[Event]) -> bool:
    """Released from a hold of this same change, or held again for what it was held for before: no news."""
    mine = [earlier for earlier in so_far if earlier.order_id == event.order_id]
    if isinstance(event, OrderReleased):
        return any(isinstance(earlier, OrderHeld) and earlier.hold == event.hold for earlier in mine)
    return any(isinstance(earlier, OrderReleased) and earlier.reason == event.reason for earlier in mine)
