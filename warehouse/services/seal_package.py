"""Seal: the package gets its box and materials, is weighed and closed."""

from collections.abc import Mapping

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from warehouse.errors import NotSealable, WeightMismatch
from warehouse.events import PackageSealed
from warehouse.locks import locked_package
from warehouse.models import (
    BoxType,
    MaterialStock,
    Package,
    PackageLine,
    PackageMaterial,
    PackingMaterial,
)
from warehouse.selectors.packing import advise_package
from warehouse.services.free_totes import free_totes
from warehouse.services.respect_holds import refuse_if_held
from warehouse.services.settle_work import is_all_sealed
from warehouse.states import PackageStatus

# How far the scale may be from the sum of the parts: tape, paper and the scale itself.
TOLERANCE_G = 50
TOLERANCE_SHARE = 0.05


def seal_package(
    package_id: int, *, box: str, materials: Mapping[str, int] | None = None, weight_g: int, by: Actor
) -> Package:
    """Close an open package in ``box`` (code) with ``materials`` (code -> pieces), as weighed in grams.

    The weight must be that of goods, box and materials, within 50 g or 5 %, whichever is more; where a product's
    weight isn't known, only too little is refused. Materials leave their stock. 1 lock 2 guard 3 weigh 4 save
    5 use up 6 tell. Raises ``OnHold``, ``NotSealable``, ``WeightMismatch``.
    """
    with work(by=by):
        order, row, package = locked_package(package_id)
        if package.status != PackageStatus.OPEN:
            raise NotSealable(_("This package is closed."))
        lines = list(package.lines.select_related("fulfillment_line__line__product"))
        if not lines:
            raise NotSealable(_("This package is empty."))
        refuse_if_held(order, [line.fulfillment_line.line_id for line in lines])
        chosen_box, chosen_materials = _chosen(box, materials or {})
        package.expected_weight_g = _weigh(lines, chosen_box, chosen_materials, weight_g)
        advice = advise_package(package)
        package.advised_box_id = advice.box_id if advice else None
        package.box = chosen_box
        package.weight_g = weight_g
        package.sealed_at = timezone.now()
        package.seal()
        package.save()
        _use_up(package, chosen_materials, row.warehouse_id)
        free_totes([row.pk])
        emit(
            PackageSealed(
                order_id=order.pk,
                fulfillment_order_id=row.pk,
                package_id=package.pk,
                package=package.public_id,
                is_last=is_all_sealed(row),
            )
        )
        return package


def _chosen(box: str, materials: Mapping[str, int]) -> tuple[BoxType, list[tuple[PackingMaterial, int]]]:
    box_type = BoxType.objects.filter(code=box, is_active=True).first()
    if box_type is None:
        raise NotSealable(_("Choose a box."))
    known = {row.code: row for row in PackingMaterial.objects.filter(code__in=materials, is_active=True)}
    if set(materials) - set(known) or any(pieces < 0 for pieces in materials.values()):
        raise NotSealable(_("Choose materials from the list, and how many of each."))
    return box_type, [(known[code], pieces) for code, pieces in sorted(materials.items()) if pieces]


def _weigh(lines: list[PackageLine], box: BoxType, materials: list[tuple[PackingMaterial, int]], weight_g: int) -> int:
    """The weight that the parts should have; refuses what the scale can't mean."""
    products = [(line.fulfillment_line.line.product, line.quantity) for line in lines]
    expected = box.weight_g + sum(product.weight_g * n for product, n in products)
    expected += sum(material.weight_g_per_unit * n for material, n in materials)
    if weight_g > box.max_weight_g:
        raise NotSealable(_("{box} carries at most {max} g.").format(box=box.name, max=box.max_weight_g))
    tolerance = max(TOLERANCE_G, round(expected * TOLERANCE_SHARE))
    is_all_known = all(product.weight_g for product, _n in products)
    if weight_g < expected - tolerance or (is_all_known and weight_g > expected + tolerance):
        raise WeightMismatch(
            _("The scale says {weight} g, the contents say {expected} g. Count them again.").format(
                weight=weight_g, expected=expected
            ),
            expected_g=expected,
            tolerance_g=tolerance,
        )
    return expected


def _use_up(package: Package, materials: list[tuple[PackingMaterial, int]], warehouse_id: int | None) -> None:
    """Take the materials from the warehouse's stock, which may fall below zero: packing never waits for a count."""
    PackageMaterial.objects.bulk_create(
        PackageMaterial(package=package, material=material, quantity=n) for material, n in materials
    )
    if warehouse_id is None:
        return  # a supplier packs with its own
    MaterialStock.objects.bulk_create(
        [MaterialStock(warehouse_id=warehouse_id, material=material) for material, _n in materials],
        ignore_conflicts=True,
    )
    for material, n in sorted(materials, key=lambda used: used[0].pk):
        stock = MaterialStock.objects.filter(warehouse_id=warehouse_id, material=material)
        stock.update(on_hand=F("on_hand") - n)
