"""Products for the way back in: every column that a product says of itself, none that only we keep."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from orders.exports.cells import money, shortest
from orders.exports.columns import Column
from orders.exports.rows import Cell, rows_of
from orders.models import Product
from orders.selectors import with_components

NAMES = (
    "sku", "gtin", "name", "description", "image_url", "price", "currency", "tax_rate", "weight_g", "length_mm",
    "width_mm", "height_mm", "fragility", "is_hazmat", "ships_alone", "is_active", "out_of_stock_policy",
    "preorder_ships_on", "preorder_cap", "is_digital", "components", "metadata",
)  # fmt: skip
_PATHS = {"components": "shown_components"}
COLUMNS = tuple(
    Column(name=name, path=_PATHS.get(name, name), currency="currency" if name == "price" else "") for name in NAMES
)


def exportable(products: QuerySet[Product]) -> QuerySet[Product]:
    """With the components of bundles, which come last: what they are made of is there before them."""
    return with_components(products).order_by("is_bundle", "sku")


def product_rows(products: QuerySet[Product]) -> Iterator[tuple[Cell, ...]]:
    """One row a product."""
    return rows_of(products, COLUMNS)


def product_objects(products: QuerySet[Product]) -> Iterator[dict[str, Any]]:
    """The same as objects, with lists and objects as such; what is empty is left out."""
    for product in products.iterator(chunk_size=2_000):
        cells = dict(zip(NAMES, _cells(product), strict=True))
        yield {name: value for name, value in cells.items() if value not in (None, "", [], {})}


def _cells(product: Product) -> Iterator[Any]:
    for name in NAMES:
        value = getattr(product, _PATHS.get(name, name))
        if name == "price":
            yield f"{money(value, product.currency):f}"
        elif name == "tax_rate":
            yield f"{shortest(value):f}"
        else:
            yield value.isoformat() if name == "preorder_ships_on" and value else value
