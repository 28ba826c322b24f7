"""Short: the bin has less than the books say, so the books follow the bin and the units are sourced again."""

from django.utils import timezone
from django.utils.translation import gettext as _

from orders.events import LineQuantity
from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from orders.services.count import Change, count
from warehouse.errors import NotPickable
from warehouse.events import PickShort
from warehouse.locks import locked_levels, locked_task
from warehouse.models import FulfillmentOrderLine, PickTask
from warehouse.selectors.work import unreleased_lines
from warehouse.services.book import Entry, book_stock
from warehouse.services.open_station import open_station
from warehouse.services.pick import finish_if_done
from warehouse.services.reallocate import reallocate_units
from warehouse.services.release_pick_list import assign_tasks
from warehouse.services.respect_holds import refuse_if_held
from warehouse.services.settle_work import settle_work, tell_if_all_sealed
from warehouse.states import TO_DO, BinKind, MovementKind, PickListStatus, ShortReason


def short_pick(task_id: int, *, reason: ShortReason, by: Actor) -> PickTask:
    """Close a task with what was found; what is missing leaves that bin, and the line gets other goods.

    Damaged goods go to quarantine, where they no longer count as available; goods not found leave the books.
    1 lock 2 guard 3 close the task 4 book 5 source again: another bin on the same walk, another warehouse, a
    backorder, or a hold and a person. Raises ``OnHold``, ``NotPickable``.
    """
    with work(by=by):
        order, fulfillment_order, pick_list, task = locked_task(task_id)
        refuse_if_held(order, [task.line_id])
        if task.status not in TO_DO:
            raise NotPickable(_("This task is done."))
        missing = task.quantity - task.picked
        task.short()
        task.short_reason = reason
        task.finished_at = timezone.now()
        task.save(update_fields=["status", "short_reason", "finished_at"])
        line = FulfillmentOrderLine.objects.get(fulfillment_order=fulfillment_order, line=task.line)
        line.quantity -= missing
        line.save(update_fields=["quantity"])
        count(order.pk, {task.line_id: Change(allocated=-missing)})
        emit(
            PickShort(
                order_id=order.pk,
                pick_list=pick_list.public_id,
                bin=task.bin.code,
                reason=reason,
                line=LineQuantity(line=task.line.public_id, sku=task.line.sku, quantity=missing),
            )
        )
        locked_levels([task.product_id])
        book_stock(_entries(task, missing, warehouse_id=pick_list.warehouse_id, reason=reason))
        reallocate_units(order.pk, {task.line_id: missing}, reason=reason, onto=fulfillment_order, by=by)
        if pick_list.status in (PickListStatus.RELEASED, PickListStatus.IN_PROGRESS):
            found = [line for line in unreleased_lines([fulfillment_order.pk]) if line.line_id == task.line_id]
            assign_tasks(pick_list, found)
        finish_if_done([pick_list])
        fulfillment_order.refresh_from_db()
        settle_work([fulfillment_order])
        tell_if_all_sealed([fulfillment_order])
        return task


def _entries(task: PickTask, units: int, *, warehouse_id: int, reason: ShortReason) -> list[Entry]:
    released = Entry(
        kind=MovementKind.RELEASED,
        product_id=task.product_id,
        warehouse_id=warehouse_id,
        allocated=-units,
        line_id=task.line_id,
        reason=reason,
    )
    is_damaged = reason == ShortReason.DAMAGED
    gone = Entry(
        kind=MovementKind.ADJUSTED,
        product_id=task.product_id,
        warehouse_id=warehouse_id,
        on_hand=0 if is_damaged else -units,
        unavailable=units if is_damaged else 0,
        bin_id=task.bin_id,
        bin=-units,
        picking=-units,
        reason=reason,
    )
    if not is_damaged:
        return [released, gone]
    aside = Entry(
        kind=MovementKind.ADJUSTED,
        product_id=task.product_id,
        warehouse_id=warehouse_id,
        bin_id=open_station(warehouse_id, BinKind.QUARANTINE).pk,
        bin=units,
        reason=reason,
    )
    return [released, gone, aside]
