"""What is read of returns: what a customer may send back until when, and what an order's pages show."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise

from orders.bundles import goods
from orders.links import link_token
from orders.models import Order, OrderLine, Partner, ProcessException
from orders.states import ExceptionStatus
from returns.models import Return, ReturnLine, ReturnRule
from returns.states import ACTIVE_RETURNS, RETURN_WAITS, RETURN_WORDS, UNDELIVERED_WORDS, ReturnReason, ReturnStatus
from shipping.selectors import delivered_at_by_line
from warehouse.models import Warehouse

# Approved and not settled: the goods are expected or here.
UNDER_WAY = tuple(status for status in ACTIVE_RETURNS if status != ReturnStatus.REQUESTED)
SENDABLE = (ReturnStatus.APPROVED, ReturnStatus.IN_TRANSIT)
CANCELLABLE = (ReturnStatus.REQUESTED, ReturnStatus.APPROVED)
# How long a return may stay as it is before a person is asked; an approved one expires instead.
PATIENCE = {
    ReturnStatus.REQUESTED: timedelta(days=3),
    ReturnStatus.IN_TRANSIT: timedelta(days=14),
    ReturnStatus.PARTIALLY_RECEIVED: timedelta(days=14),
    ReturnStatus.RECEIVED: timedelta(days=3),
}
RECEIVABLE = (ReturnStatus.APPROVED, ReturnStatus.IN_TRANSIT, ReturnStatus.PARTIALLY_RECEIVED)


def about(order: Order, returning: Return) -> dict[str, Any]:
    """What every event of a return tells."""
    return {
        "order_id": order.pk,
        "number": order.number,
        "return_id": returning.pk,
        "return_": returning.public_id,
    }


def is_in_return(order: Order) -> bool:
    """Whether goods of the order are expected back, or are being looked at."""
    return Return.objects.filter(order=order, status__in=UNDER_WAY).exists()


def rule_for(order: Order) -> ReturnRule | None:
    """The rule that decides: one of the order's channel before one for all, then by priority."""
    rules = ReturnRule.objects.filter(Q(channel=order.channel_id) | Q(channel=None), is_active=True)
    return rules.order_by(F("channel").asc(nulls_last=True), "priority", "pk").first()


@dataclass(frozen=True, kw_only=True)
class Returnable:
    """Units of a line that may still be sent back; ``until`` is None while they haven't arrived."""

    line: OrderLine
    quantity: int
    until: date | None
    is_open: bool


def returnable_lines(order: Order, rule: ReturnRule | None) -> list[Returnable]:
    """Each line with units that left and are in no return, and whether the rule's window is still open."""
    if rule is None or order.imported_at is not None:
        return []
    arrived = delivered_at_by_line(order.pk)
    found = []
    for line in goods(order.lines.select_related("parent").order_by("position")):
        quantity = line.shipped - line.returned - line.return_requested
        if quantity > 0:
            at = arrived.get(line.pk)
            until = at.date() + timedelta(days=rule.window_days) if at else None
            is_open = at is None or until is None or timezone.localdate(timezone=at.tzinfo) <= until
            found.append(Returnable(line=line, quantity=quantity, until=until, is_open=is_open))
    return found


def today_at(warehouse: Warehouse | None) -> date:
    """The day it is where a return goes; midnight is theirs, not ours."""
    return timezone.localdate(timezone=ZoneInfo(warehouse.timezone)) if warehouse else timezone.localdate()


def overdue_return_ids() -> list[int]:
    """Approved returns that should have been sent by now, somewhere on earth: ``expire_return`` knows where."""
    tomorrow = timezone.localdate() + timedelta(days=1)
    overdue = Return.objects.filter(status=ReturnStatus.APPROVED, expires_on__lt=tomorrow)
    return list(overdue.order_by("pk").values_list("pk", flat=True))


def waiting_return_ids() -> list[int]:
    """Returns that nobody moved for too long; asked about again only when the last answer is as old."""
    asked = ProcessException.objects.filter(category=RETURN_WAITS, subject_id=OuterRef("public_id"))
    found: list[int] = []
    for status, patience in PATIENCE.items():
        since = timezone.now() - patience
        late = Return.objects.filter(status=status, updated_at__lt=since)
        still = asked.filter(Q(status=ExceptionStatus.OPEN) | Q(resolved_at__gte=since))
        found += late.filter(~Exists(still)).order_by("pk").values_list("pk", flat=True)
    return found


def returns_of_orders(order_ids: Iterable[int]) -> QuerySet[Return]:
    """All returns of these orders, the newest first, ready to be shown."""
    return _shown(Return.objects.filter(order_id__in=list(order_ids)))


def partner_returns(partner: Partner) -> QuerySet[Return]:
    """All returns of orders that a partner created, ready to be shown."""
    return _shown(Return.objects.filter(order__partner=partner))


def _shown(returns: QuerySet[Return]) -> QuerySet[Return]:
    return returns.select_related("order", "warehouse").prefetch_related("lines__line", "lines__refund")


@dataclass(frozen=True, kw_only=True)
class ReturnCard:
    """One return as the customer sees it, and what they can do about it."""

    public_id: str
    status: str
    words: str | Promise
    returning: Return
    lines: tuple[ReturnLine, ...]
    is_expected: bool
    is_closed: bool
    is_short: bool
    has_label: bool
    can_send: bool
    can_cancel: bool


def returns_panel(order: Order) -> dict[str, Any]:
    """The panel "returns": every return, and whether there is something left to send back."""
    cards = [return_card(row) for row in returns_of_orders([order.pk])]
    return {
        "returns": cards,
        "can_return": any(entry.is_open for entry in returnable_lines(order, rule_for(order))),
    }


def label_url(row: Return) -> str | None:
    """Where the return label can be printed while it can be used; None when we don't collect."""
    if not can_print_label(row):
        return None
    path = reverse("customer-returns:label", args=[row.order.public_id, row.public_id])
    return f"{settings.SITE_URL}{path}?t={link_token(row.order)}"


def can_print_label(row: Return) -> bool:
    """Whether there is a label and the goods may still be sent with it."""
    return row.has_label and row.status in SENDABLE


def return_card(row: Return) -> ReturnCard:
    """A return in its customer's words."""
    is_closed = row.status == ReturnStatus.CLOSED
    return ReturnCard(
        public_id=row.public_id,
        status=row.status,
        words=_words(row),
        returning=row,
        lines=tuple(row.lines.all()),
        is_expected=row.status in ACTIVE_RETURNS,
        is_closed=is_closed,
        is_short=is_closed and any(line.accepted < line.quantity for line in row.lines.all()),
        has_label=can_print_label(row),
        can_send=row.status == ReturnStatus.APPROVED,
        can_cancel=row.status in CANCELLABLE,
    )


def _words(row: Return) -> str | Promise:
    """How it stands; undelivered goods never were on their way from the customer."""
    is_undelivered = all(line.reason == ReturnReason.UNDELIVERABLE for line in row.lines.all())
    return UNDELIVERED_WORDS if is_undelivered and row.status == ReturnStatus.IN_TRANSIT else RETURN_WORDS[row.status]
