"""Every status of the ground floor; ``CUSTOMER_WORDS`` say what an order's state means to its buyer."""

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


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
    """A reversal undoes a refund that failed later or a chargeback that we won; a cancellation closes a payment that
    was never made, and moves nothing."""

    AUTHORIZATION = "authorization", _("Authorization")
    CHARGE = "charge", _("Charge")
    REFUND = "refund", _("Refund")
    VOID = "void", _("Void")
    CHARGEBACK = "chargeback", _("Chargeback")
    REVERSAL = "reversal", _("Reversal")
    CANCELLATION = "cancellation", _("Cancellation")


class TransactionStatus(TextChoices):
    PENDING = "pending", _("Pending")
    SUCCESS = "success", _("Success")
    FAILURE = "failure", _("Failure")


class CaptureAt(TextChoices):
    """When a channel takes the money that its customers' gateways have reserved."""

    PLACEMENT = "placement", _("At placement")
    CONFIRMATION = "confirmation", _("At confirmation")
    DISPATCH = "dispatch", _("At dispatch")


class ShippingPolicy(TextChoices):
    """Whether an order waits until all of it is there."""

    SHIP_AS_AVAILABLE = "ship_as_available", _("What is there leaves at once")
    SHIP_COMPLETE = "ship_complete", _("Nothing leaves before all of it is there")


class NoticeStatus(TextChoices):
    PENDING = "pending", _("Pending")
    PROCESSED = "processed", _("Processed")
    PARKED = "parked", _("Parked")
    FAILED = "failed", _("Failed")


class RefundStatus(TextChoices):
    GRANTED = "granted", _("Granted")
    PENDING = "pending", _("Pending")
    SUCCEEDED = "succeeded", _("Succeeded")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class RefundTarget(TextChoices):
    """Where money that goes back goes to."""

    ORIGINAL = "original", _("The way it was paid")
    STORE_CREDIT = "store_credit", _("Store credit")


class PaymentLinkStatus(TextChoices):
    OPEN = "open", _("Open")
    PAID = "paid", _("Paid")
    CANCELLED = "cancelled", _("Cancelled")
    EXPIRED = "expired", _("Expired")


class MovementKind(TextChoices):
    """Why the balance of a gift card or of store credit moved."""

    ISSUED = "issued", _("Issued")
    TOPPED_UP = "topped_up", _("Topped up")
    GRANTED = "granted", _("Granted")
    RESERVED = "reserved", _("Reserved for an order")
    RELEASED = "released", _("Reservation given back")
    RETURNED = "returned", _("Refunded")
    CREDITED = "credited", _("Refund paid as credit")
    MERGED = "merged", _("Two customers became one")


class HoldReason(TextChoices):
    AWAITING_PAYMENT = "awaiting_payment", _("Awaiting payment")
    FRAUD_REVIEW = "fraud_review", _("Fraud review")
    ADDRESS = "address", _("Address")
    OUT_OF_STOCK = "out_of_stock", _("Out of stock")
    AWAITING_RETURN = "awaiting_return", _("Awaiting return")
    CUSTOMER_REQUEST = "customer_request", _("Customer request")
    OTHER = "other", _("Other")


class RuleKind(TextChoices):
    """What a hold rule looks at."""

    AMOUNT_ABOVE = "amount_above", _("Amount above a limit")
    FIRST_ORDER_ABOVE = "first_order_above", _("A customer's first order above a limit")
    VELOCITY = "velocity", _("Too much within a time")
    COUNTRY_MISMATCH = "country_mismatch", _("Bill and delivery go to different countries")
    COUNTRIES = "countries", _("Certain countries")
    ADDRESS_INCOMPLETE = "address_incomplete", _("Incomplete delivery address")
    PRODUCTS = "products", _("Certain products, categories or tags")
    BLOCKED_CONTACT = "blocked_contact", _("Blocked mail addresses and domains")


class Counted(TextChoices):
    """What a rule of too much within a time counts."""

    ORDERS = "orders", _("Orders")
    CARDS = "cards", _("Different means of payment")
    ADDRESSES = "addresses", _("Different delivery addresses")


class Sameness(TextChoices):
    """By what orders belong together for a rule of too much within a time."""

    CUSTOMER = "customer", _("customer")
    EMAIL = "email", _("mail address")
    PHONE = "phone", _("phone number")
    ADDRESS = "address", _("delivery address")


class PaymentTrouble(TextChoices):
    """Why money that should be there is missing."""

    DECLINED = "declined", _("The payment was declined")
    GIVEN_UP = "given_up", _("A payment was given up")
    CAPTURE_FAILED = "capture_failed", _("A capture failed")
    CHANGED = "changed", _("The order became dearer by a change")
    LAPSED = "lapsed", _("The reservation lapsed")
    CAPTURED_ONCE = "captured_once", _("The gateway charges this payment only once")
    CHARGED_BACK = "charged_back", _("The customer's bank took the money back")


class DisputeKind(TextChoices):
    """What the customer's bank does with a payment that the customer disputes."""

    ASKS = "asks", _("asks about")
    TAKES_BACK = "takes_back", _("takes back")


class CancelReason(TextChoices):
    CUSTOMER = "customer", _("Customer")
    FRAUD = "fraud", _("Fraud")
    INVENTORY = "inventory", _("Inventory")
    UNPAID = "unpaid", _("Not paid in time")
    STAFF = "staff", _("Staff")
    OTHER = "other", _("Other")


# What people and partners may cancel for; an order that nobody paid expires by itself.
CANCEL_REASONS = [choice for choice in CancelReason.choices if choice[0] != CancelReason.UNPAID]


class ChangeStatus(TextChoices):
    """``OrderChange.status``: asked for by the customer, or made at once by staff and shops."""

    PENDING = "pending", _("Pending")
    REQUESTED = "requested", _("Asked for")
    CONFIRMED = "confirmed", _("Made")
    DECLINED = "declined", _("Declined")
    CANCELLED = "cancelled", _("Withdrawn")


class ContactDirection(TextChoices):
    INBOUND = "in", _("The customer contacted us")
    OUTBOUND = "out", _("We contacted the customer")


class ContactChannel(TextChoices):
    PHONE = "phone", _("Phone")
    MAIL = "mail", _("Mail")
    CHAT = "chat", _("Chat")
    OTHER = "other", pgettext_lazy("channel", "Another way")


class ContactReason(TextChoices):
    """Why customer and staff talked: a closed list, so that it can be counted."""

    ORDERING = "ordering", _("Wants to order")
    WHERE_IS_IT = "where_is_it", _("Where is the order?")
    CHANGE = "change", _("Wants a change")
    CANCEL = "cancel", _("Wants to cancel")
    PAYMENT = "payment", _("Payment or invoice")
    RETURN = "return", _("Return or exchange")
    COMPLAINT = "complaint", _("Complaint")
    PRODUCT = "product", _("Question about a product")
    OTHER = "other", pgettext_lazy("reason", "Something else")


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
    SUPPRESSED = "suppressed", _("Not wanted")
    DEAD = "dead", _("Dead")


class MessageKind(TextChoices):
    """What a message is about. ``order`` is what law and contract make us say; the others may be refused."""

    ORDER = "order", _("Order, payment and returns")
    DELIVERY = "delivery", _("Where the parcels are")
    PROMISE = "promise", _("New delivery dates")
    FEEDBACK = "feedback", _("Asking how it went")


class SubstituteWish(TextChoices):
    """What a customer wants us to do when something is out of stock and something like it isn't."""

    ASK = "ask", _("Ask me each time")
    NEVER_ASK = "never_ask", _("Don't ask; do as the order says")
    ALWAYS_ACCEPT = "always_accept", _("Always send what comes closest")
    NEVER_ACCEPT = "never_accept", _("Never send anything else")


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


class Unanswered(TextChoices):
    """What silence means, when a customer was asked whether something else may be sent."""

    DECLINE = "decline", _("Nothing else is sent")
    ACCEPT = "accept", _("The substitute is sent")


class SubstitutePrice(TextChoices):
    """What a substitute costs its customer."""

    NEVER_MORE = "never_more", _("Never more than what it replaces")
    ITS_OWN = "its_own", _("Its own price, dearer or cheaper")


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


class TaxExemption(TextChoices):
    """Why lines of an order bear no tax; it stands on the bill."""

    REVERSE_CHARGE = "reverse_charge", _("Reverse charge")
    INTRA_COMMUNITY = "intra_community", _("Intra-community supply")
    EXPORT = "export", _("Export outside the EU")
    EXEMPT = "exempt", _("Exempt from tax")


class TaxCategory(TextChoices):
    """What kind of tax a rate is, by the codes of EN 16931 (UNTDID 5305)."""

    STANDARD = "S", _("Taxed")
    ZERO = "Z", _("Zero rate")
    EXEMPT = "E", _("Exempt from tax")
    REVERSE_CHARGE = "AE", _("Reverse charge")
    INTRA_COMMUNITY = "K", _("Intra-community supply")
    EXPORT = "G", _("Export outside the EU")


class PaperStatus(TextChoices):
    """``PaperFile.status``."""

    OWED = "owed", _("Owed")
    FILED = "filed", _("Filed")


class PapersByMail(TextChoices):
    """How a channel's customers get their invoices and credit notes."""

    LINK = "link", _("On the order's page")
    ATTACH = "attach", _("Attached to a mail")


class EInvoice(TextChoices):
    """What a channel's invoices carry for machines."""

    OFF = "off", _("Nothing")
    EN16931 = "en16931", _("EN 16931: Factur-X, ZUGFeRD")


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


class JobKind(TextChoices):
    """Which way a file goes."""

    IMPORT = "import", _("Import")
    EXPORT = "export", _("Export")


class JobStatus(TextChoices):
    """``Job.status``."""

    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
