"""The shop that the benchmark buys from: ten thousand products with plenty of stock, and a partner with a key."""

from dataclasses import dataclass
from decimal import Decimal

from orders.kernel.actor import SYSTEM
from orders.models import Channel, Partner, Product, ShippingMethod
from orders.scopes import Scope
from orders.services.key import issue_key
from warehouse.models import StockLevel, StockMovement, Warehouse
from warehouse.states import MovementKind

PRODUCTS = 10_000
_PLENTY = 1_000_000
# Products beyond the spread ones, for whoever wants to fight over a few units.
FEW = 100
HOT = {"unpaid": PRODUCTS + 1, "paid": PRODUCTS + 2}

ORDER = {
    "channel": "web",
    "currency": "EUR",
    "shipping_method": "standard",
    "shipping_address": {
        "name": "Ann Bell",
        "line1": "Hauptstr. 1",
        "city": "Berlin",
        "postal_code": "10115",
        "country": "DE",
    },
    "payment": None,
}
PAID = {"gateway": "sandbox", "token": "tok_ok"}


@dataclass(frozen=True, kw_only=True)
class Shop:
    """How to call it."""

    key: str


def build() -> Shop:
    """Fill the empty scratch database; rows as the services would leave them."""
    channel = Channel.objects.create(code="web", name="Web shop", currency="EUR", brand_name="Bench")
    method = ShippingMethod.objects.create(code="standard", name="Standard", price=Decimal("4.90"))
    method.channels.add(channel)
    partner = Partner.objects.create(code="bench", name="Bench")
    partner.channels.add(channel)
    _stock()
    _, secret = issue_key(
        partner, name="bench", scopes=list(Scope.values), requests_per_minute=1_000_000_000, by=SYSTEM
    )
    return Shop(key=secret)


def _stock() -> None:
    warehouse = Warehouse.objects.create(code="BER", name="Berlin", country="DE")
    products = Product.objects.bulk_create(
        Product(
            sku=f"SKU-{i}", name="Thing", price=Decimal("12.50"), currency="EUR", tax_rate=Decimal("0.19"), weight_g=300
        )
        for i in range(1, PRODUCTS + len(HOT) + 1)
    )
    units = {product.pk: FEW if i > PRODUCTS else _PLENTY for i, product in enumerate(products, start=1)}
    StockLevel.objects.bulk_create(
        StockLevel(product_id=product, warehouse=warehouse, on_hand=on_hand) for product, on_hand in units.items()
    )
    StockMovement.objects.bulk_create(
        StockMovement(
            kind=MovementKind.RECEIVED,
            product_id=product,
            warehouse=warehouse,
            on_hand_delta=on_hand,
            reason="initial",
            actor_kind=SYSTEM.kind,
            actor_name=SYSTEM.name,
        )
        for product, on_hand in units.items()
    )
