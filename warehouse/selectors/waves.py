"""What could join a wave, what lies where for it, and when schedules are due."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain

from django.db.models import Exists, F, OuterRef, QuerySet

from orders.models import OrderLine
from orders.models.line import UNSOURCED
from warehouse.models import BinStock, FulfillmentOrder, FulfillmentOrderLine, Wave, WaveSchedule
from warehouse.models.wave import WaveTerms
from warehouse.planning.bins import Fetch
from warehouse.planning.urgency import Slots, last_slot, leaves_by, must_go
from warehouse.planning.wave_terms import Demand
from warehouse.selectors.holds import held_among
from warehouse.selectors.shelves import aisle_of, pickable, stock_of
from warehouse.selectors.work import to_release, unreleased_lines
from warehouse.states import WaveStatus


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A work order that could join a wave; ``fetches`` are its units that a shelf has, by line."""

    row: FulfillmentOrder
    fetches: tuple[Fetch, ...]
    since: datetime
    leaving: date
    is_urgent: bool

    @property
    def demand(self) -> Demand:
        """The same for the planner."""
        units: Counter[int] = Counter()
        for fetch in self.fetches:
            units[fetch.product_id] += fetch.quantity
        return Demand(key=self.row.pk, units=units, is_urgent=self.is_urgent)


@dataclass(frozen=True, kw_only=True)
class Ground:
    """All that a wave is planned on: candidates, the most urgent and oldest first, and shelves with goods for them."""

    candidates: Sequence[Candidate]
    shelves: Sequence[BinStock]

    @property
    def aisles(self) -> dict[str, dict[int, int]]:
        """Free units by aisle and product."""
        found: defaultdict[str, dict[int, int]] = defaultdict(dict)
        for shelf in self.shelves:
            products = found[aisle_of(shelf.bin)]
            products[shelf.product_id] = products.get(shelf.product_id, 0) + shelf.on_hand - shelf.picking
        return dict(sorted(found.items()))


def wave_ground(terms: WaveTerms, *, methods: Sequence[int], now: datetime) -> Ground:
    """What the terms admit now: confirmed, on no list, not on hold, old enough, and with goods on a shelf.

    Five statements, however many orders.
    """
    rows = list(_admitted(terms, methods, now))
    lines = unreleased_lines([row.pk for row in rows])
    held = held_among({line.line_id: line.line.order_id for line in lines})
    shelves = [
        shelf
        for shelf in pickable(stock_of(terms.warehouse_id, {line.line.product_id for line in lines}))
        if shelf.on_hand > shelf.picking and terms.zone in ("", shelf.bin.zone)
    ]
    free: Counter[int] = Counter()
    for shelf in shelves:
        free[shelf.product_id] += shelf.on_hand - shelf.picking
    by_row: defaultdict[int, list[FulfillmentOrderLine]] = defaultdict(list)
    for line in lines:
        by_row[line.fulfillment_order_id].append(line)
    candidates = []
    for row in rows:
        mine = [line for line in by_row[row.pk] if line.line_id not in held]
        fetches = _on_shelves(mine, free)
        is_whole = len(mine) == len(by_row[row.pk]) and sum(f.quantity for f in fetches) == _units(mine)
        if fetches and (is_whole or not (terms.zone or terms.complete_only)):
            candidates.append(_candidate(terms, row, mine, fetches, now))
    candidates.sort(key=lambda each: (not each.is_urgent, each.leaving if each.is_urgent else date.max, each.since))
    return Ground(candidates=candidates, shelves=shelves)


def _admitted(terms: WaveTerms, methods: Sequence[int], now: datetime) -> "QuerySet[FulfillmentOrder]":
    rows = to_release(FulfillmentOrder.objects.filter(warehouse=terms.warehouse_id))
    if methods:
        rows = rows.filter(order__shipping_method__in=methods)
    if terms.min_age_minutes:
        rows = rows.filter(order__confirmed_at__lte=now - timedelta(minutes=terms.min_age_minutes))
    if terms.complete_only:
        lines = OrderLine.objects.filter(order=OuterRef("order"))
        rows = rows.exclude(Exists(lines.filter(backordered__gt=0))).exclude(Exists(lines.filter(UNSOURCED)))
    return rows.select_related("order__shipping_method").order_by(F("order__confirmed_at").asc(nulls_first=True), "pk")


def _on_shelves(lines: Sequence[FulfillmentOrderLine], free: Counter[int]) -> tuple[Fetch, ...]:
    """The units of an order's lines that the shelves have, if nobody else takes any."""
    left: dict[int, int] = {}
    fetches = []
    for line in lines:
        product = line.line.product_id
        wanted: int = line.unreleased  # type: ignore[attr-defined]
        units = min(wanted, left.setdefault(product, free[product]))
        left[product] -= units
        if units:
            fetches.append(Fetch(key=line.pk, product_id=product, quantity=units))
    return tuple(fetches)


def _units(lines: Sequence[FulfillmentOrderLine]) -> int:
    return sum(line.unreleased for line in lines)  # type: ignore[attr-defined]


def _candidate(
    terms: WaveTerms,
    row: FulfillmentOrder,
    lines: Sequence[FulfillmentOrderLine],
    fetches: tuple[Fetch, ...],
    now: datetime,
) -> Candidate:
    since = row.order.confirmed_at or row.created_at
    promised = min((line.line.promised_on for line in lines if line.line.promised_on), default=row.promised_on)
    method = row.order.shipping_method
    hours = terms.warehouse.hours
    leaving = leaves_by(since, promised, method.days_max if method else 0, hours)
    is_old = terms.max_age_hours is not None and since <= now - timedelta(hours=terms.max_age_hours)
    lead = timedelta(minutes=terms.lead_minutes)
    is_urgent = is_old or must_go(leaving, now, hours, lead=lead)
    return Candidate(row=row, fetches=fetches, since=since, leaving=leaving, is_urgent=is_urgent)


def fetches_of(candidates: Sequence[Candidate]) -> list[Fetch]:
    """All that some candidates want."""
    return list(chain.from_iterable(candidate.fetches for candidate in candidates))


def due_schedules(now: datetime) -> list[tuple[WaveSchedule, datetime]]:
    """The schedules that should have run and haven't, each with its time, by priority."""
    rows = WaveSchedule.objects.filter(is_active=True, warehouse__is_active=True).select_related("warehouse")
    due = []
    for row in rows.order_by("priority", "pk"):
        every = timedelta(minutes=row.every_minutes) if row.every_minutes else None
        slots = Slots(days=row.days, starts_at=row.starts_at, every=every, ends_at=row.ends_at)
        slot = last_slot(now, slots, row.warehouse.timezone)
        if slot is not None and row.last_run_at < slot:
            due.append((row, slot))
    return due


def planned_waves() -> QuerySet[Wave]:
    """Waves that wait for their release."""
    return Wave.objects.filter(status=WaveStatus.PLANNED)


def incomplete_orders(order_ids: Collection[int]) -> set[int]:
    """Those of the orders of which units wait for goods, or for somebody to find some."""
    lines = OrderLine.objects.filter(order__in=order_ids)
    waiting = lines.filter(backordered__gt=0).values_list("order", flat=True)
    return {*waiting, *lines.filter(UNSOURCED).values_list("order", flat=True)}
