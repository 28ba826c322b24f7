"""Cancel an order, a line or part of a line, as long as it hasn't left."""

from collections.abc import Mapping

from django.utils import timezone

from orders.bundles import Scale, moving, scales, sold
from orders.errors import NotCancellable
from orders.kernel.actor import Actor
from orders.kernel.errors import at
from orders.kernel.money import ZERO
from orders.kernel.work import emit, work
from orders.locks import locked_lines, locked_order, locked_payments
from orders.models import Order, OrderLine
from orders.services.await_payment import payment_arrived
from orders.services.call_off_units import Units, Wish, call_off_units
from orders.services.complete import complete_if_done
from orders.services.confirm import confirm_order
from orders.services.follow_links import follow_links
from orders.services.give_up_payment import give_up_unmade
from orders.services.refund import credit_last_shipping
from orders.services.surplus import give_back_surplus
from orders.states import CancelReason, OrderStatus

_CANCELLABLE = (OrderStatus.PLACED, OrderStatus.CONFIRMED)


def cancel_order(
    order_id: int,
    *,
    reason: CancelReason,
    lines: Mapping[str, int] | None = None,
    note: str = "",
    restock: bool = True,
    refund: bool = True,
    notify: bool = True,
    by: Actor,
) -> Order:
    """Call off the whole order, or ``lines`` (public id -> units): stock goes back, and money that is no longer owed.

    Without ``refund`` what was charged stays with us; what is only reserved goes back all the same. 1 lock 2 choose
    the units 3 call them off 4 owe money back 5 tell 6 go on when the rest is paid. Raises ``NotCancellable`` for
    units that have left, or when none is left.
    """
    wish = Wish(reason=reason, note=note, restock=restock, refund=refund, notify=notify)
    with work(by=by):
        order = locked_order(order_id)
        payments = locked_payments(order_id)
        if order.status not in _CANCELLABLE:
            raise NotCancellable(f"This order is {order.get_status_display().lower()} and can't be cancelled.")
        units = _units(locked_lines(order_id), lines)
        off = call_off_units(order_id, units, wish, end=lambda row: row.cancel(at=timezone.now()), by=by)
        order = off.order
        if off.is_whole:
            give_up_unmade(order, payments)
            payment_arrived(order, by=by)
        give_back_surplus(order, payments, taken=off.cancellation.amount if refund else ZERO, reason=reason, by=by)
        if refund:
            credit_last_shipping(order, payments, reason=reason, by=by)
        follow_links(order, by=by)
        emit(off.event)
        if order.status == OrderStatus.PLACED and order.balance <= 0:
            confirm_order(order_id, by=by)
        complete_if_done(order_id, by=by)
        return locked_order(order_id)


def _units(mine: list[OrderLine], wanted: Mapping[str, int] | None) -> Units:
    if wanted is None:
        if any(line.shipped for line in moving(mine)):
            raise NotCancellable("Part of this order has left; cancel the lines that haven't.")
        units = [(line, line.active) for line in sold(mine) if line.active]
    else:
        by_id = {line.public_id: line for line in mine}
        measures = scales(mine)
        errors = [
            at(
                f"#/lines/{i}",
                "not_cancellable",
                "Units of this line that can be cancelled: " + str(_open(by_id.get(key), measures)),
            )
            for i, (key, n) in enumerate(wanted.items())
            if not 1 <= n <= _open(by_id.get(key), measures)
        ]
        if errors:
            raise NotCancellable("lines: some units have left, were cancelled before or don't exist.", errors=errors)
        units = [(by_id[key], n) for key, n in wanted.items()]
    if not units:
        raise NotCancellable("Nothing of this order is left to cancel.")
    return units


def _open(line: OrderLine | None, measures: Mapping[int, Scale]) -> int:
    """Bundles go as a whole; by themselves only components whose bundle has left in part."""
    if line is None:
        return 0
    return measures[line.parent_id].open_rest(line) if line.parent_id else measures[line.pk].open
