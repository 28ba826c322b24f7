"""Answers to the ground floor's questions about stock; ANSWERS in the switchboard leads here."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date

from django.utils import timezone

from orders.bundles import goods
from orders.models import OrderLine
from orders.questions import (
    Availability,
    Filled,
    Need,
    PlanManyStocks,
    PlanStock,
    PrintEnclosure,
    ProductAvailability,
    PromiseDates,
    Take,
    TakeStock,
    Unreserve,
    Why,
)
from warehouse.documents.printing import print_purchase_order
from warehouse.models import PurchaseOrder
from warehouse.planning.calendar import arrives_on, leaves_not_before
from warehouse.planning.rule_book import RuleBook
from warehouse.planning.timetable import Timetable
from warehouse.selectors.offered import Offered, offered
from warehouse.selectors.stock import ShelfRow, lead_times, reserved_in, shelves, shelves_and_rules, transit_days
from warehouse.selectors.supply import Coming, free_arrivals, supplied_on
from warehouse.services.allocate import allocate_units
from warehouse.services.backorder import backorder_units
from warehouse.services.forget_reservations import forget_reservations
from warehouse.sourcing import choose_locations, destination_of

# With one of these in its policy a short line still is accepted: what is missing waits for goods.
WAITS = frozenset(["backorder", "dropship"])


def plan_stock(question: PlanStock) -> tuple[Filled, ...]:
    """Where each need would come from and when it would arrive: one read without lock, the rest is arithmetic.

    Only when something must wait two more reads tell what is on its way, and how long suppliers take.
    """
    rows, book = shelves_and_rules({need.product_id for need in question.needs})
    return _planned(question, rows, book, lead_times)


def _planned(
    question: PlanStock,
    rows: Sequence[ShelfRow],
    book: RuleBook,
    days_of: Callable[[Collection[int]], Mapping[int, int]],
) -> tuple[Filled, ...]:
    """The plan for what lies on ``rows``; ``days_of`` tells how long the suppliers of products take."""
    needs = question.needs
    wanted = {need.product_id for need in needs}
    rows = [row for row in rows if row.product_id in wanted]
    chosen = choose_locations(needs, rows, book, destination_of(question))
    drawn = chosen.sourced.takes
    why = Why(cause=question.cause, facts=chosen.facts(needs)) if chosen.sourced.chosen else None
    waiting = {n.product_id for n, takes in zip(needs, drawn, strict=True) if _missing(n, takes) and _can_wait(n)}
    timetable = _timetable(rows, _ranked(rows, question.country), waiting=waiting, days_of=days_of)
    available = _available(rows, is_whole=not chosen.may_split)
    return tuple(
        _filled(
            need,
            takes,
            available=available.get(need.product_id, 0),
            timetable=timetable,
            transit_days=question.transit_days,
            why=why,
        )
        for need, takes in zip(needs, drawn, strict=True)
    )


def plan_many_stocks(question: PlanManyStocks) -> tuple[tuple[Filled, ...], ...]:
    """The same for several orders in the same two reads: each is planned with what the earlier ones leave."""
    needs = [need for plan in question.plans for need in plan.needs]
    rows, book = shelves_and_rules({need.product_id for need in needs})
    supplied = lead_times({need.product_id for need in needs if _can_wait(need)})
    by_product: defaultdict[int, list[ShelfRow]] = defaultdict(list)
    for row in rows:
        by_product[row.product_id].append(row)
    plans = []
    for plan in question.plans:
        mine = {need.product_id for need in plan.needs}
        answers = _planned(plan, [row for pk in mine for row in by_product[pk]], book, lambda _waiting: supplied)
        if not any(answer.short for answer in answers):
            _take_off(by_product, plan.needs, answers)
        plans.append(answers)
    return tuple(plans)


def _take_off(shelves: dict[int, list[ShelfRow]], needs: Sequence[Need], answers: Sequence[Filled]) -> None:
    """Let the shelves (by product) be as they are once ``answers`` were taken off them."""
    for need, answer in zip(needs, answers, strict=True):
        taken = {take.warehouse_id: take.quantity for take in answer.takes}
        shelves[need.product_id] = [
            replace(row, sellable=row.sellable - taken[row.warehouse_id]) if row.warehouse_id in taken else row
            for row in shelves[need.product_id]
        ]


def take_stock(question: TakeStock) -> bool:
    """Reserve as planned and write down what waits. False: somebody was faster and nothing was taken."""
    if not allocate_units(question.takes, names_lines=not question.is_draft, whys=question.whys):
        return False
    backorder_units(question.waiting)
    return True


def unreserve(question: Unreserve) -> None:
    """A draft no longer needs its goods."""
    forget_reservations(question.line_ids)


def promise_dates(question: PromiseDates) -> Mapping[int, date | None]:
    """When what is reserved on shelves, or waits for goods, would arrive if it left from there as soon as it can."""
    lines = goods(OrderLine.objects.filter(order_id=question.order_id))
    here = [line for line in lines if line.open]
    rows = shelves({line.product_id for line in here})
    waiting = {line.product_id for line in here if line.backordered}
    ranked = _ranked(rows, question.country)
    timetable = _timetable(rows, ranked, waiting=waiting)
    bought = supplied_on([line.pk for line in here if line.backordered])
    leaves: defaultdict[int, list[date | None]] = defaultdict(list)
    for line_id, warehouse_id in reserved_in(question.order_id):
        if warehouse_id in timetable.hours:
            leaves[line_id].append(timetable.leaves_on(warehouse_id))
    for line in here:
        if line.backordered:
            leaves[line.pk] += bought.get(line.pk) or [timetable.waiting_leaves_on(line.product_id, line.backordered)]
        if line.ships_on:
            leaves[line.pk] = [leaves_not_before(day, line.ships_on) for day in leaves[line.pk]]
    return {pk: _arrival(days, question.transit_days) for pk, days in leaves.items()}


def _arrival(leaves: Sequence[date | None], transit_days: int) -> date | None:
    """When the last unit is there; None when nobody knows of one of them."""
    known = [day for day in leaves if day is not None]
    return arrives_on(max(known), transit_days) if known and len(known) == len(leaves) else None


def availability(question: Availability) -> tuple[ProductAvailability, ...]:
    """What could be sold now and, for the asked quantity, the earliest and latest day it would arrive.

    The days are those of the shipping methods to that country, from the fastest to the slowest; where none goes,
    nothing is promised. A bundle is there as often as all of its components are, and as late as the last of them; a
    preorder as often as its cap allows, from its day on. Products that don't exist are left out.
    """
    products = offered(question.product_ids)
    units = {part: n for product in products.values() for part, n in product.parts.items()}
    rows = shelves(units)
    available = _available(rows)
    short = {pk for pk, n in units.items() if available.get(pk, 0) < n * question.quantity}
    ranked = _ranked(rows, question.country)
    coming = free_arrivals(units)
    timetable = _timetable(rows, ranked, waiting=short, arrivals=coming)
    transit = transit_days(question.country)
    answers = []
    for product in (products[pk] for pk in question.product_ids if pk in products):
        leaves = [
            _leaves(product, part, n * question.quantity, rows=rows, timetable=timetable)
            for part, n in product.parts.items()
        ]
        days = [_arrival(leaves, n) for n in transit or ()] or [None, None]
        answers.append(
            ProductAvailability(
                sku=product.sku,
                available=product.most({pk: available.get(pk, 0) for pk in product.parts}),
                incoming=() if product.is_bundle else _incoming(coming.get(product.pk, ())),
                promise_from=timezone.localdate() if product.is_digital else days[0],
                promise_to=timezone.localdate() if product.is_digital else days[1],
            )
        )
    return tuple(answers)


def _leaves(product: Offered, part: int, units: int, *, rows: Sequence[ShelfRow], timetable: Timetable) -> date | None:
    """The first day on which these units can have left."""
    day, ships_on = _earliest_dispatch(part, units, rows, timetable), product.ships_on.get(part)
    return leaves_not_before(day, ships_on) if ships_on else day


def _can_wait(need: Need) -> bool:
    return bool(WAITS.intersection(need.policy))


def _missing(need: Need, takes: Sequence[tuple[int, int]]) -> int:
    return need.quantity - sum(units for _warehouse, units in takes)


def _filled(
    need: Need,
    takes: Sequence[tuple[int, int]],
    *,
    available: int,
    timetable: Timetable,
    transit_days: int,
    why: Why | None,
) -> Filled:
    """A need's answer; its date is that of its last unit, and unknown as soon as one unit's is."""
    missing, can_wait = _missing(need, takes), _can_wait(need)
    leaves: list[date | None] = [timetable.leaves_on(warehouse) for warehouse, _units in takes]
    if missing and can_wait:
        leaves.append(timetable.waiting_leaves_on(need.product_id, missing))
    if need.not_before:
        leaves = [leaves_not_before(day, need.not_before) for day in leaves]
    return Filled(
        takes=tuple(Take(warehouse_id=warehouse, quantity=units) for warehouse, units in takes),
        backordered=missing if can_wait else 0,
        short=0 if can_wait else missing,
        available=available,
        promised_on=_arrival(leaves, transit_days),
        why=why,
    )


def _timetable(
    rows: Sequence[ShelfRow],
    ranked: Sequence[int],
    *,
    waiting: Collection[int],
    days_of: Callable[[Collection[int]], Mapping[int, int]] = lead_times,
    arrivals: Mapping[int, Sequence[Coming]] | None = None,
) -> Timetable:
    """For the products that must wait with what is on its way of them (``arrivals``, if known) and suppliers' days."""
    coming = arrivals if arrivals is not None or not waiting else free_arrivals(waiting)
    return Timetable(
        now=timezone.now(),
        ranked=ranked,
        hours={row.warehouse_id: row.hours for row in rows},
        lead_times=days_of(waiting) if waiting else {},
        arrivals={pk: [each.delivery for each in mine] for pk, mine in (coming or {}).items()},
    )


def _ranked(rows: Sequence[ShelfRow], country: str) -> list[int]:
    """Warehouses by the merchant's priority; among equals those in the customer's country first."""
    best = {row.warehouse_id: (row.priority, row.country != country, row.warehouse_id) for row in rows}
    return sorted(best, key=lambda warehouse: best[warehouse])


def _available(rows: Sequence[ShelfRow], *, is_whole: bool = False) -> dict[int, int]:
    """Units by product that may be promised, over all warehouses; ``is_whole``: by the one that has most of it."""
    available: defaultdict[int, int] = defaultdict(int)
    for row in rows:
        so_far, here = available[row.product_id], max(0, row.sellable)
        available[row.product_id] = max(so_far, here) if is_whole else so_far + here
    return available


def _incoming(coming: Sequence[Coming]) -> tuple[tuple[int, date | None], ...]:
    """Units by the day on which they come; last those of which nobody knows when."""
    units: defaultdict[date | None, int] = defaultdict(int)
    for each in coming:
        units[each.on] += each.units
    return tuple((n, day) for day, n in units.items())


def _earliest_dispatch(product_id: int, quantity: int, rows: Sequence[ShelfRow], timetable: Timetable) -> date | None:
    """The first day on which ``quantity`` units can have left, from one warehouse or several, or bought first."""
    units = 0
    held = [(timetable.leaves_on(row.warehouse_id), row.sellable) for row in rows if row.product_id == product_id]
    for day, sellable in sorted(held):
        units += max(0, sellable)
        if units >= quantity:
            return day
    return timetable.waiting_leaves_on(product_id, quantity - units)


def print_enclosure(question: PrintEnclosure) -> tuple[str, bytes]:
    """The purchase order that goes along with a supplier's mail."""
    row = PurchaseOrder.objects.select_related("supplier", "warehouse").get(number=question.number)
    return f"{row.number}.pdf", print_purchase_order(row)
