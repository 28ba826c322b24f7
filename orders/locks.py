"""Row locks of the ground floor, in the house's order: customer, order, payment, balance, invoice series."""

from collections.abc import Iterable

from orders.errors import NotFound, SeriesConflict
from orders.kernel.work import note_locked
from orders.models import (
    Channel,
    Customer,
    GiftCard,
    InvoiceSeries,
    Order,
    OrderLine,
    Payment,
    ProcessException,
    StoreCredit,
)
from orders.states import ExceptionStatus


def locked_channel(code: str) -> Channel:
    """The channel, locked before any order: one import at a time writes to it, new orders don't wait."""
    return Channel.objects.select_for_update(of=("self",), no_key=True).get(code=code)


def locked_customers(customer_ids: Iterable[int]) -> list[Customer]:
    """Customers, locked by key before any order: placements by their mail addresses wait, or are waited for."""
    rows = Customer.objects.select_for_update(of=("self",), no_key=True)
    return list(rows.filter(pk__in=set(customer_ids)).order_by("pk"))


def locked_customer(customer_id: int) -> Customer:
    """One of them. Raises ``NotFound``."""
    rows = locked_customers([customer_id])
    if not rows:
        raise NotFound("There is no such customer.")
    return rows[0]


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


def locked_orders_asked(*, category: str, subject_id: str) -> list[Order]:
    """The orders of the open questions about a subject, locked before whatever else of theirs is."""
    asked = ProcessException.objects.filter(category=category, subject_id=subject_id, status=ExceptionStatus.OPEN)
    return locked_orders(asked.filter(order__isnull=False).values_list("order_id", flat=True))


def locked_exception(exception_id: int) -> ProcessException:
    """A question of the queue, after its order: the order's timeline has to tell of it."""
    found = ProcessException.objects.filter(pk=exception_id)
    locked_orders(found.filter(order__isnull=False).values_list("order_id", flat=True))
    return found.select_for_update(of=("self",)).get()


def locked_lines(order_id: int) -> list[OrderLine]:
    """An order's lines by position; the order's own lock guards them, so they need none."""
    return list(OrderLine.objects.filter(order_id=order_id).order_by("position"))


def locked_payments(order_id: int) -> list[Payment]:
    """An order's payments, locked, oldest first."""
    payments = Payment.objects.select_for_update(of=("self",), no_key=True)
    return list(payments.filter(order_id=order_id).order_by("pk"))


def locked_values(*, cards: Iterable[int | None], credits: Iterable[int | None]) -> list[GiftCard | StoreCredit]:
    """Gift cards, then store credits, each by key, so that two orders never wait for each other."""
    rows: list[GiftCard | StoreCredit] = []
    for model, pks in ((GiftCard, cards), (StoreCredit, credits)):
        wanted = {pk for pk in pks if pk is not None}
        if wanted:
            found = model._default_manager.select_for_update(of=("self",), no_key=True).filter(pk__in=wanted)
            rows += found.order_by("pk")
    return rows


def locked_credit(customer_id: int, currency: str) -> StoreCredit:
    """A customer's store credit in a currency, made when there is none."""
    new = StoreCredit(customer_id=customer_id, currency=currency)
    StoreCredit.objects.bulk_create([new], ignore_conflicts=True)
    credits = StoreCredit.objects.select_for_update(of=("self",), no_key=True)
    return credits.get(customer_id=customer_id, currency=currency)


def locked_series(code: str, year: int, *, prefix: str) -> InvoiceSeries:
    """The number series of a year, made when it is new; the last lock of all, several by code.

    A series keeps the prefix that its year began with. Raises ``SeriesConflict`` when another one has it.
    """
    InvoiceSeries.objects.bulk_create([InvoiceSeries(code=code, year=year, prefix=prefix)], ignore_conflicts=True)
    series = InvoiceSeries.objects.select_for_update().filter(code=code, year=year).first()
    if series is None:
        raise SeriesConflict(f"Another series of {year} has the prefix {prefix}: give the channel one of its own.")
    return series
