"""Forget a person and keep the ledger (GDPR, article 17): sums, counts and dates stay, whoever they were about goes.

What stands on invoices and credit notes must be kept for years by law; it goes when its time is over, by itself.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import F, QuerySet
from django.utils import timezone

from orders.errors import NotErasable
from orders.events import CustomerErased
from orders.kernel.actor import SYSTEM, Actor
from orders.kernel.work import emit, work
from orders.locks import locked_customer, locked_customers, locked_orders
from orders.models import Customer, Notification, Order, Payment, PaymentTransaction, Refund
from orders.personal_data import Held, everything_held
from orders.services.change import until_still
from orders.states import (
    NotificationStatus,
    OrderStatus,
    PaymentStatus,
    RefundStatus,
    ReturnState,
    TransactionStatus,
)

_OPEN = (OrderStatus.DRAFT, OrderStatus.SUBMITTED, OrderStatus.PLACED, OrderStatus.CONFIRMED)
_UNDER_WAY = (
    PaymentStatus.PENDING,
    PaymentStatus.REQUIRES_ACTION,
    PaymentStatus.AUTHORIZED,
    PaymentStatus.PARTIALLY_CAPTURED,
)
_COMING_BACK = (ReturnState.REQUESTED, ReturnState.IN_RETURN)
_NAMED = 5  # orders in a refusal's sentence


def erase_customer(customer_id: int, *, by: Actor) -> Customer:
    """Empty everything that says who they were, on every floor, and let no link or later order lead here.

    1 lock customer and orders 2 refuse 3 stop messages and links 4 empty, but for papers that the law keeps 5 tell.
    Raises ``NotErasable`` while an order is open or money is unsettled, naming them, for a merged row and twice.
    """

    def once() -> Customer:
        with work(by=by):
            customer = locked_customer(customer_id)
            if customer.merged_into_id is not None:
                raise NotErasable("This customer was merged into another one; erase that one.")
            if customer.anonymised_at is not None:
                raise NotErasable("This customer was erased before.")
            tombstones = locked_customers(Customer.objects.filter(merged_into=customer).values_list("pk", flat=True))
            customers = [customer.pk, *(row.pk for row in tombstones)]
            orders = locked_orders(Order.objects.filter(customer__in=customers).values_list("pk", flat=True))
            _refuse_unfinished(orders)
            _stop_messages(orders)
            Order.objects.filter(customer__in=customers).update(link_version=F("link_version") + 1)
            # Found first, emptied then: some rows are found by what others hold.
            theirs = [(held, set(held.rows(customers).values_list("pk", flat=True))) for held in everything_held()]
            for held, pks in theirs:
                if not held.is_legal:
                    _empty(held, held.model._default_manager.filter(pk__in=pks))
            due_on = _empty_papers(customers)
            Customer.objects.filter(pk__in=customers).update(anonymised_at=timezone.now(), erasure_due_on=due_on)
            emit(CustomerErased(order_id=None, customer=customer.pk, orders=len(orders), due_on=due_on))
            return customer

    customer = until_still(once)
    customer.refresh_from_db()
    return customer


def finish_erasures() -> int:
    """Empty the papers whose years are over; called by the beat. Returns how many customers have none left."""
    done = 0
    for customer_id in Customer.objects.filter(erasure_due_on__lte=timezone.localdate()).values_list("pk", flat=True):
        with work(by=SYSTEM):
            customer = locked_customer(customer_id)
            if customer.erasure_due_on is None or customer.erasure_due_on > timezone.localdate():
                continue
            customer.erasure_due_on = _empty_papers([customer_id])
            customer.save(update_fields=["erasure_due_on"])
            emit(CustomerErased(order_id=None, customer=customer_id, orders=0, due_on=customer.erasure_due_on))
            done += customer.erasure_due_on is None
    return done


def retained_until(issued: date) -> date:
    """The first day on which a paper needn't be kept any more: years are counted from the end of the one it is of."""
    return date(issued.year + settings.LEGAL_RETENTION_YEARS + 1, 1, 1)


def _refuse_unfinished(orders: Sequence[Order]) -> None:
    pks = [order.pk for order in orders]
    reasons = {
        "still open": {o.number for o in orders if o.status in _OPEN},
        "with money unsettled": _unsettled(orders, pks),
        "with goods on their way back": {o.number for o in orders if o.return_status in _COMING_BACK},
    }
    said = [f"{_named(numbers)} {reason}" for reason, numbers in reasons.items() if numbers]
    if said:
        raise NotErasable(f"Finish these orders first: {'; '.join(said)}.")


def _unsettled(orders: Sequence[Order], pks: Sequence[int]) -> set[str]:
    closed = [order for order in orders if order.status not in _OPEN]
    owing = {order.number for order in closed if order.status == OrderStatus.COMPLETED and order.balance}
    pending = PaymentTransaction.objects.filter(payment__order__in=pks, status=TransactionStatus.PENDING)
    refunds = Refund.objects.filter(order__in=pks).exclude(status__in=[RefundStatus.SUCCEEDED, RefundStatus.CANCELLED])
    going = Payment.objects.filter(order__in=pks, status__in=_UNDER_WAY, order__status=OrderStatus.COMPLETED)
    return owing.union(
        pending.values_list("payment__order__number", flat=True),
        refunds.values_list("order__number", flat=True),
        going.values_list("order__number", flat=True),
    )


def _named(numbers: set[str]) -> str:
    shown = ", ".join(sorted(numbers)[:_NAMED])
    return f"{shown} and {len(numbers) - _NAMED} more" if len(numbers) > _NAMED else shown


def _stop_messages(orders: Sequence[Order]) -> None:
    """A worker that holds one finds its lease gone, and keeps nothing of what it sent."""
    waiting = Notification.objects.filter(
        order__in=[order.pk for order in orders], status__in=[NotificationStatus.PENDING, NotificationStatus.LEASED]
    )
    for row in waiting.select_for_update(of=("self",)).order_by("pk"):
        row.suppress()
        row.lease_token = row.leased_until = None
        row.save(update_fields=["status", "lease_token", "leased_until"])


def _empty(held: Held, rows: QuerySet[Any]) -> None:
    if held.is_deleted:
        rows.delete()
    elif held.emptied:
        rows.update(**held.emptied)


def _empty_papers(customers: Sequence[int]) -> date | None:
    """Those that may go; returns when the next one may, None when none is left."""
    today, next_day = timezone.localdate(), None
    for held in everything_held():
        if not held.is_legal:
            continue
        papers = held.rows(customers)
        for year in papers.dates("issued_on", "year"):  # of the seller's calendar, as the number says
            until = retained_until(year)
            if until <= today:
                _empty(held, papers.filter(issued_on__year=year.year))
            else:
                next_day = min(next_day or until, until)
    return next_day
