"""Everything that staff read about an order, as one read model; its number of statements doesn't grow with lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from orders.addresses import problems
from orders.admin.chips import money
from orders.admin.event_words import facts_in_words, title_of, who_did
from orders.admin.given_prices import GivenPrice, given_prices
from orders.admin.order_actions import OPEN, REFUND, RELEASE
from orders.admin.order_changes import ChangeRow, changes_of, said_of
from orders.admin.queue import RESEND, is_open
from orders.kernel.money import ZERO
from orders.links import status_path
from orders.models import (
    DeliveryPromise,
    Notification,
    Order,
    OrderEvent,
    OrderHold,
    OrderLine,
    Payment,
    PaymentLink,
    PaymentTransaction,
    ProcessException,
)
from orders.phones import problem, shown
from orders.services.capture import uncharged
from orders.states import INVISIBLE, OrderStatus, PromiseKind
from orders.web.panels import Panel, panels

NEWEST = 200  # entries of the timeline that are shown
COUNTERS: dict[str, Promise] = {
    "cancelled": pgettext_lazy("units", "cancelled"),
    "allocated": pgettext_lazy("units", "reserved"),
    "backordered": pgettext_lazy("units", "backordered"),
    "picked": pgettext_lazy("units", "picked"),
    "packed": pgettext_lazy("units", "packed"),
    "shipped": pgettext_lazy("units", "shipped"),
    "delivered": pgettext_lazy("units", "delivered"),
    "return_requested": pgettext_lazy("units", "to come back"),
    "returned": pgettext_lazy("units", "returned"),
    "written_off": pgettext_lazy("units", "written off"),
}


@dataclass(frozen=True, kw_only=True)
class Counter:
    """Units of a line in one state."""

    name: str
    units: int
    label: str


@dataclass(frozen=True, kw_only=True)
class LineRow:
    """A line and what is known of it."""

    line: OrderLine
    amount: str
    unit_price: str
    counters: tuple[Counter, ...]
    promises: tuple[DeliveryPromise, ...]
    is_part: bool


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry of the timeline."""

    event: OrderEvent
    title: str
    who: str
    facts: tuple[str, ...]
    icon: str


@dataclass(frozen=True, kw_only=True)
class DeskPage:
    """What the order's page in the back office shows."""

    heads: tuple[tuple[str, str, bool], ...]
    lines: tuple[LineRow, ...]
    sums: tuple[tuple[str, str, str], ...]
    payments: tuple[Payment, ...]
    links: tuple[PaymentLink, ...]
    refunds: tuple[Any, ...]
    invoices: tuple[Any, ...]
    credit_notes: tuple[Any, ...]
    notifications: tuple[Notification, ...]
    open_holds: tuple[OrderHold, ...]
    past_holds: tuple[OrderHold, ...]
    exceptions: tuple[ProcessException, ...]
    closed_exceptions: tuple[ProcessException, ...]
    contacts: tuple[Any, ...]
    changes: tuple[ChangeRow, ...]
    given: tuple[GivenPrice, ...]
    feedback: tuple[Any, ...]
    timeline: tuple[Entry, ...]
    panels: tuple[Panel, ...]
    customer_link: str
    phone: str
    to_look_at: tuple[str, ...]
    can_release: bool
    can_resend: bool
    must_ask_finance: bool


def desk_page(order: Order, request: HttpRequest) -> DeskPage:
    """Read the page of ``order``."""
    user: Any = request.user
    events = list(order.events.order_by("-seq")[:NEWEST])
    holds = list(order.holds.select_related("rule").prefetch_related("lines"))
    exceptions = list(order.exceptions.select_related("owner"))
    changes = changes_of(order)
    said = said_of(changes)
    transactions = Prefetch("transactions", PaymentTransaction.objects.order_by("id"))
    return DeskPage(
        heads=tuple(_heads(order)),
        lines=tuple(_lines(order)),
        sums=tuple(_sums(order)),
        payments=tuple(order.payments.prefetch_related(transactions)),
        links=tuple(order.payment_links.all()),
        refunds=tuple(order.refunds.all()),
        invoices=tuple(order.invoices.all()),
        credit_notes=tuple(order.credit_notes.all()),
        notifications=tuple(order.notifications.order_by("-id")[:NEWEST]),
        open_holds=tuple(hold for hold in holds if hold.released_at is None),
        past_holds=tuple(hold for hold in holds if hold.released_at is not None),
        exceptions=tuple(row for row in exceptions if is_open(row)),
        closed_exceptions=tuple(row for row in exceptions if not is_open(row)),
        contacts=tuple(order.contacts.order_by("-id")[:NEWEST]),
        changes=tuple(changes),
        given=tuple(given_prices(order)),
        feedback=tuple(order.feedback.select_related("line")),
        timeline=tuple(entry(event, said) for event in events),
        panels=tuple(panels(order, "admin", request)),
        phone=shown(order.phone, country=_country(order)),
        to_look_at=tuple(_to_look_at(order)),
        customer_link="" if order.status in INVISIBLE else status_path(order),
        can_release=user.has_perm(RELEASE.permission),
        can_resend=user.has_perm(RESEND.permission),
        must_ask_finance=REFUND.fits(order) and not user.has_perm(REFUND.permission),
    )


def _to_look_at(order: Order) -> list[str]:
    """What a carrier or a caller would stumble over; history is past mending."""
    if order.imported_at is not None or order.status not in OPEN:
        return []
    found = [str(each.words) for each in problems(order.shipping_address)]
    odd = problem(order.phone, _country(order))
    return [*found, str(odd)] if odd else found


def _country(order: Order) -> str:
    return str(order.shipping_address.get("country", ""))


def _heads(order: Order) -> list[tuple[str, str, bool]]:
    """The money at the top: name, amount, and whether somebody should look at it."""
    billed = uncharged(order) if order.imported_at is None else ZERO
    amounts = [
        (_("Reserved"), order.authorized_total - order.captured_total, False),
        (_("Charged"), order.captured_total, False),
        (_("Still owed"), order.balance, order.balance > 0 and order.status == OrderStatus.COMPLETED),
    ]
    if billed > 0:
        amounts.append((_("Billed, not charged"), billed, True))
    return [(name, money(amount, order.currency), is_bad) for name, amount, is_bad in amounts]


def _lines(order: Order) -> list[LineRow]:
    given = Prefetch("promises", DeliveryPromise.objects.filter(kind=PromiseKind.PROMISE).order_by("id"))
    rows = order.lines.prefetch_related(given).order_by("position")
    return [
        LineRow(
            line=line,
            amount=money(line.amount, order.currency),
            unit_price=money(line.unit_price, order.currency),
            is_part=line.parent_id is not None,
            counters=tuple(_counters(line)),
            promises=tuple(line.promises.all()),
        )
        for line in rows
    ]


def _counters(line: OrderLine) -> list[Counter]:
    return [
        Counter(name=name, units=units, label=str(label))
        for name, label in COUNTERS.items()
        if (units := getattr(line, name))
    ]


def _sums(order: Order) -> list[tuple[str, str, str]]:
    """Name, amount and kind (``part``, ``total``, ``paid``) of each row; a part of nothing is left out."""
    parts = [
        (_("Items"), order.items_total),
        (_("Discount"), -order.discount_total),
        (_("Shipping"), order.shipping_total),
        (_("Tax"), order.tax_total if not order.prices_include_tax else None),
    ]
    paid = [
        (_("Tax in it"), order.tax_total if order.prices_include_tax else None),
        (_("Reserved"), order.authorized_total - order.captured_total),
        (_("Charged"), order.captured_total),
        (_("Given back"), order.refunded_total),
        (_("Credited"), order.credited_total),
    ]

    def rows(amounts: Sequence[tuple[str, Any]], kind: str) -> list[tuple[str, str, str]]:
        return [(name, money(value, order.currency), kind) for name, value in amounts if value]

    total = (_("Total"), money(order.total, order.currency), "total")
    balance = (_("Balance"), money(order.balance, order.currency), "balance")
    return [*rows(parts, "part"), total, *rows(paid, "paid"), balance]


ICONS = {
    "order": "receipt_long",
    "payment": "payments",
    "gift_card": "redeem",
    "store_credit": "savings",
    "invoice": "description",
    "credit_note": "description",
    "promise": "event",
    "fulfillment_order": "inventory_2",
    "pick_list": "checklist",
    "package": "package_2",
    "units": "package_2",
    "shipment": "local_shipping",
    "return": "assignment_return",
    "exception": "error",
    "notification": "mail",
    "feedback": "star",
    "draft": "edit_document",
    "contact": "phone_in_talk",
    "change": "edit",
    "substitution": "swap_horiz",
}


def entry(event: OrderEvent, said: Mapping[str, Sequence[str]] | None = None) -> Entry:
    """An event as staff read it; ``said``: what changes made different, by their public id."""
    subject, _dot, _verb = event.type.partition(".")
    return Entry(
        event=event,
        title=title_of(event),
        who=who_did(event),
        facts=(*(said or {}).get(event.data.get("change", ""), ()), *facts_in_words(event)),
        icon=ICONS.get(subject, "circle"),
    )
