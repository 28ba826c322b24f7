"""Row locks of the warehouse floor, in the house's order: order, fulfillment order, pick list, task, wave, package,
tote, bins.

Whatever belongs to one order is safe behind that order's lock, which every service takes first; the locks here
guard what several orders share, and refresh what was read before.
"""

from collections.abc import Collection, Iterable

from django.db.models import F
from django.utils.translation import gettext as _

from orders.errors import NotFound
from orders.locks import locked_order, locked_orders
from orders.models import Order
from warehouse.errors import AlreadyAnswered
from warehouse.models import (
    Backorder,
    BinStock,
    FulfillmentOrder,
    Package,
    PickList,
    PickTask,
    PurchaseOrder,
    PurchaseOrderLine,
    PutAwayTask,
    PutBackTask,
    StockLevel,
    SubstitutionProposal,
    Supplier,
    Tote,
    Wave,
    WaveSchedule,
)
from warehouse.states import COMING, UNFILLED, ProposalStatus


def locked_fulfillment_orders(pks: Iterable[int]) -> list[FulfillmentOrder]:
    """Work orders by key; their orders must be locked already."""
    rows = FulfillmentOrder.objects.select_for_update(of=("self",), no_key=True).select_related("warehouse")
    return list(rows.filter(pk__in=set(pks)).order_by("pk"))


def locked_with_order(fulfillment_order_id: int) -> tuple[Order, FulfillmentOrder]:
    """A work order and, before it, its order. Raises ``NotFound``."""
    owner = FulfillmentOrder.objects.filter(pk=fulfillment_order_id).values_list("order_id", flat=True).first()
    if owner is None:
        raise NotFound("There is no such fulfillment order.")
    order = locked_order(owner)
    return order, locked_fulfillment_orders([fulfillment_order_id])[0]


def locked_pick_list(pk: int) -> PickList:
    """A pick list. Raises ``NotFound``."""
    row = PickList.objects.select_for_update(of=("self",), no_key=True).filter(pk=pk).first()
    if row is None:
        raise NotFound("There is no such pick list.")
    return row


def locked_pick_lists(pks: Iterable[int]) -> dict[int, PickList]:
    """Several pick lists, locked in the order of their keys."""
    rows = PickList.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=set(pks))
    return {row.pk: row for row in rows.order_by("pk")}


def locked_waves(pks: Iterable[int]) -> list[Wave]:
    """Waves by key; the lists of theirs that change must be locked already."""
    rows = Wave.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=set(pks))
    return list(rows.select_related("warehouse").order_by("pk"))


def locked_schedule(pk: int) -> WaveSchedule | None:
    """A schedule that nobody else runs just now: the first lock of all; None: somebody does."""
    rows = WaveSchedule.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    return rows.select_related("warehouse").filter(pk=pk).first()


def locked_totes(fulfillment_order_ids: Iterable[int]) -> list[Tote]:
    """The totes that hold these work orders' units, by key."""
    rows = Tote.objects.select_for_update(of=("self",), no_key=True)
    return list(rows.filter(fulfillment_order__in=set(fulfillment_order_ids)).order_by("pk"))


def locked_tote(warehouse_id: int, code: str) -> Tote | None:
    """The tote of a warehouse with this barcode; None: there is none."""
    rows = Tote.objects.select_for_update(of=("self",), no_key=True)
    return rows.filter(warehouse=warehouse_id, code__iexact=code.strip(), is_active=True).first()


def locked_walk(pick_list_id: int) -> PickList:
    """A pick list and, before it, every order that it fetches for. Raises ``NotFound``."""
    tasks = PickTask.objects.filter(pick_list=pick_list_id)
    locked_orders(tasks.values_list("fulfillment_order__order_id", flat=True))
    return locked_pick_list(pick_list_id)


def locked_task(pk: int, *, with_walk: bool = False) -> tuple[Order, FulfillmentOrder, PickList, PickTask]:
    """A pick task and all that must be locked before it; ``with_walk``: its list's other tasks too. ``NotFound``."""
    task = PickTask.objects.filter(pk=pk).first()
    if task is None:
        raise NotFound("There is no such pick task.")
    if with_walk:
        locked_walk(task.pick_list_id)
    order, fulfillment_order = locked_with_order(task.fulfillment_order_id)
    pick_list = locked_pick_list(task.pick_list_id)
    rows = PickTask.objects.select_for_update(of=("self",), no_key=True)
    task = rows.select_related("line", "product", "bin").get(pk=pk)
    return order, fulfillment_order, pick_list, task


def locked_package(pk: int) -> tuple[Order, FulfillmentOrder, Package]:
    """A package and all that must be locked before it. Raises ``NotFound``."""
    owner = Package.objects.filter(pk=pk).values_list("fulfillment_order_id", flat=True).first()
    if owner is None:
        raise NotFound("There is no such package.")
    order, fulfillment_order = locked_with_order(owner)
    return order, fulfillment_order, locked_packages([pk])[0]


def locked_packages(pks: Iterable[int]) -> list[Package]:
    """Packages by key; their orders must be locked already."""
    rows = Package.objects.select_for_update(of=("self",), no_key=True)
    return list(rows.filter(pk__in=set(pks)).order_by("pk"))


def locked_put_back(pk: int) -> tuple[Order, PutBackTask]:
    """A put-back task and, before it, its order. Raises ``NotFound``."""
    owner = PutBackTask.objects.filter(pk=pk).values_list("line__order_id", flat=True).first()
    if owner is None:
        raise NotFound("There is no such put-back task.")
    order = locked_order(owner)
    rows = PutBackTask.objects.select_for_update(of=("self",), no_key=True)
    return order, rows.select_related("line", "product", "bin").get(pk=pk)


def locked_proposal(pk: int) -> SubstitutionProposal:
    """A question that is still open, behind its order's lock. Raises ``NotFound`` and ``AlreadyAnswered``."""
    owner = SubstitutionProposal.objects.filter(pk=pk).values_list("order_id", flat=True).first()
    if owner is None:
        raise NotFound("There is no such proposal.")
    locked_order(owner)
    row = SubstitutionProposal.objects.select_related("order__channel", "line", "product").get(pk=pk)
    if row.status != ProposalStatus.PROPOSED:
        raise AlreadyAnswered(
            _("This question is settled: {status}.").format(status=str(row.get_status_display()).lower())
        )
    return row


def locked_supplier(pk: int) -> Supplier:
    """A supplier: one proposal at a time is written for it. Raises ``NotFound``."""
    row = Supplier.objects.select_for_update(of=("self",), no_key=True).filter(pk=pk).first()
    if row is None:
        raise NotFound("There is no such supplier.")
    return row


def locked_purchase(pk: int) -> tuple[PurchaseOrder, list[PurchaseOrderLine]]:
    """A purchase order with its lines and, before it, all that waits for their goods. Raises ``NotFound``."""
    products = PurchaseOrderLine.objects.filter(purchase_order=pk).values_list("product_id", flat=True)
    row = locked_supply(set(products), purchase_orders=[pk]).get(pk)
    if row is None:
        raise NotFound("There is no such purchase order.")
    return row, list(PurchaseOrderLine.objects.filter(purchase_order=pk).select_related("product"))


def locked_supply(product_ids: Collection[int], *, purchase_orders: Collection[int] = ()) -> dict[int, PurchaseOrder]:
    """Every order that waits for these products, then every purchase order that brings some; those are returned.

    So nobody else shares out the same deliveries. An order that begins to wait meanwhile isn't among them.
    """
    waiting = Backorder.objects.filter(product_id__in=product_ids, status__in=UNFILLED)
    locked_orders(waiting.values_list("line__order_id", flat=True))
    coming = PurchaseOrderLine.objects.filter(product_id__in=product_ids, purchase_order__status__in=COMING)
    coming = coming.filter(quantity__gt=F("cancelled") + F("received"))
    pks = {*purchase_orders, *coming.values_list("purchase_order_id", flat=True)}
    rows = PurchaseOrder.objects.select_for_update(of=("self",), no_key=True).select_related("supplier", "warehouse")
    return {row.pk: row for row in rows.filter(pk__in=pks).order_by("pk")}


def locked_put_away(pk: int) -> PutAwayTask:
    """A put-away task. Raises ``NotFound``."""
    rows = PutAwayTask.objects.select_for_update(of=("self",), no_key=True)
    task = rows.select_related("product", "warehouse", "bin", "receipt_line__receipt").filter(pk=pk).first()
    if task is None:
        raise NotFound("There is no such put-away task.")
    return task


def locked_levels(product_ids: Collection[int]) -> list[StockLevel]:
    """The counters of these products in every warehouse, by key: the house's last locks but the bins.

    Whoever books and then sources again takes them all at once, so that the keys stay in order.
    """
    rows = StockLevel.objects.select_for_update(of=("self",), no_key=True)
    return list(rows.filter(product_id__in=product_ids).order_by("pk"))


def locked_bins(warehouse_id: int, product_ids: Collection[int]) -> list[BinStock]:
    """What lies in a warehouse's bins of these products, by key; the last lock of all."""
    rows = BinStock.objects.select_for_update(of=("self",), no_key=True).select_related("bin", "product")
    return list(rows.filter(bin__warehouse_id=warehouse_id, product_id__in=product_ids).order_by("pk"))
