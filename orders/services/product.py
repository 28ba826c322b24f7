"""Put a product into the catalogue, or replace it; called by the API, the admin and the demo."""

import dataclasses
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError
from django.db.models import Exists, OuterRef

from orders.errors import InvalidRequest, Stale
from orders.kernel.actor import Actor
from orders.kernel.errors import FieldError, at
from orders.kernel.money import ZERO, is_exact
from orders.kernel.work import work
from orders.models import BundleComponent, Product
from orders.states import Fragility

MOST_UNITS_IN_ONE = 1_000  # units of a component in one bundle


@dataclass(frozen=True, kw_only=True)
class ComponentData:
    """Units of another product in one bundle."""

    sku: str
    quantity: int


@dataclass(frozen=True, kw_only=True)
class ProductData:
    """All that a product says of itself; sizes in millimetres and grams, packed for storage.

    ``components`` make it a bundle.
    """

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
    preorder_cap: int | None = None
    is_digital: bool = False
    components: tuple[ComponentData, ...] = ()
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
        product, *parts = _locked(sku, data)
        if versions is not None and (product is None or product.version not in versions):
            raise Stale(
                "The product was changed meanwhile; read it again.",
                current_version=product.version if product else None,
            )
        refuse_kind(product, currency=data.currency, is_digital=data.is_digital, parts=parts)
        _refuse_cap(product, data)
        wanted = {f.name: getattr(data, f.name) for f in dataclasses.fields(data) if f.name != "components"}
        wanted |= {"out_of_stock_policy": list(data.out_of_stock_policy), "metadata": dict(data.metadata)}
        wanted["is_bundle"] = bool(parts)
        quantities = [(part.pk, component.quantity) for part, component in zip(parts, data.components, strict=True)]
        if product is None:
            product = Product.objects.create(sku=sku, **wanted)
            _set_components(product, quantities)
            return product, True
        changed = [name for name, value in wanted.items() if getattr(product, name) != value]
        if _set_components(product, quantities) or changed:
            for name in changed:
                setattr(product, name, wanted[name])
            product.version += 1
            product.save(update_fields=[*changed, "version", "updated_at"])
        return product, False


def _locked(sku: str, data: ProductData) -> tuple[Any, ...]:
    """The product, if there is one, and those that it is made of: nobody makes bundles of them meanwhile."""
    skus = [sku, *(component.sku for component in data.components)]
    rows = Product.objects.select_for_update(of=("self",), no_key=True).filter(sku__in=skus).order_by("pk")
    found = {product.sku: product for product in rows}
    unknown = [
        at(f"#/components/{i}/sku", "unknown_product", "No product has this SKU.")
        for i, component in enumerate(data.components)
        if component.sku not in found or component.sku == sku
    ]
    if unknown:
        raise InvalidRequest("components: name other products that exist.", errors=unknown)
    return found.get(sku), *(found[component.sku] for component in data.components)


def _set_components(product: Product, quantities: Sequence[tuple[int, int]]) -> bool:
    """Tells whether anything is different."""
    known = list(product.components.order_by("pk").values_list("component_id", "quantity"))
    if known == list(quantities):
        return False
    product.components.all().delete()
    BundleComponent.objects.bulk_create(
        BundleComponent(bundle=product, component_id=pk, quantity=n) for pk, n in quantities
    )
    return True


def settle_components(product_id: int) -> None:
    """After its components were edited: a product is a bundle exactly when it has some."""
    rows = Product.objects.filter(pk=product_id)
    rows.update(is_bundle=Exists(BundleComponent.objects.filter(bundle=OuterRef("pk"))))


def _refuse_cap(product: Product | None, data: ProductData) -> None:
    if product is not None and data.preorder_cap is not None and data.preorder_cap < product.preorder_taken:
        errors = [at("#/preorder_cap", "too_small", f"{product.preorder_taken} units are preordered already.")]
        raise InvalidRequest("preorder_cap: it can't be less than what is preordered.", errors=errors)


def refuse_kind(product: Product | None, *, currency: str, is_digital: bool, parts: Sequence[Product]) -> None:
    """A component is neither bundle nor digital, and costs money of its bundle's kind. Raises ``InvalidRequest``.

    The product, where it exists, and its ``parts`` are locked.
    """
    errors = [
        at(f"#/components/{i}/sku", "not_a_component", "A component is no bundle, not digital, and in one currency.")
        for i, part in enumerate(parts)
        if part.is_bundle or part.is_digital or part.currency != currency
    ]
    if product is not None:
        of_bundles = Product.objects.filter(components__component=product)
        bundle = (of_bundles.exclude(currency=currency) if not (parts or is_digital) else of_bundles).first()
        if bundle is not None:
            name = "components" if parts else "is_digital" if is_digital else "currency"
            errors.append(at(f"#/{name}", "is_component", f"It is a component of {bundle.sku}."))
    if errors:
        raise InvalidRequest("The product can't be sold in this way; errors names each reason.", errors=errors)


def _check(data: ProductData) -> None:
    errors: list[FieldError] = []
    if not is_exact(data.price, data.currency):
        errors.append(at("#/price", "too_precise", f"{data.currency} has fewer digits."))
    if len(set(data.out_of_stock_policy)) != len(data.out_of_stock_policy):
        errors.append(at("#/out_of_stock_policy", "repeated", "Name each way out once."))
    skus = [component.sku for component in data.components]
    errors += [
        at(f"#/components/{i}/sku", "repeated", "Name each component once.")
        for i, sku in enumerate(skus)
        if sku in skus[:i]
    ]
    if data.is_digital and skus:
        errors.append(at("#/is_digital", "is_bundle", "A bundle has components that leave; it isn't digital."))
    if data.preorder_ships_on and (data.is_digital or skus):
        detail = "Only goods are preordered; of a bundle give its components a day."
        errors.append(at("#/preorder_ships_on", "not_goods", detail))
    if errors:
        raise InvalidRequest("Some fields are not valid; errors names each of them.", errors=errors)
