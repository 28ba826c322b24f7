"""Doubt a bin whose goods a picker did not find: nobody is sent there and nothing is promised from it until a count."""

from django.db.models import Sum

from orders.kernel.actor import Actor
from orders.kernel.work import work
from orders.services.exception import open_exception
from warehouse.locks import locked_bins, locked_levels
from warehouse.models import BinStock, StockMovement
from warehouse.services.book import Entry, book_stock
from warehouse.states import BIN_DOUBTED, MovementKind


def doubt_bin(bin_id: int, product_id: int, *, warehouse_id: int, by: Actor) -> None:
    """Set aside what the books still say lies there and nobody has reserved, and ask a person to count it.

    One missed find is too little to write the rest off, and too much to send the next picker. What others have
    reserved stays theirs: the count decides. ``assign_tasks`` passes the bin by as long as the question is open.
    """
    with work(by=by):
        level = next(row for row in locked_levels([product_id]) if row.warehouse_id == warehouse_id)
        shelf = next(row for row in locked_bins(warehouse_id, [product_id]) if row.bin_id == bin_id)
        if not shelf.on_hand:
            return
        free = min(shelf.on_hand - shelf.picking, level.on_hand - level.allocated - level.unavailable)
        book_stock(_set_aside(shelf, max(0, free)))
        open_exception(
            order_id=None,
            category=BIN_DOUBTED,
            subject_kind="bin_stock",
            subject_id=str(shelf.pk),
            facts={"bin": shelf.bin.code, "units": shelf.on_hand, "sku": shelf.product.sku},
            by=by,
        )


def trust_bin(bin_stock_id: int, *, by: Actor) -> None:
    """The question is answered: what was set aside can be promised and fetched again."""
    with work(by=by):
        shelf = BinStock.objects.select_related("bin").get(pk=bin_stock_id)
        locked_levels([shelf.product_id])
        doubts = StockMovement.objects.filter(bin=shelf.bin_id, product=shelf.product_id, reason=BIN_DOUBTED)
        book_stock(_set_aside(shelf, -(doubts.aggregate(sum=Sum("unavailable_delta"))["sum"] or 0)))


def _set_aside(shelf: BinStock, units: int) -> list[Entry]:
    entry = Entry(
        kind=MovementKind.ADJUSTED,
        product_id=shelf.product_id,
        warehouse_id=shelf.bin.warehouse_id,
        unavailable=units,
        bin_id=shelf.bin_id,
        reason=BIN_DOUBTED,
    )
    return [entry] if units else []
