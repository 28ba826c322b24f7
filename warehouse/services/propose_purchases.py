"""Propose purchases: what waits, and what the shelves will lack, becomes drafts by supplier; a person places them."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from orders.kernel.actor import Actor
from orders.kernel.work import work
from warehouse.locks import locked_levels, locked_supplier
from warehouse.models import PurchaseOrder, PurchaseOrderLine, StockLevel, Supplier, SupplierProduct, Warehouse
from warehouse.planning.suppliers import Offer, choose_offer
from warehouse.selectors.replenishment import (
    Shelf,
    offers_of,
    purchase_place,
    shelves_to_watch,
    waiting_shortages,
)
from warehouse.services.draft_purchase import line_of, open_draft
from warehouse.services.place_purchase import place_purchase_order
from warehouse.services.save_rows import save_rows
from warehouse.states import PurchaseOrderStatus, PurchasePurpose


@dataclass(frozen=True, kw_only=True)
class _Lot:
    """Units of a product to buy for a warehouse, and why."""

    quantity: int
    figures: Mapping[str, Any] = field(default_factory=dict)


# (warehouse, purpose) -> product -> lot
_Wanted = dict[tuple[int, PurchasePurpose], dict[int, _Lot]]


def propose_purchases(*, by: Actor) -> list[PurchaseOrder]:
    """Bring the planner's drafts up to date: new ones are written, lines that nobody needs any more are taken out.

    Units that wait and that nothing on order will fill are bought where it is soonest, for the shelf where it is
    cheapest (``planning.suppliers``). What people have drafted counts as bought and is left alone. Suppliers that say
    so get their order at once. Returns the drafts and what was placed; repeating it changes nothing.
    """
    shelves = shelves_to_watch()
    _keep_reorder_points(shelves, by=by)
    wanted = _wanted(shelves)
    rows = []
    drafts = PurchaseOrder.objects.filter(status=PurchaseOrderStatus.DRAFT, is_proposed=True)
    for supplier_id in sorted({*wanted, *drafts.values_list("supplier_id", flat=True)}):
        rows += _propose(supplier_id, wanted.get(supplier_id, {}), by=by)
    return rows


def _keep_reorder_points(shelves: Sequence[Shelf], *, by: Actor) -> None:
    """Show on the stock levels where demand says that somebody should buy."""
    points = {(shelf.product_id, shelf.warehouse_id): shelf.aim.reorder_point for shelf in shelves}
    known = StockLevel.objects.filter(product__in={product for product, _warehouse in points})
    stale = {row.product_id for row in known if points.get((row.product_id, row.warehouse_id)) != row.reorder_point}
    with work(by=by):
        changed = [
            row
            for row in locked_levels(stale)
            if points.get((row.product_id, row.warehouse_id), row.reorder_point) != row.reorder_point
        ]
        for row in changed:
            row.reorder_point = points[row.product_id, row.warehouse_id]
        save_rows(changed, ["reorder_point"])


def _wanted(shelves: Sequence[Shelf]) -> dict[int, _Wanted]:
    """By supplier what to buy: for who waits, then for the shelves what a minimum doesn't bring along anyhow."""
    wanted: defaultdict[int, _Wanted] = defaultdict(dict)
    waiting = waiting_shortages()
    short_shelves = [(shelf, short) for shelf in shelves if (short := shelf.shortage)]
    offers = offers_of({each.product_id for each in waiting} | {each.product_id for _shelf, each in short_shelves})
    surplus: Counter[tuple[int, int]] = Counter()
    for short in waiting:
        offer = choose_offer(offers.get(short.product_id, ()), short.quantity, is_urgent=True)
        place = purchase_place(offer.supplier_id) if offer else None
        if offer and place:
            surplus[short.product_id, place] += offer.units(short.quantity) - short.quantity
            _want(wanted, offer, (place, PurchasePurpose.BACKORDER), short.quantity, short.figures)
    for shelf, short in short_shelves:
        missing = short.quantity - surplus[shelf.product_id, shelf.warehouse_id]
        offer = choose_offer(offers.get(short.product_id, ()), missing, is_urgent=False)
        if offer and missing > 0:
            _want(wanted, offer, (shelf.warehouse_id, PurchasePurpose.STOCK), missing, short.figures)
    return wanted


def _want(
    wanted: defaultdict[int, _Wanted],
    offer: Offer,
    place: tuple[int, PurchasePurpose],
    units: int,
    figures: Mapping[str, Any],
) -> None:
    lot = _Lot(quantity=offer.units(units), figures=figures)
    wanted[offer.supplier_id].setdefault(place, {})[offer.product_id] = lot


def _propose(supplier_id: int, wanted: _Wanted, *, by: Actor) -> list[PurchaseOrder]:
    """One supplier's drafts, in a transaction of their own; then place them, if that is how it is."""
    with work(by=by):
        supplier = locked_supplier(supplier_id)
        mine = PurchaseOrder.objects.filter(supplier=supplier, status=PurchaseOrderStatus.DRAFT, is_proposed=True)
        known = {(row.warehouse_id, PurchasePurpose(row.purpose)): row for row in mine.select_for_update(no_key=True)}
        rows = []
        for place in sorted({*wanted, *known}):
            row = _write(supplier, place, known.get(place), wanted.get(place, {}))
            rows += [row] if row else []
    if supplier.is_placed_by_itself:
        return [place_purchase_order(row.pk, by=by) for row in rows]
    return rows


def _write(
    supplier: Supplier, place: tuple[int, PurchasePurpose], row: PurchaseOrder | None, lots: Mapping[int, _Lot]
) -> PurchaseOrder | None:
    """Let the draft say exactly ``lots``; an empty one is cancelled."""
    if not lots:
        if row is not None:
            row.lines.all().delete()
            row.cancel()
            row.save(update_fields=["status"])
        return None
    warehouse_id, purpose = place
    if row is None:
        warehouse = Warehouse.objects.get(pk=warehouse_id)
        row = open_draft(supplier, warehouse, purpose=purpose, is_proposed=True)
    lines = {line.product_id: line for line in row.lines.all()}
    gone = [line.pk for product_id, line in lines.items() if product_id not in lots]
    changed = [
        line
        for product_id, line in lines.items()
        if product_id in lots and (line.quantity, line.figures) != (lots[product_id].quantity, lots[product_id].figures)
    ]
    for line in changed:
        line.quantity, line.figures = lots[line.product_id].quantity, dict(lots[line.product_id].figures)
    row.lines.filter(pk__in=gone).delete()
    PurchaseOrderLine.objects.bulk_update(changed, ["quantity", "figures"])
    offers = SupplierProduct.objects.filter(supplier=supplier, product__in=lots.keys() - lines.keys())
    new = [
        line_of(row, offer, lots[offer.product_id].quantity, figures=lots[offer.product_id].figures)
        for offer in offers.order_by("product")
    ]
    PurchaseOrderLine.objects.bulk_create(new)
    if gone or changed or new:
        row.version += 1
        row.save(update_fields=["version"])
    return row
