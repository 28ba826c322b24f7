"""Factories of the warehouse floor."""

from datetime import date
from importlib import import_module

import factory
from factory.django import DjangoModelFactory

from orders.models import Product
from warehouse.models import (
    Bin,
    BoxType,
    PackingMaterial,
    PurchaseOrder,
    PurchaseOrderLine,
    SourcingRule,
    StockLevel,
    Supplier,
    SupplierProduct,
    Warehouse,
)
from warehouse.states import BinKind, PurchaseOrderStatus


class WarehouseFactory(DjangoModelFactory[Warehouse]):
    class Meta:
        model = Warehouse
        django_get_or_create = ("code",)

    code = "BER"
    name = factory.SelfAttribute("code")
    country = "DE"


class BinFactory(DjangoModelFactory[Bin]):
    """A shelf; the walk goes in the order of their making."""

    class Meta:
        model = Bin

    warehouse = factory.SubFactory(WarehouseFactory)
    code = factory.Sequence(lambda n: f"A-{n:02d}")
    kind = BinKind.PICK
    walk_sequence = factory.Sequence(lambda n: n)


class StockLevelFactory(DjangoModelFactory[StockLevel]):
    """A bare counter, without bins and movements: only for what never looks at those."""

    class Meta:
        model = StockLevel

    warehouse = factory.SubFactory(WarehouseFactory)
    on_hand = 10


class SupplierFactory(DjangoModelFactory[Supplier]):
    class Meta:
        model = Supplier
        django_get_or_create = ("code",)

    code = "acme"
    name = "Acme"
    lead_time_days = 7


class SupplierProductFactory(DjangoModelFactory[SupplierProduct]):
    class Meta:
        model = SupplierProduct

    supplier = factory.SubFactory(SupplierFactory)


class BoxTypeFactory(DjangoModelFactory[BoxType]):
    """A medium carton: 300 x 200 x 150 mm inside, 150 g."""

    class Meta:
        model = BoxType
        django_get_or_create = ("code",)

    code = "m"
    name = "Medium"
    inner_length_mm = 300
    inner_width_mm = 200
    inner_height_mm = 150
    weight_g = 150


class PackingMaterialFactory(DjangoModelFactory[PackingMaterial]):
    class Meta:
        model = PackingMaterial
        django_get_or_create = ("code",)

    code = "paper"
    name = "Paper"
    weight_g_per_unit = 10


def usual_rules() -> None:
    """The rules that a new house has, as its migration makes them; test databases are emptied."""
    SourcingRule.objects.all().delete()
    for i, (kind, is_active, parameters) in enumerate(import_module("warehouse.migrations.0002_sourcing").RULES, 1):
        SourcingRule.objects.create(kind=kind, position=10 * i, is_active=is_active, parameters=parameters)


def on_its_way(
    product: Product, units: int, *, on: date | None, warehouse: Warehouse | None = None
) -> PurchaseOrderLine:
    """Units that were bought and are expected; a bare row, without counters: only for what never looks at those."""
    place = warehouse or WarehouseFactory()
    order = PurchaseOrder.objects.create(
        number=f"PO-{PurchaseOrder.objects.count() + 1:05d}",
        supplier=SupplierFactory(),
        warehouse=place,
        currency="EUR",
        status=PurchaseOrderStatus.PLACED,
    )
    return PurchaseOrderLine.objects.create(purchase_order=order, product=product, quantity=units, expected_on=on)
