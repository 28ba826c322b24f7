"""Take tasks off their lists when their bin can't be counted on; their units are released anew, from other bins."""

from collections.abc import Collection

from django.utils import timezone

from warehouse.models import PickTask
from warehouse.services.book import Entry, book_stock
from warehouse.services.save_rows import save_rows
from warehouse.states import MovementKind


def take_off_lists(tasks: Collection[PickTask]) -> None:
    """End open tasks with what was fetched so far, and free their bins; the units stay reserved.

    Joins the open work; the caller holds the locks of their orders and lists, and ends lists that are done.
    """
    entries = [
        Entry(
            kind=MovementKind.RELEASED,
            product_id=task.product_id,
            warehouse_id=task.pick_list.warehouse_id,
            bin_id=task.bin_id,
            picking=-task.left,
        )
        for task in tasks
    ]
    for task in tasks:
        if task.picked:
            task.quantity = task.picked
            task.pick()
        else:
            task.cancel()
        task.finished_at = timezone.now()
    save_rows(tasks, ["quantity", "status", "finished_at"])
    book_stock(entries)
