"""Take products over from a file, many at a time: new ones are made, known ones say what the file says of them."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from orders.kernel.actor import Actor
from orders.kernel.money import ZERO
from orders.kernel.work import work
from orders.models import Product
from orders.services.product import ComponentData, ProductData, upsert_product

# What one product says of others, or of what was ordered already: such products are taken one at a time.
KINDS = ("components", "is_digital", "preorder_cap")
FIELDS = tuple(field.name for field in dataclasses.fields(ProductData) if field.name not in KINDS)


@dataclass(frozen=True, kw_only=True)
class Taken:
    """SKUs: of the products made now, of those changed (with the fields that were), of those that were so before.

    ``single`` are left for ``take_product``: bundles, digital goods, preorders with a cap.
    """

    created: frozenset[str]
    updated: Mapping[str, tuple[str, ...]]
    unchanged: frozenset[str]
    single: frozenset[str] = frozenset()


def take_products(wanted: Mapping[str, Mapping[str, Any]], *, by: Actor) -> Taken:
    """Make the products, by SKU, say what ``wanted`` says of them; what it doesn't say stays, or is the default.

    ``metadata`` is added to what is there. Four statements, however many there are. Whoever makes the same product at
    the same moment wins; the next run finds it. Values are checked before, as for the API.
    """
    with work(by=by):
        rows = Product.objects.filter(sku__in=list(wanted)).order_by("pk")
        known = {product.sku: product for product in rows.select_for_update(of=("self",), no_key=True)}
        single = frozenset(sku for sku, values in wanted.items() if _is_single(values, known.get(sku)))
        told = {
            sku: {name: value for name, value in values.items() if name not in KINDS}
            for sku, values in wanted.items()
            if sku not in single
        }
        new = [Product(sku=sku, **_whole(values)) for sku, values in told.items() if sku not in known]
        Product.objects.bulk_create(new, ignore_conflicts=True)
        updated = {sku: changed for sku in known.keys() & told.keys() if (changed := _change(known[sku], told[sku]))}
        if updated:
            names = sorted({name for changed in updated.values() for name in changed})
            Product.objects.bulk_update([known[sku] for sku in updated], [*names, "version", "updated_at"])
    return Taken(
        created=frozenset(product.sku for product in new),
        updated=updated,
        unchanged=frozenset(known.keys() - updated.keys() - single),
        single=single,
    )


def take_product(sku: str, wanted: Mapping[str, Any], *, by: Actor) -> Taken:
    """The same for one product of any kind. Raises ``InvalidRequest`` for what it can't be."""
    with work(by=by):
        rows = Product.objects.select_for_update(of=("self",), no_key=True)
        before = rows.filter(sku=sku).first()
        known = _told(before) if before else {"name": "", "price": ZERO, "currency": ""}
        values = {**known, **wanted}
        if "metadata" in wanted and before:
            values["metadata"] = {**before.metadata, **wanted["metadata"]}
        values["out_of_stock_policy"] = tuple(values.get("out_of_stock_policy", ()))
        product, is_new = upsert_product(sku, ProductData(**values), by=by)
        if is_new:
            return Taken(created=frozenset({sku}), updated={}, unchanged=frozenset())
        now = _told(product)
        changed = tuple(name for name, value in now.items() if value != known[name])
        if changed:
            return Taken(created=frozenset(), updated={sku: changed}, unchanged=frozenset())
        return Taken(created=frozenset(), updated={}, unchanged=frozenset({sku}))


def _is_single(values: Mapping[str, Any], product: Product | None) -> bool:
    is_kind = product is not None and (product.is_bundle or product.is_digital or product.preorder_cap is not None)
    return is_kind or any(values.get(name) for name in KINDS)


def _told(product: Product) -> dict[str, Any]:
    """All that the product says of itself, as ``ProductData`` has it."""
    parts = product.components.order_by("pk").select_related("component")
    components = tuple(ComponentData(sku=part.component.sku, quantity=part.quantity) for part in parts)
    names = (*FIELDS, "is_digital", "preorder_cap")
    return {name: getattr(product, name) for name in names} | {"components": components}


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
