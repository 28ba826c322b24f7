"""What is short: units that wait and nothing brings, and shelves that demand will empty."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import F, Min, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from warehouse.models import (
    Backorder,
    BackorderSupply,
    PurchaseOrderLine,
    StockLevel,
    StockMovement,
    Supplier,
    SupplierProduct,
    Warehouse,
)
from warehouse.planning.replenishment import Target, target, to_buy
from warehouse.planning.suppliers import Offer, choose_offer
from warehouse.states import UNFILLED, MovementKind, PurchaseOrderStatus

_LEAST_DAYS = 7  # what is new here is not judged by fewer days than that
Place = tuple[int, int]  # product, warehouse


@dataclass(frozen=True, kw_only=True)
class Shortage:
    """Units of a product to buy, for whoever waits or for a shelf; ``figures`` say why so many."""

    product_id: int
    quantity: int
    figures: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """A product in a warehouse: ``position`` is what is free there or coming, ``aim`` what should be."""

    product_id: int
    warehouse_id: int
    position: int
    aim: Target
    lead_time_days: int

    @property
    def shortage(self) -> Shortage | None:
        """What to buy for it; None when it has enough."""
        units = to_buy(self.aim, position=self.position, minimum=1)
        figures = {
            "a_day": round(self.aim.mean, 2),
            "deviation": round(self.aim.deviation, 2),
            "lead_time_days": self.lead_time_days,
            "safety_stock": self.aim.safety_stock,
            "reorder_point": self.aim.reorder_point,
            "position": self.position,
        }
        return Shortage(product_id=self.product_id, quantity=units, figures=figures) if units else None


def offers_of(product_ids: Collection[int]) -> dict[int, list[Offer]]:
    """What active suppliers offer, by product."""
    rows = SupplierProduct.objects.filter(product_id__in=product_ids, supplier__is_active=True)
    found: defaultdict[int, list[Offer]] = defaultdict(list)
    for row in rows.select_related("supplier").order_by("pk"):
        found[row.product_id].append(
            Offer(
                supplier_id=row.supplier_id,
                product_id=row.product_id,
                cost=row.cost,
                currency=row.supplier.currency,
                lead_time_days=row.supplier.lead_time_days if row.lead_time_days is None else row.lead_time_days,
                minimum=row.minimum_order_quantity,
            )
        )
    return found


def purchase_place(supplier_id: int) -> int | None:
    """Where a supplier sends what customers wait for; None when no warehouse works."""
    named = Supplier.objects.filter(pk=supplier_id, delivers_to__is_active=True).values_list("delivers_to", flat=True)
    return named.first() or Warehouse.objects.filter(is_active=True).values_list("pk", flat=True).first()


def waiting_shortages() -> list[Shortage]:
    """Units that wait, less what is on order for them and what people have drafted."""
    drafted: Counter[int] = Counter()
    for (product_id, _warehouse), units in _drafted_by_people().items():
        drafted[product_id] += units
    uncovered = _uncovered()
    short = {pk: n - drafted[pk] for pk, n in uncovered.items()}
    return [Shortage(product_id=pk, quantity=n, figures={"waiting": n}) for pk, n in sorted(short.items()) if n > 0]


def shelves_to_watch() -> list[Shelf]:
    """Every shelf that some supplier could fill, with what its demand asks for; a handful of statements.

    What safety stock keeps back is not for sale, so it doesn't count. What waits for goods is bought by itself.
    """
    supplied = SupplierProduct.objects.filter(supplier__is_active=True).values("product")
    levels = StockLevel.objects.filter(product__in=supplied, warehouse__is_active=True)
    rows = list(levels.select_related("warehouse").order_by("pk"))
    offers = offers_of({row.product_id for row in rows})
    demand = _Demand.read(rows)
    spoken_for, drafted, uncovered = _spoken_for(), _drafted_by_people(), _uncovered()
    found = []
    for row in rows:
        place = (row.product_id, row.warehouse_id)
        sold = demand.days_of(row)
        usual = max(1, round(sum(sold) / len(sold) * row.warehouse.cover_days))
        offer = choose_offer(offers[row.product_id], usual, is_urgent=False)
        assert offer is not None
        for_shelf = max(0, drafted.get(place, 0) - uncovered.get(row.product_id, 0))
        found.append(
            Shelf(
                product_id=row.product_id,
                warehouse_id=row.warehouse_id,
                position=row.available + row.incoming - spoken_for.get(place, 0) + for_shelf,
                aim=target(
                    sold,
                    lead_time_days=offer.lead_time_days,
                    service_level=float(row.warehouse.service_level),
                    cover_days=row.warehouse.cover_days,
                ),
                lead_time_days=offer.lead_time_days,
            )
        )
    return found


@dataclass(frozen=True, kw_only=True)
class _Demand:
    """Units that left each warehouse, day by day, and since when it has the product."""

    today: date
    sold: Mapping[Place, Mapping[date, int]]
    since: Mapping[Place, date]

    @classmethod
    def read(cls, levels: Sequence[StockLevel]) -> "_Demand":
        today = timezone.localdate()
        longest = max((row.warehouse.demand_days for row in levels), default=0)
        mine = StockMovement.objects.filter(product__in={row.product_id for row in levels})
        left = mine.filter(kind=MovementKind.SHIPPED, created_at__date__gte=today - timedelta(days=longest))
        days = left.annotate(day=TruncDate("created_at")).order_by().values_list("product_id", "warehouse_id", "day")
        sold: defaultdict[Place, dict[date, int]] = defaultdict(dict)
        for product_id, warehouse_id, day, units in days.annotate(units=-Sum("on_hand_delta")):
            sold[product_id, warehouse_id][day] = units
        first = mine.order_by().values_list("product_id", "warehouse_id").annotate(first=Min("created_at"))
        since = {(product, warehouse): timezone.localdate(at) for product, warehouse, at in first}
        return cls(today=today, sold=sold, since=since)

    def days_of(self, level: StockLevel) -> list[int]:
        """Units sold on each day of the window, the whole days before today; a day without a sale is 0."""
        place = (level.product_id, level.warehouse_id)
        known = (self.today - self.since.get(place, self.today)).days
        length = min(level.warehouse.demand_days, max(_LEAST_DAYS, known))
        window = [self.today - timedelta(days=ago) for ago in range(1, length + 1)]
        mine = self.sold.get(place, {})
        return [mine.get(day, 0) for day in window]


def _uncovered() -> dict[int, int]:
    """By product the units that wait and that nothing on order brings."""
    waiting = Backorder.objects.filter(status__in=UNFILLED).order_by().values_list("product_id")
    tied = BackorderSupply.objects.filter(backorder__status__in=UNFILLED).order_by()
    bought = dict(tied.values_list("backorder__product_id").annotate(n=Sum("quantity")))
    return {pk: n - bought.get(pk, 0) for pk, n in waiting.annotate(n=Sum("quantity"))}


def _spoken_for() -> dict[Place, int]:
    """By product and warehouse the units on order that who waits will get."""
    tied = BackorderSupply.objects.filter(backorder__status__in=UNFILLED).order_by()
    rows = tied.values_list("backorder__product_id", "purchase_line__purchase_order__warehouse_id")
    return {(product, warehouse): n for product, warehouse, n in rows.annotate(n=Sum("quantity"))}


def _drafted_by_people() -> dict[Place, int]:
    """By product and warehouse the units of drafts that the planner didn't write."""
    rows = PurchaseOrderLine.objects.filter(
        purchase_order__status=PurchaseOrderStatus.DRAFT, purchase_order__is_proposed=False
    )
    units = rows.order_by().values_list("product_id", "purchase_order__warehouse_id").annotate(n=Sum(F("quantity")))
    return {(product, warehouse): n for product, warehouse, n in units}
