"""By which ways a customer can pay an order on a page of ours, and what of it without being sent a link."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orders.gateways import online
from orders.gateways.manual import MANUAL
from orders.gateways.stored import STORED
from orders.kernel.money import ZERO
from orders.models import Order, OrderHold, Payment
from orders.states import HoldReason, OrderStatus, PaymentStatus

WAYS: dict[str, Promise] = {
    "manual": _("Bank transfer"),
    "sandbox": _("Card (sandbox: no real money moves)"),
    "stripe": _("Card or wallet"),
}


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way to pay; ``code`` is the gateway's."""

    code: str
    name: str


def ways_of(order: Order) -> list[Way]:
    """The gateways that the order's channel offers for it; money by hand comes last."""
    channel = order.channel
    codes = [code for code in settings.PAYMENT_GATEWAYS if code not in STORED]
    if channel.link_gateways:
        codes = [code for code in codes if code in channel.link_gateways]
    if not channel.bank_account:
        codes = [code for code in codes if code != MANUAL]
    return [Way(code=code, name=str(WAYS.get(code, code.capitalize()))) for code in sorted(codes, key=_by_hand_last)]


def takes_transfers(order: Order) -> bool:
    """Whether its customer may send the money to the channel's bank account."""
    return any(way.code == MANUAL for way in ways_of(order))


def owed_here(order: Order, *, holds: Iterable[OrderHold], payments: Iterable[Payment]) -> Decimal:
    """What its customer can pay although no link was sent: all that they owe, or nothing while it isn't their turn.

    ``holds`` are its open ones. It is theirs where a transfer was announced, and where unpaid orders run by a clock
    that reminds and expires. On other channels whoever sent the order collects, and nobody is asked to pay twice; nor
    at the door: orders by hand that go at once are cash on delivery.
    """
    payments = list(payments)
    if order.status not in (OrderStatus.PLACED, OrderStatus.CONFIRMED) or order.balance <= ZERO:
        return ZERO
    if any(_is_under_way(payment) for payment in payments) or not ways_of(order):
        return ZERO
    reasons = {hold.reason for hold in holds}
    if reasons - {HoldReason.AWAITING_PAYMENT}:
        return ZERO  # we check something: the clock stands still, too
    is_theirs = _has_clock(order, is_held=bool(reasons)) or _is_announced(order, payments)
    return order.balance if is_theirs else ZERO


def _is_under_way(payment: Payment) -> bool:
    """A gateway is asked, now or on a preorder's day, or the customer is to approve what they began."""
    is_asked = payment.status == PaymentStatus.PENDING and payment.gateway in online()
    return is_asked or payment.status == PaymentStatus.REQUIRES_ACTION


def _has_clock(order: Order, *, is_held: bool) -> bool:
    """What ``expire`` and ``remind`` go by. Off once a part is here, or it is confirmed: then the channel's says so."""
    if order.status == OrderStatus.PLACED and order.expires_at is not None:
        return order.expires_at > timezone.now()
    waits = order.status == OrderStatus.PLACED or is_held
    return waits and order.channel.unpaid_expires_after_hours is not None


def _is_announced(order: Order, payments: Iterable[Payment]) -> bool:
    by_hand = any(row.status == PaymentStatus.PENDING and row.gateway == MANUAL for row in payments)
    return by_hand and not order.channel.confirms_manual_at_once


def _by_hand_last(code: str) -> tuple[bool, str]:
    return code == MANUAL, code
