"""Source units again that their shelf could not give: another shelf, a wait, or a person who must decide."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from django.utils.translation import gettext as _

from orders.events import LineQuantity
from orders.kernel.actor import Actor
from orders.kernel.work import ask, emit, ring, work
from orders.locks import locked_lines, locked_order
from orders.models import Order, OrderLine
from orders.questions import Filled, Need
from orders.services.count import Change, count
from orders.services.exception import open_exception
from orders.services.hold import hold_order
from orders.services.promise import move_promises
from orders.services.reserve import plan_for, reserve_planned
from orders.services.wants import need_of
from orders.states import HoldReason, OrderStatus, PromiseReason
from warehouse.errors import StockChanged
from warehouse.events import UnitsBackordered, UnitsReallocated
from warehouse.models import FulfillmentOrder
from warehouse.selectors.substitutes import is_given_up, offer_for
from warehouse.services.open_fulfillment_orders import open_fulfillment_orders
from warehouse.states import OUT_OF_STOCK, SourcingCause

_ATTEMPTS = 3


def reallocate_units(
    order_id: int,
    units: Mapping[int, int],
    *,
    reason: str,
    cause: SourcingCause,
    onto: FulfillmentOrder | None = None,
    avoids: frozenset[int] = frozenset(),
    by: Actor,
) -> None:
    """Find other goods for ``units`` (by line pk) that are neither reserved nor waiting now.

    What a shelf has is reserved, and work is opened for it; where something similar may be sent, the tick offers it;
    what may wait is backordered; what its policy gives up, the tick calls off; for the rest the lines are held and a
    person is asked. The customer hears of every date that moves. ``avoids`` are warehouses (pks) that are not asked
    now. ``cause`` is kept with the decision.
    """
    with work(by=by):
        order = locked_order(order_id)
        lines = [line for line in locked_lines(order_id) if units.get(line.pk)]
        filled = _take(order, lines, units, cause=cause, avoids=avoids)
        count(
            order_id,
            {
                line.pk: Change(allocated=fill.allocated, backordered=fill.backordered)
                for line, fill in zip(lines, filled, strict=True)
            },
        )
        if order.status == OrderStatus.CONFIRMED:
            open_fulfillment_orders(order_id, onto=onto, by=by)
        found = _told((line, fill.allocated) for line, fill in zip(lines, filled, strict=True))
        if found:
            emit(UnitsReallocated(order_id=order_id, reason=reason, lines=found))
        _tell_waiting(order, lines, filled, reason=reason, by=by)
        for line, fill in zip(lines, filled, strict=True):
            if fill.short and (is_given_up(line) or offer_for(line, fill.short)):
                ring("tick")
            elif fill.short:
                _ask_a_person(order, line, fill.short, by=by)


def _take(
    order: Order, lines: list[OrderLine], units: Mapping[int, int], *, cause: SourcingCause, avoids: frozenset[int]
) -> tuple[Filled, ...]:
    """Plan and reserve; planned anew when somebody was faster at the shelf."""
    needs = tuple(_need(line, units[line.pk]) for line in lines)
    question = plan_for(order, needs, cause=cause, avoids=avoids)
    for _attempt in range(_ATTEMPTS):
        filled = ask(question)
        if reserve_planned(order.pk, lines, filled):
            return filled
    raise StockChanged(_("Stock changes too fast right now. Try again in a moment."))


def _need(line: OrderLine, units: int) -> Need:
    """Units that something similar stands in for don't wait for goods."""
    need = need_of(line, units)
    return replace(need, policy=()) if need.policy and offer_for(line, units) else need


def _tell_waiting(order: Order, lines: list[OrderLine], filled: tuple[Filled, ...], *, reason: str, by: Actor) -> None:
    waiting = [(line, fill) for line, fill in zip(lines, filled, strict=True) if fill.backordered]
    if waiting:
        dates = [fill.promised_on for _line, fill in waiting]
        known = [day for day in dates if day is not None]
        emit(
            UnitsBackordered(
                order_id=order.pk,
                reason=reason,
                lines=_told((line, fill.backordered) for line, fill in waiting),
                expected_on=max(known) if len(known) == len(dates) else None,
            )
        )
    later: dict[int, date | None] = {
        line.pk: fill.promised_on
        for line, fill in zip(lines, filled, strict=True)
        if not fill.short and _is_later(fill.promised_on, line.promised_on)
    }
    if later:
        move_promises(order.pk, later, source="stock", reason=PromiseReason.SHORT, by=by)


def _is_later(new: date | None, old: date | None) -> bool:
    """A line that arrives no later than promised needs no new promise."""
    return new is None or old is None or new > old


def _ask_a_person(order: Order, line: OrderLine, units: int, *, by: Actor) -> None:
    hold_order(
        order.pk,
        reason=HoldReason.OUT_OF_STOCK,
        note=_("{units} of {sku} are nowhere to be found.").format(units=units, sku=line.sku),
        lines=[line.public_id],
        by=by,
    )
    open_exception(
        order_id=order.pk,
        category=OUT_OF_STOCK,
        subject_kind="order_line",
        subject_id=line.public_id,
        facts={"units": units, "sku": line.sku},
        by=by,
    )


def _told(lines: Iterable[tuple[OrderLine, int]]) -> tuple[LineQuantity, ...]:
    return tuple(LineQuantity(line=line.public_id, sku=line.sku, quantity=n) for line, n in lines if n)
