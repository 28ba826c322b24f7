"""Scenes of the warehouse, reached through the services as in real life."""

from django.contrib.auth import get_user_model
from django.db.models import Sum

from orders.kernel.actor import SYSTEM, Actor, ActorKind
from orders.models import Order, OrderEvent, OrderLine, Product
from orders.requests import WantedLine
from orders.services.confirm import confirm_order
from orders.services.place import place_order
from tests.factories.orders import ProductFactory, ShippingMethodFactory
from tests.factories.warehouse import BinFactory, BoxTypeFactory, PackingMaterialFactory, WarehouseFactory
from tests.orders.requests import an_order
from warehouse.models import (
    Allocation,
    Bin,
    BinStock,
    FulfillmentOrder,
    Package,
    PickList,
    PickTask,
    StockLevel,
    StockMovement,
)
from warehouse.services.adjust_stock import adjust_stock
from warehouse.services.label_packages import label_packages
from warehouse.services.open_package import open_package
from warehouse.services.pack import pack_units
from warehouse.services.pick import pick_units
from warehouse.services.release_pick_list import release_pick_list
from warehouse.services.seal_package import seal_package
from warehouse.states import AdjustmentReason

PICKER = Actor(kind=ActorKind.STAFF, name="petra")


def stocked(units: int, *, warehouse: str = "BER", bin: Bin | None = None, **product: object) -> Product:
    """A product with ``units`` on one shelf, through the books."""
    row = Product.objects.filter(sku=product.get("sku", "")).first() or ProductFactory(**product)
    shelf = bin or BinFactory(warehouse=WarehouseFactory(code=warehouse))
    adjust_stock(
        row.sku,
        warehouse=warehouse,
        delta=units,
        reason=AdjustmentReason.INITIAL,
        bin=shelf.code,
        by=SYSTEM,
    )
    return row


def ordered(*wanted: tuple[Product, int], confirmed: bool = True) -> Order:
    """An order that was placed, and confirmed unless told otherwise."""
    ShippingMethodFactory()
    lines = [WantedLine(sku=product.sku, quantity=n) for product, n in wanted]
    order = place_order(an_order(*lines), by=SYSTEM)
    if confirmed:
        confirm_order(order.pk, by=SYSTEM)
    return Order.objects.get(pk=order.pk)


def work_of(order: Order) -> FulfillmentOrder:
    return FulfillmentOrder.objects.get(order=order)


def on_a_list(*orders: Order) -> PickList:
    rows = FulfillmentOrder.objects.filter(order__in=orders)
    return release_pick_list([row.pk for row in rows], by=SYSTEM)


def picked(order: Order) -> PickList:
    """Everything of the order is fetched."""
    pick_list = on_a_list(order)
    for task in pick_list.tasks.all():
        pick_units(task.pk, quantity=task.quantity, by=PICKER)
    return PickList.objects.get(pk=pick_list.pk)


def packed(order: Order) -> Package:
    """Everything of the order lies in one open package."""
    picked(order)
    row = work_of(order)
    package = open_package(row.pk, by=PICKER)
    for line in row.lines.all():
        pack_units(package.pk, fulfillment_line_id=line.pk, quantity=line.quantity, by=PICKER)
    return Package.objects.get(pk=package.pk)


def sealed(order: Order) -> Package:
    """Everything of the order is in one sealed package: box M and a sheet of paper."""
    package = packed(order)
    BoxTypeFactory()
    PackingMaterialFactory()
    weight = package.expected_weight_g + 150 + 10
    return seal_package(package.pk, box="m", materials={"paper": 1}, weight_g=weight, by=PICKER)


def labelled(order: Order) -> Package:
    return label_packages([sealed(order).pk], by=PICKER)[0]


def line_of(order: Order, product: Product | None = None) -> OrderLine:
    lines = order.lines.all() if product is None else order.lines.filter(product=product)
    return lines.get()


def counters(line: OrderLine) -> dict[str, int]:
    """The counters that aren't zero."""
    line.refresh_from_db()
    names = ("cancelled", "allocated", "backordered", "picked", "packed", "shipped")
    return {name: getattr(line, name) for name in names if getattr(line, name)}


def level(product: Product, warehouse: str = "BER") -> dict[str, int]:
    """The warehouse's counters that aren't zero."""
    row = StockLevel.objects.get(product=product, warehouse__code=warehouse)
    names = ("on_hand", "allocated", "unavailable")
    return {name: getattr(row, name) for name in names if getattr(row, name)}


def shelves(product: Product, warehouse: str = "BER") -> dict[str, tuple[int, int]]:
    """By bin (units, units that pick tasks wait for), empty bins left out; bins that matter by kind."""
    rows = BinStock.objects.filter(product=product, bin__warehouse__code=warehouse).exclude(on_hand=0, picking=0)
    return {row.bin.kind: (row.on_hand, row.picking) for row in rows.select_related("bin")}


def told(order: Order) -> list[str]:
    return list(OrderEvent.objects.filter(order=order).order_by("seq").values_list("type", flat=True))


def task_of(pick_list: PickList) -> PickTask:
    return pick_list.tasks.get()


def user(name: str = "petra"):  # type: ignore[no-untyped-def]
    return get_user_model().objects.get_or_create(username=name)[0]


def assert_books_agree() -> None:
    """Levels and bins equal the sums of their movements, and allocations what is reserved: at every grain."""
    for row in StockLevel.objects.all():
        moved = StockMovement.objects.filter(product=row.product_id, warehouse=row.warehouse_id).aggregate(
            on_hand=Sum("on_hand_delta"), allocated=Sum("allocated_delta"), unavailable=Sum("unavailable_delta")
        )
        assert {key: value or 0 for key, value in moved.items()} == {
            "on_hand": row.on_hand,
            "allocated": row.allocated,
            "unavailable": row.unavailable,
        }
        reserved = Allocation.objects.filter(product=row.product_id, warehouse=row.warehouse_id, status="open")
        assert (reserved.aggregate(n=Sum("quantity"))["n"] or 0) == row.allocated
        in_bins = BinStock.objects.filter(product=row.product_id, bin__warehouse=row.warehouse_id)
        assert (in_bins.aggregate(n=Sum("on_hand"))["n"] or 0) == row.on_hand
    for shelf in BinStock.objects.all():
        moved = StockMovement.objects.filter(product=shelf.product_id, bin=shelf.bin_id).aggregate(n=Sum("bin_delta"))
        assert (moved["n"] or 0) == shelf.on_hand
        tasks = PickTask.objects.filter(product=shelf.product_id, bin=shelf.bin_id, status__in=["open", "skipped"])
        wanted = sum(task.quantity - task.picked for task in tasks)
        assert wanted == shelf.picking
    for line in OrderLine.objects.exclude(kind="bundle"):  # a bundle says what its components say
        work = line.fulfillment_lines.aggregate(picked=Sum("picked"), packed=Sum("packed"), shipped=Sum("shipped"))
        assert (line.picked, line.packed, line.shipped) == tuple(
            work[key] or 0 for key in ("picked", "packed", "shipped")
        )
        reserved = line.allocations.filter(status="open").aggregate(n=Sum("quantity"))["n"] or 0
        waiting = line.backorders.filter(status__in=["waiting", "ordered", "promised"]).aggregate(n=Sum("quantity"))
        assert (line.allocated, line.backordered) == (reserved, waiting["n"] or 0)
        if line.order.status == "confirmed":
            asked = line.fulfillment_lines.filter(fulfillment_order__status__in=["scheduled", "open", "in_progress"])
            assert sum(row.quantity - row.shipped for row in asked) == line.allocated
