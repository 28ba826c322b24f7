"""Release work to the floor: a pick list with its tasks in walk order."""

from collections.abc import Collection, Iterable

from django.utils import timezone
from django.utils.translation import gettext as _

from orders.events import LineQuantity
from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from orders.locks import locked_orders
from orders.models import Order
from orders.states import OrderStatus
from warehouse.errors import NotReleasable
from warehouse.events import PickListReleased
from warehouse.locks import locked_fulfillment_orders, locked_walk
from warehouse.models import FulfillmentOrder, FulfillmentOrderLine, PickList, PickTask
from warehouse.selectors.work import unreleased_lines
from warehouse.services.assign_tasks import assign_tasks
from warehouse.services.respect_holds import held_lines, on_hold
from warehouse.services.respect_policy import refuse_if_incomplete
from warehouse.states import ACTIVE, PickKind, PickListStatus

_UNDER_WAY = (PickListStatus.RELEASED, PickListStatus.IN_PROGRESS, PickListStatus.PICKED)


def release_pick_list(fulfillment_order_ids: Collection[int], *, picker_id: int | None = None, by: Actor) -> PickList:
    """Make one walk through one warehouse for these fulfillment orders; what no bin holds is left for later.

    1 lock 2 guard 3 choose bins 4 write list and tasks 5 reserve the bins 6 tell. Raises ``OnHold`` when a hold
    stops all of an order, ``NotComplete`` when one that ships complete waits for goods, ``NotReleasable`` when there is
    nothing to fetch.
    """
    with work(by=by):
        orders, rows = _locked(fulfillment_order_ids)
        _guard(orders, rows)
        wanted = _wanted(orders, rows)
        kind = PickKind.SINGLE if len(rows) == 1 else PickKind.BATCH
        pick_list = PickList(warehouse=rows[0].warehouse, kind=kind, picker_id=picker_id, released_at=timezone.now())
        pick_list.release()
        tasks = assign_tasks(pick_list, wanted)
        if not tasks:
            raise NotReleasable(_("Nothing of it can be fetched now: it is on a pick list, or its shelf is empty."))
        pick_list.fulfillment_orders.set({task.fulfillment_order_id for task in tasks})
        tell_released(rows, pick_list, tasks)
        return pick_list


def extend_pick_list(pick_list_id: int, fulfillment_order_ids: Collection[int], *, by: Actor) -> list[PickTask]:
    """Fetch these on a walk that is under way, too: their picker is just there. Returns the new tasks.

    Raises what ``release_pick_list`` raises, and ``NotReleasable`` for a walk that is over or elsewhere.
    """
    with work(by=by):
        orders, rows = _locked(fulfillment_order_ids)
        pick_list = locked_walk(pick_list_id)
        _guard(orders, rows)
        if pick_list.warehouse_id != rows[0].warehouse_id or pick_list.status not in _UNDER_WAY:
            raise NotReleasable(_("This walk is over, or in another warehouse."))
        tasks = assign_tasks(pick_list, _wanted(orders, rows))
        if tasks and pick_list.status == PickListStatus.PICKED:
            pick_list.reopen()
            pick_list.save(update_fields=["status"])
        pick_list.fulfillment_orders.add(*{task.fulfillment_order_id for task in tasks})
        tell_released(rows, pick_list, tasks)
        return tasks


def tell_released(rows: Iterable[FulfillmentOrder], pick_list: PickList, tasks: Collection[PickTask]) -> None:
    """Say for each order what of it is on the list; joins the open work."""
    for row in rows:
        mine = [task for task in tasks if task.fulfillment_order_id == row.pk]
        if mine:
            emit(
                PickListReleased(
                    order_id=row.order_id,
                    pick_list=pick_list.public_id,
                    fulfillment_order=row.public_id,
                    lines=tuple(
                        LineQuantity(line=task.line.public_id, sku=task.line.sku, quantity=task.quantity)
                        for task in mine
                    ),
                )
            )


def _locked(fulfillment_order_ids: Collection[int]) -> tuple[dict[int, Order], list[FulfillmentOrder]]:
    owners = FulfillmentOrder.objects.filter(pk__in=fulfillment_order_ids).values_list("order_id", flat=True)
    orders = {order.pk: order for order in locked_orders(owners)}
    return orders, locked_fulfillment_orders(fulfillment_order_ids)


def _guard(orders: dict[int, Order], rows: list[FulfillmentOrder]) -> None:
    if not rows:
        raise NotReleasable(_("Choose at least one fulfillment order."))
    if len({row.warehouse_id for row in rows}) != 1 or rows[0].warehouse_id is None:
        raise NotReleasable(_("A pick list is one walk through one warehouse."))
    for row in rows:
        order = orders[row.order_id]
        if row.status not in ACTIVE or order.status != OrderStatus.CONFIRMED:
            raise NotReleasable(_("Order {number} has nothing to pick any more.").format(number=order.number))
    refuse_if_incomplete([orders[row.order_id] for row in rows])


def _wanted(orders: dict[int, Order], rows: list[FulfillmentOrder]) -> list[FulfillmentOrderLine]:
    """Lines with units that are on no list yet, without those on hold; an order that is all on hold is refused."""
    wanted = []
    for row in rows:
        lines = unreleased_lines([row.pk])
        held = held_lines(orders[row.order_id], {line.line_id for line in lines})
        if held and len(held) == len(lines):
            raise on_hold(next(iter(held.values())))
        wanted += [line for line in lines if line.line_id not in held]
    return wanted
