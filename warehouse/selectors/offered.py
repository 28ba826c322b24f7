"""What products are made of, as far as it decides how many can be sold: components, preorder caps, pools of codes."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q
from django.utils import timezone

from orders.models import BundleComponent, Product

# What has no end is said to be as many as one line may have.
_NO_END = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Offered:
    """A product and the units in one of it, by product pk: none of what is digital.

    ``ships_on`` and ``left`` are those of its preorders; ``codes`` are what a digital product may still give away,
    None: as much as anybody wants.
    """

    pk: int
    sku: str
    is_bundle: bool
    is_digital: bool
    codes: int | None
    parts: Mapping[int, int]
    ships_on: Mapping[int, date]
    left: Mapping[int, int]

    def most(self, available: Mapping[int, int]) -> int:
        """How many could be sold, given what is available of its parts: preorders don't ask for that."""
        if self.is_digital:
            return _NO_END if self.codes is None else self.codes
        of_part = {pk: self.left.get(pk, _NO_END) if pk in self.ships_on else available[pk] for pk in self.parts}
        return min((of_part[pk] // n for pk, n in self.parts.items()), default=0)


def offered(product_ids: Collection[int]) -> dict[int, Offered]:
    """Those of the products that exist, by pk; two statements, one when none of them is a bundle."""
    free = Count("digital_good__codes", filter=Q(digital_good__codes__line=None))
    products = list(Product.objects.filter(pk__in=product_ids).select_related("digital_good").annotate(free_codes=free))
    bundles = [product.pk for product in products if product.is_bundle]
    parts: defaultdict[int, list[tuple[Product, int]]] = defaultdict(list)
    if bundles:
        for row in BundleComponent.objects.filter(bundle__in=bundles).select_related("component").order_by("pk"):
            parts[row.bundle_id].append((row.component, row.quantity))
    return {product.pk: _offered(product, parts[product.pk] or [(product, 1)]) for product in products}


def _offered(product: Product, parts: list[tuple[Product, int]]) -> Offered:
    good = getattr(product, "digital_good", None)
    today = timezone.localdate()
    preorders = [part for part, _n in parts if part.preorder_on(today)]
    return Offered(
        pk=product.pk,
        sku=product.sku,
        is_bundle=product.is_bundle,
        is_digital=product.is_digital,
        codes=product.free_codes if good and good.uses_codes else None,  # type: ignore[attr-defined]
        parts={} if product.is_digital else {part.pk: n for part, n in parts},
        ships_on={part.pk: part.preorder_ships_on for part in preorders if part.preorder_ships_on},
        left={
            part.pk: max(part.preorder_cap - part.preorder_taken, 0)
            for part in preorders
            if part.preorder_cap is not None
        },
    )
