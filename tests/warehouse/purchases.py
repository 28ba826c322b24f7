"""Scenes of buying, reached through the services as in real life."""

from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from orders.kernel.actor import Actor, ActorKind
from orders.models import DeliveryPromise, Order, Product
from tests.factories.orders import ProductFactory, ShippingMethodFactory
from tests.factories.warehouse import BinFactory, SupplierFactory, SupplierProductFactory, WarehouseFactory
from tests.warehouse.scenes import ordered
from warehouse.models import Backorder, PurchaseOrder, PurchaseOrderLine, StockLevel
from warehouse.services.acknowledge_purchase import acknowledge_purchase_order
from warehouse.services.draft_purchase import WantedGoods, draft_purchase_order
from warehouse.services.place_purchase import place_purchase_order

BUYER = Actor(kind=ActorKind.STAFF, name="bea")


def offered(
    sku: str = "RARE", *, supplier: str = "acme", cost: str = "4.00", days: int = 7, least: int = 1, **product: object
) -> Product:
    """A product that may be backordered and that a supplier offers; nothing of it is anywhere."""
    row = Product.objects.filter(sku=sku).first()
    row = row or ProductFactory(sku=sku, out_of_stock_policy=["backorder"], **product)
    if not BinFactory._meta.model.objects.filter(warehouse__code="BER").exists():
        BinFactory(warehouse=WarehouseFactory())
    SupplierProductFactory(
        supplier=SupplierFactory(code=supplier, email=f"sales@{supplier}.example"),
        product=row,
        supplier_sku=f"{supplier[0].upper()}-{sku}",
        cost=Decimal(cost),
        lead_time_days=days,
        minimum_order_quantity=least,
    )
    return row


def drafted(*wanted: tuple[Product, int], supplier: str = "acme", warehouse: str = "BER") -> PurchaseOrder:
    lines = [WantedGoods(sku=product.sku, quantity=units) for product, units in wanted]
    return draft_purchase_order(supplier, warehouse=warehouse, lines=lines, by=BUYER)


def bought(*wanted: tuple[Product, int], supplier: str = "acme", warehouse: str = "BER") -> PurchaseOrder:
    return place_purchase_order(drafted(*wanted, supplier=supplier, warehouse=warehouse).pk, by=BUYER)


def acknowledged(*wanted: tuple[Product, int], days: int = 7) -> PurchaseOrder:
    """Bought, and the supplier named a day for all of it."""
    row = bought(*wanted)
    dates = {product.sku: in_days(days) for product, _units in wanted}
    return acknowledge_purchase_order(row.pk, dates=dates, by=BUYER)


def waiting(product: Product, units: int) -> Backorder:
    """A confirmed order of which ``units`` wait for goods."""
    ShippingMethodFactory()
    return Backorder.objects.get(line__order=ordered((product, units)))


def in_days(n: int) -> date:
    return timezone.localdate() + timedelta(days=n)


def line_of(row: PurchaseOrder, product: Product) -> PurchaseOrderLine:
    return row.lines.get(product=product)


def incoming(product: Product, warehouse: str = "BER") -> int:
    levels = StockLevel.objects.filter(product=product, warehouse__code=warehouse)
    return sum(levels.values_list("incoming", flat=True))


def ties(backorder: Backorder) -> list[tuple[str, int]]:
    """What is bought for it: (purchase order, units)."""
    rows = backorder.supplies.order_by("purchase_line__expected_on", "pk")
    return list(rows.values_list("purchase_line__purchase_order__number", "quantity"))


def promises(order: Order) -> list[tuple[date, str, str]]:
    """Every date given, oldest first: day, source, reason."""
    rows = DeliveryPromise.objects.filter(line__order=order, kind="promise").order_by("pk")
    return list(rows.values_list("promised_on", "source", "reason"))


def the(row):  # type: ignore[no-untyped-def]
    """A row as it stands now."""
    return type(row).objects.get(pk=row.pk)
