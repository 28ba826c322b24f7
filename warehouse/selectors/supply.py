"""What is on its way, and who waits for it."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from warehouse.models import Backorder, BackorderSupply, PurchaseOrder, PurchaseOrderLine, StockLevel, Warehouse
from warehouse.planning.calendar import Hours, working_day_after
from warehouse.planning.supply import Delivery, Waiter, complete_most, fastest, oldest
from warehouse.states import COMING, UNFILLED, BackorderStatus, FillPolicy

# A promise that lies closer than this may be broken before goods that nobody has bought can come.
_SOON = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Coming:
    """Units of a product that a purchase line still brings; ``on`` is None when its day has passed."""

    line_id: int
    purchase_order: str
    product_id: int
    warehouse_id: int
    hours: Hours
    units: int
    on: date | None
    is_promised: bool

    @property
    def delivery(self) -> Delivery:
        return Delivery(key=self.line_id, units=self.units, on=self.on)


def coming_lines() -> QuerySet[PurchaseOrderLine]:
    """Lines of purchase orders with units that are still to come."""
    rows = PurchaseOrderLine.objects.filter(purchase_order__status__in=COMING)
    return rows.filter(quantity__gt=F("cancelled") + F("received"))


def coming(product_ids: Collection[int], *, spoken_for: Collection[int] | None = None) -> list[Coming]:
    """What is on its way to working warehouses, in one statement, less what it will fill.

    ``spoken_for``: the backorders (pks) whose units count as spoken for; None: all of them.
    """
    mine = BackorderSupply.objects.filter(purchase_line=OuterRef("pk"))
    if spoken_for is not None:
        mine = mine.filter(backorder__in=spoken_for)
    taken = mine.order_by().values("purchase_line").annotate(n=Sum("quantity")).values("n")
    rows = coming_lines().filter(product_id__in=product_ids, purchase_order__warehouse__is_active=True)
    rows = rows.annotate(taken=Coalesce(Subquery(taken, output_field=IntegerField()), 0))
    today = timezone.localdate()
    return [
        Coming(
            line_id=row.pk,
            purchase_order=row.purchase_order.number,
            product_id=row.product_id,
            warehouse_id=row.purchase_order.warehouse_id,
            hours=row.purchase_order.warehouse.hours,
            units=units,
            on=row.expected_on if row.expected_on and row.expected_on >= today else None,
            is_promised=row.promised_on is not None,
        )
        for row in rows.select_related("purchase_order__warehouse").order_by("pk")
        if (units := row.open - row.taken) > 0
    ]


def free_arrivals(product_ids: Collection[int]) -> dict[int, list[Coming]]:
    """What is on its way and spoken for by nobody, by product; in the order of its days."""
    found: defaultdict[int, list[Coming]] = defaultdict(list)
    for row in sorted(coming(product_ids), key=lambda row: (row.on is None, row.on or date.min, row.line_id)):
        found[row.product_id].append(row)
    return found


def supplied_on(line_ids: Collection[int]) -> dict[int, list[date | None]]:
    """By order line (pk) the days on which what was bought for it can leave; lines not wholly bought are left out."""
    ties = BackorderSupply.objects.filter(backorder__line__in=line_ids, backorder__status__in=UNFILLED)
    ties = ties.select_related("backorder", "purchase_line__purchase_order__warehouse").order_by("pk")
    days: defaultdict[int, list[date | None]] = defaultdict(list)
    missing: dict[int, int] = {}
    today = timezone.localdate()
    for tie in ties if line_ids else ():
        line_id, on = tie.backorder.line_id, tie.purchase_line.expected_on
        hours = tie.purchase_line.purchase_order.warehouse.hours
        days[line_id].append(working_day_after(on, hours.working_days) if on and on >= today else None)
        missing[line_id] = missing.get(line_id, tie.backorder.quantity) - tie.quantity
    return {line_id: mine for line_id, mine in days.items() if missing[line_id] <= 0}


def overdue_purchases() -> list[int]:
    """Purchase orders with units that should have come before today."""
    late = coming_lines().filter(expected_on__lt=timezone.localdate())
    return list(late.order_by("purchase_order").values_list("purchase_order", flat=True).distinct())


def products_to_follow() -> list[int]:
    """Products of which some backorder could be told more: units come that nobody waits for yet, or fewer come than
    are waited for, or a promise is close and nothing is bought."""
    tied = BackorderSupply.objects.filter(backorder=OuterRef("pk")).order_by().values("backorder")
    sums = Subquery(tied.annotate(n=Sum("quantity")).values("n"), output_field=IntegerField())
    waiting = Backorder.objects.filter(status__in=UNFILLED).annotate(tied=Coalesce(sums, Value(0)))
    taken = BackorderSupply.objects.filter(purchase_line=OuterRef("pk")).order_by().values("purchase_line")
    used = Subquery(taken.annotate(n=Sum("quantity")).values("n"), output_field=IntegerField())
    free = coming_lines().filter(product=OuterRef("product")).annotate(used=Coalesce(used, Value(0)))
    free = free.filter(quantity__gt=F("cancelled") + F("received") + F("used"))
    uncovered = Q(tied__lt=F("quantity"))
    close = Q(status=BackorderStatus.WAITING, line__promised_on__lt=timezone.localdate() + _SOON)
    due = waiting.filter(
        uncovered & Exists(free)
        | uncovered & ~Q(status=BackorderStatus.WAITING)
        | Q(tied__gt=F("quantity"))
        | uncovered & close
    )
    return list(due.order_by("product").values_list("product", flat=True).distinct())


def fill_policy(product_id: int) -> FillPolicy:
    """The policy of the warehouse whose goods are shared out: the first by priority that has some, or at all."""
    free = F("on_hand") - F("allocated") - F("unavailable") - F("safety_stock")
    levels = StockLevel.objects.filter(product=product_id, warehouse=OuterRef("pk")).annotate(free=free)
    active = Warehouse.objects.filter(is_active=True).annotate(has_some=Exists(levels.filter(free__gt=0)))
    policy = active.order_by("-has_some", "priority", "pk").values_list("fill_policy", flat=True).first()
    return FillPolicy(policy) if policy else FillPolicy.OLDEST


def queue(backorders: Iterable[Backorder], *, policy: FillPolicy, free: int) -> list[Backorder]:
    """Backorders of one product (with line and order) in the order in which ``free`` units are shared out."""
    rows = {row.pk: row for row in backorders}
    waiters = [_waiter(row) for row in rows.values()]
    match policy:
        case FillPolicy.PRIORITY:
            ranked = fastest(waiters)
        case FillPolicy.COMPLETE_MOST_ORDERS:
            ranked = complete_most(waiters, free=free)
        case _:
            ranked = oldest(waiters)
    return [rows[waiter.key] for waiter in ranked]


def unfilled(product_id: int) -> "QuerySet[Backorder]":
    """Backorders of a product; each says as ``is_last`` whether nothing else of its order waits."""
    others = Backorder.objects.filter(line__order=OuterRef("line__order"), status__in=UNFILLED)
    others = others.exclude(pk=OuterRef("pk"))
    rows = Backorder.objects.filter(product_id=product_id, status__in=UNFILLED).annotate(is_last=~Exists(others))
    return rows.select_related("line__order__shipping_method").order_by("created_at", "pk")


def _waiter(row: Backorder) -> Waiter:
    method = row.line.order.shipping_method
    return Waiter(
        key=row.pk,
        quantity=row.quantity,
        since=row.created_at,
        speed=method.days_max if method else 99,
        is_last=row.is_last,  # type: ignore[attr-defined]
    )


def purchase_orders_of(backorder: Backorder) -> QuerySet[PurchaseOrder]:
    """The purchase orders that bring its goods."""
    return PurchaseOrder.objects.filter(lines__supplies__backorder=backorder).distinct()
