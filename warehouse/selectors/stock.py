"""How much there is, where it lies and where it belongs."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import time

from django.db import connection
from django.db.models import Exists, F, IntegerField, Min, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from orders.models import ProcessException, Product, ShippingMethod
from orders.states import ExceptionStatus
from warehouse.models import Allocation, Bin, BinStock, FulfillmentOrderLine, StockMovement, SupplierProduct
from warehouse.planning.calendar import Hours
from warehouse.planning.rule_book import RuleBook, rule_book
from warehouse.states import ACTIVE, BIN_DOUBTED, AllocationStatus, BinKind


@dataclass(frozen=True, kw_only=True)
class ShelfRow:
    """What a working warehouse could promise of a product, where it is and when it works.

    ``capacity_left``: parcels that it can still send today; None: any number, or no rule asks.
    """

    product_id: int
    warehouse_id: int
    sellable: int
    incoming: int
    code: str
    country: str
    postal_code: str
    latitude: float | None
    longitude: float | None
    capacity_left: int | None
    priority: int
    timezone: str
    cutoff_time: time
    working_days: str

    @property
    def hours(self) -> Hours:
        return Hours(timezone=self.timezone, cutoff_time=self.cutoff_time, working_days=self.working_days)

    @property
    def at(self) -> tuple[float, float] | None:
        """Its place on earth, where somebody told it."""
        return None if self.latitude is None or self.longitude is None else (self.latitude, self.longitude)


# A constant statement, since every placement asks: to compile the query anew costs more than to run it. The rules come
# with the first row, so no process can know others than those in force, and no placement needs a statement for them.
# Today's parcels are counted only while a rule asks for them, once for each warehouse.
_SHELVES = """
    WITH place AS MATERIALIZED (
        SELECT w.*, CASE WHEN w.capacity_per_day IS NOT NULL AND EXISTS (
            SELECT FROM warehouse_sourcingrule r WHERE r.kind = 'capacity' AND r.is_active
        ) THEN greatest(0, w.capacity_per_day - (
            SELECT count(*) FROM warehouse_fulfillmentorder f
            WHERE f.warehouse_id = w.id AND f.status <> 'cancelled'
                AND f.created_at >= date_trunc('day', now() AT TIME ZONE w.timezone) AT TIME ZONE w.timezone
        ))::int END AS capacity_left
        FROM warehouse_warehouse w WHERE w.is_active
    )
    SELECT s.product_id, s.warehouse_id,
        s.on_hand - s.allocated - s.unavailable - s.safety_stock + s.backorder_limit AS sellable, s.incoming,
        w.code, w.country, coalesce(w.address->>'postal_code', '') AS postal_code, w.latitude::float8,
        w.longitude::float8, w.capacity_left, w.priority, w.timezone, w.cutoff_time, w.working_days,
        CASE WHEN row_number() OVER (ORDER BY s.id) = 1 THEN (
            SELECT json_agg(json_build_array(r.kind, r.channel_id, r.is_active, r.parameters)
                ORDER BY r.position, r.id)::text
            FROM warehouse_sourcingrule r
        ) END AS rules
    FROM warehouse_stocklevel s JOIN place w ON w.id = s.warehouse_id
    WHERE s.product_id = ANY(%s::bigint[]) ORDER BY s.id
"""


def shelves(product_ids: Collection[int]) -> list[ShelfRow]:
    """Every active warehouse's stock of these products, without a lock, in one statement.

    ``sellable`` keeps the safety stock back and adds what the warehouse may promise beyond its shelf
    (``backorder_limit``: goods that come in daily).
    """
    return shelves_and_rules(product_ids)[0]


def shelves_and_rules(product_ids: Collection[int]) -> tuple[list[ShelfRow], RuleBook]:
    """The same, and the rules by which it is decided where goods come from, in the same statement."""
    with connection.cursor() as cursor:
        cursor.execute(_SHELVES, [list(product_ids)])
        *names, _rules = [column.name for column in cursor.description or ()]
        rows = cursor.fetchall()
    return [ShelfRow(**dict(zip(names, row, strict=False))) for row in rows], rule_book(rows[0][-1] if rows else None)


def lead_times(product_ids: Collection[int]) -> dict[int, int]:
    """By product the days that its fastest active supplier needs; products that nobody supplies are left out."""
    offers = SupplierProduct.objects.filter(product_id__in=product_ids, supplier__is_active=True)
    days = Min(Coalesce("lead_time_days", "supplier__lead_time_days"))
    return dict(offers.values_list("product_id").annotate(days=days).order_by())


def reserved_in(order_id: int) -> list[tuple[int, int]]:
    """Lines (pks) of the order with the warehouses (pks) in which units are reserved for them."""
    held = Allocation.objects.filter(line__order=order_id, status=AllocationStatus.OPEN)
    return list(held.order_by("pk").values_list("line_id", "warehouse_id"))


def transit_days(country: str) -> tuple[int, int] | None:
    """The fewest and the most working days that the shipping methods to a country take; None: none goes there."""
    methods = ShippingMethod.objects.filter(is_active=True).values_list("days_min", "days_max", "countries")
    days = [(low, high) for low, high, countries in methods if not countries or country in countries]
    return (min(low for low, _ in days), max(high for _, high in days)) if days else None


def doubted(shelves: Iterable[BinStock]) -> set[int]:
    """Those of the shelves (pks) that a person was asked to count: a picker did not find what should be there."""
    asked = ProcessException.objects.filter(
        category=BIN_DOUBTED, status=ExceptionStatus.OPEN, subject_id__in=[str(shelf.pk) for shelf in shelves]
    )
    return {int(pk) for pk in asked.values_list("subject_id", flat=True)}


def put_away_bin(warehouse_id: int, product_id: int) -> Bin | None:
    """Where more of a product belongs: with what lies there already, else the first empty shelf, else any shelf."""
    held = BinStock.objects.filter(bin=OuterRef("pk"), on_hand__gt=0)
    shelves = Bin.objects.filter(warehouse_id=warehouse_id, kind=BinKind.PICK, is_active=True)
    return (
        shelves.annotate(is_home=Exists(held.filter(product_id=product_id)), is_used=Exists(held))
        .order_by("-is_home", "is_used", "walk_sequence", "code")
        .first()
    )


def unpicked_by_allocation(product_id: int, warehouse_id: int) -> list[tuple[Allocation, int]]:
    """Open allocations of a product in a warehouse, the youngest first, with their units that nobody picked yet."""
    fetched = (
        FulfillmentOrderLine.objects.filter(
            line=OuterRef("line"), fulfillment_order__warehouse=warehouse_id, fulfillment_order__status__in=ACTIVE
        )
        .order_by()
        .values("line")
        .annotate(n=Sum(F("picked") - F("shipped")))
        .values("n")
    )
    rows = (
        Allocation.objects.filter(product_id=product_id, warehouse_id=warehouse_id, status=AllocationStatus.OPEN)
        .annotate(unpicked=F("quantity") - Coalesce(Subquery(fetched, output_field=IntegerField()), 0))
        .select_related("line")
        .order_by("-created_at", "-pk")
    )
    return [(row, row.unpicked) for row in rows]


def known_in(warehouse: str, skus: Iterable[str]) -> frozenset[str]:
    """Which of these products ever moved in the warehouse of this code."""
    moved = StockMovement.objects.filter(warehouse__code=warehouse, product=OuterRef("pk"))
    return frozenset(Product.objects.filter(Exists(moved), sku__in=list(skus)).values_list("sku", flat=True))
