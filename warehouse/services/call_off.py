"""Take back what the warehouse did for units of order lines, the least progress first.

Used by whoever calls units off: a cancellation, a stock adjustment, which may touch a thousand orders. Changes are
gathered and written at the end: work first, then the lines' counters, the stock's books last.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from typing import TypeVar

from django.utils import timezone

from orders.models import OrderLine
from orders.selectors import drafts_among
from orders.services.count import Change, count, count_reserved
from warehouse.locks import locked_fulfillment_orders, locked_levels, locked_pick_lists
from warehouse.models import Allocation, Backorder, FulfillmentOrder, FulfillmentOrderLine, PickTask, PutBackTask
from warehouse.services.book import Entry, book_stock
from warehouse.services.follow_supply import trim_supplies
from warehouse.services.free_totes import free_totes
from warehouse.services.open_station import open_station
from warehouse.services.pick import finish_if_done
from warehouse.services.save_rows import save_rows
from warehouse.services.settle_work import settle_work, tell_if_all_sealed
from warehouse.services.take_out import take_out
from warehouse.states import ACTIVE, TO_DO, UNFILLED, AllocationStatus, BinKind, MovementKind

Row = TypeVar("Row", Allocation, FulfillmentOrderLine)


def _by_line(rows: Iterable[Row]) -> defaultdict[int, list[Row]]:
    found: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.line_id].append(row)
    return found


class CallOff:
    """Units of some lines on their way back; the caller holds the locks of their orders.

    ``warehouse_id`` limits it to what stands in one warehouse. Without ``restock`` the units leave the books.
    The number of statements doesn't grow with the lines, unless picked units must be put back.
    """

    def __init__(self, lines: Collection[OrderLine], *, warehouse_id: int | None = None, restock: bool = True) -> None:
        place = {} if warehouse_id is None else {"warehouse_id": warehouse_id}
        line_ids = [line.pk for line in lines]
        self._owners = {line.pk: line.order_id for line in lines}
        self._restock = restock
        # Only an adjustment meets drafts: their own reservations are forgotten, not called off.
        self._drafts = set() if warehouse_id is None else drafts_among(self._owners.values())
        mine = Allocation.objects.filter(line_id__in=line_ids, status=AllocationStatus.OPEN, **place)
        self._allocations = _by_line(mine.order_by("-pk"))
        active = FulfillmentOrder.objects.filter(lines__line__in=line_ids, status__in=ACTIVE, **place)
        self._work = {row.pk: row for row in locked_fulfillment_orders(active.values_list("pk", flat=True))}
        asked = {"fulfillment_order__in": list(self._work), "line_id__in": line_ids}
        self._lines = _by_line(FulfillmentOrderLine.objects.filter(**asked).order_by("-pk"))
        self._tasks: defaultdict[tuple[int, int], list[PickTask]] = defaultdict(list)
        self._pick_lists = locked_pick_lists(self._gather(PickTask.objects.filter(**asked).order_by("-pk")))
        if not restock:
            locked_levels({line.product_id for line in lines})
        self._shortened: list[PickTask] = []
        self._entries: list[Entry] = []
        self._moved: defaultdict[int, Counter[str]] = defaultdict(Counter)

    def waiting(self, line: OrderLine, units: int) -> int:
        """Call off at most ``units`` that wait for goods; returns how many there were."""
        row = Backorder.objects.filter(line=line, status__in=UNFILLED).first()
        if row is None or not units:
            return 0
        called_off = min(units, row.quantity)
        row.quantity -= called_off
        if not row.quantity:
            row.cancel()
        row.save(update_fields=["quantity", "status"])
        trim_supplies([row])
        self._moved[line.pk]["backordered"] -= called_off
        return called_off

    def unpicked(self, line: OrderLine, units: int) -> int:
        """Call off at most ``units`` that are reserved and still lie in their bins; returns how many there were."""
        left = units
        for allocation in self._allocations[line.pk]:
            left -= self._release(allocation, min(left, allocation.quantity - self._asked_for(allocation)))
        for row in self._lines[line.pk]:
            on_lists = sum(task.quantity - task.picked for task in self._open_tasks(row))
            left -= self._shrink(row, min(left, row.quantity - row.picked - on_lists))
        for row in self._lines[line.pk]:
            for task in self._open_tasks(row):
                left -= self._shrink(row, self._shorten(task, min(left, task.quantity - task.picked)), task.bin_id)
        return units - left

    def picked(self, line: OrderLine, units: int) -> int:
        """Call off at most ``units`` that are picked and in no package: they are to be put back."""
        left = units
        for row in self._lines[line.pk]:
            left -= self._return(row, line, min(left, row.picked - row.packed))
        return units - left

    def write(self) -> None:
        """Save what was gathered; the stock's books come last."""
        rows = [row for rows in self._lines.values() for row in rows]
        save_rows(rows, ["quantity", "picked"])
        save_rows(self._shortened, ["quantity", "status", "finished_at"])
        finish_if_done(self._pick_lists.values())
        self._count()
        settle_work(self._work.values())
        tell_if_all_sealed(self._work.values())
        free_totes(pk for (pk, _line), tasks in self._tasks.items() if any(task.tote_id for task in tasks))
        book_stock(self._entries)

    def _count(self) -> None:
        """Lower the lines' counters; only orders of which more than reservations moved get new statuses."""
        count_reserved({pk: moved["allocated"] for pk, moved in self._moved.items() if moved.keys() == {"allocated"}})
        changes: defaultdict[int, dict[int, Change]] = defaultdict(dict)
        for pk, moved in self._moved.items():
            if moved.keys() != {"allocated"}:
                changes[self._owners[pk]][pk] = Change(**moved)
        for order_id, mine in changes.items():
            count(order_id, mine)

    def _gather(self, tasks: Iterable[PickTask]) -> set[int]:
        """Keep the tasks by what they are for; returns the lists on which some are still to be done."""
        lists = set()
        for task in tasks:
            self._tasks[task.fulfillment_order_id, task.line_id].append(task)
            if task.status in TO_DO:
                lists.add(task.pick_list_id)
        return lists

    def _asked_for(self, allocation: Allocation) -> int:
        """Units of an allocation that fulfillment orders still have to send."""
        return sum(
            row.quantity - row.shipped
            for row in self._lines[allocation.line_id]
            if self._warehouse_of(row) == allocation.warehouse_id
        )

    def _release(self, allocation: Allocation, units: int, bin_id: int | None = None) -> int:
        """Give units back to the shelf: the books' part."""
        if units <= 0:
            return 0
        allocation.quantity -= units
        product, warehouse = allocation.product_id, allocation.warehouse_id
        self._moved[allocation.line_id]["allocated"] -= units
        self._entries.append(
            Entry(
                kind=MovementKind.RELEASED,
                product_id=product,
                warehouse_id=warehouse,
                allocated=-units,
                line_id=allocation.line_id,
                names_line=self._owners[allocation.line_id] not in self._drafts,
            )
        )
        if not self._restock:
            self._entries += take_out(
                warehouse, product, units, bin_id=bin_id, reason="cancelled", so_far=self._entries
            )
        return units

    def _shrink(self, row: FulfillmentOrderLine, units: int, bin_id: int | None = None) -> int:
        """Ask a warehouse for fewer units."""
        if units <= 0:
            return 0
        row.quantity -= units
        warehouse = self._warehouse_of(row)
        allocation = next(a for a in self._allocations[row.line_id] if a.warehouse_id == warehouse)
        return self._release(allocation, units, bin_id)

    def _shorten(self, task: PickTask, units: int) -> int:
        """Fetch fewer units, or none at all; their bin is free for others."""
        if units <= 0:
            return 0
        if task.picked or units < task.quantity:
            task.quantity -= units
            if task.picked == task.quantity:
                task.pick()
                task.finished_at = timezone.now()
        else:
            task.cancel()
        self._shortened.append(task)
        self._entries.append(
            Entry(
                kind=MovementKind.RELEASED,
                product_id=task.product_id,
                warehouse_id=self._pick_lists[task.pick_list_id].warehouse_id,
                bin_id=task.bin_id,
                picking=-units,
            )
        )
        return units

    def _return(self, row: FulfillmentOrderLine, line: OrderLine, units: int) -> int:
        """Somebody carries picked units back from the packing station, unless they are not to be sold again."""
        if units <= 0:
            return 0
        row.picked -= units
        self._moved[row.line_id]["picked"] -= units
        warehouse = self._work[row.fulfillment_order_id].warehouse_id
        assert warehouse is not None
        station = open_station(warehouse, BinKind.PACKING)
        if self._restock:
            came_from = next(task.bin_id for task in self._tasks_of(row) if task.picked)
            PutBackTask.objects.create(
                warehouse_id=warehouse, line=line, product_id=line.product_id, bin_id=came_from, quantity=units
            )
        return self._shrink(row, units, station.pk)

    def _tasks_of(self, row: FulfillmentOrderLine) -> list[PickTask]:
        return self._tasks[row.fulfillment_order_id, row.line_id]

    def _open_tasks(self, row: FulfillmentOrderLine) -> list[PickTask]:
        return [task for task in self._tasks_of(row) if task.status in TO_DO]

    def _warehouse_of(self, row: FulfillmentOrderLine) -> int | None:
        return self._work[row.fulfillment_order_id].warehouse_id
