"""The demo's products of other kinds: a bundle, a preorder, a download, a licence with codes."""

from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from orders.kernel.actor import SYSTEM
from orders.models import DigitalGood, Product
from orders.services.deliver_digital import add_codes
from orders.services.product import ComponentData, ProductData, upsert_product

_DAYS_AHEAD = 45


def build_kinds() -> None:
    """Put them into the catalogue, after their components; what is there already stays."""
    if Product.objects.filter(sku="TEA-SET").exists():
        return
    parts = {"TEAPOT": 1, "MUG-BLUE": 2, "TEA-EARL": 1}
    _put("TEA-SET", "Tea for two, gift set", "64.00", parts=parts)
    _put("ALMANAC", "The tea almanac", "24.00", ships_on=timezone.localdate() + timedelta(days=_DAYS_AHEAD), cap=50)
    book = _put("EBOOK-TEA", "The little book of tea, e-book", "9.00", is_digital=True)
    DigitalGood.objects.create(product=book, url="https://example.com/little-book-of-tea.epub", text="Enjoy the read!")
    timer = _put("APP-TIMER", "Tea timer, licence", "4.50", is_digital=True)
    good = DigitalGood.objects.create(product=timer, text="Type the code in under Settings.", uses_codes=True)
    add_codes(good.pk, [f"TIMER-{number:04d}-DEMO" for number in range(1, 21)], by=SYSTEM)


def _put(
    sku: str,
    name: str,
    price: str,
    *,
    parts: dict[str, int] | None = None,
    ships_on: date | None = None,
    cap: int | None = None,
    is_digital: bool = False,
) -> Product:
    data = ProductData(
        name=name,
        price=Decimal(price),
        currency="EUR",
        tax_rate=Decimal("0.19"),
        weight_g=0 if is_digital or parts else 380,
        components=tuple(ComponentData(sku=part, quantity=n) for part, n in (parts or {}).items()),
        preorder_ships_on=ships_on,
        preorder_cap=cap,
        is_digital=is_digital,
    )
    product, _ = upsert_product(sku, data, by=SYSTEM)
    return product
