"""The demo's products: real sizes, and what happens when the shelf is empty."""

from dataclasses import dataclass
from decimal import Decimal

from orders.kernel.actor import SYSTEM
from orders.models import Product, ProductSubstitute
from orders.services.product import ProductData, upsert_product
from orders.states import Fragility
from orders.states import OutOfStockPolicy as P


@dataclass(frozen=True)
class Article:
    """A product and how much of it lies in Berlin and in Leipzig."""

    sku: str
    name: str
    price: str
    weight_g: int
    size_mm: tuple[int, int, int]
    berlin: int
    leipzig: int = 0
    fragility: Fragility = Fragility.NONE
    policy: tuple[str, ...] = ()
    tax_rate: str = "0.19"


_F, _V = Fragility.FRAGILE, Fragility.VERY_FRAGILE

ARTICLES = (
    Article("MUG-BLUE", "Blue mug", "12.50", 340, (120, 95, 100), 120, 40, _F, (P.BACKORDER,)),
    Article("MUG-RED", "Red mug", "12.50", 340, (120, 95, 100), 80, 0, _F, (P.BACKORDER,)),
    Article("TEAPOT", "Glass teapot 1.2 l", "34.90", 820, (220, 160, 170), 25, 10, _V, (P.BACKORDER,)),
    Article("PLATE-4", "Dinner plates, set of 4", "39.00", 2600, (280, 280, 90), 30, 12, _F),
    Article("CANDLE", "Beeswax candle", "8.90", 260, (70, 70, 150), 200, 60),
    Article("LANTERN", "Metal lantern", "24.50", 690, (160, 160, 280), 35, 5),
    Article("THROW", "Wool throw", "59.00", 1100, (400, 300, 90), 18, 22),
    Article("CUSHION", "Linen cushion", "27.50", 480, (400, 400, 120), 40, 0),
    Article("TOWEL-2", "Bath towels, pair", "32.00", 900, (380, 280, 110), 45, 15),
    Article("NOTEBOOK", "Notebook A5, dotted", "11.90", 310, (215, 150, 18), 150, 90),
    Article("PEN-SET", "Fineliners, set of 6", "14.20", 95, (170, 70, 15), 110, 0),
    Article("BOOK-TEA", "The little book of tea", "18.00", 420, (210, 150, 25), 60, 20, tax_rate="0.07"),
    Article("TEA-EARL", "Earl Grey, 100 g tin", "9.80", 160, (80, 80, 110), 140, 50, tax_rate="0.07"),
    Article("HONEY", "Blossom honey, 500 g", "7.60", 760, (85, 85, 115), 90, 30, _F, tax_rate="0.07"),
    Article("CLOCK", "Wall clock", "44.00", 950, (310, 310, 60), 12, 4, _F, (P.DROPSHIP, P.BACKORDER)),
    Article("VASE", "Porcelain vase", "49.00", 1250, (160, 160, 310), 9, 3, _V, (P.SUBSTITUTE, P.CANCEL)),
    Article("LAMP", "Desk lamp", "64.00", 1800, (450, 200, 160), 15, 0, _F, (P.BACKORDER,)),
    Article("BASKET", "Willow basket", "29.90", 640, (350, 260, 180), 0, 0, Fragility.NONE, (P.BACKORDER,)),
)


# What may be sent instead of what, by rank.
SUBSTITUTES = {"MUG-BLUE": ("MUG-RED",), "MUG-RED": ("MUG-BLUE",), "VASE": ("LANTERN",), "CLOCK": ("LAMP",)}


def build_catalogue() -> None:
    """Put every article into the catalogue; the same again changes nothing."""
    for number, article in enumerate(ARTICLES):
        upsert_product(article.sku, _data(article, number), by=SYSTEM)
    products = {product.sku: product for product in Product.objects.filter(sku__in=[a.sku for a in ARTICLES])}
    for sku, others in SUBSTITUTES.items():
        for rank, other in enumerate(others, start=1):
            ProductSubstitute.objects.update_or_create(
                product=products[sku], substitute=products[other], defaults={"rank": rank}
            )


def _data(article: Article, number: int) -> ProductData:
    length, width, height = article.size_mm
    return ProductData(
        name=article.name,
        gtin=with_check_digit(f"40063813{3390 + number:04d}"),
        price=Decimal(article.price),
        currency="EUR",
        tax_rate=Decimal(article.tax_rate),
        weight_g=article.weight_g,
        length_mm=length,
        width_mm=width,
        height_mm=height,
        fragility=article.fragility,
        out_of_stock_policy=tuple(str(step) for step in article.policy),
    )


def with_check_digit(digits: str) -> str:
    """A GTIN-13 from its first twelve digits (GS1 General Specifications, 7.9)."""
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-total % 10}"
