"""Undo a pick: units go from the packing station back to their bin."""

from django.utils.translation import gettext as _

from orders.events import LineQuantity
from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from orders.services.count import Change, count
from warehouse.errors import NotUndoable
from warehouse.events import PickUndone
from warehouse.locks import locked_task
from warehouse.models import FulfillmentOrderLine, PickTask
from warehouse.services.book import Entry, book_stock
from warehouse.services.open_station import open_station
from warehouse.services.settle_waves import reopen_wave
from warehouse.services.start_pick_list import refuse_if_anothers
from warehouse.states import BinKind, MovementKind, PickListStatus, PickTaskStatus

_UNDOABLE = (PickTaskStatus.OPEN, PickTaskStatus.SKIPPED, PickTaskStatus.PICKED)


def undo_pick(task_id: int, *, quantity: int | None = None, user_id: int | None = None, by: Actor) -> PickTask:
    """Put units of a task back, all of them when ``quantity`` is left out, and open the task again.

    ``user_id``: the picker. Raises ``TakenByAnother``, and ``NotUndoable`` when they lie in a package (unpack them
    first) or the task was closed short.
    """
    with work(by=by):
        order, fulfillment_order, pick_list, task = locked_task(task_id)
        refuse_if_anothers(pick_list, user_id)
        units = task.picked if quantity is None else quantity
        line = FulfillmentOrderLine.objects.get(fulfillment_order=fulfillment_order, line=task.line)
        if task.status not in _UNDOABLE or not 1 <= units <= task.picked:
            raise NotUndoable(_("Nothing of this task can be put back."))
        if units > line.picked - line.packed:
            raise NotUndoable(_("These units are packed. Take them out of the package first."))
        if task.status == PickTaskStatus.PICKED:
            task.undo()
            task.finished_at = None
        task.picked -= units
        task.save(update_fields=["picked", "status", "finished_at"])
        line.picked -= units
        line.save(update_fields=["picked"])
        if pick_list.status == PickListStatus.PICKED:
            pick_list.reopen()
            pick_list.finished_at = None
            pick_list.save(update_fields=["status", "finished_at"])
            reopen_wave(pick_list)
        count(order.pk, {task.line_id: Change(picked=-units)})
        emit(
            PickUndone(
                order_id=order.pk,
                pick_list=pick_list.public_id,
                bin=task.bin.code,
                line=LineQuantity(line=task.line.public_id, sku=task.line.sku, quantity=units),
            )
        )
        station = open_station(pick_list.warehouse_id, BinKind.PACKING)
        book_stock(
            [
                Entry(
                    kind=MovementKind.PUT_BACK,
                    product_id=task.product_id,
                    warehouse_id=pick_list.warehouse_id,
                    bin_id=bin_id,
                    bin=delta,
                    picking=picking,
                    line_id=task.line_id,
                )
                for bin_id, delta, picking in ((station.pk, -units, 0), (task.bin_id, units, units))
            ]
        )
        return task
