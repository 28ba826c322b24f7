"""What happens on the ground floor."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

from orders.kernel.event import Event


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

    number: str
    total: Decimal
    currency: str
    lines: tuple[LineQuantity, ...]


@dataclass(frozen=True, kw_only=True)
class OrderImported(Event):
    """History, not work."""

    type: ClassVar[str] = "order.imported"
    public: ClassVar[bool] = False

    number: str
    total: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True)
class OrderConfirmed(Event):
    """Paid or approved: the warehouse may start."""

    type: ClassVar[str] = "order.confirmed"

    number: str


@dataclass(frozen=True, kw_only=True)
class OrderUpdated(Event):
    """Tags, note or metadata were changed; ``fields`` names them."""

    type: ClassVar[str] = "order.changed"
    public: ClassVar[bool] = False

    number: str
    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class OrderHeld(Event):
    """Nothing of it is picked until the hold is released."""

    type: ClassVar[str] = "order.held"

    number: str
    hold: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class OrderReleased(Event):
    """A hold is gone."""

    type: ClassVar[str] = "order.released"

    number: str
    hold: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class OrderCancelled(Event):
    """Units were called off; ``whole`` when nothing of the order is left."""

    type: ClassVar[str] = "order.cancelled"

    number: str
    reason: str
    whole: bool
    notify: bool
    amount: Decimal
    currency: str
    lines: tuple[LineQuantity, ...]


@dataclass(frozen=True, kw_only=True)
class OrderCompleted(Event):
    """Nothing left to ship, deliver or settle."""

    type: ClassVar[str] = "order.completed"

    number: str


@dataclass(frozen=True, kw_only=True)
class PaymentActionRequired(Event):
    """The customer must do something at the gateway."""

    type: ClassVar[str] = "payment.action_required"

    number: str
    payment: str
    amount: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True)
class PaymentAuthorized(Event):
    """Money is reserved for the order."""

    type: ClassVar[str] = "payment.authorized"

    number: str
    payment: str
    amount: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True)
class PaymentCaptured(Event):
    """Money is ours."""

    type: ClassVar[str] = "payment.captured"

    number: str
    payment: str
    amount: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True)
class PaymentVoided(Event):
    """A reservation of money was given back."""

    type: ClassVar[str] = "payment.voided"

    number: str
    payment: str
    amount: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True)
class PaymentFailed(Event):
    """The gateway refused; ``kind`` says what it was asked for."""

    type: ClassVar[str] = "payment.failed"
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

    number: str
    refund: str
    amount: Decimal
    currency: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class PaymentRefunded(Event):
    """Money is on its way back to the customer."""

    type: ClassVar[str] = "payment.refunded"

    number: str
    refund: str
    amount: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True)
class InvoiceIssued(Event):
    """A bill with a legal number exists."""

    type: ClassVar[str] = "invoice.issued"

    number: str
    invoice: str
    total: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True)
class CreditNoteIssued(Event):
    """A credit note with a legal number exists."""

    type: ClassVar[str] = "credit_note.issued"

    number: str
    credit_note: str
    total: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True)
class PromiseChanged(Event):
    """A date that a customer was given has moved; ``promised_on`` is None when nobody can tell."""

    type: ClassVar[str] = "promise.changed"

    number: str
    line: str
    promised_on: date | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class FeedbackReceived(Event):
    """The customer told us what they thought."""

    type: ClassVar[str] = "feedback.received"

    number: str
    rating: int
    tags: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ExceptionOpened(Event):
    """Something needs a person."""

    type: ClassVar[str] = "exception.opened"
    public: ClassVar[bool] = False

    category: str
    severity: str
    summary: str


@dataclass(frozen=True, kw_only=True)
class ExceptionResolved(Event):
    """It no longer does."""

    type: ClassVar[str] = "exception.resolved"
    public: ClassVar[bool] = False

    category: str
    resolution: str


@dataclass(frozen=True, kw_only=True)
class NotificationDied(Event):
    """A message could not be sent and won't be tried again."""

    type: ClassVar[str] = "notification.died"
    public: ClassVar[bool] = False

    template: str
    attempts: int
    at: datetime
