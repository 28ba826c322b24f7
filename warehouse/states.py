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


class PickTaskStatus(TextChoices):
    OPEN = "open", _("Open")
    PICKED = "picked", _("Picked")
    SHORT = "short", _("Short")
    SKIPPED = "skipped", _("Skipped")
    SUBSTITUTED = "substituted", _("Substituted")
    CANCELLED = "cancelled", _("Cancelled")


# Tasks that somebody still has to do.
TO_DO = (PickTaskStatus.OPEN, PickTaskStatus.SKIPPED)


class ShortReason(TextChoices):
    NOT_FOUND = "not_found", _("Not found")
    DAMAGED = "damaged", _("Damaged")
    WRONG_ITEM = "wrong_item", _("Another item in the bin")


class ScanKind(TextChoices):
    BIN = "bin", _("Bin")
    ITEM = "item", _("Item")
    QUANTITY = "quantity", _("Quantity")
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
