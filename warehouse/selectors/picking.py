"""Where a picker stands on a list, read from the scans: the next task, and what may be scanned there."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from orders.models import OrderHold
from warehouse.models import FulfillmentOrder, PickList, PickTask, ScanEvent
from warehouse.planning.codes import as_quantity
from warehouse.selectors.holds import held_among
from warehouse.states import CLOSED_SHORT, TO_DO, PickKind, PickTaskStatus, ScanKind

# On a cluster list these count what is in the picker's hand; the tote's scan takes it.
_COUNTED = (ScanKind.ITEM, ScanKind.QUANTITY)


@dataclass(frozen=True, kw_only=True)
class HeldTask:
    """A task that has to wait, and the hold that stops it."""

    task: PickTask
    hold: OrderHold


@dataclass(frozen=True, kw_only=True)
class Position:
    """A picker on a list. ``here`` are the open tasks of the bin that was scanned last, the current one first.

    ``undoable`` is the last scan, if it took units that can be put back, or can be taken back otherwise. ``held`` are
    open tasks that a hold stops: nobody is sent there until it is released. On a cluster list ``toteless`` are orders
    that have no tote yet, and ``staged`` the units in the picker's hand that are still to go into the task's tote.
    """

    task: PickTask | None
    here: tuple[PickTask, ...]
    to_do: tuple[PickTask, ...]
    counts: bool
    undoable: ScanEvent | None
    held: tuple[HeldTask, ...] = ()
    toteless: tuple[FulfillmentOrder, ...] = ()
    staged: int = 0

    @property
    def is_at_bin(self) -> bool:
        """The current task's bin was scanned: now its item may be."""
        return bool(self.here)


def position(pick_list: PickList, *, user_id: int) -> Position:
    """Where the list's picker stands. ``counts``: the item was scanned, so a number may be typed."""
    open_tasks = _to_do(pick_list)
    held = held_among({task.line_id: task.line.order_id for task in open_tasks})
    to_do = [task for task in open_tasks if task.line_id not in held]
    scans = _scans(pick_list, user_id=user_id)
    last, place = scans.first(), scans.filter(kind=ScanKind.BIN).first()
    here = [task for task in to_do if place and place.task and task.bin_id == place.task.bin_id]
    if last is not None:
        here.sort(key=lambda task: task.pk != last.task_id)
    is_cluster = pick_list.kind == PickKind.CLUSTER
    staged = _staged(scans, here) if is_cluster else 0
    counts = bool(here) and last is not None and last.task_id == here[0].pk and last.kind != ScanKind.BIN
    if is_cluster:
        counts = staged > 0
    return Position(
        task=here[0] if here else next(iter(to_do), None),
        here=tuple(here),
        to_do=tuple(to_do),
        counts=counts,
        undoable=last if last and (staged or _can_be_undone(last)) else None,
        held=tuple(HeldTask(task=task, hold=held[task.line_id]) for task in open_tasks if task.line_id in held),
        toteless=_toteless(to_do) if is_cluster else (),
        staged=staged,
    )


def _scans(pick_list: PickList, *, user_id: int) -> QuerySet[ScanEvent]:
    """What the picker scanned on this list and was right, the last one first."""
    mine = ScanEvent.objects.filter(pick_list=pick_list, user_id=user_id, is_accepted=True)
    return mine.select_related("task").order_by("-pk")


def _toteless(to_do: Sequence[PickTask]) -> tuple[FulfillmentOrder, ...]:
    """The orders that wait for their tote, in the order of the walk."""
    return tuple({task.fulfillment_order_id: task.fulfillment_order for task in to_do if task.tote_id is None}.values())


def _staged(scans: "QuerySet[ScanEvent]", here: Sequence[PickTask]) -> int:
    """Units of the current task that were scanned, and not yet put into its tote: they are in no book."""
    settled = scans.exclude(kind__in=_COUNTED).first()
    counted = scans.filter(kind__in=_COUNTED, pk__gt=settled.pk if settled else 0).order_by("pk")
    units = 0
    for scan in counted:
        if not here or scan.task_id != here[0].pk:
            return 0
        typed = as_quantity(scan.code) if scan.kind == ScanKind.QUANTITY else None
        units = units + 1 if typed is None else typed - here[0].picked
    return max(0, min(units, here[0].left)) if here else 0


def _can_be_undone(scan: ScanEvent) -> bool:
    """Whether it took units and its task wasn't closed short since, or gave an order its tote."""
    if scan.kind == ScanKind.TOTE and scan.task_id is None:
        return True
    took = scan.quantity > 0 and scan.kind != ScanKind.UNDO
    return took and scan.task is not None and scan.task.status not in CLOSED_SHORT


def _to_do(pick_list: PickList) -> Sequence[PickTask]:
    """Open tasks in walk order, then those that were left for later."""
    tasks = pick_list.tasks.filter(status__in=TO_DO).select_related(
        "bin", "product", "line__order", "tote", "fulfillment_order__order"
    )
    return sorted(tasks, key=lambda task: (task.status == PickTaskStatus.SKIPPED, task.sequence, task.pk))
