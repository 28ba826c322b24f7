"""Every status of the warehouse floor."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class BinKind(TextChoices):
    PICK = "pick", _("Pick")
    BULK = "bulk", _("Bulk")
    RECEIVING = "receiving", _("Receiving")
    PACKING = "packing", _("Packing")
    QUARANTINE = "quarantine", _("Quarantine")
    RETURNS = "returns", _("Returns")


# Goods here are spoken for, or not fit to be sold: no picker is sent.
UNPICKABLE = (BinKind.PACKING, BinKind.QUARANTINE)


class MovementKind(TextChoices):
    RECEIVED = "received", _("Received")
    ALLOCATED = "allocated", _("Allocated")
    RELEASED = "released", _("Released")
    PICKED = "picked", _("Picked")
    PUT_BACK = "put_back", _("Put back")
    SHIPPED = "shipped", _("Shipped")
    ADJUSTED = "adjusted", _("Adjusted")
    TRANSFERRED = "transferred", _("Transferred")
    RETURNED = "returned", _("Returned")
    PUT_AWAY = "put_away", _("Put away")


class AdjustmentReason(TextChoices):
    COUNT = "count", _("Count")
    DAMAGE = "damage", _("Damage")
    LOSS = "loss", _("Loss")
    FOUND = "found", _("Found")
    CORRECTION = "correction", _("Correction")
    INITIAL = "initial", _("Initial stock")


class AllocationStatus(TextChoices):
    OPEN = "open", _("Open")
    CONSUMED = "consumed", _("Shipped")
    RELEASED = "released", _("Released")


class FulfillmentOrderStatus(TextChoices):
    SCHEDULED = "scheduled", _("Scheduled")
    OPEN = "open", _("Open")
    IN_PROGRESS = "in_progress", _("In progress")
    CLOSED = "closed", _("Closed")
    INCOMPLETE = "incomplete", _("Incomplete")
    CANCELLED = "cancelled", _("Cancelled")


# Work that is still to be done.
ACTIVE = (FulfillmentOrderStatus.SCHEDULED, FulfillmentOrderStatus.OPEN, FulfillmentOrderStatus.IN_PROGRESS)


class RequestStatus(TextChoices):
    UNSUBMITTED = "unsubmitted", _("Unsubmitted")
    SUBMITTED = "submitted", _("Submitted")
    ACCEPTED = "accepted", _("Accepted")
    REJECTED = "rejected", _("Rejected")
    CANCELLATION_REQUESTED = "cancellation_requested", _("Cancellation requested")
    CANCELLATION_ACCEPTED = "cancellation_accepted", _("Cancellation accepted")
    CANCELLATION_REJECTED = "cancellation_rejected", _("Cancellation rejected")


class PickListStatus(TextChoices):
    DRAFT = "draft", _("Draft")
    RELEASED = "released", _("Released")
    IN_PROGRESS = "in_progress", _("In progress")
    PICKED = "picked", _("Picked")
    CANCELLED = "cancelled", _("Cancelled")


class PickKind(TextChoices):
    """How a list is walked: an order alone, several at once, several sorted into totes, or one zone's part of them."""

    SINGLE = "single", _("One order")
    BATCH = "batch", _("Batch")
    CLUSTER = "cluster", _("Cluster with totes")
    ZONE = "zone", _("Zone")


class WaveStatus(TextChoices):
    PLANNED = "planned", _("Planned")
    RELEASED = "released", _("Released")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")


class PickTaskStatus(TextChoices):
    OPEN = "open", _("Open")
    PICKED = "picked", _("Picked")
    SHORT = "short", _("Short")
    SKIPPED = "skipped", _("Skipped")
    SUBSTITUTED = "substituted", _("Substituted")
    CANCELLED = "cancelled", _("Cancelled")


# Tasks that somebody still has to do.
TO_DO = (PickTaskStatus.OPEN, PickTaskStatus.SKIPPED)


# Tasks whose bin had less than they asked for.
CLOSED_SHORT = (PickTaskStatus.SHORT, PickTaskStatus.SUBSTITUTED)


class ShortReason(TextChoices):
    NOT_FOUND = "not_found", _("Not found")
    DAMAGED = "damaged", _("Damaged")
    WRONG_ITEM = "wrong_item", _("Another item in the bin")


class ScanKind(TextChoices):
    BIN = "bin", _("Bin")
    ITEM = "item", _("Item")
    QUANTITY = "quantity", _("Quantity")
    TOTE = "tote", _("Tote")
    PACK = "pack", _("Into the package")
    UNDO = "undo", _("Undone")


class PutBackStatus(TextChoices):
    OPEN = "open", _("Open")
    DONE = "done", _("Done")


class PackageStatus(TextChoices):
    OPEN = "open", _("Open")
    SEALED = "sealed", _("Sealed")
    LABELLED = "labelled", _("Labelled")
    SHIPPED = "shipped", _("Shipped")
    VOIDED = "voided", _("Voided")


class MaterialPurpose(TextChoices):
    WRAP = "wrap", _("Wraps each fragile item")
    CUSHION = "cushion", _("Cushions very fragile items")
    FILL = "fill", _("Fills the empty space")


class BackorderStatus(TextChoices):
    WAITING = "waiting", _("Waiting")
    ORDERED = "ordered", _("Ordered")
    PROMISED = "promised", _("Promised")
    ALLOCATED = "allocated", _("Allocated")
    FULFILLED = "fulfilled", _("Fulfilled")
    CANCELLED = "cancelled", _("Cancelled")


class ProposalStatus(TextChoices):
    PROPOSED = "proposed", _("Proposed")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Not answered")
    APPLIED = "applied", _("Sent instead")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class AnswerBy(TextChoices):
    """Who, or what, answered whether something else may be sent."""

    CUSTOMER = "customer", _("The customer, on the page")
    STAFF = "staff", _("The customer, told to staff")
    WISH = "wish", _("What the customer, or the order, had said before")
    SILENCE = "silence", _("Nobody answered in time")


# Units that still wait for goods.
UNFILLED = (BackorderStatus.WAITING, BackorderStatus.ORDERED, BackorderStatus.PROMISED)


class FillPolicy(TextChoices):
    """Who gets goods that came in, when more wait than came."""

    OLDEST = "oldest", _("Who has waited longest")
    PRIORITY = "priority", _("The fastest shipping first")
    COMPLETE_MOST_ORDERS = "complete_most_orders", _("As many complete orders as possible")


class PurchaseOrderStatus(TextChoices):
    DRAFT = "draft", _("Draft")
    PLACED = "placed", _("Placed")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    PARTIALLY_RECEIVED = "partially_received", _("Partially received")
    RECEIVED = "received", _("Received")
    CANCELLED = "cancelled", _("Cancelled")


# Bought, and not all here yet: what is open of these is on its way.
COMING = (PurchaseOrderStatus.PLACED, PurchaseOrderStatus.ACKNOWLEDGED, PurchaseOrderStatus.PARTIALLY_RECEIVED)


class PurchasePurpose(TextChoices):
    STOCK = "stock", _("For stock")
    BACKORDER = "backorder", _("For waiting orders")
    DROPSHIP = "dropship", _("Sent by the supplier")


class PutAwayStatus(TextChoices):
    OPEN = "open", _("Open")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Nothing left to put away")


# The category of the back office's question about units that are nowhere to be found.
OUT_OF_STOCK = "out_of_stock"
# The category of the question whether a bin holds what the books say, and the reason of what is set aside meanwhile.
BIN_DOUBTED = "bin_doubted"
# The questions about goods that a supplier owes, and about what came instead of them.
SUPPLIER_LATE = "supplier_late"
RECEIPT_DIFFERS = "receipt_differs"


class SourcingRuleKind(TextChoices):
    """The values are those of ``warehouse.planning.sourcing_rules``."""

    FEWEST_PARCELS = "fewest_parcels", _("Fewest parcels")
    PRIORITY = "priority", _("Priority of the warehouses")
    CLOSEST = "closest", _("Closest")
    CAPACITY = "capacity", _("Capacity left today")
    CHEAPEST = "cheapest", _("Cheapest shipping")
    SAFETY_STOCK = "safety_stock", _("Leave something on the shelf")


class SourcingCause(TextChoices):
    """Why it was decided where units come from."""

    PLACEMENT = "placement", _("The order was placed")
    DRAFT = "draft", _("Goods were reserved for a draft")
    CHANGE = "change", _("The order was changed")
    BACKORDER = "backorder", _("Goods came in")
    SHORT = "short", _("The bin had too few")
    REJECTION = "rejection", _("The location can't do it")
    SOURCED_AGAIN = "sourced_again", _("Units had lost their shelf")


class RejectReason(TextChoices):
    """Why a location can't do its work. The first two say that goods aren't there, so the books follow."""

    OUT_OF_STOCK = "out_of_stock", _("The goods aren't there")
    DAMAGED = "damaged", _("The goods are damaged")
    NO_CAPACITY = "no_capacity", _("No capacity")
    CLOSED = "closed", _("Closed")
    OTHER = "other", _("Something else")


# With these the location says that it has fewer goods than the books.
CORRECTS_STOCK = (RejectReason.OUT_OF_STOCK, RejectReason.DAMAGED)
