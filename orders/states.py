"""Every status of the ground floor; ``CUSTOMER_WORDS`` say what an order's state means to its buyer."""

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class OrderStatus(TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    PLACED = "placed", _("Placed")
    CONFIRMED = "confirmed", _("Confirmed")
    COMPLETED = "completed", _("Completed")
    DECLINED = "declined", _("Declined")
    CANCELLED = "cancelled", _("Cancelled")
    EXPIRED = "expired", _("Expired")


# Submitted and declined orders are invisible to partners and customers.
INVISIBLE = (OrderStatus.SUBMITTED, OrderStatus.DECLINED, OrderStatus.DRAFT)


class PaymentState(TextChoices):
    """``Order.payment_status``: derived from the order's money."""

    UNPAID = "unpaid", _("Unpaid")
    AUTHORIZED = "authorized", _("Authorized")
    PARTIALLY_PAID = "partially_paid", _("Partially paid")
    PAID = "paid", _("Paid")
    OVERPAID = "overpaid", _("Overpaid")
    PARTIALLY_REFUNDED = "partially_refunded", _("Partially refunded")
    REFUNDED = "refunded", _("Refunded")
    VOIDED = "voided", _("Voided")


class FulfillmentState(TextChoices):
    """``Order.fulfillment_status``: derived from line counters, holds and dates."""

    UNFULFILLED = "unfulfilled", _("Unfulfilled")
    SCHEDULED = "scheduled", _("Scheduled")
    ON_HOLD = "on_hold", _("On hold")
    IN_PROGRESS = "in_progress", _("In progress")
    BACKORDERED = "backordered", _("Backordered")
    PARTIALLY_SHIPPED = "partially_shipped", _("Partially shipped")
    SHIPPED = "shipped", _("Shipped")
    PARTIALLY_DELIVERED = "partially_delivered", _("Partially delivered")
    DELIVERED = "delivered", _("Delivered")
    NOT_REQUIRED = "not_required", _("Not required")


class ReturnState(TextChoices):
    """``Order.return_status``: derived from line counters."""

    NONE = "none", _("None")
    REQUESTED = "requested", _("Requested")
    IN_RETURN = "in_return", _("In return")
    PARTIALLY_RETURNED = "partially_returned", _("Partially returned")
    RETURNED = "returned", _("Returned")


class PaymentStatus(TextChoices):
    PENDING = "pending", _("Pending")
    REQUIRES_ACTION = "requires_action", _("Customer must act")
    AUTHORIZED = "authorized", _("Authorized")
    PARTIALLY_CAPTURED = "partially_captured", _("Partially captured")
    CAPTURED = "captured", _("Captured")
    FAILED = "failed", _("Failed")
    VOIDED = "voided", _("Voided")
    EXPIRED = "expired", _("Expired")


class TransactionKind(TextChoices):
    AUTHORIZATION = "authorization", _("Authorization")
    CHARGE = "charge", _("Charge")
    REFUND = "refund", _("Refund")
    VOID = "void", _("Void")
    CHARGEBACK = "chargeback", _("Chargeback")


class TransactionStatus(TextChoices):
    PENDING = "pending", _("Pending")
    SUCCESS = "success", _("Success")
    FAILURE = "failure", _("Failure")


class RefundStatus(TextChoices):
    GRANTED = "granted", _("Granted")
    PENDING = "pending", _("Pending")
    SUCCEEDED = "succeeded", _("Succeeded")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class HoldReason(TextChoices):
    AWAITING_PAYMENT = "awaiting_payment", _("Awaiting payment")
    FRAUD_REVIEW = "fraud_review", _("Fraud review")
    ADDRESS = "address", _("Address")
    OUT_OF_STOCK = "out_of_stock", _("Out of stock")
    AWAITING_RETURN = "awaiting_return", _("Awaiting return")
    CUSTOMER_REQUEST = "customer_request", _("Customer request")
    OTHER = "other", _("Other")


class CancelReason(TextChoices):
    CUSTOMER = "customer", _("Customer")
    FRAUD = "fraud", _("Fraud")
    INVENTORY = "inventory", _("Inventory")
    STAFF = "staff", _("Staff")
    OTHER = "other", _("Other")


class ChangeStatus(TextChoices):
    """``OrderChange.status``: asked for by the customer, or made at once by staff and shops."""

    PENDING = "pending", _("Pending")
    REQUESTED = "requested", _("Asked for")
    CONFIRMED = "confirmed", _("Made")
    DECLINED = "declined", _("Declined")
    CANCELLED = "cancelled", _("Withdrawn")


class Difference(TextChoices):
    """What becomes of the money when a change makes an order dearer or cheaper."""

    NONE = "none", _("Nothing")
    OWED = "owed", _("Still to be paid")
    GIVEN_BACK = "given_back", _("Given back")


class RefundReason(TextChoices):
    """Why staff give money back; refunds of cancelled units keep the cancellation's reason."""

    STAFF = "staff", _("Decided by staff")
    GOODWILL = "goodwill", _("Goodwill")
    DAMAGED = "damaged", _("Arrived damaged")
    LATE = "late", _("Arrived late")
    PRICE = "price", _("Price difference")
    RETURN = "return", _("Return")
    OTHER = "other", _("Other")


class NotificationStatus(TextChoices):
    PENDING = "pending", _("Pending")
    LEASED = "leased", _("Being sent")
    SENT = "sent", _("Sent")
    DEAD = "dead", _("Dead")


class ExceptionStatus(TextChoices):
    OPEN = "open", _("Open")
    RESOLVED = "resolved", _("Resolved")


class Severity(TextChoices):
    LOW = "low", _("Low")
    MEDIUM = "medium", _("Medium")
    HIGH = "high", _("High")


class Fragility(TextChoices):
    NONE = "none", _("Not fragile")
    FRAGILE = "fragile", _("Fragile")
    VERY_FRAGILE = "very_fragile", _("Very fragile")


class OutOfStockPolicy(TextChoices):
    SUBSTITUTE = "substitute", _("Offer a substitute")
    BACKORDER = "backorder", _("Backorder")
    DROPSHIP = "dropship", _("Dropship")
    CANCEL = "cancel", _("Cancel")


class LineKind(TextChoices):
    """What the units of an order line are; only goods are reserved, picked, packed and shipped."""

    GOODS = "goods", _("Goods")
    BUNDLE = "bundle", _("Bundle")
    DIGITAL = "digital", _("Digital")


class FeedbackTag(TextChoices):
    """What the customer can tick beside their rating."""

    ON_TIME = "on_time", _("Came in time")
    WELL_PACKED = "well_packed", _("Well packed")
    AS_DESCRIBED = "as_described", _("As described")
    GREAT_SERVICE = "great_service", _("Great service")
    LATE = "late", _("Came late")
    BADLY_PACKED = "badly_packed", _("Badly packed")
    NOT_AS_DESCRIBED = "not_as_described", _("Not as described")


class PromiseReason(TextChoices):
    """Why a date moved; ``PROMISE_REASON_WORDS`` say it to the customer, any other reason is only kept."""

    BACKORDERED = "backordered", _("Backordered")
    SHORT = "short", _("Short in the warehouse")
    SUPPLIER = "supplier", _("Supplier is late")
    CARRIER = "carrier", _("Carrier is late")
    CHANGED = "changed", _("Order changed")
    ARRIVED = "arrived", _("Goods came in")
    RELEASE = "release", _("Release day moved")


class PromiseKind(TextChoices):
    """A row of the promise ledger: a date given, the customer told of it, or how it ended."""

    PROMISE = "promise", _("Promised")
    NOTICE = "notice", _("Customer told")
    OUTCOME = "outcome", _("Outcome")


CUSTOMER_WORDS: dict[str, Promise] = {
    OrderStatus.DRAFT: _("Your order is being prepared for you."),
    OrderStatus.PLACED: _("We have received your order."),
    OrderStatus.CONFIRMED: _("Your order is confirmed."),
    OrderStatus.COMPLETED: _("Your order is complete."),
    OrderStatus.CANCELLED: _("Your order was cancelled."),
    OrderStatus.EXPIRED: _("Your order expired because it was not paid."),
    FulfillmentState.UNFULFILLED: _("We are getting your order ready."),
    FulfillmentState.SCHEDULED: _("Your order is scheduled."),
    FulfillmentState.ON_HOLD: _("Your order is paused while we check something."),
    FulfillmentState.IN_PROGRESS: _("We are packing your order."),
    FulfillmentState.BACKORDERED: _("Part of your order is on its way to us."),
    FulfillmentState.PARTIALLY_SHIPPED: _("Part of your order is on its way to you."),
    FulfillmentState.SHIPPED: _("Your order is on its way to you."),
    FulfillmentState.PARTIALLY_DELIVERED: _("Part of your order has arrived."),
    FulfillmentState.DELIVERED: _("Your order has arrived."),
    FulfillmentState.NOT_REQUIRED: _("Nothing needs to be shipped."),
}
