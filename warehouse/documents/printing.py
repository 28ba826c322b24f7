"""Print pick lists and purchase orders from their rows."""

from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import get_language

from warehouse.documents.pick_list import PickListPaper, PickListTask, render_pick_list
from warehouse.documents.purchase_order import PurchaseLine, PurchasePaper, render_purchase_order
from warehouse.models import PickList, PickTask, PurchaseOrder
from warehouse.states import PickKind


def print_pick_list(pick_list: PickList) -> bytes:
    """The walk as PDF, in the language of who asks for it."""
    rows = pick_list.tasks.select_related("bin", "product", "tote", "line__order")
    tasks = list(rows.order_by("sequence", "pk"))
    orders = pick_list.fulfillment_orders.select_related("order").order_by("pk")
    zone = ZoneInfo(pick_list.warehouse.timezone)
    return render_pick_list(
        PickListPaper(
            number=pick_list.public_id,
            language=(get_language() or "en")[:2],
            warehouse=pick_list.warehouse.name,
            picker=str(pick_list.picker or ""),
            released_at=(pick_list.released_at or pick_list.created_at).astimezone(zone),
            kind=f"{pick_list.get_kind_display()} {pick_list.zone}".strip(),
            metres=round(pick_list.planned_metres) if pick_list.planned_metres is not None else None,
            orders=tuple(dict.fromkeys(work.order.number for work in orders)),
            tasks=tuple(
                PickListTask(
                    bin=task.bin.code,
                    sku=task.product.sku,
                    name=task.product.name,
                    quantity=task.quantity,
                    into=_into(pick_list, task),
                )
                for task in tasks
            ),
        )
    )


def _into(pick_list: PickList, task: PickTask) -> str:
    """On a cluster list where the units go: the tote, or the order until its tote is on the cart."""
    if pick_list.kind != PickKind.CLUSTER:
        return ""
    return task.tote.code if task.tote else task.line.order.number


def print_purchase_order(row: PurchaseOrder) -> bytes:
    """What the supplier is asked for as PDF, in the language of who asks for it; units called off are left out."""
    zone = ZoneInfo(row.warehouse.timezone)
    lines = row.lines.select_related("product").order_by("pk")
    return render_purchase_order(
        PurchasePaper(
            number=row.number,
            language=(get_language() or "en")[:2],
            supplier=row.supplier.name,
            warehouse=row.warehouse.name,
            address=row.warehouse.address,
            currency=row.currency,
            placed_on=timezone.localdate(row.placed_at or row.created_at, zone),
            note=row.note,
            lines=tuple(
                PurchaseLine(
                    sku=line.supplier_sku,
                    our_sku=line.product.sku,
                    name=line.product.name,
                    quantity=line.quantity - line.cancelled,
                    cost=line.cost,
                    expected_on=line.expected_on,
                )
                for line in lines
                if line.quantity > line.cancelled
            ),
        )
    )
