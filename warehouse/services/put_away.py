"""Put away: received units go from the dock into a bin."""

from django.utils import timezone
from django.utils.translation import gettext as _

from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from warehouse.errors import NotPutAway, UnknownBin
from warehouse.events import GoodsPutAway
from warehouse.locks import locked_bins, locked_put_away
from warehouse.models import Bin, PutAwayTask
from warehouse.services.book import Entry, book_stock
from warehouse.services.open_station import open_station
from warehouse.states import BinKind, MovementKind, PutAwayStatus

_PLACES = (BinKind.PICK, BinKind.BULK)


def put_away(task_id: int, *, bin: str = "", units: int | None = None, by: Actor) -> PutAwayTask:
    """Say that the units of a task lie in ``bin`` (its code; empty: the suggested one), or some of them.

    Fewer ``units`` leave a task for the rest. What pickers took from the dock meanwhile, or will, isn't there to be
    put away: the task gets smaller, and is cancelled when nothing is left. Raises ``NotPutAway``, ``UnknownBin``.
    """
    with work(by=by):
        task = locked_put_away(task_id)
        if task.status != PutAwayStatus.OPEN:
            raise NotPutAway(_("This task is done."))
        if units is not None and not 1 <= units <= task.quantity:
            raise NotPutAway(_("units: from 1 to {most}.").format(most=task.quantity))
        place = _place(task, bin)
        dock = open_station(task.warehouse_id, BinKind.RECEIVING)
        on_dock = [s for s in locked_bins(task.warehouse_id, [task.product_id]) if s.bin_id == dock.pk]
        free = sum(shelf.on_hand - shelf.picking for shelf in on_dock)
        moved = min(units or task.quantity, free)
        if not moved:
            task.cancel()
            task.finished_at = timezone.now()
            task.save(update_fields=["status", "finished_at"])
            return task
        _leave_the_rest(task, min(task.quantity, free) - moved)
        task.finish()
        task.bin, task.moved, task.finished_at = place, moved, timezone.now()
        task.save(update_fields=["status", "bin", "moved", "finished_at"])
        emit(
            GoodsPutAway(
                order_id=None,
                warehouse=task.warehouse.code,
                bin=place.code,
                sku=task.product.sku,
                units=moved,
            )
        )
        book_stock(
            [
                Entry(
                    kind=MovementKind.PUT_AWAY,
                    product_id=task.product_id,
                    warehouse_id=task.warehouse_id,
                    bin_id=bin_id,
                    bin=n,
                    reason=task.receipt_line.receipt.public_id,
                )
                for bin_id, n in ((dock.pk, -moved), (place.pk, moved))
            ]
        )
        return task


def _place(task: PutAwayTask, code: str) -> Bin:
    if not code and task.bin is not None:
        return task.bin
    place = Bin.objects.filter(warehouse=task.warehouse_id, code__iexact=code.strip(), is_active=True).first()
    if place is None:
        raise UnknownBin(_("bin: this warehouse has no bin with this code."))
    if place.kind not in _PLACES:
        raise NotPutAway(_("bin: goods are put away into pick or bulk bins."))
    return place


def _leave_the_rest(task: PutAwayTask, rest: int) -> None:
    """What was not put away now is a task of its own."""
    if rest > 0:
        task.quantity -= rest
        task.save(update_fields=["quantity"])
        PutAwayTask.objects.create(
            warehouse_id=task.warehouse_id,
            receipt_line_id=task.receipt_line_id,
            product_id=task.product_id,
            quantity=rest,
            bin_id=task.bin_id,
        )
