"""Which box and which protection fit the goods."""

from collections.abc import Iterable

from orders.models import Product
from warehouse.models import BoxType, Package, PackingMaterial
from warehouse.planning.boxes import MOST_ITEMS, Advice, Box, Item, advise_box


def advise_package(package: Package) -> Advice | None:
    """The box and protection that fit what lies in a package now."""
    rows = package.lines.select_related("fulfillment_line__line__product")
    return advise((row.fulfillment_line.line.product, row.quantity) for row in rows)


def advise(contents: Iterable[tuple[Product, int]]) -> Advice | None:
    """The cheapest of our boxes that these goods fit into, and what protects them."""
    items = [
        Item(
            size=(product.length_mm, product.width_mm, product.height_mm),
            weight_g=product.weight_g,
            fragility=product.fragility,
        )
        for product, n in contents
        for _ in range(min(n, MOST_ITEMS + 1))
    ]
    boxes = [
        Box(
            id=box.pk,
            inner=(box.inner_length_mm, box.inner_width_mm, box.inner_height_mm),
            weight_g=box.weight_g,
            max_weight_g=box.max_weight_g,
            cost=box.cost,
        )
        for box in BoxType.objects.filter(is_active=True)
    ]
    return advise_box(items, boxes)


def advised_materials(advice: Advice | None) -> dict[str, int]:
    """By code how many pieces of which material the advice means: the cheapest of each purpose."""
    wanted = dict(advice.protection) if advice else {}
    chosen: dict[str, str] = {}
    for material in PackingMaterial.objects.filter(is_active=True, purpose__in=wanted).order_by("cost", "code"):
        chosen.setdefault(material.purpose, material.code)
    return {code: wanted[purpose] for purpose, code in chosen.items()}
