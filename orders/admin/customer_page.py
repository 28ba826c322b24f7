"""Everything that staff read about a customer, as one read model; its number of statements doesn't grow with orders."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Q, Sum
from django.utils.translation import gettext as _

from orders.admin.chips import money
from orders.admin.order_page import Entry, entry
from orders.duplicates import REASONS, Twin, twins_of
from orders.events import (
    CustomerAbsorbed,
    CustomerChanged,
    CustomerErased,
    CustomerExported,
    CustomerMerged,
    PreferencesChanged,
)
from orders.kernel.documents import Formats
from orders.models import ContactLog, Customer, CustomerAddress, Feedback, Order, OrderEvent, ProcessException
from orders.phones import problem, shown
from orders.preferences import REFUSABLE, Preferences
from orders.selectors import visible_orders
from orders.states import ExceptionStatus, OrderStatus, ReturnState

NEWEST = 50  # orders and entries that are shown
RECENT = 5  # contacts; the list has all of them
_HISTORY = [event.type for event in (CustomerChanged, PreferencesChanged, CustomerMerged, CustomerAbsorbed)]
_HISTORY += [CustomerExported.type, CustomerErased.type]


@dataclass(frozen=True, kw_only=True)
class CustomerPage:
    """What the customer's page in the back office shows."""

    figures: tuple[tuple[str, str], ...]
    sums: tuple[tuple[str, str, str], ...]
    orders: tuple[Order, ...]
    addresses: tuple[CustomerAddress, ...]
    feedback: tuple[Feedback, ...]
    contacts: tuple[ContactLog, ...]
    exceptions: tuple[ProcessException, ...]
    history: tuple[Entry, ...]
    absorbed: tuple[Customer, ...]
    twins: tuple[tuple[Twin, str], ...]
    phone: str
    phone_problem: str
    refused: tuple[str, ...]
    substitutes: str


def customer_page(customer: Customer, *, language: str) -> CustomerPage:
    """Read the page of ``customer``, with what was theirs before a merge."""
    orders = visible_orders().filter(customer=customer)
    addresses = tuple(customer.addresses.all()[:NEWEST])
    country = addresses[0].address.get("country", "") if addresses else ""
    wishes = Preferences.of(customer.notification_preferences)
    sums = _sums(orders)
    events = OrderEvent.objects.filter(order=None, type__in=_HISTORY, data__customer=customer.pk)
    exceptions = ProcessException.objects.filter(order__customer=customer, status=ExceptionStatus.OPEN)
    return CustomerPage(
        figures=tuple(_figures(sums, language)),
        sums=tuple(
            (money(row["total"], row["currency"]), money(row["refunded"], row["currency"]), row["currency"])
            for row in sums
        ),
        orders=tuple(orders.select_related("channel").order_by("-id")[:NEWEST]),
        addresses=addresses,
        feedback=tuple(Feedback.objects.filter(order__customer=customer).select_related("order", "line")[:NEWEST]),
        contacts=tuple(customer.contacts.select_related("order")[:RECENT]),
        exceptions=tuple(exceptions.select_related("order")[:NEWEST]),
        history=tuple(entry(event) for event in events.order_by("-id")[:NEWEST]),
        absorbed=tuple(customer.absorbed.order_by("pk")[:NEWEST]),
        twins=tuple((twin, ", ".join(str(REASONS[r]) for r in twin.reasons)) for twin in twins_of(customer)),
        phone=shown(customer.phone, country=country),
        phone_problem=str(problem(customer.phone, country) or ""),
        refused=tuple(str(kind.label) for kind in REFUSABLE if not wishes.wants(kind)),
        substitutes=str(wishes.substitutes.label),
    )


def _sums(orders: Any) -> list[dict[str, Any]]:
    """One row per currency."""
    sent_back = Q(return_status__in=[state for state in ReturnState if state != ReturnState.NONE])
    grouped = (
        orders.order_by()
        .values("currency")
        .annotate(
            n=Count("pk"),
            cancelled=Count("pk", filter=Q(status=OrderStatus.CANCELLED)),
            sent_back=Count("pk", filter=sent_back),
            total=Sum("total"),
            refunded=Sum("refunded_total"),
            last=Max("created_at"),
        )
    )
    return list(grouped.order_by("-n", "currency"))


def _figures(sums: Sequence[dict[str, Any]], language: str) -> list[tuple[str, str]]:
    formats = Formats(language)
    orders, cancelled, sent_back = (sum(row[name] for row in sums) for name in ("n", "cancelled", "sent_back"))
    lasting = orders - cancelled
    rate = formats.percent((Decimal(sent_back) / lasting).quantize(Decimal("0.001"))) if lasting else "–"
    last = max((row["last"] for row in sums), default=None)
    return [
        (_("Orders"), formats.number(orders)),
        (_("Cancelled"), formats.number(cancelled)),
        (_("Return rate"), rate),
        (_("Last order"), formats.date(last.date()) if last else "–"),
    ]
