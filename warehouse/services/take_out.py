"""Choose the bins that goods leave when they leave the books without being picked."""

from collections import Counter
from collections.abc import Iterable

from django.utils.translation import gettext as _

from warehouse.errors import StockTooLow
from warehouse.locks import locked_bins
from warehouse.services.book import Entry
from warehouse.states import UNPICKABLE, MovementKind


def take_out(
    warehouse_id: int,
    product_id: int,
    units: int,
    *,
    reason: str,
    bin_id: int | None = None,
    so_far: Iterable[Entry] = (),
) -> list[Entry]:
    """Entries that take ``units`` out of one bin, or out of whichever bins hold units that no pick task waits for.

    ``so_far`` are entries not booked yet, whose effect on the bins counts. Raises ``StockTooLow``.
    """
    free: Counter[int] = Counter()
    for shelf in locked_bins(warehouse_id, [product_id]):
        if shelf.bin_id == bin_id or (bin_id is None and shelf.bin.kind not in UNPICKABLE):
            free[shelf.bin_id] = shelf.on_hand - shelf.picking
    for entry in so_far:
        if entry.bin_id is not None and entry.bin_id in free and entry.product_id == product_id:
            free[entry.bin_id] += entry.bin - entry.picking
    entries, left = [], units
    for place, available in free.items():
        taken = min(left, max(0, available))
        if taken:
            left -= taken
            entries.append(
                Entry(
                    kind=MovementKind.ADJUSTED,
                    product_id=product_id,
                    warehouse_id=warehouse_id,
                    on_hand=-taken,
                    bin_id=place,
                    bin=-taken,
                    reason=reason,
                )
            )
    if left:
        raise StockTooLow(
            _("Only {free} units lie free there; the others are being fetched or packed.").format(free=units - left)
        )
    return entries
