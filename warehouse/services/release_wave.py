"""Release a wave: its work becomes pick lists on the floor, as far as it can still be fetched."""

from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from orders.errors import NotFound
from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from orders.locks import locked_orders
from orders.models import Order
from orders.states import OrderStatus
from warehouse.errors import NotReleasable
from warehouse.events import WaveReleased
from warehouse.locks import locked_fulfillment_orders, locked_waves
from warehouse.models import FulfillmentOrder, FulfillmentOrderLine, PickList, Wave
from warehouse.planning.pick_lists import PlannedList, make_lists
from warehouse.selectors.holds import held_among
from warehouse.selectors.waves import incomplete_orders
from warehouse.selectors.work import lacking_lines, unreleased_lines
from warehouse.services.assign_tasks import Fetched, find_goods, write_tasks
from warehouse.services.plan_wave import orders_on_a_list
from warehouse.services.release_pick_list import tell_released
from warehouse.states import ACTIVE, PickKind, WaveStatus


def release_wave(wave_id: int, *, by: Actor) -> Wave:
    """Make the lists of a planned wave: of its kind, through its aisles, each with the shortest walk.

    Orders that were held, called off, or put on another list since the plan stay behind; so does one of which something
    is missing now, if it ships complete or the wave wants complete orders only. 1 lock 2 guard 3 choose bins 4 write
    the lists 5 save 6 tell. Raises ``NotReleasable`` when it isn't planned any more, or nothing of it is left to fetch.
    """
    with work(by=by):
        orders, rows, wave = _locked(wave_id)
        if wave.status != WaveStatus.PLANNED:
            raise NotReleasable(_("This wave was released or cancelled before."))
        fetched = find_goods(wave.warehouse, _wanted(wave, orders, rows), aisles=wave.aisles)
        lists = _lists(wave, fetched)
        if not lists:
            raise NotReleasable(_("Nothing of this wave is left to fetch: cancel it, and plan another."))
        made = [_write(wave, fetched, each, rows) for each in lists]
        wave.release()
        wave.released_at = timezone.now()
        wave.lists = len(made)
        wave.save(update_fields=["status", "released_at", "lists"])
        emit(
            WaveReleased(
                order_id=None,
                wave=wave.public_id,
                warehouse=wave.warehouse.code,
                order_count=len({pk for each in lists for pk in each.orders}),
                pick_lists=tuple(pick_list.public_id for pick_list in made),
            )
        )
        return wave


def _locked(wave_id: int) -> tuple[dict[int, Order], list[FulfillmentOrder], Wave]:
    """The wave and, before it, all that it is about."""
    work_orders = FulfillmentOrder.objects.filter(waves=wave_id)
    orders = {order.pk: order for order in locked_orders(work_orders.values_list("order_id", flat=True))}
    rows = locked_fulfillment_orders(work_orders.values_list("pk", flat=True))
    found = locked_waves([wave_id])
    if not found:
        raise NotFound("There is no such wave.")
    return orders, rows, found[0]


def _wanted(wave: Wave, orders: dict[int, Order], rows: Sequence[FulfillmentOrder]) -> list[FulfillmentOrderLine]:
    """What can go now: of active work of confirmed orders, on no list, not on hold, not waiting to be complete."""
    lacking = lacking_lines([pk for pk, order in orders.items() if order.ships_complete])
    waits = {line.order_id for line in lacking}
    going = [
        row
        for row in rows
        if row.status in ACTIVE and orders[row.order_id].status == OrderStatus.CONFIRMED and row.order_id not in waits
    ]
    lines = unreleased_lines([row.pk for row in going])
    held = held_among({line.line_id: line.line.order_id for line in lines})
    if wave.complete_only:
        stopped = {line.line.order_id for line in lines if line.line_id in held}
        stopped |= incomplete_orders(orders)
        return [line for line in lines if line.line.order_id not in stopped]
    return [line for line in lines if line.line_id not in held]


def _lists(wave: Wave, fetched: Fetched) -> list[PlannedList]:
    owners = {pk: line.fulfillment_order_id for pk, line in fetched.lines.items()}
    grips = fetched.grips
    if wave.complete_only:
        missing = {pk: line.unreleased for pk, line in fetched.lines.items()}  # type: ignore[attr-defined]
        for grip in grips:
            missing[grip.key] -= grip.quantity
        short = {owners[pk] for pk, units in missing.items() if units}
        grips = [grip for grip in grips if owners[grip.key] not in short]
    is_by_zone = wave.kind == PickKind.ZONE
    return make_lists(grips, owners=owners, floor=fetched.floor, most=orders_on_a_list(wave), by_zone=is_by_zone)


def _write(wave: Wave, fetched: Fetched, planned: PlannedList, rows: Sequence[FulfillmentOrder]) -> PickList:
    pick_list = PickList(
        warehouse=wave.warehouse, kind=wave.kind, wave=wave, zone=planned.zone, released_at=timezone.now()
    )
    pick_list.release()
    tasks = write_tasks(pick_list, fetched, planned.grips, metres=planned.metres)
    pick_list.fulfillment_orders.set(planned.orders)
    tell_released(rows, pick_list, tasks)
    return pick_list
