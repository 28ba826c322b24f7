"""Fill backorders: goods came in, and go to who has waited longest, or as the warehouse's policy says."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby

from django.utils import timezone

from orders.events import LineQuantity
from orders.kernel.actor import Actor
from orders.kernel.work import emit, work
from orders.locks import locked_orders
from orders.models import Order, OrderLine
from orders.questions import Need, TakeUnits, Why
from orders.services.count import Change, count
from orders.services.promise import move_promises
from orders.services.reserve import plan_for
from orders.states import OrderStatus, PromiseReason
from warehouse.errors import StockChanged
from warehouse.events import BackordersFilled
from warehouse.locks import locked_levels
from warehouse.models import Backorder, StockLevel, Warehouse
from warehouse.planning.calendar import arrives_on, leaves_not_before, ships_on
from warehouse.selectors.stock import shelves_and_rules
from warehouse.selectors.supply import fill_policy, queue, unfilled
from warehouse.selectors.work import waiting_orders
from warehouse.services.allocate import allocate_units
from warehouse.services.follow_supply import trim_supplies
from warehouse.services.open_fulfillment_orders import open_fulfillment_orders
from warehouse.sourcing import choose_locations, destination_of
from warehouse.states import SourcingCause

_DEFAULT_TRANSIT_DAYS = 3


def fill_backorders(product_id: int, *, orders: Sequence[Order] | None = None, by: Actor) -> int:
    """Reserve what is available of a product for the lines that wait for it; returns the units.

    Who comes first is said by the policy of the warehouse that has the goods (``FillPolicy``).

    ``orders`` are those that the caller has locked before it touched stock; left out, they are found and locked
    here. Confirmed orders get their work at once, and customers hear of a date that moves; of an order that is only
    submitted nobody hears: its first dates are promised when it is placed.
    1 lock orders, then levels 2 share out 3 reserve 4 save, count, open work and tell, order by order.
    """
    with work(by=by):
        if orders is None:
            free = sum(max(0, level.available) for level in StockLevel.objects.filter(product_id=product_id))
            orders = locked_orders(waiting_orders(product_id, free))
        locked = {order.pk: order for order in orders}
        free = sum(max(0, level.available) for level in StockLevel.objects.filter(product_id=product_id))
        waiting = unfilled(product_id).filter(line__order__in=locked)
        rows = queue(waiting, policy=fill_policy(product_id), free=free)
        takes, whys = _share_out(product_id, rows, locked)
        if not allocate_units((take for _row, shares in takes for take in shares), whys=whys):
            raise StockChanged("Stock changed meanwhile. Try again.")
        takes.sort(key=lambda item: item[0].line.order_id)
        for order_id, mine in groupby(takes, key=lambda item: item[0].line.order_id):
            _save(locked[order_id], list(mine), by=by)
        return sum(take.quantity for _row, shares in takes for take in shares)


Shares = list[tuple[Backorder, list[TakeUnits]]]


def _share_out(
    product_id: int, rows: Sequence[Backorder], orders: Mapping[int, Order]
) -> tuple[Shares, dict[int, Why]]:
    """Who gets what, in their order, each as the rules say for where it goes; and why."""
    shelves, book = shelves_and_rules([product_id])
    free = {level.warehouse_id: level.available for level in locked_levels([product_id])}
    shelves = [replace(shelf, sellable=free.get(shelf.warehouse_id, 0)) for shelf in shelves]
    shares: Shares = []
    whys: dict[int, Why] = {}
    for row in rows:
        order = orders[row.line.order_id]
        need = Need(product_id=product_id, quantity=row.quantity)
        question = plan_for(order, (need,), cause=SourcingCause.BACKORDER)
        chosen = choose_locations([need], shelves, book, destination_of(question))
        (takes,) = chosen.sourced.takes
        if not takes:
            continue
        taken = dict(takes)
        shelves = [replace(shelf, sellable=shelf.sellable - taken.get(shelf.warehouse_id, 0)) for shelf in shelves]
        mine = [
            TakeUnits(line_id=row.line_id, product_id=product_id, warehouse_id=warehouse, quantity=units)
            for warehouse, units in takes
        ]
        shares.append((row, mine))
        whys.setdefault(order.pk, Why(cause=SourcingCause.BACKORDER, facts=chosen.facts([need])))
    return shares, whys


def _save(order: Order, mine: Shares, *, by: Actor) -> None:
    """One order's part: backorders, counters, work, timeline and dates."""
    changes, told, dates = {}, [], {}
    now = timezone.now()
    hours = {warehouse.pk: warehouse.hours for warehouse in Warehouse.objects.all()}
    transit_days = order.shipping_method.days_max if order.shipping_method else _DEFAULT_TRANSIT_DAYS
    for row, takes in mine:
        units = sum(take.quantity for take in takes)
        row.quantity -= units
        row.filled += units
        if not row.quantity:
            row.allocate()
            leaves = max(ships_on(now, hours[take.warehouse_id]) for take in takes)
            if row.line.ships_on:
                leaves = leaves_not_before(leaves, row.line.ships_on)
            dates[row.line_id] = arrives_on(leaves, transit_days)
        row.save(update_fields=["quantity", "filled", "status"])
        changes[row.line_id] = Change(allocated=units, backordered=-units)
        told.append(LineQuantity(line=row.line.public_id, sku=row.line.sku, quantity=units))
    trim_supplies([row for row, _takes in mine])
    count(order.pk, changes)
    if order.status == OrderStatus.SUBMITTED:
        _move_quietly(dates)
        return
    if order.status == OrderStatus.CONFIRMED:
        open_fulfillment_orders(order.pk, by=by)
    emit(BackordersFilled(order_id=order.pk, lines=tuple(told)))
    move_promises(order.pk, dates, source="stock", reason=PromiseReason.ARRIVED, by=by)


def _move_quietly(dates: Mapping[int, date]) -> None:
    for line_id, promised_on in dates.items():
        OrderLine.objects.filter(pk=line_id).update(promised_on=promised_on)
