"""What is sold: the products that orders name, and what bundles are made of.

A bundle brings its components along as JSON of the product's own row: PostgreSQL looks for them only where there are
some, so the statement costs all other products nothing.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from orders.errors import UnknownProduct, WrongCurrency
from orders.kernel.errors import at
from orders.models import Product
from orders.requests import OrderRequest


@dataclass(frozen=True, kw_only=True)
class Part:
    """A component of a bundle, and how many units of it one bundle has; ``preorder_left`` None: any number."""

    product_id: int
    sku: str
    name: str
    price: Decimal
    quantity: int
    policy: tuple[str, ...]
    preorder_ships_on: date | None
    preorder_left: int | None


# A constant statement: to compile such a query anew costs more than to run it.
_SOLD = """
    SELECT p.*, CASE WHEN p.is_bundle THEN (
        SELECT jsonb_agg(jsonb_build_object('product_id', c.id, 'sku', c.sku, 'name', c.name, 'price', c.price::text,
            'quantity', b.quantity, 'policy', c.out_of_stock_policy, 'preorder_ships_on', c.preorder_ships_on,
            'preorder_left', c.preorder_cap - c.preorder_taken) ORDER BY b.id)
        FROM orders_bundlecomponent b JOIN orders_product c ON c.id = b.component_id WHERE b.bundle_id = p.id
    ) END AS parts_json
    FROM orders_product p WHERE p.sku = ANY(%s::text[]) AND p.is_active
"""


def sold_products(skus: Collection[str]) -> dict[str, Product]:
    """The products of these SKUs that are sold, by SKU, each with its parts; one statement."""
    return {product.sku: product for product in Product.objects.raw(_SOLD, [list(skus)])}


def parts_of(product: Product) -> list[Part]:
    """The components of a product that ``sold_products`` found; none of what is no bundle."""
    rows: Sequence[Mapping[str, Any]] = json.loads(getattr(product, "parts_json", None) or "[]")
    return [
        Part(
            product_id=row["product_id"],
            sku=row["sku"],
            name=row["name"],
            price=Decimal(row["price"]),
            quantity=row["quantity"],
            policy=tuple(row["policy"]),
            preorder_ships_on=date.fromisoformat(row["preorder_ships_on"]) if row["preorder_ships_on"] else None,
            preorder_left=row["preorder_left"],
        )
        for row in rows
    ]


def wanted_products(request: OrderRequest) -> dict[str, Product]:
    """The products that the lines name, by SKU.

    Raises ``UnknownProduct`` naming each line that has none, and ``WrongCurrency`` each that has no price.
    """
    return known_products(request, sold_products({line.sku for line in request.lines}))


def known_products(request: OrderRequest, products: Mapping[str, Product]) -> dict[str, Product]:
    """Those of ``products`` that the lines name. Raises as ``wanted_products``."""
    unknown = [
        at(f"#/lines/{i}/sku", "unknown_product", "No product has this SKU.")
        for i, line in enumerate(request.lines)
        if line.sku not in products
    ]
    if unknown:
        raise UnknownProduct("lines: correct the lines named below.", errors=unknown)
    foreign = [
        at(f"#/lines/{i}/unit_price", "wrong_currency", f"The product's price is in {products[line.sku].currency}.")
        for i, line in enumerate(request.lines)
        if line.unit_price is None and products[line.sku].currency != request.currency
    ]
    if foreign:
        raise WrongCurrency("lines: say what these cost in the order's currency.", errors=foreign)
    return {line.sku: products[line.sku] for line in request.lines}
