"""Where a picker stands on a list, read from the scans: the next task, and what may be scanned there."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from orders.models import OrderHold
from warehouse.models import PickList, PickTask, ScanEvent
from warehouse.selectors.holds import held_among
from warehouse.states import CLOSED_SHORT, TO_DO, PickTaskStatus, ScanKind


@dataclass(frozen=True, kw_only=True)
class HeldTask:
    """A task that has to wait, and the hold that stops it."""

    task: PickTask
    hold: OrderHold


@dataclass(frozen=True, kw_only=True)
class Position:
    """A picker on a list. ``here`` are the open tasks of the bin that was scanned last, the current one first.

    ``undoable`` is the last scan, if it took units that can be put back. ``held`` are open tasks that a hold stops:
    nobody is sent there until it is released.
    """

    task: PickTask | None
    here: tuple[PickTask, ...]
    to_do: tuple[PickTask, ...]
    counts: bool
    undoable: ScanEvent | None
    held: tuple[HeldTask, ...] = ()

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
    counts = bool(here) and last is not None and last.task_id == here[0].pk and last.kind != ScanKind.BIN
    return Position(
        task=here[0] if here else next(iter(to_do), None),
        here=tuple(here),
        to_do=tuple(to_do),
        counts=counts,
        undoable=last if last and _can_be_undone(last) else None,
        held=tuple(HeldTask(task=task, hold=held[task.line_id]) for task in open_tasks if task.line_id in held),
    )


def _scans(pick_list: PickList, *, user_id: int) -> QuerySet[ScanEvent]:
    """What the picker scanned on this list and was right, the last one first."""
    mine = ScanEvent.objects.filter(pick_list=pick_list, user_id=user_id, is_accepted=True)
    return mine.select_related("task").order_by("-pk")


def _can_be_undone(scan: ScanEvent) -> bool:
    """Whether it took units, and its task wasn't closed short since."""
    took = scan.quantity > 0 and scan.kind != ScanKind.UNDO
    return took and scan.task is not None and scan.task.status not in CLOSED_SHORT


def _to_do(pick_list: PickList) -> Sequence[PickTask]:
    """Open tasks in walk order, then those that were left for later."""
    tasks = pick_list.tasks.filter(status__in=TO_DO).select_related("bin", "product", "line__order")
    return sorted(tasks, key=lambda task: (task.status == PickTaskStatus.SKIPPED, task.sequence, task.pk))
