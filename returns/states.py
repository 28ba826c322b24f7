"""Every status of the returns floor. ``RETURN_WORDS`` say to the customer how it stands."""

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class ReturnStatus(TextChoices):
    REQUESTED = "requested", _("Requested")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")
    IN_TRANSIT = "in_transit", _("In transit")
    PARTIALLY_RECEIVED = "partially_received", _("Partially received")
    RECEIVED = "received", _("Received")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")
    EXPIRED = "expired", _("Expired")


ACTIVE_RETURNS = (
    ReturnStatus.REQUESTED,
    ReturnStatus.APPROVED,
    ReturnStatus.IN_TRANSIT,
    ReturnStatus.PARTIALLY_RECEIVED,
    ReturnStatus.RECEIVED,
)


# The category of the back office's question about a return that doesn't move.
RETURN_WAITS = "return_waits"


class ReturnReason(TextChoices):
    TOO_SMALL = "too_small", _("Too small")
    TOO_LARGE = "too_large", _("Too large")
    DAMAGED = "damaged", _("Arrived damaged")
    DEFECTIVE = "defective", _("Doesn't work")
    NOT_AS_DESCRIBED = "not_as_described", _("Not as described")
    WRONG_ITEM = "wrong_item", _("Wrong item")
    LATE = "late", _("Arrived too late")
    CHANGED_MIND = "changed_mind", _("Changed my mind")
    UNDELIVERABLE = "undeliverable", _("Could not be delivered")
    OTHER = "other", _("Other")


# What a customer can choose from; the other one is for the dock.
CUSTOMER_REASONS = [choice for choice in ReturnReason.choices if choice[0] != ReturnReason.UNDELIVERABLE]


class Reception(TextChoices):
    AWAITING = "awaiting", _("Awaiting")
    RECEIVED = "received", _("Received")
    MISSING = "missing", _("Missing")
    WRONG_ITEM = "wrong_item", _("Wrong item")


class Acceptance(TextChoices):
    PENDING = "pending", _("Pending")
    ACCEPTED = "accepted", _("Accepted")
    REJECTED = "rejected", _("Rejected")
    MANUAL_REVIEW = "manual_review", _("Manual review")


class Condition(TextChoices):
    UNKNOWN = "unknown", _("Not inspected")
    NEW = "new", _("As new")
    OPENED = "opened", _("Opened")
    USED = "used", _("Used")
    DAMAGED = "damaged", _("Damaged")


class Disposition(TextChoices):
    NONE = "none", _("Undecided")
    RESTOCK = "restock", _("Restock")
    REFURBISH = "refurbish", _("Refurbish")
    QUARANTINE = "quarantine", _("Quarantine")
    DISPOSE = "dispose", _("Dispose")
    RETURN_TO_VENDOR = "return_to_vendor", _("Return to vendor")
    KEEP = "keep", _("Customer keeps it")


UNDELIVERED_WORDS = _("What could not be delivered is back with us and is being checked.")

RETURN_WORDS: dict[str, Promise] = {
    ReturnStatus.REQUESTED: _("We have received your return request and will answer soon."),
    ReturnStatus.APPROVED: _("Your return is approved. Please send the items back."),
    ReturnStatus.DECLINED: _("We could not accept your return."),
    ReturnStatus.IN_TRANSIT: _("Your return is on its way to us."),
    ReturnStatus.PARTIALLY_RECEIVED: _("Part of your return has arrived."),
    ReturnStatus.RECEIVED: _("Your return has arrived and is being checked."),
    ReturnStatus.CLOSED: _("Your return is complete."),
    ReturnStatus.CANCELLED: _("Your return was cancelled."),
    ReturnStatus.EXPIRED: _("Your return expired because nothing was sent back."),
}
