"""Everything that the page of a payment link says, as one frozen read model."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orders.gateways.manual import MANUAL
from orders.gateways.stored import STORED
from orders.kernel.money import ZERO, text
from orders.models import Order, Payment, PaymentLink
from orders.models.payment import asked_later
from orders.order_page import PageLine, Sum, order_page
from orders.selectors import due_by_link, spendable_credit
from orders.states import OrderStatus, PaymentLinkStatus, PaymentStatus
from orders.ways_to_pay import Way, ways_of

CLOSED: dict[str, Promise] = {
    "paid": _("Thank you. Everything is paid."),
    "cancelled": _("This order was cancelled. There is nothing to pay."),
    "expired": _("This link has expired. Write to us, and we will send you a new one."),
    "replaced": _("This link is no longer used. If we sent you a newer one, please use that."),
    "no_way": _("We can't take your payment here right now. Write to us, and we will help."),
    "not_now": _("There is nothing that you need to pay here right now."),
    "in_flight": _("Your payment is being made right now. Look again in a moment."),
}


@dataclass(frozen=True, kw_only=True)
class PayPage:
    """What is to be paid, by which ways; ``closed`` says why nothing can be paid now."""

    until: datetime | None
    due: Decimal
    due_text: str
    closed: str
    is_paid: bool
    ways: tuple[Way, ...]
    takes_cards: bool
    credit: Decimal
    transfer: Payment | None
    bank_account: tuple[str, ...]
    was_declined: bool
    lines: tuple[PageLine, ...]
    sums: tuple[Sum, ...]


def pay_page(order: Order, link: PaymentLink | None, *, is_mine: bool) -> PayPage:
    """Read the page of ``order`` in its language, activated by the caller; ``link`` may be open or not.

    ``is_mine``: who reads it may see the order's own page, and pays what that offers.
    """
    payments = list(order.payments.order_by("id"))
    shown = order_page(order)
    is_open = link is not None and link.status == PaymentLinkStatus.OPEN and not link.has_run_out
    due = shown.pay_due if is_mine else due_by_link(order, link) if link and is_open else ZERO
    sent = [row for row in payments if (row.gateway, row.status) == (MANUAL, PaymentStatus.PENDING)]
    transfer = next((row for row in sent if row.amount == due), None)
    ways = [way for way in ways_of(order) if way.code != MANUAL or transfer is None]
    ends = (link.expires_at if link and is_open else None, order.expires_at)
    mine = [row for row in payments if link and row.link_id == link.pk]
    stored = [code for code in STORED if code in settings.PAYMENT_GATEWAYS]
    credit = min(spendable_credit(order.customer_id, order.currency), due) if "store_credit" in stored else ZERO
    is_offered = bool(ways or transfer or "gift_card" in stored or credit)
    reason = _closed(order, link, due, payments) or ("" if is_offered else "no_way")
    return PayPage(
        until=min((end for end in ends if end), default=None),
        due=due,
        due_text=text(due, order.currency),
        closed=str(CLOSED[reason]) if reason else "",
        is_paid=reason == "paid",
        ways=tuple(ways),
        takes_cards="gift_card" in stored,
        credit=credit,
        transfer=transfer,
        bank_account=order.channel.bank_account,
        was_declined=bool(mine) and mine[-1].status == PaymentStatus.FAILED,
        lines=shown.lines,
        sums=shown.sums,
    )


def _closed(order: Order, link: PaymentLink | None, due: Decimal, payments: list[Payment]) -> str:
    """Why nothing can be paid now; empty when it can."""
    if order.status in (OrderStatus.CANCELLED, OrderStatus.EXPIRED):
        return "cancelled"
    if order.balance <= ZERO:
        return "paid"
    if any(_is_being_asked(row) for row in payments):
        return "in_flight"
    return "" if due > ZERO else _ended(link)


def _ended(link: PaymentLink | None) -> str:
    """What became of the link; without one the order asks for no money here."""
    if link is None:
        return "not_now"
    if link.status == PaymentLinkStatus.OPEN:
        return "expired" if link.has_run_out else "paid"
    ends: dict[str, str] = {PaymentLinkStatus.EXPIRED: "expired", PaymentLinkStatus.PAID: "paid"}
    return ends.get(link.status, "replaced")


def _is_being_asked(payment: Payment) -> bool:
    """A gateway may say yes at this moment; not one that is asked on a later day."""
    if payment.status != PaymentStatus.PENDING or payment.gateway in (MANUAL, *STORED):
        return False
    return not payment.transactions.filter(asked_later()).exists()
