"""Forget reservations: what a draft kept goes back on sale, and nothing names its lines any more."""

from collections.abc import Collection

from warehouse.models import Allocation, Backorder
from warehouse.services.book import Entry, book_stock
from warehouse.states import AllocationStatus, MovementKind


def forget_reservations(line_ids: Collection[int]) -> None:
    """Book what these lines hold back and delete their allocations and backorders. Joins the open work.

    Their order is locked and was never released to the warehouse; line counters are the caller's.
    """
    mine = Allocation.objects.filter(line_id__in=line_ids)
    held = list(mine.filter(status=AllocationStatus.OPEN).order_by("pk"))
    Backorder.objects.filter(line_id__in=line_ids).delete()
    mine.delete()
    book_stock(
        [
            Entry(
                kind=MovementKind.RELEASED,
                product_id=row.product_id,
                warehouse_id=row.warehouse_id,
                allocated=-row.quantity,
                reason="draft",
            )
            for row in held
        ]
    )
