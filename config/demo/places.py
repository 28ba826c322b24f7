"""The demo's channel and its rules, warehouses, bins, boxes, supplier, carrier, and their stock."""

from datetime import time
from decimal import Decimal

from config.demo.catalogue import ARTICLES
from orders.kernel.actor import SYSTEM
from orders.models import Channel, HoldRule, Product, ShippingMethod
from orders.services.keep_rule import keep_rule
from orders.states import Counted, RuleKind, Sameness
from returns.models import ReturnRule
from shipping.models import Carrier, CarrierService
from warehouse.models import (
    Bin,
    BoxType,
    MaterialStock,
    PackingMaterial,
    StockMovement,
    Supplier,
    SupplierProduct,
    Tote,
    Warehouse,
    WaveSchedule,
)
from warehouse.services.adjust_stock import adjust_stock
from warehouse.states import AdjustmentReason, BinKind, MaterialPurpose, PickKind

EU = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE".split()  # noqa: SIM905
SUPPLIED = ("BASKET", "MUG-BLUE", "MUG-RED", "TEAPOT", "LAMP", "CLOCK", "ALMANAC")
_BOXES = (
    ("S", 200, 150, 100, 90),
    ("M", 300, 220, 160, 190),
    ("L", 450, 350, 250, 420),
    ("XL", 600, 450, 350, 780),
)
_MATERIALS = (
    ("paper", "Packing paper", MaterialPurpose.FILL, "sheet", 20),
    ("bubble-wrap", "Bubble wrap", MaterialPurpose.WRAP, "metre", 35),
    ("styrofoam", "Styrofoam chips", MaterialPurpose.CUSHION, "litre", 8),
)


def build_places() -> None:
    """Make what is missing. Stock is counted in once, with the first run."""
    channel = _channel()
    _shipping(channel)
    berlin = _warehouse("BER", "Berlin", "10115", priority=1)
    leipzig = _warehouse("LEJ", "Leipzig", "04109", priority=2)
    _boxes([berlin, leipzig])
    _supplier()
    _waves(berlin)
    _hold_rules(channel)
    ReturnRule.objects.get_or_create(name="30 days from delivery", defaults={"channel": channel})
    for place, article in enumerate(ARTICLES):
        _count_in(article.sku, berlin, place, article.berlin)
        _count_in(article.sku, leipzig, place, article.leipzig)


def _channel() -> Channel:
    channel, _ = Channel.objects.get_or_create(
        code="web",
        defaults={
            "name": "Web shop",
            "currency": "EUR",
            "prices_include_tax": True,
            "brand_name": "Stillwater Home",
            "brand_colour": "#1f4b3f",
            "default_language": "de",
            "sender_email": "orders@stillwater.example",
            "support_email": "help@stillwater.example",
            "seller_name": "Stillwater Home GmbH",
            "seller_street": "Invalidenstr. 40",
            "seller_postal_code": "10115",
            "seller_city": "Berlin",
            "seller_country": "DE",
            "timezone": "Europe/Berlin",
            "seller_vat_id": "DE123456788",
            "seller_tax_number": "37/123/45678",
            "seller_registration": "Amtsgericht Charlottenburg, HRB 123456\nGeschäftsführung: Mara Still",
            "seller_bank": "Stillwater Bank",
            "seller_iban": "DE02120300000000202051",
            "seller_bic": "BYLADEM1001",
            "e_invoice": "en16931",
        },
    )
    return channel


def _shipping(channel: Channel) -> None:
    method, _ = ShippingMethod.objects.get_or_create(
        code="standard",
        defaults={"name": "Standard", "price": Decimal("4.90"), "countries": EU, "days_min": 1, "days_max": 3},
    )
    method.channels.add(channel)
    carrier, _ = Carrier.objects.get_or_create(code="house", defaults={"name": "House Post", "adapter": "house"})
    CarrierService.objects.get_or_create(
        carrier=carrier, method=method, code="standard", defaults={"name": "Standard", "countries": EU}
    )


def _hold_rules(channel: Channel) -> None:
    """What people look at before it leaves; the last is there to be switched on."""
    large = HoldRule(name="Large orders", kind=RuleKind.AMOUNT_ABOVE, amount=Decimal(1500), currency=channel.currency)
    hasty = HoldRule(
        name="Many in a day",
        kind=RuleKind.VELOCITY,
        counted=Counted.ORDERS,
        times=25,
        same=Sameness.EMAIL,
        within_hours=24,
        release_after_hours=48,
        is_active=False,
    )
    for rule in (large, hasty):
        if not HoldRule.objects.filter(name=rule.name).exists():
            rule.channel = channel
            keep_rule(rule, by=SYSTEM)


def _warehouse(code: str, city: str, postal_code: str, *, priority: int) -> Warehouse:
    address = {
        "name": "Stillwater Home",
        "company": "",
        "line1": "Lagerstr. 1",
        "line2": "",
        "city": city,
        "region": "",
        "postal_code": postal_code,
        "country": "DE",
        "phone": "",
    }
    warehouse, _ = Warehouse.objects.get_or_create(
        code=code,
        defaults={
            "name": city,
            "country": "DE",
            "address": address,
            "priority": priority,
            "cutoff_time": time(15, 0),
        },
    )
    for aisle in range(1, 5):
        for bay in range(1, 7):
            Bin.objects.get_or_create(
                warehouse=warehouse,
                code=f"{chr(64 + aisle)}-{bay:02d}",
                defaults={"zone": "A", "aisle": aisle, "bay": bay, "level": 1, "walk_sequence": aisle * 100 + bay},
            )
    for number, (bin_code, kind) in enumerate(
        (
            ("PACK", BinKind.PACKING),
            ("DOCK", BinKind.RECEIVING),
            ("BACK", BinKind.RETURNS),
            ("QUARANTINE", BinKind.QUARANTINE),
        )
    ):
        Bin.objects.get_or_create(
            warehouse=warehouse, code=bin_code, defaults={"kind": kind, "walk_sequence": 9000 + number}
        )
    return warehouse


def _waves(warehouse: Warehouse) -> None:
    """Totes for two carts, and a schedule that is there to be switched on."""
    for number in range(1, 13):
        Tote.objects.get_or_create(warehouse=warehouse, code=f"T-{number:02d}")
    WaveSchedule.objects.get_or_create(
        name="Every hour",
        defaults={
            "warehouse": warehouse,
            "kind": PickKind.CLUSTER,
            "orders_per_list": 6,
            "every_minutes": 60,
            "ends_at": time(18, 0),
            "is_active": False,
        },
    )


def _boxes(warehouses: list[Warehouse]) -> None:
    for code, length, width, height, weight in _BOXES:
        BoxType.objects.get_or_create(
            code=code.lower(),
            defaults={
                "name": f"Box {code}",
                "inner_length_mm": length,
                "inner_width_mm": width,
                "inner_height_mm": height,
                "weight_g": weight,
                "cost": Decimal(weight) / 1000,
            },
        )
    for code, name, purpose, unit, weight in _MATERIALS:
        material, _ = PackingMaterial.objects.get_or_create(
            code=code, defaults={"name": name, "purpose": purpose, "unit": unit, "weight_g_per_unit": weight}
        )
        for warehouse in warehouses:
            MaterialStock.objects.get_or_create(
                warehouse=warehouse, material=material, defaults={"on_hand": 500, "reorder_point": 50}
            )


def _supplier() -> None:
    supplier, _ = Supplier.objects.get_or_create(
        code="nordic",
        defaults={"name": "Nordic Ceramics", "email": "sales@nordic.example", "lead_time_days": 6},
    )
    for product in Product.objects.filter(sku__in=SUPPLIED):
        SupplierProduct.objects.get_or_create(
            supplier=supplier,
            product=product,
            defaults={
                "supplier_sku": f"N-{product.sku}",
                "cost": product.price / 2,
                "dropships": product.sku == "CLOCK",
            },
        )


def _count_in(sku: str, warehouse: Warehouse, place: int, quantity: int) -> None:
    """The opening stock, half of it in each of two bins, so that walks have more than one stop."""
    if quantity == 0 or StockMovement.objects.filter(product__sku=sku, warehouse=warehouse).exists():
        return
    bins = list(warehouse.bins.filter(kind=BinKind.PICK).order_by("walk_sequence"))
    near, far = bins[place % len(bins)], bins[(place + 7) % len(bins)]
    for where, units in ((near, quantity - quantity // 3), (far, quantity // 3)):
        if units:
            adjust_stock(
                sku, warehouse=warehouse.code, bin=where.code, delta=units, reason=AdjustmentReason.INITIAL, by=SYSTEM
            )
