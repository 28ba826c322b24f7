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
    ContactChannel,
    ContactDirection,
    ContactReason,
    Difference,
    FeedbackTag,
    HoldReason,
    MessageKind,
    PromiseReason,
    RefundReason,
    RefundTarget,
    Severity,
    SubstituteWish,
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
class OrderExpired(Event):
    """Nobody paid in time: all of its units were called off."""

    type: ClassVar[str] = "order.expired"
    title: ClassVar[str | Promise] = _("Order expired")
    words: ClassVar[str | Promise] = _("Your order expired because it was not paid.")

    number: str
    amount: Decimal
    currency: str
    lines: tuple[LineQuantity, ...]


@dataclass(frozen=True, kw_only=True)
class OrderExtended(Event):
    """Staff gave it more time to be paid."""

    type: ClassVar[str] = "order.extended"
    title: ClassVar[str | Promise] = _("More time to pay")
    public: ClassVar[bool] = False

    number: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class OrderPaymentReminded(Event):
    """The customer was reminded to pay before the order expires."""

    type: ClassVar[str] = "order.payment_reminded"
    title: ClassVar[str | Promise] = _("Reminded to pay")
    words: ClassVar[str | Promise] = _("We reminded you to pay.")

    number: str
    expires_at: datetime


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
class PaymentExpired(Event):
    """What was reserved isn't any more, though we didn't give it back: its time was over, or the gateway let it go."""

    type: ClassVar[str] = "payment.expired"
    title: ClassVar[str | Promise] = _("Reservation lapsed")
    words: ClassVar[str | Promise] = _("{amount} of your payment is not reserved any more.")

    number: str
    payment: str
    amount: Decimal
    currency: str
    error_code: str


@dataclass(frozen=True, kw_only=True)
class PaymentRenewed(Event):
    """The gateway is asked to reserve the money once more, before the old reservation lapses."""

    type: ClassVar[str] = "payment.renewed"
    title: ClassVar[str | Promise] = _("Reservation renewed")
    public: ClassVar[bool] = False

    number: str
    payment: str
    amount: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True)
class PaymentChargedBack(Event):
    """The customer's bank took money back."""

    type: ClassVar[str] = "payment.charged_back"
    title: ClassVar[str | Promise] = _("Chargeback")
    public: ClassVar[bool] = False

    number: str
    payment: str
    amount: Decimal
    currency: str
    error_code: str


@dataclass(frozen=True, kw_only=True)
class PaymentReversed(Event):
    """Money that had left came back to us: a refund that the bank returned, or a chargeback that we won."""

    type: ClassVar[str] = "payment.reversed"
    title: ClassVar[str | Promise] = _("Money came back to us")
    codes: ClassVar[Codes] = {"kind": (TransactionKind,)}
    public: ClassVar[bool] = False

    number: str
    payment: str
    kind: str
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
    """Money is on its way back to the customer, or (``to``) became store credit."""

    type: ClassVar[str] = "payment.refunded"
    title: ClassVar[str | Promise] = _("Refund sent")
    codes: ClassVar[Codes] = {"to": (RefundTarget,)}
    words: ClassVar[str | Promise] = _("We sent {amount} back to you.")

    number: str
    refund: str
    amount: Decimal
    currency: str
    to: str = RefundTarget.ORIGINAL.value

    @classmethod
    def in_words(cls, data: dict[str, Any]) -> str | Promise:
        is_credit = data.get("to") == RefundTarget.STORE_CREDIT
        return _("We gave you {amount} as credit.") if is_credit else cls.words


@dataclass(frozen=True, kw_only=True)
class PaymentLinkSent(Event):
    """The customer was asked to pay on a page of ours; ``amount`` is what was owed then, or asked for."""

    type: ClassVar[str] = "payment.link_sent"
    title: ClassVar[str | Promise] = _("Payment link sent")
    words: ClassVar[str | Promise] = _("We sent you a link to pay {amount}.")

    number: str
    payment_link: str
    amount: Decimal
    currency: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class PaymentLinkOpened(Event):
    """A customer began to pay what they owe from their order's page; nobody had sent them a link."""

    type: ClassVar[str] = "payment.link_opened"
    title: ClassVar[str | Promise] = _("Payment link opened")
    public: ClassVar[bool] = False

    number: str
    payment_link: str


@dataclass(frozen=True, kw_only=True)
class PaymentLinkPaid(Event):
    """What a link asked for is reserved or charged."""

    type: ClassVar[str] = "payment.link_paid"
    title: ClassVar[str | Promise] = _("Payment link paid")
    public: ClassVar[bool] = False

    number: str
    payment_link: str


@dataclass(frozen=True, kw_only=True)
class PaymentLinkCancelled(Event):
    """A link was replaced, taken back, or not needed any more."""

    type: ClassVar[str] = "payment.link_cancelled"
    title: ClassVar[str | Promise] = _("Payment link cancelled")
    public: ClassVar[bool] = False

    number: str
    payment_link: str


@dataclass(frozen=True, kw_only=True)
class PaymentLinkExpired(Event):
    """Nobody paid by a link in time."""

    type: ClassVar[str] = "payment.link_expired"
    title: ClassVar[str | Promise] = _("Payment link expired")
    public: ClassVar[bool] = False

    number: str
    payment_link: str


@dataclass(frozen=True, kw_only=True)
class GiftCardIssued(Event):
    """A new gift card exists."""

    type: ClassVar[str] = "gift_card.issued"
    title: ClassVar[str | Promise] = _("Gift card issued")
    public: ClassVar[bool] = False

    gift_card: str
    amount: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True)
class GiftCardToppedUp(Event):
    """There is more on a gift card."""

    type: ClassVar[str] = "gift_card.topped_up"
    title: ClassVar[str | Promise] = _("Gift card topped up")
    public: ClassVar[bool] = False

    gift_card: str
    amount: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True)
class GiftCardSent(Event):
    """Its code went out again; ``is_new_code``: the one before it works no more."""

    type: ClassVar[str] = "gift_card.sent"
    title: ClassVar[str | Promise] = _("Gift card sent")
    public: ClassVar[bool] = False

    gift_card: str
    is_new_code: bool


@dataclass(frozen=True, kw_only=True)
class GiftCardDisabled(Event):
    """Nothing can be paid with it any more, whatever is on it."""

    type: ClassVar[str] = "gift_card.disabled"
    title: ClassVar[str | Promise] = _("Gift card disabled")
    public: ClassVar[bool] = False

    gift_card: str


@dataclass(frozen=True, kw_only=True)
class StoreCreditGranted(Event):
    """A customer has more with us: goodwill, decided by staff."""

    type: ClassVar[str] = "store_credit.granted"
    title: ClassVar[str | Promise] = _("Store credit granted")
    codes: ClassVar[Codes] = {"reason": (RefundReason,)}
    public: ClassVar[bool] = False

    store_credit: str
    amount: Decimal
    currency: str
    reason: str


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
class DraftCreated(Event):
    """Somebody began an order; ``reorder_of`` is the number of the one that it repeats."""

    type: ClassVar[str] = "draft.created"
    title: ClassVar[str | Promise] = _("Draft made")
    public: ClassVar[bool] = False

    number: str
    draft: str
    total: Decimal
    currency: str
    reorder_of: str = ""


@dataclass(frozen=True, kw_only=True)
class DraftUpdated(Event):
    """It was written anew; ``fields`` names what is different."""

    type: ClassVar[str] = "draft.updated"
    title: ClassVar[str | Promise] = _("Draft changed")
    public: ClassVar[bool] = False

    number: str
    draft: str
    fields: tuple[str, ...]
    total: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True)
class DraftTakenOver(Event):
    """Staff go on with a draft that a partner or a colleague began."""

    type: ClassVar[str] = "draft.taken_over"
    title: ClassVar[str | Promise] = _("Draft taken over")
    public: ClassVar[bool] = False

    number: str
    draft: str


@dataclass(frozen=True, kw_only=True)
class DraftReservationEnded(Event):
    """The time until which its goods were kept is over."""

    type: ClassVar[str] = "draft.reservation_ended"
    title: ClassVar[str | Promise] = _("Goods no longer reserved")
    public: ClassVar[bool] = False

    number: str
    draft: str
    lines: tuple[LineQuantity, ...]


@dataclass(frozen=True, kw_only=True)
class DraftDiscarded(Event):
    """Nobody wants it any more."""

    type: ClassVar[str] = "draft.discarded"
    title: ClassVar[str | Promise] = _("Draft discarded")
    public: ClassVar[bool] = False

    number: str
    draft: str


@dataclass(frozen=True, kw_only=True)
class DraftExpired(Event):
    """Nobody placed it in time."""

    type: ClassVar[str] = "draft.expired"
    title: ClassVar[str | Promise] = _("Draft expired")
    public: ClassVar[bool] = False

    number: str
    draft: str


@dataclass(frozen=True, kw_only=True)
class ContactLogged(Event):
    """Customer and staff talked; what was said stands in the log."""

    type: ClassVar[str] = "contact.logged"
    title: ClassVar[str | Promise] = _("Contact")
    codes: ClassVar[Codes] = {
        "direction": (ContactDirection,),
        "channel": (ContactChannel,),
        "reason": (ContactReason,),
    }
    public: ClassVar[bool] = False

    contact: str
    direction: str
    channel: str
    reason: str
    call_back_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ChangeRequested(Event):
    """The customer asks for a change; staff decide."""

    type: ClassVar[str] = "change.requested"
    title: ClassVar[str | Promise] = _("Customer asks for a change")
    words: ClassVar[str | Promise] = _("You asked us to change your order.")

    number: str
    change: str
    actions: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ChangeDeclined(Event):
    """Staff said no; the customer reads why."""

    type: ClassVar[str] = "change.declined"
    title: ClassVar[str | Promise] = _("Change declined")
    words: ClassVar[str | Promise] = _("We could not make the change that you asked for.")

    number: str
    change: str


@dataclass(frozen=True, kw_only=True)
class ChangeWithdrawn(Event):
    """The customer doesn't want it any more."""

    type: ClassVar[str] = "change.withdrawn"
    title: ClassVar[str | Promise] = _("Change withdrawn")
    words: ClassVar[str | Promise] = _("You took your wish for a change back.")

    number: str
    change: str


@dataclass(frozen=True, kw_only=True)
class ExceptionOpened(Event):
    """Something needs a person."""

    type: ClassVar[str] = "exception.opened"
    title: ClassVar[str | Promise] = _("Exception opened")
    codes: ClassVar[Codes] = {"severity": (Severity,)}
    public: ClassVar[bool] = False

    category: str
    severity: str


@dataclass(frozen=True, kw_only=True)
class ExceptionSnoozed(Event):
    """Somebody put it aside for a while."""

    type: ClassVar[str] = "exception.snoozed"
    title: ClassVar[str | Promise] = _("Exception put aside")
    public: ClassVar[bool] = False

    category: str
    subject_id: str
    until: datetime


@dataclass(frozen=True, kw_only=True)
class ExceptionAssigned(Event):
    """Somebody looks after it now, or nobody does any more."""

    type: ClassVar[str] = "exception.assigned"
    title: ClassVar[str | Promise] = _("Exception assigned")
    public: ClassVar[bool] = False

    category: str
    subject_id: str
    owner: str


@dataclass(frozen=True, kw_only=True)
class ExceptionResolved(Event):
    """It no longer does. What was done stands on the exception: staff type it, so it may name people."""

    type: ClassVar[str] = "exception.resolved"
    title: ClassVar[str | Promise] = _("Exception resolved")
    public: ClassVar[bool] = False

    category: str
    subject_id: str


@dataclass(frozen=True, kw_only=True)
class NotificationDied(Event):
    """A message could not be sent and won't be tried again."""

    type: ClassVar[str] = "notification.died"
    title: ClassVar[str | Promise] = _("Message not sent")
    public: ClassVar[bool] = False

    template: str
    attempts: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class CustomerChanged(Event):
    """Staff set a customer's record right; ``fields`` names what, never how it reads now."""

    type: ClassVar[str] = "customer.changed"
    title: ClassVar[str | Promise] = _("Customer changed")
    public: ClassVar[bool] = False

    customer: int
    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PreferencesChanged(Event):
    """Which messages the customer wants from now on; ``refused`` names the kinds that they don't."""

    type: ClassVar[str] = "customer.preferences_changed"
    title: ClassVar[str | Promise] = _("Notification preferences changed")
    public: ClassVar[bool] = False
    codes: ClassVar[Codes] = {"refused": (MessageKind,), "substitutes": (SubstituteWish,)}

    customer: int
    refused: tuple[str, ...]
    substitutes: str


@dataclass(frozen=True, kw_only=True)
class CustomerMerged(Event):
    """This customer took over all that another one had."""

    type: ClassVar[str] = "customer.merged"
    title: ClassVar[str | Promise] = _("Took over a duplicate")
    public: ClassVar[bool] = False

    customer: int
    absorbed: int
    orders: int


@dataclass(frozen=True, kw_only=True)
class CustomerAbsorbed(Event):
    """All that this customer had went over to another one."""

    type: ClassVar[str] = "customer.absorbed"
    title: ClassVar[str | Promise] = _("Merged into another customer")
    public: ClassVar[bool] = False

    customer: int
    into: int


@dataclass(frozen=True, kw_only=True)
class CustomerExported(Event):
    """Somebody was given all that is held about the customer."""

    type: ClassVar[str] = "customer.exported"
    title: ClassVar[str | Promise] = _("All data exported")
    public: ClassVar[bool] = False

    customer: int


@dataclass(frozen=True, kw_only=True)
class CustomerErased(Event):
    """The customer is nobody any more; until ``due_on`` the law makes us keep what stands on their invoices."""

    type: ClassVar[str] = "customer.erased"
    title: ClassVar[str | Promise] = _("Personal data erased")
    public: ClassVar[bool] = False

    customer: int
    orders: int
    due_on: date | None
