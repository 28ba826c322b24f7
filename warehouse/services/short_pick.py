"""Short: the bin has less than the books say, so the books follow the bin and the units are sourced again."""

from collections.abc import Sequence

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
from warehouse.services.assign_tasks import assign_tasks
from warehouse.services.book import Entry, book_stock
from warehouse.services.doubt_bin import doubt_bin
from warehouse.services.open_station import open_station
from warehouse.services.pick import finish_if_done
from warehouse.services.reallocate import reallocate_units
from warehouse.services.respect_holds import refuse_if_held
from warehouse.services.settle_work import settle_work, tell_if_all_sealed
from warehouse.services.start_pick_list import refuse_if_anothers
from warehouse.services.take_off_lists import take_off_lists
from warehouse.states import TO_DO, BinKind, MovementKind, PickListStatus, ShortReason, SourcingCause


def short_pick(
    task_id: int, *, reason: ShortReason, user_id: int | None = None, is_offered: bool = False, by: Actor
) -> PickTask:
    """Close a task with what was found; what is missing leaves that bin, and the line gets other goods.

    Damaged goods go to quarantine, where they no longer count as available; goods not found leave the books, and
    their bin is in doubt: nobody on this walk is sent there again. 1 lock 2 guard 3 close the task 4 book 5 source
    again: another bin on the same walk, another warehouse, a backorder, or a hold and a person. ``user_id``: the
    picker. ``is_offered``: they have found something similar, so the caller looks after what is missing. Raises
    ``TakenByAnother``, ``OnHold``, ``NotPickable``.
    """
    with work(by=by):
        order, fulfillment_order, pick_list, task = locked_task(task_id, with_walk=True)
        refuse_if_anothers(pick_list, user_id)
        refuse_if_held(order, [task.line_id])
        if task.status not in TO_DO:
            raise NotPickable(_("This task is done."))
        missing = task.quantity - task.picked
        if is_offered:
            task.substitute()
        else:
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
        sent_there = [task]
        if reason != ShortReason.DAMAGED:
            sent_there += _call_back(task)
            doubt_bin(task.bin_id, task.product_id, warehouse_id=pick_list.warehouse_id, by=by)
        if not is_offered:
            reallocate_units(
                order.pk,
                {task.line_id: missing},
                reason=reason,
                cause=SourcingCause.SHORT,
                onto=fulfillment_order,
                by=by,
            )
        if pick_list.status in (PickListStatus.RELEASED, PickListStatus.IN_PROGRESS):
            assign_tasks(pick_list, _to_fetch(sent_there))
        finish_if_done([pick_list])
        fulfillment_order.refresh_from_db()
        settle_work([fulfillment_order])
        tell_if_all_sealed([fulfillment_order])
        return task


def _call_back(task: PickTask) -> list[PickTask]:
    """Take the walk's other tasks at the same goods off it: their picker would find no more."""
    rows = PickTask.objects.filter(
        pick_list=task.pick_list_id, bin=task.bin_id, product=task.product_id, status__in=TO_DO
    )
    others = list(rows.select_related("pick_list").order_by("pk"))
    take_off_lists(others)
    return others


def _to_fetch(tasks: Sequence[PickTask]) -> list[FulfillmentOrderLine]:
    """What these tasks were for, as far as it is on no list now."""
    wanted = {(task.fulfillment_order_id, task.line_id) for task in tasks}
    lines = unreleased_lines({task.fulfillment_order_id for task in tasks})
    return [line for line in lines if (line.fulfillment_order_id, line.line_id) in wanted]


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
