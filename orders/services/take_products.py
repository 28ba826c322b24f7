"""Take products over from a file, many at a time: new ones are made, known ones say what the file says of them."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from orders.kernel.actor import Actor
from orders.kernel.work import work
from orders.models import Product
from orders.services.product import ProductData

FIELDS = tuple(field.name for field in dataclasses.fields(ProductData))


@dataclass(frozen=True, kw_only=True)
class Taken:
    """SKUs: of the products made now, of those changed (with the fields that were), of those that were so before."""

    created: frozenset[str]
    updated: Mapping[str, tuple[str, ...]]
    unchanged: frozenset[str]


def take_products(wanted: Mapping[str, Mapping[str, Any]], *, by: Actor) -> Taken:
    """Make the products, by SKU, say what ``wanted`` says of them; what it doesn't say stays, or is the default.

    ``metadata`` is added to what is there. Four statements, however many there are. Whoever makes the same product at
    the same moment wins; the next run finds it. Values are checked before, as for the API.
    """
    with work(by=by):
        rows = Product.objects.filter(sku__in=list(wanted)).order_by("pk")
        known = {product.sku: product for product in rows.select_for_update(of=("self",), no_key=True)}
        new = [Product(sku=sku, **_whole(wanted[sku])) for sku in wanted if sku not in known]
        Product.objects.bulk_create(new, ignore_conflicts=True)
        updated = {sku: changed for sku, product in known.items() if (changed := _change(product, wanted[sku]))}
        if updated:
            names = sorted({name for changed in updated.values() for name in changed})
            Product.objects.bulk_update([known[sku] for sku in updated], [*names, "version", "updated_at"])
    return Taken(
        created=frozenset(product.sku for product in new),
        updated=updated,
        unchanged=frozenset(known.keys() - updated.keys()),
    )


def _whole(values: Mapping[str, Any]) -> dict[str, Any]:
    data = ProductData(**{"name": "", "price": 0, "currency": "", **values})
    whole = {name: getattr(data, name) for name in FIELDS}
    return whole | {"out_of_stock_policy": list(data.out_of_stock_policy), "metadata": dict(data.metadata)}


def _change(product: Product, values: Mapping[str, Any]) -> tuple[str, ...]:
    told = dict(values)
    if "metadata" in told:
        told["metadata"] = {**product.metadata, **told["metadata"]}
    if "out_of_stock_policy" in told:
        told["out_of_stock_policy"] = list(told["out_of_stock_policy"])
    changed = tuple(name for name, value in told.items() if getattr(product, name) != value)
    for name in changed:
        setattr(product, name, told[name])
    if changed:
        product.version += 1
        product.updated_at = timezone.now()
    return changed
