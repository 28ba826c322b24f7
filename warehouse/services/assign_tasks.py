"""Give pick lists their tasks, in the order of a short walk, and reserve the bins; for whoever releases work."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from warehouse.locks import locked_bins
from warehouse.models import FulfillmentOrderLine, PickList, PickTask, Tote, Warehouse
from warehouse.planning.bins import Fetch, Grip
from warehouse.planning.pick_lists import Floor
from warehouse.selectors.shelves import floor_of, grips_for, pickable
from warehouse.services.book import Entry, book_stock
from warehouse.states import MovementKind, PickKind


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """The lines that are to be fetched by their pk, which bins give how much for them, and where those bins are."""

    lines: dict[int, FulfillmentOrderLine]
    grips: list[Grip]
    floor: Floor


def find_goods(
    warehouse: Warehouse, wanted: Sequence[FulfillmentOrderLine], *, aisles: Collection[str] = ()
) -> Fetched:
    """Choose bins for ``wanted`` units (each line's ``unreleased``), those of ``aisles`` before others; joins the work.

    The bins are locked before they are read, so two lists never count on the same unit. A bin in doubt is passed by.
    """
    shelves = pickable(locked_bins(warehouse.pk, {line.line.product_id for line in wanted}))
    fetches = [
        Fetch(key=line.pk, product_id=line.line.product_id, quantity=line.unreleased)  # type: ignore[attr-defined]
        for line in wanted
    ]
    return Fetched(
        lines={line.pk: line for line in wanted},
        grips=grips_for(fetches, shelves, aisles),
        floor=floor_of(warehouse, shelves),
    )


def assign_tasks(pick_list: PickList, wanted: Sequence[FulfillmentOrderLine]) -> list[PickTask]:
    """Give one list tasks for all of ``wanted`` that a bin has, behind those that it has; joins the open work."""
    if not wanted:
        return []
    fetched = find_goods(pick_list.warehouse, wanted)
    walk = fetched.floor.walk(grip.bin_id for grip in fetched.grips)
    place = {bin_id: i for i, bin_id in enumerate(walk.bins)}
    grips = sorted(fetched.grips, key=lambda grip: (place[grip.bin_id], grip.key))
    return write_tasks(pick_list, fetched, grips, metres=walk.metres)


def write_tasks(pick_list: PickList, fetched: Fetched, grips: Sequence[Grip], *, metres: float) -> list[PickTask]:
    """Tasks for ``grips`` in their order, saved with their list where it is new; their bins are reserved."""
    if not grips:
        return []
    if pick_list.pk is None:
        pick_list.planned_metres = Decimal(str(round(metres, 1)))
        pick_list.save()
    done = pick_list.tasks.count()
    totes = _totes(pick_list)
    tasks = []
    for i, grip in enumerate(grips, start=1):
        line = fetched.lines[grip.key]
        task = PickTask(
            pick_list=pick_list,
            fulfillment_order_id=line.fulfillment_order_id,
            line=line.line,
            product_id=line.line.product_id,
            bin_id=grip.bin_id,
            tote_id=totes.get(line.fulfillment_order_id),
            sequence=done + i,
            quantity=grip.quantity,
        )
        tasks.append(task)
    PickTask.objects.bulk_create(tasks)
    book_stock(
        [
            Entry(
                kind=MovementKind.PICKED,
                product_id=task.product_id,
                warehouse_id=pick_list.warehouse_id,
                bin_id=task.bin_id,
                picking=task.quantity,
            )
            for task in tasks
        ]
    )
    return tasks


def _totes(pick_list: PickList) -> dict[int, int]:
    """By fulfillment order the tote that its units go into."""
    if pick_list.kind != PickKind.CLUSTER:
        return {}
    return dict(Tote.objects.filter(pick_list=pick_list).values_list("fulfillment_order_id", "pk"))
