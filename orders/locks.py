"""Row locks of the ground floor, always taken in the house's order: order, payment, invoice series."""

from collections.abc import Iterable

from orders.errors import NotFound, SeriesConflict
from orders.kernel.work import note_locked
from orders.models import Channel, InvoiceSeries, Order, OrderLine, Payment


def locked_channel(code: str) -> Channel:
    """The channel, locked before any order: one import at a time writes to it, new orders don't wait."""
    return Channel.objects.select_for_update(of=("self",), no_key=True).get(code=code)


def locked_order(order_id: int) -> Order:
    """The order, locked until the end of the transaction. Raises ``NotFound``."""
    order = Order.objects.select_for_update(of=("self",), no_key=True).filter(pk=order_id).first()
    if order is None:
        raise NotFound("There is no such order.")
    note_locked([order.pk])
    return order


def locked_orders(order_ids: Iterable[int]) -> list[Order]:
    """Several orders, locked in the order of their keys."""
    rows = Order.objects.select_for_update(of=("self",), no_key=True)
    orders = list(rows.filter(pk__in=set(order_ids)).order_by("pk"))
    note_locked(order.pk for order in orders)
    return orders


def locked_lines(order_id: int) -> list[OrderLine]:
    """An order's lines by position; the order's own lock guards them, so they need none."""
    return list(OrderLine.objects.filter(order_id=order_id).order_by("position"))


def locked_payments(order_id: int) -> list[Payment]:
    """An order's payments, locked, oldest first."""
    payments = Payment.objects.select_for_update(of=("self",), no_key=True)
    return list(payments.filter(order_id=order_id).order_by("pk"))


def locked_series(code: str, year: int, *, prefix: str) -> InvoiceSeries:
    """The number series of a year, made when it is new; the last lock of all, several by code.

    A series keeps the prefix that its year began with. Raises ``SeriesConflict`` when another one has it.
    """
    InvoiceSeries.objects.bulk_create([InvoiceSeries(code=code, year=year, prefix=prefix)], ignore_conflicts=True)
    series = InvoiceSeries.objects.select_for_update().filter(code=code, year=year).first()
    if series is None:
        raise SeriesConflict(f"Another series of {year} has the prefix {prefix}: give the channel one of its own.")
    return series
