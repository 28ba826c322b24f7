"""Pick: units leave their bin for the packing station."""

from collections.abc import Collection

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from orders.events import LineQuantity
from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from orders.models import Order
from orders.services.count import Change, count
from warehouse.errors import NotPickable
from warehouse.events import UnitsPicked
from warehouse.locks import locked_task
from warehouse.models import FulfillmentOrder, FulfillmentOrderLine, PickList, PickTask, Tote
from warehouse.services.book import Entry, book_stock
from warehouse.services.free_totes import free_totes
from warehouse.services.open_station import open_station
from warehouse.services.respect_holds import refuse_if_held
from warehouse.services.save_rows import save_rows
from warehouse.services.settle_waves import settle_waves
from warehouse.states import (
    CLOSED_SHORT,
    TO_DO,
    BinKind,
    FulfillmentOrderStatus,
    MovementKind,
    PickKind,
    PickListStatus,
)


def pick_units(task_id: int, *, quantity: int, by: Actor) -> PickTask:
    """Take units of a task out of its bin; on hand doesn't change, the units wait at the packing station.

    1 lock 2 guard 3 count task, work order and line 4 tell 5 book bin to station. Raises ``OnHold``,
    ``NotPickable``.
    """
    with work(by=by):
        order, fulfillment_order, pick_list, task = locked_task(task_id)
        _guard(order, task, quantity)
        task.picked += quantity
        if task.picked == task.quantity:
            task.pick()
            task.finished_at = timezone.now()
        task.save(update_fields=["picked", "status", "finished_at"])
        line = FulfillmentOrderLine.objects.get(fulfillment_order=fulfillment_order, line=task.line)
        line.picked += quantity
        line.save(update_fields=["picked"])
        _start(fulfillment_order, pick_list)
        finish_if_done([pick_list])
        count(order.pk, {task.line_id: Change(picked=quantity)})
        emit(
            UnitsPicked(
                order_id=order.pk,
                pick_list=pick_list.public_id,
                bin=task.bin.code,
                line=LineQuantity(line=task.line.public_id, sku=task.line.sku, quantity=quantity),
            )
        )
        station = open_station(pick_list.warehouse_id, BinKind.PACKING)
        out, into = (
            Entry(
                kind=MovementKind.PICKED,
                product_id=task.product_id,
                warehouse_id=pick_list.warehouse_id,
                bin_id=bin_id,
                bin=units,
                picking=picking,
                line_id=task.line_id,
            )
            for bin_id, units, picking in ((task.bin_id, -quantity, -quantity), (station.pk, quantity, 0))
        )
        book_stock([out, into])
        return task


def finish_if_done(pick_lists: Collection[PickList]) -> None:
    """Close lists without open tasks: picked, or cancelled when nobody looked for anything; joins the open work.

    The caller holds their locks. A wave ends with its last list. A few statements, however many lists.
    """
    at_work = [row for row in pick_lists if row.status in (PickListStatus.RELEASED, PickListStatus.IN_PROGRESS)]
    tasks = PickTask.objects.filter(pick_list__in=at_work)
    to_do = set(tasks.filter(status__in=TO_DO).values_list("pick_list", flat=True))
    walked = set(tasks.filter(Q(picked__gt=0) | Q(status__in=CLOSED_SHORT)).values_list("pick_list", flat=True))
    done = [row for row in at_work if row.pk not in to_do]
    for row in done:
        if row.pk in walked:
            row.finish()
        else:
            row.cancel()
        row.finished_at = timezone.now()
    save_rows(done, ["status", "finished_at"])
    settle_waves(done)
    clusters = [row for row in done if row.kind == PickKind.CLUSTER]
    if clusters:
        free_totes(Tote.objects.filter(pick_list__in=clusters).values_list("fulfillment_order", flat=True))


def _guard(order: Order, task: PickTask, quantity: int) -> None:
    refuse_if_held(order, [task.line_id])
    if task.status not in TO_DO:
        raise NotPickable(_("This task is done."))
    left = task.quantity - task.picked
    if not 1 <= quantity <= left:
        raise NotPickable(_("Take at most {left} here.").format(left=left))


def _start(fulfillment_order: FulfillmentOrder, pick_list: PickList) -> None:
    if fulfillment_order.status == FulfillmentOrderStatus.OPEN:
        fulfillment_order.start()
        fulfillment_order.version += 1
        fulfillment_order.save(update_fields=["status", "version", "updated_at"])
    if pick_list.status == PickListStatus.RELEASED:
        pick_list.start()
        pick_list.save(update_fields=["status"])
