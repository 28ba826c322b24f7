"""Reserve what the warehouse planned for lines of an order: at placement, in a change, or sourced again."""

from collections.abc import Sequence

from orders.kernel.work import ask
from orders.models import Order, OrderLine, ShippingMethod
from orders.questions import Filled, Need, PlanStock, TakeStock, TakeUnits, WaitingUnits

_DEFAULT_TRANSIT_DAYS = 3


def transit_days(method: ShippingMethod | None) -> int:
    """The most working days that it takes from dispatch to delivery."""
    return method.days_max if method else _DEFAULT_TRANSIT_DAYS


def plan_for(order: Order, needs: tuple[Need, ...], *, cause: str, avoids: frozenset[int] = frozenset()) -> PlanStock:
    """The question to the warehouse for units of an order that is there already."""
    return PlanStock(
        needs=needs,
        country=str(order.shipping_address.get("country", "")),
        postal_code=str(order.shipping_address.get("postal_code", "")),
        transit_days=transit_days(order.shipping_method),
        channel_id=order.channel_id,
        ships_complete=order.ships_complete,
        avoids=avoids,
        cause=cause,
    )


def reserve_planned(
    order_id: int, lines: Sequence[OrderLine], filled: Sequence[Filled], *, is_draft: bool = False
) -> bool:
    """Take the units of each line as planned, and write down what waits; ``filled`` is in the order of ``lines``.

    False: somebody was faster, nothing was taken; plan again. Line counters are the caller's.
    """
    takes = tuple(
        TakeUnits(line_id=line.pk, product_id=line.product_id, warehouse_id=take.warehouse_id, quantity=take.quantity)
        for line, fill in zip(lines, filled, strict=True)
        for take in fill.takes
    )
    waiting = tuple(
        WaitingUnits(
            line_id=line.pk, product_id=line.product_id, quantity=fill.backordered, expected_on=fill.promised_on
        )
        for line, fill in zip(lines, filled, strict=True)
        if fill.backordered
    )
    whys = {line.order_id: fill.why for line, fill in zip(lines, filled, strict=True) if fill.takes and fill.why}
    return ask(TakeStock(order_id=order_id, takes=takes, waiting=waiting, is_draft=is_draft, whys=whys))
