"""What happens on the ground floor."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orders.kernel.event import Codes, Event
from orders.states import (
    CancelReason,
    Difference,
    FeedbackTag,
    HoldReason,
    PromiseReason,
    RefundReason,
    Severity,
    TransactionKind,
)


@dataclass(frozen=True, kw_only=True)
class LineQuantity:
    """Units of one order line; ``line`` is its public id."""

    line: str
    sku: str
    quantity: int


@dataclass(frozen=True, kw_only=True)
class OrderPlaced(Event):
    """The world may know of it: stock is reserved, and money too where a gateway was asked."""

    type: ClassVar[str] = "order.placed"
    title: ClassVar[str | Promise] = _("Order placed")
    words: ClassVar[str | Promise] = _("We received your order.")

    number: str
    total: Decimal
    currency: str
    lines: tuple[LineQuantity, ...]


@dataclass(frozen=True, kw_only=True)
class OrderImported(Event):
    """History, not work."""

    type: ClassVar[str] = "order.imported"
    title: ClassVar[str | Promise] = _("Order imported")
    public: ClassVar[bool] = False

    number: str
    total: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True)
class OrderConfirmed(Event):
    """Paid or approved: the warehouse may start."""

    type: ClassVar[str] = "order.confirmed"
    title: ClassVar[str | Promise] = _("Order confirmed")
    words: ClassVar[str | Promise] = _("We confirmed your order.")

    number: str
    digital_ids: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DigitalDelivered(Event):
    """What is digital was handed out; the codes themselves are no part of it."""

    type: ClassVar[str] = "order.digital_delivered"
    title: ClassVar[str | Promise] = _("Digital goods delivered")
    words: ClassVar[str | Promise] = _("We delivered your digital items.")

    number: str
    lines: tuple[LineQuantity, ...]


@dataclass(frozen=True, kw_only=True)
class PreorderDue(Event):
    """The day of preordered lines has come: they are sent as soon as they are there."""

    type: ClassVar[str] = "order.preorder_due"
    title: ClassVar[str | Promise] = _("Preorder due")
    words: ClassVar[str | Promise] = _("The day of your preorder has come.")

    number: str
    lines: tuple[LineQuantity, ...]


@dataclass(frozen=True, kw_only=True)
class OrderUpdated(Event):
    """Tags, note or metadata were changed; ``fields`` names them."""

    type: ClassVar[str] = "order.updated"
    title: ClassVar[str | Promise] = _("Note, tags or data changed")
    public: ClassVar[bool] = False

    number: str
    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class OrderHeld(Event):
    """Nothing of it is picked until the hold is released."""

    type: ClassVar[str] = "order.held"
    title: ClassVar[str | Promise] = _("Order held")
    codes: ClassVar[Codes] = {"reason": (HoldReason,)}
    words: ClassVar[str | Promise] = _("We paused your order to check something.")

    number: str
    hold: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class OrderReleased(Event):
    """A hold is gone."""

    type: ClassVar[str] = "order.released"
    title: ClassVar[str | Promise] = _("Hold released")
    codes: ClassVar[Codes] = {"reason": (HoldReason,)}
    words: ClassVar[str | Promise] = _("We are working on your order again.")

    number: str
    hold: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class OrderCancelled(Event):
    """Units were called off; ``whole`` when nothing of the order is left."""

    type: ClassVar[str] = "order.cancelled"
    title: ClassVar[str | Promise] = _("Order cancelled")
    codes: ClassVar[Codes] = {"reason": (CancelReason,)}

    number: str
    reason: str
    whole: bool
    notify: bool
    amount: Decimal
    currency: str
    lines: tuple[LineQuantity, ...]

    @classmethod
    def in_words(cls, data: dict[str, Any]) -> str | Promise:
        return _("Your order was cancelled.") if data["whole"] else _("Part of your order was cancelled.")

    @classmethod
    def titled(cls, data: dict[str, Any]) -> str | Promise:
        return cls.title if data["whole"] else _("Part of the order cancelled")


@dataclass(frozen=True, kw_only=True)
class OrderChanged(Event):
    """It was edited after placement: ``fields`` says what differs, ``lines`` the new quantities that are different.

    ``difference`` says what became of the money.
    """

    type: ClassVar[str] = "order.changed"
    title: ClassVar[str | Promise] = _("Order changed")
    codes: ClassVar[Codes] = {"difference": (Difference,)}
    words: ClassVar[str | Promise] = _("Your order was changed.")

    number: str
    change: str
    fields: tuple[str, ...]
    lines: tuple[LineQuantity, ...]
    total_before: Decimal
    total: Decimal
    currency: str
    difference: str
    notify: bool


@dataclass(frozen=True, kw_only=True)
class OrderCompleted(Event):
    """Nothing left to ship, deliver or settle."""

    type: ClassVar[str] = "order.completed"
    title: ClassVar[str | Promise] = _("Order completed")
    words: ClassVar[str | Promise] = _("Your order is complete.")

    number: str


@dataclass(frozen=True, kw_only=True)
class OrderLinkRequested(Event):
    """The customer asked for a new link to their page."""

    type: ClassVar[str] = "order.link_requested"
    title: ClassVar[str | Promise] = _("New link asked for")
    public: ClassVar[bool] = False

    number: str


@dataclass(frozen=True, kw_only=True)
class AccessCodeRequested(Event):
    """The customer asked for a one-time code, to show that the mailbox is theirs."""

    type: ClassVar[str] = "order.code_requested"
    title: ClassVar[str | Promise] = _("One-time code asked for")
    public: ClassVar[bool] = False

    number: str
    access_code: str


@dataclass(frozen=True, kw_only=True)
class AccessCodeUsed(Event):
    """The customer typed the code in."""

    type: ClassVar[str] = "order.code_used"
    title: ClassVar[str | Promise] = _("One-time code used")
    public: ClassVar[bool] = False

    number: str


@dataclass(frozen=True, kw_only=True)
class OrderLinksRevoked(Event):
    """No link given out before opens the customer's page any more."""

    type: ClassVar[str] = "order.links_revoked"
    title: ClassVar[str | Promise] = _("Links revoked")
    public: ClassVar[bool] = False

    number: str


@dataclass(frozen=True, kw_only=True)
class PaymentActionRequired(Event):
    """The customer must do something at the gateway."""

    type: ClassVar[str] = "payment.action_required"
    title: ClassVar[str | Promise] = _("Payment waits for the customer's approval")
    words: ClassVar[str | Promise] = _("Your payment of {amount} needs your approval.")

    number: str
    payment: str
    amount: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True)
class PaymentAuthorized(Event):
    """Money is reserved for the order."""

    type: ClassVar[str] = "payment.authorized"
    title: ClassVar[str | Promise] = _("Payment authorized")
    words: ClassVar[str | Promise] = _("Your payment of {amount} was approved.")

    number: str
    payment: str
    amount: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True)
class PaymentCaptured(Event):
    """Money is ours."""

    type: ClassVar[str] = "payment.captured"
    title: ClassVar[str | Promise] = _("Payment captured")
    words: ClassVar[str | Promise] = _("We charged {amount}.")

    number: str
    payment: str
    amount: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True)
class PaymentVoided(Event):
    """A reservation of money was given back."""

    type: ClassVar[str] = "payment.voided"
    title: ClassVar[str | Promise] = _("Reserved money released")
    words: ClassVar[str | Promise] = _("{amount} of your payment was released without being charged.")

    number: str
    payment: str
    amount: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True)
class PaymentFailed(Event):
    """The gateway refused; ``kind`` says what it was asked for."""

    type: ClassVar[str] = "payment.failed"
    title: ClassVar[str | Promise] = _("Gateway refused")
    codes: ClassVar[Codes] = {"kind": (TransactionKind,)}
    public: ClassVar[bool] = False

    number: str
    payment: str
    kind: str
    amount: Decimal
    currency: str
    error_code: str


@dataclass(frozen=True, kw_only=True)
class RefundGranted(Event):
    """We decided to give money back."""

    type: ClassVar[str] = "payment.refund_granted"
    title: ClassVar[str | Promise] = _("Refund granted")
    codes: ClassVar[Codes] = {"reason": (RefundReason, CancelReason)}
    words: ClassVar[str | Promise] = _("We decided to refund {amount}.")

    number: str
    refund: str
    amount: Decimal
    currency: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class RefundRetried(Event):
    """The gateway refused to give money back, and staff asked it again."""

    type: ClassVar[str] = "payment.refund_retried"
    title: ClassVar[str | Promise] = _("Refund tried again")
    public: ClassVar[bool] = False

    number: str
    refund: str
    amount: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True)
class ChargeRetried(Event):
    """The gateway refused to charge what was billed, and staff asked it again."""

    type: ClassVar[str] = "payment.charge_retried"
    title: ClassVar[str | Promise] = _("Charge tried again")
    public: ClassVar[bool] = False

    number: str
    invoice: str
    amount: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True)
class PaymentGivenUp(Event):
    """Staff gave up what is reserved on a payment; the customer pays in another way."""

    type: ClassVar[str] = "payment.given_up"
    title: ClassVar[str | Promise] = _("Payment given up")
    public: ClassVar[bool] = False

    number: str
    payment: str
    amount: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True)
class PaymentRefunded(Event):
    """Money is on its way back to the customer."""

    type: ClassVar[str] = "payment.refunded"
    title: ClassVar[str | Promise] = _("Refund sent")
    words: ClassVar[str | Promise] = _("We sent {amount} back to you.")

    number: str
    refund: str
    amount: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True)
class InvoiceIssued(Event):
    """A bill with a legal number exists."""

    type: ClassVar[str] = "invoice.issued"
    title: ClassVar[str | Promise] = _("Invoice issued")
    words: ClassVar[str | Promise] = _("Invoice {invoice} is ready.")

    number: str
    invoice: str
    total: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True)
class CreditNoteIssued(Event):
    """A credit note with a legal number exists."""

    type: ClassVar[str] = "credit_note.issued"
    title: ClassVar[str | Promise] = _("Credit note issued")
    words: ClassVar[str | Promise] = _("Credit note {credit_note} is ready.")

    number: str
    credit_note: str
    total: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True)
class PromiseChanged(Event):
    """A date that a customer was given has moved; ``promised_on`` is None when nobody can tell."""

    type: ClassVar[str] = "promise.changed"
    title: ClassVar[str | Promise] = _("Promised date moved")
    codes: ClassVar[Codes] = {"reason": (PromiseReason,)}
    words: ClassVar[str | Promise] = _("New delivery date for part of your order: {promised_on}.")

    number: str
    line: str
    promised_on: date | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class FeedbackReceived(Event):
    """The customer told us what they thought."""

    type: ClassVar[str] = "feedback.received"
    title: ClassVar[str | Promise] = _("Feedback received")
    codes: ClassVar[Codes] = {"tags": (FeedbackTag,)}
    words: ClassVar[str | Promise] = _("You told us what you thought. Thank you!")

    number: str
    rating: int
    tags: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ExceptionOpened(Event):
    """Something needs a person."""

    type: ClassVar[str] = "exception.opened"
    title: ClassVar[str | Promise] = _("Exception opened")
    codes: ClassVar[Codes] = {"severity": (Severity,)}
    public: ClassVar[bool] = False

    category: str
    severity: str
    summary: str


@dataclass(frozen=True, kw_only=True)
class ExceptionResolved(Event):
    """It no longer does."""

    type: ClassVar[str] = "exception.resolved"
    title: ClassVar[str | Promise] = _("Exception resolved")
    public: ClassVar[bool] = False

    category: str
    subject_id: str
    resolution: str


@dataclass(frozen=True, kw_only=True)
class NotificationDied(Event):
    """A message could not be sent and won't be tried again."""

    type: ClassVar[str] = "notification.died"
    title: ClassVar[str | Promise] = _("Message not sent")
    public: ClassVar[bool] = False

    template: str
    attempts: int
    at: datetime
