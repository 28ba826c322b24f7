"""Let preorders follow their products' days: when a day is moved, and when it has come. Called by the beat."""

from datetime import date

from django.utils import timezone

from orders.events import LineQuantity, PreorderDue
from orders.kernel.actor import SYSTEM, Actor
from orders.kernel.work import ask, emit, work
from orders.locks import locked_lines, locked_order
from orders.models import Order, OrderLine, Product
from orders.questions import PromiseDates
from orders.selectors import orders_to_follow
from orders.services.count import derive_statuses
from orders.services.preorder import free_preorders
from orders.services.promise import move_promises
from orders.services.reserve import transit_days
from orders.states import OrderStatus, PromiseReason

_ALIVE = (OrderStatus.PLACED, OrderStatus.CONFIRMED)


def follow_preorders(*, by: Actor = SYSTEM) -> int:
    """Bring every order up to date whose products' days say something else; returns how many there were."""
    orders = orders_to_follow(timezone.localdate())
    for order_id in orders:
        follow_preorder(order_id, by=by)
    return len(orders)


def follow_preorder(order_id: int, *, by: Actor) -> None:
    """Give the lines of one order the days that hold now.

    Whose day has come no longer counts against the cap and becomes work; whose day was moved gets a new promise, and
    the customer is told. 1 lock 2 find the days 3 free the caps 4 save 5 tell.
    """
    with work(by=by):
        order = locked_order(order_id)
        if order.status not in _ALIVE:
            return
        lines = locked_lines(order_id)
        waiting = [line for line in lines if line.ships_on is not None]
        own = _own_days(waiting)
        days = dict(own)
        if order.channel.ships_together:
            last = max((day for day in own.values() if day), default=None)
            days = dict.fromkeys(days, last)
        free_preorders({line.pk: line.preordered for line in waiting if line.preordered and own[line.pk] is None})
        changed = [line for line in waiting if days[line.pk] != line.ships_on]
        for line in changed:
            line.ships_on = days[line.pk]
        OrderLine.objects.bulk_update(changed, ["ships_on"])
        derive_statuses(order_id)
        _tell_due(order, [line for line in changed if line.ships_on is None])
        _promise(order, [line for line in changed if line.ships_on is not None], by=by)


def _own_days(waiting: list[OrderLine]) -> dict[int, date | None]:
    """By line pk the day of its product's preorders; None for whose has come, and for what only waited along."""
    products = Product.objects.in_bulk({line.product_id for line in waiting if line.preordered})
    today = timezone.localdate()
    return {line.pk: products[line.product_id].preorder_on(today) if line.preordered else None for line in waiting}


def _tell_due(order: Order, due: list[OrderLine]) -> None:
    if due:
        emit(
            PreorderDue(
                order_id=order.pk,
                number=order.number,
                lines=tuple(LineQuantity(line=line.public_id, sku=line.sku, quantity=line.open) for line in due),
            )
        )


def _promise(order: Order, moved: list[OrderLine], *, by: Actor) -> None:
    if not moved:
        return
    country = str(order.shipping_address.get("country", ""))
    dates = ask(PromiseDates(order_id=order.pk, country=country, transit_days=transit_days(order.shipping_method)))
    mine = {line.pk: dates[line.pk] for line in moved if line.pk in dates}
    move_promises(order.pk, mine, source="preorder", reason=PromiseReason.RELEASE, by=by)
