"""The bins that received goods may be put into."""

from collections import defaultdict

from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Abs

from warehouse.models import Bin, BinStock
from warehouse.planning.put_away import Spot
from warehouse.states import BinKind

_ENOUGH = 50  # empty bins, and bins of bulk, of which one is nearest


def spots(warehouse_id: int, product_id: int) -> list[Spot]:
    """Where the product lies already, the nearest empty shelves, bulk; four statements however large the warehouse."""
    bins = Bin.objects.filter(warehouse_id=warehouse_id, is_active=True, kind__in=[BinKind.PICK, BinKind.BULK])
    held = BinStock.objects.filter(bin=OuterRef("pk"), on_hand__gt=0)
    homes = list(bins.filter(Exists(held.filter(product_id=product_id))))
    near = min((bin.walk_sequence for bin in homes), default=0)
    shelves = bins.filter(kind=BinKind.PICK).annotate(is_used=Exists(held), away=Abs(F("walk_sequence") - near))
    empty = list(shelves.order_by("is_used", "away", "code")[:_ENOUGH])
    bulk = list(
        bins.filter(kind=BinKind.BULK).annotate(is_used=Exists(held)).order_by("is_used", "walk_sequence")[:_ENOUGH]
    )
    found = {bin.pk: bin for bin in [*homes, *empty, *bulk]}
    units: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0])
    stock = BinStock.objects.filter(bin__in=found, on_hand__gt=0)
    for bin_id, product, on_hand in stock.values_list("bin_id", "product_id", "on_hand"):
        units[bin_id][product != product_id] += on_hand
    return [
        Spot(
            bin_id=bin.pk,
            is_pick=bin.kind == BinKind.PICK,
            walk=(bin.walk_sequence, bin.code),
            mine=units[bin.pk][0],
            others=units[bin.pk][1],
        )
        for bin in found.values()
    ]
