"""Settle a purchase order after some of it came, was called off or got another date."""

from collections.abc import Sequence

from django.utils import timezone

from orders.kernel.actor import Actor
from orders.services.exception import resolve_exceptions
from warehouse.models import PurchaseOrder, PurchaseOrderLine
from warehouse.states import COMING, SUPPLIER_LATE, PurchaseOrderStatus


def settle_purchase(row: PurchaseOrder, lines: Sequence[PurchaseOrderLine], *, by: Actor) -> None:
    """Bring its status up to date and save it; whoever asks for what is late stops once nothing is.

    Joins the open work; the caller holds its lock.
    """
    has_come = any(line.received for line in lines)
    if not any(line.open for line in lines):
        row.receive() if has_come else row.cancel()
        row.closed_at = timezone.now()
    elif has_come and row.status != PurchaseOrderStatus.PARTIALLY_RECEIVED:
        row.receive_part()
    row.version += 1
    row.save()
    if row.status not in COMING or not overdue(lines):
        resolve_exceptions(
            category=SUPPLIER_LATE,
            subject_kind="purchase_order",
            subject_id=row.public_id,
            resolution="Nothing is late any more.",
            by=by,
        )


def overdue(lines: Sequence[PurchaseOrderLine]) -> list[PurchaseOrderLine]:
    """Lines with units that should have come before today."""
    today = timezone.localdate()
    return [line for line in lines if line.open and line.expected_on is not None and line.expected_on < today]
