"""Answers to the ground floor's questions about stock; ANSWERS in the switchboard leads here."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from django.utils import timezone

from orders.models import OrderLine, Product
from orders.questions import (
    Availability,
    Filled,
    Need,
    PlanStock,
    ProductAvailability,
    PromiseDates,
    Take,
    TakeStock,
    Unreserve,
)
from warehouse.planning.calendar import arrives_on
from warehouse.planning.sourcing import Shelf, Want, source
from warehouse.planning.timetable import Timetable
from warehouse.selectors.stock import ShelfRow, lead_times, reserved_in, shelves, transit_days
from warehouse.services.allocate import allocate_units
from warehouse.services.backorder import backorder_units
from warehouse.services.forget_reservations import forget_reservations

# With one of these in its policy a short line still is accepted: what is missing waits for goods.
WAITS = frozenset(["backorder", "dropship"])


def plan_stock(question: PlanStock) -> tuple[Filled, ...]:
    """Where each need would come from and when it would arrive: one read without lock, the rest is arithmetic.

    Only when something must wait are suppliers asked, in a second read, how long they take.
    """
    needs = question.needs
    rows = shelves({need.product_id for need in needs})
    ranked = _ranked(rows, question.country)
    drawn = source(
        [Want(product_id=need.product_id, quantity=need.quantity) for need in needs],
        [Shelf(warehouse_id=r.warehouse_id, product_id=r.product_id, sellable=r.sellable) for r in rows],
        ranked=ranked,
    )
    waiting = {n.product_id for n, takes in zip(needs, drawn, strict=True) if _missing(n, takes) and _can_wait(n)}
    timetable = _timetable(rows, ranked, waiting=waiting)
    available = _available(rows)
    return tuple(
        _filled(
            need,
            takes,
            available=available.get(need.product_id, 0),
            timetable=timetable,
            transit_days=question.transit_days,
        )
        for need, takes in zip(needs, drawn, strict=True)
    )


def take_stock(question: TakeStock) -> bool:
    """Reserve as planned and write down what waits. False: somebody was faster and nothing was taken."""
    if not allocate_units(question.takes, names_lines=not question.is_draft):
        return False
    backorder_units(question.waiting)
    return True


def unreserve(question: Unreserve) -> None:
    """A draft no longer needs its goods."""
    forget_reservations(question.line_ids)


def promise_dates(question: PromiseDates) -> Mapping[int, date | None]:
    """When what is reserved on shelves, or waits for goods, would arrive if it left from there as soon as it can."""
    lines = list(OrderLine.objects.filter(order_id=question.order_id))
    here = [line for line in lines if line.open]
    rows = shelves({line.product_id for line in here})
    waiting = {line.product_id for line in here if line.backordered}
    timetable = _timetable(rows, _ranked(rows, question.country), waiting=waiting)
    leaves: defaultdict[int, list[date | None]] = defaultdict(list)
    for line_id, warehouse_id in reserved_in(question.order_id):
        if warehouse_id in timetable.hours:
            leaves[line_id].append(timetable.leaves_on(warehouse_id))
    for line in here:
        if line.backordered:
            leaves[line.pk].append(timetable.waiting_leaves_on(line.product_id))
    return {pk: _arrival(days, question.transit_days) for pk, days in leaves.items()}


def _arrival(leaves: Sequence[date | None], transit_days: int) -> date | None:
    """When the last unit is there; None when nobody knows of one of them."""
    known = [day for day in leaves if day is not None]
    return arrives_on(max(known), transit_days) if known and len(known) == len(leaves) else None


def availability(question: Availability) -> tuple[ProductAvailability, ...]:
    """What could be sold now and, for the asked quantity, the earliest and latest day it would arrive.

    The days are those of the shipping methods to that country, from the fastest to the slowest; where none goes,
    nothing is promised. Products that don't exist are left out.
    """
    rows = shelves(question.product_ids)
    available = _available(rows)
    skus = dict(Product.objects.filter(pk__in=question.product_ids).values_list("pk", "sku"))
    short = {product for product in skus if available.get(product, 0) < question.quantity}
    timetable = _timetable(rows, _ranked(rows, question.country), waiting=short)
    transit = transit_days(question.country)
    answers = []
    for product in filter(skus.__contains__, question.product_ids):
        leaves = _earliest_dispatch(product, question.quantity, rows, timetable)
        earliest, latest = (arrives_on(leaves, days) for days in transit) if leaves and transit else (None, None)
        answers.append(
            ProductAvailability(
                sku=skus[product],
                available=available.get(product, 0),
                incoming=_incoming(product, rows),
                promise_from=earliest,
                promise_to=latest,
            )
        )
    return tuple(answers)


def _can_wait(need: Need) -> bool:
    return bool(WAITS.intersection(need.policy))


def _missing(need: Need, takes: Sequence[tuple[int, int]]) -> int:
    return need.quantity - sum(units for _warehouse, units in takes)


def _filled(
    need: Need, takes: Sequence[tuple[int, int]], *, available: int, timetable: Timetable, transit_days: int
) -> Filled:
    """A need's answer; its date is that of its last unit, and unknown as soon as one unit's is."""
    missing, can_wait = _missing(need, takes), _can_wait(need)
    leaves: list[date | None] = [timetable.leaves_on(warehouse) for warehouse, _units in takes]
    if missing and can_wait:
        leaves.append(timetable.waiting_leaves_on(need.product_id))
    return Filled(
        takes=tuple(Take(warehouse_id=warehouse, quantity=units) for warehouse, units in takes),
        backordered=missing if can_wait else 0,
        short=0 if can_wait else missing,
        available=available,
        promised_on=_arrival(leaves, transit_days),
    )


def _timetable(rows: Sequence[ShelfRow], ranked: Sequence[int], *, waiting: Collection[int]) -> Timetable:
    return Timetable(
        now=timezone.now(),
        ranked=ranked,
        hours={row.warehouse_id: row.hours for row in rows},
        lead_times=lead_times(waiting) if waiting else {},
    )


def _ranked(rows: Sequence[ShelfRow], country: str) -> list[int]:
    """Warehouses by the merchant's priority; among equals those in the customer's country first."""
    best = {row.warehouse_id: (row.priority, row.country != country, row.warehouse_id) for row in rows}
    return sorted(best, key=lambda warehouse: best[warehouse])


def _available(rows: Sequence[ShelfRow]) -> dict[int, int]:
    """Units by product that may be promised, over all warehouses."""
    available: defaultdict[int, int] = defaultdict(int)
    for row in rows:
        available[row.product_id] += max(0, row.sellable)
    return available


def _incoming(product_id: int, rows: Sequence[ShelfRow]) -> tuple[tuple[int, date | None], ...]:
    units = sum(row.incoming for row in rows if row.product_id == product_id)
    return ((units, None),) if units else ()


def _earliest_dispatch(product_id: int, quantity: int, rows: Sequence[ShelfRow], timetable: Timetable) -> date | None:
    """The first day on which ``quantity`` units can have left, from one warehouse or several, or bought first."""
    units = 0
    held = [(timetable.leaves_on(row.warehouse_id), row.sellable) for row in rows if row.product_id == product_id]
    for day, sellable in sorted(held):
        units += max(0, sellable)
        if units >= quantity:
            return day
    return timetable.waiting_leaves_on(product_id)
