"""From which bins goods may be fetched, how good each is to pick from, and where it is."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from django.db.models import Min

from warehouse.models import Bin, BinStock, Warehouse
from warehouse.planning.bins import Fetch, Grip, Place, choose_bins
from warehouse.planning.blocks import Stop
from warehouse.planning.pick_lists import Floor
from warehouse.selectors.stock import doubted
from warehouse.states import UNPICKABLE, BinKind

# Shelves made for picking first; then goods that nobody has put away yet.
_RANK = {BinKind.PICK: 0, BinKind.RETURNS: 1, BinKind.RECEIVING: 2, BinKind.BULK: 3}


def pickable(shelves: Iterable[BinStock]) -> list[BinStock]:
    """Those to which a picker may be sent; a bin in doubt is passed by."""
    shelves = list(shelves)
    passed_by = doubted(shelves)
    return [shelf for shelf in shelves if shelf.bin.kind not in UNPICKABLE and shelf.pk not in passed_by]


def stock_of(warehouse_id: int, product_ids: Collection[int]) -> list[BinStock]:
    """What lies in a warehouse's bins of these products, without a lock: for plans."""
    rows = BinStock.objects.filter(bin__warehouse_id=warehouse_id, product_id__in=product_ids)
    return list(rows.select_related("bin", "product").order_by("pk"))


def place_of(shelf: BinStock) -> Place:
    """A shelf as ``choose_bins`` wants to know it."""
    return Place(
        bin_id=shelf.bin_id,
        product_id=shelf.product_id,
        free=shelf.on_hand - shelf.picking,
        rank=_RANK[BinKind(shelf.bin.kind)],
        walk=(shelf.bin.walk_sequence, shelf.bin.code),
    )


def grips_for(fetches: Sequence[Fetch], shelves: Sequence[BinStock], aisles: Collection[str] = ()) -> list[Grip]:
    """Bins for what is wanted: first in ``aisles``, where some are named, and elsewhere for what these don't have."""
    if not aisles:
        return choose_bins(fetches, [place_of(shelf) for shelf in shelves])
    inside = choose_bins(fetches, [place_of(shelf) for shelf in shelves if aisle_of(shelf.bin) in aisles])
    found = Counter[int]()
    for grip in inside:
        found[grip.key] += grip.quantity
    missing = [replace(fetch, quantity=fetch.quantity - found[fetch.key]) for fetch in fetches]
    elsewhere = [place_of(shelf) for shelf in shelves if aisle_of(shelf.bin) not in aisles]
    return [*inside, *choose_bins([fetch for fetch in missing if fetch.quantity], elsewhere)]


def floor_of(warehouse: Warehouse, shelves: Iterable[BinStock]) -> Floor:
    """What walks through these shelves are planned by."""
    return Floor(
        stops={shelf.bin_id: stop_of(shelf.bin) for shelf in shelves},
        layout=warehouse.layout,
        first_aisles=first_aisles(warehouse.pk),
    )


def stop_of(bin: Bin) -> Stop:
    """A bin as routes want to know it."""
    walk = (bin.walk_sequence, bin.code)
    return Stop(bin_id=bin.pk, zone=bin.zone, aisle=bin.aisle, bay=bin.bay, walk=walk)


def aisle_of(bin: Bin) -> str:
    """The name of its aisle: zone and number."""
    return f"{bin.zone} {bin.aisle}".strip()


def first_aisles(warehouse_id: int) -> dict[str, int]:
    """By zone the number of its first aisle, at whose front walks begin."""
    bins = Bin.objects.filter(warehouse_id=warehouse_id, is_active=True).exclude(kind__in=UNPICKABLE)
    return dict(bins.order_by("zone").values_list("zone").annotate(first=Min("aisle")))
