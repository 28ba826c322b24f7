"""Put a product into the catalogue, or replace it; called by the API, the admin and the demo."""

import dataclasses
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError

from orders.errors import InvalidRequest, Stale
from orders.kernel.actor import Actor
from orders.kernel.errors import FieldError, at
from orders.kernel.money import ZERO, is_exact
from orders.kernel.work import work
from orders.models import Product
from orders.states import Fragility


@dataclass(frozen=True, kw_only=True)
class ProductData:
    """All that a product says of itself; sizes in millimetres and grams, packed for storage."""

    name: str
    price: Decimal
    currency: str
    description: str = ""
    gtin: str = ""
    image_url: str = ""
    tax_rate: Decimal = ZERO
    weight_g: int = 0
    length_mm: int = 0
    width_mm: int = 0
    height_mm: int = 0
    fragility: str = Fragility.NONE
    is_hazmat: bool = False
    ships_alone: bool = False
    is_active: bool = True
    out_of_stock_policy: tuple[str, ...] = ()
    preorder_ships_on: date | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)


def upsert_product(
    sku: str, data: ProductData, *, versions: Container[int] | None = None, by: Actor
) -> tuple[Product, bool]:
    """Make the product say exactly ``data``; tells also whether it is new. The same again changes nothing.

    Order lines keep what they snapshotted. With ``versions`` it must exist, and be at one of them.
    Raises ``InvalidRequest`` and ``Stale``.
    """
    _check(data)
    try:
        return _upsert(sku, data, versions, by=by)
    except IntegrityError:
        # Somebody else made it at the same moment; now it exists.
        return _upsert(sku, data, versions, by=by)


def _upsert(sku: str, data: ProductData, versions: Container[int] | None, *, by: Actor) -> tuple[Product, bool]:
    with work(by=by):
        product = Product.objects.select_for_update(of=("self",), no_key=True).filter(sku=sku).first()
        if versions is not None and (product is None or product.version not in versions):
            raise Stale(
                "The product was changed meanwhile; read it again.",
                current_version=product.version if product else None,
            )
        wanted = {f.name: getattr(data, f.name) for f in dataclasses.fields(data)}
        wanted |= {"out_of_stock_policy": list(data.out_of_stock_policy), "metadata": dict(data.metadata)}
        if product is None:
            return Product.objects.create(sku=sku, **wanted), True
        changed = [name for name, value in wanted.items() if getattr(product, name) != value]
        if changed:
            for name in changed:
                setattr(product, name, wanted[name])
            product.version += 1
            product.save(update_fields=[*changed, "version", "updated_at"])
        return product, False


def _check(data: ProductData) -> None:
    errors: list[FieldError] = []
    if not is_exact(data.price, data.currency):
        errors.append(at("#/price", "too_precise", f"{data.currency} has fewer digits."))
    if len(set(data.out_of_stock_policy)) != len(data.out_of_stock_policy):
        errors.append(at("#/out_of_stock_policy", "repeated", "Name each way out once."))
    if errors:
        raise InvalidRequest("Some fields are not valid; errors names each of them.", errors=errors)
